"""``python -m bench NAME [--json] [--quick]``: measure claims and print each with the limit it is compared with."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator

from bench.api import events, reads, users, webhooks
from bench.claims import Claim, progress, show
from bench.freshness import companies, flat, live, recompute, windows
from bench.intake import bulk, growth, idle, imports, lists, single
from bench.pages import board, budget, every
from bench.plan import Plan

Measure = Callable[[Plan], Iterator[Claim]]
GROUPS: dict[str, dict[str, Measure]] = {
    "intake": {
        "single": single.measure,
        "lists": lists.measure,
        "bulk": bulk.measure,
        "imports": imports.measure,
        "idle": idle.measure,
        "growth": growth.measure,
    },
    "freshness": {
        "recompute": recompute.measure,
        "live": live.measure,
        "windows": windows.measure,
        "companies": companies.measure,
        "flat": flat.measure,
    },
    "pages": {"board": board.measure, "every": every.measure, "budget": budget.measure},
    "api": {"events": events.measure, "reads": reads.measure, "users": users.measure, "webhooks": webhooks.measure},
}


def main() -> int:
    """Measure what was named; 0 when every claim holds, else 1."""
    names = [*GROUPS, *(f"{group}.{part}" for group, parts in GROUPS.items() for part in parts)]
    parser = argparse.ArgumentParser("bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=names, help="a group of claims, or one part of it; all without one")
    parser.add_argument("--json", action="store_true", help="one JSON object a claim")
    parser.add_argument("--quick", action="store_true", help="one short round of everything, for a first impression")
    asked = parser.parse_args()
    group, _, part = (asked.name or "").partition(".")
    plan = Plan(rounds=1, seconds=3.0, quick=True) if asked.quick else Plan()
    return 0 if show(_claims(_parts(group, part), plan), as_json=asked.json) else 1


def _parts(group: str, part: str) -> dict[str, Measure]:
    """What to measure, by its full name; an empty name stands for all."""
    return {
        f"{of}.{name}": measure
        for of, parts in GROUPS.items()
        for name, measure in parts.items()
        if group in ("", of) and part in ("", name)
    }


def _claims(parts: dict[str, Measure], plan: Plan) -> Iterator[Claim]:
    for name, measure in parts.items():
        progress(f"{name} ...")
        yield from measure(plan)


if __name__ == "__main__":
    sys.exit(main())
