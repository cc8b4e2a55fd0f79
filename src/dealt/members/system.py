"""How the server does: what waits, who works, what was given up, and what is stored."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dealt import __version__
from dealt.kernel.db import Connection, Record
from dealt.kernel.http import Response
from dealt.kernel.jobqueue import give_again, list_given_up
from dealt.kernel.logs import without_secrets
from dealt.kernel.metrics import queue_figures
from dealt.members import queries
from dealt.web import PageRoute, Visit, action, page

_HERE = "/settings/system/"


@dataclass(frozen=True, slots=True)
class Audited:
    """Reads how the auditor stands: the last round and the one under way, as ``dealt.auditing`` tells it."""

    read: Callable[[Connection, int], Awaitable[Any]]


LATE = timedelta(seconds=30)
"""What waits so long in an interactive queue is worth a look."""
_QUEUES = (
    ("stale_interactive", "Contacts whose figures follow an edit"),
    ("stale_bulk", "Contacts whose figures follow an import or a new definition"),
    ("follows", "Changes that pages and webhooks are to hear of"),
    ("jobs", "Jobs"),
    ("delayed_jobs", "Jobs that are due later"),
)


async def show(visit: Visit) -> Response:
    async with visit.reading() as connection:
        figures = await queue_figures(connection, visit.now)
        dead = await list_given_up(connection, visit.workspace_id)
        storage = await connection.fetch(queries.STORAGE)
        audited = await visit.of(Audited).read(connection, visit.workspace_id)
        database = await connection.fetchrow(queries.DATABASE)
    waiting = [_queue(figures, name, about) for name, about in _QUEUES]
    return await visit.page(
        "members/system.html", queues=waiting, workers=figures["workers"], storage=storage, database=database,
        dead=[dict(row) | {"error": _last_line(row["error"])} for row in dead], version=__version__,
        waking=figures["waking_age"], late=LATE, audited=audited,
    )  # fmt: skip


async def retry_one(visit: Visit) -> Response:
    async with visit.writing() as connection:
        if not await give_again(connection, visit.workspace_id, visit.id(), now=visit.now):
            raise visit.not_found("job")
    return visit.go(_HERE, "The job is given back to the workers.")


async def retry_all(visit: Visit) -> Response:
    async with visit.writing() as connection:
        number = await give_again(connection, visit.workspace_id, None, now=visit.now)
    return visit.go(_HERE, f"{number} {'job is' if number == 1 else 'jobs are'} given back to the workers.")


def _queue(figures: Record, name: str, about: str) -> dict[str, Any]:
    age = figures[f"{name}_age"]
    late = name in ("stale_interactive", "follows") and age is not None and age > LATE
    return {"about": about, "rows": figures[name], "age": age, "late": late}


def _last_line(error: str) -> str:
    lines = error.splitlines()
    return without_secrets(lines[-1])[:300] if lines else "No reason was given."


ROUTES: list[PageRoute] = [
    page(_HERE, show, "settings"),
    action("/settings/system/jobs/<int:id>/retry/", retry_one, "settings"),
    action("/settings/system/retry-all/", retry_all, "settings"),
]
