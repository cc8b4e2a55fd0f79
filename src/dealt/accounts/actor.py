"""Who acts, in which workspace, and why: passed to every action, never ambient."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dealt.kernel.journal import Cause, Lane


@dataclass(frozen=True, slots=True)
class Actor:
    """``name`` is what the journal shows: ``token:3``, ``member:1``, ``import`` or ``system``."""

    workspace_id: int
    name: str
    cause: Cause = Cause.LIVE
    lane: Lane = Lane.INTERACTIVE
    hop: int = 0

    def in_bulk(self, *, silent: bool = False) -> Actor:
        """The same actor doing bulk work, which never delays an interactive edit."""
        return replace(self, lane=Lane.BULK, cause=Cause.SILENT if silent else self.cause)
