"""Lists of what this server does not make yet: empty, in the envelope that clients expect.

An object of them is not found, because there is none.
"""

from __future__ import annotations

from dealt.kernel.cursors import not_a_cursor
from dealt.kernel.errors import NotFound
from dealt.kernel.http import Response, Route
from dealt.kernel.paging import Order, Page
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.listing import Listing, plain


async def list_emails(call: Call) -> Response:
    """GET /emails/: there are no e-mails yet."""
    return empty(call)


def empty(call: Call) -> Response:
    """A page of nothing: there is one, and none of the cursors is of it. Raises InvalidInput, NotFound."""
    request = call.page_request
    if request.cursor is not None:
        raise not_a_cursor()
    if request.number > 1:
        raise NotFound("Invalid page.")
    return paged(call, Page([], 0, True, False, request, Order("id")), answer)


EMAILS = Listing(plain(id="integer"), small=True)
ROUTES: list[Route[Call]] = [
    Route(("GET",), "/emails/", list_emails, "read", listing=EMAILS),
]
