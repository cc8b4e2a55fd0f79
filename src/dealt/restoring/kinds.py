"""What can be brought back: who may, where it then is, and who does it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from dealt.aggregators import restore_aggregator
from dealt.attributes import restore_attribute
from dealt.companies import restore_company
from dealt.deals import restore_deal
from dealt.deletions import Deletion, end_rows
from dealt.freshness import Derived
from dealt.kernel.db import Connection
from dealt.lists import restore_list
from dealt.people import Movers, restore_person
from dealt.pipelines import restore_loss_reason, restore_pipeline, restore_stage
from dealt.products import restore_product
from dealt.segments import Keeper, restore_segment
from dealt.tags import restore_tag
from dealt.tasks import restore_task
from dealt.web import Visit

Restorer = Callable[[Visit, Connection, Deletion], Awaitable[None]]
_Setting = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing: its ``area``, the ``place`` of one, and how it comes back."""

    called: str
    area: str
    place: str
    restore: Restorer


async def _contact(visit: Visit, connection: Connection, deletion: Deletion) -> None:
    await restore_person(connection, visit.of(Movers), visit.actor, deletion, now=visit.now)


async def _deal(visit: Visit, connection: Connection, deletion: Deletion) -> None:
    await restore_deal(connection, visit.house.definitions, visit.actor, deletion, now=visit.now)


async def _company(visit: Visit, connection: Connection, deletion: Deletion) -> None:
    await restore_company(connection, visit.actor, deletion, now=visit.now)


async def _product(visit: Visit, connection: Connection, deletion: Deletion) -> None:
    await restore_product(connection, visit.actor, deletion, now=visit.now)


async def _task(visit: Visit, connection: Connection, deletion: Deletion) -> None:
    await restore_task(connection, visit.actor, deletion, now=visit.now)


async def _segment(visit: Visit, connection: Connection, deletion: Deletion) -> None:
    keeper = Keeper(visit.of(Derived), visit.workspace_id, visit.now, visit.actor.name)
    await restore_segment(connection, keeper, deletion)


async def _aggregator(visit: Visit, connection: Connection, deletion: Deletion) -> None:
    await restore_aggregator(connection, visit.of(Derived), visit.actor, deletion, now=visit.now)


def _setting(restore: _Setting) -> Restorer:
    async def restored(visit: Visit, connection: Connection, deletion: Deletion) -> None:
        await restore(connection, visit.workspace_id, deletion, now=visit.now, actor=visit.actor.name)

    return restored


KINDS = {
    "contact": Kind("Contact", "contacts", "/contacts/{}/", _contact),
    "deal": Kind("Deal", "deals", "/deals/{}/", _deal),
    "company": Kind("Company", "companies", "/companies/{}/", _company),
    "product": Kind("Product", "products", "/products/{}/", _product),
    "task": Kind("Task", "tasks", "/tasks/{}/", _task),
    "segment": Kind("Segment", "segments", "/segments/{}/", _segment),
    "aggregator": Kind("Aggregator", "aggregators", "/aggregators/{}/", _aggregator),
    "list": Kind("List", "settings", "/settings/lists/", _setting(restore_list)),
    "tag": Kind("Tag", "settings", "/settings/tags/", _setting(restore_tag)),
    "attribute": Kind("Attribute", "settings", "/settings/attributes/{}/", _setting(restore_attribute)),
    "pipeline": Kind("Pipeline", "settings", "/settings/pipelines/{}/", _setting(restore_pipeline)),
    "stage": Kind("Stage", "settings", "/settings/pipelines/", _setting(restore_stage)),
    "loss_reason": Kind("Loss reason", "settings", "/settings/loss-reasons/", _setting(restore_loss_reason)),
}
"""By the object's type in the journal."""

_LATER = ("company",)
"""Kinds whose rows a job looks at once more, and then deletes."""


async def restore(visit: Visit, connection: Connection, deletion: Deletion) -> Kind:
    """Bring it back in this transaction; what kind it is. Raises Conflict where it cannot come back as it was."""
    kind = KINDS[deletion.object_type]
    await kind.restore(visit, connection, deletion)
    if deletion.object_type not in _LATER:
        await end_rows(connection, visit.workspace_id, deletion.id)
    return kind
