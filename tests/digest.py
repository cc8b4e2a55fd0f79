"""What a database holds, in a form that shows at once which table a test changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from dealt.kernel.db import Connection, Pool

# When a token was last used is told now and then, whatever requests do.
_LEFT_OUT = {"api_tokens": "- 'last_used_at'"}
_TABLES = """
SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'schema_migrations'
ORDER BY c.relname"""


async def digest(
    pool: Pool | Connection,
    workspace_id: int | None = None,
    *,
    without: Mapping[str, Sequence[str]] = MappingProxyType({}),
    apart_from_workspace: bool = False,
) -> dict[str, str]:
    """The number of rows of every table and a hash of them; of one workspace, or of all.

    ``without`` names columns that do not count; ``apart_from_workspace``: whose the rows are does not count.
    """
    parts = []
    for (table,) in await pool.fetch(_TABLES):
        column = "id" if table == "workspaces" else "workspace_id"
        ignored = [*without.get(table, ()), *(["workspace_id"] if apart_from_workspace else [])]
        left = "".join(f" - '{name}'" for name in ignored)
        row = f"(to_jsonb(t) {_LEFT_OUT.get(table, '')}{left})::text"
        parts.append(
            f"SELECT '{table}' AS name, count(*) || ' ' || coalesce(md5(string_agg({row}, '' ORDER BY {row})), '') "
            f"AS held FROM {table} AS t WHERE $1::bigint IS NULL OR {column} = $1"
        )
    rows = await pool.fetch(" UNION ALL ".join(parts), workspace_id)
    return {row["name"]: row["held"] for row in rows}


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The tables that differ."""
    return [table for table in before if before[table] != after[table]]
