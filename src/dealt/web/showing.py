"""How times, money and numbers are shown on every page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import msgspec

from dealt.kernel.clock import iso, parse_datetime
from dealt.kernel.money import CURRENCIES

_STEPS = ((60, 1, "s"), (3600, 60, "min"), (86_400, 3600, "h"), (30 * 86_400, 86_400, "d"))
_NARROW = "\u202f"
LONGEST_ADDRESS = 2_000
"""Characters of a picture's address."""
_encoder = msgspec.json.Encoder(decimal_format="string")


def when(context: Mapping[str, Any], at: datetime | None, *, never: str = "Never") -> Any:
    """``<time>``: how long ago, with the exact moment in the workspace's time zone on hover."""
    from markupsafe import Markup

    if at is None:
        return never
    zone, now = context.get("zone") or UTC, context["visit"].now
    local = at.astimezone(zone)
    exact = f"{local:%A}, {local.day} {local:%B %Y, %H:%M:%S} {local.tzname()}"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(iso(at), exact, ago(at, now, local))


def ago(at: datetime, now: datetime, local: datetime) -> str:
    """``now``, ``5 min ago``, ``in 3 h``, ``12 d ago``; beyond a month the day itself."""
    seconds = (now - at).total_seconds()
    if abs(seconds) < 10:
        return "now"
    for below, unit, name in _STEPS:
        if abs(seconds) < below:
            number = f"{int(abs(seconds) // unit)}{_NARROW}{name}"
            return f"{number} ago" if seconds > 0 else f"in {number}"
    year = "" if local.year == now.year else f" {local.year}"
    return f"{local.day} {local:%b}{year}"


def money(amount: Decimal | float | str | None, currency: str | None) -> Any:
    """An amount with its currency, as many decimals as that has; a dash where there is none."""
    from markupsafe import Markup

    if amount is None:
        return "–"
    digits = CURRENCIES.get(currency or "", 2)
    exact = Decimal(amount)
    rounded = f"{exact:,.{digits}f}".replace(",", _NARROW)
    return Markup('<span class="money" title="{}">{} <span class="currency">{}</span></span>').format(
        f"{exact:f} {currency or ''}".strip(), rounded, currency or ""
    )


def data(value: Any) -> Any:
    """JSON that stands in a page's ``<script type="application/json">`` and cannot end it."""
    from markupsafe import Markup

    text = _encoder.encode(value).decode()
    return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))  # noqa: S704


def whole(number: int | None) -> str:
    """A whole number in groups of three."""
    return "–" if number is None else f"{number:,}".replace(",", _NARROW)


def many(number: int, one: str, more: str = "") -> str:
    """``1 deal``, ``2 deals``."""
    return f"{whole(number)} {one if number == 1 else more or one + 's'}"


def size(number: int) -> str:
    """Bytes as people read them."""
    value, unit = float(number), "B"
    for following in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, following
    return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"


_BROWSERS = ("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl")
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux")


def browser(agent: str) -> str:
    """What a person calls a browser, from its User-Agent: ``Firefox on Linux``."""
    name = next((name for mark, name in _BROWSERS if mark in agent), "Another program")
    system = next((system for system in _SYSTEMS if system in agent), "")
    return f"{name} on {system}" if system else name


def picture(url: str | None) -> str:
    """Where a page finds the picture at ``url``; empty where there is none. Our own are loaded directly."""
    if not url or len(url) > LONGEST_ADDRESS:
        return ""
    if url.startswith("/static/"):
        return quote(url, safe="/._-")
    return f"/pictures/?url={quote(url, safe='')}" if url.startswith(("http://", "https://")) else ""


def duration(seconds: float) -> str:
    """``40 s``, ``5 min``, ``3 h``, ``12 d``: how long something took, roughly."""
    for below, unit, name in ((60, 1, "s"), (3600, 60, "min"), (2 * 86_400, 3600, "h")):
        if seconds < below:
            return f"{int(seconds // unit)}{_NARROW}{name}"
    return f"{int(seconds // 86_400)}{_NARROW}d"


def amount(number: Decimal | float | None) -> str:
    """A number in as few digits as it has: ``2``, ``0.5``; for fields that are typed in."""
    if number is None:
        return ""
    text = f"{Decimal(number):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def plainly(value: Any) -> str:
    """The value of an attribute as a person reads it."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(plainly(one) for one in value)
    if isinstance(value, (float, Decimal)):
        whole_part, dot, rest = f"{Decimal(str(value)):,f}".replace(",", _NARROW).partition(".")
        return whole_part + (dot + rest).rstrip("0").rstrip(".")
    return value if isinstance(value, str) else _encoder.encode(value).decode()


def pair(value: str) -> tuple[str, str]:
    """A choice that is called what it is, for ``ui.field``."""
    return value, value


def day(value: date | str) -> str:
    """A day as it stands among others: ``14 Jan 1995``; what is none, as it is."""
    try:
        at = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return str(value)
    return f"{at.day} {at:%b %Y}"


def moment(text: str) -> datetime:
    """The moment that an attribute holds, for ``when``."""
    return parse_datetime(text, ZoneInfo("UTC"))


def typed_moment(text: Any, zone: tzinfo) -> str:
    """The moment that an attribute holds as a control for date and time takes it, in the workspace's time zone."""
    local = moment(text).astimezone(zone) if isinstance(text, str) and text.endswith("Z") else None
    return str(text) if local is None else local.replace(tzinfo=None).isoformat(timespec="seconds")
