"""What an import would do, without doing it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from dealt.accounts import Actor
from dealt.contacts import find_contacts
from dealt.importing.composing import Composer
from dealt.importing.doors import door_of
from dealt.importing.drafting import draft
from dealt.importing.grouping import Group
from dealt.importing.happening import event_body
from dealt.importing.kinds import EVENTS, Kind
from dealt.importing.mapping import FileMapping
from dealt.importing.objects import ObjectComposer
from dealt.importing.storing import parsed
from dealt.kernel.db import Connection

SHOWN = 3
TOLD = 20
BATCH = 1_000


@dataclass
class Preview:
    """The first orders as the API would be sent them; ``refused`` holds the first rows with the reasons."""

    orders: int = 0
    lines: int = 0
    refusals: int = 0
    new_contacts: int = 0
    shown: list[dict[str, Any]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)


async def preview(
    connection: Connection, actor: Actor, groups: Iterable[Group], composer: Composer, mapping: FileMapping
) -> Preview:
    """Compose and check every order, and look whether their contacts exist. Nothing is written.

    Unknown stages, members, companies and the like are found only when orders are written.
    """
    found = Preview()
    met: dict[str, bool] = {}
    for batch in _batches(iter(groups)):
        drafts, refused = draft(batch, composer, actor)
        await _meet(connection, actor.workspace_id, {name for d in drafts.values() if (name := d.contact)}, met)
        for place, order in drafts.items():
            if not mapping.create_contacts and order.contact is not None and not met[order.contact]:
                refused[place] = f'There is no contact "{order.contact}"; create_contacts = true would create it.'
            else:
                found.lines += order.lines
                found.shown += [order.composed.body] if len(found.shown) < SHOWN else []
        found.orders += len(batch)
        found.refusals += len(refused)
        told = sorted(refused.items())[: TOLD - len(found.refused)]
        found.refused += [(batch[place].first, reason) for place, reason in told]
    found.refused.sort()
    found.new_contacts = sum(not known for known in met.values()) if mapping.create_contacts else 0
    return found


def preview_objects(groups: Iterable[Group], composer: ObjectComposer, kind: Kind) -> Preview:
    """Compose and check every object of a file. What only the database knows is found when they are written."""
    found = Preview()
    parse = event_body if kind is EVENTS else door_of(kind).parse
    for batch in _batches(iter(groups)):
        patches, refused = parsed(batch, composer.compose, parse)
        found.orders += len(batch)
        found.refusals += len(refused)
        left = list(patches)[: SHOWN - len(found.shown)]
        found.shown += [composer.compose(batch[place].rows) for place in left]
        told = sorted(refused.items())[: TOLD - len(found.refused)]
        found.refused += [(batch[place].first, reason) for place, reason in told]
    return found


async def _meet(connection: Connection, workspace_id: int, names: set[str], met: dict[str, bool]) -> None:
    if strange := names - met.keys():
        known = await find_contacts(connection, workspace_id, custom_ids=strange)
        met.update((name, name in known.by_custom_id) for name in strange)


def _batches(groups: Iterator[Group]) -> Iterator[list[Group]]:
    while batch := list(islice(groups, BATCH)):
        yield batch
