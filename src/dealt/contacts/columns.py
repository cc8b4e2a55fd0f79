"""What a list of contacts can be narrowed by: its fields, as the look-ups of every list take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dealt.contacts.fields import FIELDS
from dealt.contacts.model import GENDERS, STATUSES
from dealt.kernel.lookups import BOUNDS, EQUAL, Column

_ALSO_CALLED = {"user_id": "custom_id", "user_key": "key"}
_WORDS = {"gender": GENDERS, "status": STATUSES}
_SERVED = {
    "id": BOUNDS, "updated_at": BOUNDS, "phone_number": EQUAL,
    "email": {*EQUAL, "iexact", "startswith", "istartswith"},
}  # fmt: skip
_NAME = "coalesce(nullif(concat_ws(' ', {s}.first_name, {s}.last_name), ''), {s}.email)"


def contact_columns(alias: str) -> dict[str, Column]:
    """The columns of contacts, which a statement calls ``alias``, by all names that clients have for them."""
    found = {field.name: _column(field.name, field.value_type, f"{alias}.{field.column}") for field in FIELDS}
    found["name"] = Column(_NAME.replace("{s}", alias), "string")
    return found | {name: found[other] for name, other in _ALSO_CALLED.items()}


def _column(name: str, kind: str, place: str) -> Column:
    if name in _WORDS:
        return _of_words(place, _WORDS[name])
    column = Column(place, kind, served=_SERVED.get(name, ()))
    if name == "email":
        return replace(column, folded=True, meant=_with_plus)
    if name in ("custom_id", "phone_number"):
        return replace(column, meant=_with_plus if name == "custom_id" else _with_plus_in_front)
    return column


def _of_words(place: str, words: Mapping[int, str]) -> Column:
    cases = " ".join(f"WHEN {number} THEN '{word}'" for number, word in words.items())
    known = {word.lower(): number for number, word in words.items()}
    return Column(place, "integer", words=known, closed=True, text=f"CASE {place} {cases} END")


def _with_plus(text: str) -> tuple[str, ...]:
    """The text, and what is meant where a client does not encode a plus: then it arrives as a blank."""
    return (text, text.replace(" ", "+")) if " " in text else (text,)


def _with_plus_in_front(text: str) -> tuple[str, ...]:
    return (text, text.replace(" ", "+", 1)) if text.startswith(" ") else (text,)
