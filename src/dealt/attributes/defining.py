"""Making, widening and removing definitions, always inside the transaction that needs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from dealt.accounts import Part, settings_changed
from dealt.attributes import queries
from dealt.attributes.model import (
    DOMAINS,
    LONGEST_NAME,
    MOST_PER_DOMAIN,
    VALUE_TYPES,
    Attribute,
    Catalogue,
    domain_word,
    is_domain,
)
from dealt.attributes.typing import Assignment, assign, name_std
from dealt.deletions import Deletion, begin, keep, put_back
from dealt.freshness import definitions_name, everything_changed
from dealt.kernel.db import Connection, Record
from dealt.kernel.errors import Conflict, InvalidInput, NotFound
from dealt.kernel.ids import next_settings_id
from dealt.kernel.journal import SETTINGS, Entry, encode, record


async def load_catalogue(connection: Connection, workspace_id: int) -> Catalogue:
    """All attributes of a workspace."""
    domains: dict[str, dict[str, Attribute]] = {domain: {} for domain in DOMAINS}
    for row in await connection.fetch(queries.LOAD, workspace_id):
        domains.setdefault(row["domain"], {})[row["name_std"]] = read_attribute(row)
    return Catalogue(domains)


def read_attribute(row: Record) -> Attribute:
    """The attribute in a row."""
    return Attribute(**dict(row) | {"choices": tuple(msgspec.json.decode(row["choices"]))})


ATTRIBUTES: Part[Catalogue] = Part("attributes", load_catalogue)


async def list_attributes(connection: Connection, workspace_id: int) -> list[Attribute]:
    """All attributes of a workspace, by id."""
    catalogue = await load_catalogue(connection, workspace_id)
    return sorted((a for known in catalogue.domains.values() for a in known.values()), key=lambda a: a.id)


async def define_for(
    connection: Connection,
    workspace_id: int,
    domain: str,
    raws: Sequence[Mapping[str, Any]],
    zone: ZoneInfo,
    *,
    actor: str,
    now: datetime,
) -> Catalogue:
    """Define or widen whatever the raw values of a set of writes need; the catalogue to assign them by.

    Runs inside the transaction of the writes: a writer that lost the race for a name sees the winner's type here.
    Raises InvalidInput when the workspace has no room for another attribute.
    """
    catalogue = await load_catalogue(connection, workspace_id)
    held = False
    for raw in raws:
        wanted = _wanted(catalogue, domain, raw, zone)
        if wanted and not held:
            # From here no other change of settings can come between; what came before is looked at once more.
            await settings_changed(connection, workspace_id)
            held = True
            catalogue = await load_catalogue(connection, workspace_id)
            wanted = _wanted(catalogue, domain, raw, zone)
        if wanted:
            await _define(connection, workspace_id, domain, wanted, actor=actor, now=now)
            catalogue = await load_catalogue(connection, workspace_id)
    return catalogue


async def create_attribute(
    connection: Connection,
    workspace_id: int,
    *,
    domain: str,
    name: str,
    value_type: str,
    now: datetime,
    choices: Sequence[str] = (),
    allow_multiple_choices: bool = False,
    description: str = "",
    actor: str = "system",
) -> Attribute:
    """Declare an attribute; an inferred one of the same name takes the declared type from here on.

    Raises InvalidInput for a bad domain, name, type or choices and where there is no room, Conflict for a name that
    is already declared.
    """
    check_definition(domain, name, value_type, choices)
    await settings_changed(connection, workspace_id)
    key = name_std(name)
    attribute_id = await next_settings_id(connection, workspace_id, "attribute")
    options = encode(list(choices))
    done = await connection.fetchval(
        queries.DEFINE, workspace_id, attribute_id, domain, name, key, value_type, options,
        allow_multiple_choices, description, True, now,
    )  # fmt: skip
    if done is None:
        done = await connection.fetchval(
            queries.DECLARE, workspace_id, domain, key, value_type, options, allow_multiple_choices, description, name
        )
    if done is None:
        raise Conflict(f'There is already a {domain_word(domain)} attribute "{key}".')
    await _check_room(connection, workspace_id, domain, 0)
    if await definitions_name(connection, workspace_id, [key]):
        # They read an attribute of this name that was deleted, or had another type.
        await everything_changed(connection, workspace_id, now)
    changes = {"name": (None, name), "value_type": (None, value_type), "domain": (None, domain)}
    entry = Entry(SETTINGS, "attribute.declared", "attribute", done, actor, changes)
    await record(connection, workspace_id, [entry], now)
    return (await load_catalogue(connection, workspace_id)).of(domain)[key]


def check_definition(domain: str, name: str, value_type: str, choices: Sequence[str]) -> None:
    """Raise InvalidInput for an unknown domain or type, a bad name, or a fixed type without choices."""
    if not is_domain(domain):
        raise InvalidInput.of("content_type", f'"{domain}" is not a valid choice.')
    if not name_std(name) or len(name) > LONGEST_NAME:
        raise InvalidInput.of("name", f"A name has 1 to {LONGEST_NAME} characters, with a letter or digit.")
    if value_type not in VALUE_TYPES:
        raise InvalidInput.of("value_type", f'"{value_type}" is not a valid choice.')
    if value_type == "fixed" and not choices:
        raise InvalidInput.of("choices", "A fixed attribute needs its choices.")


async def delete_attribute(
    connection: Connection, workspace_id: int, attribute_id: int, *, now: datetime, actor: str = "system"
) -> int | None:
    """Remove a definition; values stay stored and come back if the name is defined again. Raises NotFound.

    By which deletion the definition itself comes back.
    """
    await settings_changed(connection, workspace_id)
    refuse_computed(await connection.fetchval(queries.FILLED_BY, workspace_id, attribute_id))
    name = await connection.fetchval(queries.NAME_OF, workspace_id, attribute_id)
    if name is None:
        raise NotFound
    kept = await begin(connection, workspace_id, actor, "attribute", attribute_id, name, now)
    await keep(connection, workspace_id, kept, "attributes", "t.id = $3", attribute_id)
    row = await connection.fetchrow(queries.DELETE, workspace_id, attribute_id)
    await everything_changed(connection, workspace_id, now)
    changes = {"name": (row["name"], None), "domain": (row["domain"], None)}
    entry = Entry(SETTINGS, "attribute.deleted", "attribute", attribute_id, actor, changes)
    await record(connection, workspace_id, [entry], now)
    return kept


async def restore_attribute(
    connection: Connection, workspace_id: int, deletion: Deletion, *, now: datetime, actor: str
) -> None:
    """Bring a definition back with its type and choices. Raises Conflict where its name is taken."""
    await settings_changed(connection, workspace_id)
    if (await put_back(connection, workspace_id, deletion, "attributes", changes="'{\"indexed\": false}'::jsonb"))[
        0
    ] == 0:
        raise Conflict(f'There is another attribute "{deletion.name}" now. Rename or delete that first.')
    await everything_changed(connection, workspace_id, now)
    changes = {"name": (None, deletion.name), "restored": (None, True)}
    entry = Entry(SETTINGS, "attribute.created", "attribute", deletion.object_id, actor, changes)
    await record(connection, workspace_id, [entry], now)


def refuse_computed(aggregator_id: int | None) -> None:
    """Raise Conflict for an attribute that is computed."""
    if aggregator_id is not None:
        raise Conflict("An aggregator or an RFM fills this attribute; change or delete that.")


def _wanted(catalogue: Catalogue, domain: str, raw: Mapping[str, Any], zone: ZoneInfo) -> Assignment | None:
    """What ``raw`` needs that is not defined yet; nothing where a value is refused anyhow."""
    try:
        wanted = assign(catalogue, domain, raw, zone)
    except InvalidInput:
        return None
    return wanted if wanted.new or wanted.widened else None


async def _define(
    connection: Connection, workspace_id: int, domain: str, wanted: Assignment, *, actor: str, now: datetime
) -> None:
    entries = []
    if wanted.new:
        await _check_room(connection, workspace_id, domain, len(wanted.new))
        if await definitions_name(connection, workspace_id, wanted.new):
            # They read an attribute of this name that was deleted.
            await everything_changed(connection, workspace_id, now)
    for key, (name, value_type) in wanted.new.items():
        attribute_id = await next_settings_id(connection, workspace_id, "attribute")
        values = (workspace_id, attribute_id, domain, name, key, value_type, "[]", False, "", False, now)
        if await connection.fetchval(queries.DEFINE, *values):
            changes: dict[str, tuple[Any, Any]] = {
                "name": (None, name), "value_type": (None, value_type), "domain": (None, domain)
            }  # fmt: skip
            entries.append(Entry(SETTINGS, "attribute.inferred", "attribute", attribute_id, actor, changes))
    for key, warning in wanted.widened.items():
        widened = await connection.fetchval(queries.WIDEN, workspace_id, domain, key, warning)
        if widened:
            await everything_changed(connection, workspace_id, now)
            changes = {"value_type": (None, "string"), "warning": ("", warning)}
            entries.append(Entry(SETTINGS, "attribute.widened", "attribute", widened, actor, changes))
    await record(connection, workspace_id, entries, now)


async def _check_room(connection: Connection, workspace_id: int, domain: str, wanted: int) -> None:
    if await connection.fetchval(queries.COUNT, workspace_id, domain) + wanted > MOST_PER_DOMAIN:
        raise InvalidInput.of(
            "attributes",
            f"There are at most {MOST_PER_DOMAIN} {domain_word(domain)} attributes; delete some, or send known names.",
        )
