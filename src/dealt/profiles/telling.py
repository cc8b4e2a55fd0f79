"""A journal entry of a record in words: what was before, and what came after."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from dealt.accounts import MEMBERS, Snapshot
from dealt.aggregators import AGGREGATORS, OF_COMPANIES
from dealt.attributes import ATTRIBUTES
from dealt.contacts import GENDERS
from dealt.contacts import STATUSES as CONTACT_STATUSES
from dealt.kernel.clock import is_iso_datetime, parse_datetime
from dealt.kernel.db import Record
from dealt.pipelines import PIPELINES
from dealt.tags import TAGS

STATUSES = {0: "Abandoned", 1: "In progress", 2: "Won", 3: "Lost", 4: "Archived"}
_LABELS = {
    "user_id": "Contact", "company_id": "Company", "products_custom_id": "Linked products",
    "products": "Linked products",
    "custom_id": "Own id", "won_at": "Won at", "lost_at": "Lost at", "assigned_to": "Assigned to",
    "merged": "Merged into it", "members": "People",
    "phone_numbers": "Phone", "email": "E-mail", "quantity": "Stock", "product_url": "Page",
    "image_url": "Picture", "due_at": "Due", "duration_minutes": "Minutes", "deal_id": "Deal",
}  # fmt: skip
_NOTHING: tuple[Any, ...] = (None, "", [], {})
_MOST_TOLD = 200
_MONEY = ("value", "discount", "refunded_value", "price")


@dataclass(frozen=True, slots=True)
class Told:
    """One changed field: texts, empty where there was or is nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the history."""

    id: int
    at: datetime
    kind: str
    actor: str
    cause: int
    changes: list[Told]


class Teller:
    """Names what ids stand for, by the definitions of one workspace; ``contacts`` are names by id."""

    def __init__(self, snapshot: Snapshot, contacts: Mapping[int, str], domain: str = "deal") -> None:
        pipelines = snapshot.part(PIPELINES)
        self._zone = snapshot.time_zone
        self._attributes = snapshot.part(ATTRIBUTES).of(domain)
        computed = {"contact": AGGREGATORS, "company": OF_COMPANIES}.get(domain)
        self._computed = {target: one.name for target, one in snapshot.part(computed).items()} if computed else {}
        stages = {stage.id: stage.name for stage in pipelines.stages.values()}
        names = {pipeline.id: pipeline.name for pipeline in pipelines.pipelines.values()}
        members, tags = snapshot.part(MEMBERS), snapshot.part(TAGS)
        self._read: dict[str, Callable[[Any], str]] = {
            "stage": lambda value: stages.get(value, f"Stage {value}"),
            "pipeline": lambda value: names.get(value, f"Pipeline {value}"),
            "status": lambda value: STATUSES.get(value, str(value)),
            "loss_reason": lambda value: pipelines.loss_reasons.get(value, f"Reason {value}"),
            "assigned_to": lambda value: members.get(value, f"Member {value}"),
            "tags": lambda value: ", ".join(tags.get(one, f"Tag {one}") for one in value),
            "user_id": lambda value: contacts.get(value, f"Contact {value}"),
            "merged": lambda value: ", ".join(contacts.get(one, f"Contact {one}") for one in value),
            "members": lambda value: contacts.get(value, f"Contact {value}"),
            "deal_id": lambda value: f"Deal {value}",
            "company_id": lambda value: f"Company {value}",
            "created_by": lambda value: members.get(value, f"Member {value}"),
            "due_at": self._moment,
            "won_at": self._moment,
            "lost_at": self._moment,
        }
        if domain == "contact":
            self._read |= {
                "status": lambda value: CONTACT_STATUSES.get(value, str(value)).capitalize(),
                "gender": lambda value: GENDERS.get(value, str(value)).capitalize(),
            }

    def _moment(self, value: str) -> str:
        local = parse_datetime(value, self._zone).astimezone(self._zone)
        return f"{local.day} {local:%b %Y, %H:%M}"

    def _value(self, value: Any) -> str:
        return self._moment(value) if isinstance(value, str) and is_iso_datetime(value) else _plain(value)

    def entry(self, row: Record) -> Entry:
        """A row of the journal, told."""
        given = json.loads(row["changes"])
        kind = row["kind"].replace(".created", ".restored") if "restored" in given else row["kind"]
        return Entry(row["id"], row["at"], kind, row["actor"], row["cause"], self.changes(given))

    def changes(self, given: Mapping[str, Any]) -> list[Told]:
        """What an entry says was changed: pairs of before and after by field."""
        changes = {name: pair for name, pair in given.items() if isinstance(pair, list) and len(pair) == 2}
        # Linked products are told twice: by our ids and by the shop's own, which say more.
        if "products_custom_id" in changes:
            changes.pop("products", None)
        # When it was won or lost, or done, follows from the status, at the moment of the entry.
        for name in ("won_at", "lost_at") if "status" in changes else ():
            changes.pop(name, None)
        if "done" in changes:
            changes.pop("done_at", None)
        return [one for name, (before, after) in changes.items() for one in self._tell(name, before, after)]

    def _tell(self, name: str, before: Any, after: Any) -> list[Told]:
        if name.startswith("order_products."):
            return _tell_line(name.partition(".")[2], before, after)
        read = self._read.get(name, self._value)
        return [Told(self._label(name), *("" if value in _NOTHING else read(value) for value in (before, after)))]

    def _label(self, name: str) -> str:
        if name in _LABELS:
            return _LABELS[name]
        if name in self._computed:
            return self._computed[name]
        attribute = self._attributes.get(name)
        return attribute.name if attribute else name.replace("_", " ").capitalize()


def _tell_line(number: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Told]:
    label = f"Line {number}"
    if before is None or after is None:
        return [Told(label, _line(before), _line(after))]
    changed = [key for key in {**before, **after} if _number(before.get(key)) != _number(after.get(key))]
    return [
        Told(f"{label}, {key.replace('_', ' ')}", _of_line(key, before.get(key)), _of_line(key, after.get(key)))
        for key in changed
    ]


def _of_line(key: str, value: Any) -> str:
    """Money with its hundredths."""
    if key in _MONEY and isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:.2f}"
    return _plain(value)


def _number(value: Any) -> Any:
    """34.0, 34 and "34", as programs and pages write the same price, are no change to who reads it."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return value
    return number if number.is_finite() else value


def _line(receipt: Mapping[str, Any] | None) -> str:
    if receipt is None:
        return ""
    name = receipt.get("name") or receipt.get("product_custom_id") or receipt.get("product_id") or "a line"
    return f"{_plain(receipt.get('quantity', 1))} × {_plain(name)}"


def _plain(value: Any) -> str:
    if value in _NOTHING:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        text = ", ".join(_plain(one) for one in value)
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MOST_TOLD else f"{text[:_MOST_TOLD]}…"
