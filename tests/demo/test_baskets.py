"""dealt.demo.baskets: what is bought together."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from random import Random

from dealt.demo.baskets import Assortment
from dealt.demo.catalogue import find_product

MAY = datetime(2025, 5, 10, tzinfo=UTC)


def _category(sku: str) -> str:
    product = find_product(sku)
    assert product is not None
    return str(product["category"])


def test_baskets_hold_one_to_six_products_in_whole_quantities() -> None:
    rng, assortment = Random(1), Assortment()
    for _ in range(500):
        basket = assortment.basket(rng, MAY, [])
        assert 1 <= len(basket) <= 6
        assert all(quantity >= 1 for quantity in basket.values())


def test_people_mostly_buy_what_they_like() -> None:
    rng, assortment = Random(1), Assortment()
    bought = Counter(_category(sku) for _ in range(500) for sku in assortment.basket(rng, MAY, ["Knives"]))
    assert bought.most_common(1)[0][0] == "Knives"


def test_a_tent_is_often_bought_with_a_sleeping_bag_or_a_lantern() -> None:
    rng, assortment = Random(1), Assortment()
    baskets = [{_category(sku) for sku in assortment.basket(rng, MAY, [])} for _ in range(3000)]
    several = [names for names in baskets if len(names) > 1]
    partners = {"Sleeping bags", "Lanterns"}
    with_tent = [bool(names & partners) for names in several if "Tents" in names]
    without = [bool(names & partners) for names in several if "Tents" not in names]
    assert sum(with_tent) / len(with_tent) > 1.3 * sum(without) / len(without)
