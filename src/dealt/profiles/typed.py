"""The fields of records as forms show them, and what a form has of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from dealt.accounts import MEMBERS, Snapshot
from dealt.attributes import Attribute
from dealt.contacts import GENDERS
from dealt.kernel.bodies import parse_json
from dealt.kernel.errors import InvalidInput
from dealt.web import AsTyped, Visit, amount

OF_ATTRIBUTE = "a."
"""What stands before the standard name of an attribute in a form."""
_MORNING = time(9)
OF_MANY = "m."
"""The same, of an attribute that may have several values: a JSON list, or texts with commas between them."""
OF_JSON = "j."
"""The same, of an attribute that holds JSON."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A field: ``kind`` is the type of its input, or ``select`` with ``choices``; with ``rows`` a text of several."""

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    rows: int = 0
    required: bool = False
    choices: Sequence[tuple[str, str]] = ()


COMPANY = (
    Typed("name", "Name", required=True),
    Typed("custom_id", "Own id"),
    Typed("email", "E-mail", "email"),
    Typed("phone_numbers", "Phone", hint="Several with commas between them"),
    Typed("address", "Address"),
    Typed("postal_code", "Postal code"),
    Typed("city", "City"),
    Typed("region", "Region"),
    Typed("country", "Country"),
    Typed("approx_employees", "Employees", "number"),
    Typed("description", "Description", rows=3),
)
PRODUCT = (
    Typed("name", "Name"),
    Typed("custom_id", "Own id", hint="Such as SKU-001, as orders name it"),
    Typed("category", "Category"),
    Typed("price", "Price", "number"),
    Typed("currency", "Currency", hint="Such as EUR"),
    Typed("quantity", "Stock", "number"),
    Typed("product_url", "Page in the shop", "url"),
    Typed("image_url", "Picture's address", "url"),
    Typed("description", "Description", rows=3),
)
CONTACT = (
    Typed("first_name", "First name"),
    Typed("last_name", "Last name"),
    Typed("email", "E-mail", "email"),
    Typed("phone_number", "Phone", "tel"),
    Typed("custom_id", "Own id"),
    Typed("city", "City"),
    Typed("region", "Region"),
    Typed("country", "Country"),
    Typed("gender", "Gender", "select", choices=[(str(key), word.capitalize()) for key, word in GENDERS.items()]),
    Typed("score", "Score", "number"),
    Typed("assigned_to", "Assigned to", "select"),
    Typed("unsubscribed", "Messages", "select", choices=(("false", "Subscribed"), ("true", "Unsubscribed"))),
)


def choices_of(snapshot: Snapshot) -> dict[str, Sequence[tuple[str, str]]]:
    """The choices of fields that depend on the workspace."""
    members = [(str(key), name) for key, name in snapshot.part(MEMBERS).items()]
    return {"assigned_to": [("", "Nobody"), *members]}


def sent(visit: Visit, fields: Sequence[Typed]) -> dict[str, Any]:
    """What the form has of these fields and of attributes, as an API's body says it; an empty text is none."""
    form = visit.form
    body: dict[str, Any] = {one.name: visit.text(one.name) or None for one in fields if one.name in form}
    if body.get("phone_numbers"):
        body["phone_numbers"] = body["phone_numbers"].split(",")
    body |= {key.removeprefix(OF_ATTRIBUTE): visit.text(key) or None for key in form if key.startswith(OF_ATTRIBUTE)}
    several = {key.removeprefix(OF_MANY): visit.text(key) for key in form if key.startswith(OF_MANY)}
    written = {key.removeprefix(OF_JSON): visit.text(key) for key in form if key.startswith(OF_JSON)}
    body |= {key: _chosen(key, text) or None for key, text in several.items()}
    return body | {key: _json(key, text) if text else None for key, text in written.items()}


def _chosen(key: str, text: str) -> list[Any]:
    """Several choices: a JSON list, as chips keep them, or typed with commas between them."""
    if text.startswith("["):
        found = _json(key, text)
        return list(found) if isinstance(found, list) else [found]
    return [one.strip() for one in text.split(",") if one.strip()]


def _json(key: str, text: str) -> Any:
    """What a text of JSON says. Raises InvalidInput for ``key``, with the line and the column of what is wrong."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        told = f"Line {error.lineno}, column {error.colno}: this is not JSON. {error.msg}."
        raise InvalidInput.of(key, told) from None
    except (ValueError, RecursionError):
        pass  # Told below, by the reader that decides what can be stored.
    try:
        return parse_json(text.encode("utf-8", "surrogatepass"))
    except InvalidInput as error:
        raise InvalidInput.of(key, " ".join(told for each in error.fields.values() for told in each)) from None


def shown(visit: Visit, fields: Sequence[Typed], record: Mapping[str, Any]) -> dict[str, str]:
    """The texts that the controls hold: what was just typed and refused, else what ``record`` says."""
    typed = visit.form if visit.failed is not None else {}
    found = {one.name: _text(record.get(one.name)) for one in fields}
    return found | {name: str(typed[name]) for name in found if isinstance(typed.get(name), str)}


def shown_attributes(visit: Visit, attributes: Sequence[Attribute], values: Mapping[str, Any]) -> dict[str, Any]:
    """As ``shown``, of attributes by standard name."""
    typed = visit.form if visit.failed is not None else {}
    names = [one.name_std for one in attributes if f"{OF_ATTRIBUTE}{one.name_std}" in typed]
    found = {**values} | {name: typed[f"{OF_ATTRIBUTE}{name}"] for name in names}
    for one in attributes:
        if isinstance(text := typed.get(f"{OF_MANY}{one.name_std}"), str):
            found[one.name_std] = text if text.startswith("[") else [part.strip() for part in text.split(",")]
        if isinstance(text := typed.get(f"{OF_JSON}{one.name_std}"), str):
            found[one.name_std] = AsTyped(text)
    return found


def local_time(at: datetime, snapshot: Snapshot) -> str:
    """A moment as a control for date and time takes it, to the minute unless it has seconds."""
    local = at.astimezone(snapshot.time_zone).replace(tzinfo=None)
    return local.isoformat(timespec="seconds" if local.second else "minutes")


def due_tomorrow(now: datetime, snapshot: Snapshot) -> str:
    """When a new task is due unless somebody says otherwise: tomorrow morning, where the workspace is."""
    zone = snapshot.time_zone
    return local_time(datetime.combine(now.astimezone(zone).date() + timedelta(days=1), _MORNING, zone), snapshot)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return amount(value) if isinstance(value, int | float | Decimal) else str(value)
