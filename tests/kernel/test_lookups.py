"""Every look-up of every kind of column, held against what Python says of the same values."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest
import pytest_asyncio

from dealt.kernel.db import Connection
from dealt.kernel.lookups import LOOKUPS, Column, attribute_column, condition
from dealt.kernel.lookups import TEXTS as LIKE_TEXT
from dealt.kernel.sql import Sql

ZONE = ZoneInfo("Europe/Warsaw")
WORDS = ["Warsaw", "war", "100%", "a_b", "", None, "Łódź", "x" * 300]
ROWS: list[dict[str, Any]] = [
    {
        "flag": flag,
        "number": number,
        "price": None if number is None else Decimal(number) / 4,
        "word": WORDS[place],
        "day": None if number is None else date(2025, 1, 1 + place),
        "at": None if number is None else datetime(2025, 6, 24, 12, place, place % 2 * 30, place * 100, UTC),
    }
    for place, (flag, number) in enumerate(
        [(True, 1), (False, 2), (None, None), (True, -5), (True, 2**40), (False, 0), (True, 3), (None, 4)]
    )
]
KINDS = {
    "flag": "boolean", "number": "integer", "price": "float", "word": "string", "day": "date", "at": "datetime",
}  # fmt: skip
TEXTS: dict[str, Callable[[Any], str]] = {"flag": str, "day": str, "at": lambda at: str(at.isoformat())}


# What answers show; of a moment the part that is the same with a fraction and without.
SHOWN: dict[str, Callable[[Any], str]] = {
    "flag": lambda flag: str(flag).lower(), "at": lambda at: str(at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")),
}  # fmt: skip


@pytest_asyncio.fixture(scope="module")
async def connection(postgres: Callable[[str], str]) -> AsyncIterator[Connection]:
    """A table with typed columns, and the same values as custom attributes."""
    connection = await asyncpg.connect(postgres("postgres"))
    await connection.execute(
        "CREATE TEMP TABLE things (id int, flag boolean, number bigint, price numeric, word text, day date,"
        " at timestamptz, attributes jsonb NOT NULL DEFAULT '{}')"
    )
    for place, row in enumerate(ROWS):
        await connection.execute("INSERT INTO things VALUES ($1, $2, $3, $4, $5, $6, $7)", place, *row.values())
    await connection.execute(
        """UPDATE things SET attributes = jsonb_strip_nulls(jsonb_build_object('flag', flag, 'number', number,
        'price', price, 'word', word, 'day', day, 'choice', to_jsonb(word), 'at',
        replace(rtrim(to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), ''), '.000000', '') || 'Z'))"""
    )
    yield connection
    await connection.close()


async def found(connection: Connection, wanted: Sql) -> set[int]:
    text, values = (Sql("SELECT id FROM things WHERE ") + wanted).render()
    return {row["id"] for row in await connection.fetch(text, *values)}


def columns(name: str) -> list[Column]:
    """The typed column and the custom attribute of the same values."""
    return [Column(name, KINDS[name]), attribute_column(name, KINDS[name])]


SAYS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": lambda a, b: a == b,
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
    "iexact": lambda a, b: a.lower() == b.lower(),
    "contains": lambda a, b: b in a,
    "icontains": lambda a, b: b.lower() in a.lower(),
    "startswith": lambda a, b: a.startswith(b),
    "istartswith": lambda a, b: a.lower().startswith(b.lower()),
    "endswith": lambda a, b: a.endswith(b),
    "iendswith": lambda a, b: a.lower().endswith(b.lower()),
}


@pytest.mark.parametrize("name", KINDS)
async def test_every_look_up_finds_what_it_says(connection: Connection, name: str) -> None:
    values = [row[name] for row in ROWS]
    known = [value for value in values if value is not None]
    for column in columns(name):
        for lookup in {*LOOKUPS[column.kind]} - {"in", "isnull"}:
            shown = SHOWN.get(name, str) if lookup in LIKE_TEXT else None
            for value in known:
                text = shown(value)[:16] if shown and name == "at" else (shown or TEXTS.get(name, str))(value)
                wanted = condition(column, lookup, text, ZONE, 1)
                says, asked = SAYS[lookup], text if shown else value
                expected = {i for i, v in enumerate(values) if v is not None and says(shown(v) if shown else v, asked)}
                assert await found(connection, wanted) == expected, (name, lookup, value)
        nothing = {i for i, v in enumerate(values) if v is None}
        assert await found(connection, condition(column, "isnull", "true", ZONE, 1)) == nothing
        assert await found(connection, condition(column, "isnull", "0", ZONE, 1)) == set(range(len(ROWS))) - nothing
        if "in" in LOOKUPS[column.kind]:
            listed = ",".join(TEXTS.get(name, str)(value) for value in known[:2])
            some = {i for i, v in enumerate(values) if v in known[:2]}
            assert await found(connection, condition(column, "in", listed, ZONE, 1)) == some


async def test_a_choice_is_found_alone_and_among_several(connection: Connection) -> None:
    await connection.execute("""UPDATE things SET attributes = '{"size": ["S", "M"]}' WHERE id = 0""")
    await connection.execute("""UPDATE things SET attributes = '{"size": "S"}' WHERE id = 1""")
    column = attribute_column("size", "fixed")
    assert await found(connection, condition(column, "exact", "S", ZONE, 1)) == {0, 1}
    assert await found(connection, condition(column, "in", "M,L", ZONE, 1)) == {0}


@pytest.mark.parametrize("kind", ["boolean", "integer", "float", "date", "datetime", "string", "fixed", "json"])
async def test_no_stored_value_breaks_a_look_up(connection: Connection, kind: str) -> None:
    """An attribute that was of another type when something was stored."""
    for stored in ("1", '"x"', "true", "[1]", '{"a": 1}', '"9999-99-99"', "1e300", "null", '""'):
        await connection.execute("UPDATE things SET attributes = jsonb_build_object('odd', $1::jsonb)", stored)
        column = attribute_column("odd", kind)
        for lookup in LOOKUPS[column.kind]:
            text = {"boolean": "true", "date": "2025-01-01", "datetime": "2025-01-01"}.get(kind, "1")
            wanted = condition(column, lookup, "true" if lookup == "isnull" else text, ZONE, 1)
            # All rows have the same value.
            assert await found(connection, wanted) in (set(), set(range(len(ROWS)))), (stored, lookup)


@pytest.mark.parametrize(
    ("kind", "lookup", "text"),
    [
        ("integer", "exact", "1e99"), ("integer", "exact", "9" * 20), ("integer", "in", "1,,2"), ("float", "gt", "NaN"),
        ("float", "gt", "1e400"), ("boolean", "exact", "maybe"), ("boolean", "gt", "true"), ("date", "gt", "tomorrow"),
        ("datetime", "lt", "2025-02-30"), ("string", "between", "a"), ("json", "gt", "{}"),
        ("string", "isnull", "perhaps"), ("string", "exact", "x" * 1001), ("integer", "in", ",".join(["1"] * 201)),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(kind: str, lookup: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"[a-z].*\.$"):
        condition(Column("x", kind), lookup, text, ZONE, 1)
