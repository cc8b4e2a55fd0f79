"""From the rows of one order to the body that the API would be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from dealt.deals import DealPatch, line_total, parse_deal
from dealt.importing.cells import Cells, Read, Reading
from dealt.importing.errors import BadMapping
from dealt.importing.grouping import text_of
from dealt.importing.kinds import ORDERS
from dealt.importing.mapping import FileMapping, Source, sources_of
from dealt.importing.rows import Row
from dealt.kernel.bodies import parse_object
from dealt.kernel.errors import InvalidInput

REASON = "rejected_because"
"""The column or key in which rejected rows tell why; it is no part of the order when they are sent again."""
# An empty cell says nothing about these; it clears any other field.
_NEVER_EMPTY = frozenset({"name", "status", "stage", "pipeline", "scope"})
_ZERO = Decimal(0)


class Composed(msgspec.Struct, frozen=True):
    """An order as the API takes it, and what its contact is told where the import creates it."""

    body: dict[str, Any]
    contact: dict[str, Any]


class Composer:
    """Makes orders of rows as a mapping says. Raises BadMapping where it names columns that the file lacks."""

    def __init__(self, mapping: FileMapping, headings: Sequence[str], zone: ZoneInfo) -> None:
        self._is_api_shape = mapping.is_api_shape(ORDERS)
        if self._is_api_shape and headings:
            raise BadMapping.of("order", "Say which columns the fields of an order come from.")
        reading = Reading(mapping, headings, zone)
        self._headings = headings
        self._mapping = mapping
        self._zone = zone
        self._order = reads_of(reading, mapping.order)
        self._contact = reads_of(reading, mapping.contact)
        inner = Reading(mapping, [], zone) if mapping.lines_in else reading
        self._lines = reads_of(inner, mapping.lines)
        self._from_columns = {name for name, source in sources_of(mapping.lines).items() if source.column is not None}
        self._list = reading.cell(mapping.lines_in) if mapping.lines_in else None
        self._key = self._key_reader(reading)
        clears = mapping.empty_clears is not False
        self._cleared = dict.fromkeys(name for name in self._order if clears and name not in _NEVER_EMPTY)
        value = mapping.order.get("value")
        self._adds_up = isinstance(value, Source) and value.lines_total

    def key_of(self, row: Row) -> str:
        """What tells the rows of one order from those of others; empty where the row does not say."""
        try:
            return text_of(self._key(msgspec.json.decode(row) if isinstance(row, bytes) else row))
        except (ValueError, msgspec.DecodeError, TypeError, LookupError):
            return ""

    def compose(self, rows: Sequence[Row]) -> Composed:
        """The order that these rows are. Raises InvalidInput."""
        every = [cells_of(row, self._headings) for row in rows]
        first = every[0]
        contact = filled(self._contact, first, "contact")
        if self._is_api_shape:
            return Composed({name: value for name, value in first.items() if name != REASON}, contact)
        body = self._cleared | filled(self._order, first)
        if self._lines:
            found = enumerate(self._listed(first) if self._list else every)
            body["order_products"] = [line for place, cells in found if (line := self._line(place, cells))]
        return Composed(body, contact)

    def patch_of(self, composed: Composed) -> DealPatch:
        """The patch that the order asks for. Raises InvalidInput."""
        patch = parse_deal(composed.body, self._zone)
        if self._adds_up:
            drafts = patch.lines or []
            if {draft.currency for draft in drafts} - {None, patch.fields.get("currency")}:
                raise InvalidInput.of("value", "The lines are in other currencies than the order; they do not add up.")
            patch.fields["value"] = sum(map(line_total, drafts), _ZERO)
        return patch

    def _key_reader(self, reading: Reading) -> Read:
        if self._mapping.group_by:
            return reading.cell(self._mapping.group_by)
        if self._is_api_shape:
            return reading.cell("custom_id")
        return self._order["custom_id"]

    def _listed(self, cells: Cells) -> list[Cells]:
        assert self._list is not None, "asked only where lines are a list in the row"
        found = self._list(cells)
        if found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(line, dict) for line in found):
            raise InvalidInput.of("order_products", f"A list of objects is needed in {self._mapping.lines_in}.")
        return found

    def _line(self, place: int, cells: Cells) -> dict[str, Any]:
        """The line of a row without its empty cells; nothing where they all are empty."""
        line = filled(self._lines, cells, "order_products", place)
        return {} if self._from_columns.isdisjoint(line) else line


def cells_of(row: Row, headings: Sequence[str]) -> Cells:
    """The cells of a row, checked. Raises InvalidInput."""
    if isinstance(row, bytes):
        return parse_object(row)
    if len(row) > len(headings):
        raise InvalidInput.of("row", f"This row has {len(row)} cells, and there are {len(headings)} headings.")
    return row


def reads_of(reading: Reading, fields: Mapping[str, str | Source]) -> dict[str, Read]:
    """How each of these fields is read."""
    return {name: reading.field(name, source) for name, source in sources_of(fields).items() if not source.lines_total}


def filled(reads: Mapping[str, Read], cells: Cells, *place: str | int) -> dict[str, Any]:
    """What the cells say, without those that are empty."""
    found = {}
    try:
        for name, read in reads.items():
            value = read(cells)
            if value is not None and value != "":
                found[name] = value
    except ValueError as error:
        raise InvalidInput.of(".".join(map(str, (*place, name))), str(error)) from None
    return found
