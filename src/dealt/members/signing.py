"""Sign-in, with a second factor where there is one, and sign-out."""

from __future__ import annotations

import base64
import binascii

import msgspec

from dealt.accounts import ABSOLUTE, From, Known, check_second_factor, check_sign_in, end_session, sign_in
from dealt.kernel.http import Request, Response
from dealt.kernel.secrets import SecretError
from dealt.web import ANYBODY, SESSION, SIGN_IN, SIGNED_IN, PageRoute, Visit, action, is_local, page, set_cookie

CODE = "/sign-in/code/"
_HALF = "dealt_half"
_HALF_LIVES_S = 300


class _Half(msgspec.Struct, frozen=True):
    """Somebody whose password was right and whose code is to come; sealed in a cookie."""

    workspace_id: int
    member_id: int
    until: int


async def show_sign_in(visit: Visit) -> Response:
    """The form; who is signed in already goes on."""
    if visit.signed_in is not None:
        return visit.go(_next(visit))
    return await visit.page("members/sign_in.html", email=visit.text("email"))


async def do_sign_in(visit: Visit) -> Response:
    """Open a session, or ask for the code first, and go to where the member was going."""
    pool, come = visit.house.pool, come_from(visit.request)
    known = await check_sign_in(pool, visit.text("email"), visit.secret("password"), come=come, now=visit.now)
    if known.needs_code:
        until = int(visit.now.timestamp()) + _HALF_LIVES_S
        _keep_half(visit, _Half(known.workspace_id, known.member_id, until))
        return visit.go(CODE + (f"?{visit.request.query_string.decode('latin-1')}" if visit.query else ""))
    return enter(visit, await sign_in(pool, known, come=come, now=visit.now))


async def show_code(visit: Visit) -> Response:
    """The form for the code."""
    return visit.go(SIGN_IN) if _half(visit) is None else await visit.page("members/code.html")


async def do_code(visit: Visit) -> Response:
    """Open the session of who has typed the right code."""
    half = _half(visit)
    if half is None:
        return visit.go(SIGN_IN, "That took too long. Sign in again.")
    known = Known(half.workspace_id, half.member_id, needs_code=True)
    pool, come = visit.house.pool, come_from(visit.request)
    await check_second_factor(pool, visit.house.box(), known, visit.text("code"), come=come, now=visit.now)
    visit.cookies.append(set_cookie(visit.request, _HALF, "", 0))
    return enter(visit, await sign_in(pool, known, come=come, now=visit.now))


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


def _keep_half(visit: Visit, half: _Half) -> None:
    sealed = visit.house.box().seal(msgspec.json.encode(half), "half a sign-in", 0)
    value = base64.urlsafe_b64encode(sealed).decode()
    visit.cookies.append(set_cookie(visit.request, _HALF, value, _HALF_LIVES_S))


def _half(visit: Visit) -> _Half | None:
    try:
        sealed = base64.urlsafe_b64decode(visit.cookie(_HALF))
        half = msgspec.json.decode(visit.house.box().open(sealed, "half a sign-in", 0), type=_Half)
    except (ValueError, binascii.Error, SecretError):
        return None
    return half if half.until > visit.now.timestamp() else None


ROUTES: list[PageRoute] = [
    page(SIGN_IN, show_sign_in, ANYBODY),
    action(SIGN_IN, do_sign_in, ANYBODY, again=show_sign_in),
    page(CODE, show_code, ANYBODY),
    action(CODE, do_code, ANYBODY, again=show_code),
    action("/sign-out/", do_sign_out, SIGNED_IN),
]
