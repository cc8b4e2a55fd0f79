"""From a request's body to a patch of a company: standard fields checked, everything else an attribute."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dealt.attributes import LISTED, Attribute, name_std, split_body
from dealt.companies.model import LONGEST_CUSTOM_ID
from dealt.kernel import lenient
from dealt.kernel.errors import InvalidInput
from dealt.kernel.schema import Reader, list_of, read_fields, whole_number

LONGEST_TEXT = 255
LONGEST_DESCRIPTION = 65_536
MOST_PHONE_NUMBERS = 20
_words = lenient.words(LONGEST_TEXT)
_numbers = list_of(_words, MOST_PHONE_NUMBERS)


def _name(value: Any) -> str:
    name = _words(value)
    if name is None:
        raise ValueError("This field may not be blank.")
    return str(name)


def _phone_numbers(value: Any) -> list[str]:
    """One number may stand alone, without a list around it; null and an empty text are none."""
    listed = value if isinstance(value, list) else [value] if value else []
    return list(dict.fromkeys(number for number in _numbers(listed) if number))


_READERS: dict[str, Reader] = {
    "custom_id": lenient.words(LONGEST_CUSTOM_ID),
    "company_id": lenient.words(LONGEST_CUSTOM_ID),
    "name": _name,
    "description": lenient.words(LONGEST_DESCRIPTION),
    "email": _words,
    "country": _words,
    "region": _words,
    "city": _words,
    "address": _words,
    "postal_code": _words,
    "approx_employees": lenient.or_nothing(whole_number(0, 2**31 - 1)),
    "phone_numbers": _phone_numbers,
    "tags": lenient.names,
}
# What answers carry and requests cannot set: dropped, so that an answer can be sent back as it came.
_READ_ONLY = {"id", "employees", "created", "created_at", "updated_at"}
_OF_AN_ANSWER = {"id", "created_at", "updated_at"}
FIELD_NAMES = frozenset({*_READERS, *_READ_ONLY, LISTED})
"""Every name that is not an attribute's."""


class CompanyPatch(msgspec.Struct, frozen=True, kw_only=True):
    """What a request asks of a company. ``fields`` holds the columns that it names.

    None of ``tags`` keeps them; ``add_tags`` and ``remove_tags`` change single ones, by name. ``custom_id_name`` is
    what the sender calls the custom id, for errors. ``is_answer``: an answer is sent back, whose computed attributes
    are passed over.
    """

    fields: dict[str, Any] = {}
    attributes: dict[str, Any] = {}
    tags: list[str] | None = None
    add_tags: list[str] = []
    remove_tags: list[str] = []
    custom_id_name: str = "custom_id"
    is_answer: bool = False


def parse_company(body: Mapping[str, Any]) -> CompanyPatch:
    """The patch that ``body`` asks for; version 1 calls the custom id ``company_id``.

    Raises InvalidInput naming every field that cannot be taken.
    """
    standard, attributes = split_body(body, _READERS, _READ_ONLY)
    fields = read_fields(standard, _READERS)
    custom_id_name = "company_id" if "company_id" in fields else "custom_id"
    if "company_id" in fields:
        custom_id = fields.pop("company_id")
        if fields.setdefault("custom_id", custom_id) != custom_id:
            raise InvalidInput.of("company_id", "This is another name of custom_id, and they differ.")
    tags = fields.pop("tags", None)
    is_answer = body.keys() >= _OF_AN_ANSWER
    return CompanyPatch(
        fields=fields, attributes=attributes, tags=tags, custom_id_name=custom_id_name, is_answer=is_answer
    )


def asked_attributes(patch: CompanyPatch, known: Mapping[str, Attribute]) -> Mapping[str, Any]:
    """The raw attributes that a patch asks for: of an answer that is sent back, without those that are computed."""
    if not patch.is_answer:
        return patch.attributes
    computed = {name for name, attribute in known.items() if attribute.aggregator_id is not None}
    return {name: value for name, value in patch.attributes.items() if name_std(name) not in computed}
