"""What the forms of builders hold: a filter as JSON, a window, and what a definition is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dealt.freshness import Derived, Plan
from dealt.kernel.bodies import parse_json
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.web import Visit

LONGEST_NAME = 255
LONGEST_DESCRIPTION = 10_000
LARGEST_FILTER = 65_536
"""Bytes of a filter as JSON."""
_LARGEST_NUMBER = 10**9


def filter_in(visit: Visit, name: str = "filter") -> Any:
    """The filter of the form, as a page's builder holds it; everybody where there is none. Raises InvalidInput."""
    value = visit.form.get(name)
    if not isinstance(value, str):
        return value or {}
    if len(value) > LARGEST_FILTER:
        raise InvalidInput.of(name, f"A filter has at most {LARGEST_FILTER} characters.")
    try:
        return parse_json(value.encode()) if value.strip() else {}
    except (InvalidInput, UnicodeEncodeError):
        raise InvalidInput.of(name, "The filter cannot be read. Reload the page.") from None


def name_in(visit: Visit) -> str:
    """What a thing is to be called. Raises InvalidInput."""
    name = visit.text("name")
    if not 0 < len(name) <= LONGEST_NAME:
        raise InvalidInput.of("name", f"A name has 1 to {LONGEST_NAME} characters.")
    return name


def description_in(visit: Visit) -> str:
    """What it is for; may be empty. Raises InvalidInput."""
    about = visit.text("description")
    if len(about) > LONGEST_DESCRIPTION:
        raise InvalidInput.of("description", f"At most {LONGEST_DESCRIPTION} characters.")
    return about


def window_in(visit: Visit) -> dict[str, Any]:
    """The window that the fields ``window`` (its kind), ``last``, ``unit``, ``current``, ``from`` and ``to`` tell."""
    kind = visit.text("window")
    if kind == "last":
        return {"last": {visit.text("unit"): whole_in(visit, "last")}}
    if kind == "current":
        return {"current": visit.text("current")}
    if kind == "days":
        return {edge: visit.text(edge) for edge in ("from", "to") if visit.text(edge)}
    if kind == "kept":
        # One that the form has no fields for is sent back as it came.
        return _kept(visit)
    return {}


def whole_in(visit: Visit, name: str) -> int:
    """A whole number of the form. Raises InvalidInput."""
    text = visit.text(name)
    if not text.isascii() or not text.isdigit() or int(text[:10]) > _LARGEST_NUMBER:
        raise InvalidInput.of(name, "A whole number is needed.")
    return int(text)


def window_fields(window: Any) -> dict[str, Any]:
    """What the fields of ``window_in`` hold for a window."""
    fields: dict[str, Any] = {"window": "", "last": "30", "unit": "days", "current": "month", "from": "", "to": ""}
    if not isinstance(window, Mapping) or not window:
        return fields
    if "last" in window:
        (unit, amount), *_ = window["last"].items()
        return fields | {"window": "last", "last": amount, "unit": unit}
    if "current" in window:
        return fields | {"window": "current", "current": window["current"]}
    if any(isinstance(edge, Mapping) for edge in window.values()):
        return fields | {"window": "kept"}
    return fields | {"window": "days"} | dict(window)


def _kept(visit: Visit) -> dict[str, Any]:
    window = filter_in(visit, "kept_window")
    if not isinstance(window, dict):
        raise InvalidInput.of("window", "The period cannot be read. Reload the page.")
    return window


async def plan_of(visit: Visit, connection: Connection) -> Plan:
    """What is derived in the workspace, and the words for it."""
    return await visit.of(Derived).plan(connection, visit.workspace_id)


async def part(visit: Visit, template: str, **values: Any) -> str:
    """A part of a page as text, for a module that puts it in its place."""
    zone = (await visit.snapshot()).time_zone
    return visit.house.templates.render(template, visit=visit, zone=zone, **values)
