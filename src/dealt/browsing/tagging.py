"""Tags in lists: to narrow by one, and to give and take them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dealt.accounts import Snapshot
from dealt.builders import as_equals
from dealt.kernel.errors import InvalidInput
from dealt.kernel.sql import Sql, sql
from dealt.publicapi import Special
from dealt.tags import TAGS

LONGEST = 255


def tag_special(column: str) -> Special:
    """The meaning of ``tag=<id>`` where tags stand in ``column``."""

    def narrowed(text: str, _snapshot: Snapshot) -> Sql:
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            raise ValueError("Choose one of the tags.")
        # That there are any is what the index is limited to.
        return sql(f"{column} <> ARRAY[]::bigint[] AND {column} @> ARRAY[{{}}::bigint]", int(text))

    return narrowed


def tags_offered(snapshot: Snapshot) -> Sequence[tuple[str, str]]:
    """Every tag as a choice: its number as text, and its name."""
    return [(str(key), name) for key, name in snapshot.part(TAGS).items()]


def tag_of(value: str) -> str:
    """A tag's name as it was typed. Raises InvalidInput."""
    name = value.strip()
    if not 0 < len(name) <= LONGEST:
        raise InvalidInput.of("value", f"A tag's name has 1 to {LONGEST} characters.")
    return name


def means(field: str, op: str = "equals") -> Callable[[str], Mapping[str, Any]]:
    """What the value of a quick control asks for: that ``field`` compares so with it."""
    return lambda value: as_equals(field, value, op)


def means_tag(tag_id: str) -> Mapping[str, Any]:
    """What the choice of a tag asks for."""
    return as_equals("tags", [int(tag_id)] if tag_id.isascii() and tag_id.isdigit() else [tag_id], "in_any")
