"""What is done to a company or a product by hand: made, edited, tagged, taken back, deleted."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from dealt.accounts import Actor, Snapshot
from dealt.attributes import ATTRIBUTES, Attribute
from dealt.companies import (
    CompanyPatch,
    add_member,
    create_company,
    delete_company,
    parse_company,
    read_company,
    remove_member,
    update_company,
)
from dealt.kernel.db import Connection, Record, in_transaction
from dealt.kernel.errors import Conflict, InvalidInput
from dealt.kernel.http import Response
from dealt.kernel.journal import SETTINGS
from dealt.products import (
    ProductPatch,
    create_product,
    delete_product,
    parse_product,
    read_product,
    update_product,
)
from dealt.profiles.numbers import number_in
from dealt.profiles.typed import COMPANY, PRODUCT, Typed, sent, shown, shown_attributes
from dealt.profiles.undoing import before_of, check_that_it_was_last, last_change
from dealt.web import Handler, PageRoute, Undo, Visit, action, bring_back, page

Patch = CompanyPatch | ProductPatch
LONGEST_TAG = 255


@dataclass(frozen=True, slots=True)
class Kept:
    """A kind of record whose changes stand with those of the settings. ``parse`` reads what the API would be sent."""

    domain: str
    title: str
    path: str
    area: str
    about: str
    fields: Sequence[Typed]
    parse: Callable[[Mapping[str, Any]], Any]
    read: Callable[[Connection, int, int], Awaitable[Any]]
    create: Callable[..., Awaitable[Any]]
    update: Callable[..., Awaitable[Any]]
    delete: Callable[..., Awaitable[int | None]]

    def one(self, visit: Visit) -> str:
        """The page of the record that the path names."""
        return f"{self.path}{visit.id()}/"


COMPANIES = Kept(
    "company", "Companies", "/companies/", "companies",
    "Contacts are made to belong to it on its page. Orders name it by its number or its own id.", COMPANY,
    parse_company, read_company, create_company, update_company, delete_company,
)  # fmt: skip
PRODUCTS = Kept(
    "product", "Products", "/products/", "products",
    "Orders name it by its own id. What they say of it stays as it was on the day of the order.", PRODUCT,
    parse_product, read_product, create_product, update_product, delete_product,
)  # fmt: skip


def called(record: Any) -> str:
    """What a page calls a company or a product."""
    return record.name or record.custom_id or f"Number {record.id}"


def attributes_of(snapshot: Snapshot, domain: str) -> list[Attribute]:
    """The attributes that people set; aggregators set the others."""
    return [one for one in snapshot.part(ATTRIBUTES).of(domain).values() if one.aggregator_id is None]


def controls(visit: Visit, snapshot: Snapshot, kept: Kept, record: Any | None) -> dict[str, Any]:
    """What the controls of a form hold, of ``record`` or of a new one."""
    values = {} if record is None else msgspec.structs.asdict(record)
    attributes = attributes_of(snapshot, kept.domain)
    return {
        "fields": kept.fields,
        "typed": shown(visit, kept.fields, values),
        "attributes": attributes,
        "typed_attributes": shown_attributes(visit, attributes, values.get("attributes", {})),
    }


async def form(visit: Visit, kept: Kept) -> Response:
    """A new one."""
    told = controls(visit, await visit.snapshot(), kept, None)
    return await visit.page(
        "profiles/new.html", what=kept.domain, title=kept.title, path=kept.path, about=kept.about, **told
    )


async def add(visit: Visit, kept: Kept) -> Response:
    """Made as the API would make it."""
    patch = kept.parse(sent(visit, kept.fields))

    async def work(connection: Connection, snapshot: Snapshot) -> Any:
        return await kept.create(connection, visit.actor, patch, snapshot=snapshot, now=visit.now)

    made = await written(visit, work)
    record = getattr(made, kept.domain)
    return visit.go(f"{kept.path}{record.id}/", f"{called(record)} is added.")


async def edit(visit: Visit, kept: Kept) -> Response:
    """Its fields and attributes: those that the form has."""
    return await _change(visit, kept, kept.parse(sent(visit, kept.fields)), "The changes are saved.")


async def tag(visit: Visit, kept: Kept) -> Response:
    """One tag more."""
    patch = msgspec.structs.replace(kept.parse({}), add_tags=[tag_named(visit)])
    return await _change(visit, kept, patch, "The tag is added.")


async def untag(visit: Visit, kept: Kept) -> Response:
    """One tag less."""
    patch = msgspec.structs.replace(kept.parse({}), remove_tags=[tag_named(visit)])
    return await _change(visit, kept, patch, "The tag is taken off.")


async def undo(visit: Visit, kept: Kept) -> Response:
    """The last change is taken back, if it is still the one that the page showed."""
    change_id = number_in(visit.text("change"), "change", default=0) or None

    async def work(connection: Connection, snapshot: Snapshot) -> Any:
        await kept.read(connection, visit.workspace_id, visit.id())
        named = (connection, visit.workspace_id, kept.domain, SETTINGS, visit.id())
        entry = await last_change(*named, change_id)
        if entry["kind"] != f"{kept.domain}.updated":
            return await _turn_back_member(connection, visit.actor, visit.id(), entry, visit)
        body = before_of(entry, snapshot)
        try:
            patch = kept.parse(body)
        except InvalidInput as error:
            raise Conflict(f"What was before cannot be stored any more: {error.detail}") from None
        done = await kept.update(connection, visit.actor, visit.id(), patch, snapshot=snapshot, now=visit.now)
        await check_that_it_was_last(*named, entry)
        return done

    await written(visit, work)
    return visit.go(kept.one(visit), "The last change is undone.", Undo(f"{kept.one(visit)}undo/"))


async def delete(visit: Visit, kept: Kept) -> Response:
    """Gone; what it stood beside stays. It can be brought back."""

    async def work(connection: Connection) -> tuple[str, int | None]:
        record = await kept.read(connection, visit.workspace_id, visit.id())
        return called(record), await kept.delete(connection, visit.actor, record.id, now=visit.now)

    name, deletion = await in_transaction(visit.house.pool, work)
    return visit.go(kept.path, f"{name} is deleted. Orders stay as they are.", bring_back(deletion))


def tag_named(visit: Visit) -> str:
    """The tag that a form names. Raises InvalidInput."""
    name = visit.text("name")
    if not name or len(name) > LONGEST_TAG:
        raise InvalidInput.of("name", f"A tag's name has 1 to {LONGEST_TAG} characters.")
    return name


async def written(visit: Visit, work: Callable[[Connection, Snapshot], Awaitable[Any]]) -> Any:
    """What ``work`` wrote in the one transaction of this visit; definitions that it made are seen at once."""
    definitions = visit.house.definitions

    async def attempt(connection: Connection) -> Any:
        return await work(connection, await definitions.for_writing(connection, visit.workspace_id))

    done = await in_transaction(visit.house.pool, attempt)
    if getattr(done, "defined", False):
        definitions.forget(visit.workspace_id)
    return done


async def _change(visit: Visit, kept: Kept, patch: Patch, said: str) -> Response:
    async def work(connection: Connection, snapshot: Snapshot) -> Any:
        before = await kept.read(connection, visit.workspace_id, visit.id())
        done = await kept.update(connection, visit.actor, before.id, patch, snapshot=snapshot, now=visit.now)
        return done if getattr(done, kept.domain).version != before.version else None

    if await written(visit, work) is None:
        return visit.go(kept.one(visit), "Nothing was different, so nothing was changed.")
    return visit.go(kept.one(visit), said, Undo(f"{kept.one(visit)}undo/"))


async def _turn_back_member(connection: Connection, actor: Actor, company_id: int, entry: Record, visit: Visit) -> None:
    """Who was added goes, who was taken out comes back."""
    before, after = json.loads(entry["changes"])["members"]
    if before is None:
        await remove_member(connection, actor, company_id, after, now=visit.now)
    else:
        await add_member(connection, actor, company_id, before, now=visit.now)


def routes_of(kept: Kept, show: Handler) -> list[PageRoute]:
    """The routes of a kind, with ``show`` as the page of one."""

    def on(handler: Callable[[Visit, Kept], Awaitable[Response]]) -> Handler:
        async def handle(visit: Visit) -> Response:
            return await handler(visit, kept)

        return handle

    one, area = f"{kept.path}<int:id>/", kept.area
    return [
        page(f"{kept.path}new/", on(form), area, writes=True),
        action(f"{kept.path}new/", on(add), area, again=on(form)),
        page(one, show, area),
        action(f"{one}edit/", on(edit), area, again=show),
        action(f"{one}tag/", on(tag), area, again=show),
        action(f"{one}untag/", on(untag), area, again=show),
        action(f"{one}undo/", on(undo), area, again=show),
        action(f"{one}delete/", on(delete), area, again=show),
    ]
