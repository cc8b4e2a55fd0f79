"""A deal that is made by hand: for whom, in which stage, and what was bought."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from dealt.accounts import sees_only
from dealt.contacts import called, read_contact
from dealt.deals import DealWork, DealWriter, DealWritten, Submission, parse_deal
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.http import Response
from dealt.pipelines import PIPELINES
from dealt.profiles import queries
from dealt.profiles.keeping import attributes_of
from dealt.profiles.naming import MOST, SHORTEST, people
from dealt.profiles.numbers import number_in
from dealt.profiles.typed import Typed, choices_of, sent, shown, shown_attributes
from dealt.searching import LONGEST_TEXT, search
from dealt.web import PageRoute, Visit, action, amount, page

NEW = (
    Typed("name", "Name", required=True),
    Typed("custom_id", "Own id"),
    Typed("stage", "Stage", "select"),
    Typed("currency", "Currency", hint="Such as EUR"),
    Typed("value", "Value", "number", hint="Empty: what the lines add up to"),
    Typed("expected_close_date", "Expected to close", "date"),
    Typed("assigned_to", "Assigned to", "select"),
)
LINE = ("product_custom_id", "name", "quantity", "value")
MOST_LINES = 50


async def form(visit: Visit) -> Response:
    """A new deal; ``?contact=`` says whose."""
    snapshot, chosen = await visit.snapshot(), None
    contact_id = number_in(visit.query.get("contact", "") or visit.text("user_id"), "contact", default=0)
    if contact_id and visit.may("contacts"):
        async with visit.reading() as connection:
            try:
                chosen = await read_contact(connection, visit.workspace_id, contact_id)
            except NotFound:
                chosen = None
    pipelines, attributes = snapshot.part(PIPELINES), attributes_of(snapshot, "deal")
    stages = [
        (str(stage.id), f"{pipeline.name}: {stage.name}" if len(pipelines.pipelines) > 1 else stage.name)
        for pipeline in pipelines.pipelines.values()
        for stage in pipelines.stages_of(pipeline.id)
    ]
    start = {"currency": snapshot.base_currency, "assigned_to": visit.member.id}
    return await visit.page(
        "profiles/new_deal.html", fields=NEW, typed=shown(visit, NEW, start), attributes=attributes,
        typed_attributes=shown_attributes(visit, attributes, {}), choices=choices_of(snapshot) | {"stage": stages},
        chosen=chosen and (chosen["id"], called(chosen)), lines=_typed_lines(visit),
    )  # fmt: skip


async def add(visit: Visit) -> Response:
    """Made as the API would make it; whoever sees only own deals makes one of his own."""
    body, lines = sent(visit, NEW), [line for line in _typed_lines(visit) if any(line.values())]
    body = {name: value for name, value in body.items() if value is not None}
    if lines:
        body["order_products"] = [{name: value for name, value in line.items() if value} for line in lines]
    if "value" not in body and lines:
        body["value"] = _total(lines)
    if "stage" in body:
        body["stage"] = number_in(str(body["stage"]), "stage")
    if visit.text("user_id"):
        body["user_id"] = number_in(visit.text("user_id"), "user_id")
    if sees_only(visit.member) is not None:
        body["assigned_to"] = visit.member.id
    patch = parse_deal(body, (await visit.snapshot()).time_zone)
    work = DealWork(how="create", actor=visit.actor, patch=patch, custom_id=patch.fields.get("custom_id"))
    made = await visit.of(DealWriter).submit(Submission(work=work))
    if not isinstance(made, DealWritten):
        raise AssertionError("one piece of work leads to one deal")
    return visit.go(f"/deals/{made.deal_id}/", "The deal is added.")


async def products(visit: Visit) -> Response:
    """The products that fit what is typed, for a module: own id, name and price."""
    typed = visit.query.get("q", "").strip()[:LONGEST_TEXT]
    if len(typed) < SHORTEST or not visit.may("products"):
        return visit.json({"products": []})
    async with visit.reading() as connection:
        hits = await search(connection, visit.workspace_id, typed, kinds={"product"}, limit=MOST)
        rows = await connection.fetch(queries.PRODUCTS_NOW, visit.workspace_id, [hit.id for hit in hits])
    told = [
        {"custom_id": row["custom_id"], "name": row["name"], "price": amount(row["price"]), "currency": row["currency"]}
        for row in rows
        if row["custom_id"]
    ]
    return visit.json({"products": told})


def _typed_lines(visit: Visit) -> list[dict[str, str]]:
    """The lines of the form, ``line.0.quantity`` and so on; one empty line where there is none."""
    form: dict[str, Any] = visit.form
    numbers = sorted({int(key.split(".")[1]) for key in form if _is_of_line(key)})[:MOST_LINES]
    found = [{name: visit.text(f"line.{number}.{name}") for name in LINE} for number in numbers]
    return found or [dict.fromkeys(LINE, "")]


def _is_of_line(key: str) -> bool:
    parts = key.split(".")
    return len(parts) == 3 and parts[0] == "line" and parts[1].isascii() and parts[1].isdigit() and len(parts[1]) < 4


def _total(lines: list[dict[str, str]]) -> str:
    try:
        return str(sum(Decimal(line["quantity"] or 1) * Decimal(line["value"] or 0) for line in lines))
    except InvalidOperation:
        raise InvalidInput.of("value", "The prices and quantities of the lines are not all numbers.") from None


ROUTES: list[PageRoute] = [
    page("/deals/new/", form, "deals", writes=True),
    action("/deals/new/", add, "deals", again=form),
    page("/deals/people/", people, "deals"),
    page("/deals/products/", products, "deals"),
]
