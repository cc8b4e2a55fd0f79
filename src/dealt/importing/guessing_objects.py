"""A first mapping of a file of contacts, companies or products, and what all guesses share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dealt.attributes import name_std
from dealt.importing.kinds import Kind
from dealt.importing.mapping import FileMapping, Source
from dealt.importing.sampling import Sample, is_amount, is_number, is_written_as
from dealt.importing.synonyms import DATE_FORMATS

_WITH_COMMA = re.compile(r"-?[\d. \u00a0]*\d,\d{1,4}").fullmatch
_WITH_POINT = re.compile(r"-?[\d,]*\.\d{1,2}").fullmatch


def guess_object(sample: Sample, kind: Kind, *, delimiter: str | None, is_json: bool) -> FileMapping:
    """The likeliest mapping of a file in which every row is one object of ``kind``."""
    if is_json and any(name in sample.cells for name in kind.known_by):
        return FileMapping()
    taken: set[str] = set()
    fields: dict[str, str | Source] = {}
    for name, synonyms in kind.synonyms.items():
        if heading := find(synonyms, sample.cells, without=taken):
            fields[name] = heading
            taken.add(heading)
    comma = has_comma(sample, fields, kind.amounts)
    for heading in sample.cells:
        name = name_std(heading)
        if heading not in taken and sample.filled(heading) and name and name not in fields:
            fields[name] = _attribute(sample, heading, is_amount if comma else is_number)
    mapping = FileMapping(delimiter=delimiter, decimal_comma=comma)
    setattr(mapping, kind.one, fields)
    return mapping


def source_of_attribute(sample: Sample, heading: str, is_one: Callable[[Any], bool]) -> str | Source:
    """Where an attribute comes from: as a number where all its cells are texts of such."""
    texts = sample.every(heading, lambda cell: isinstance(cell, str))
    numbers = texts and sample.every(heading, is_one)
    return Source(column=heading, type="number") if numbers else heading


def has_comma(sample: Sample, fields: Mapping[str, str | Source], amounts: Sequence[str] | frozenset[str]) -> bool:
    """Whether amounts have a decimal comma; a few cells may be anything."""
    columns = [column for name in amounts if isinstance(column := fields.get(name), str)]
    cells = [cell for column in columns for cell in sample.filled(column) if isinstance(cell, str)]
    return any(map(_WITH_COMMA, cells)) and not any(map(_WITH_POINT, cells))


def find(
    synonyms: Sequence[str], headings: Mapping[str, Any], without: set[str] | frozenset[str] = frozenset()
) -> str | None:
    """The column with the likeliest name, its own or that behind its last dot."""
    named = {name_std(heading): heading for heading in headings if heading not in without}
    named = {name_std(heading.rpartition(".")[2]): heading for heading in named.values() if "." in heading} | named
    return next((named[synonym] for synonym in synonyms if synonym in named), None)


def _attribute(sample: Sample, heading: str, is_one: Callable[[Any], bool]) -> str | Source:
    """A list where a cell has several entries, a day where all cells are written as one, else what it looks like."""
    if any(isinstance(cell, str) and "|" in cell.strip(" |") for cell in sample.filled(heading)):
        return Source(column=heading, split="|")
    form = next((form for form in DATE_FORMATS if sample.every(heading, is_written_as(form))), None)
    return Source(column=heading, format=form) if form else source_of_attribute(sample, heading, is_one)
