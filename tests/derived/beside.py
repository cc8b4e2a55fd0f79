"""What else can happen in a shop: visits, lists, tasks, edits of stages and pipelines, many at once, whole files."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.derived.facts import Facts, Row
from tests.derived.inventing import EVENTS, LISTS

Request = tuple[str, str, Any]
"""A text is sent as it is: lines of JSON, or a part of a file."""


class Beside:
    """The part of an actor that is not about single orders, contacts and products; see ``acting.Actor``."""

    _rng: Random
    _facts: Facts
    _now: datetime
    _at: Callable[..., Request | None]
    _moment: Callable[[], str]
    _lines: Callable[[], list[dict[str, Any]]]
    _owner: Callable[[], dict[str, Any]]
    _deal_name: Callable[[], str]
    _about_deal: Callable[..., dict[str, Any]]

    def page_view(self) -> Request | None:
        keys = [row["key"] for row in self._facts.tables["contact_keys"]]
        if not keys:
            return None
        body = {"client_user": self._rng.choice(keys), "page_domain": "shop.example", "timestamp": self._moment()}
        path = self._rng.choice(("/mugs/1", "/books", "/"))
        return "POST", "site-views/", body | {"page_path": path, "title": self._rng.choice(("Mug", "Book", ""))}

    def list_change(self) -> Request | None:
        way = self._rng.choice(("add_to_list/", "add_to_list/", "remove_from_list/"))
        lists = [self._facts.lists[name] for name in LISTS if name in self._facts.lists]
        if not lists:
            return None
        body = {"list": self._rng.choice(lists)}
        return self._at("users", self._facts.contacts, lambda _: ("POST", way, body))

    def task(self) -> Request | None:
        rng, tasks = self._rng, self._facts.tables["tasks"]
        if tasks and rng.random() < 0.6:
            return self._at("activities", tasks, self._changed_task)
        body = {"name": rng.choice(("Call", "Write")), "due_date": self._moment(), "activity_type": rng.randint(1, 3)}
        deals, contacts = self._facts.tables["deals"], self._facts.contacts
        if deals and rng.random() < 0.6:
            return "POST", "activities/", body | {"deal_id": rng.choice(deals)["id"]}
        return "POST", "activities/", body | ({"user_id": rng.choice(contacts)["id"]} if contacts else {})

    def _changed_task(self, row: Row) -> Request:
        rng = self._rng
        if rng.random() < 0.25:
            return "DELETE", "", None
        deals = self._facts.tables["deals"]
        moved = {"deal_id": rng.choice([*(deal["id"] for deal in deals), None])}
        return "PATCH", "", rng.choice(({"done": not row["done"]}, {"due_date": self._moment()}, moved))

    def stage(self) -> Request | None:
        rng = self._rng
        stages, pipelines = self._facts.tables["stages"], self._facts.tables["pipelines"]
        way = rng.random()
        if way < 0.5:
            body = rng.choice(({"name": f"Stage {rng.randint(1, 9)}"}, {"position": rng.randint(1, 4)}))
            return self._at("stages", stages, lambda _: ("PATCH", "", body))
        if way < 0.6:
            return self._at("stages", stages, lambda _: ("DELETE", "", None))
        if way < 0.7:
            return "POST", "pipelines/", {"name": "More", "stages": ["First", "Second"]}
        if way < 0.8:
            return "POST", "stages/", {"name": "Late", "pipeline": rng.choice(pipelines)["id"]}
        date = rng.choice(("order_date", "paid_at", "due"))
        return self._at("pipelines", pipelines, lambda _: ("PATCH", "", {"date_attribute": date}))

    def bulk(self) -> Request:
        """Some orders at once, some of them refused, one twice."""
        lines = [self._whole_order() for _ in range(self._rng.randint(1, 5))]
        lines += [*lines[:1], {"custom_id": self._deal_name(), "name": "Order", "stage": 999}]
        return "POST", "deals/bulk/?silent=true", "".join(json.dumps(line) + "\n" for line in lines)

    def file(self) -> Request:
        """A file of orders, people, companies, products or events, for ``Shop`` to send as an import."""
        kind = self._rng.choice(("orders", "orders", "contacts", "companies", "products", "events"))
        return "FILE", kind, self._many(kind)

    def many(self) -> Request:
        """Some people, companies, products or events at once."""
        kind = self._rng.choice(("contacts", "companies", "products", "events"))
        return "POST", f"{'users' if kind == 'contacts' else kind}/bulk/?silent=true", self._many(kind)

    def erase(self) -> Request | None:
        return self._at("users", self._facts.contacts, lambda _: ("POST", "erase/", {}))

    def attribute(self) -> Request | None:
        """One attribute of one object is set or removed."""
        rng = self._rng
        kind = rng.choice(("users", "deals", "companies"))
        rows = self._facts.contacts if kind == "users" else self._facts.tables[kind]
        name, values = {
            "users": ("points", (0, 10, 10.5)), "deals": ("weight", (1, 2.5)), "companies": ("seats", (1, 2)),
        }[kind]  # fmt: skip
        if rng.random() < 0.4:
            return self._at(kind, rows, lambda _: ("POST", "remove_attribute/", {"attribute": name}))
        body = {"attribute": name, "value": rng.choice(values)}
        return self._at(kind, rows, lambda _: ("POST", "set_attribute/", body))

    def mass_update(self) -> Request | None:
        contacts = self._facts.contacts
        if not contacts:
            return None
        ids = [row["id"] for row in self._rng.sample(contacts, self._rng.randint(1, len(contacts)))]
        body = self._rng.choice(
            ({"attribute": "points", "value": 10}, {"attribute": "vip", "value": True})
        )  # fmt: skip
        return "PUT", "users/mass_update_custom_attributes/", body | {"ids": ids}

    def _many(self, kind: str) -> str:
        rng = self._rng

        def made() -> dict[str, Any]:
            match kind:
                case "orders":
                    return self._whole_order()
                case "contacts":
                    return {"custom_id": f"c{rng.randint(1, 12)}", "country": rng.choice(("PL", "DE")), "points": 10}
                case "companies":
                    return {"custom_id": f"f{rng.randint(1, 4)}", "name": "Firm", "country": rng.choice(("PL", "DE"))}
                case "products":
                    number = rng.randint(1, 4)
                    return {"custom_id": f"SKU-{number}", "name": "Mug", "price": rng.choice((3, 10, 20))}
            body = {"name": rng.choice(EVENTS), "timestamp": self._moment(), "data": {"amount": rng.choice((1, 10.5))}}
            return body | {"user_custom_id": f"c{rng.randint(1, 12)}"}

        return "".join(json.dumps(made()) + "\n" for _ in range(rng.randint(1, 5)))

    def delete_company(self) -> Request | None:
        return self._at("companies", self._facts.tables["companies"], lambda _: ("DELETE", "", None))

    def _whole_order(self) -> dict[str, Any]:
        body = self._about_deal() | {"name": "Order", "custom_id": self._deal_name(), "order_products": self._lines()}
        sent = (self._now - timedelta(days=self._rng.randint(0, 3))).isoformat()
        return body | self._owner() | {"source_updated_at": sent}
