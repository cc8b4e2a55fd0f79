"""Users by what is known of them: the list and the search."""

from __future__ import annotations

from dealt.contacts import search_contacts, search_page
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.http import Response
from dealt.publicapi.call import Call
from dealt.publicapi.user_answers import all_users, answer_user, page_of_users
from dealt.publicapi.user_filters import is_search, page_wanted

MOST_FOUND = 1_000
_ONE_EACH = ("key", "user_key", "custom_id", "user_id", "email")


async def list_users(call: Call) -> Response:
    """``GET /users/``: pages of all users, or of those for whom every look-up of the query holds.

    ``users?email=`` without the slash is not found, as recorded: who asks so takes any 200 for the user.
    """
    if "email" in call.request.query and not call.request.path.endswith("/"):
        raise NotFound
    async with call.reading() as connection:
        return await _page(call, connection, searched=False)


async def search_users(call: Call) -> Response:
    """``GET /users/search/``: one user by key, custom id or e-mail address (the oldest match), else a page.

    ``many=true`` answers all as a bare list. By phone number version 1 answers one user.
    """
    args = call.request.query
    if not is_search(args):
        raise InvalidInput.of("search", "Say whom to search for: email, key, phone_number or any other field.")
    many = args.get("many", "").lower() in ("true", "1")
    async with call.reading() as connection:
        if not many and not _asks_for_one(call):
            return await _page(call, connection, searched=True)
        snapshot = await call.definitions(connection)
        narrowed = (await page_wanted(call, connection)).narrowed
        rows = await search_contacts(connection, call.workspace_id, narrowed, most=MOST_FOUND if many else 1)
        if many:
            return await all_users(call, connection, snapshot, rows)
        if not rows:
            raise NotFound
        return await answer_user(call, connection, snapshot, rows[0], searched=True)


def _asks_for_one(call: Call) -> bool:
    names = _ONE_EACH if call.version == 2 else (*_ONE_EACH, "phone_number")
    return any(name in call.request.query for name in names)


async def _page(call: Call, connection: Connection, *, searched: bool) -> Response:
    page = await search_page(connection, call.workspace_id, await page_wanted(call, connection))
    return await page_of_users(call, connection, await call.definitions(connection), page, searched=searched)
