"""How the catalogue changed during the year: dated edits, and what a product was at an instant."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from dealt.demo.catalogue import Row, name_of, products, read_data, sku_of
from dealt.demo.instants import stamp


def product_edits(now: datetime) -> tuple[Row, ...]:
    """The year's changes of price and name, oldest first.

    Each is ``{"custom_id", "at", "before": {...}, "after": {...}}`` with the fields that changed.
    """
    edits = (edit for family in read_data("products") for edit in _family_edits(family, now))
    return tuple(sorted(edits, key=lambda edit: (edit["at"], edit["custom_id"])))


def _family_edits(family: Row, now: datetime) -> Iterator[Row]:
    later = {"name": family["name"], "price": family["price"]}
    for earlier in sorted(family.get("before", ()), key=lambda entry: int(entry["days_ago"])):
        changed = [field for field in ("name", "price") if field in earlier]
        at = (now - timedelta(days=earlier["days_ago"])).replace(hour=5, minute=0, second=0)
        for variant in family["variants"]:
            yield {
                "custom_id": sku_of(family, variant),
                "at": stamp(at),
                "before": {field: _of_variant(field, earlier, variant) for field in changed},
                "after": {field: _of_variant(field, later, variant) for field in changed},
            }
        later |= {field: earlier[field] for field in changed}


def _of_variant(field: str, values: Row, variant: Row) -> str:
    return name_of(values["name"], variant) if field == "name" else str(values[field])


def opening_products(edits: Iterable[Row]) -> tuple[Row, ...]:
    """The catalogue before the first of ``edits``; applying them all gives today's."""
    return tuple(states[0] for _, states in _timelines(edits).values())


class Shelf:
    """What each product was called and cost at any instant of the year."""

    def __init__(self, edits: Iterable[Row]) -> None:
        self._timelines = _timelines(edits)

    def product(self, custom_id: str, at: str) -> Row:
        """The product as it was at ``at`` (a stamp)."""
        changes, states = self._timelines[custom_id]
        return states[bisect_right(changes, at)]


def _timelines(edits: Iterable[Row]) -> dict[str, tuple[list[str], list[Row]]]:
    of_product: dict[str, list[Row]] = defaultdict(list)
    for edit in edits:
        of_product[edit["custom_id"]].append(edit)
    return {product["custom_id"]: _timeline(product, of_product) for product in products()}


def _timeline(today: Row, of_product: dict[str, list[Row]]) -> tuple[list[str], list[Row]]:
    changes: list[str] = []
    states = [today]
    for edit in reversed(of_product[today["custom_id"]]):
        changes.insert(0, edit["at"])
        states.insert(0, states[0] | edit["before"])
    return changes, states
