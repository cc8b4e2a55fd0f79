"""What a cell says, as the API would be told: ids as texts, amounts with a point, moments as ISO 8601, lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from dealt.importing.errors import BadMapping
from dealt.importing.grouping import text_of
from dealt.importing.kinds import ORDERS, Kind
from dealt.importing.mapping import FileMapping, Source
from dealt.kernel.clock import iso, parse_datetime
from dealt.kernel.shown import shown

Cells: TypeAlias = Any
"""A row by position, or a JSON object by key."""
Read: TypeAlias = Callable[[Cells], Any]
"""The value of a field in a row; None or an empty text where the cell is empty. Raises ValueError, a sentence."""

_WITH_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?")
_BLANKS = str.maketrans("", "", " \u00a0\u202f")
_PLACE = re.compile(r"\{([^{}]+)\}")


class Reading:
    """How the fields of one kind of row are read."""

    def __init__(self, mapping: FileMapping, headings: Sequence[str], zone: ZoneInfo, kind: Kind = ORDERS) -> None:
        self._kind = kind
        self._mapping = mapping
        self._headings = list(headings)
        self._zone = ZoneInfo(mapping.time_zone) if mapping.time_zone else zone

    def cell(self, heading: str) -> Read:
        """The cell under a heading, as it is. Raises BadMapping where there is no such column."""
        if not self._headings:
            return _along(heading.split("."))
        if heading not in self._headings:
            raise BadMapping.of(heading, f"The file has no such column; it has {', '.join(self._headings)}.")
        return itemgetter(self._headings.index(heading))

    def field(self, name: str, source: Source) -> Read:
        """What a field gets from a row; ``lines_total`` is not a matter of rows. Raises BadMapping."""
        if source.template is not None:
            return self._template(source.template)
        if source.column is None:
            return lambda _cells: source.constant
        cell, steps = self.cell(source.column), self._steps(name, source)
        if not steps:
            return cell

        def read(cells: Cells) -> Any:
            value = cell(cells)
            if value is None or value == "":
                return None
            for step in steps:
                value = step(value)
            return value

        return read

    def _template(self, template: str) -> Read:
        pieces = _PLACE.split(template)
        texts, cells = pieces[::2], [self.cell(heading) for heading in pieces[1::2]]
        return lambda row: (
            texts[0] + "".join(text_of(cell(row)) + text for cell, text in zip(cells, texts[1:], strict=True))
        )

    def _steps(self, name: str, source: Source) -> list[Callable[[Any], Any]]:
        steps: list[Callable[[Any], Any]] = []
        if source.values is not None:
            steps.append(_translate(source.values, source.otherwise))
        if source.split is not None or name in self._kind.lists:
            steps.append(_split(source.split or self._kind.separator))
        if source.format is not None:
            steps.append(_moment(source.format, self._zone))
        elif source.type == "datetime" or (name in self._kind.moments and self._mapping.time_zone):
            steps.append(lambda value: iso(parse_datetime(value, self._zone)))
        if source.type == "text" or name in self._kind.texts:
            steps.append(text_of)
        if self._mapping.decimal_comma and (source.type == "number" or name in self._kind.amounts):
            steps.append(_point)
        if source.type == "number":
            steps.append(_number)
        return steps


def _along(path: Sequence[str]) -> Read:
    def read(cells: Cells) -> Any:
        for key in path:
            cells = cells.get(key) if isinstance(cells, dict) else None
        return cells

    return read


def _translate(values: dict[str, Any], otherwise: Any) -> Callable[[Any], Any]:
    known = {key.casefold(): value for key, value in values.items()}

    def translate(cell: Any) -> Any:
        found = known.get(text_of(cell).casefold(), otherwise)
        if found is None:
            raise ValueError(f"The mapping does not say what {shown(cell)} means; it knows {', '.join(values)}.")
        return found

    return translate


def _split(separator: str) -> Callable[[Any], Any]:
    def split(cell: Any) -> Any:
        if isinstance(cell, list):
            return cell
        entries = (entry.strip() for entry in text_of(cell).split(separator))
        return [entry for entry in entries if entry]

    return split


def _moment(form: str, zone: ZoneInfo) -> Callable[[Any], Any]:
    def moment(cell: Any) -> str:
        try:
            found = datetime.strptime(text_of(cell), form)
        except ValueError:
            raise ValueError(f"{shown(cell)} is not written as {form}.") from None
        if "%H" not in form and "%I" not in form:
            return found.date().isoformat()
        return iso(found if found.tzinfo else found.replace(tzinfo=zone))

    return moment


def _point(cell: Any) -> Any:
    """An amount with a decimal comma as one with a point."""
    if not isinstance(cell, str):
        return cell
    bare = cell.translate(_BLANKS)
    if not _WITH_COMMA.fullmatch(bare):
        raise ValueError(f"{shown(cell)} is not an amount such as 249,99.")
    return bare.replace(".", "").replace(",", ".")


def _number(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    try:
        number = float(cell)
    except ValueError:
        raise ValueError(f"{shown(cell)} is not a number.") from None
    return int(number) if number.is_integer() and "." not in cell else number
