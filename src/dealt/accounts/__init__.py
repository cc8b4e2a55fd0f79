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
from dealt.accounts.members import MEMBERS, create_member, list_members, set_password
from dealt.accounts.tokens import HIGHEST_RATE, Access, NewToken, Tokens, create_token, list_tokens, revoke_token
from dealt.accounts.workspaces import Workspace, read_workspace, update_workspace

__all__ = [
    "HIGHEST_RATE",
    "MEMBERS",
    "Access",
    "Actor",
    "Definitions",
    "FirstStart",
    "NewToken",
    "Part",
    "Snapshot",
    "Tokens",
    "Workspace",
    "await_writes",
    "create_member",
    "create_token",
    "create_workspace",
    "list_members",
    "list_tokens",
    "read_workspace",
    "revoke_token",
    "set_password",
    "settings_changed",
    "trusting",
    "update_workspace",
    "version_question",
]
