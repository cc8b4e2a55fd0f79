"""What the filter builder asks the server, wherever it stands: its words, how many pass, and values to choose from."""

from __future__ import annotations

from typing import Any

import asyncpg

from dealt.accounts import sees_only
from dealt.builders import queries
from dealt.builders.filtering import AREA_OF, filtered, joined, read_written
from dealt.builders.forms import filter_in, part, plan_of
from dealt.builders.words import words_of
from dealt.kernel.db import Connection
from dealt.kernel.errors import Forbidden, InvalidInput
from dealt.kernel.http import Response
from dealt.kernel.limits import TooSlow, looking
from dealt.kernel.sql import Sql, sql
from dealt.predicates import FilterField, Kind
from dealt.searching import KINDS, search
from dealt.web import SIGNED_IN, PageRoute, Visit, action, page

MOST_COUNTED = 10_000
COUNT_MS, VALUES_MS = 900, 500
"""How long counting, and looking for values, may take."""
MOST_VALUES, MOST_SAMPLED = 12, 5_000
_SUGGESTED = frozenset({Kind.TEXT, Kind.NUMBER})
_FOUND = {"product_id": "product", "company_id": "company"}
"""Numbers that stand for what people know by a name."""
_BY_CHANGE = frozenset({"contacts", "deals", "products", "companies"})


async def words(visit: Visit) -> Response:
    """Everything that can be asked of the objects that the member may see."""
    async with visit.reading() as connection:
        catalogue = (await plan_of(visit, connection)).vocabulary.catalogue
    found = words_of(catalogue)
    for subject in found["subjects"].values():
        subject["relations"] = [one for one in subject["relations"] if visit.may(AREA_OF[one["target"]])]
    return visit.json(found)


async def look(visit: Visit) -> Response:
    """How many pass the filter of a panel, and the filter as a sentence; ``within`` is what holds besides."""
    subject = _subject(visit)
    written, within = filter_in(visit), read_written(visit.query.get("within", ""))
    async with visit.reading() as connection:
        told = await filtered(visit, connection, subject, written, "s")
        whole = await filtered(visit, connection, subject, joined(within, written), "s")
        count = await _count(visit, connection, subject, whole.condition)
    html = await part(
        visit,
        "builders/_looked.html",
        sentence=told.sentence,
        one=subject,
        plural=AREA_OF[subject],
        count=count,
        most=MOST_COUNTED,
    )
    return visit.json({"html": html})


async def values(visit: Visit) -> Response:
    """Values for a field: those that stand most often in the newest objects, or what a search finds."""
    subject, name, text = visit.query.get("subject", ""), visit.query.get("field", ""), visit.query.get("q", "").strip()
    if subject not in AREA_OF:
        return visit.json({"values": []})
    if not visit.may(AREA_OF[subject]):
        raise Forbidden("Your role does not include these records.")
    async with visit.reading() as connection:
        kind = _FOUND.get(name)
        if kind is not None:
            return visit.json({"values": await _found(visit, connection, kind, text)})
        catalogue = (await plan_of(visit, connection)).vocabulary.catalogue
        field = catalogue.subject(subject).fields.get(name)
        if field is None or field.kind not in _SUGGESTED:
            return visit.json({"values": []})
        found = await _common(visit, connection, catalogue.subject(subject).table, subject, field, text)
    return visit.json({"values": found})


def _subject(visit: Visit) -> str:
    subject = visit.query.get("subject", "")
    if subject not in queries.TABLES:
        raise InvalidInput.of("subject", f"There are filters of: {', '.join(queries.TABLES)}.")
    if not visit.may(AREA_OF[subject]):
        raise Forbidden("Your role does not include these records.")
    return subject


def _seen(visit: Visit, subject: str) -> Sql:
    """Which rows ``s`` of a subject the member sees."""
    own = sees_only(visit.member)
    condition = sql("s.workspace_id = {}", visit.workspace_id)
    if subject == "contact":
        condition += Sql(" AND NOT s.placeholder")
    if own is not None and subject == "deal":
        condition += sql(" AND s.assigned_to = {}", own)
    if own is not None and subject == "line":
        condition += Sql(" AND false")
    return condition


async def _count(visit: Visit, connection: Connection, subject: str, condition: Sql) -> int | None:
    """How many, up to one more than ``MOST_COUNTED``; None where counting takes too long."""
    query = (
        Sql(f"SELECT count(*) FROM (SELECT FROM {queries.TABLES[subject]} AS s WHERE ") + _seen(visit, subject)
        + Sql(" AND ") + condition + sql(" LIMIT {}) AS counted", MOST_COUNTED + 1)
    )  # fmt: skip
    text, bound = query.render()
    try:
        async with looking(connection, COUNT_MS, "filter"):
            return int(await connection.fetchval(text, *bound))
    except TooSlow:
        return None


async def _common(
    visit: Visit, connection: Connection, table: str, subject: str, field: FilterField, text: str
) -> list[list[str]]:
    newest = " ORDER BY s.updated_at DESC" if table in _BY_CHANGE else ""
    pattern = "%" + text.translate(queries.ESCAPED) + "%"
    query = (
        Sql("SELECT value, count(*) FROM (SELECT (") + field.read("s")
        + Sql(f")::text AS value FROM {table} AS s WHERE ") + _seen(visit, subject)
        + sql(f"{newest} LIMIT {{}}) AS sample WHERE value <> ''", MOST_SAMPLED)
        + sql(" AND value ILIKE {}::text GROUP BY value ORDER BY 2 DESC, 1 LIMIT {}", pattern, MOST_VALUES)
    )  # fmt: skip
    statement, bound = query.render()
    try:
        async with looking(connection, VALUES_MS, "field"):
            rows = await connection.fetch(statement, *bound)
    except (TooSlow, asyncpg.PostgresError):
        return []
    return [[_plain(row["value"], field), ""] for row in rows if len(row["value"]) <= queries.LONGEST_VALUE]


def _plain(value: str, field: FilterField) -> str:
    """A number without the zeros that its column fills it up with."""
    return value.rstrip("0").rstrip(".") if field.kind is Kind.NUMBER and "." in value else value


async def _found(visit: Visit, connection: Connection, kind: Any, text: str) -> list[list[str]]:
    if kind not in KINDS or not visit.may(AREA_OF[kind]) or len(text) < 2:
        return []
    hits = await search(connection, visit.workspace_id, text[:100], kinds=(kind,), limit=MOST_VALUES)
    return [[str(hit.id), hit.name] for hit in hits]


ROUTES: list[PageRoute] = [
    page("/filters/words/", words, SIGNED_IN),
    page("/filters/values/", values, SIGNED_IN),
    action("/filters/look/", look, SIGNED_IN, reads=True),
]
