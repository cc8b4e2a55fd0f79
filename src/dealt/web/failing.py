"""What a person is told when something goes wrong: what happened, what was kept, what to do."""

from __future__ import annotations

import structlog

from dealt.kernel.errors import DealtError, InvalidInput
from dealt.kernel.failures import describe
from dealt.kernel.http import Response
from dealt.web.flash import Said
from dealt.web.visit import Visit, ascii_json

_log = structlog.get_logger("dealt.web")

_TITLES = {
    400: "This cannot be taken as it is",
    403: "This is not open to you",
    404: "There is nothing here",
    405: "This page cannot do that",
    409: "This cannot be done now",
    413: "This is too much at once",
    429: "Too many requests",
    503: "The server cannot answer just now",
}
_UNEXPECTED = "An unexpected error was logged. Nothing of this was stored; the rest of your data is as it was."


def answer(visit: Visit, error: Exception) -> Response:
    """A page with the sentence; for htmx a toast, and for a module JSON as of the public API."""
    told = describe(error)
    request = visit.request
    if told.unexpected:
        _log.exception("unexpected error", method=request.method, path=request.path, exc_info=error)
    sentence = sentence_of(error) if isinstance(error, DealtError) else str(told.body.get("detail", _UNEXPECTED))
    if told.unexpected:
        sentence = _UNEXPECTED
    if visit.by_htmx:
        trigger = ascii_json({"toast": Said(sentence, None, bad=True)})
        return Response(told.status, headers={"HX-Trigger": trigger, "HX-Reswap": "none", **told.headers})
    if visit.by_module:
        return visit.json(told.body, told.status)
    title = _TITLES.get(told.status, "Something went wrong")
    response = visit.html("web/error.html", told.status, title=title, sentence=sentence, zone=None)
    response.headers |= told.headers
    return response


def sentence_of(error: DealtError) -> str:
    """The sentences of an error without the names of fields, which a page shows in their place."""
    if isinstance(error, InvalidInput):
        return " ".join(f"{_label(name)}: {' '.join(texts)}" for name, texts in error.fields.items())
    return error.detail


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()
