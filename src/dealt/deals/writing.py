"""A set of works on deals, written in one transaction: resolve, lock, look, decide, store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dealt.accounts import Definitions, Snapshot
from dealt.attributes import ATTRIBUTES, Catalogue, assign, define_for
from dealt.deals import queries
from dealt.deals.directory import Claim, Claims, claim, shared_deals
from dealt.deals.editing import Resolved, apply_patch, is_late
from dealt.deals.images import fetch_images
from dealt.deals.model import DealImage
from dealt.deals.resolving import Seen, check_tags, look, release_idle, resolve, resolve_products, tell_tags
from dealt.deals.restoring import keep_deal
from dealt.deals.storing import Change, store
from dealt.deals.works import DealWork, DealWritten
from dealt.kernel.clock import iso
from dealt.kernel.db import Connection
from dealt.kernel.errors import Conflict, DealtError
from dealt.kernel.gather import without_repeats
from dealt.kernel.ids import IdPool
from dealt.kernel.journal import same_json
from dealt.people import forget_named, remember_named
from dealt.products import ProductIds
from dealt.tags import TAGS, ensure_tags

Outcome = DealWritten | DealtError


@dataclass
class Supplies:
    """What one process keeps between sets: definitions, ids given out ahead, reservations of products."""

    definitions: Definitions
    products: ProductIds = field(default_factory=ProductIds)
    deal_ids: IdPool = field(default_factory=lambda: IdPool("deal_id_seq"))
    contact_ids: IdPool = field(default_factory=lambda: IdPool("contact_id_seq", 50))


@dataclass
class SetResult:
    """An outcome for each work in order, and what the process may remember once the set is committed."""

    snapshot: Snapshot
    """The definitions as the set left them."""
    outcomes: list[Outcome] = field(default_factory=list)
    reserved: dict[str, int] = field(default_factory=dict)
    definitions_changed: bool = False


@dataclass
class _Set:
    """One round over works of which no two name the same deal."""

    connection: Connection
    supplies: Supplies
    snapshot: Snapshot
    works: Sequence[DealWork]
    now: datetime
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    changes: dict[int, Change] = field(default_factory=dict)


async def write_set(
    connection: Connection, supplies: Supplies, workspace_id: int, works: Sequence[DealWork], now: datetime
) -> SetResult:
    """Run ``works`` (at least one) in the caller's transaction, in order where they name the same deal.

    The transaction has begun with ``accounts.trusting``.

    Each work has its own outcome: a refusal of one stores nothing of it and touches no other. An exception that
    is not a DealtError means that the whole transaction must be rolled back.
    """
    definitions = supplies.definitions
    outcomes: dict[int, Outcome] = {}
    result: SetResult | None = None
    left, keys = list(range(len(works))), [work.keys for work in works]
    while left:
        round_, left = without_repeats(keys, left)
        patches = [works[place].patch for place in round_]
        seen = await look(connection, workspace_id, patches, supplies.products)
        if result is None:
            result = SetResult(await definitions.at_version(connection, workspace_id, seen.version))
        done = _Set(connection, supplies, result.snapshot, [works[place] for place in round_], now)
        again = await _run(done, seen, result)
        if result.definitions_changed:
            result.snapshot = await definitions.uncommitted(connection, workspace_id)
        outcomes.update((round_[place], outcome) for place, outcome in done.outcomes.items())
        left = sorted([round_[place] for place in again] + left)
    assert result is not None, "a set is never empty"
    result.outcomes = [outcomes[place] for place in range(len(works))]
    return result


async def _run(this: _Set, seen: Seen, result: SetResult) -> set[int]:
    """One round; the places of works that must wait for the next because an earlier one holds their deal."""
    workspace_id = this.snapshot.workspace_id
    references = resolve(seen, this.snapshot, [work.patch for work in this.works])
    resolved: dict[int, Resolved] = {}
    undefined = _define_known(this, references, resolved)
    patched = [(patch, to) for place, to in resolved.items() if (patch := this.works[place].patch) is not None]
    made: set[str] = set()
    reserved = await resolve_products(this.connection, workspace_id, patched, seen, made)
    sound = {place: this.works[place] for place in resolved}
    claims = await claim(this.connection, workspace_id, sound, this.supplies.deal_ids, this.now)
    again = shared_deals(claims)
    for place in again:
        del claims.of[place]
    images = await fetch_images(this.connection, workspace_id, _places_of(claims))
    await _decide_all(this, claims, images, resolved)
    undefined &= this.changes.keys()
    if undefined:
        result.definitions_changed = True
        await _define(this, undefined, resolved)
        await _decide_all(this, claims, images, resolved, undefined)
    await _finish(this, claims)
    await _remember(this, resolved)
    stored = [patch for place in this.changes if (patch := this.works[place].patch) is not None]
    idle = await release_idle(this.connection, workspace_id, made, stored)
    result.reserved |= {custom_id: reserved[custom_id] for custom_id in reserved.keys() - idle}
    return again


def _define_known(this: _Set, references: Sequence[Resolved | DealtError], resolved: dict[int, Resolved]) -> set[int]:
    """Type the attributes and find the tags of every sound work; the places of those that need definitions made."""
    undefined = set()
    catalogue, tags = this.snapshot.part(ATTRIBUTES), this.snapshot.part(TAGS)
    tag_ids = {name: tag_id for tag_id, name in tags.items()}
    for place, reference in enumerate(references):
        if isinstance(reference, DealtError):
            this.outcomes[place] = reference
            continue
        try:
            patch = this.works[place].patch
            check_tags(patch, tags)
            if _assign(this.works[place], reference, catalogue, this.snapshot):
                undefined.add(place)
            if patch is not None and tell_tags(patch, reference, tag_ids):
                undefined.add(place)
            resolved[place] = reference
        except DealtError as error:
            this.outcomes[place] = error
    return undefined


def _assign(work: DealWork, to: Resolved, catalogue: Catalogue, snapshot: Snapshot) -> bool:
    if work.patch is None or not work.patch.attributes:
        return False
    assignment = assign(catalogue, "deal", work.patch.attributes, snapshot.time_zone)
    to.attributes = assignment.values
    return bool(assignment.new or assignment.widened)


async def _define(this: _Set, places: set[int], resolved: dict[int, Resolved]) -> None:
    """Make the definitions that sound works need; a work that lost the race for a name is typed anew by the winner."""
    workspace_id = this.snapshot.workspace_id
    for place in sorted(places):
        work, to = this.works[place], resolved[place]
        assert work.patch is not None, "only a patch brings attributes and tags"
        try:
            catalogue = await define_for(
                this.connection, workspace_id, "deal", [work.patch.attributes],
                this.snapshot.time_zone, actor=work.actor.name, now=this.now,
            )  # fmt: skip
            _assign(work, to, catalogue, this.snapshot)
            if min([*(to.tag_ids or ()), *to.added_tag_ids], default=0) < 0:
                names = [tag for tag in work.patch.tags or () if isinstance(tag, str)] + work.patch.add_tags
                ids = await ensure_tags(this.connection, workspace_id, names, this.now, actor=work.actor.name)
                tell_tags(work.patch, to, ids)
        except DealtError as error:
            this.outcomes[place] = error
            del this.changes[place]


def _places_of(claims: Claims) -> list[tuple[int, int]]:
    return [
        (claimed.contact_id, claimed.deal_id)
        for claimed in claims.of.values()
        if isinstance(claimed, Claim) and claimed.contact_id is not None
    ]


async def _decide_all(
    this: _Set,
    claims: Claims,
    images: dict[int, DealImage],
    resolved: dict[int, Resolved],
    only: set[int] | None = None,
) -> None:
    places = [place for place in claims.of if only is None or (place in only and place in this.changes)]
    for place in places:
        claimed = claims.of[place]
        if isinstance(claimed, DealtError):
            this.outcomes[place] = claimed
            continue
        before = images.get(claimed.deal_id)
        this.changes.pop(place, None)
        try:
            await _give_placeholder(this, resolved[place], before)
            _decide(this, place, claimed, before, resolved[place])
        except DealtError as error:
            this.outcomes[place] = error


async def _give_placeholder(this: _Set, to: Resolved, before: DealImage | None) -> None:
    """An order without a contact gets an invisible one of its own."""
    if to.contact_id is None and ((before is None) or (to.guest and not before.guest)):
        to.guest = True
        (to.contact_id,) = await this.supplies.contact_ids.take(this.connection, 1)


def _decide(this: _Set, place: int, claimed: Claim, before: DealImage | None, to: Resolved) -> None:
    """Set the outcome of one work, and its change where there is one."""
    work = this.works[place]
    written = DealWritten(image=before, deal_id=claimed.deal_id)
    this.outcomes[place] = written
    if claimed.buried_at is not None:
        written.ignored = f"A newer message deleted this deal at {iso(claimed.buried_at)}."
        return
    if work.patch is None:
        source = work.source_updated_at
        if before and source and before.deal.source_updated_at and source < before.deal.source_updated_at:
            written.ignored = _older(before)
            return
        written.image = None
        this.changes[place] = Change(before, None, work.actor)
        return
    if before is not None and is_late(before.deal, work.patch):
        is_known = work.patch.source_updated_at == before.deal.source_updated_at
        is_known = is_known and work.patch.content_hash == before.deal.content_hash
        written.ignored = "This very message was taken before." if is_known else _older(before)
        return
    if work.only_version is not None and (before is None or before.deal.version != work.only_version):
        raise Conflict("Somebody changed the deal in between. Look at it as it is now, then try again.")
    after = apply_patch(before, work.patch, to, claimed.deal_id, this.now)
    written.image, written.created = after, before is None
    if before is None:
        this.changes[place] = Change(None, after, work.actor)
    elif _differ(before, after):
        after.deal.version += 1
        after.deal.updated_at = this.now
        this.changes[place] = Change(before, after, work.actor)
    else:
        written.image = before


def _differ(before: DealImage, after: DealImage) -> bool:
    if after.deal != before.deal or after.lines is not before.lines:
        return True
    return not same_json(before.deal.attributes, after.deal.attributes)


def _older(before: DealImage) -> str:
    assert before.deal.source_updated_at is not None, "only a deal with a source's time can be newer"
    return f"Older than what is stored, which its source changed at {iso(before.deal.source_updated_at)}."


async def _remember(this: _Set, resolved: dict[int, Resolved]) -> None:
    """Whose a deal is where a name of a merged contact brought it; one that leaves is no longer anybody's but its own.

    Gives it back when the contacts are separated again.
    """
    workspace_id = this.snapshot.workspace_id
    left, named = [], []
    for place, change in this.changes.items():
        if change.before is not None and change.moved:
            left.append((change.before.deal.contact_id, change.before.deal.id))
        if change.after is not None and resolved[place].path:
            named.append((change.after.deal.id, resolved[place].path))
    await forget_named(this.connection, workspace_id, "deals", left)
    await remember_named(this.connection, workspace_id, "deals", named)


async def _finish(this: _Set, claims: Claims) -> None:
    """Store the changes and bring the directory in step with them."""
    workspace_id = this.snapshot.workspace_id
    changes = [this.changes[place] for place in sorted(this.changes)]
    placeholders = [
        c.after.deal.contact_id for c in changes if c.after and c.after.guest and (c.before is None or c.moved)
    ]
    if placeholders:
        await this.connection.execute(queries.INSERT_PLACEHOLDERS, workspace_id, placeholders, this.now)
    for place, change in this.changes.items():
        if change.after is None and change.before is not None:
            written = this.outcomes[place]
            assert isinstance(written, DealWritten), "what is changed is not refused"
            written.deletion_id = await keep_deal(this.connection, change.actor, change.before, this.now)
    if changes:
        await store(this.connection, this.snapshot, changes, this.now)
    released = [pair for place, pair in claims.fresh_keys.items() if place not in this.changes]
    revived = [pair for place, pair in claims.buried_keys.items() if place in this.changes]
    buried, gone = [], []
    for place, change in this.changes.items():
        if change.before is None:
            continue
        former = change.before.deal.custom_id
        if change.after is None:
            gone.append(change.before.deal.id)
            if former is not None:
                source = this.works[place].source_updated_at or change.before.deal.source_updated_at
                buried.append((former, source))
        elif former is not None and former != change.after.deal.custom_id:
            released.append((former, change.before.deal.id))
    if gone:
        await this.connection.execute(queries.DELETE_IDS, workspace_id, gone)
    for query, rows, values in (
        (queries.REVIVE_CUSTOM_IDS, revived, ()),
        (queries.RELEASE_CUSTOM_IDS, released, ()),
        (queries.BURY_CUSTOM_IDS, buried, (this.now,)),
    ):
        if rows:
            first, second = zip(*rows, strict=True)
            await this.connection.execute(query, workspace_id, list(first), list(second), *values)
