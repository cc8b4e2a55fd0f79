"""Bulk intake: newline-delimited JSON in, one result line for each input line out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from dealt.accounts import Actor, Snapshot
from dealt.companies import CompanyPatch, parse_company, upsert_companies
from dealt.contacts import ContactWork
from dealt.deals import DealWork, DealWritten, parse_deal, upsert
from dealt.kernel.db import Connection, in_transaction
from dealt.kernel.errors import InvalidInput
from dealt.kernel.gather import run_halving
from dealt.kernel.http import Response, Route
from dealt.products import ProductPatch, parse_product, upsert_products
from dealt.publicapi.call import Call
from dealt.publicapi.streaming import Bulk, is_silent, respond
from dealt.publicapi.user_answers import user_patch

P = TypeVar("P")
R = TypeVar("R")
P_contra = TypeVar("P_contra", contravariant=True)
R_co = TypeVar("R_co", covariant=True)


async def write_deals(call: Call) -> Response:
    """POST /deals/bulk/: upsert (or, without a custom_id, create) a deal for each line; a bad line stops no other.

    ``?silent=true`` marks the changes as silent: automations ignore them. ``?dry_run=true`` undoes every set and tells
    with each line what its set would change of its deal; a line then knows only the earlier ones of its own set.
    """
    snapshot = await call.snapshot()
    actor = call.actor.in_bulk(silent=is_silent(call))

    def parse(body: dict[str, Any]) -> DealWork:
        patch = parse_deal(body, snapshot.time_zone, user_id_is_custom=call.version == 1)
        if patch.fields.get("custom_id") is None:
            return DealWork(how="create", actor=actor, patch=patch)
        return upsert(patch, actor)

    bulk = Bulk(
        parse=parse,
        keys=lambda work: work.keys,
        write=lambda call, works: call.services.deals.write_many(call.workspace_id, works),
        told=_told,
        named=lambda work: {"custom_id": work.custom_id},
        object_type="deal",
    )
    return respond(call, bulk)


def _told(written: DealWritten) -> dict[str, Any]:
    custom_id = written.image.deal.custom_id if written.image else None
    told = {"status": 201 if written.created else 200, "id": written.deal_id, "custom_id": custom_id}
    told["created"] = written.created
    return told | ({"ignored": written.ignored} if written.ignored else {})


async def write_users(call: Call) -> Response:
    """POST /users/bulk/: upsert (or, without a custom id, create) a user for each line; a bad line stops no other."""
    actor = call.actor.in_bulk(silent=is_silent(call))
    bulk = Bulk(
        parse=lambda body: ContactWork(actor, user_patch(call, body)),
        keys=lambda work: work.keys,
        write=lambda call, works: call.services.contacts.write_many(call.workspace_id, works),
        told=lambda one: {"status": 201 if one.created else 200, "id": one.id, "created": one.created},
        named=lambda work: {"custom_id": work.patch.custom_id},
        object_type="contact",
    )
    return respond(call, bulk)


async def write_products(call: Call) -> Response:
    """POST /products/bulk/: upsert a product for each line, by its custom_id; a bad line stops no other."""
    actor = call.actor.in_bulk(silent=is_silent(call))
    bulk = Bulk(
        parse=parse_product,
        keys=_keys_of,
        write=lambda call, patches: run_halving(lambda part: _write(call, actor, part, upsert_products), patches),
        told=lambda one: {"status": 201 if one.created else 200, "id": one.id, "created": one.created},
        named=_named,
        object_type="product",
    )
    return respond(call, bulk)


async def write_companies(call: Call) -> Response:
    """POST /companies/bulk/: upsert a company for each line, by its custom_id; a bad line stops no other."""
    actor = call.actor.in_bulk(silent=is_silent(call))
    bulk = Bulk(
        parse=parse_company,
        keys=_keys_of,
        write=lambda call, patches: run_halving(lambda part: _write(call, actor, part, upsert_companies), patches),
        told=lambda one: {"status": 201 if one.created else 200, "id": one.company.id, "created": one.created},
        named=_named,
        object_type="company",
    )
    return respond(call, bulk)


def _keys_of(patch: ProductPatch | CompanyPatch) -> frozenset[Any]:
    return frozenset({patch.fields.get("custom_id")} - {None})


def _named(patch: ProductPatch | CompanyPatch) -> dict[str, Any]:
    return {"custom_id": patch.fields.get("custom_id")}


class _Upserted(Protocol[R_co]):
    """What became of a set of patches."""

    @property
    def outcomes(self) -> Sequence[R_co | InvalidInput]: ...

    @property
    def defined(self) -> bool: ...


class _Upsert(Protocol[P_contra, R_co]):
    """Creates or updates the objects of a set of patches."""

    async def __call__(
        self, connection: Connection, actor: Actor, patches: Sequence[P_contra], *, snapshot: Snapshot, now: datetime
    ) -> _Upserted[R_co]: ...


async def _write(call: Call, actor: Actor, patches: Sequence[P], upsert: _Upsert[P, R]) -> Sequence[R | Exception]:
    """The outcomes of a set of patches, written in one transaction."""
    definitions = call.services.definitions

    async def attempt(connection: Connection) -> _Upserted[R]:
        snapshot = await definitions.for_writing(connection, call.workspace_id)
        return await upsert(connection, actor, patches, snapshot=snapshot, now=call.now)

    done = await in_transaction(call.services.pool, attempt)
    if done.defined:
        definitions.forget(call.workspace_id)
    return done.outcomes


ROUTES: list[Route[Call]] = [
    Route(("POST",), path, handler, "write", streams=True, rehearses=True)
    for path, handler in (
        ("/deals/bulk/", write_deals),
        ("/users/bulk/", write_users),
        ("/products/bulk/", write_products),
        ("/companies/bulk/", write_companies),
    )
]
