"""From a row to the body of a contact, company or product, as the API would be sent it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from dealt.importing.cells import Cells, Read, Reading
from dealt.importing.composing import REASON, Composer, cells_of, filled, reads_of
from dealt.importing.errors import BadMapping
from dealt.importing.grouping import text_of
from dealt.importing.kinds import ORDERS, Kind
from dealt.importing.mapping import FileMapping
from dealt.importing.rows import Row
from dealt.kernel.errors import InvalidInput


class ObjectComposer:
    """Makes objects of rows as a mapping says. Raises BadMapping where it names columns that the file lacks."""

    def __init__(self, mapping: FileMapping, headings: Sequence[str], zone: ZoneInfo, kind: Kind) -> None:
        if mapping.is_api_shape(kind) and headings:
            raise BadMapping.of(kind.one, f"Say which columns the fields of a {kind.one} come from.")
        reading = Reading(mapping, headings, zone, kind)
        self._headings = headings
        self._kind = kind
        self._is_api_shape = mapping.is_api_shape(kind)
        self._reads = reads_of(reading, mapping.fields_of(kind))
        self._cleared = dict.fromkeys(self._reads) if mapping.empty_clears else {}
        self._keys = self._key_readers(reading)

    def key_of(self, row: Row) -> str:
        """What tells the rows of one object from those of others; empty where the row does not say."""
        try:
            cells = msgspec.json.decode(row) if isinstance(row, bytes) else row
            return next((key for read in self._keys if (key := text_of(read(cells)).casefold())), "")
        except (ValueError, msgspec.DecodeError, TypeError, LookupError):
            return ""

    def compose(self, rows: Sequence[Row]) -> dict[str, Any]:
        """The object that the only row is. Raises InvalidInput, also where nothing says which object it is."""
        (row,) = rows
        cells: Cells = cells_of(row, self._headings)
        if self._is_api_shape:
            body = {name: value for name, value in cells.items() if name != REASON}
        else:
            body = self._cleared | filled(self._reads, cells)
        if not any(text_of(body.get(name)) for name in self._kind.known_by):
            raise InvalidInput.of(self._kind.known_by[0], f"This row does not say {self._kind.needs}.")
        return body

    def _key_readers(self, reading: Reading) -> list[Read]:
        if self._is_api_shape:
            return [reading.cell(name) for name in self._kind.known_by]
        return [self._reads[name] for name in self._kind.known_by if name in self._reads]


def composer_of(mapping: FileMapping, headings: Sequence[str], zone: ZoneInfo, kind: Kind) -> Composer | ObjectComposer:
    """What makes objects of this kind of rows. Raises BadMapping."""
    return Composer(mapping, headings, zone) if kind is ORDERS else ObjectComposer(mapping, headings, zone, kind)
