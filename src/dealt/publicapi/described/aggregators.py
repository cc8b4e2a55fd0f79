"""What the document says of aggregators."""

from __future__ import annotations

from dealt.aggregators import FUNCTIONS, SOURCES, SUBJECTS
from dealt.attributes import VALUE_TYPES
from dealt.publicapi import aggregators
from dealt.publicapi.described.parts import or_null
from dealt.publicapi.openapi import (
    PAGING,
    Answer,
    Body,
    Chapter,
    Operation,
    Shape,
    anything,
    argument,
    array,
    choice,
    deleted,
    flag,
    identifier,
    made,
    moment,
    nullable,
    obj,
    page_of,
    partial,
    said,
    text,
    whole,
)

_PATHS = ("/aggregators/<int:id>/",)
_FILTER = {"type": "object", "description": "Which of them count, in the filter language; an empty one: all."}
_WINDOW = {
    "type": "object",
    "description": 'When they happened: `{}`, `{"last": {"days": 30}}`, `{"from": {"days": -14}, "to": {"days": -7}}`, '
    '`{"from": "2025-01-01", "to": "2025-12-31"}` or `{"current": "month"}`.',
}
_DEFINING = {
    "subject": choice(
        SUBJECTS,
        "Whose attribute it fills: of a user, or of a company, for which the orders that name it and the events "
        "of its users count. It stays.",
    ),
    "source": choice(SOURCES, "What is rolled up."),
    "function": choice(tuple(FUNCTIONS), "What is computed of it."),
    "field": or_null(text(longest=255), "Of which field of the source."),
    "by": or_null(text(longest=255), "The date that windows, the first and the last go by; the usual one where null."),
    "last_n": whole("How many values `last_values` keeps.", least=1, most=20),
    "net_of_returns": flag("Whether what came back is taken off an amount or a quantity."),
    "filter": _FILTER,
    "window": _WINDOW,
}
_FIELDS = {
    "name": text(longest=255),
    "description": text(longest=10_000),
    **_DEFINING,
    "target": text("The attribute that shows the value; named like the aggregator where none is given."),
}
_SENT = obj(_FIELDS, required=["name", "source", "function"])
_EXAMPLE = {
    "name": "Spent in a year", "description": "", "subject": "contact", "source": "deals", "function": "sum",
    "field": "value", "by": None,
    "last_n": 5, "net_of_returns": True, "filter": {"field": "status", "op": "equals", "value": 2},
    "window": {"last": {"years": 1}}, "target": "spent_in_a_year",
}  # fmt: skip
AGGREGATOR = Shape(
    "Aggregator",
    obj({
        "id": identifier(), **_FIELDS, "value_type": choice(VALUE_TYPES, "The attribute's type."),
        "error": text("Why it cannot be computed; empty where it can."),
        "failed_at": or_null(moment(), "Since when it is in quarantine."),
        "progress": obj({
            "state": choice(("waiting", "running", "done"), "How far its values are."),
            "done": whole("How many have it.", least=0), "total": nullable(whole("Of how many.", least=0)),
        }),
        "created_at": moment(), "updated_at": moment(),
    }),
    {
        "id": 1, **_EXAMPLE, "value_type": "float", "error": "", "failed_at": None,
        "progress": {"state": "done", "done": 2000, "total": 2000}, "created_at": "2026-11-26T11:43:28Z",
        "updated_at": "2026-11-26T11:43:28Z",
    },
)  # fmt: skip
_VALUE = anything("The value, of the attribute's type, or null.")
_UNCONVERTED = whole("Deals that lack the rate to the base currency, and are not in the value.", least=0)
_VALUED = {"value": _VALUE, "unconverted_deals": _UNCONVERTED}
_WHOSE = {"user_id": identifier(), "company_id": identifier()}
"""One of them."""
PREVIEW = Shape(
    "AggregatorPreview",
    obj({
        "value_type": choice(VALUE_TYPES), "counts": text("What counts, as a sentence."),
        "results": array(obj(_WHOSE | _VALUED, required=[*_VALUED])),
    }),
    {
        "value_type": "integer", "counts": 'Status is "Won"',
        "results": [{"user_id": 12, "value": 3, "unconverted_deals": 0}],
    },
)  # fmt: skip
_READ = {
    "target": text(), **_VALUED,
    "as_of": nullable(moment("The moment that the value is of.")),
    "lag_seconds": {"type": ["number", "null"], "description": "How long a change has been waiting; 0: none."},
    "rows": whole("How many it is made of.", least=0),
    "changes_at": nullable(moment("When it may change with nothing done.")),
    "behind": array(
        obj({"id": identifier(), "at": nullable(moment()), "value": _VALUE}),
        "The newest 100: ids of deals, or of events.",
    ),
}  # fmt: skip
VALUE = Shape(
    "AggregatorValue",
    obj(_WHOSE | _READ, required=[*_READ]),
    {
        "user_id": 12, "target": "spent_in_a_year", "value": 249.99, "unconverted_deals": 0,
        "as_of": "2026-11-26T11:43:28Z", "lag_seconds": 0.0, "rows": 1, "changes_at": "2027-11-20T08:00:00Z",
        "behind": [{"id": 31, "at": "2026-11-20T08:00:00Z", "value": 249.99}],
    },
)  # fmt: skip
CHAPTER = Chapter(
    "Aggregators",
    "Roll-ups of what users and companies did into attributes of theirs, which follow every change at once.",
    {
        aggregators.list_aggregators: Operation(
            id="listAggregators", summary="List aggregators", query=PAGING, lists=_PATHS, refusals=(404,),
            answers={200: Answer("One page.", page_of(AGGREGATOR))},
        ),
        aggregators.add_aggregator: Operation(
            id="createAggregator", summary="Create an aggregator", makes=_PATHS, answers=made(AGGREGATOR),
            body=Body(_SENT, _EXAMPLE),
        ),
        aggregators.preview_aggregator: Operation(
            id="previewAggregator", summary="Try a definition on some users or companies",
            body=Body(
                obj(
                    _DEFINING | {"user_ids": array(identifier()), "company_ids": array(identifier())},
                    required=["source", "function"],
                ),
                {"source": "deals", "function": "count", "filter": {"field": "status", "op": "equals", "value": 2}},
            ),
            answers={200: Answer("What it would give; nothing is stored.", PREVIEW)},
        ),
        aggregators.get_aggregator: Operation(
            id="getAggregator", summary="Read an aggregator", answers=said(AGGREGATOR)
        ),
        aggregators.change_aggregator: Operation(
            id="updateAggregator", summary="Change an aggregator", body=Body(partial(_SENT), {"net_of_returns": False}),
            answers=said(AGGREGATOR),
        ),
        aggregators.remove_aggregator: Operation(
            id="deleteAggregator", summary="Delete an aggregator and its values", answers=deleted
        ),
        aggregators.get_value: Operation(
            id="getAggregatorValue", summary="Read the value of one user or company, and what it is made of",
            query=(
                argument("user_id", identifier(), "Whose value, of a user's attribute.", 1),
                argument("company_id", identifier(), "Whose value, of a company's attribute.", 1),
            ), answers={200: Answer("The value.", VALUE)},
        ),
    },
)  # fmt: skip
