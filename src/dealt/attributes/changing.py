"""Changing a definition that exists; what is stored under it stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from dealt.accounts import settings_changed
from dealt.attributes import queries
from dealt.attributes.defining import check_definition, list_attributes, refuse_computed
from dealt.attributes.model import Attribute, domain_word
from dealt.attributes.typing import name_std
from dealt.freshness import everything_changed
from dealt.kernel.db import Connection
from dealt.kernel.errors import Conflict, NotFound
from dealt.kernel.journal import SETTINGS, Entry, difference, encode, record


async def update_attribute(
    connection: Connection,
    workspace_id: int,
    attribute_id: int,
    *,
    now: datetime,
    name: str | None = None,
    value_type: str | None = None,
    choices: Sequence[str] | None = None,
    allow_multiple_choices: bool | None = None,
    description: str | None = None,
    actor: str = "system",
) -> Attribute:
    """Change what is not None. A new name is for people: values stay under the standard name of the first.

    A type declares an attribute that was only inferred. Raises NotFound; InvalidInput for a bad name, type or choices;
    Conflict for another type than the declared one, and for a name that belongs to another attribute.
    """
    await settings_changed(connection, workspace_id)
    attributes = await list_attributes(connection, workspace_id)
    before = next((a for a in attributes if a.id == attribute_id), None)
    if before is None:
        raise NotFound
    refuse_computed(before.aggregator_id)
    if before.declared and value_type not in (None, before.value_type):
        raise Conflict(
            f"The declared type {before.value_type} stays. To change it, delete the attribute and declare it anew; "
            "values that do not fit the new type stay stored as they are."
        )
    if name is not None:
        _refuse_taken(attributes, before, name)
    values = (
        before.name if name is None else name,
        value_type or before.value_type,
        before.choices if choices is None else choices,
    )
    check_definition(before.domain, *values)
    await connection.execute(
        queries.UPDATE, workspace_id, attribute_id, values[0], values[1], encode(list(values[2])),
        before.allow_multiple_choices if allow_multiple_choices is None else allow_multiple_choices,
        before.description if description is None else description, value_type is not None,
    )  # fmt: skip
    after = next(a for a in await list_attributes(connection, workspace_id) if a.id == attribute_id)
    if after.value_type != before.value_type:
        await everything_changed(connection, workspace_id, now)
    if changes := difference(asdict(before), asdict(after)):
        entry = Entry(SETTINGS, "attribute.updated", "attribute", attribute_id, actor, changes)
        await record(connection, workspace_id, [entry], now)
    return after


def _refuse_taken(attributes: Sequence[Attribute], changing: Attribute, name: str) -> None:
    for other in attributes:
        if other.domain == changing.domain and other.id != changing.id and other.name_std == name_std(name):
            raise Conflict(f'There is already a {domain_word(other.domain)} attribute "{other.name_std}".')
