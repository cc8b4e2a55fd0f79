"""Columns, cards and heads of a board, read from the database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal

from dealt.accounts import Snapshot
from dealt.board import queries
from dealt.board.filling import filled
from dealt.board.model import (
    CARDS_A_PAGE,
    MOST_COUNTED,
    MOST_GROUPED,
    MOST_GROUPS,
    SORTS,
    Asked,
    Card,
    Column,
    Head,
)
from dealt.board.narrowing import Narrowed, narrow
from dealt.board.places import EPOCH, MICROSECOND, Place, behind, parts, place_of, read_place
from dealt.contacts import display_name
from dealt.deals import Total, read_totals
from dealt.kernel.clock import iso
from dealt.kernel.db import Connection, Record
from dealt.kernel.errors import InvalidInput
from dealt.kernel.limits import TooSlow, looking
from dealt.kernel.sql import Sql, sql
from dealt.pipelines import PIPELINES
from dealt.tags import TAGS
from dealt.web import duration, picture

_NONE = Decimal("-1e15")
_LONGEST_MS = 2_000
_MOST_TAGS = 3


class Reader:
    """Reads one board as one member sees it. ``names`` says whether contacts may be named."""

    def __init__(self, snapshot: Snapshot, asked: Asked, now: datetime, *, names: bool = True) -> None:
        self.snapshot = snapshot
        self.asked = asked
        self._now = now
        self._names = names

    async def columns(self, connection: Connection, size: int) -> list[Column]:
        """Every stage of the pipeline with its first cards. Raises InvalidInput where the filter takes too long."""
        ids = self._stage_ids
        async with _within(connection):
            narrowed = await narrow(connection, self.snapshot, self.asked)
            heads = await self._heads(connection, narrowed, ids)
            cut = self._cut_short(heads)
            rows = await self._page(connection, narrowed, ids, size + 1, Place(), cut)
            groups = await self._grouped(connection, narrowed, _counted(heads))
        by_stage: dict[int, list[Record]] = {stage_id: [] for stage_id in ids}
        for row in rows:
            by_stage[row["stage_id"]].append(row)
        return [
            Column(heads[one], *self._cut(by_stage[one], size), groups.get(one, {}), cut.get(one, 0)) for one in ids
        ]

    async def more(
        self, connection: Connection, stage_id: int, after: str, past: str
    ) -> tuple[list[Card], str, Mapping[str, int]]:
        """The cards of a column behind a place, or behind the whole group ``past``; where the next ones begin, and how
        many deals their groups have."""
        place = read_place(self.asked.sort, self.asked.group, after, past)
        async with _within(connection):
            narrowed = await narrow(connection, self.snapshot, self.asked)
            heads = await self._heads(connection, narrowed, [stage_id]) if self.asked.group else {}
            rows = await self._page(connection, narrowed, [stage_id], CARDS_A_PAGE + 1, place, self._cut_short(heads))
            groups = await self._grouped(connection, narrowed, _counted(heads), place.group)
        return *self._cut(rows, CARDS_A_PAGE), groups.get(stage_id, {})

    async def cards(self, connection: Connection, deal_ids: Sequence[int]) -> list[Card]:
        """Those of these deals that stand on the board."""
        homes = await connection.fetch(queries.HOMES, self.snapshot.workspace_id, list(deal_ids))
        async with _within(connection):
            narrowed = await narrow(connection, self.snapshot, self.asked)
            pipeline = sql(" AND d.pipeline_id = {}", self.asked.pipeline_id)
            query = filled(
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
            return await self._heads(connection, narrowed, self._stage_ids)

    async def groups(self, connection: Connection, heads: Mapping[int, Head]) -> Mapping[int, Mapping[str, int]]:
        """How many deals stand in the first groups of all columns, by the groups' keys."""
        async with _within(connection):
            narrowed = await narrow(connection, self.snapshot, self.asked)
            groups = await self._grouped(connection, narrowed, _counted(heads))
        return {stage_id: groups.get(stage_id, {}) for stage_id in heads}

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
                "ordered": str((row["ordered_at"] - EPOCH) // MICROSECOND),
                "value": f"{_NONE if row['base_value'] is None else row['base_value']:f}",
                "changed": str((row["updated_at"] - EPOCH) // MICROSECOND),
                "task": str((row["next_task"] - EPOCH) // MICROSECOND),
                "name": row["name"].lower(),
                "entered": str((entered - EPOCH) // MICROSECOND),
            },
            *((row["group_key"], row["group_label"]) if self.asked.group else ()),
        )  # fmt: skip

    def _contact(self, row: Record) -> str:
        is_guest = row["placeholder"] in (True, None)
        return "" if is_guest or not self._names else display_name(row) or row["custom_id"] or ""

    async def _page(
        self,
        connection: Connection,
        narrowed: Narrowed,
        stage_ids: list[int],
        limit: int,
        place: Place,
        cut: Mapping[int, int],
    ) -> list[Record]:
        sort, group = self.asked.sort, self.asked.group
        workspace = sql("{}", self.snapshot.workspace_id)
        shown = {"source": narrowed.source, "workspace": workspace, "conditions": narrowed.conditions}
        if group and group.people is not None:
            which, shown = queries.WALKED, {"parts": parts(sort, group.people, place, narrowed, workspace, limit)}
        elif group:
            chosen = sort if sort.indexed else SORTS["newest"]
            which, shown = queries.GROUPED, shown | {
                "mosts": sql("{}", [cut.get(one, MOST_COUNTED) for one in stage_ids]),
                "chosen": Sql(f"{chosen.column} {chosen.way}"), "chosen_way": Sql(chosen.way),
                "behind": behind(group, place),
            }  # fmt: skip
        else:
            which, shown = queries.COLUMNS, shown | {"conditions": narrowed.conditions + behind(group, place)}
        query = narrowed.before + filled(
            which,
            **shown,
            stages=sql("{}", stage_ids),
            column=Sql(sort.column),
            way=Sql(sort.way),
            limit=sql("{}", limit),
            first=group.key + Sql(", ") if group else Sql(""),
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

    async def _grouped(
        self, connection: Connection, narrowed: Narrowed, stage_ids: list[int], begin: str = ""
    ) -> dict[int, dict[str, int]]:
        groups: dict[int, dict[str, int]] = {stage_id: {} for stage_id in stage_ids}
        if self.asked.group is None:
            return groups
        query = narrowed.before + filled(
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

    @property
    def _stage_ids(self) -> list[int]:
        return [stage.id for stage in self.snapshot.part(PIPELINES).stages_of(self.asked.pipeline_id)]

    def _cut_short(self, heads: Mapping[int, Head]) -> dict[int, int]:
        """How many deals are grouped of columns that no index finds the groups of, and that are too large to count."""
        group = self.asked.group
        if group is None or group.is_walked:
            return {}
        return dict.fromkeys(set(heads).difference(_counted(heads)), MOST_GROUPED)

    async def _heads(self, connection: Connection, narrowed: Narrowed, ids: list[int]) -> dict[int, Head]:
        stages = self.snapshot.part(PIPELINES).stages
        totals: Mapping[int, Total | None]
        if self.asked.is_narrowed:
            totals = await self._counted(connection, narrowed, ids)
        else:
            statuses = () if self.asked.status is None else (self.asked.status,)
            totals = await read_totals(connection, self.snapshot.workspace_id, ids, statuses)
        numbers = {stage_id: total.deals if total else MOST_COUNTED for stage_id, total in totals.items()}
        whole = sum(numbers.values()) or 1
        base = self.snapshot.base_currency
        return {one: Head(one, stages[one].name, base, totals[one], round(100 * numbers[one] / whole)) for one in ids}

    async def _counted(
        self, connection: Connection, narrowed: Narrowed, stage_ids: list[int]
    ) -> dict[int, Total | None]:
        query = narrowed.before + filled(
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
        return shown, place_of(self.asked.sort, shown[-1]) if len(rows) > size else ""


def _counted(heads: Mapping[int, Head]) -> list[int]:
    """The columns whose groups are counted."""
    return [one for one, head in heads.items() if head.total and head.total.deals <= MOST_COUNTED]


@asynccontextmanager
async def _within(connection: Connection) -> AsyncIterator[None]:
    """Statements within are ended after two seconds. Raises InvalidInput."""
    try:
        async with looking(connection, _LONGEST_MS, "filter"):
            yield
    except TooSlow:
        told = "This looks through more deals than can be done in two seconds. Narrow it by what is rarer, or search."
        raise InvalidInput.of("filter", told) from None
