"""What people put in a basket: by season, by taste, and by what goes with what."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from random import Random

from dealt.demo.catalogue import categories, products

SIZES = {1: 46, 2: 28, 3: 14, 4: 7, 5: 3, 6: 2}
GOES_WITH = 0.55
FAVOURITE = 5


class Assortment:
    """Chooses products the way customers of this shop do."""

    def __init__(self) -> None:
        self._categories = categories()
        self._skus: dict[str, list[str]] = defaultdict(list)
        for product in products():
            self._skus[product["category"]].append(product["custom_id"])

    def tastes(self, rng: Random) -> list[str]:
        """Two categories that one person prefers all year."""
        return rng.choices(list(self._categories), [c["appeal"] for c in self._categories.values()], k=2)

    def basket(self, rng: Random, at: datetime, tastes: list[str]) -> dict[str, int]:
        """SKU -> quantity, one to six different products."""
        weights = [self._weight(name, at.month, tastes) for name in self._categories]
        (size,) = rng.choices(list(SIZES), list(SIZES.values()))
        (first,) = rng.choices(list(self._categories), weights)
        chosen = [first]
        for _ in range(size - 1):
            beside = rng.random() < GOES_WITH
            pairs = self._categories[first]["goes_with"]
            chosen.append(rng.choice(pairs) if beside else rng.choices(list(self._categories), weights)[0])
        return {self._product(rng, name): rng.choice(self._categories[name]["quantities"]) for name in chosen}

    def _weight(self, name: str, month: int, tastes: list[str]) -> float:
        row = self._categories[name]
        return float(row["appeal"] * row["season"][month - 1] * (FAVOURITE if name in tastes else 1))

    def _product(self, rng: Random, category: str) -> str:
        skus = self._skus[category]
        # The first products of a category are its classics: popularity falls with the rank.
        return rng.choices(skus, [1 / (rank + 2) for rank in range(len(skus))])[0]
