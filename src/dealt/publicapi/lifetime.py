"""Customer lifetime: which deals count, what the models found, and what they say of one user."""

from __future__ import annotations

from typing import Any

from dealt.contacts import read_contact
from dealt.kernel.clock import iso
from dealt.kernel.db import Connection, in_transaction
from dealt.kernel.http import Response, Route
from dealt.kernel.schema import refuse_unknown
from dealt.lifetime import (
    FIELDS,
    HORIZON_DAYS,
    Findings,
    Fit,
    Lifetime,
    Model,
    ask_for_refresh,
    read_lifetime,
    read_model,
    update_model,
)
from dealt.publicapi.call import Call, answer
from dealt.publicapi.user_answers import BASES, named_user

_KNOWN = frozenset({*FIELDS, "next_refresh_at", "state", "started_at", "as_of", "found", "buying", "spending", "note"})
_BUYING = ("r", "alpha", "a", "b")
_SPENDING = ("p", "q", "gamma")


async def get_lifetime(call: Call) -> Response:
    """GET /lifetime/: which deals count, and what the last refresh found."""
    async with call.reading() as connection:
        return answer(shape_model(await read_model(connection, call.workspace_id)))


async def change_lifetime(call: Call) -> Response:
    """PATCH: changes what the body names; the next refresh goes by it."""
    refuse_unknown(call.body, _KNOWN)

    async def work(connection: Connection) -> Model:
        return await update_model(connection, call.actor, call.body, now=call.now)

    return answer(shape_model(await in_transaction(call.services.pool, work)))


async def refresh(call: Call) -> Response:
    """POST .../refresh/: 202; a worker fits the models when it is free. Asked for again meanwhile, it does so once."""
    refuse_unknown(call.body, ())

    async def work(connection: Connection) -> Model:
        return await ask_for_refresh(connection, call.actor, now=call.now)

    model = await in_transaction(call.services.pool, work)
    call.services.definitions.forget(call.workspace_id)
    return answer(shape_model(model), 202)


async def lifetime_of_user(call: Call) -> Response:
    """GET .../lifetime/: what the last refresh says of one user, or a sentence that says why nothing."""
    async with call.reading() as connection:
        contact = await read_contact(connection, call.workspace_id, await named_user(call, connection))
        found = await read_lifetime(connection, call.workspace_id, contact["id"])
        model = await read_model(connection, call.workspace_id)
    return answer({"user_id": contact["id"], "custom_id": contact["custom_id"], **shape_lifetime(found, model)})


def shape_model(model: Model) -> dict[str, Any]:
    """The models as they are answered."""
    found = model.findings
    return {
        "filter": model.filter,
        "nightly": model.nightly,
        "next_refresh_at": model.next_refresh_at and iso(model.next_refresh_at),
        "state": model.state,
        "started_at": model.started_at and iso(model.started_at),
        "as_of": model.finished_at and iso(model.finished_at),
        "found": {
            "users": found.contacts,
            "repeat_buyers": found.repeaters,
            "fitted": found.fitted,
            "unconverted_deals": found.unconverted,
        },
        "buying": found.buying and _fit(found.buying, _BUYING),
        "spending": found.spending and _fit(found.spending, _SPENDING) | _spending(found),
        "note": " ".join(filter(None, (_never(model), found.note, found.spending_note))),
    }


def shape_lifetime(found: Lifetime | None, model: Model) -> dict[str, Any]:
    """What is predicted of a user; all of it null, and a sentence, where nothing is."""
    if found is None:
        note = _never(model) or model.findings.note or "This user has no order that counts."
        return dict.fromkeys(_OF_USER) | {"note": note}
    value, purchases = found.prediction.order_value, found.prediction.purchases
    in_horizon = None if value is None else value * purchases
    figures = (
        round(purchases, 6), round(found.prediction.alive, 6), _money(value), _money(in_horizon),
        found.history.repeats, found.history.recency, found.history.age, _money(found.history.mean_value),
        iso(found.as_of),
    )  # fmt: skip
    return dict(zip(_OF_USER, figures, strict=True)) | {"note": model.findings.spending_note}


_OF_USER = (
    f"expected_purchases_{HORIZON_DAYS}d", "probability_alive", "expected_value", f"expected_value_{HORIZON_DAYS}d",
    "repeat_purchases", "recency_days", "age_days", "mean_value", "as_of",
)  # fmt: skip


def _never(model: Model) -> str:
    if model.finished_at is not None:
        return ""
    return "No model has been fitted yet; POST /lifetime/refresh/ asks for it."


def _fit(fit: Fit, names: tuple[str, ...]) -> dict[str, Any]:
    quality = {"log_likelihood": fit.log_likelihood, "converged": fit.converged, "iterations": fit.iterations}
    agreement = {"starts": fit.starts, "agreeing": fit.agreeing}
    return {"parameters": dict(zip(names, fit.parameters, strict=True)), **quality, **agreement}


def _spending(found: Findings) -> dict[str, Any]:
    return {"mean_order_value": _money(found.mean_order_value), "correlation": found.correlation}


def _money(value: float | None) -> str | None:
    return None if value is None else f"{value:.2f}"


ROUTES: list[Route[Call]] = [
    Route(("GET",), "/lifetime/", get_lifetime, "read"),
    Route(("PATCH",), "/lifetime/", change_lifetime, "write"),
    Route(("POST",), "/lifetime/refresh/", refresh, "write"),
    *(Route(("GET",), f"{base}lifetime/", lifetime_of_user, "read") for base in BASES),
]
