"""The arguments of a list of products."""

from __future__ import annotations

from collections.abc import Mapping

from dealt.accounts import Snapshot
from dealt.kernel.clock import parse_datetime
from dealt.kernel.errors import InvalidInput
from dealt.kernel.paging import Order
from dealt.kernel.sql import Sql, sql
from dealt.products import with_custom_id

_ORDERS = {
    "id": Order("id"),
    "-id": Order("id", descending=True),
    "updated_at": Order("updated_at"),
    "-updated_at": Order("updated_at", descending=True),
}
_COMPARISONS = {"updated_at__gte": "updated_at >= {}", "updated_at__lt": "updated_at < {}"}
_EQUALS = {"category": "category = {}", "name": "starts_with(lower(name), lower({}))"}
_OTHERS = {"custom_id", "ordering", "page", "page_size", "limit", "cursor"}


def parse_conditions(args: Mapping[str, str], snapshot: Snapshot) -> list[Sql]:
    """What the arguments narrow the list to. Raises InvalidInput for an unknown argument or a bad date."""
    conditions = []
    for name, text in args.items():
        if name in _COMPARISONS:
            conditions.append(_compare(name, text, snapshot))
        elif name in _EQUALS:
            conditions.append(sql(_EQUALS[name], text))
        elif name == "custom_id":
            conditions.append(with_custom_id(snapshot.workspace_id, text))
        elif name not in _OTHERS:
            raise InvalidInput.of(name, "This list cannot be narrowed by this argument.")
    return conditions


def parse_order(args: Mapping[str, str]) -> Order:
    """The order that ``ordering`` asks for, else by id. Raises InvalidInput."""
    order = _ORDERS.get(args.get("ordering") or "id")
    if order is None:
        raise InvalidInput.of("ordering", f"Use one of {', '.join(_ORDERS)}.")
    return order


def _compare(name: str, text: str, snapshot: Snapshot) -> Sql:
    seconds = text.isascii() and text.isdigit() and len(text) < 20
    try:
        moment = parse_datetime(int(text) if seconds else text, snapshot.time_zone)
    except ValueError as error:
        raise InvalidInput.of(name, str(error)) from None
    return sql(_COMPARISONS[name], moment)
