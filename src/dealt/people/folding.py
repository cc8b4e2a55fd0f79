"""What a contact takes from those that are merged into it, and gives back: rules without any I/O.

Images are rows of ``contacts`` as JSON. The parent's value wins, else that of the lowest id; what every contact has
from the beginning (such as a score of 0) counts as no value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from dealt.contacts import BLANK
from dealt.kernel.journal import same_json

Image = dict[str, Any]
Rule = Callable[[str, Any, Sequence[Any]], Any]

_OLDEST, _NEWEST = ("first_seen",), ("last_seen", "last_contacted")
FIELDS = (*(name for name in BLANK if name not in ("tag_ids", "attributes")), "key", *_OLDEST, *_NEWEST)
COLUMNS = (*FIELDS, "tag_ids", "attributes", "page_views")
"""Every column that a merge can change."""


class Taken(msgspec.Struct):
    """What a parent took from one contact: ``[before, after]`` by field and by attribute, tags, and page views."""

    fields: dict[str, list[Any]] = {}
    attributes: dict[str, list[Any]] = {}
    tags: list[int] = []
    page_views: int = 0


def take(parent: Image, merged: Image) -> Taken:
    """Change ``parent`` to what it is with ``merged``; what it took."""
    taken = Taken(page_views=merged["page_views"])
    for name in FIELDS:
        after = _chosen(name, parent[name], [merged[name]])
        if not same_json(after, parent[name]):
            taken.fields[name] = [parent[name], after]
            parent[name] = after
    attributes = dict(parent["attributes"])
    for name, value in merged["attributes"].items():
        if attributes.get(name) is None:
            taken.attributes[name] = [attributes.get(name), value]
            attributes[name] = value
    taken.tags = [tag for tag in merged["tag_ids"] if tag not in parent["tag_ids"]]
    parent["tag_ids"] = parent["tag_ids"] + taken.tags
    parent["attributes"] = attributes
    parent["page_views"] += taken.page_views
    return taken


def give_back(parent: Image, taken: Taken, others: Sequence[tuple[Image, Taken]]) -> None:
    """Change ``parent`` to what it is without what it took.

    A value that was edited since stays. Where one of ``others``, who stay merged, has a value too, it takes the place;
    what is taken of them is changed accordingly.
    """
    for name, change in taken.fields.items():
        kept = [(image[name], theirs.fields) for image, theirs in others]
        parent[name] = _without(name, parent[name], change, kept, _chosen)
    attributes = dict(parent["attributes"])
    for name, change in taken.attributes.items():
        kept = [(image["attributes"].get(name), theirs.attributes) for image, theirs in others]
        attributes[name] = _without(name, attributes.get(name), change, kept, _first)
    parent["attributes"] = {name: value for name, value in attributes.items() if value is not None}
    for tag in taken.tags:
        keeper = next((t for i, t in others if tag in i["tag_ids"]), None)
        if keeper is not None:
            keeper.tags.append(tag)
        elif tag in parent["tag_ids"]:
            parent["tag_ids"] = [kept for kept in parent["tag_ids"] if kept != tag]
    parent["page_views"] = max(0, parent["page_views"] - taken.page_views)


def _without(
    name: str, value: Any, change: list[Any], others: Sequence[tuple[Any, dict[str, list[Any]]]], rule: Rule
) -> Any:
    """The value of one field without what a contact gave it: ``others`` are other values, and what was taken."""
    before, after = change
    if not same_json(value, after):
        # It was changed since. Where that was a later merge, its before is now what ours was.
        for _, given in others:
            if name in given and same_json(given[name][0], after):
                given[name][0] = before
        return value
    best = rule(name, before, [other for other, _ in others])
    if not same_json(best, before):
        giver = next(given for other, given in others if same_json(other, best))
        giver[name] = [before, best]
    return best


def _first(_name: str, own: Any, others: Sequence[Any]) -> Any:
    """The value of an attribute."""
    return next((value for value in (own, *others) if value is not None), None)


def _chosen(name: str, own: Any, others: Sequence[Any]) -> Any:
    """The value of a field, by its rule."""
    if name in _OLDEST or name in _NEWEST:
        moments = [at for at in (own, *others) if at is not None]
        return (min if name in _OLDEST else max)(moments, key=datetime.fromisoformat, default=None)
    return next((value for value in (own, *others) if not _is_blank(name, value)), own)


def _is_blank(name: str, value: Any) -> bool:
    return value is None or value == "" or same_json(value, BLANK.get(name))


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The columns in which two images differ."""
    return [name for name in COLUMNS if not same_json(before[name], after[name])]
