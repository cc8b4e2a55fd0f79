"""dealt.demo.shop: the whole shop, its sameness and its inner references."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from dealt.demo import Row, Shop, shop

NOW = datetime(2025, 6, 24, 14, 30, tzinfo=UTC)
DIGEST = """
import dataclasses, hashlib, json
from datetime import UTC, datetime
from dealt.demo import shop
made = shop(datetime(2025, 6, 24, 14, 30, tzinfo=UTC))
print(hashlib.sha256(json.dumps(dataclasses.asdict(made)).encode()).hexdigest())
"""


def _digest(made: Shop) -> str:
    return hashlib.sha256(json.dumps(dataclasses.asdict(made)).encode()).hexdigest()


def test_the_same_seed_and_instant_give_the_same_shop() -> None:
    assert shop(NOW) == shop(NOW)


def test_another_process_with_other_hashes_makes_the_same_shop() -> None:
    run = subprocess.run(
        [sys.executable, "-c", DIGEST],
        env=os.environ | {"PYTHONHASHSEED": "4711"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == _digest(shop(NOW))


def test_another_seed_gives_other_people_and_orders_of_the_same_catalogue() -> None:
    one, two = shop(NOW, 1), shop(NOW, 2)
    assert one.products == two.products
    assert one.contacts != two.contacts
    assert one.orders != two.orders


def test_the_zone_of_the_instant_does_not_matter() -> None:
    assert shop(NOW.astimezone(timezone(timedelta(hours=9)))) == shop(NOW)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        shop(datetime(2025, 6, 24))


def test_people_stay_the_same_from_one_day_to_the_next() -> None:
    def names(made: Shop) -> list[str]:
        return [contact["email"] for contact in made.contacts]

    assert names(shop(NOW)) == names(shop(NOW + timedelta(days=1)))


def test_everything_can_be_written_as_json(fernhill: Shop) -> None:
    again = json.loads(json.dumps(dataclasses.asdict(fernhill)))
    assert again["orders"] == list(fernhill.orders)


def test_every_product_contact_and_company_that_is_named_exists(fernhill: Shop) -> None:
    skus = {product["custom_id"] for product in fernhill.products}
    people = {contact["custom_id"] for contact in fernhill.contacts}
    companies = {company["custom_id"] for company in fernhill.companies}
    for order in fernhill.orders:
        assert {line["product_custom_id"] for line in order["order_products"]} <= skus
        assert set(order["products_custom_id"]) <= skus
        assert order.get("user_custom_id", next(iter(people))) in people
    for row in (*fernhill.contacts, *fernhill.orders):
        assert row.get("company_custom_id", next(iter(companies))) in companies


def test_ids_are_unique(fernhill: Shop) -> None:
    for rows in (fernhill.products, fernhill.contacts, fernhill.companies, fernhill.orders):
        ids = [row["custom_id"] for row in rows]
        assert len(set(ids)) == len(ids)


def test_a_rate_is_known_on_the_day_of_every_order(fernhill: Shop) -> None:
    for currency in ("USD", "GBP"):
        rows = [row for row in fernhill.exchange_rates if row["currency"] == currency]
        assert rows[0]["valid_from"] <= fernhill.orders[0]["order_date"][:10]
        assert all(Decimal("0.5") < Decimal(row["rate"]) < Decimal("1.5") for row in rows)


def test_no_rate_is_dated_later_than_the_instant(fernhill: Shop, now: datetime) -> None:
    assert max(row["valid_from"] for row in fernhill.exchange_rates) <= now.date().isoformat()


def test_loyalty_points_are_what_won_orders_kept(fernhill: Shop) -> None:
    def kept(line: Row) -> Decimal:
        spent: Decimal = line["quantity"] * Decimal(str(line["value"]))
        return spent - Decimal(str(line.get("discount", 0))) - Decimal(str(line.get("refunded_value", 0)))

    for contact in fernhill.contacts:
        won = [
            kept(line)
            for order in fernhill.orders
            if order.get("user_custom_id") == contact["custom_id"] and order["status"] == 2
            for line in order["order_products"]
        ]
        assert Decimal(str(contact["loyalty_points"])) == sum(won)
