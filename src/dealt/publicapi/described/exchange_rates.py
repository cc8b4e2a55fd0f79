"""What the document says of exchange rates."""

from __future__ import annotations

from dealt.publicapi import exchange_rates
from dealt.publicapi.described.parts import CURRENCY, recorded
from dealt.publicapi.openapi import (
    PAGING,
    Answer,
    Body,
    Chapter,
    Operation,
    Parameter,
    any_of,
    argument,
    array,
    day,
    decimal,
    deleted,
    number,
    obj,
    page_of,
    said,
    text,
    whole,
)

_FIELDS = {
    "currency": CURRENCY,
    "valid_from": day("The first day on which it holds."),
    "rate": any_of(number(least=0), text(), description="What one unit is worth in the base currency."),
}
_RATE = recorded("Rate", obj({**_FIELDS, "rate": decimal("What one unit is worth in the base currency.")}))
_SENT = obj(_FIELDS)
_COUNTS = obj({"changed": whole(least=0), "unchanged": whole(least=0)})
_PATH = {
    "currency": Parameter("currency", CURRENCY, "An ISO 4217 code.", "USD"),
    "valid_from": Parameter("valid_from", day(), "The first day on which it holds.", "2025-01-01"),
}
CHAPTER = Chapter(
    "Exchange rates",
    "What currencies are worth in the base currency, from which day on.",
    {
        exchange_rates.list_rates: Operation(
            id="listRates", summary="List exchange rates", refusals=(404,),
            query=(argument("currency", CURRENCY, "Rates of this currency.", "USD"), *PAGING),
            answers={200: Answer("One page.", page_of(_RATE))},
        ),
        exchange_rates.add_rates: Operation(
            id="setRates", summary="Set one rate, or many",
            body=Body(
                any_of(_SENT, obj({"rates": array(_SENT)})), {"currency": "USD", "valid_from": "2025-01-01",
                                                              "rate": "0.92"}),
            answers={201: Answer("The rate, or how many were changed.", any_of(_RATE, _COUNTS))},
        ),
        exchange_rates.get_rate: Operation(
            id="getRate", summary="Read an exchange rate", path=_PATH, answers=said(_RATE)
        ),
        exchange_rates.put_rate: Operation(
            id="setRate", summary="Set an exchange rate", path=_PATH,
            body=Body(obj({"rate": _FIELDS["rate"]}), {"rate": 0.93}), answers=said(_RATE),
            description="Makes the rate of a currency from a day on, or replaces it.",
        ),
        exchange_rates.remove_rate: Operation(
            id="deleteRate", summary="Delete an exchange rate", path=_PATH, answers=deleted,
        ),
    },
)  # fmt: skip
