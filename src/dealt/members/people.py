"""The members of the workspace, who is invited, and the roles of its own."""

from __future__ import annotations

import msgspec

from dealt.accounts import (
    AREAS,
    ROLES,
    Action,
    change_role,
    delete_role,
    disable_member,
    enable_member,
    invite,
    list_invitations,
    list_members,
    list_roles,
    make_reset,
    origin_of,
    remove_factor,
    save_role,
    send_invitation,
    withdraw_invitation,
)
from dealt.kernel.db import Record
from dealt.kernel.http import Response
from dealt.settings import Settings
from dealt.web import PageRoute, Visit, action, page

_HERE, _ROLES = "/settings/members/", "/settings/roles/"


async def show(visit: Visit, link: str = "", whose: str = "") -> Response:
    """Everybody who may sign in, and who is invited; ``link`` is shown this once."""
    async with visit.reading() as connection:
        members = await list_members(connection, visit.workspace_id)
        invitations = await list_invitations(connection, visit.workspace_id, visit.now)
        roles = await list_roles(connection, visit.workspace_id)
    names = {name: name.capitalize() for name in ROLES} | {str(role["id"]): role["name"] for role in roles}
    return await visit.page(
        "members/people.html", members=members, invitations=invitations, names=names, about=ROLES, link=link,
        whose=whose, by_mail=visit.of(Settings).smtp is not None,
    )  # fmt: skip


async def add(visit: Visit) -> Response:
    """Invite somebody, by mail where that can be sent, and show the link in any case."""
    email, settings = visit.text("email"), visit.of(Settings)
    async with visit.writing() as connection:
        secret = await invite(
            connection, visit.workspace_id, email=email, role=visit.text("role"), now=visit.now, actor=visit.actor.name
        )
        origin = await origin_of(connection, visit.workspace_id, settings)
    link = f"{origin}/invited/{secret}/"
    sent = await send_invitation(settings, email, visit.member.called, visit.member.shop, link)
    return visit.go(_HERE, f"An invitation is on its way to {email}.") if sent else await show(visit, link, email)


async def withdraw(visit: Visit) -> Response:
    async with visit.writing() as connection:
        await withdraw_invitation(connection, visit.workspace_id, visit.id(), now=visit.now, actor=visit.actor.name)
    return visit.go(_HERE, "The invitation is withdrawn; its link leads nowhere now.")


async def give_role(visit: Visit) -> Response:
    async with visit.changing() as connection:
        await change_role(
            connection, visit.workspace_id, visit.id(), visit.text("role"), now=visit.now, actor=visit.actor.name
        )
    return visit.go(_HERE, "The role is changed. It holds from the next click on.")


async def lock_out(visit: Visit) -> Response:
    async with visit.changing() as connection:
        await disable_member(connection, visit.workspace_id, visit.id(), now=visit.now, actor=visit.actor.name)
    return visit.go(_HERE, "The member is locked out, and signed out everywhere.")


async def let_in(visit: Visit) -> Response:
    async with visit.changing() as connection:
        await enable_member(connection, visit.workspace_id, visit.id(), now=visit.now, actor=visit.actor.name)
    return visit.go(_HERE, "The member may sign in again.")


async def show_reset_link(visit: Visit) -> Response:
    """A link to a new password, for who cannot be reached by mail."""
    async with visit.writing() as connection:
        secret = await make_reset(connection, visit.workspace_id, visit.id(), now=visit.now, actor=visit.actor.name)
        origin = await origin_of(connection, visit.workspace_id, visit.of(Settings))
    return await show(visit, f"{origin}/reset/{secret}/", "the member")


async def drop_factor(visit: Visit) -> Response:
    """For who has lost the telephone and the paper."""
    async with visit.writing() as connection:
        await remove_factor(connection, visit.workspace_id, visit.id(), now=visit.now, actor=visit.actor.name)
    return visit.go(_HERE, "The member signs in without a code now.")


async def show_roles(visit: Visit) -> Response:
    """What the roles open."""
    async with visit.reading() as connection:
        roles = [_read(row) for row in await list_roles(connection, visit.workspace_id)]
    return await visit.page("members/roles.html", roles=roles, about=ROLES)


async def keep_role(visit: Visit) -> Response:
    """A new role, or what another one opens from now on."""
    areas: dict[str, Action] = {}
    for area in AREAS:
        given = visit.text(f"area-{area}")
        if given in ("read", "write"):
            areas[area] = "read" if given == "read" else "write"
    role_id = visit.id() if "id" in visit.params else None
    async with visit.writing() as connection:
        await save_role(
            connection, visit.workspace_id, role_id, name=visit.text("name"), areas=areas,
            own_deals=bool(visit.text("own_deals")), now=visit.now, actor=visit.actor.name,
        )  # fmt: skip
    return visit.go(_ROLES, "The role is saved.")


async def drop_role(visit: Visit) -> Response:
    async with visit.writing() as connection:
        await delete_role(connection, visit.workspace_id, visit.id(), now=visit.now, actor=visit.actor.name)
    return visit.go(_ROLES, "The role is deleted.")


def _read(row: Record) -> dict[str, object]:
    return dict(row) | {"areas": msgspec.json.decode(row["areas"])}


_MEMBER, _ROLE = f"{_HERE}<int:id>/", f"{_ROLES}<int:id>/"
ROUTES: list[PageRoute] = [
    page(_HERE, show, "settings"),
    action(_HERE, add, "settings", again=show),
    action(f"{_HERE}invitations/<int:id>/withdraw/", withdraw, "settings"),
    action(f"{_MEMBER}role/", give_role, "settings", again=show),
    action(f"{_MEMBER}lock-out/", lock_out, "settings", again=show),
    action(f"{_MEMBER}let-in/", let_in, "settings"),
    action(f"{_MEMBER}reset/", show_reset_link, "settings"),
    action(f"{_MEMBER}no-codes/", drop_factor, "settings"),
    page(_ROLES, show_roles, "settings"),
    action(_ROLES, keep_role, "settings", again=show_roles),
    action(_ROLE, keep_role, "settings", again=show_roles),
    action(f"{_ROLE}delete/", drop_role, "settings", again=show_roles),
]
