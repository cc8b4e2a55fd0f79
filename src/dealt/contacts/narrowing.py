"""From look-ups to conditions. No stored value makes one fail: what is not of the attribute's type does not match."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from dealt.attributes import Attribute
from dealt.contacts.fields import FIELDS
from dealt.contacts.lookups import COMPARED, EXACT, PATTERNS, Lookup
from dealt.contacts.model import GENDERS, STATUSES
from dealt.contacts.schemas import choice
from dealt.kernel.clock import iso, parse_date, parse_datetime
from dealt.kernel.errors import InvalidInput
from dealt.kernel.journal import encode
from dealt.kernel.schema import flag
from dealt.kernel.shown import shown
from dealt.kernel.sql import Sql, join, sql

_UNIX = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
_SPECIAL = re.compile(r"([\\%_])")
_MOST_DIGITS = 40
_TYPES = {field.name: field.value_type for field in FIELDS}
_WORDS = {"gender": GENDERS, "status": STATUSES}
_NAME = "coalesce(nullif(concat_ws(' ', first_name, last_name), ''), email)"
# As answers show it.
_TIME = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def condition(lookup: Lookup, known: Mapping[str, Attribute], zone: ZoneInfo) -> Sql:
    """True of the contacts for which the look-up holds; a time without an offset is in ``zone``.

    Raises InvalidInput, naming the argument, for a text that cannot be compared with the field.
    """
    try:
        if lookup.how in COMPARED or lookup.how == EXACT:
            sign = COMPARED.get(lookup.how, "=")
            if lookup.field in known:
                return _compare_attribute(known[lookup.field], sign, lookup.text, zone)
            either = join(" OR ", [_compare_field(lookup.field, sign, text, zone) for text in lookup.texts])
            return Sql("(") + either + Sql(")")
        shown_as = _text_of_attribute(lookup.field) if lookup.field in known else _text_of_field(lookup.field)
        return _like(lookup, shown_as)
    except ValueError as error:
        raise InvalidInput.of(lookup.argument, str(error)) from None


def _like(lookup: Lookup, shown_as: Sql) -> Sql:
    way = lookup.how.removeprefix("i")
    pattern = PATTERNS[way].format(_SPECIAL.sub(r"\\\1", lookup.text))
    in_any_case = sql("lower(") + shown_as + sql(") LIKE lower({})", pattern)
    if lookup.how != way:
        return in_any_case
    exactly = shown_as + sql(" LIKE {}", pattern)
    # The index of addresses holds them in lower case.
    return exactly + Sql(" AND ") + in_any_case if lookup.field == "email" else exactly


def _text_of_field(name: str) -> Sql:
    if name in _WORDS:
        cases = " ".join(f"WHEN {number} THEN '{word}'" for number, word in _WORDS[name].items())
        return Sql(f"CASE {name} {cases} END")
    if name == "name":
        return Sql(_NAME)
    kind = _TYPES[name]
    if kind == "datetime":
        return Sql(_TIME.replace("{}", name))
    return Sql(name if kind == "string" else f"{name}::text")


def _text_of_attribute(name: str) -> Sql:
    return sql("(attributes ->> {}::text)", name)


def _compare_field(name: str, sign: str, text: str, zone: ZoneInfo) -> Sql:
    if name in _WORDS:
        return sql(f"{name} {sign} {{}}", choice(_WORDS[name])(text))
    kind = _TYPES.get(name, "string")
    if kind == "integer":
        number = _number(text)
        whole = number == number.to_integral_value() and abs(number) < 2**63
        return sql(f"{name} {sign} {{}}::bigint", int(number)) if whole else sql(f"{name} {sign} {{}}::numeric", number)
    if kind == "boolean":
        return sql(f"{name} = {{}}", _truth(sign, text))
    if kind == "datetime":
        moment = parse_datetime(float(text) if _UNIX.fullmatch(text.strip()) else text, zone)
        return sql(f"{name} {sign} {{}}", moment)
    if name == "email" and sign == "=":
        return sql("lower(email) = lower({})", text)
    return _compare_text(Sql(_NAME if name == "name" else name), sign, text)


def _compare_attribute(attribute: Attribute, sign: str, text: str, zone: ZoneInfo) -> Sql:
    name, kind = attribute.name_std, attribute.value_type
    value = _text_of_attribute(name)
    if kind in ("integer", "float"):
        is_number = sql("CASE WHEN jsonb_typeof(attributes -> {}::text) = 'number' THEN ", name)
        return is_number + value + sql(f"::numeric {sign} {{}}::numeric ELSE false END", _number(text))
    if kind == "boolean":
        return sql("attributes -> {}::text = {}::jsonb", name, encode(_truth(sign, text)))
    if kind == "fixed" and sign == "=":
        # True of the choice itself and of a list with it.
        return sql("attributes -> {}::text @> {}::jsonb", name, encode(text))
    if kind == "date":
        return _compare_text(value, sign, parse_date(text).isoformat())
    if kind == "datetime":
        moment = parse_datetime(float(text) if _UNIX.fullmatch(text.strip()) else text, zone)
        # Stored as UTC with or without a fraction: without the Z both sort as they follow each other.
        return _compare_text(sql("rtrim(") + value + sql(", 'Z')"), sign, iso(moment).rstrip("Z"))
    return _compare_text(value, sign, text)


def _compare_text(value: Sql, sign: str, text: str) -> Sql:
    return value + (sql(" = {}", text) if sign == "=" else sql(f' COLLATE "C" {sign} {{}}', text))


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"{shown(text)} is not a number.") from None
    if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS or len(text) > _MOST_DIGITS:
        raise ValueError(f"{shown(text)} is not a number that can be compared.")
    return number


def _truth(sign: str, text: str) -> bool:
    if sign != "=":
        raise ValueError("True and false are equal or not; nothing is between them.")
    return flag(text)
