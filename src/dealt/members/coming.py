"""For who has a link: an invitation, or a way to a new password."""

from __future__ import annotations

from dealt.accounts import accept_invitation, ask_for_reset, find_invitation, reset_holds, use_reset
from dealt.kernel.errors import NotFound
from dealt.kernel.http import Response
from dealt.members.signing import come_from, enter
from dealt.web import ANYBODY, SIGN_IN, PageRoute, Visit, action, page

_FORGOTTEN = "/forgotten/"


async def show_forgotten(visit: Visit) -> Response:
    """Ask for a new password."""
    return await visit.page("members/forgotten.html", email=visit.text("email"), asked=False)


async def forgotten(visit: Visit) -> Response:
    """Says the same whether there is such a member or not."""
    email = visit.text("email")
    await ask_for_reset(visit.house.pool, email, visit.request.client_address or "", visit.now)
    return await visit.page("members/forgotten.html", email=email, asked=True)


async def show_reset(visit: Visit) -> Response:
    """Choose the new password, by a link that holds."""
    try:
        await reset_holds(visit.house.pool, visit.params["secret"], visit.now)
    except NotFound:
        return await visit.page("members/ended.html", 404, **_RESET_ENDED)
    return await visit.page("members/reset.html")


async def reset(visit: Visit) -> Response:
    """The link is used up, and every session ends."""
    try:
        await use_reset(visit.house.pool, visit.params["secret"], visit.secret("password"), now=visit.now)
    except NotFound:
        return await visit.page("members/ended.html", 404, **_RESET_ENDED)
    return visit.go(SIGN_IN, "Your password is changed. Sign in with it.")


async def show_invitation(visit: Visit) -> Response:
    """Who invites, and whereto."""
    try:
        found = await find_invitation(visit.house.pool, visit.params["secret"], visit.now)
    except NotFound:
        return await visit.page("members/ended.html", 404, **_INVITATION_ENDED)
    return await visit.page("members/invited.html", invitation=found)


async def accept(visit: Visit) -> Response:
    """Become a member, and be signed in."""
    try:
        secret = await accept_invitation(
            visit.house.pool, visit.params["secret"], name=visit.text("name")[:255], password=visit.secret("password"),
            come=come_from(visit.request), now=visit.now,
        )  # fmt: skip
    except NotFound:
        return await visit.page("members/ended.html", 404, **_INVITATION_ENDED)
    return enter(visit, secret)


_RESET_ENDED = {
    "title": "This link has ended",
    "sentence": "A link to a new password holds for an hour and works once. Your password is as it was.",
    "label": "Send another link",
    "path": _FORGOTTEN,
}
_INVITATION_ENDED = {
    "title": "This invitation has ended",
    "sentence": "It was used, withdrawn or is older than seven days. Ask who invited you for another one.",
    "label": "To the sign-in",
    "path": SIGN_IN,
}
ROUTES: list[PageRoute] = [
    page(_FORGOTTEN, show_forgotten, ANYBODY),
    action(_FORGOTTEN, forgotten, ANYBODY, again=show_forgotten),
    page("/reset/<secret>/", show_reset, ANYBODY),
    action("/reset/<secret>/", reset, ANYBODY, again=show_reset),
    page("/invited/<secret>/", show_invitation, ANYBODY),
    action("/invited/<secret>/", accept, ANYBODY, again=show_invitation),
]
