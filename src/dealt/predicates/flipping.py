"""What stands behind a condition now, and what would make it say the opposite: a sentence for whoever asks why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from dealt.predicates.catalogue import FilterField, Kind
from dealt.predicates.checked import (
    AllOf,
    Checked,
    CountTest,
    FieldTest,
    FigureTest,
    Inverse,
    Leaf,
    MemberTest,
    OneOf,
    PickTest,
    leaves,
)
from dealt.predicates.describe import figure_label
from dealt.predicates.telling import compared, listed, tell_value


def flips(leaf: Leaf, *, holds: bool, found: Any, related: Sequence[int], zone: ZoneInfo) -> str:
    """``found`` is what was read: the field's value, the ids belonged to, the number of rows, or the figure."""
    match leaf:
        case CountTest():
            return _of_count(leaf, holds, found)
        case FigureTest():
            names = leaf.result if leaf.measure in ("min", "max") else None
            return _of_value(figure_label(leaf), leaf, holds, _told(names, leaf.result.kind, found, zone))
        case FieldTest(field=field):
            return _of_value(field.label, leaf, holds, _told(field, field.kind, found, zone))
        case MemberTest():
            return _of_members(leaf, holds, found or ())
        case PickTest(relation=relation, pick=pick):
            if not related:
                return f"There is no such {relation.one}."
            return f"Another {pick} {relation.one} may change it, and so may a change of this one."


def deciding(node: Checked, held: Mapping[str, bool]) -> set[str]:
    """The paths of the conditions each of which, the other way round by itself, turns the whole answer round."""
    answer = _evaluated(node, lambda leaf: held[leaf.path])
    paths = [leaf.path for leaf in leaves(node)]
    return {path for path in paths if _evaluated(node, _turned(held, path)) != answer}


def _turned(held: Mapping[str, bool], path: str) -> Callable[[Leaf], bool]:
    return lambda leaf: held[leaf.path] != (leaf.path == path)


def _evaluated(node: Checked, holds: Callable[[Leaf], bool]) -> bool:
    match node:
        case AllOf(parts):
            return all(_evaluated(part, holds) for part in parts)
        case OneOf(parts):
            return any(_evaluated(part, holds) for part in parts)
        case Inverse(part):
            return not _evaluated(part, holds)
        case leaf:
            return holds(leaf)


def _of_count(leaf: CountTest, holds: bool, number: int) -> str:
    relation = leaf.relation
    such = "" if leaf.where == AllOf(()) else "such "
    there = f"There is {'1' if number else 'no'} {such}{relation.one}"
    if number > 1:
        there = f"There are {number} {such}{relation.label}"
    needed, word = _needed(leaf, holds, number)
    if word == "fewer" and needed > number:
        return f"{there}; nothing would change it."
    return f"{there}; {needed} {word} would change it."


def _needed(leaf: CountTest, holds: bool, number: int) -> tuple[int, str]:
    """How many related rows more or fewer turn the answer round."""
    wants_many = leaf.quantifier in ("any", "at_least")
    if wants_many != holds:
        return leaf.count - number + (0 if wants_many else 1), "more"
    return number - leaf.count + (1 if wants_many else 0), "fewer"


def _of_value(label: str, leaf: FieldTest | FigureTest, holds: bool, told: str) -> str:
    names = leaf.field.names if isinstance(leaf, FieldTest) else {}
    wanted = leaf.operator.sentence.format(field="it", value=compared(leaf.operator, leaf.value, names))
    label = label[:1].upper() + label[1:]
    return f"{label} is {told}. This holds {'as long as' if holds else 'once'} {wanted}."


def _told(field: FilterField | None, kind: Kind, found: Any, zone: ZoneInfo) -> str:
    if found is None or found in ("", "[]"):
        return "not set"
    if kind in (Kind.CHOICES, Kind.JSON) and isinstance(found, str):
        decoded = msgspec.json.decode(found)
        return listed(decoded) if isinstance(decoded, list) and kind is Kind.CHOICES else "set"
    if isinstance(found, bool):
        return str(found).lower()
    if isinstance(found, int):
        found = Decimal(found)
    if isinstance(found, datetime):
        return tell_value(found.astimezone(zone).replace(microsecond=0), {})
    if isinstance(found, Decimal | date | str):
        return tell_value(_short(found), field.names if field else {})
    return tell_value(found, {})


def _short(found: Any) -> Any:
    """A number without idle zeros, and no more digits than somebody reads."""
    if not isinstance(found, Decimal):
        return found
    rounded = round(found, 6)
    return rounded.to_integral_value() if rounded == rounded.to_integral_value() else rounded.normalize()


def _of_members(leaf: MemberTest, holds: bool, ids: Collection[int]) -> str:
    names = {member: name for name, member in leaf.membership.ids.items()}
    of = [one for one in leaf.value if one in ids]
    lacking = [one for one in leaf.value if one not in ids]
    has = f"It has {listed([names[one] for one in of])} of these" if of else "It has none of these"
    if leaf.operator.name == "in_all":
        change = "one fewer" if holds else listed([names[one] for one in lacking]) + " as well"
    elif (leaf.operator.name == "in_any") == holds:
        change = "one fewer" if len(of) == 1 else "none of them"
    else:
        change = "one of them"
    return f"{has}; {change} would change it."
