"""dealt.demo.history: the year's changes of the catalogue."""

from __future__ import annotations

from datetime import UTC, datetime

from dealt.demo import Shop
from dealt.demo.history import Shelf, product_edits

NOW = datetime(2025, 6, 24, 14, 30, tzinfo=UTC)


def test_applying_the_edits_to_the_opening_catalogue_gives_todays(fernhill: Shop) -> None:
    state = {product["custom_id"]: dict(product) for product in fernhill.opening_products}
    for edit in fernhill.product_edits:
        assert {field: state[edit["custom_id"]][field] for field in edit["before"]} == edit["before"]
        state[edit["custom_id"]] |= edit["after"]
    assert list(state.values()) == list(fernhill.products)


def test_edits_are_in_time_order_within_the_year(fernhill: Shop, now: datetime) -> None:
    moments = [datetime.fromisoformat(edit["at"]) for edit in fernhill.product_edits]
    assert moments == sorted(moments)
    assert moments[-1] <= now
    assert (now - moments[0]).days < 365


def test_every_edit_changes_something() -> None:
    for edit in product_edits(NOW):
        assert list(edit["before"]) == list(edit["after"])
        assert all(edit["before"][field] != edit["after"][field] for field in edit["before"])


def test_both_prices_and_names_were_edited() -> None:
    edited = [set(edit["after"]) for edit in product_edits(NOW)]
    assert sum("price" in fields for fields in edited) > 60
    assert sum("name" in fields for fields in edited) > 20


def test_the_shelf_shows_a_product_as_it_was() -> None:
    shelf = Shelf(product_edits(NOW))
    past = [shelf.product("BOT-RDG-TAN-42", f"{day}T12:00:00Z")["price"] for day in ("2024-07-01", "2025-01-15")]
    assert past == ["169.00", "175.00"]
    assert shelf.product("BOT-RDG-TAN-42", "2025-06-24T14:30:00Z")["price"] == "185.00"


def test_an_edit_holds_from_its_own_second() -> None:
    edit = product_edits(NOW)[0]
    shelf = Shelf(product_edits(NOW))
    at = shelf.product(edit["custom_id"], edit["at"])
    assert {field: at[field] for field in edit["after"]} == edit["after"]
