"""Where attributes are used by what later domains define: told before one is renamed or deleted."""

from __future__ import annotations

from dealt.attributes import Attribute
from dealt.kernel.db import Connection

# Fields stand in a definition as texts of their own, perhaps behind the relation that leads to them. What merely looks
# alike is told too, and harms nobody.
_USES = """
SELECT 'Segment "' || name || '"' AS name, id, 'segment' AS kind FROM segments
WHERE workspace_id = $1 AND deleted_at IS NULL AND (strpos(filter::text, $2) > 0 OR strpos(filter::text, $3) > 0)
UNION ALL
SELECT 'Aggregator "' || name || '"', id, 'aggregator' FROM aggregators
WHERE workspace_id = $1 AND deleted_at IS NULL AND (field = $4 OR by_field = $4
    OR strpos(filter::text, $2) > 0 OR strpos(filter::text, $3) > 0)
UNION ALL
SELECT 'Pipeline "' || name || '"', id, 'pipeline' FROM pipelines
WHERE workspace_id = $1 AND $5 = 'deal' AND date_attribute = $4
UNION ALL
SELECT 'RFM "' || name || '"', id, 'rfm' FROM rfm_setups
WHERE workspace_id = $1 AND (strpos(filter::text, $2) > 0 OR strpos(filter::text, $3) > 0)
UNION ALL
SELECT 'Rules of the stage "' || name || '"', pipeline_id, 'stage' FROM stages
WHERE workspace_id = $1 AND $5 = 'deal' AND $4 = ANY (required)
ORDER BY kind, name LIMIT 50"""
_PAGES = {
    "pipeline": "/settings/pipelines/{}/",
    "stage": "/settings/pipelines/{}/",
    "segment": "/segments/{}/",
    "aggregator": "/aggregators/{}/",
    "rfm": "/rfm/{}/",
}


async def uses_of(connection: Connection, workspace_id: int, attribute: Attribute) -> list[tuple[str, str]]:
    """Names of what uses an attribute, each with the address of its page, or with none."""
    name = attribute.name_std
    values = (f'"{name}"', f'.{name}"', name, attribute.domain)
    rows = await connection.fetch(_USES, workspace_id, *values)
    return [(row["name"], _PAGES.get(row["kind"], "").format(row["id"])) for row in rows]
