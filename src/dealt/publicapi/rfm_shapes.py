"""How an RFM is shown, with its matrix."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dealt.kernel.clock import iso
from dealt.publicapi.dispatch import PREFIX
from dealt.rfm import FIGURES, GROUPS, SCORED, SCORES, Cell, Edges, Rfm, group_of

_CENT = Decimal("0.01")


@dataclass
class _Sum:
    users: int = 0
    value: Decimal = Decimal(0)

    def add(self, cell: Cell) -> None:
        self.users += cell.users
        self.value += cell.value

    def told(self, total: int) -> dict[str, Any]:
        """``share`` is of all customers; money is in base currency."""
        average = None if not self.users else str((self.value / self.users).quantize(_CENT))
        share = round(self.users / total, 4) if total else 0.0
        return {"users": self.users, "share": share, "value": str(self.value.quantize(_CENT)), "average_value": average}


def rfm_shape(rfm: Rfm, origin: str) -> dict[str, Any]:
    """An RFM as it was asked for, what was made for it, and the edges in force."""
    address = _address(rfm, origin)
    groups = [
        {"name": group.name, "segment": segment_id, "users": f"{origin}{PREFIX}/segments/{segment_id}/users/"}
        for group, segment_id in zip(GROUPS, rfm.segment_ids, strict=True)
    ]
    return {
        "id": rfm.id,
        **rfm.told,
        "aggregators": list(rfm.aggregator_ids),
        "attributes": [rfm.attribute(name) for name in (*FIGURES, *SCORED)],
        "segments": groups,
        "users": f"{address}users/",
        **edges_shape(rfm.edges),
        "revision": rfm.revision,
        "refreshed_at": rfm.refreshed_at and iso(rfm.refreshed_at),
        "next_refresh_at": rfm.next_refresh_at and iso(rfm.next_refresh_at),
        "created_at": rfm.created_at and iso(rfm.created_at),
        "updated_at": rfm.updated_at and iso(rfm.updated_at),
    }


def edges_shape(edges: Edges | None) -> dict[str, Any]:
    """The least of the scores 2 to 5; null before there are any."""
    return {"edges": edges and edges.told, "ranked_users": edges and edges.customers}


def matrix_shape(cells: Sequence[Cell], rfm: Rfm | None, origin: str) -> dict[str, Any]:
    """All 25 cells of recency and frequency, how many of each have which monetary score, and the groups."""
    total = sum(cell.users for cell in cells)
    by_cell, by_group = defaultdict[tuple[int, int], _Sum](_Sum), defaultdict[str, _Sum](_Sum)
    spread: dict[tuple[int, int], Counter[int]] = defaultdict(Counter)
    for cell in cells:
        place = (cell.recency, cell.frequency)
        by_cell[place].add(cell)
        by_group[group_of(*place)].add(cell)
        spread[place][cell.monetary] += cell.users
    base = f"{_address(rfm, origin)}users/" if rfm else None
    return {
        "customers": total,
        "cells": [
            {"r": r, "f": f, "group": group_of(r, f)} | by_cell[r, f].told(total)
            | {"by_monetary": [spread[r, f][m] for m in SCORES], "list": base and f"{base}?r={r}&f={f}"}
            for r, f in _places()
        ],
        "groups": [
            {"name": one.name, "description": one.description, "r": list(one.recency), "f": list(one.frequency)}
            | by_group[one.name].told(total)
            for one in GROUPS
        ],
    }  # fmt: skip


def _places() -> Iterable[tuple[int, int]]:
    return ((r, f) for r in reversed(SCORES) for f in SCORES)


def _address(rfm: Rfm, origin: str) -> str:
    return f"{origin}{PREFIX}/rfm/{rfm.id}/"
