"""The arguments of a list of deals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from dealt.accounts import Snapshot
from dealt.companies import find_company_ids
from dealt.contacts import find_contacts
from dealt.deals import COMPARISONS, FIELDS, DealFilter, Status
from dealt.kernel.clock import parse_datetime
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.lookups import EQUAL
from dealt.pipelines import PIPELINES
from dealt.products import find_product_ids
from dealt.publicapi.listing import Listing, columns_of

_TIMES = ("ordered_at", "order_date")
_BY_ID = ("user_id", "person")
_BY_KEY = ("userkey", "user_key")
_BY_COMPANY = ("company_id", "company")
_BOUNDS = frozenset(f"{name}__{comparison}" for name in _TIMES for comparison in COMPARISONS)
_OWN = {
    *_BY_ID, *_BY_KEY, *_BY_COMPANY, "company_custom_id", "user_custom_id", "status", "stage", "pipeline", "product",
    "product_id", "product_custom_id", "custom_id", *_BOUNDS,
}  # fmt: skip
DEALS = Listing(
    columns_of(FIELDS, {"company_id": EQUAL}, prefix="d."),
    sorts=("ordered_at", "updated_at", "id"),
    domain="deal",
    source="d.attributes",
    own=_OWN,
    id_column="d.id",
)
"""What the list of deals can be narrowed by; what has an index or is looked up elsewhere is read here."""
_NOWHERE = 0
"""An id that no row has: an unknown contact or product gives an empty list."""


async def parse_filter(
    connection: Connection, snapshot: Snapshot, args: Mapping[str, str], *, user_id_is_custom: bool = False
) -> DealFilter:
    """What the arguments ask for that are not a matter of the listing alone. Raises InvalidInput for a bad value.

    In version 1 a ``user_id`` that is not a number is the client's own id (``user_id_is_custom``).
    """
    if user_id_is_custom and args.get("user_id") and not args["user_id"].isdigit():
        args = {**args, "user_custom_id": args["user_id"], "user_id": ""}
    wanted = DealFilter()
    for name, text in args.items():
        if name in _BOUNDS and text:
            wanted.ordered.append(_bound(name, text, snapshot))
    if args.get("status"):
        wanted.statuses = [_status(part) for part in args["status"].split(",")]
    wanted.stage_ids = _stages(snapshot, args)
    wanted.several = tuple(name for name in ("status", "stage") if "," in args.get(name, ""))
    if len(wanted.stage_ids or ()) > 1 and not args.get("stage"):
        wanted.several += ("pipeline",)
    wanted.custom_id = args.get("custom_id") or None
    wanted.contact_id = await _contact(connection, snapshot.workspace_id, args)
    wanted.company_id = await _company(connection, snapshot.workspace_id, args)
    wanted.product_id = await _product(connection, snapshot.workspace_id, args)
    return wanted


def _bound(name: str, text: str, snapshot: Snapshot) -> tuple[str, datetime]:
    try:
        moment = parse_datetime(int(text) if text.isascii() and text.isdigit() else text, snapshot.time_zone)
    except ValueError as error:
        raise InvalidInput.of(name, str(error)) from None
    return name.partition("__")[2], moment


def _stages(snapshot: Snapshot, args: Mapping[str, str]) -> list[int] | None:
    if args.get("stage"):
        return [_whole("stage", part) for part in args["stage"].split(",")]
    if args.get("pipeline"):
        pipeline_id = _whole("pipeline", args["pipeline"])
        return [s.id for s in snapshot.part(PIPELINES).stages.values() if s.pipeline_id == pipeline_id] or [_NOWHERE]
    return None


async def _contact(connection: Connection, workspace_id: int, args: Mapping[str, str]) -> int | None:
    for name in _BY_ID:
        if args.get(name):
            return _whole(name, args[name])
    custom_id = args.get("user_custom_id")
    keys = [args[name] for name in _BY_KEY if args.get(name)]
    if not custom_id and not keys:
        return None
    found = await find_contacts(
        connection, workspace_id, custom_ids=[custom_id] if custom_id else [], keys=[] if custom_id else keys[:1]
    )
    contacts = [*found.by_custom_id.values(), *found.by_key.values()]
    return contacts[0].id if contacts else _NOWHERE


async def _company(connection: Connection, workspace_id: int, args: Mapping[str, str]) -> int | None:
    ids = [_whole(name, args[name]) for name in _BY_COMPANY if args.get(name)][:1]
    custom_ids = [args["company_custom_id"]] if args.get("company_custom_id") and not ids else []
    if not ids and not custom_ids:
        return None
    found = await find_company_ids(connection, workspace_id, ids=ids, custom_ids=custom_ids)
    companies = [*found.by_id.values(), *found.by_custom_id.values()]
    return companies[0].id if companies else _NOWHERE


async def _product(connection: Connection, workspace_id: int, args: Mapping[str, str]) -> int | None:
    text = args.get("product_id") or args.get("product")
    if text:
        return _whole("product_id", text)
    if args.get("product_custom_id"):
        found = await find_product_ids(connection, workspace_id, [args["product_custom_id"]])
        return found.get(args["product_custom_id"], _NOWHERE)
    return None


def _status(text: str) -> int:
    number = _whole("status", text)
    if number not in set(Status):
        raise InvalidInput.of("status", f"{number} is not a valid choice.")
    return number


def _whole(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise InvalidInput.of(name, "A whole number is needed.")
    return int(text)
