"""Columns, cards and heads of a board, read from the database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import asyncpg

from dealt.accounts import Snapshot
from dealt.board import queries
from dealt.board.model import CARDS_A_PAGE, MOST_COUNTED, MOST_GROUPS, Asked, Card, Column, Head, Sort
from dealt.board.narrowing import Narrowed, narrow
from dealt.contacts import display_name
from dealt.deals import Total, read_totals
from dealt.kernel.clock import iso
from dealt.kernel.db import Connection, Record
from dealt.kernel.errors import InvalidInput
from dealt.kernel.sql import Sql, sql
from dealt.pipelines import PIPELINES
from dealt.tags import TAGS
from dealt.web import duration, picture

_NONE, _LARGEST = Decimal("-1e15"), Decimal("1e16")
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_MOST_TAGS = 3
_LONGEST_NAME = 1_000


class Reader:
    """Reads one board as one member sees it. ``names`` says whether contacts may be named."""

    def __init__(self, snapshot: Snapshot, asked: Asked, now: datetime, *, names: bool = True) -> None:
        self.snapshot = snapshot
        self.asked = asked
        self._now = now
        self._names = names

    async def columns(self, connection: Connection, size: int) -> list[Column]:
        """Every stage of the pipeline with its first cards. Raises InvalidInput where the filter takes too long."""
        stages = self.snapshot.part(PIPELINES).stages_of(self.asked.pipeline_id)
        ids = [stage.id for stage in stages]
        async with _within(connection):
            narrowed = await narrow(connection, self.snapshot, self.asked)
            rows = await self._page(connection, narrowed, ids, size + 1, Sql(""))
            heads = await self._heads(connection, narrowed)
            groups = await self._grouped(connection, narrowed, ids)
        by_stage: dict[int, list[Record]] = {stage_id: [] for stage_id in ids}
        for row in rows:
            by_stage[row["stage_id"]].append(row)
        return [Column(heads[one], *self._cut(by_stage[one], size), groups[one]) for one in ids]

    async def more(
        self, connection: Connection, stage_id: int, after: str, past: str
    ) -> tuple[list[Card], str, Mapping[str, int]]:
        """The cards of a column behind a place, or behind the whole group ``past``; where the next ones begin, and how
        many deals their groups have."""
        group, behind = self._behind(after, past)
        async with _within(connection):
            narrowed = await narrow(connection, self.snapshot, self.asked)
            rows = await self._page(connection, narrowed, [stage_id], CARDS_A_PAGE + 1, behind)
            groups = await self._grouped(connection, narrowed, [stage_id], group)
        return *self._cut(rows, CARDS_A_PAGE), groups[stage_id]

    async def cards(self, connection: Connection, deal_ids: Sequence[int]) -> list[Card]:
        """Those of these deals that stand on the board."""
        homes = await connection.fetch(queries.HOMES, self.snapshot.workspace_id, list(deal_ids))
        async with _within(connection):
            narrowed = await narrow(connection, self.snapshot, self.asked)
            pipeline = sql(" AND d.pipeline_id = {}", self.asked.pipeline_id)
            query = _filled(
                queries.CARDS,
                workspace=sql("{}", self.snapshot.workspace_id),
                contacts=sql("{}", [row["contact_id"] for row in homes]),
                deals=sql("{}", [row["deal_id"] for row in homes]),
                conditions=narrowed.conditions + pipeline,
                also=self._also,
            )
            text, values = query.render()
            rows = await connection.fetch(text, *values)
        return [self.card(row) for row in rows]

    async def heads(self, connection: Connection) -> Mapping[int, Head]:
        """What the heads of all columns say."""
        async with _within(connection):
            narrowed = await narrow(connection, self.snapshot, self.asked)
            return await self._heads(connection, narrowed)

    async def groups(self, connection: Connection) -> Mapping[int, Mapping[str, int]]:
        """How many deals stand in the first groups of all columns, by the groups' keys."""
        stages = self.snapshot.part(PIPELINES).stages_of(self.asked.pipeline_id)
        async with _within(connection):
            narrowed = await narrow(connection, self.snapshot, self.asked)
            return await self._grouped(connection, narrowed, [stage.id for stage in stages])

    def card(self, row: Record) -> Card:
        """A row of ``queries`` as a card."""
        tags = self.snapshot.part(TAGS)
        entered = row["stage_entered_at"]
        return Card(
            row["id"], row["stage_id"], row["name"], row["value"], row["currency"],
            self._contact(row), picture(row["picture"]), row["lines"],
            duration(max((self._now - entered).total_seconds(), 0)), iso(entered),
            [tags[one] for one in row["tag_ids"] if one in tags][:_MOST_TAGS], row["status"], row["version"],
            {
                "ordered": str((row["ordered_at"] - _EPOCH) // _MICROSECOND),
                "value": f"{_NONE if row['base_value'] is None else row['base_value']:f}",
                "changed": str((row["updated_at"] - _EPOCH) // _MICROSECOND),
                "task": str((row["next_task"] - _EPOCH) // _MICROSECOND),
                "name": row["name"].lower(),
                "entered": str((entered - _EPOCH) // _MICROSECOND),
            },
            *((row["group_key"], row["group_label"]) if self.asked.group else ()),
        )  # fmt: skip

    def _contact(self, row: Record) -> str:
        is_guest = row["placeholder"] in (True, None)
        return "" if is_guest or not self._names else display_name(row) or row["custom_id"] or ""

    async def _page(
        self, connection: Connection, narrowed: Narrowed, stage_ids: list[int], limit: int, behind: Sql
    ) -> list[Record]:
        sort = self.asked.sort
        query = narrowed.before + _filled(
            queries.COLUMNS,
            stages=sql("{}", stage_ids),
            source=narrowed.source,
            workspace=sql("{}", self.snapshot.workspace_id),
            conditions=narrowed.conditions + behind,
            column=Sql(sort.column),
            way=Sql(sort.way),
            limit=sql("{}", limit),
            first=self.asked.group.key + Sql(", ") if self.asked.group else Sql(""),
            also=self._also,
        )
        text, values = query.render()
        return list(await connection.fetch(text, *values))

    @property
    def _also(self) -> Sql:
        """What cards tell besides."""
        if (group := self.asked.group) is None:
            return Sql("")
        return Sql(", ") + group.key + Sql(" AS group_key, ") + group.label + Sql(" AS group_label")

    def _behind(self, after: str, past: str) -> tuple[str, Sql]:
        """The group that a page begins in, and what is true of the cards from there on."""
        sort, group = self.asked.sort, self.asked.group
        if group and past:
            return past, Sql(" AND ") + group.key + sql(" > {}::text", past)
        key, rest = _read_group(after) if group else ("", after)
        at, deal_id = _read_place(sort, rest)
        sign = "<" if sort.descending else ">"
        behind = sql(f"({sort.column}, d.id) {sign} ({{}}::{sort.cast}, {{}}::bigint)", at, deal_id)
        if group is None:
            return "", Sql(" AND ") + behind
        later, same = group.key + sql(" > {}::text", key), group.key + sql(" = {}::text", key)
        return key, Sql(" AND (") + later + Sql(" OR (") + same + Sql(" AND ") + behind + Sql("))")

    async def _grouped(
        self, connection: Connection, narrowed: Narrowed, stage_ids: list[int], begin: str = ""
    ) -> dict[int, dict[str, int]]:
        groups: dict[int, dict[str, int]] = {stage_id: {} for stage_id in stage_ids}
        if self.asked.group is None:
            return groups
        query = narrowed.before + _filled(
            queries.GROUPS,
            **{"from": sql('{}::text COLLATE "C"', begin)},
            stages=sql("{}", stage_ids),
            key=self.asked.group.key,
            source=narrowed.source,
            workspace=sql("{}", self.snapshot.workspace_id),
            conditions=narrowed.conditions,
            limit=sql("{}", MOST_COUNTED + 1),
            most=sql("{}", MOST_GROUPS),
        )
        text, values = query.render()
        for row in await connection.fetch(text, *values):
            groups[row["stage_id"]][row["key"]] = row["deals"]
        return groups

    async def _heads(self, connection: Connection, narrowed: Narrowed) -> dict[int, Head]:
        stages = self.snapshot.part(PIPELINES).stages_of(self.asked.pipeline_id)
        ids = [stage.id for stage in stages]
        totals: Mapping[int, Total | None]
        if self.asked.is_narrowed:
            totals = await self._counted(connection, narrowed, ids)
        else:
            statuses = () if self.asked.status is None else (self.asked.status,)
            totals = await read_totals(connection, self.snapshot.workspace_id, ids, statuses)
        numbers = {stage_id: total.deals if total else MOST_COUNTED for stage_id, total in totals.items()}
        whole = sum(numbers.values()) or 1
        return {
            stage.id: Head(
                stage.id,
                stage.name,
                self.snapshot.base_currency,
                totals[stage.id],
                round(100 * numbers[stage.id] / whole),
            )
            for stage in stages
        }

    async def _counted(
        self, connection: Connection, narrowed: Narrowed, stage_ids: list[int]
    ) -> dict[int, Total | None]:
        query = narrowed.before + _filled(
            queries.COUNTED,
            stages=sql("{}", stage_ids),
            source=narrowed.source,
            workspace=sql("{}", self.snapshot.workspace_id),
            conditions=narrowed.conditions,
            limit=sql("{}", MOST_COUNTED + 1),
        )
        text, values = query.render()
        totals = {stage_id: Total() for stage_id in stage_ids}
        for row in await connection.fetch(text, *values):
            totals[row["stage_id"]].add(
                row["deals"], row["currency"], row["value"], row["base_value"], row["unconverted"]
            )
        return {one: None if total.deals > MOST_COUNTED else total for one, total in totals.items()}

    def _cut(self, rows: list[Record], size: int) -> tuple[list[Card], str]:
        shown = [self.card(row) for row in rows[:size]]
        return shown, _place(self.asked.sort, shown[-1]) if len(rows) > size else ""


def _place(sort: Sort, card: Card) -> str:
    group = f"{len(card.group)}.{card.group}" if card.group else ""
    return f"{group}{card.keys[sort.key]}_{card.id}"


def _read_group(text: str) -> tuple[str, str]:
    """The group of a place, told with its length before it, and the rest."""
    length, dot, rest = text.partition(".")
    if not (dot and length.isascii() and length.isdigit() and len(length) < 4):
        raise InvalidInput.of("after", "This is no place in a column.")
    return rest[: int(length)], rest[int(length) :]


def _read_place(sort: Sort, text: str) -> tuple[datetime | Decimal | str, int]:
    at, _, deal_id = text.rpartition("_")
    try:
        last = int(deal_id[:20])
        if sort.cast == "text":
            return at[:_LONGEST_NAME], last
        number = _EPOCH + int(at[:20]) * _MICROSECOND if sort.cast == "timestamptz" else Decimal(at[:30])
        if 0 <= last < 2**63 and (isinstance(number, datetime) or abs(number) < _LARGEST):
            return number, last
        raise InvalidInput.of("after", "This is no place in a column.")
    except (ValueError, ArithmeticError):
        raise InvalidInput.of("after", "This is no place in a column.") from None


def _filled(text: str, **parts: Sql) -> Sql:
    """``text`` with these parts in the places that name them."""
    whole = Sql("")
    for piece in text.split("{"):
        name, closed, rest = piece.partition("}")
        whole += parts[name] + Sql(rest) if closed else Sql(piece)
    return whole


@asynccontextmanager
async def _within(connection: Connection) -> AsyncIterator[None]:
    """Statements within are ended after two seconds. Raises InvalidInput."""
    try:
        async with connection.transaction():
            await connection.execute(queries.WITHIN)
            yield
    except asyncpg.QueryCanceledError:
        told = "This looks through more deals than can be done in two seconds. Narrow it by what is rarer, or search."
        raise InvalidInput.of("filter", told) from None
