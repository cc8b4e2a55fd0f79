"""From a body to an aggregator as it is written; its words are checked by ``figures``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dealt.aggregators.functions import FUNCTIONS
from dealt.aggregators.model import MOST_VALUES, SOURCES, SUBJECTS, Aggregator
from dealt.attributes import name_std
from dealt.companies import FIELD_NAMES as COMPANY_NAMES
from dealt.contacts import FIELD_NAMES
from dealt.kernel.errors import InvalidInput
from dealt.kernel.schema import Reader, flag, or_null, read_fields, refuse_unknown, text
from dealt.kernel.shown import shown

LARGEST_FILTER = 65_536
_TAKEN = {"contact": FIELD_NAMES, "company": COMPANY_NAMES}


def _choice(known: Mapping[str, Any] | tuple[str, ...]) -> Reader:
    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in known:
            raise ValueError(f"{shown(value)} is not one of: {', '.join(known)}.")
        return value

    return read


def _filter(value: Any) -> Any:
    try:
        if value is not None and len(msgspec.json.encode(value)) <= LARGEST_FILTER:
            return value
    except (RecursionError, UnicodeEncodeError):
        raise ValueError("This is nested too deeply, or has characters that cannot be stored.") from None
    raise ValueError(f"An object of at most {LARGEST_FILTER} bytes is needed.")


def _number_of_values(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_VALUES:
        raise ValueError(f"A whole number from 1 to {MOST_VALUES} is needed.")
    return value


_DEFINING: dict[str, Reader] = {
    "subject": _choice(SUBJECTS),
    "source": _choice(SOURCES),
    "function": _choice(FUNCTIONS),
    "field": or_null(text()),
    "by": or_null(text()),
    "last_n": _number_of_values,
    "net_of_returns": flag,
    "filter": _filter,
    "window": _filter,
}
FIELDS: dict[str, Reader] = {
    "name": text(),
    "description": text(10_000, blank=True),
    "target": text(),
    **_DEFINING,
}
# What an answer tells besides and a client may send back as it came.
TOLD = ("id", "value_type", "error", "failed_at", "progress", "created_at", "updated_at")


def read_new(body: Mapping[str, Any]) -> Aggregator:
    """A new aggregator; its target is named like itself where the body names none. Raises InvalidInput."""
    refuse_unknown(body, {*FIELDS, *TOLD})
    fields = read_fields(body, FIELDS, required=("name", "source", "function"))
    fields["target"] = _target(fields.get("target") or fields["name"], fields.get("subject", "contact"))
    return _written(fields)


def read_preview(body: Mapping[str, Any]) -> Aggregator:
    """What a body defines, whatever it is called. Raises InvalidInput."""
    return _written(
        {"name": "preview", "target": "value"} | read_fields(body, _DEFINING, required=("source", "function"))
    )


def read_changes(body: Mapping[str, Any], before: Aggregator) -> Aggregator:
    """``before`` with what the body names. The attribute stays. Raises InvalidInput."""
    refuse_unknown(body, {*FIELDS, *TOLD})
    fields = read_fields(body, FIELDS)
    if name_std(fields.pop("target", before.target)) != before.target:
        raise InvalidInput.of("target", "The attribute stays; make another aggregator for another attribute.")
    if fields.get("subject", before.subject) != before.subject:
        raise InvalidInput.of("subject", f"This fills an attribute of a {before.subject}; make another aggregator.")
    return _written(before.told | fields)


def _written(fields: Mapping[str, Any]) -> Aggregator:
    defaults: dict[str, Any] = {
        "description": "", "subject": "contact", "field": None, "by": None, "last_n": 5, "net_of_returns": False,
        "filter": {}, "window": {},
        "value_type": "",
    }  # fmt: skip
    return Aggregator(id=0, **(defaults | dict(fields)))


def _target(name: str, subject: str) -> str:
    key = name_std(name)
    if not key:
        raise InvalidInput.of("target", "A name has a letter or a digit.")
    if key in _TAKEN[subject]:
        called = {"contact": "user"}.get(subject, subject)
        raise InvalidInput.of("target", f'"{key}" is a field of every {called}; choose another name.')
    return key
