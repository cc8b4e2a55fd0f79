"""From a request's body to a patch of a deal: every standard field checked, everything else an attribute."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from dealt.attributes import name_std
from dealt.deals.lines import LineDraft, parse_line, parse_lines
from dealt.kernel.clock import parse_date, parse_datetime
from dealt.kernel.errors import InvalidInput
from dealt.kernel.money import parse_amount, parse_currency
from dealt.kernel.shown import shown

LONGEST_TEXT = 255
LONGEST_DESCRIPTION = 10_000
MOST_LINKS = 1_000
_LARGEST_ID = 2**63 - 1

By = Literal["id", "custom_id", "key"]
Ref = tuple[By, Any]


class DealPatch(msgspec.Struct, kw_only=True, gc=False):
    """What a request asks of a deal. ``fields`` holds columns; UNSET means that the request is silent about it."""

    fields: dict[str, Any] = {}
    attributes: dict[str, Any] = {}
    contact: Ref | msgspec.UnsetType | None = msgspec.UNSET
    company: Ref | msgspec.UnsetType | None = msgspec.UNSET
    lines: list[LineDraft] | msgspec.UnsetType = msgspec.UNSET
    line_edits: dict[int, LineDraft | None] = {}
    restores: bool = False
    """Whether ``line_edits`` are whole lines as they were, also of lines that are gone, instead of parts of lines."""
    links: tuple[list[int], list[str]] | msgspec.UnsetType = msgspec.UNSET
    tags: list[int | str] | msgspec.UnsetType = msgspec.UNSET
    add_tags: list[str] = []
    remove_tags: list[str] = []
    participants: list[int] | msgspec.UnsetType = msgspec.UNSET
    source_updated_at: datetime | None = None
    content_hash: int | None = None


def parse_deal(body: Mapping[str, Any], zone: ZoneInfo, *, user_id_is_custom: bool = False) -> DealPatch:
    """The patch that ``body`` asks for. Times without an offset are read in ``zone``.

    In version 1 a ``user_id`` that is not a number is the client's own id (``user_id_is_custom``).
    Raises InvalidInput naming every field that cannot be taken.
    """
    patch = DealPatch(fields={}, attributes={})
    errors: dict[str, list[str]] = {}
    for name, value in body.items():
        try:
            _take(patch, _known_as(name, body), value, zone, user_id_is_custom)
        except ValueError as error:
            errors[name] = [str(error)]
        except InvalidInput as error:
            errors.update(error.fields)
    if errors:
        raise InvalidInput(errors)
    if patch.source_updated_at is not None:
        patch.content_hash = _content_hash(body)
    return patch


def parse_line_edit(line_id: int, body: Mapping[str, Any] | None) -> DealPatch:
    """The patch that changes one line by the keys of ``body``, or removes it where that is None."""
    edit = None if body is None else parse_line(dict(body) | {"id": line_id}, f"order_products.{line_id}")
    return DealPatch(fields={}, attributes={}, line_edits={line_id: edit})


def _known_as(name: str, body: Mapping[str, Any]) -> str:
    """The standard field that ``name`` spells, or ``name`` itself where it is an attribute."""
    if name in FIELD_NAMES or (key := name_std(name)) not in FIELD_NAMES:
        return name
    if key in body:
        raise ValueError(f"This is another spelling of {key}, which is given too.")
    return key


def _take(patch: DealPatch, name: str, value: Any, zone: ZoneInfo, user_id_is_custom: bool) -> None:
    field = _FIELDS.get(name)
    if field is not None:
        column, parse = field
        patch.fields[column] = parse(value)
    elif name in _TIMES:
        patch.fields[name] = None if value in (None, "") else parse_datetime(value, zone)
    elif name in _READ_ONLY:
        return
    elif name in _REFERENCES:
        target, by = _REFERENCES[name]
        if user_id_is_custom and name == "user_id" and isinstance(value, str) and not value.isdigit():
            by = "custom_id"
        _refer(patch, target, by, value)
    elif name in _SPECIAL:
        _SPECIAL[name](patch, value, zone)
    else:
        patch.attributes[name] = value


def _refer(patch: DealPatch, target: str, by: By, value: Any) -> None:
    """The first reference that is not null wins, so that an answer can be sent back as it came."""
    if value is None or value == "":
        if getattr(patch, target) is msgspec.UNSET:
            setattr(patch, target, None)
        return
    parsed: Any = _id(value) if by == "id" else _key(value)
    current = getattr(patch, target)
    if not current or (by == "id" and current[0] != "id"):
        setattr(patch, target, (by, parsed))


def _take_lines(patch: DealPatch, value: Any, _zone: ZoneInfo) -> None:
    patch.lines = parse_lines(value)


def _take_products(patch: DealPatch, value: Any, _zone: ZoneInfo) -> None:
    ids = [_id(item) for item in _list(value)]
    patch.links = (ids, patch.links[1] if patch.links else [])


def _take_custom_products(patch: DealPatch, value: Any, _zone: ZoneInfo) -> None:
    keys = [_key(item) for item in _list(value) if item is not None]
    patch.links = (patch.links[0] if patch.links else [], keys)


def _take_tags(patch: DealPatch, value: Any, _zone: ZoneInfo) -> None:
    found: list[int | str] = []
    for item in _list(value):
        tag = item.get("id", item.get("name")) if isinstance(item, dict) else item
        if isinstance(tag, bool) or not isinstance(tag, int | str) or tag == "":
            raise ValueError("A tag is a name or an id.")
        found.append(_id(tag) if isinstance(tag, int) else _key(tag))
    patch.tags = found


def _take_participants(patch: DealPatch, value: Any, _zone: ZoneInfo) -> None:
    patch.participants = [_id(item) for item in _list(value)]


def _take_source_time(patch: DealPatch, value: Any, zone: ZoneInfo) -> None:
    patch.source_updated_at = None if value in (None, "") else parse_datetime(value, zone)


def _take_listed_attributes(patch: DealPatch, value: Any, _zone: ZoneInfo) -> None:
    """Version 1 answers list attributes as objects; sent back, they are taken as what they are."""
    for item in _list(value):
        if not isinstance(item, dict) or not isinstance(item.get("name_std"), str):
            raise ValueError("An attribute is an object with name_std and value.")
        name, given = item["name_std"], item.get("value")
        if name_std(name) not in FIELD_NAMES:
            patch.attributes[name] = given
        elif given is not None:
            raise ValueError(f"{shown(name)} is a field of its own, not an attribute.")


def _content_hash(body: Mapping[str, Any]) -> int:
    content = msgspec.json.encode({k: v for k, v in body.items() if k != "source_updated_at"}, order="sorted")
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "big", signed=True)


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError("A list is needed.")
    if len(value) > MOST_LINKS:
        raise ValueError(f"At most {MOST_LINKS} are allowed.")
    return value


def _id(value: Any) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 19:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= _LARGEST_ID:
        raise ValueError("A whole number above 0 is needed.")
    return value


def _optional_id(value: Any) -> int | None:
    return None if value is None or value == "" else _id(value)


def _text(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise ValueError("A text is needed.")
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"At most {LONGEST_TEXT} characters are allowed.")
    return value


def _name(value: Any) -> str:
    text = _text(value)
    if not text.strip():
        raise ValueError("This field may not be blank.")
    return text


def _key(value: Any) -> str:
    text = _text(value).strip()
    if not text:
        raise ValueError("This field may not be blank.")
    return text


def _optional_key(value: Any) -> str | None:
    return None if value is None or value == "" else _key(value)


def _description(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST_DESCRIPTION:
        raise ValueError(f"A text of at most {LONGEST_DESCRIPTION} characters is needed.")
    return value


def _amount(value: Any) -> Decimal | None:
    return None if value is None or value == "" else parse_amount(value)


def _currency(value: Any) -> str | None:
    return None if value is None or value == "" else parse_currency(value)


def _date(value: Any) -> date | None:
    return None if value is None or value == "" else parse_date(value)


def _status(value: Any) -> int:
    if isinstance(value, str) and len(value) == 1 and value in "01234":
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 4:
        raise ValueError(f"{msgspec.json.encode(value).decode()[:60]} is not a valid choice.")
    return value


def _scope(value: Any) -> int:
    number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10 else value
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 2**31:
        raise ValueError("A whole number is needed.")
    return number


_FIELDS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "name": ("name", _name),
    "custom_id": ("custom_id", _optional_key),
    "value": ("value", _amount),
    "currency": ("currency", _currency),
    "pipeline": ("pipeline_id", _id),
    "stage": ("stage_id", _id),
    "status": ("status", _status),
    "scope": ("scope", _scope),
    "assigned_to": ("assigned_to", _optional_id),
    "created_by": ("created_by", _optional_id),
    "expected_close_date": ("expected_close_date", _date),
    "loss_reason": ("loss_reason_id", _optional_id),
    "loss_reason_description": ("loss_reason_description", _description),
}
_TIMES = {"won_at", "lost_at"}
# What answers carry and requests cannot set: ignored, so that an answer can be sent back as it came.
_READ_ONLY = {
    "id", "created_at", "updated_at", "restricted_to", "agent", "activities_status", "activities_status_updated_at",
    "lines_total", "refunded_total", "net_value", "base_value", "ordered_at", "version", "created", "ignored",
}  # fmt: skip
_REFERENCES: dict[str, tuple[str, By]] = {
    "user_id": ("contact", "id"),
    "person": ("contact", "id"),
    "user_custom_id": ("contact", "custom_id"),
    "user_key": ("contact", "key"),
    "userkey": ("contact", "key"),
    "company": ("company", "id"),
    "company_id": ("company", "id"),
    "company_custom_id": ("company", "custom_id"),
}
_SPECIAL: dict[str, Callable[[DealPatch, Any, ZoneInfo], None]] = {
    "order_products": _take_lines,
    "products": _take_products,
    "products_custom_id": _take_custom_products,
    "products_custom_ids": _take_custom_products,
    "product_custom_ids": _take_custom_products,
    "tags": _take_tags,
    "participants": _take_participants,
    "source_updated_at": _take_source_time,
    "attributes": _take_listed_attributes,
}
FIELD_NAMES = frozenset({*_FIELDS, *_TIMES, *_READ_ONLY, *_REFERENCES, *_SPECIAL})
"""Every name that is not an attribute's: ``Value`` is the field ``value``, and no attribute hides behind it."""
