"""From a JSON value to a typed attribute value: infer, convert, widen or refuse."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from dealt.attributes.model import LONGEST_NAME, Attribute, Catalogue
from dealt.kernel.clock import is_iso_date, is_iso_datetime, iso, parse_date, parse_datetime
from dealt.kernel.errors import InvalidInput

LONGEST_STRING = 10_000
LARGEST_NUMBER = 10**18
LARGEST_JSON = 65_536
_TRUTH = {True: True, False: False, "true": True, "false": False, "1": True, "0": False}
_NOT_WORD = re.compile(r"[^\w]+", re.UNICODE)


@dataclass
class Assignment:
    """What a set of raw values becomes: ``values`` to store (None clears), and what must be defined first.

    ``new`` maps a standard name to (name as sent, inferred type); ``widened`` maps one to the sentence that warns.
    """

    values: dict[str, Any] = field(default_factory=dict)
    new: dict[str, tuple[str, str]] = field(default_factory=dict)
    widened: dict[str, str] = field(default_factory=dict)


def name_std(name: str) -> str:
    """The lower-case, underscore form of an attribute's name (User.com prints it as ``name_std``)."""
    if name.isidentifier() and name.islower():
        return name
    return _NOT_WORD.sub("_", name.strip().lower()).strip("_")


def assign(catalogue: Catalogue, domain: str, raw: Mapping[str, Any], zone: ZoneInfo) -> Assignment:
    """Type ``raw`` values for a domain. Raises InvalidInput naming every attribute that refuses its value."""
    known = catalogue.of(domain)
    result = Assignment()
    errors: dict[str, list[str]] = {}
    for name, value in raw.items():
        try:
            _assign_one(known, name, value, zone, result)
        except ValueError as error:
            errors[name] = [str(error)]
    if errors:
        raise InvalidInput(errors)
    return result


def infer(value: Any) -> str:
    """The type that a first value suggests: any number is float, a strict ISO date or date-time is that."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "float"
    if isinstance(value, str):
        if is_iso_date(value):
            return "date"
        return "datetime" if is_iso_datetime(value) else "string"
    return "json"


def convert(attribute: Attribute, value: Any, zone: ZoneInfo) -> Any:
    """``value`` as the attribute's type stores it in JSON. Raises ValueError with a sentence."""
    return _CONVERTERS[attribute.value_type](attribute, value, zone)


def _assign_one(known: Mapping[str, Attribute], name: str, value: Any, zone: ZoneInfo, into: Assignment) -> None:
    key = name_std(name)
    if not key or len(name) > LONGEST_NAME:
        raise ValueError(f"An attribute's name has 1 to {LONGEST_NAME} characters, with a letter or digit.")
    attribute = known.get(key)
    if attribute is not None and attribute.aggregator_id is not None:
        raise ValueError("This is computed by an aggregator and cannot be written.")
    if value is None or value == "":
        if attribute is not None:
            into.values[key] = None
        return
    if attribute is None:
        kind = infer(value)
        attribute = Attribute(0, "", name, key, kind, declared=False)
        into.new[key] = (name, kind)
    try:
        into.values[key] = convert(attribute, value, zone)
    except ValueError as error:
        if attribute.declared or attribute.value_type in ("string", "json") or _is_unstorable(value):
            raise
        into.values[key] = _to_string(attribute, value, zone)
        into.new.pop(key, None)
        into.widened[key] = f"Was {attribute.value_type}; became string because of a value: {error}"


def _is_unstorable(value: Any) -> bool:
    return isinstance(value, int | float) and not abs(value) <= LARGEST_NUMBER


def _to_boolean(_attribute: Attribute, value: Any, _zone: ZoneInfo) -> bool:
    if isinstance(value, bool):
        return value
    key = value.lower() if isinstance(value, str) else value
    if not isinstance(key, str | int) or key not in _TRUTH:
        raise ValueError(f"{_shown(value)} is not true or false.")
    return _TRUTH[key]


def _to_float(_attribute: Attribute, value: Any, _zone: ZoneInfo) -> float | int:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            raise ValueError(f"{_shown(value)} is not a number.") from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{_shown(value)} is not a number.")
    if not abs(value) <= LARGEST_NUMBER:
        raise ValueError("The number is too large.")
    return value


def _to_integer(attribute: Attribute, value: Any, zone: ZoneInfo) -> int:
    number = _to_float(attribute, value, zone)
    if number != int(number):
        raise ValueError(f"{_shown(value)} is not a whole number.")
    return int(number)


def _to_string(attribute: Attribute, value: Any, _zone: ZoneInfo) -> str:
    if isinstance(value, list | dict):
        if attribute.declared:
            raise ValueError("A list or object is not a text.")
        value = msgspec.json.encode(value).decode()
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    if len(text) > LONGEST_STRING:
        raise ValueError(f"The text is longer than {LONGEST_STRING} characters.")
    return text


def _to_date(_attribute: Attribute, value: Any, zone: ZoneInfo) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{_shown(value)} is not a date such as 2025-06-24.")
    if is_iso_datetime(value):
        return parse_datetime(value, zone).astimezone(zone).date().isoformat()
    return parse_date(value).isoformat()


def _to_datetime(_attribute: Attribute, value: Any, zone: ZoneInfo) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{_shown(value)} is not a date-time such as 2025-06-24T12:00:00Z.")
    return iso(parse_datetime(value, zone))


def _to_choice(attribute: Attribute, value: Any, _zone: ZoneInfo) -> Any:
    chosen = value if isinstance(value, list) else [value]
    if len(chosen) > 1 and not attribute.allow_multiple_choices:
        raise ValueError("Only one choice is allowed.")
    for choice in chosen:
        if choice not in attribute.choices:
            raise ValueError(f"{_shown(choice)} is not one of: {', '.join(attribute.choices)}.")
    return chosen if attribute.allow_multiple_choices else (chosen[0] if chosen else None)


def _to_json(_attribute: Attribute, value: Any, _zone: ZoneInfo) -> Any:
    try:
        size = len(msgspec.json.encode(value))
    except RecursionError:
        raise ValueError("The value is nested too deeply.") from None
    if size > LARGEST_JSON:
        raise ValueError(f"The value is longer than {LARGEST_JSON} bytes.")
    return value


def _shown(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 60 else text[:59] + "…"


_CONVERTERS: dict[str, Callable[[Attribute, Any, ZoneInfo], Any]] = {
    "boolean": _to_boolean,
    "integer": _to_integer,
    "float": _to_float,
    "string": _to_string,
    "date": _to_date,
    "datetime": _to_datetime,
    "fixed": _to_choice,
    "json": _to_json,
}
