"""From a file that has arrived to the columns that a person maps, and from what was chosen to a mapping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from dealt.importing import ORDERS, FileMapping, Kind, Source, check_mapping, guess_mapping, open_rows, sources_of
from dealt.importing import synonyms as words

SAMPLES, SAMPLED_ROWS, LONGEST_SAMPLE = 3, 200, 40
LEAVE_OUT, AS_ATTRIBUTE = "", "@"
_BOTH = "order:user_custom_id+contact:email"
"""Of shops that know their customers by their address alone: the id of the contact, and told to one that is new."""
_CALLED = {"lines": "Line", "contact": "Contact"}
_LABELS = {
    "custom_id": "Own id", "user_custom_id": "Contact's own id", "company_custom_id": "Company's own id",
    "product_custom_id": "Product's own id", "order_date": "Date of the order", "order_products": "Lines",
    "email": "E-mail", "product_url": "Address of its page", "image_url": "Address of its picture",
}  # fmt: skip
_OF_LINES = {
    "product_custom_id": "product's own id", "value": "price of one piece", "total": "price of the whole line",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: what it holds, and what becomes of it (a value of ``targets``)."""

    heading: str
    samples: list[str]
    target: str


@dataclass(frozen=True, slots=True)
class Sketch:
    """A file as it was looked at. ``columns`` is empty where rows have the shape of the API."""

    mapping: FileMapping
    columns: list[Column]
    fixed: list[tuple[str, str]]
    """Fields that come from elsewhere than one column, with how."""


def sketch(path: Path, kind: Kind, given: FileMapping | None = None) -> Sketch:
    """Look at a file, by a mapping or by the likeliest one. Reads the disk: not in the event loop.

    Raises UnreadableFile.
    """
    mapping = given if given is not None and _suits(path, given, kind) else guess_mapping(path, kind)
    with closing(open_rows(path, mapping)) as rows:
        headings = list(rows.headings)
        first = [row for _, row in islice(rows, SAMPLED_ROWS)] if headings else []
    taken = dict(_by_column(mapping, kind))
    columns = [
        Column(heading, _samples(first, place), taken.get(heading, LEAVE_OUT)) for place, heading in enumerate(headings)
    ]
    return Sketch(mapping, columns, list(_fixed(mapping, kind)))


def _suits(path: Path, given: FileMapping, kind: Kind) -> bool:
    """Whether a mapping that came along speaks of columns that the file has."""
    if given.is_api_shape(kind):
        return False
    with closing(open_rows(path, given)) as rows:
        return not rows.headings or {str(source.column) for _, _, source in _simple(given, kind)} <= {*rows.headings}


def targets(kind: Kind) -> list[tuple[str, str]]:
    """What a column can become: values and labels of a choice."""
    found = [(LEAVE_OUT, "Leave out"), (f"{kind.one}:{AS_ATTRIBUTE}", "An attribute of that name")]
    found += [(f"{kind.one}:{name}", label_of(name)) for name in kind.synonyms]
    if kind is ORDERS:
        found.append((_BOTH, "Contact's own id and e-mail"))
        for table, names in (("lines", words.LINES), ("contact", words.CONTACT)):
            found += [(f"{table}:{name}", f"{_CALLED[table]}: {_in_table(table, name)}") for name in names]
    return found


def mapped(guessed: FileMapping, kind: Kind, chosen: Mapping[str, str], group_by: str) -> FileMapping:
    """The mapping with what was ``chosen`` for each heading; what comes from elsewhere stays. Raises BadMapping."""
    tables: dict[str, dict[str, str | Source]] = {}
    for table in _tables(kind):
        fields: dict[str, str | Source] = getattr(guessed, table)
        tables[table] = {
            name: source for name, source in fields.items() if sources_of({name: source})[name].column is None
        }
    known = {value for value, _ in targets(kind)}
    guesses = {(table, str(source.column)): (name, source) for table, name, source in _simple(guessed, kind)}
    for heading, target in ((h, one) for h, several in chosen.items() for one in several.split("+")):
        table, _, name = target.partition(":")
        if table not in tables or not name:
            continue
        guess, source = guesses.get((table, heading), (heading, Source(column=heading)))
        if name == AS_ATTRIBUTE:
            name = guess if f"{table}:{guess}" not in known else heading
        # How a date is written, or what a text is to be, holds for the field that it was guessed for.
        tables[table][name] = source if name == guess and source != Source(column=heading) else heading
    made = msgspec.structs.replace(guessed, **tables)
    if kind is ORDERS:
        made = msgspec.structs.replace(made, group_by=group_by or None)
    check_mapping(made, kind)
    return made


def _tables(kind: Kind) -> tuple[str, ...]:
    return ("order", "lines", "contact") if kind is ORDERS else (kind.one,)


def _simple(mapping: FileMapping, kind: Kind) -> Iterator[tuple[str, str, Source]]:
    for table in _tables(kind):
        for name, source in sources_of(getattr(mapping, table)).items():
            if source.column is not None:
                yield table, name, source


def _by_column(mapping: FileMapping, kind: Kind) -> Iterator[tuple[str, str]]:
    known = {value for value, _ in targets(kind)}
    found: dict[str, str] = {}
    for table, name, source in _simple(mapping, kind):
        value = f"{table}:{name}" if f"{table}:{name}" in known else f"{table}:{AS_ATTRIBUTE}"
        heading = str(source.column)
        both = f"{found.get(heading)}+{value}"
        # A column that is more than a person can choose is the first of it, which is the more important.
        found[heading] = both if both in known else found.get(heading, value)
    yield from found.items()


def _fixed(mapping: FileMapping, kind: Kind) -> Iterator[tuple[str, str]]:
    for table in _tables(kind):
        for name, source in sources_of(getattr(mapping, table)).items():
            if source.template is not None:
                yield label_of(name), source.template
            elif source.constant is not None:
                yield label_of(name), f"always {source.constant}"
            elif source.lines_total:
                yield label_of(name), "the total of the lines"


def _samples(rows: list[Any], place: int) -> list[str]:
    cells = (str(row[place]) for row in rows if place < len(row) and row[place] not in (None, ""))
    return [cell[:LONGEST_SAMPLE] for cell in islice(dict.fromkeys(cells), SAMPLES)]


def _in_table(table: str, name: str) -> str:
    return _OF_LINES.get(name, label_of(name).lower()) if table == "lines" else label_of(name).lower()


def label_of(name: str) -> str:
    """What a field is called on a page."""
    return _LABELS.get(name) or name.replace("_", " ").capitalize()
