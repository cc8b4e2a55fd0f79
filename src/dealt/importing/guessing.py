"""A first mapping, guessed from a file's headings and first rows, for a person to look over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dealt.attributes import name_std
from dealt.importing.grouping import text_of
from dealt.importing.guessing_objects import find, guess_object, has_comma, source_of_attribute
from dealt.importing.kinds import ORDERS, Kind
from dealt.importing.mapping import FileMapping, Source
from dealt.importing.sampling import Sample, is_amount, is_number, is_written_as
from dealt.importing.synonyms import CONTACT, DATE_FORMATS, LINES, ORDER, STATUS_WORDS
from dealt.kernel.clock import is_iso_date, is_iso_datetime

_API_KEYS = {"order_products", "products_custom_id", "user_custom_id"}
_AMOUNTS = ("value", "total", "quantity", "discount", "tax")


def guess(sample: Sample, *, kind: Kind = ORDERS, delimiter: str | None = None, is_json: bool = False) -> FileMapping:
    """The likeliest mapping of a file. It has no ``custom_id`` where no column looks like an object's own id."""
    if kind is not ORDERS:
        return guess_object(sample, kind, delimiter=delimiter, is_json=is_json)
    if is_json and "custom_id" in sample.cells and _API_KEYS & {*sample.cells, *sample.lists}:
        return FileMapping()
    return _Guess(sample, delimiter).mapping()


class _Guess:
    def __init__(self, sample: Sample, delimiter: str | None) -> None:
        self._sample = sample
        self._delimiter = delimiter
        self._taken: set[str] = set()

    def mapping(self) -> FileMapping:
        """Fields in the order of their importance: what is found for one is not looked at for the next."""
        sample = self._sample
        id_column = find(ORDER["custom_id"], sample.cells)
        nested = sample.list_of_lines()
        inner = nested[1] if nested else sample
        product = find(LINES["product_custom_id"], inner.cells)
        groups = id_column if product and not nested else None
        lines = self._lines(inner, groups) if product else {}
        if nested:
            self._taken.clear()
        order = self._order(id_column, groups, lines)
        contact = self._contact()
        comma = has_comma(inner, lines, _AMOUNTS) or has_comma(sample, order, _AMOUNTS)
        self._rest(groups, order, lines, is_amount if comma else is_number)
        return FileMapping(
            delimiter=self._delimiter,
            decimal_comma=comma,
            group_by=groups,
            lines_in=nested[0] if nested and product else None,
            create_contacts="user_custom_id" in order,
            order=order, lines=lines, contact=contact,
        )  # fmt: skip

    def _lines(self, inner: Sample, groups: str | None) -> dict[str, str | Source]:
        found: dict[str, str | Source] = {}
        for name, synonyms in LINES.items():
            heading = find(synonyms, inner.cells, without=self._taken)
            if heading is None or (groups and name in ("total", "name") and self._is_of_order(groups, heading)):
                continue
            found[name] = heading
            self._taken.add(heading)
        return found

    def _is_of_order(self, groups: str, heading: str) -> bool:
        """Whether a column says the same in all rows of an order; unknown where every order has one row."""
        keys = [text_of(key) for key in self._sample.cells[groups]]
        return len(set(keys)) < len(keys) and self._sample.is_same_within(groups, heading)

    def _order(
        self, id_column: str | None, groups: str | None, lines: Mapping[str, str | Source]
    ) -> dict[str, str | Source]:
        order: dict[str, str | Source] = {}
        for name, synonyms in ORDER.items():
            heading = id_column if name == "custom_id" else find(synonyms, self._sample.cells, without=self._taken)
            if heading is not None and self._fits(name, heading, groups):
                order[name] = self._source(name, heading)
                self._taken.add(heading)
        if "name" not in order and id_column is not None:
            order["name"] = Source(template=f"Order {{{id_column}}}")
        if "value" not in order and {"value", "total"} & lines.keys():
            order["value"] = Source(lines_total=True)
        return order

    def _fits(self, name: str, heading: str, groups: str | None) -> bool:
        """A value of its own in every row is a line's, and a state without words that we know may be a country's."""
        if name == "value" and groups is not None:
            return self._is_of_order(groups, heading)
        if name == "status":
            words = {text_of(cell).casefold() for cell in self._sample.filled(heading)}
            return words <= set("01234") or not words.isdisjoint(STATUS_WORDS)
        return True

    def _source(self, name: str, heading: str) -> str | Source:
        sample = self._sample
        if name == "order_date" and not sample.every(heading, _is_iso):
            form = next((form for form in DATE_FORMATS if sample.every(heading, is_written_as(form))), None)
            return Source(column=heading, format=form) if form else heading
        if name == "status" and not sample.every(heading, lambda cell: text_of(cell) in "01234"):
            words = dict.fromkeys(text_of(cell).casefold() for cell in sample.filled(heading))
            return Source(column=heading, values={w: STATUS_WORDS[w] for w in words if w in STATUS_WORDS}, otherwise=1)
        return heading

    def _contact(self) -> dict[str, str | Source]:
        """A contact's e-mail address may be its id as well; all else is looked for in what is left."""
        found: dict[str, str | Source] = {}
        for name, synonyms in CONTACT.items():
            without = self._taken if name != "email" else set()
            if heading := find(synonyms, self._sample.cells, without=without):
                found[name] = heading
                self._taken.add(heading)
        return found

    def _rest(
        self,
        groups: str | None,
        order: dict[str, str | Source],
        lines: dict[str, str | Source],
        is_number: Callable[[Any], bool],
    ) -> None:
        """Every other column is kept: with the order where it is the same in all of its rows, else with the line."""
        for heading in self._sample.cells:
            if heading in self._taken or not self._sample.filled(heading):
                continue
            of_order = groups is None or self._sample.is_same_within(groups, heading)
            fields = order if of_order else lines
            name = name_std(heading)
            if name and name not in fields:
                fields[name] = source_of_attribute(self._sample, heading, is_number)


def _is_iso(cell: Any) -> bool:
    return isinstance(cell, int | float) or (isinstance(cell, str) and (is_iso_date(cell) or is_iso_datetime(cell)))
