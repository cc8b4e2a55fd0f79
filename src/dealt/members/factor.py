"""One's own second factor: set up by a picture and a code, switched off by the password."""

from __future__ import annotations

from io import BytesIO

from dealt.accounts import (
    begin_factor,
    confirm_factor,
    confirm_own_password,
    factor_address,
    factor_spelled,
    read_own_factor,
    remove_factor,
)
from dealt.kernel.http import Response
from dealt.web import SIGNED_IN, PageRoute, Visit, action, page

_HERE = "/me/codes/"


async def begin(visit: Visit) -> Response:
    """A new secret, which is shown until a code of it was typed."""
    async with visit.writing() as connection:
        await begin_factor(connection, visit.house.box(), visit.member, now=visit.now)
    return visit.go(_HERE)


async def show(visit: Visit) -> Response:
    """The picture for the telephone."""
    async with visit.reading() as connection:
        secret = await read_own_factor(connection, visit.house.box(), visit.member)
    if secret is None:
        return visit.go("/me/")
    picture = _picture(factor_address(secret, visit.member))
    return await visit.page("members/factor.html", picture=picture, spelled=factor_spelled(secret), papers=())


async def confirm(visit: Visit) -> Response:
    """From now on codes are asked for; the codes on paper are shown once."""
    async with visit.writing() as connection:
        papers = await confirm_factor(connection, visit.house.box(), visit.member, visit.text("code"), now=visit.now)
    return await visit.page("members/factor.html", picture="", spelled="", papers=papers)


async def remove(visit: Visit) -> Response:
    """Ask for the password once more: an open screen is not enough."""
    await confirm_own_password(visit.house.pool, visit.member, visit.secret("present"), now=visit.now)
    async with visit.writing() as connection:
        await remove_factor(connection, visit.workspace_id, visit.member.id, now=visit.now, actor=visit.actor.name)
    return visit.go("/me/", "No codes are asked for any more.")


async def show_remove(visit: Visit) -> Response:
    return await visit.page("members/factor_off.html")


def _picture(address: str) -> str:
    """A picture for telephones as SVG without styles, which the policy would not let through."""
    import segno

    written = BytesIO()
    segno.make(address, error="m").save(
        written, kind="svg", scale=5, border=3, xmldecl=False, svgns=True, nl=False, light="#ffffff", dark="#000000"
    )
    return written.getvalue().decode()


ROUTES: list[PageRoute] = [
    action("/me/codes/begin/", begin, SIGNED_IN),
    page(_HERE, show, SIGNED_IN),
    action(_HERE, confirm, SIGNED_IN, again=show),
    page("/me/codes/off/", show_remove, SIGNED_IN),
    action("/me/codes/off/", remove, SIGNED_IN, again=show_remove),
]
