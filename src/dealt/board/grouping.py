"""What the cards of a column are grouped by: whom a deal is assigned to, its first tag, company, or an attribute."""

from __future__ import annotations

import re
from collections.abc import Mapping
from unicodedata import combining, normalize

from dealt.accounts import MEMBERS, Snapshot, sees_only
from dealt.attributes import ATTRIBUTES
from dealt.board import queries
from dealt.board.filling import filled
from dealt.board.model import NONE, Group
from dealt.kernel.sql import Sql, sql
from dealt.tags import TAGS
from dealt.web import Visit

_ATTRIBUTE = "attributes."
_LONGEST = 100
"""Longer values are grouped by how they begin."""
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"})


def choices(visit: Visit, snapshot: Snapshot) -> dict[str, str]:
    """What this member may group by, with its label: fields first, then attributes with one value, by label."""
    fields = {
        "assigned": ("By assigned person", sees_only(visit.member) is None),
        "tag": ("By tag", True),
        "company": ("By company", visit.may("companies")),
    }
    attributes = sorted(
        (one.name, name)
        for name, one in snapshot.part(ATTRIBUTES).of("deal").items()
        if one.value_type in ("string", "fixed") and not one.allow_multiple_choices
    )
    return {name: label for name, (label, allowed) in fields.items() if allowed} | {
        _ATTRIBUTE + name: f"By {label}" for label, name in attributes
    }


def read_group(visit: Visit, snapshot: Snapshot, name: str) -> Group | None:
    """The grouping of that name; None for none, and for one that this member has not."""
    if not name or name not in choices(visit, snapshot):
        return None
    if name == "assigned":
        return _named(name, snapshot.part(MEMBERS), "d.assigned_to", are_people=True)
    if name == "tag":
        return _named(name, snapshot.part(TAGS), "d.tag_ids[1]")
    if name == "company":
        return _keyed(name, Sql(queries.COMPANY), Sql("d.company_id::text"))
    value = sql(f"nullif(left(d.attributes ->> {{}}::text, {_LONGEST}), '')", name.removeprefix(_ATTRIBUTE))
    return _keyed(name, value, value)


def _named(name: str, known: Mapping[int, str], column: str, *, are_people: bool = False) -> Group:
    """By something whose names are known; what is not among them counts as none."""
    ids = list(known)
    labels = [known[one][:_LONGEST] for one in ids]
    keys = [f"a{in_order(label)} {one}" for one, label in zip(ids, labels, strict=True)]
    found = f"({{}}::text[])[array_position({{}}::bigint[], {column})]"
    key = sql(f"(coalesce({found}, '{NONE}') COLLATE \"C\")", keys, ids)
    people = dict(zip(keys, ids, strict=True)) if are_people else None
    return Group(name, key, sql(f"coalesce({found}, '')", labels, ids), people)


def _keyed(name: str, label: Sql, value: Sql) -> Group:
    """Keys stand in the order of names, and None behind all; two of the same name have keys of their own."""
    ordered = Sql("'a' || ") + filled(queries.IN_ORDER, name=label) + Sql(" || ' ' || ") + value
    key = Sql("coalesce(") + ordered + Sql(f", '{NONE}') COLLATE \"C\"")
    return Group(name, Sql("(") + key + Sql(")"), Sql("coalesce(") + label + Sql(", '')"))


def in_order(name: str) -> str:
    """A name as ``queries.IN_ORDER`` writes it: by code point in the order in which people look for it."""
    bare = "".join(one for one in normalize("NFD", name.lower()) if not combining(one)).translate(_LETTERS)
    return re.sub("[0-9]+", lambda digits: digits[0][-10:].rjust(10, "0"), bare)
