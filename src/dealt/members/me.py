"""One's own account: name, password, sessions and the look of the pages."""

from __future__ import annotations

from dealt.accounts import change_own_password, end_session, end_sessions, has_factor, list_sessions, rename_member
from dealt.kernel.http import Response
from dealt.web import SIGNED_IN, PageRoute, Visit, action, page, set_cookie

_A_YEAR_S = 365 * 86_400
_HERE = "/me/"


async def show(visit: Visit) -> Response:
    """The account, and where it is signed in."""
    async with visit.reading() as connection:
        sessions = await list_sessions(connection, visit.member, visit.now)
        coded = await has_factor(connection, visit.workspace_id, visit.member.id)
    return await visit.page("members/me.html", sessions=sessions, has_factor=coded)


async def change_theme(visit: Visit) -> Response:
    """Light, dark or as the system; kept by the browser."""
    theme = visit.text("theme")
    kept = theme if theme in ("light", "dark") else ""
    visit.cookies.append(set_cookie(visit.request, "dealt_theme", kept, _A_YEAR_S if kept else 0))
    return visit.go(visit.came_from(_HERE))


async def change_name(visit: Visit) -> Response:
    async with visit.changing() as connection:
        await rename_member(connection, visit.member, visit.text("name"), now=visit.now)
    return visit.go(_HERE, "Your name is saved.")


async def change_password(visit: Visit) -> Response:
    """Every other session of the member ends."""
    present, new = visit.secret("present"), visit.secret("new")
    await change_own_password(visit.house.pool, visit.member, present, new, now=visit.now)
    return visit.go(_HERE, "Your password is changed; you are signed out everywhere else.")


async def end_one(visit: Visit) -> Response:
    async with visit.writing() as connection:
        if not await end_session(connection, visit.member, visit.id()):
            raise visit.not_found("session")
    return visit.go(_HERE, "That session is ended.")


async def end_others(visit: Visit) -> Response:
    async with visit.writing() as connection:
        await end_sessions(connection, visit.workspace_id, visit.member.id, but=visit.member.session_id)
    return visit.go(_HERE, "You are signed out everywhere else.")


ROUTES: list[PageRoute] = [
    page(_HERE, show, SIGNED_IN),
    action("/me/name/", change_name, SIGNED_IN, again=show),
    action("/me/password/", change_password, SIGNED_IN, again=show),
    action("/me/theme/", change_theme, SIGNED_IN),
    action("/me/sessions/<int:id>/end/", end_one, SIGNED_IN),
    action("/me/sessions/end-others/", end_others, SIGNED_IN),
]
