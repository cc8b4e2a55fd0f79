"""The receipt beside the catalogue: each line as bought, and what differs now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from dealt.deals import Line
from dealt.kernel.db import Record

Mood = Literal["", "positive", "negative", "warning"]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is otherwise now, in a few words; ``about`` says it whole."""

    words: str
    about: str
    mood: Mood = ""


@dataclass(frozen=True, slots=True)
class BoughtLine:
    """A line of the receipt. ``now`` is its product's row in the catalogue, None where there is none."""

    line: Line
    name: str
    custom_id: str | None
    image_url: str | None
    now: Record | None
    differences: Sequence[Difference] = field(default_factory=tuple)
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_returned(self) -> bool:
        """Whether all of it came back."""
        return bool(self.line.quantity) and self.line.returned_quantity >= self.line.quantity


_KNOWN = {
    "id", "name", "image_url", "product_url", "product_id", "product_custom_id", "quantity", "value", "currency",
    "discount", "tax", "total", "returned_quantity", "refunded_value",
}  # fmt: skip


def receipt(lines: Sequence[Line], products: Mapping[int, Record]) -> list[BoughtLine]:
    """The lines in their order, each with its product as the catalogue has it now."""
    return [_bought(line, products.get(line.product_id or 0)) for line in lines]


def _bought(line: Line, now: Record | None) -> BoughtLine:
    sent = line.receipt
    custom_id = sent.get("product_custom_id") or (now["custom_id"] if now else None)
    name = str(sent.get("name") or (now["name"] if now else "") or custom_id or f"Product {sent.get('product_id')}")
    image = sent.get("image_url") or (now["image_url"] if now else None)
    extra = {key: value for key, value in sent.items() if key not in _KNOWN and value not in (None, "")}
    return BoughtLine(
        line, name, None if custom_id is None else str(custom_id), image if isinstance(image, str) else None, now,
        tuple(_differences(line, name, now)), extra,
    )  # fmt: skip


def _differences(line: Line, name: str, now: Record | None) -> list[Difference]:
    if now is None:
        return [Difference("not in the catalogue", "The catalogue has no such product now.", "warning")]
    found = []
    if now["name"] and now["name"] != name:
        found.append(Difference("renamed", f"It is called {now['name']} now."))
    if now["price"] is not None and now["currency"] == line.currency and line.value:
        found += _price(line.value, now["price"])
    if now["quantity"] is not None and now["quantity"] <= 0:
        found.append(Difference("out of stock", "There is none left.", "warning"))
    return found


def _price(bought: Decimal, now: Decimal) -> list[Difference]:
    if now == bought:
        return []
    share = abs(now - bought) / abs(bought) * 100
    told = f"{share:.0f} %" if share >= 1 else "a little"
    if now < bought:
        return [Difference(f"{told} cheaper", "The price fell since.", "positive")]
    return [Difference(f"{told} dearer", "The price rose since.", "negative")]
