"""The arguments of a list of products."""

from __future__ import annotations

from dealt.products import matching_name, with_custom_id
from dealt.publicapi.list_filters import Filter, amount, comparisons, moment, where

FILTERS: dict[str, Filter] = {
    "custom_id": lambda text, snapshot: with_custom_id(snapshot.workspace_id, text),
    "category": where("category = {}"),
    "name": where("starts_with(lower(name), lower({}))"),
    "search": lambda text, _: matching_name(text),
    "currency": where("currency = upper({})"),
    **comparisons("price", amount),
    **comparisons("created_at", moment),
    **comparisons("updated_at", moment),
}
ORDERS = ("id", "updated_at")
