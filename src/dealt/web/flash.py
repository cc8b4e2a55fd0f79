"""What the next page says in a toast: carried over a redirect by a cookie that lives for a few seconds."""

from __future__ import annotations

import base64
import binascii

import msgspec

COOKIE = "dealt_said"
LIVES_S = 20
_LONGEST = 2000


class Undo(msgspec.Struct, frozen=True):
    """What the toast's "Undo" posts: a path of ours and the fields of a form."""

    path: str
    fields: dict[str, str] = {}


def bring_back(deletion_id: int | None) -> Undo | None:
    """The way back from a deletion (``dealt.deletions``); None where it is final."""
    return None if deletion_id is None else Undo(f"/deleted/{deletion_id}/restore/")


class Said(msgspec.Struct, frozen=True):
    """A sentence about what was done, or (``bad``) what could not be."""

    text: str
    undo: Undo | None = None
    bad: bool = False


def written(said: Said) -> str:
    """The cookie's value; without the way back where that is too long for a cookie."""
    value = base64.urlsafe_b64encode(msgspec.json.encode(said)).decode()
    return value if len(value) <= _LONGEST else written(Said(said.text[:300], None, said.bad))


def read(value: str) -> Said | None:
    """What a cookie says; None where it is not ours."""
    try:
        said = msgspec.json.decode(base64.urlsafe_b64decode(value[:_LONGEST]), type=Said)
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        return None
    return said if said.undo is None or is_local(said.undo.path) else Said(said.text, None, said.bad)


def is_local(path: str) -> bool:
    """Whether a path leads to a page of ours and nowhere else."""
    return path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
