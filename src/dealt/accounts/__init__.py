"""Workspaces, members and API tokens, and the versioned snapshot of a workspace's definitions."""

from dealt.accounts.actor import Actor
from dealt.accounts.bootstrap import FirstStart, create_workspace
from dealt.accounts.changing import change_role, disable_member, enable_member
from dealt.accounts.definitions import (
    Definitions,
    Part,
    Snapshot,
    await_writes,
    settings_changed,
    trusting,
    version_question,
)
from dealt.accounts.doors import Door, doors_of, open_doors, own_door
from dealt.accounts.invitations import accept_invitation, find_invitation, invite, list_invitations, withdraw_invitation
from dealt.accounts.mailing import origin_of, send_invitation, send_reset
from dealt.accounts.members import (
    MEMBERS,
    change_own_password,
    confirm_own_password,
    create_member,
    list_members,
    rename_member,
    set_password,
)
from dealt.accounts.own_roles import delete_role, list_roles, save_role
from dealt.accounts.resets import SEND as SEND_RESET
from dealt.accounts.resets import ask_for_reset, make_reset, reset_holds, use_reset
from dealt.accounts.roles import AREAS, CUSTOM, ROLES, Action, Member, may, may_see_deal, sees_only
from dealt.accounts.sessions import (
    ABSOLUTE,
    end_session,
    end_sessions,
    find_member,
    forget_old_sessions,
    list_sessions,
    open_session,
)
from dealt.accounts.signing_in import From, check_second_factor, check_sign_in, sign_in
from dealt.accounts.throttling import forget_old_tries
from dealt.accounts.tokens import (
    HIGHEST_RATE,
    SCOPES,
    Access,
    NewToken,
    Tokens,
    create_token,
    list_tokens,
    revoke_token,
)
from dealt.accounts.totp import (
    begin_factor,
    confirm_factor,
    factor_address,
    factor_spelled,
    has_factor,
    read_own_factor,
    remove_factor,
)
from dealt.accounts.workspaces import Workspace, read_workspace, update_workspace

__all__ = [
    "ABSOLUTE",
    "AREAS",
    "CUSTOM",
    "HIGHEST_RATE",
    "MEMBERS",
    "ROLES",
    "SCOPES",
    "SEND_RESET",
    "Access",
    "Action",
    "Actor",
    "Definitions",
    "Door",
    "FirstStart",
    "From",
    "Member",
    "NewToken",
    "Part",
    "Snapshot",
    "Tokens",
    "Workspace",
    "accept_invitation",
    "ask_for_reset",
    "await_writes",
    "begin_factor",
    "change_own_password",
    "change_role",
    "check_second_factor",
    "check_sign_in",
    "confirm_factor",
    "confirm_own_password",
    "create_member",
    "create_token",
    "create_workspace",
    "delete_role",
    "disable_member",
    "doors_of",
    "enable_member",
    "end_session",
    "end_sessions",
    "factor_address",
    "factor_spelled",
    "find_invitation",
    "find_member",
    "forget_old_sessions",
    "forget_old_tries",
    "has_factor",
    "invite",
    "list_invitations",
    "list_members",
    "list_roles",
    "list_sessions",
    "list_tokens",
    "make_reset",
    "may",
    "may_see_deal",
    "open_doors",
    "open_session",
    "origin_of",
    "own_door",
    "read_own_factor",
    "read_workspace",
    "remove_factor",
    "rename_member",
    "reset_holds",
    "revoke_token",
    "save_role",
    "sees_only",
    "send_invitation",
    "send_reset",
    "set_password",
    "settings_changed",
    "sign_in",
    "trusting",
    "update_workspace",
    "use_reset",
    "version_question",
    "withdraw_invitation",
]
