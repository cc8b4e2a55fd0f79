"""The audit log: who changed which setting, member, company or product, from what to what."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from dealt.accounts import MEMBERS, list_tokens
from dealt.kernel.clock import iso
from dealt.kernel.db import Record
from dealt.kernel.errors import NotFound
from dealt.kernel.http import Response
from dealt.members import queries
from dealt.web import PageRoute, Visit, page

_A_PAGE = 50
_LONGEST_VALUE = 300
KINDS = (
    "workspace", "member", "invitation", "role", "token", "pipeline", "stage", "loss_reason", "attribute", "tag",
    "list", "exchange_rate", "webhook", "import", "segment", "aggregator", "product", "company",
)  # fmt: skip
"""What one can narrow the log to."""


async def show(visit: Visit) -> Response:
    """The newest entries, or those before ``before``, which is where the page before ended."""
    what, who = visit.query.get("what", ""), visit.query.get("who", "")
    at, number = _before(visit)
    values = (visit.workspace_id, at, number, what or None, who or None, _A_PAGE + 1)
    async with visit.reading() as connection:
        rows = await connection.fetch(queries.JOURNAL, *values)
        members = await MEMBERS.load(connection, visit.workspace_id)
        tokens = {row["id"]: row["name"] for row in await list_tokens(connection, visit.workspace_id)}
    entries = [_shown(row, members, tokens) for row in rows[:_A_PAGE]]
    last = rows[_A_PAGE - 1] if len(rows) > _A_PAGE else None
    following = f"{iso(last['at'])}~{last['id']}" if last else ""
    actors = {f"member:{number}": name for number, name in members.items()}
    return await visit.page(
        "members/journal.html", entries=entries, kinds=KINDS, actors=actors, what=what, who=who, following=following
    )


def _before(visit: Visit) -> tuple[datetime, int]:
    given = visit.query.get("before", "")
    if not given:
        return visit.now + timedelta(days=1), 0
    at, _, number = given.partition("~")
    try:
        moment, last = datetime.fromisoformat(at), int(number)
    except ValueError:
        raise NotFound("There is no such page of the log.") from None
    if moment.tzinfo is None or not 0 <= last < 2**63:
        raise NotFound("There is no such page of the log.")
    return moment, last


def _shown(row: Record, members: dict[int, str], tokens: dict[int, str]) -> dict[str, Any]:
    changes = msgspec.json.decode(row["changes"])
    return {
        "at": row["at"],
        "what": _sentence(row["kind"]),
        "object": f"{row['object_type'].replace('_', ' ')} {row['object_id']}" if row["object_id"] else "",
        "who": called(row["actor"], members, tokens),
        "changes": [(name, _text(before), _text(after)) for name, (before, after) in list(changes.items())[:20]],
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
