"""The page of API tokens: shown once, with what they may do and from where."""

from __future__ import annotations

from dealt.accounts import NewToken, create_token, list_tokens, revoke_token
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response
from dealt.web import PageRoute, Visit, action, page

_HERE = "/settings/tokens/"
SCOPES = {
    "full": "Read and write",
    "read": "Only read",
    "write": "Only write",
    "sdk": "A shop's app: only the addresses of apps",
}


async def show(visit: Visit, made: NewToken | None = None) -> Response:
    """All tokens; the secret of the one that was just ``made``."""
    async with visit.reading() as connection:
        tokens = await list_tokens(connection, visit.workspace_id)
    return await visit.page("members/tokens.html", tokens=tokens, made=made, scopes=SCOPES)


async def add(visit: Visit) -> Response:
    """The answer, and no later page, holds the secret."""
    name = visit.text("name")
    if not 0 < len(name) <= 255:
        raise InvalidInput.of("name", "A name says who uses the token, in 1 to 255 characters.")
    rate = visit.text("requests_per_second")
    if rate and not (rate.isascii() and rate.isdigit() and len(rate) < 10):
        raise InvalidInput.of("requests_per_second", "A whole number is needed; empty for as the workspace says.")
    async with visit.writing() as connection:
        made = await create_token(
            connection, visit.workspace_id, name, now=visit.now, scope=visit.text("scope") or "full",
            networks=visit.text("networks").replace(",", " ").split(),
            requests_per_second=int(rate) if rate else None, actor=visit.actor.name,
        )  # fmt: skip
    return await show(visit, made)


async def revoke(visit: Visit) -> Response:
    """Whoever uses it is refused within two seconds."""
    async with visit.writing() as connection:
        await revoke_token(connection, visit.workspace_id, visit.id(), now=visit.now, actor=visit.actor.name)
    return visit.go(_HERE, "The token is revoked.")


ROUTES: list[PageRoute] = [
    page(_HERE, show, "settings"),
    action(_HERE, add, "settings", again=show),
    action("/settings/tokens/<int:id>/revoke/", revoke, "settings"),
]
