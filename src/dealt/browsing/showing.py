"""Which columns a list shows, and its rows as lines of a file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dealt.accounts import Snapshot
from dealt.attributes import ATTRIBUTES
from dealt.browsing.model import Column, Kind, Row
from dealt.browsing.views import View
from dealt.kernel.clock import iso

MOST_COLUMNS = 40
_BOM = "\ufeff"
# What a spreadsheet would take for a formula; a telephone number or a negative one is none.
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d\s().-]*$)")


def columns_of(kind: Kind, snapshot: Snapshot) -> dict[str, Column]:
    """Every column that there is, by name: the kind's own, and one for each custom attribute."""
    found = {column.name: _sortable(kind, column) for column in kind.columns}
    for one in snapshot.part(ATTRIBUTES).of(kind.domain).values():
        sort = one.name_std if kind.listing.sorts_attributes else ""
        found.setdefault(one.name_std, Column(one.name_std, one.name, "plain", sort))
    return found


def _sortable(kind: Kind, column: Column) -> Column:
    """Whatever has an order of its own; numbers that stand for names have none."""
    has_order = column.name in kind.listing.columns and column.name not in ("assigned_to", "loss_reason")
    return column if column.sort or not has_order else replace(column, sort=column.name)


def chosen(kind: Kind, known: dict[str, Column], view: View | None) -> list[Column]:
    """The columns that are shown, the name first; those that are gone are left out."""
    names = view.columns if view and view.columns else kind.default
    first = kind.columns[0]
    return [first, *(known[name] for name in names if name in known and name != first.name)]


def header(columns: Iterable[Column]) -> bytes:
    """The first line of a file."""
    return _BOM.encode() + _line(["Number", *(column.label for column in columns)])


def lines(columns: Sequence[Column], rows: Iterable[Row]) -> bytes:
    """The rows as lines of a file; money has a currency, times an offset."""
    return b"".join(_line([str(row.id), *(_text(column, row) for column in columns)]) for row in rows)


def _text(column: Column, row: Row) -> str:
    value: Any = row.called if column.show == "name" else row.values.get(column.name)
    if value is None or value == "":
        return ""
    if column.show in ("badge", "contact"):
        return _safe(str(value[1]))
    if column.show == "money":
        return f"{Decimal(value):f} {row.values.get('currency') or ''}".strip()
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    return _safe(_plain(value))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _safe(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _line(cells: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue().encode("utf-8", "replace")
