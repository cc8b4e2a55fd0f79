"""From the body of one object to its fields and its typed attributes, inside the transaction that writes it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dealt.accounts import Snapshot
from dealt.attributes.defining import ATTRIBUTES, define_for
from dealt.attributes.model import Catalogue
from dealt.attributes.typing import Assignment, assign, name_std
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.lenient import named_values
from dealt.kernel.shown import shown

LISTED = "attributes"
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Typed:
    """``values`` to store, where None clears. ``defined`` tells that this transaction changed definitions."""

    values: dict[str, Any]
    defined: bool


@dataclass(frozen=True, slots=True)
class TypedSets:
    """What became of the raw values of many objects, by their place: stored values, or why they are refused."""

    values: dict[int, dict[str, Any]]
    refused: dict[int, InvalidInput]
    defined: bool


def split_body(
    body: Mapping[str, Any], standard: Collection[str], read_only: Collection[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The standard fields of ``body``, and all else as raw attributes by name; read-only fields are dropped.

    ``Price`` is the field ``price``: an attribute never hides behind a field's name. So is ``firstName`` the field
    ``first_name``, where that is not given too. Attributes may also stand in ``attributes``, as version 1 answers
    them; one that is a key of ``body`` too has that value. Raises InvalidInput for a field in two spellings and a
    bad list.
    """
    fields: dict[str, Any] = {}
    raw: dict[str, Any] = {}
    in_list: dict[str, Any] = {}
    reserved = {*standard, *read_only, LISTED}
    seen: set[str] = set()
    for name, value in body.items():
        key = name_std(name)
        if key not in reserved and (plain := _without_humps(name)) in standard and plain not in body:
            key = plain
        if key in reserved and key in seen:
            raise InvalidInput.of(name, f"This is another spelling of {key}, which is given too.")
        seen.add(key)
        if key == LISTED:
            in_list = _listed(value, reserved)
        elif key in standard:
            fields[key] = value
        elif key not in reserved:
            raw[name] = value
    return fields, {name: value for name, value in in_list.items() if name_std(name) not in seen} | raw


def _without_humps(name: str) -> str:
    """``first_name`` for ``firstName``, as one plug-in sends it."""
    return _HUMP.sub("_", name).lower()


async def type_values(
    connection: Connection, snapshot: Snapshot, domain: str, raw: Mapping[str, Any], *, actor: str, now: datetime
) -> Typed:
    """The raw values of one object of ``domain``, typed; what they need is defined or widened first.

    Where ``defined``, the caller forgets its process's snapshot after the commit.
    Raises InvalidInput naming every attribute that refuses its value.
    """
    zone = snapshot.time_zone
    wanted = assign(snapshot.part(ATTRIBUTES), domain, raw, zone)
    if not wanted.new and not wanted.widened:
        return Typed(wanted.values, defined=False)
    catalogue = await define_for(connection, snapshot.workspace_id, domain, [raw], zone, actor=actor, now=now)
    return Typed(assign(catalogue, domain, raw, zone).values, defined=True)


async def type_sets(
    connection: Connection,
    snapshot: Snapshot,
    domain: str,
    raws: Mapping[int, Mapping[str, Any]],
    *,
    actor: str,
    now: datetime,
) -> TypedSets:
    """The raw values of many objects of ``domain``, typed; what they need is defined or widened first, all at once.

    An object that is refused takes no other with it. Where ``defined``, the caller forgets its process's snapshot
    after the commit.
    """
    zone = snapshot.time_zone
    first = {place: _assigned(snapshot.part(ATTRIBUTES), domain, raw, zone) for place, raw in raws.items()}
    needy = [
        raws[place] for place, found in first.items() if isinstance(found, Assignment) and (found.new or found.widened)
    ]
    if not needy:
        return _typed_sets(first, defined=False)
    try:
        catalogue = await define_for(connection, snapshot.workspace_id, domain, needy, zone, actor=actor, now=now)
    except InvalidInput as error:
        # There is no room for another attribute: whoever needs one is refused.
        left = {place: error if raws[place] in needy else found for place, found in first.items()}
        return _typed_sets(left, defined=True)
    return _typed_sets({place: _assigned(catalogue, domain, raw, zone) for place, raw in raws.items()}, defined=True)


def _assigned(catalogue: Catalogue, domain: str, raw: Mapping[str, Any], zone: ZoneInfo) -> Assignment | InvalidInput:
    try:
        return assign(catalogue, domain, raw, zone)
    except InvalidInput as error:
        return error


def _typed_sets(found: Mapping[int, Assignment | InvalidInput], *, defined: bool) -> TypedSets:
    values = {place: one.values for place, one in found.items() if isinstance(one, Assignment)}
    refused = {place: one for place, one in found.items() if isinstance(one, InvalidInput)}
    return TypedSets(values, refused, defined)


def merge_values(before: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Stored attributes after ``values`` have been set over them; None removes one."""
    return {name: value for name, value in {**before, **values}.items() if value is not None}


def _listed(value: Any, reserved: Collection[str]) -> dict[str, Any]:
    try:
        raw = named_values(value)
    except ValueError as error:
        raise InvalidInput.of(LISTED, str(error)) from None
    for name in raw:
        if name_std(name) in reserved:
            raise InvalidInput.of(LISTED, f"{shown(name)} is a field of its own, not an attribute.")
    return raw
