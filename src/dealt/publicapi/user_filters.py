"""How the list of users is narrowed by dates, in the two ways that clients ask for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import get_args
from zoneinfo import ZoneInfo

from dealt.contacts import MOMENTS, Moment, Side, TimeBound
from dealt.kernel.clock import parse_datetime
from dealt.kernel.errors import InvalidInput

_SIDES: tuple[Side, ...] = get_args(Side)
_UNIX = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
_WAYS: dict[str, tuple[Moment, Side]] = {f"{m}__{s}": (m, s) for m in MOMENTS for s in _SIDES}
_SEARCHABLE: dict[str, Moment] = {m: m for m in MOMENTS}


def parse_bounds(args: Mapping[str, str], zone: ZoneInfo) -> list[TimeBound]:
    """From ``search=updated_at&min=...&max=...`` and from ``updated_at__gte=...``.

    Values are UNIX seconds or ISO 8601, without an offset in ``zone``. Raises InvalidInput naming the argument.
    """
    bounds = [_bound(args, name, *way, zone) for name, way in _WAYS.items() if name in args]
    unknown = [name for name in args if "__" in name and name not in _WAYS]
    if unknown:
        raise InvalidInput({name: [f"There is no such filter; there are {', '.join(_WAYS)}."] for name in unknown})
    moment = args.get("search")
    if not moment:
        return bounds
    if moment not in _SEARCHABLE:
        raise InvalidInput.of("search", f"Users can be listed by {', '.join(MOMENTS)}.")
    for name, side in (("min", _SIDES[1]), ("max", _SIDES[3])):
        if args.get(name):
            bounds.append(_bound(args, name, _SEARCHABLE[moment], side, zone))
    return bounds


def _bound(args: Mapping[str, str], name: str, moment: Moment, side: Side, zone: ZoneInfo) -> TimeBound:
    text = args[name].strip()
    try:
        return TimeBound(moment, side, parse_datetime(float(text) if _UNIX.fullmatch(text) else text, zone))
    except ValueError as error:
        raise InvalidInput.of(name, str(error)) from None
