"""Lists of what this server does not make yet: empty, in the envelope that clients expect.

An object of them is not found, because there is none.
"""

from __future__ import annotations

from dealt.kernel.errors import NotFound
from dealt.kernel.http import Response, Route
from dealt.kernel.paging import Order, Page
from dealt.publicapi.call import Call, answer, paged


async def list_emails(call: Call) -> Response:
    """GET /emails/: there are no e-mails yet."""
    return _empty(call)


def _empty(call: Call) -> Response:
    request = call.page_request
    if request.number > 1:
        raise NotFound("Invalid page.")
    return paged(call, Page([], 0, True, False, request, Order("id")), answer)


ROUTES: list[Route[Call]] = [
    Route(("GET",), "/emails/", list_emails, "read"),
]
