"""The order in which definitions are computed: each after those that it follows from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dealt.freshness.derivers import Definition
from dealt.kernel.errors import InvalidInput


def check_acyclic(definitions: Iterable[Definition], place: str = "filter") -> None:
    """Raise InvalidInput for ``place``, naming the members, where definitions follow from each other in a circle."""
    circle = find_circle(list(definitions))
    if circle:
        names = " -> ".join(f'{one.kind} "{one.name}"' for one in [*circle, circle[0]])
        raise InvalidInput.of(place, f"These would follow from each other without end: {names}.")


def find_circle(definitions: Sequence[Definition]) -> list[Definition]:
    """The members of a circle, in the order in which each follows from the next; empty where there is none."""
    left = {one.reference: one for one in definitions}
    for level in _levels(left):
        for one in level:
            del left[one.reference]
    if not left:
        return []
    # Whoever is left follows from another one that is left: walking on, we come round.
    walked: list[str] = []
    at = min(left)
    while at not in walked:
        walked.append(at)
        at = min(left[at].follows & left.keys())
    return [left[reference] for reference in walked[walked.index(at) :]]


def strata(definitions: Iterable[Definition]) -> list[list[Definition]]:
    """The definitions in layers, by reference within each; none follows from one of its own layer or a later one."""
    return _levels({one.reference: one for one in definitions})


def dependents(definitions: Iterable[Definition], changed: Iterable[Definition]) -> list[Definition]:
    """The changed definitions and all that follow from them, however far."""
    known = list(definitions)
    found = {one.reference for one in changed}
    while more := {one.reference for one in known if one.follows & found} - found:
        found |= more
    return [one for one in known if one.reference in found]


def _levels(left: dict[str, Definition]) -> list[list[Definition]]:
    """Layer by layer, what follows from nothing that comes later; members of circles are left out."""
    left, levels = dict(left), list[list[Definition]]()
    while level := [one for _, one in sorted(left.items()) if not one.follows & left.keys()]:
        levels.append(level)
        for one in level:
            del left[one.reference]
    return levels
