"""What the document says of customer lifetime."""

from __future__ import annotations

from typing import Any

from dealt.publicapi import lifetime
from dealt.publicapi.described.parts import or_null, recorded
from dealt.publicapi.described.user_changes import PATH
from dealt.publicapi.openapi import (
    Answer,
    Body,
    Chapter,
    Json,
    Operation,
    anything,
    choice,
    decimal,
    flag,
    identifier,
    moment,
    nullable,
    number,
    obj,
    partial,
    said,
    text,
    whole,
)

_EXAMPLE: dict[str, Any] = {"filter": {"field": "status", "op": "equals", "value": 2}, "nightly": True}
_FIELDS = {
    "filter": anything("Which deals count: a filter of deals. Without one, those that are won."),
    "nightly": flag("Whether the models are fitted every night."),
}


def _fit(*names: str, **more: Json) -> Json:
    return obj({
        "parameters": obj({name: number() for name in names}),
        "log_likelihood": number("At these parameters; days and the base currency are the units."),
        "converged": flag("Whether no slope was left there."),
        "iterations": whole(least=0),
        "starts": whole("From how many places the search began.", least=1),
        "agreeing": whole("How many of them ended at the same height.", least=0),
        **more,
    })  # fmt: skip


MODEL = recorded(
    "LifetimeModel",
    obj({
        **_FIELDS,
        "next_refresh_at": nullable(moment()),
        "state": choice(("never", "queued", "running", "done", "failed"), "How far the last refresh is."),
        "started_at": nullable(moment()),
        "as_of": or_null(moment(), "The moment that the predictions hold for."),
        "found": obj({
            "users": whole("How many have an order that counts.", least=0),
            "repeat_buyers": whole("How many of them have orders on a second day.", least=0),
            "fitted": whole("How many the models were fitted to, at most 50,000.", least=0),
            "unconverted_deals": whole("How many have a value that no rate is known for.", least=0),
        }),
        "buying": nullable(_fit("r", "alpha", "a", "b")),
        "spending": nullable(_fit(
            "p", "q", "gamma", mean_order_value=or_null(decimal(), "Of all users, in the base currency."),
            correlation=or_null(number(), "Of the number and the mean value of repeat orders; taken to be 0."),
        )),
        "note": text("Why something is not predicted."),
    }),
)  # fmt: skip
OF_USER = recorded(
    "UserLifetime",
    obj({
        "user_id": identifier(),
        "custom_id": nullable(text()),
        "expected_purchases_90d": or_null(number(), "On how many of the next 90 days an order is expected."),
        "probability_alive": or_null(number(), "That the user has not left for good; 1 before a second order."),
        "expected_value": or_null(decimal(), "Of one order, in the base currency."),
        "expected_value_90d": or_null(decimal(), "Of all orders of the next 90 days."),
        "repeat_purchases": or_null(whole(least=0), "Days with orders, after the first."),
        "recency_days": or_null(whole(least=0), "From the first of them to the last."),
        "age_days": or_null(whole(least=0), "From the first of them to `as_of`."),
        "mean_value": or_null(decimal(), "Of the days after the first."),
        "as_of": nullable(moment()),
        "note": text("Why something is not predicted."),
    }),
)  # fmt: skip
CHAPTER = Chapter(
    "Customer lifetime",
    "Whether users will order again, how often and for how much, by BG/NBD and Gamma-Gamma, fitted every night.",
    {
        lifetime.get_lifetime: Operation(id="getLifetime", summary="Read the models", answers=said(MODEL)),
        lifetime.change_lifetime: Operation(
            id="updateLifetime", summary="Choose which deals count", body=Body(partial(obj(_FIELDS)), _EXAMPLE),
            answers=said(MODEL),
        ),
        lifetime.refresh: Operation(
            id="refreshLifetime", summary="Fit the models now",
            answers={202: Answer("A worker fits them when it is free.", MODEL)},
        ),
        lifetime.lifetime_of_user: Operation(
            id="getUserLifetime", summary="Read what is predicted of a user", path=PATH, answers=said(OF_USER)
        ),
    },
)  # fmt: skip
