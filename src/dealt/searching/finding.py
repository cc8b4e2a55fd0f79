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
    connection: Connection, workspace_id: int, text: str, *, kinds: Collection[Kind] = KINDS, limit: int = 8
) -> list[Hit]:
    """At most ``limit`` objects of each kind whose names, addresses or ids hold every word of ``text``.

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
        exact = await _exact(connection, workspace_id, kind, text.strip())
        found = await _by_words(connection, workspace_id, kind, words, limit)
        hits += [*exact, *(hit for hit in found if hit not in exact)][:limit]
    return hits


def matching(kind: Kind, text: str) -> Sql:
    """The condition that every word of ``text`` stands in what names an object, as of ``search``; for lists."""
    words = text.lower().split()[:_MOST_WORDS]
    return all_of(sql(f"{queries.WORDS[kind]} LIKE {{}}::text", _pattern(word)) for word in words)


async def _exact(connection: Connection, workspace_id: int, kind: Kind, custom_id: str) -> list[Hit]:
    place = await connection.fetchrow(queries.EXACT[kind], workspace_id, custom_id)
    if place is None:
        return []
    local = (place["contact_id"],) if kind == "deal" else ()
    row = await connection.fetchrow(queries.found_by_id(kind), workspace_id, place["id"], *local)
    return [Hit(kind, **row)] if row else []


async def _by_words(connection: Connection, workspace_id: int, kind: Kind, words: list[str], limit: int) -> list[Hit]:
    conditions = " AND ".join(f"{queries.WORDS[kind]} LIKE ${place}" for place, _ in enumerate(words, 3))
    query = queries.found_by_words(kind, conditions)
    rows = await connection.fetch(query, workspace_id, limit, *(_pattern(word) for word in words))
    return [Hit(kind, **row) for row in rows]


def _pattern(word: str) -> str:
    escaped = word.translate(_ESCAPED)
    return f"% {escaped}%" if len(word) < _SHORT else f"%{escaped}%"
