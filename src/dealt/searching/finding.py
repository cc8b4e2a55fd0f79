"""From a typed text to what it may mean."""

from __future__ import annotations

from collections.abc import Collection

from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.sql import Sql, all_of, sql
from dealt.searching import queries
from dealt.searching.model import KINDS, LONGEST_TEXT, MOST_HITS, Hit, Kind

_MOST_WORDS = 6
_SHORT = 3
"""Of a shorter word no trigram is known unless it begins one."""
_ESCAPED = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


async def search(
    connection: Connection,
    workspace_id: int,
    text: str,
    *,
    kinds: Collection[Kind] = KINDS,
    limit: int = 8,
    assigned_to: int | None = None,
) -> list[Hit]:
    """At most ``limit`` objects of each kind whose names, addresses or ids hold every word of ``text``.

    Where ``assigned_to`` names a member, deals are only that member's own.

    In capitals or not. Whatever has the whole text as its custom id comes first, then what was changed last. A word of
    one or two characters must begin a word. A text without a word finds nothing. Raises InvalidInput for a text that
    cannot be searched for.
    """
    if len(text) > LONGEST_TEXT:
        raise InvalidInput.of("q", f"At most {LONGEST_TEXT} characters can be searched for.")
    if "\x00" in text:
        raise InvalidInput.of("q", "A NUL character cannot be searched for.")
    words = text.lower().split()[:_MOST_WORDS]
    if not words:
        return []
    limit = max(1, min(limit, MOST_HITS))
    hits: list[Hit] = []
    for kind in (kind for kind in KINDS if kind in kinds):
        own = sql("assigned_to = {}::bigint", assigned_to) if kind == "deal" and assigned_to is not None else None
        exact = await _exact(connection, workspace_id, kind, text.strip(), own)
        found = await _by_words(connection, workspace_id, kind, words, limit, own)
        hits += [*exact, *(hit for hit in found if hit not in exact)][:limit]
    return hits


def matching(kind: Kind, text: str) -> Sql:
    """The condition that every word of ``text`` stands in what names an object, as of ``search``; for lists."""
    return all_of(_holding(kind, text.lower().split()[:_MOST_WORDS]))


def _holding(kind: Kind, words: list[str]) -> list[Sql]:
    return [sql(f"{queries.WORDS[kind]} LIKE {{}}::text", _pattern(word)) for word in words]


async def _exact(connection: Connection, workspace_id: int, kind: Kind, custom_id: str, own: Sql | None) -> list[Hit]:
    place = await connection.fetchrow(queries.EXACT[kind], workspace_id, custom_id)
    if place is None:
        return []
    named = [sql("workspace_id = {}::bigint", workspace_id), sql("id = {}::bigint", place["id"])]
    if kind == "deal":
        named.append(sql("contact_id = {}::bigint", place["contact_id"]))
    return await _hits(connection, kind, [*named, *([own] if own else [])], 1)


async def _by_words(
    connection: Connection, workspace_id: int, kind: Kind, words: list[str], limit: int, own: Sql | None
) -> list[Hit]:
    named = [sql("workspace_id = {}::bigint", workspace_id), *_holding(kind, words), *([own] if own else [])]
    return await _hits(connection, kind, named, limit)


async def _hits(connection: Connection, kind: Kind, conditions: list[Sql], limit: int) -> list[Hit]:
    before, behind = queries.found(kind)
    text, values = (Sql(before) + all_of(conditions) + sql(behind, limit)).render()
    return [Hit(kind, **row) for row in await connection.fetch(text, *values)]


def _pattern(word: str) -> str:
    escaped = word.translate(_ESCAPED)
    return f"% {escaped}%" if len(word) < _SHORT else f"%{escaped}%"
