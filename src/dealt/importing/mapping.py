"""How the rows of a file become objects: what a mapping file may say."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from dealt.importing.errors import BadMapping
from dealt.importing.kinds import ORDERS, Kind
from dealt.kernel.shown import shown

LONGEST_LIST_NAME = 255
CONTACT_FIELDS = (
    "email", "name", "first_name", "last_name", "phone_number", "country", "region", "city", "gender",
    "unsubscribed", "timezone",
)  # fmt: skip
"""What a contact that the import creates may be told from the first row of its first order."""


class Source(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Where one field comes from. A plain text in the mapping file stands for ``column``."""

    column: str | None = None
    """The heading of a column; in NDJSON a key, or keys with dots between them."""
    template: str | None = None
    """A text in which ``{heading}`` stands for a cell."""
    constant: bool | int | float | str | list[str] | None = None
    """The same for every order."""
    lines_total: bool = False
    """The exact sum of the lines' totals; for the order's ``value`` only."""
    values: dict[str, bool | int | float | str] | None = None
    """What the texts of a column mean; a text that is not among them refuses the order, unless:"""
    otherwise: bool | int | float | str | None = None
    """What every other text means."""
    split: str | None = None
    """What separates the entries of a list within a cell."""
    format: str | None = None
    """How a date is written, such as ``%d.%m.%Y %H:%M``."""
    type: Literal["text", "number", "datetime"] | None = None
    """What an attribute of the order or a key of the line is to be, where the cells do not say."""

    @property
    def ways(self) -> int:
        """How many ways of getting a value are named; there must be one."""
        given = (self.column is not None, self.template is not None, self.constant is not None, self.lines_total)
        return sum(given)


class FileMapping(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A whole mapping. Without ``order`` the rows of an NDJSON file have the shape of the API."""

    format: Literal["ndjson", "csv", "parquet", "xlsx"] | None = None
    sheet: str | None = None
    """In XLSX: the sheet that is read; the first where absent."""
    delimiter: str | None = None
    encoding: str = "utf-8"
    decimal_comma: bool = False
    time_zone: str | None = None
    """The zone of dates and times that do not say theirs; the workspace's where absent."""
    group_by: str | None = None
    """The column that tells which rows are lines of the same order; without it every row is an order."""
    rows: Literal["anywhere", "together"] = "anywhere"
    """Whether the rows of one order stand anywhere in the file, or one after the other, which is faster."""
    lines_in: str | None = None
    """In NDJSON: the key under which an order has its list of lines."""
    create_contacts: bool = False
    """Create the contacts that orders name by custom id and that do not exist."""
    match_email: bool = True
    """Of contacts: a row whose id nobody has is about the contact with its e-mail address, where there is one."""
    empty_clears: bool | None = None
    """Whether an empty cell clears the field of what exists; of orders it does unless told, of the others not."""
    tags: list[str] = []
    """Tags that every contact or product of the file gets."""
    put_on_list: str | None = msgspec.field(default=None, name="list")
    """The name of the list that every contact of the file is put on; it is made where there is none."""
    order: dict[str, str | Source] = {}
    lines: dict[str, str | Source] = {}
    contact: dict[str, str | Source] = {}
    company: dict[str, str | Source] = {}
    product: dict[str, str | Source] = {}
    event: dict[str, str | Source] = {}

    def fields_of(self, kind: Kind) -> dict[str, str | Source]:
        """Where the fields of an object of this kind come from."""
        found: dict[str, str | Source] = getattr(self, kind.one)
        return found

    def is_api_shape(self, kind: Kind) -> bool:
        """Whether rows are objects as the API takes them."""
        return not self.fields_of(kind)


def read_mapping(text: str, kind: Kind = ORDERS) -> FileMapping:
    """The mapping that a TOML text holds, for a file of objects of one kind. Raises BadMapping."""
    try:
        mapping = msgspec.convert(tomllib.loads(text), FileMapping)
    except tomllib.TOMLDecodeError as error:
        raise BadMapping.of("mapping", f"This is not TOML: {error}.") from None
    except msgspec.ValidationError as error:
        raise BadMapping.of("mapping", f"{error}.") from None
    check_mapping(mapping, kind)
    return mapping


def check_mapping(mapping: FileMapping, kind: Kind = ORDERS) -> None:
    """Raise BadMapping for whatever cannot be meant."""
    about = _order_complaints(mapping) if kind is ORDERS else _object_complaints(mapping, kind)
    errors = dict([*about, *_file_complaints(mapping)])
    if errors:
        raise BadMapping({place: [sentence] for place, sentence in errors.items()})


def sources_of(fields: Mapping[str, str | Source]) -> dict[str, Source]:
    """Every field with its source, plain texts turned into columns."""
    return {name: Source(column=source) if isinstance(source, str) else source for name, source in fields.items()}


def _order_complaints(mapping: FileMapping) -> Iterator[tuple[str, str]]:
    for table in ("order", "lines", "contact"):
        for name, source in sources_of(getattr(mapping, table)).items():
            if sentence := _complaint(table, name, source, of_orders=True):
                yield f"{table}.{name}", sentence
    if mapping.is_api_shape(ORDERS):
        if mapping.lines or mapping.group_by or mapping.lines_in:
            yield "order", "Lines are mapped, but no field of the order is."
    elif "custom_id" not in mapping.order:
        yield "order.custom_id", "Every order needs an id of its own, so that it can be sent again: name its column."
    if mapping.group_by and mapping.lines_in:
        yield "lines_in", "An order's lines are either rows (group_by) or a list in its row (lines_in), not both."
    if mapping.group_by and not mapping.lines:
        yield "lines", "Rows are grouped, but nothing says what their lines are made of."
    yield from _addition_complaints(mapping, ORDERS)


def _object_complaints(mapping: FileMapping, kind: Kind) -> Iterator[tuple[str, str]]:
    for name, source in sources_of(mapping.fields_of(kind)).items():
        if sentence := _complaint(kind.one, name, source):
            yield f"{kind.one}.{name}", sentence
    for table in ("order", "lines", "contact", "company", "product", "event"):
        if table != kind.one and getattr(mapping, table):
            yield table, f"This is an import of {kind.name}: only [{kind.one}] can be mapped."
    if mapping.group_by or mapping.lines_in:
        yield "group_by" if mapping.group_by else "lines_in", "Only orders have lines."
    if mapping.fields_of(kind) and mapping.fields_of(kind).keys().isdisjoint(kind.known_by):
        yield f"{kind.one}.{kind.known_by[0]}", f"Name the column of {kind.needs}: without it nothing can be imported."
    yield from _addition_complaints(mapping, kind)


def _addition_complaints(mapping: FileMapping, kind: Kind) -> Iterator[tuple[str, str]]:
    if mapping.tags and not kind.takes_tags:
        yield "tags", f"Tags for all rows are for contacts and products, not for {kind.name}."
    if mapping.put_on_list is not None and not kind.takes_list:
        yield "list", "Only contacts can be put on a list."
    if mapping.put_on_list is not None and not 0 < len(mapping.put_on_list.strip()) <= LONGEST_LIST_NAME:
        yield "list", f"A list's name has 1 to {LONGEST_LIST_NAME} characters."


def _file_complaints(mapping: FileMapping) -> Iterator[tuple[str, str]]:
    if mapping.delimiter is not None and len(mapping.delimiter) != 1:
        yield "delimiter", f"{shown(mapping.delimiter)} is not one character."
    try:
        "".encode(mapping.encoding)
    except LookupError:
        yield "encoding", f"{shown(mapping.encoding)} is not an encoding such as utf-8 or cp1250."
    if mapping.time_zone is not None:
        try:
            ZoneInfo(mapping.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            yield "time_zone", f"{shown(mapping.time_zone)} is not a time zone such as Europe/Warsaw."


def _complaint(table: str, name: str, source: Source, *, of_orders: bool = False) -> str | None:
    if source.ways != 1:
        return "Give one of column, template, constant and lines_total."
    if source.lines_total and (table, name) != ("order", "value"):
        return "Only the order's value can be the total of its lines."
    if table == "contact" and of_orders and name not in CONTACT_FIELDS:
        return f"There is no such field; there are {', '.join(CONTACT_FIELDS)}."
    if source.otherwise is not None and source.values is None:
        return "Otherwise than what? It goes with values."
    if source.column is None and _shapes(source):
        return "Only what comes from a column can be translated, split or given a format."
    return None


def _shapes(source: Source) -> list[Any]:
    return [given for given in (source.values, source.otherwise, source.split, source.format) if given is not None]
