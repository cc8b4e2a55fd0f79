"""Users by what is known of them: the list and the search."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg

from dealt.attributes import ATTRIBUTES
from dealt.contacts import Lookup, search_contacts, search_page
from dealt.kernel.db import Connection, transaction
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.http import Response
from dealt.publicapi.call import Call
from dealt.publicapi.listing import Listing, plain
from dealt.publicapi.user_answers import all_users, answer_user, page_of_users
from dealt.publicapi.user_filters import MOMENTS, is_search, parse_lookups

USERS = Listing(plain(id="integer", updated_at="datetime"), sorts=("id", "updated_at"), reads_rest=True)
"""The list of users reads its look-ups itself, as the search does."""
MOST_FOUND = 1_000
PATIENCE_MS = 10_000
"""How long one statement of a search may run that has to look at every user."""
_ONE_EACH = ("key", "custom_id", "email")


async def list_users(call: Call) -> Response:
    """``GET /users/``: pages of all users, or of those for whom every look-up of the query holds.

    ``users?email=`` without the slash is not found, as recorded: who asks so takes any 200 for the user.
    """
    if "email" in call.request.query and not call.request.path.endswith("/"):
        raise NotFound
    lookups = await _lookups(call)
    async with _reading(call, lookups) as connection:
        return await _page(call, connection, lookups, searched=False)


async def search_users(call: Call) -> Response:
    """``GET /users/search/``: one user by key, custom id or e-mail address (the oldest match), else a page.

    ``many=true`` answers all as a bare list. By phone number version 1 answers one user.
    """
    lookups = await _lookups(call)
    if not is_search(call.request.query):
        raise InvalidInput.of("search", "Say whom to search for: email, key, phone_number or any other field.")
    many = call.request.query.get("many", "").lower() in ("true", "1")
    async with _reading(call, lookups) as connection:
        if not many and not _asks_for_one(call, lookups):
            return await _page(call, connection, lookups, searched=True)
        snapshot = await call.definitions(connection)
        rows = await search_contacts(connection, snapshot, lookups, most=MOST_FOUND if many else 1)
        if many:
            return await all_users(call, connection, snapshot, rows)
        if not rows:
            raise NotFound
        return await answer_user(call, connection, snapshot, rows[0], searched=True)


async def _lookups(call: Call) -> list[Lookup]:
    snapshot = await call.snapshot()
    return parse_lookups(call.request.query, snapshot.part(ATTRIBUTES).of("contact"))


def _asks_for_one(call: Call, lookups: Sequence[Lookup]) -> bool:
    names = _ONE_EACH if call.version == 2 else (*_ONE_EACH, "phone_number")
    return any(lookup.field in names and lookup.how == "exact" for lookup in lookups)


async def _page(call: Call, connection: Connection, lookups: Sequence[Lookup], *, searched: bool) -> Response:
    snapshot = await call.definitions(connection)
    page = await search_page(connection, snapshot, lookups, call.page_request)
    return await page_of_users(call, connection, snapshot, page, searched=searched)


@asynccontextmanager
async def _reading(call: Call, lookups: Sequence[Lookup]) -> AsyncIterator[Connection]:
    """A connection for a search; one that no index helps is ended after ``PATIENCE_MS`` and refused by name."""
    if not lookups or any(lookup.is_quick for lookup in lookups):
        async with call.reading() as connection:
            yield connection
        return
    try:
        async with transaction(call.services.pool, f"SET LOCAL statement_timeout = {PATIENCE_MS}") as connection:
            yield connection
    except asyncpg.QueryCanceledError:
        sentence = (
            f"This has to look at more users than {PATIENCE_MS / 1000:g} seconds allow. "
            f"Search by email, phone_number, key or custom_id, too, or by a narrower time ({', '.join(MOMENTS)})."
        )
        raise InvalidInput({lookup.argument: [sentence] for lookup in lookups}) from None
