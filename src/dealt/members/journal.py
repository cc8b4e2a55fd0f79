"""The audit log: who changed what, of which record, from what to what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec

from dealt.accounts import MEMBERS, list_tokens
from dealt.deletions import Deletion, find_deletions
from dealt.kernel.clock import iso
from dealt.kernel.db import Connection, Record
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.http import Response
from dealt.kernel.limits import TooSlow, looking
from dealt.members import queries
from dealt.web import PageRoute, Visit, page

_A_PAGE = 50
_LONGEST_VALUE = 300
_LONGEST_MS = 2_000
KINDS = (
    "contact", "deal", "task", "company", "product", "segment", "aggregator", "rfm", "import", "workspace", "member",
    "invitation", "role", "token", "pipeline", "stage", "loss_reason", "attribute", "tag", "list", "exchange_rate",
    "webhook",
)  # fmt: skip
"""What one can narrow the log to."""
PROGRAMS = "programs"
"""As who: whatever is no member."""
_PLACES = {
    "contact": "/contacts/{}/", "deal": "/deals/{}/", "task": "/tasks/{}/", "company": "/companies/{}/",
    "product": "/products/{}/", "segment": "/segments/{}/", "aggregator": "/aggregators/{}/", "rfm": "/rfm/{}/",
    "pipeline": "/settings/pipelines/{}/", "attribute": "/settings/attributes/{}/",
    "webhook": "/settings/webhooks/{}/", "import": "/imports/{}/", "member": "/settings/members/",
    "role": "/settings/roles/", "token": "/settings/tokens/", "tag": "/settings/tags/", "list": "/settings/lists/",
    "loss_reason": "/settings/loss-reasons/", "workspace": "/settings/workspace/",
    "exchange_rate": "/settings/currencies/",
}  # fmt: skip
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the log is narrowed to; ``day`` is the last one, empty for today, ``since`` the first."""

    what: str = ""
    number: str = ""
    who: str = ""
    since: str = ""
    day: str = ""
    before: str = ""

    @property
    def query(self) -> str:
        """The same as an address says it, for the next page."""
        told = {name: getattr(self, name) for name in self.__slots__ if name != "before"}
        return urlencode({name: value for name, value in told.items() if value})


async def show(visit: Visit) -> Response:
    """The newest entries, or those before ``before``, which is where the page before ended."""
    asked = Asked(**{name: visit.query.get(name, "").strip() for name in Asked.__slots__})
    zone = (await visit.snapshot()).time_zone
    rows, refused = list[Record](), ""
    async with visit.reading() as connection:
        try:
            rows = await _rows(connection, visit, asked, zone)
        except InvalidInput as error:
            refused = " ".join(sentence for each in error.fields.values() for sentence in each)
        members = await MEMBERS.load(connection, visit.workspace_id)
        tokens = {row["id"]: row["name"] for row in await list_tokens(connection, visit.workspace_id)}
        gone = [(row["object_type"], row["object_id"]) for row in rows if row["kind"].endswith(".deleted")]
        kept = await find_deletions(connection, visit.workspace_id, gone, visit.now)
    last = rows[_A_PAGE - 1] if len(rows) > _A_PAGE else None
    behind = urlencode({"before": f"{iso(last['at'])}~{last['id']}"}) if last else ""
    actors = {f"member:{number}": name for number, name in members.items()} | {PROGRAMS: "Programs"}
    return await visit.page(
        "members/journal.html", 400 if refused else 200, kinds=KINDS, actors=actors, asked=asked, refused=refused,
        entries=[_shown(row, members, tokens, kept) for row in rows[:_A_PAGE]],
        following=f"{asked.query}&{behind}" if behind else "",
    )  # fmt: skip


async def _rows(connection: Connection, visit: Visit, asked: Asked, zone: ZoneInfo) -> list[Record]:
    """A page and one more. Raises InvalidInput, and NotFound for a page that there is not."""
    if asked.who == PROGRAMS and not asked.number:
        asked = replace(asked, since=asked.since or asked.day or f"{visit.now.astimezone(zone).date()}")
        asked = replace(asked, day=asked.day or asked.since)
    at, number = _before(visit, asked, zone)
    who = asked.who if asked.who != PROGRAMS else ""
    since = _midnight(asked.since, "since", zone) if asked.since else _FIRST
    values = (visit.workspace_id, at, number, since, asked.what or None, who or None, _A_PAGE + 1)
    if asked.number:
        return await _of_object(connection, asked, values)
    if asked.who != PROGRAMS:
        return list(await connection.fetch(queries.JOURNAL, *values))
    if at - since > timedelta(days=2):
        raise InvalidInput.of("since", "What programs did is shown for one day at a time.")
    try:
        async with looking(connection, _LONGEST_MS, "who"):
            return list(await connection.fetch(queries.BY_PROGRAMS, *values))
    except TooSlow:
        raise InvalidInput.of("who", "Programs did too much that day. Name a record and its number.") from None


async def _of_object(connection: Connection, asked: Asked, values: Sequence[Any]) -> list[Record]:
    if not (asked.number.isascii() and asked.number.isdigit() and len(asked.number) < 19):
        raise InvalidInput.of("number", "A record is named by its number.")
    if asked.what not in KINDS:
        raise InvalidInput.of("what", "Choose what the number is of.")
    number, home = int(asked.number), 0
    if asked.what in queries.HOMES:
        home = await connection.fetchval(queries.HOMES[asked.what], values[0], number)
    return [] if home is None else list(await connection.fetch(queries.OF_OBJECT, *values, home, number))


def _before(visit: Visit, asked: Asked, zone: ZoneInfo) -> tuple[datetime, int]:
    """The place behind which a page begins: that of the page before, else the end of the last day."""
    if not asked.before:
        until = _midnight(asked.day, "day", zone) + timedelta(days=1) if asked.day else visit.now + timedelta(days=1)
        return until, 0
    at, _, number = asked.before.partition("~")
    try:
        moment, last = datetime.fromisoformat(at), int(number)
    except ValueError:
        raise NotFound("There is no such page of the log.") from None
    if moment.tzinfo is None or not 0 <= last < 2**63:
        raise NotFound("There is no such page of the log.")
    return moment, last


def _midnight(text: str, name: str, zone: ZoneInfo) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidInput.of(name, "A day is written as 2026-01-31.") from None
    if not 1970 <= day.year < 2200:
        raise InvalidInput.of(name, "This day is too far away.")
    return datetime.combine(day, time(), zone)


def _shown(
    row: Record, members: dict[int, str], tokens: dict[int, str], kept: Mapping[tuple[str, int], Deletion]
) -> dict[str, Any]:
    changes, what, number = msgspec.json.decode(row["changes"]), row["object_type"], row["object_id"]
    deletion = kept.get((what, number)) if row["kind"].endswith(".deleted") else None
    pairs = [(name, pair) for name, pair in changes.items() if isinstance(pair, list) and len(pair) == 2]
    return {
        "at": row["at"],
        "what": _sentence(row["kind"]),
        "object": f"{what.replace('_', ' ')} {number}" if number else "",
        "place": _PLACES.get(what, "").format(number) if number else "",
        "who": called(row["actor"], members, tokens),
        "changes": [(name, _text(before), _text(after)) for name, (before, after) in pairs[:20]],
        "back": deletion if deletion and deletion.deleted_at == row["at"] else None,
        "more": max(0, len(pairs) - 20),
    }


def called(actor: str, members: dict[int, str], tokens: dict[int, str]) -> str:
    """What a person calls an actor of the journal."""
    kind, _, number = actor.partition(":")
    names = {"member": members, "token": tokens}.get(kind)
    if names is None or not number.isdigit():
        return actor.capitalize() if actor.islower() else actor
    name = names.get(int(number), number)
    return name if kind == "member" else f'Token "{name}"'


def _sentence(kind: str) -> str:
    thing, _, verb = kind.replace("_", " ").partition(".")
    return f"{thing.capitalize()} {verb}"


def _text(value: Any) -> str:
    text = "" if value is None else value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


ROUTES: list[PageRoute] = [page("/settings/journal/", show, "settings")]
