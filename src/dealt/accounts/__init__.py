"""Workspaces, members and API tokens, and the versioned snapshot of a workspace's definitions."""

from dealt.accounts.actor import Actor
from dealt.accounts.bootstrap import FirstStart, create_workspace
from dealt.accounts.definitions import (
    Definitions,
    Part,
    Snapshot,
    await_writes,
    settings_changed,
    trusting,
    version_question,
)
from dealt.accounts.members import (
    MEMBERS,
    change_own_password,
    create_member,
    list_members,
    rename_member,
    set_password,
)
from dealt.accounts.roles import AREAS, CUSTOM, Action, Member, may, may_see_deal
from dealt.accounts.sessions import (
    ABSOLUTE,
    end_session,
    end_sessions,
    find_member,
    forget_old_sessions,
    list_sessions,
    open_session,
)
from dealt.accounts.signing_in import From, sign_in
from dealt.accounts.throttling import forget_old_tries
from dealt.accounts.tokens import HIGHEST_RATE, Access, NewToken, Tokens, create_token, list_tokens, revoke_token
from dealt.accounts.workspaces import Workspace, read_workspace, update_workspace

__all__ = [
    "ABSOLUTE",
    "AREAS",
    "CUSTOM",
    "HIGHEST_RATE",
    "MEMBERS",
    "Access",
    "Action",
    "Actor",
    "Definitions",
    "FirstStart",
    "From",
    "Member",
    "NewToken",
    "Part",
    "Snapshot",
    "Tokens",
    "Workspace",
    "await_writes",
    "change_own_password",
    "create_member",
    "create_token",
    "create_workspace",
    "end_session",
    "end_sessions",
    "find_member",
    "forget_old_sessions",
    "forget_old_tries",
    "list_members",
    "list_sessions",
    "list_tokens",
    "may",
    "may_see_deal",
    "open_session",
    "read_workspace",
    "rename_member",
    "revoke_token",
    "set_password",
    "settings_changed",
    "sign_in",
    "trusting",
    "update_workspace",
    "version_question",
]
