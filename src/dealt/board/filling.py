"""SQL made of parts that are SQL."""

from __future__ import annotations

from dealt.kernel.sql import Sql


def filled(text: str, **parts: Sql) -> Sql:
    """``text`` with these parts in the places that name them."""
    whole = Sql("")
    for piece in text.split("{"):
        name, closed, rest = piece.partition("}")
        whole += parts[name] + Sql(rest) if closed else Sql(piece)
    return whole
