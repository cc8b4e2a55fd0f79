"""From an item of a feed to the body of a product, as the API would be sent it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dealt.feeds.parsing import Item, plain
from dealt.kernel.errors import InvalidInput

NAMED = {
    "id": "custom_id",
    "title": "name",
    "google_product_category": "category",
    "image_link": "image_url",
    "link": "product_url",
}
"""Tags of a feed that are fields of a product under another name."""
EFFECTIVE = "sale_price_effective_date"
# Amounts with a currency beside the price itself, which has fields of its own.
_AMOUNTS = frozenset({"sale_price", "cost_of_goods_sold", "auto_pricing_min_price", "maximum_retail_price"})
_NUMBERS = frozenset({"multipack", "min_handling_time", "max_handling_time"})
_FLAGS = frozenset({"adult", "is_bundle", "identifier_exists"})
_TRUTH = {"yes": True, "true": True, "y": True, "no": False, "false": False, "n": False}
# What may stand several times in a product is a list in all of them.
_LISTS = frozenset(
    {
        "tags",
        "additional_image_link",
        "product_detail",
        "product_highlight",
        "shipping",
        "tax",
        "promotion_id",
        "included_destination",
        "excluded_destination",
        "shopping_ads_excluded_country",
    }
)
# 9.99 EUR, EUR 9.99, 1,249.90 USD, 9,99 EUR
_PRICE = re.compile(r"(?P<before>[A-Z]{3})?\s*(?P<amount>[\d.,\u00a0 ]*\d)\s*(?P<after>[A-Z]{3})?")


def product_of(item: Item) -> dict[str, Any]:
    """The body of the product. Raises InvalidInput where the item has no id or title, or is too large."""
    if item.too_large:
        raise InvalidInput.of("item", "This product holds more than is read of one: 1,000,000 characters, 1,000 tags.")
    fields = plain(item.fields)
    body: dict[str, Any] = {NAMED.get(name, name): _first(name, value) for name, value in fields.items()}
    for name in ("id", "title"):
        if not body.get(NAMED[name]):
            raise InvalidInput.of(name, "A product of a feed needs this tag.")
    if "price" in body:
        body["price"], currency = _price("price", body["price"])
        if currency is not None:
            body["currency"] = currency
    if EFFECTIVE in body:
        body |= _range(str(body.pop(EFFECTIVE)))
    return {name: _typed(name, value) for name, value in body.items()}


def _first(name: str, value: Any) -> Any:
    """Fields of a product hold one value; where a feed repeats such a tag, the first counts."""
    single = name in NAMED or name in ("price", "description", EFFECTIVE)
    return value[0] if single and isinstance(value, list) else value


def _typed(name: str, value: Any) -> Any:
    """The value as what the tag is known to be; all other tags are texts, so that a GTIN keeps its zeros."""
    if name in _AMOUNTS and isinstance(value, str):
        return float(_price(name, value)[0])
    if name in _NUMBERS and isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else value
    if name in _FLAGS and isinstance(value, str):
        return _TRUTH.get(value.lower(), value)
    if name in _LISTS:
        return value if isinstance(value, list) else [value]
    return value


def _price(name: str, value: Any) -> tuple[str, str | None]:
    found = _PRICE.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None or (found["before"] and found["after"]):
        raise InvalidInput.of(name, f'"{str(value)[:60]}" is not a price such as 9.99 EUR.')
    return _point(re.sub(r"\s", "", found["amount"])), found["before"] or found["after"]


def _point(digits: str) -> str:
    """The amount with a point: what stands last is the decimal sign, a single comma before three digits is none."""
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma > point and (point >= 0 or len(digits) - comma - 1 != 3) and digits.count(",") == 1:
        return digits.replace(".", "").replace(",", ".")
    return digits.replace(",", "")


def _range(value: str) -> Mapping[str, str]:
    start, slash, end = value.partition("/")
    if not slash:
        raise InvalidInput.of(EFFECTIVE, f'"{value[:60]}" is not a range such as 2025-06-24T00:00Z/2025-07-01T00:00Z.')
    return {f"{EFFECTIVE}_start": _moment(start.strip()), f"{EFFECTIVE}_end": _moment(end.strip())}


def _moment(text: str) -> str:
    """Google leaves out the colon of a zone and the seconds; ISO 8601 as others read it has them."""
    text = re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text)
    return re.sub(r"(T\d\d:\d\d)(?=$|Z|[+-])", r"\1:00", text)
