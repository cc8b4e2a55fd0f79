"""What the owners of a shop do to its settings: attributes, tags and lists that go and come, another currency, RFM."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from dealt.aggregators import AggregatorDeriver
from dealt.freshness import definitions_changed
from dealt.kernel.db import transaction
from dealt.segments import SegmentDeriver
from tests.derived.comparing import Comparing
from tests.derived.facts import read_facts
from tests.derived.inventing import EVENTS, LISTS, TAGS, Inventor
from tests.derived.scoring import GROUPS, KEY
from tests.derived.speaking import NESTED

TYPES = (
    ("company", "seats", "float"),
    ("clientuser", "birthday", "date"), ("clientuser", "points", "float"), ("clientuser", "vip", "boolean"),
    ("deal", "courier", "string"), ("deal", "due", "date"), ("deal", "paid_at", "datetime"),
    ("deal", "weight", "float"), ("deal", "order_date", "datetime"),
)  # fmt: skip
CURRENCIES = ("EUR", "USD", "PLN")
_THRESHOLDS: tuple[dict[str, Any] | None, ...] = (
    None,
    {"recency_days": [1, 7, 30, 90], "frequency": [2, 3, 4, 5], "monetary": [10, 20, 50, 100]},
    {"recency_days": [0, 30, 31, 365], "frequency": [1, 2, 3, 10], "monetary": [-1, 0, 9.99, 33.333333]},
)  # fmt: skip
_FIGURES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("orders", {"function": "count"}),
    ("last_order", {"function": "max", "field": "ordered_at"}),
    ("value", {"function": "sum", "field": "value"}),
)
_RETURNED = {
    "all": [
        {"field": "refunded_total", "op": "greater", "value": 0},
        {"field": "net_value", "op": "less_or_equal", "value": 0},
    ]
}
_WON = {"field": "status", "op": "equals", "value": 2}
MADE = len(_FIGURES) + len(GROUPS)
"""How many definitions an RFM makes."""


class Governing(Comparing):
    """The part of a shop that changes its settings; see ``shop.Shop``."""

    operations: int
    named: int

    async def govern(self, rng: Random) -> None:
        """One setting changes; what is known is read anew, as names mean something else now."""
        ways: tuple[Callable[[Random], Any], ...] = (
            self._attribute, self._attribute, self._widen, self._tag, self._list, self._event, self._currency,
            self._rfm, self._rfm, self._snapshot, self._snapshot, self._put_aside,
        )  # fmt: skip
        done = await rng.choice(ways)(rng)
        self.operations += done is not None
        await self.look_again()

    async def look_again(self) -> None:
        """Read what is there."""
        self.facts = await read_facts(self.pool, self.workspace_id, self.clock.now())

    async def _attribute(self, rng: Random) -> Any:
        content_type, name, value_type = rng.choice(TYPES[:-1])
        number = self.facts.attributes.get(name)
        if number is not None:
            return await self.ask("DELETE", f"attributes/{number}/")
        return await self.ask(
            "POST", "attributes/", {"content_type": content_type, "name": name, "value_type": value_type}
        )

    async def _widen(self, rng: Random) -> Any:
        """A number becomes a text, as a value came that is none, and then a number again: that value is nothing now."""
        kind, content_type, name = rng.choice(
            (("users", "clientuser", "points"), ("deals", "deal", "weight"), ("companies", "company", "seats"))
        )
        rows = self.facts.contacts if kind == "users" else self.facts.tables[kind]
        if not rows or name not in self.facts.attributes:
            return None
        await self.ask("DELETE", f"attributes/{self.facts.attributes[name]}/")
        for value in (2, "many"):
            await self.ask("PATCH", f"{kind}/{rng.choice(rows)['id']}/", {name: value})
        await self.settle()
        await self.look_again()
        if name in self.facts.attributes:
            await self.ask("DELETE", f"attributes/{self.facts.attributes[name]}/")
        return await self.ask(
            "POST", "attributes/", {"content_type": content_type, "name": name, "value_type": "float"}
        )

    async def _tag(self, rng: Random) -> Any:
        return await self._named(rng, "tags", rng.choice(TAGS), self.facts.tags)

    async def _list(self, rng: Random) -> Any:
        return await self._named(rng, "lists", rng.choice(LISTS), self.facts.lists)

    async def _named(self, rng: Random, kind: str, name: str, known: dict[str, int]) -> Any:
        if name not in known:
            return await self.ask("POST", f"{kind}/", {"name": name})
        if rng.random() < 0.5:
            return await self.ask("PATCH", f"{kind}/{known[name]}/", {"name": f"{name} {self._next()}"})
        return await self.ask("DELETE", f"{kind}/{known[name]}/")

    async def _event(self, rng: Random) -> Any:
        name = rng.choice(EVENTS)
        if name not in self.facts.events:
            return await self.ask("POST", "events/definitions/", {"name": name})
        return await self.ask("PATCH", f"events/{self.facts.events[name]}/", {"name": f"{name} {self._next()}"})

    async def _currency(self, rng: Random) -> Any:
        return await self.ask("PATCH", "workspace/", {"base_currency": rng.choice(CURRENCIES)})

    async def _put_aside(self, rng: Random) -> Any:
        """A definition fails, as far as anybody can see; changing it has it tried again."""
        known = sorted(name for name in self.ids if "static" not in self.segments.get(name, {}))
        if not known:
            return None
        name, now = rng.choice(known), self.clock.now()
        deriver = AggregatorDeriver() if name in self.aggregators else SegmentDeriver()
        async with transaction(self.pool) as connection:
            await deriver.quarantine(connection, self.workspace_id, self.ids[name], "It took too long.", now)
            await definitions_changed(connection, self.workspace_id, now, reading_more=False)
        self.told.append(f"{name} is put aside")
        return name

    async def _snapshot(self, rng: Random) -> Any:
        if not self.segments or len(self.ids) > 40:
            return None
        name, copied = f"copy_{self._next()}", rng.choice(sorted(self.segments))
        made = await self.ask("POST", f"segments/{self.ids[copied]}/snapshot/", {"name": name})
        if made is not None:
            self.ids[name] = made["id"]
            self.segments[name] = {"name": name, "subject": self.segments[copied]["subject"], "static": made["id"]}
        return made

    async def _rfm(self, rng: Random) -> Any:
        rfm = self.facts.rfm
        inventor = Inventor(rng, self.clock.now().year, self.aggregators, self.segments)
        if rfm is None:
            body = {"name": "RFM", "thresholds": rng.choice(_THRESHOLDS), "net_of_returns": rng.random() < 0.7}
            made = await self.ask("POST", "rfm/", body | rng.choice(({}, {"filter": inventor.filter("deal", 1)})))
            return made and self._made(made)
        path = f"rfm/{rfm['id']}/"
        if rng.random() < 0.3:
            gone = await self.ask("DELETE", path)
            for name in self.of_rfm() if gone is not None else ():
                self.aggregators.pop(name, None)
                self.segments.pop(name, None)
                del self.ids[name]
            return gone
        change = rng.choice(
            ({"thresholds": rng.choice(_THRESHOLDS)}, {"filter": inventor.filter("deal", 1)},
             {"window": inventor.window()}, {"net_of_returns": rng.random() < 0.5})
        )  # fmt: skip
        changed = await self.ask("PATCH", path, change)
        return changed and self._made(changed)

    def _made(self, rfm: dict[str, Any]) -> dict[str, Any]:
        """The definitions of an RFM, as they would be written one by one."""
        net = rfm["net_of_returns"]
        counted = {"all": [rfm["filter"], {"not": _RETURNED}]} if net else rfm["filter"]
        for (figure, how), number in zip(_FIGURES, rfm["aggregators"], strict=True):
            target = f"{KEY}_{figure}"
            self.ids[target] = number
            self.aggregators[target] = self.resolved(
                {"target": target, "source": "deals", "filter": counted, "window": rfm["window"], **how}
                | ({"net_of_returns": True} if net and figure == "value" else {})
            )
        for told in rfm["segments"]:
            name = f"{rfm['name']}: {told['name']}"
            self.ids[name] = told["segment"]
            where = {"field": f"{KEY}_group", "op": "equals", "value": told["name"]}
            self.segments[name] = {"name": name, "subject": "contact", "filter": where}
        return rfm

    def of_rfm(self) -> list[str]:
        """The definitions that an RFM has made."""
        return [name for name in self.ids if name.startswith((f"{KEY}_", "RFM: "))]

    def _next(self) -> int:
        self.named += 1
        return self.named

    def resolved(self, node: Any) -> Any:
        """A definition with numbers instead of the names of tags, lists and events: names change, and it does not."""
        if isinstance(node, list):
            return [self.resolved(one) for one in node]
        if not isinstance(node, dict):
            return node
        known = {"tags": self.facts.tags, "lists": self.facts.lists, "event": self.facts.events}
        if node.get("field") in known and "op" in node:
            numbers = known[node["field"]]
            return node | {"value": [numbers.get(one, one) for one in node["value"]]}
        return {key: self.resolved(one) if key in NESTED else one for key, one in node.items()}
