"""Sign-in and sign-out."""

from __future__ import annotations

from dealt.accounts import ABSOLUTE, From, end_session, sign_in
from dealt.kernel.http import Request, Response
from dealt.web import ANYBODY, SIGNED_IN, PageRoute, Visit, action, page
from dealt.web.cookies import set_cookie
from dealt.web.flash import is_local
from dealt.web.pages import SESSION, SIGN_IN


async def show_sign_in(visit: Visit) -> Response:
    """The form; who is signed in already goes on."""
    if visit.signed_in is not None:
        return visit.go(_next(visit))
    return await visit.page("members/sign_in.html", email=visit.text("email"))


async def do_sign_in(visit: Visit) -> Response:
    """Open a session and go to where the member was going."""
    password = visit.form.get("password", "")
    secret = await sign_in(
        visit.house.pool,
        visit.text("email"),
        password if isinstance(password, str) else "",
        come=come_from(visit.request),
        now=visit.now,
    )
    return enter(visit, secret)


async def do_sign_out(visit: Visit) -> Response:
    """End this session."""
    async with visit.writing() as connection:
        await end_session(connection, visit.member, visit.member.session_id)
    visit.cookies.append(set_cookie(visit.request, SESSION, "", 0))
    return visit.go(SIGN_IN, "You are signed out.")


def enter(visit: Visit, secret: str) -> Response:
    """Give the browser its session and go on."""
    visit.cookies.append(set_cookie(visit.request, SESSION, secret, int(ABSOLUTE.total_seconds())))
    return visit.go(_next(visit))


def come_from(request: Request) -> From:
    """Where a request comes from, as a session remembers it."""
    return From(request.client_address or "", request.header("user-agent"), request.origin)


def _next(visit: Visit) -> str:
    path = visit.query.get("next", "")
    return path if is_local(path) else "/"


async def first_page(visit: Visit) -> Response:
    """To the first place that the member may enter."""
    return visit.go(visit.house.places.first(visit.member).path)


ROUTES: list[PageRoute] = [
    page("/", first_page, SIGNED_IN),
    page(SIGN_IN, show_sign_in, ANYBODY),
    action(SIGN_IN, do_sign_in, ANYBODY, again=show_sign_in),
    action("/sign-out/", do_sign_out, SIGNED_IN),
]
