"""Sign-in, with a choice of the workspace and a second factor where there is one, the way to others, and sign-out."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

import msgspec

from dealt.accounts import (
    ABSOLUTE,
    Door,
    From,
    check_second_factor,
    check_sign_in,
    doors_of,
    end_session,
    open_doors,
    own_door,
    sign_in,
)
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Request, Response
from dealt.kernel.secrets import SecretError
from dealt.web import ANYBODY, SESSION, SIGN_IN, SIGNED_IN, PageRoute, Visit, action, is_local, page, set_cookie

CODE, WORKSPACES = "/sign-in/code/", "/sign-in/workspace/"
_HALF = "dealt_half"
_HALF_LIVES_S = 300


class _Half(msgspec.Struct, frozen=True):
    """Somebody whose password was right, and who is to choose a workspace or to type a code; sealed in a cookie.

    ``doors`` are all that the password opens, ``chosen`` is the one that was chosen among them.
    """

    doors: list[str]
    until: int
    chosen: str = ""


async def show_sign_in(visit: Visit) -> Response:
    """The form; who is signed in already goes on."""
    if visit.signed_in is not None:
        return visit.go(_next(visit))
    return await visit.page("members/sign_in.html", email=visit.text("email"))


async def do_sign_in(visit: Visit) -> Response:
    """Open a session, or ask for the code first, and go to where the member was going."""
    pool, come = visit.house.pool, come_from(visit.request)
    doors = await check_sign_in(pool, visit.text("email"), visit.secret("password"), come=come, now=visit.now)
    if len(doors) == 1:
        return await _go_in(visit, doors[0], [])
    _keep_half(visit, [door.key for door in doors])
    return visit.go(f"{WORKSPACES}{_query(visit)}")


async def show_workspaces(visit: Visit) -> Response:
    """Which workspace to enter: after a sign-in that opens several, or another one than the present."""
    doors = await _doors(visit)
    if not doors:
        return visit.go("/" if visit.signed_in else SIGN_IN)
    return await visit.page("members/workspaces.html", doors=doors)


async def choose_workspace(visit: Visit) -> Response:
    """Into one of them, by its code where it asks for one; the session of the present one ends."""
    doors = await _doors(visit)
    if not doors and visit.signed_in is not None:
        return visit.go("/", "The password there was changed. Sign out, and sign in with it.")
    if not doors:
        return visit.go(SIGN_IN, "That took too long. Sign in again.")
    chosen = next((door for door in doors if str(door.workspace_id) == visit.text("workspace")), None)
    if chosen is None:
        raise InvalidInput.of("workspace", "Choose one of these workspaces.")
    keys = [door.key for door in doors]
    if visit.signed_in is not None:
        async with visit.reading() as connection:
            keys += await own_door(connection, visit.signed_in)
    return await _go_in(visit, chosen, keys)


async def show_code(visit: Visit) -> Response:
    """The form for the code."""
    half = _half(visit)
    return await visit.page("members/code.html") if half is not None and half.chosen else visit.go(SIGN_IN)


async def do_code(visit: Visit) -> Response:
    """Open the session of who has typed the right code."""
    half = _half(visit)
    pool, come = visit.house.pool, come_from(visit.request)
    async with visit.reading() as connection:
        found = await open_doors(connection, [half.chosen]) if half is not None and half.chosen else []
    if half is None or not found:
        return visit.go(SIGN_IN, "That took too long. Sign in again.")
    await check_second_factor(pool, visit.house.box(), found[0], visit.text("code"), come=come, now=visit.now)
    return await _open(visit, found[0], half.doors)


async def _go_in(visit: Visit, door: Door, keys: Sequence[str]) -> Response:
    """Open a session, or ask for the code first, and go to where the member was going."""
    if door.needs_code:
        _keep_half(visit, keys, door.key)
        return visit.go(f"{CODE}{_query(visit)}")
    return await _open(visit, door, keys)


async def _open(visit: Visit, door: Door, keys: Sequence[str]) -> Response:
    secret = await sign_in(visit.house.pool, door, come=come_from(visit.request), now=visit.now, doors=keys)
    if visit.signed_in is not None:
        async with visit.writing() as connection:
            await end_session(connection, visit.signed_in, visit.signed_in.session_id)
    if visit.cookie(_HALF):
        visit.cookies.append(set_cookie(visit.request, _HALF, "", 0))
    return enter(visit, secret)


async def _doors(visit: Visit) -> list[Door]:
    """What is there to choose from: for who is signed in the other workspaces, else what the password has opened."""
    half = _half(visit)
    async with visit.reading() as connection:
        if visit.signed_in is not None:
            return await doors_of(connection, visit.signed_in)
        return await open_doors(connection, half.doors) if half is not None else []


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


def _query(visit: Visit) -> str:
    return f"?{visit.request.query_string.decode('latin-1')}" if visit.query else ""


def _keep_half(visit: Visit, doors: Sequence[str], chosen: str = "") -> None:
    half = _Half(list(doors), int(visit.now.timestamp()) + _HALF_LIVES_S, chosen)
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
    page(WORKSPACES, show_workspaces, ANYBODY),
    action(WORKSPACES, choose_workspace, ANYBODY, again=show_workspaces),
    page(CODE, show_code, ANYBODY),
    action(CODE, do_code, ANYBODY, again=show_code),
    action("/sign-out/", do_sign_out, SIGNED_IN),
]
