"""From a body to an RFM as it is written; its filter and window are checked where aggregators are made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from dealt.attributes import name_std
from dealt.deals import Status
from dealt.kernel.errors import InvalidInput
from dealt.kernel.schema import Reader, flag, or_null, read_fields, refuse_unknown, text, whole_number
from dealt.kernel.shown import shown
from dealt.rfm.model import Rfm, Thresholds

WON = {"field": "status", "op": "equals", "value": int(Status.WON)}
"""Which deals count where nobody said another filter."""
LONGEST_KEY = 40
_MOST = 10**12


def _as_written(value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError("An object is needed.")
    return value


def _amount(value: Any) -> Decimal:
    try:
        amount = Decimal(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite() or abs(amount) > _MOST or amount != round(amount, 6):
        raise ValueError(f"{shown(value)} is not an amount of money.")
    return amount


def _four(reader: Reader) -> Reader:
    def read(value: Any) -> Sequence[Any]:
        if not isinstance(value, list) or len(value) != 4:
            raise ValueError("Four values are needed, between the five scores.")
        found = [reader(one) for one in value]
        if any(one >= other for one, other in pairwise(found)):
            raise ValueError("Each must be more than the one before.")
        return found

    return read


_THRESHOLDS: dict[str, Reader] = {
    "recency_days": _four(whole_number(0, 36_500)),
    "frequency": _four(whole_number(1, 1_000_000)),
    "monetary": _four(_amount),
}


def _thresholds(value: Any) -> Thresholds:
    if not isinstance(value, dict):
        raise ValueError(f"An object of {', '.join(_THRESHOLDS)} is needed, or null for quintiles.")
    try:
        refuse_unknown(value, _THRESHOLDS)
        return Thresholds(**read_fields(value, _THRESHOLDS, required=tuple(_THRESHOLDS)))
    except InvalidInput as error:
        raise ValueError(" ".join(f"{name}: {said[0]}" for name, said in error.fields.items())) from None


_DEFINING: dict[str, Reader] = {
    "filter": _as_written,
    "window": _as_written,
    "net_of_returns": flag,
    "thresholds": or_null(_thresholds),
}
FIELDS: dict[str, Reader] = {
    "name": text(100),
    "description": text(10_000, blank=True),
    "key": text(LONGEST_KEY),
    **_DEFINING,
}
# What an answer tells besides and a client may send back as it came.
TOLD = (
    "id", "aggregators", "attributes", "segments", "users", "edges", "ranked_users", "revision", "refreshed_at",
    "next_refresh_at", "matrix", "created_at", "updated_at",
)  # fmt: skip


def read_new(body: Mapping[str, Any]) -> Rfm:
    """A new one: of won deals, net of returns, by quintiles, but for what ``body`` says. Raises InvalidInput."""
    refuse_unknown(body, {*FIELDS, *TOLD})
    fields = read_fields(body, FIELDS)
    name = fields.setdefault("name", "RFM")
    fields["key"] = _key(fields.get("key") or name[:LONGEST_KEY])
    return _written(fields)


def read_preview(body: Mapping[str, Any]) -> Rfm:
    """What a body defines, whatever it is called. Raises InvalidInput."""
    refuse_unknown(body, {*FIELDS, *TOLD})
    return _written(read_fields(body, _DEFINING) | {"name": "preview", "key": "preview"})


def read_changes(body: Mapping[str, Any], before: Rfm) -> Rfm:
    """``before`` with what the body names. The key stays. Raises InvalidInput."""
    refuse_unknown(body, {*FIELDS, *TOLD})
    fields = read_fields(body, FIELDS)
    if name_std(fields.pop("key", before.key)) != before.key:
        raise InvalidInput.of("key", "The attributes keep their names; make another RFM for other ones.")
    return replace(before, **fields)


def _written(fields: Mapping[str, Any]) -> Rfm:
    defaults: dict[str, Any] = {
        "description": "",
        "filter": WON,
        "window": {},
        "net_of_returns": True,
        "thresholds": None,
    }
    return Rfm(id=0, **(defaults | dict(fields)))


def _key(name: str) -> str:
    key = name_std(name)
    if not key:
        raise InvalidInput.of("key", "A name has a letter or a digit.")
    return key
