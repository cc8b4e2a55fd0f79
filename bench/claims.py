"""A claim: what we say, what was measured, the limit that the same run measured, and whether the claim holds."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import msgspec

from bench.machine import calibration_ms, load


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """``figure`` and ``limit`` are in ``unit``; ``ratio`` is what ``bar`` speaks about.

    ``limit`` is what ``limit_is`` says: a figure of the same run, or the bar itself where it is absolute.
    """

    claim: str
    figure: float
    unit: str
    limit: float
    limit_is: str
    ratio: float
    bar: str
    holds: bool
    load: float = 0.0
    calibration_ms: float = 0.0


def compared(
    claim: str,
    *,
    figure: float,
    limit: float,
    limit_is: str,
    ratio: float,
    unit: str,
    at_least: float = 0.0,
    at_most: float | None = None,
) -> Claim:
    """A claim about the ``ratio`` of two figures of the same run: ``at_least``, or ``at_most`` where that is given."""
    bar, holds = (
        (f">= {at_least:g} x", ratio >= at_least) if at_most is None else (f"<= {at_most:g} x", ratio <= at_most)
    )
    return Claim(
        claim=claim, figure=figure, unit=unit, limit=limit, limit_is=limit_is, ratio=ratio, bar=bar, holds=holds
    )


def bounded(claim: str, *, figure: float, unit: str, at_most: float | None = None, at_least: float = 0.0) -> Claim:
    """A claim that ``figure`` stays within a bar of its own."""
    limit, sign = (at_least, ">=") if at_most is None else (at_most, "<=")
    holds = figure >= limit if at_most is None else figure <= limit
    return Claim(
        claim=claim, figure=figure, unit=unit, limit=limit, limit_is="the bar is", ratio=figure / limit,
        bar=f"{sign} {limit:g} {unit}", holds=holds,
    )  # fmt: skip


def observed(claim: str, *, figure: float, unit: str) -> Claim:
    """A figure that belongs beside the claims and is no claim itself."""
    return Claim(
        claim=claim, figure=figure, unit=unit, limit=figure, limit_is="itself", ratio=1.0, bar="for information",
        holds=True,
    )  # fmt: skip


def show(claims: Iterable[Claim], *, as_json: bool) -> bool:
    """Print each claim as it comes, with the machine's state at that moment; whether all hold."""
    all_hold = True
    for one in claims:
        told = msgspec.structs.replace(one, load=round(load(), 2), calibration_ms=round(calibration_ms(), 1))
        print(msgspec.json.encode(told).decode() if as_json else _line(told), flush=True)
        all_hold &= told.holds
    return all_hold


def progress(text: str) -> None:
    """Tell on standard error what is being measured."""
    print(f"  {text}", file=sys.stderr, flush=True)


def _line(one: Claim) -> str:
    machine = f"        machine: load {one.load:.2f}, calibration loop {one.calibration_ms:.0f} ms"
    figure = f"{one.figure:,.5g} {one.unit}"
    if not one.bar:
        return f"[ info] {one.claim}\n        {figure}\n{machine}"
    verdict = "holds" if one.holds else "FAILS"
    compared_with = f"{one.limit_is} {one.limit:,.5g} {one.unit}; ratio {one.ratio:.3g} ({one.bar})"
    return f"[{verdict}] {one.claim}\n        {figure}; {compared_with}\n{machine}"
