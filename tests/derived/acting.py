"""What can happen in a shop: requests made up at random about what is there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.derived.beside import Beside, Request
from tests.derived.facts import Facts, Row
from tests.derived.inventing import EVENTS, TAGS

CURRENCIES = ("EUR", "EUR", "USD", "PLN")
PRODUCTS = ("SKU-1", "SKU-2", "SKU-3")
_STAGES = 4


class Actor(Beside):
    """Makes up one request after another; a request may be refused."""

    def __init__(self, rng: Random, facts: Facts) -> None:
        self._rng, self._facts, self._now = rng, facts, facts.now

    def request(self, what: str) -> Request | None:
        """A request of a kind; None where there is nothing to do it to."""
        made: Request | None = getattr(self, what)()
        return made

    def create_contact(self) -> Request:
        return (
            "POST",
            "users/",
            self._about_contact()
            | {
                "custom_id": f"c{self._rng.randint(1, 12)}",
                "user_key": f"key{self._rng.randint(1, 12)}",
            },
        )

    def edit_contact(self) -> Request | None:
        return self._at("users", self._facts.contacts, lambda _: ("PATCH", "", self._about_contact()))

    def edit_one_field(self) -> Request | None:
        """Whoever looks at another field is not computed."""
        body = self._about_contact()
        name = self._rng.choice(sorted(body))
        return self._at("users", self._facts.contacts, lambda _: ("PATCH", "", {name: body[name]}))

    def tag(self) -> Request | None:
        kind = self._rng.choice(("users", "users", "deals", "products", "companies"))
        rows = self._facts.contacts if kind == "users" else self._facts.tables[kind]
        way = self._rng.choice(("add_tag/", "remove_tag/"))
        return self._at(kind, rows, lambda _: ("POST", way, {"name": self._rng.choice(TAGS)}))

    def delete_contact(self) -> Request | None:
        return self._at("users", self._facts.contacts, lambda _: ("DELETE", "", None))

    def merge(self) -> Request | None:
        ids = [row["id"] for row in self._facts.contacts]
        if len(ids) < 2:
            return None
        parent, *others = self._rng.sample(ids, self._rng.randint(2, min(3, len(ids))))
        return "POST", "users/merge/", {"parent": parent, "users_list": others}

    def unmerge(self) -> Request | None:
        return self._at("users", self._facts.contacts, lambda _: ("POST", "unmerge/", {}))

    def create_deal(self) -> Request:
        body = self._about_deal() | {"name": "Order", "custom_id": self._deal_name(), "order_products": self._lines()}
        return "POST", "deals/", body | self._owner()

    def upsert_deal(self) -> Request:
        body = self._about_deal() | {"name": "Order", "custom_id": self._deal_name(), "order_products": self._lines()}
        body["source_updated_at"] = (self._now - timedelta(days=self._rng.randint(0, 3))).isoformat()
        return "POST", "deals/update_or_create/", body | self._owner()

    def edit_deal(self) -> Request | None:
        return self._deal(lambda _: ("PATCH", "", self._about_deal(some=True)))

    def resend_lines(self) -> Request | None:
        return self._deal(lambda _: ("PATCH", "", {"order_products": self._lines()}))

    def move_stage(self) -> Request | None:
        return self._deal(lambda _: ("PATCH", "", {"stage": self._rng.randint(1, _STAGES)}))

    def reassign(self) -> Request | None:
        return self._deal(lambda _: ("PATCH", "", self._owner() or {"user_id": None}))

    def undo(self) -> Request | None:
        return self._deal(lambda _: ("POST", "undo/", {}))

    def delete_deal(self) -> Request | None:
        return self._deal(lambda _: ("DELETE", "", None))

    def edit_line(self) -> Request | None:
        rng, lines = self._rng, self._facts.tables["deal_lines"]
        if not lines:
            return None
        line = rng.choice(lines)
        path = f"deals/{line['deal_id']}/lines/{line['id']}/"
        if rng.random() < 0.15:
            return "DELETE", path, None
        body = rng.choice(
            ({"returned_quantity": 1}, {"returned_quantity": 0}, {"refunded_value": 3}, {"quantity": rng.randint(1, 4)},
             {"value": self._price()}, {"currency": rng.choice(CURRENCIES)}, {"discount": 1})
        )  # fmt: skip
        return "PATCH", path, dict(body)

    def event(self) -> Request | None:
        def made(_: Row) -> Request:
            body = {"name": self._rng.choice(EVENTS), "timestamp": self._moment()}
            return "POST", "events/", body | {"data": {"amount": self._price()}}

        return self._at("users", self._facts.contacts, made)

    def product_event(self) -> Request | None:
        contacts = self._facts.contacts
        if not contacts:
            return None
        kind = self._rng.choice(("view", "add to cart", "purchase"))
        body = {"event_type": kind, "user_id": self._rng.choice(contacts)["id"], "timestamp": self._moment()}
        return self._at("products", self._facts.tables["products"], lambda _: ("POST", "product_event/", body))

    def product(self) -> Request | None:
        rng = self._rng
        if rng.random() < 0.15:
            return self._at("products", self._facts.tables["products"], lambda _: ("DELETE", "", None))
        body = {"custom_id": rng.choice(PRODUCTS), "name": rng.choice(("Mug", "Book")), "price": self._price()}
        return "POST", "products/update_or_create/", body | {"category": rng.choice(("books", "cups", None))}

    def company(self) -> Request | None:
        rng, contacts = self._rng, self._facts.contacts
        companies = self._facts.tables["companies"]
        if companies and contacts and rng.random() < 0.7:
            way, body = (
                rng.choice(("add_member/", "add_member/", "remove_member/")),
                {"user_id": rng.choice(contacts)["id"]},
            )
            return self._at("companies", companies, lambda _: ("POST", way, body))
        body = {"custom_id": f"f{rng.randint(1, 3)}", "name": "Firm", "approx_employees": rng.choice((1, 10, 50))}
        body |= rng.choice(({}, {"seats": rng.randint(1, 3)}))
        return "POST", "companies/update_or_create/", body | {"country": rng.choice(("PL", "DE"))}

    def rate(self) -> Request:
        rng = self._rng
        day = (self._now - timedelta(days=rng.choice((0, 1, 10, 40, 400)))).date().isoformat()
        path = f"exchange-rates/{rng.choice(CURRENCIES[1:])}/{day}/"
        if rng.random() < 0.2:
            return "DELETE", path, None
        return "PUT", path, {"rate": rng.choice((0.5, 0.92, 1.1, 4.123456789))}

    def time_zone(self) -> Request:
        zones = ("UTC", "Europe/Warsaw", "America/New_York", "Australia/Lord_Howe", "Atlantic/Azores", "Asia/Kathmandu")
        return "PATCH", "workspace/", {"time_zone": self._rng.choice(zones)}

    def _at(self, kind: str, rows: list[Row], make: Callable[[Row], Request]) -> Request | None:
        if not rows:
            return None
        row = self._rng.choice(rows)
        method, rest, body = make(row)
        if rest == "events/":
            return method, rest, {"user_id": row["id"], **(body or {})}
        return method, f"{kind}/{row['id']}/{rest}", body

    def _deal(self, make: Callable[[Row], Request]) -> Request | None:
        return self._at("deals", self._facts.tables["deals"], make)

    def _owner(self) -> dict[str, Any]:
        contacts = self._facts.contacts
        if not contacts or self._rng.random() < 0.1:
            return {}
        return {"user_id": self._rng.choice(contacts)["id"]}

    def _about_contact(self) -> dict[str, Any]:
        rng = self._rng
        body = {
            "country": rng.choice(("PL", "DE", None)), "first_name": rng.choice(("Anna", "Jan", "")),
            "score": rng.randint(0, 3), "unsubscribed": rng.random() < 0.3, "vip": rng.choice((True, False, None)),
            "points": rng.choice((0, 10, 10.5, None)),
            "birthday": rng.choice(("1990-02-28", "1992-02-29", self._day())),
        }  # fmt: skip
        return self._some(body)

    def _about_deal(self, *, some: bool = False) -> dict[str, Any]:
        rng = self._rng
        body = {
            "value": rng.choice((self._price(), None)), "currency": rng.choice(CURRENCIES),
            "status": rng.randint(0, 4), "stage": rng.randint(1, _STAGES), "order_date": self._moment(),
            "courier": rng.choice(("DHL", "UPS", None)), "due": self._day(),
            "paid_at": rng.choice((self._moment(), None)),
            "weight": rng.choice((1, 2.5, None)), "expected_close_date": self._day(),
        }  # fmt: skip
        companies = self._facts.tables["companies"]
        if companies:
            body["company_id"] = rng.choice(companies)["id"]
        return self._some(body) if some or rng.random() < 0.3 else body

    def _some(self, body: dict[str, Any]) -> dict[str, Any]:
        return {key: body[key] for key in self._rng.sample(sorted(body), self._rng.randint(1, len(body)))}

    def _lines(self) -> list[dict[str, Any]]:
        rng = self._rng
        return [
            {"product_custom_id": rng.choice(PRODUCTS), "value": self._price(), "quantity": rng.randint(1, 3)}
            | rng.choice(({}, {}, {"returned_quantity": 1}, {"currency": rng.choice(CURRENCIES)}, {"discount": 0.5}))
            for _ in range(rng.choice((0, 1, 1, 2, 3)))
        ]  # fmt: skip

    def _price(self) -> float:
        return self._rng.choice((0, 1, 3, 9.99, 10, 10.5, 20, 33.333333, 100))

    def _deal_name(self) -> str:
        return f"o{self._rng.randint(1, 25)}"

    def _day(self) -> str:
        return (self._now + timedelta(days=self._rng.choice((-40, -7, -1, 0, 1, 20)))).date().isoformat()

    def _moment(self) -> str:
        back = self._rng.choice((0, 0.01, 0.05, 1, 6.5, 13, 29, 31, 92, 365, -1, -3))
        at: datetime = self._now - timedelta(days=back, seconds=self._rng.randint(0, 60))
        return at.replace(microsecond=0).isoformat()


KINDS = (
    *("create_contact",) * 7, *("edit_contact",) * 3, *("edit_one_field",) * 3, *("tag",) * 3, "delete_contact",
    *("merge",) * 2, *("unmerge",) * 3, *("create_deal",) * 5, *("upsert_deal",) * 7, *("edit_deal",) * 8,
    *("resend_lines",) * 3, *("move_stage",) * 3, *("reassign",) * 4, *("undo",) * 2, *("delete_deal",) * 2,
    *("edit_line",) * 8, *("event",) * 4, *("product_event",) * 3, *("product",) * 3, *("company",) * 8, *("rate",) * 3,
    "time_zone", *("page_view",) * 3, *("list_change",) * 2, *("task",) * 4, *("stage",) * 2, *("bulk",) * 2, "file",
    "mass_update", "delete_company", "many", "many", "erase", *("attribute",) * 2,
)  # fmt: skip
"""What happens, as often as it is named here."""
