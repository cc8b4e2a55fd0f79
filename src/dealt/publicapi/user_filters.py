"""How lists and searches of users are narrowed: by look-ups, and by dates as older clients ask for them."""

from __future__ import annotations

from collections.abc import Mapping

from dealt.attributes import Attribute
from dealt.contacts import Lookup, parse_lookup
from dealt.kernel.errors import InvalidInput

MOMENTS = ("first_seen", "last_seen", "last_contacted", "created_at", "updated_at")
NOT_FIELDS = frozenset({
    "page", "page_size", "limit", "cursor", "many", "search", "min", "max", "fields", "ordering", "format",
})  # fmt: skip
"""Arguments that say how to answer, or are read by ``parse_lookups`` itself."""


def is_search(args: Mapping[str, str]) -> bool:
    """Whether any argument asks for users by something."""
    return "search" in args or any(name not in NOT_FIELDS for name in args)


def parse_lookups(args: Mapping[str, str], known: Mapping[str, Attribute]) -> list[Lookup]:
    """From ``city__icontains=...``, and from ``search=updated_at&min=...&max=...``, both ends included.

    Raises InvalidInput naming every argument that is no look-up.
    """
    lookups: list[Lookup] = []
    errors: dict[str, list[str]] = {}
    for name, text in args.items():
        if name in NOT_FIELDS:
            continue
        try:
            lookups.append(parse_lookup(name, text, known))
        except InvalidInput as error:
            errors |= error.fields
    if errors:
        raise InvalidInput(errors)
    return lookups + _between(args)


def _between(args: Mapping[str, str]) -> list[Lookup]:
    moment = args.get("search")
    if not moment:
        return []
    if moment not in MOMENTS:
        raise InvalidInput.of("search", f"Users can be listed by {', '.join(MOMENTS)}.")
    return [Lookup(name, moment, how, args[name]) for name, how in (("min", "gte"), ("max", "lte")) if args.get(name)]
