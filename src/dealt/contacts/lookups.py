"""What a list of contacts can be narrowed by: a field or attribute, how it is compared, and with what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dealt.attributes import Attribute, name_std
from dealt.contacts.fields import FIELDS
from dealt.kernel.errors import InvalidInput

COMPARED = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
PATTERNS = {"contains": "%{}%", "startswith": "{}%", "endswith": "%{}"}
LOOKUPS = tuple(name for way in PATTERNS for name in (way, f"i{way}")) + tuple(COMPARED)
EXACT = "exact"
_ALSO_CALLED = {"user_id": "custom_id", "user_key": "key"}
_STANDARD = {**{field.name: field.name for field in FIELDS}, **_ALSO_CALLED, "name": "name"}
_INDEXED = {"id", "key", "custom_id", "email", "phone_number"}
# The second is what one client sends for "greater or equal".
_BETWEEN = ("__", "_")


@dataclass(frozen=True, slots=True)
class Lookup:
    """``field``, a standard name, compared with ``text``; ``how`` is ``exact`` or one of ``LOOKUPS``.

    ``argument`` is what the client calls it all, for errors.
    """

    argument: str
    field: str
    how: str
    text: str

    @property
    def is_quick(self) -> bool:
        """Whether an index finds what it holds for; everything else looks at every contact."""
        return self.how == EXACT and self.field in _INDEXED

    @property
    def texts(self) -> tuple[str, ...]:
        """``text``, and what is meant where a client does not encode a plus: then it arrives as a blank."""
        if self.how != EXACT or " " not in self.text:
            return (self.text,)
        if self.field in ("email", "custom_id"):
            return self.text, self.text.replace(" ", "+")
        if self.field == "phone_number" and self.text.startswith(" "):
            return self.text, self.text.replace(" ", "+", 1)
        return (self.text,)


def parse_lookup(argument: str, text: str, known: Mapping[str, Attribute]) -> Lookup:
    """The look-up of ``email=...`` or ``shoe_size__gte=...``; a standard field wins its name from an attribute.

    Raises InvalidInput, naming the argument, for an unknown field or look-up and for nothing to compare with.
    """
    if text == "":
        raise InvalidInput.of(argument, "Say what to look for.")
    field = _field(argument, known)
    if field is not None:
        return Lookup(argument, field, EXACT, text)
    for separator in _BETWEEN:
        name, _, how = argument.rpartition(separator)
        field = _field(name, known)
        if field is not None and how in LOOKUPS:
            return Lookup(argument, field, how, text)
    name, _, how = argument.partition("__")
    if how and _field(name, known) is not None:
        raise InvalidInput.of(argument, f"There is no look-up {how}; there are {', '.join(LOOKUPS)}.")
    raise InvalidInput.of(argument, "There is neither a field nor an attribute of users with this name.")


def _field(name: str, known: Mapping[str, Attribute]) -> str | None:
    if name in _STANDARD:
        return _STANDARD[name]
    key = name_std(name)
    return key if key in known and key not in _STANDARD else None
