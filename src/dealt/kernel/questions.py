"""Several look-ups in one round trip: each domain words its question, and whoever needs several asks them together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from dealt.kernel.db import Connection
from dealt.kernel.sql import Sql, join, sql

T = TypeVar("T")
Row = dict[str, Any]
_decode = msgspec.json.Decoder(list[Row]).decode


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """A SELECT and what its rows mean. Columns arrive as JSON: numbers, texts, booleans and null."""

    select: Sql
    read: Callable[[list[Row]], T]


async def ask(connection: Connection, *questions: Question[Any]) -> list[Any]:
    """The answers, in order, seen in one snapshot."""
    parts = [sql("(SELECT json_agg(answer) FROM (") + question.select + sql(") AS answer)") for question in questions]
    text, values = (sql("SELECT ") + join(", ", parts)).render()
    row = await connection.fetchrow(text, *values)
    return [question.read(_decode(cell) if cell else []) for question, cell in zip(questions, row, strict=True)]
