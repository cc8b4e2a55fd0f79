"""Receipt lines: what a request says of them, and how a resent list meets the lines that are there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import msgspec

from dealt.deals.model import Line
from dealt.kernel.errors import InvalidInput
from dealt.kernel.money import AMOUNT_LIMIT, parse_amount, parse_currency
from dealt.products import ProductFacts

MOST_LINES = 1_000
LONGEST_KEY = 255
LARGEST_LINE = 16_384
_MICRO = Decimal("0.000001")
_ZERO, _ONE = Decimal(0), Decimal(1)
_NUMBERS = ("quantity", "value", "discount", "tax", "total", "returned_quantity", "refunded_value")
_NOT_NEGATIVE = ("quantity", "returned_quantity", "refunded_value")
_PRODUCT = ("product_id", "product_custom_id")
# What shops say of a line that is no product: a fee, shipping, something that was typed in.
_NO_PRODUCT = (None, "", 0, "0")
# What a line keeps when its product is sent again without saying anything about these.
_KEPT = ("name", "image_url", "product_url", "returned_quantity", "refunded_value")


class LineDraft(msgspec.Struct, kw_only=True, gc=False):
    """One sent line, its known keys checked. ``sent`` is the line verbatim."""

    id: int | None = None
    product_id: int | None = None
    product_custom_id: str | None = None
    currency: str | None = None
    numbers: dict[str, Decimal] = {}
    sent: dict[str, Any]


def parse_lines(value: Any) -> list[LineDraft]:
    """The drafts of a sent ``order_products``. Raises InvalidInput naming ``order_products.<index>.<key>``."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise InvalidInput.of("order_products", "A list of lines is needed.")
    if len(value) > MOST_LINES:
        raise InvalidInput.of("order_products", f"A deal has at most {MOST_LINES} lines.")
    return [parse_line(sent, f"order_products.{index}") for index, sent in enumerate(value)]


def parse_line(sent: Any, place: str) -> LineDraft:
    """The draft of one sent line; ``place`` is how errors name it. A line with an ``id`` may be partial."""
    if not isinstance(sent, dict):
        raise InvalidInput.of(place, "A line is an object.")
    draft = LineDraft(sent=sent, numbers={})
    is_short = len(sent) <= 12
    for key, value in sent.items():
        read = _READERS.get(key)
        if read is None:
            is_short = is_short and _is_short(key, value)
        elif value is not None and value != "":
            try:
                read(draft, key, value)
            except ValueError as error:
                raise InvalidInput.of(f"{place}.{key}", str(error)) from None
    if draft.id is None:
        _check_complete(draft, place)
    if not is_short and len(msgspec.json.encode(sent)) > LARGEST_LINE:
        raise InvalidInput.of(place, f"A line has at most {LARGEST_LINE} bytes.")
    return draft


def merge_lines(
    before: Sequence[Line],
    drafts: Sequence[LineDraft],
    product_of: Callable[[LineDraft], int | None],
    facts: Mapping[int, ProductFacts],
    currency: str | None,
    last_line_id: int,
) -> list[Line]:
    """The whole new list: drafts meet lines by line id, else by product and ordinal; new ones get fresh ids.

    Raises InvalidInput for a line id that the deal does not have, and for a line that cannot be priced.
    """
    by_id = {line.id: line for line in before}
    by_product: dict[Hashable, list[Line]] = defaultdict(list)
    named = {draft.id for draft in drafts}
    for line in before:
        if line.id not in named:
            by_product[_product_key(line.product_id, line.receipt)].append(line)
    merged: list[Line] = []
    met: set[int] = set()
    for position, draft in enumerate(drafts):
        place = f"order_products.{position}"
        draft, matched = _match(draft, by_id, by_product, product_of, place)
        if matched is None:
            last_line_id += 1
        line_id = matched.id if matched else last_line_id
        if line_id in met:
            raise InvalidInput.of(f"{place}.id", f"Line {line_id} is given twice.")
        met.add(line_id)
        if matched is not None and _names_the_same(draft, matched.receipt):
            product_id, known = matched.product_id, None
        else:
            product_id = product_of(draft)
            known = facts.get(product_id or 0)
        merged.append(_build(draft, line_id, position, product_id, known, currency, place))
    return merged


def restore_line(draft: LineDraft, line_id: int, product_id: int | None, currency: str | None) -> Line:
    """A line as its whole receipt says; it goes where its id says, since a receipt does not tell its place."""
    return _build(draft, line_id, line_id - 1, product_id, None, currency, f"order_products.{line_id}")


def totals(lines: Sequence[Line], currency: str | None, value: Decimal | None) -> tuple[Any, Decimal, Any]:
    """``(lines_total, refunded_total, net_value)`` in the deal's currency.

    Without lines the deal's own value is all there is. Lines in another currency never add up silently: the total
    is None then.
    """
    if not lines:
        return None, _ZERO, value
    if any(line.currency != currency for line in lines):
        return None, _ZERO, value
    total = sum((line.total for line in lines), _ZERO)
    refunded = sum((line.refunded_value for line in lines), _ZERO)
    for amount in (total, refunded, total - refunded):
        if abs(amount) >= AMOUNT_LIMIT:
            raise InvalidInput.of("order_products", "The lines' total is too large.")
    return total, refunded, total - refunded


def line_total(draft: LineDraft) -> Decimal:
    """What a complete line costs: its explicit total, else quantity x unit price - discount. Raises InvalidInput."""
    total = draft.numbers.get("total")
    if total is None:
        value = draft.numbers["value"]
        total = draft.numbers.get("quantity", _ONE) * value - draft.numbers.get("discount", _ZERO)
        if abs(total) < AMOUNT_LIMIT:
            total = total.quantize(_MICRO, ROUND_HALF_EVEN)
        if abs(total) >= AMOUNT_LIMIT:
            raise InvalidInput.of("order_products", "A line's total is too large.")
    return total


def _match(
    draft: LineDraft,
    by_id: Mapping[int, Line],
    by_product: Mapping[Hashable, list[Line]],
    product_of: Callable[[LineDraft], int | None],
    place: str,
) -> tuple[LineDraft, Line | None]:
    if draft.id is not None:
        line = by_id.get(draft.id)
        if line is not None:
            draft = parse_line(_without_product(line.receipt, draft) | draft.sent, place)
            _check_complete(draft, place)
            return draft, line
        if by_id:
            raise InvalidInput.of(f"{place}.id", f"The deal has no line {draft.id}.")
        _check_complete(draft, place)
        return draft, None
    same = by_product.get(_product_key(product_of(draft), draft.sent))
    if not same:
        return draft, None
    line = same.pop(0)
    kept = {key: line.receipt[key] for key in _KEPT if key in line.receipt and key not in draft.sent}
    return (parse_line(kept | draft.sent, place) if kept else draft), line


def _without_product(receipt: Mapping[str, Any], draft: LineDraft) -> dict[str, Any]:
    """The receipt, its product's names left out where the draft names a product."""
    is_named = draft.product_id is not None or draft.product_custom_id is not None
    return {key: value for key, value in receipt.items() if not (is_named and key in _PRODUCT)}


def _build(
    draft: LineDraft,
    line_id: int,
    position: int,
    product_id: int | None,
    facts: ProductFacts | None,
    currency: str | None,
    place: str,
) -> Line:
    receipt = dict(draft.sent)
    if facts is not None:
        for key, known in (("name", facts.name), ("image_url", facts.image_url), ("product_url", facts.product_url)):
            if known and not receipt.get(key):
                receipt[key] = known
    receipt["id"] = line_id
    quantity, value, total = _price(draft)
    returned, refunded = _refund(draft, quantity, total, place)
    return Line(
        id=line_id, position=position, product_id=product_id, quantity=quantity, value=value,
        currency=draft.currency or currency, total=total, returned_quantity=returned, refunded_value=refunded,
        receipt=receipt,
    )  # fmt: skip


def _price(draft: LineDraft) -> tuple[Decimal, Decimal, Decimal]:
    """``(quantity, unit price, line total)``; an explicit total is exact and the unit price follows from it."""
    total, value = line_total(draft), draft.numbers.get("value")
    quantity = draft.numbers.get("quantity", _ONE)
    if value is None:
        value = (total / quantity).quantize(_MICRO, ROUND_HALF_EVEN) if quantity else _ZERO
        if abs(value) >= AMOUNT_LIMIT:
            raise InvalidInput.of("order_products", "A line's unit price is too large.")
    return quantity, value, total


def _refund(draft: LineDraft, quantity: Decimal, total: Decimal, place: str) -> tuple[Decimal, Decimal]:
    """``(returned quantity, refunded value)``: goods that came back are refunded at the line's price unless told."""
    returned = draft.numbers.get("returned_quantity", _ZERO)
    if returned > quantity:
        raise InvalidInput.of(f"{place}.returned_quantity", f"More than the quantity of the line, {quantity}.")
    refunded = draft.numbers.get("refunded_value")
    if refunded is None:
        refunded = (total * returned / quantity).quantize(_MICRO, ROUND_HALF_EVEN) if returned else _ZERO
    return returned, refunded


def _check_complete(draft: LineDraft, place: str) -> None:
    # A key without a value says that there is no product: one that was deleted, say. No key at all is a mistake.
    if not any(key in draft.sent for key in _PRODUCT) and not _name(draft.sent):
        raise InvalidInput.of(place, "A line needs a product_id, a product_custom_id or a name.")
    if "value" not in draft.numbers and "total" not in draft.numbers:
        raise InvalidInput.of(f"{place}.value", "This field is required: the price of one piece.")


def _is_short(key: str, value: Any) -> bool:
    """Whether a dozen of such can be no long line; spares most lines from being measured."""
    return len(key) <= LONGEST_KEY and (
        len(value) <= LONGEST_KEY if isinstance(value, str) else not isinstance(value, list | dict)
    )


def _names_the_same(draft: LineDraft, receipt: Mapping[str, Any]) -> bool:
    """Whether a draft speaks of the product that the receipt names; what was frozen then stays frozen."""
    return all(str(draft.sent.get(key)) == str(receipt.get(key)) for key in _PRODUCT)


def _product_key(product_id: int | None, sent: Mapping[str, Any]) -> Hashable:
    """What a line is about: a product, a number that the catalogue never gave out, else what the line is called."""
    if product_id is not None:
        return product_id
    sent_id = sent.get("product_id")
    return ("unknown", str(sent_id)) if sent_id not in _NO_PRODUCT else ("named", _name(sent))


def _name(sent: Mapping[str, Any]) -> str:
    name = sent.get("name")
    return name.strip() if isinstance(name, str) else ""


def _read_number(draft: LineDraft, key: str, value: Any) -> None:
    number = parse_amount(value)
    if key in _NOT_NEGATIVE and number < 0:
        raise ValueError("A number of 0 or more is needed.")
    draft.numbers[key] = number


def _read_currency(draft: LineDraft, _key: str, value: Any) -> None:
    draft.currency = parse_currency(value)


def _read_custom_id(draft: LineDraft, _key: str, value: Any) -> None:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST_KEY:
        raise ValueError(f"A text of 1 to {LONGEST_KEY} characters is needed.")
    draft.product_custom_id = text.strip()


def _read_product_id(draft: LineDraft, key: str, value: Any) -> None:
    if isinstance(value, bool) or value not in _NO_PRODUCT:
        _read_id(draft, key, value)


def _read_id(draft: LineDraft, key: str, value: Any) -> None:
    number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
    largest = 2**31 if key == "id" else 2**63
    if isinstance(number, bool) or not isinstance(number, int) or not 0 < number < largest:
        raise ValueError("A whole number above 0 is needed.")
    setattr(draft, key, number)


_READERS: dict[str, Callable[[LineDraft, str, Any], None]] = {
    "id": _read_id,
    "product_id": _read_product_id,
    "product_custom_id": _read_custom_id,
    "currency": _read_currency,
} | dict.fromkeys(_NUMBERS, _read_number)
