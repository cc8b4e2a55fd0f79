"""Which user of the operating system runs the server. PostgreSQL refuses to run as root.

An ordinary user runs it directly. Root runs it as the owner of the folder the data is in; where that is
root itself, inside a user namespace, in which root's files belong to an ordinary name (no account is
made, no folder is opened to others); where namespaces are refused, as ``nobody``.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from dealt.kernel.postgres.environment import clean_environment
from dealt.kernel.postgres.errors import FolderUnusable

UNMAPPED_UID = 65534


class UserChange(TypedDict, total=False):
    """The arguments of subprocess that give up root."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Identity:
    """``owner`` (a uid) owns the files; ``clients`` are the names under which the server sees us and root."""

    owner: int
    clients: tuple[str, ...]
    prefix: tuple[str, ...] = ()
    group: int | None = None

    def command(self, program: str, *arguments: str) -> list[str]:
        """The command line that runs a program as this user, together with :meth:`change`."""
        return [*self.prefix, program, *arguments]

    def change(self) -> UserChange:
        """What subprocess must be told, beside the command line."""
        if self.group is None:
            return {}
        return {"user": self.owner, "group": self.group, "extra_groups": []}

    def run(self, program: str, *arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a program to its end as this user, with ``given`` as its input; never raises on its failure."""
        return subprocess.run(  # noqa: S603
            self.command(program, *arguments),
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            text=True,
            cwd="/",
            env=clean_environment(),
            check=False,
            **self.change(),
        )

    def can_use(self, path: Path) -> bool:
        """Whether this user may enter the folder, or run the program, ``path``."""
        return self.run("/bin/sh", "-c", 'test -x "$1"', "sh", str(path)).returncode == 0

    def own(self, path: Path) -> None:
        """Give a file, or a folder and all it holds, to this user where it is another's.

        Raises :class:`FolderUnusable` when we are not root and it is not ours.
        """
        if path.lstat().st_uid == self.owner:
            return
        if self.group is None:
            raise FolderUnusable(f"{path} belongs to another user: start Dealt as that user, or as root.")
        for file in [path, *path.rglob("*")]:
            os.lchown(file, self.owner, self.group)


def choose(folder: Path) -> Identity:
    """Who runs the server whose data is, or will be, in ``folder``."""
    uid = os.geteuid()
    if uid != 0:
        name = _name_of(uid)
        # A container may give us a number without a name, which PostgreSQL's programs refuse.
        return Identity(uid, (name, "root")) if name else _in_namespace() or _refuse_nameless(uid)
    owner = _owner_of(folder)
    name = _name_of(owner)
    if owner != 0 and name:
        return _as_account(pwd.getpwuid(owner))
    return _in_namespace() or _as_account(pwd.getpwnam("nobody"))


def _as_account(account: pwd.struct_passwd) -> Identity:
    return Identity(account.pw_uid, (account.pw_name, "root"), group=account.pw_gid)


def _in_namespace() -> Identity | None:
    """Ourselves under another number, where the kernel and the container allow it."""
    tool = shutil.which("unshare")
    # The overflow number would make everybody's files look like our own.
    account = next((a for a in pwd.getpwall() if 0 < a.pw_uid < UNMAPPED_UID), None)
    if tool is None or account is None:
        return None
    prefix: Sequence[str] = (tool, "-U", f"--map-user={account.pw_uid}", "--")
    identity = Identity(os.geteuid(), (account.pw_name,), prefix=tuple(prefix))
    return identity if identity.can_use(Path("/")) else None


def _refuse_nameless(uid: int) -> Identity:
    raise FolderUnusable(
        f"The user number {uid} has no name, and PostgreSQL needs one: add it to /etc/passwd, "
        "or set DATABASE_URL to a server elsewhere."
    )


def _owner_of(folder: Path) -> int:
    nearest = next(p for p in [folder, *folder.parents] if p.exists())
    return nearest.stat().st_uid


def _name_of(uid: int) -> str | None:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None
