"""Cursors: where a list goes on, in a form that only the list itself has made."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from dealt.kernel.errors import InvalidInput

LONGEST = 2_000
_SEAL = 6
_KINDS: dict[type, str] = {int: "i", str: "s", datetime: "t", date: "d", Decimal: "n", type(None): "z"}
_READ: dict[str, Callable[[Any], Any]] = {
    "i": int,
    "s": str,
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "n": Decimal,
    "z": lambda _: None,
}


def encode_cursor(value: Any, row_id: int, order: str) -> str:
    """The cursor behind a row of a list in ``order``. It is sealed against mistakes, and holds no secret."""
    kind = _KINDS[type(value)]
    content = msgspec.json.encode([kind, value if kind == "i" else str(value), row_id])
    return base64.urlsafe_b64encode(_seal(content, order) + content).decode().rstrip("=")


def decode_cursor(text: str, order: str) -> tuple[Any, int]:
    """Value and id of the last row seen. Raises InvalidInput for what no list in this order has made."""
    try:
        raw = base64.b64decode(text[:LONGEST] + "=" * (-len(text[:LONGEST]) % 4), altchars=b"-_", validate=True)
        seal, content = raw[:_SEAL], raw[_SEAL:]
        if seal != _seal(content, order):
            raise not_a_cursor()
        kind, value, row_id = msgspec.json.decode(content, type=tuple[str, Any, int])
        return _READ[kind](value), row_id
    except (ValueError, TypeError, KeyError, ArithmeticError, RecursionError, msgspec.DecodeError):
        raise not_a_cursor() from None


def not_a_cursor() -> InvalidInput:
    """The refusal of a cursor."""
    return InvalidInput.of("cursor", "This is not a cursor of this list and order; start again without one.")


def _seal(content: bytes, order: str) -> bytes:
    return hashlib.blake2b(content, digest_size=_SEAL, key=hashlib.blake2b(order.encode()).digest()).digest()
