"""The route table of the pages: each says in which area it is, so that one place decides who may come in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from dealt.accounts import AREAS, Action
from dealt.kernel.http import Response, Route

if TYPE_CHECKING:
    from dealt.web.visit import Visit

Handler: TypeAlias = "Callable[[Visit], Awaitable[Response]]"

ANYBODY = "anybody"
"""An area for whoever comes, signed in or not: the sign-in itself."""
SIGNED_IN = "signed-in"
"""An area for every member whatever the role: one's own password."""


@dataclass(frozen=True, slots=True)
class PageRoute(Route["Visit"]):
    """``area`` and ``act`` are what a member's role must allow.

    ``again`` shows the page anew, with what was typed and what is wrong with it, when a form is refused.
    """

    area: str = ""
    act: Action = "read"
    again: Handler | None = None


def page(path: str, handler: Handler, area: str, *, writes: bool = False) -> PageRoute:
    """A page, or a part of one, that is read. ``writes`` keeps out who may not change: it is a form, and no more."""
    return PageRoute(("GET",), path, handler, "read", area=_known(area), act="write" if writes else "read")


def action(path: str, handler: Handler, area: str, *, again: Handler | None = None, reads: bool = False) -> PageRoute:
    """What a form or a module posts. ``reads`` says that it changes nothing, for all that it is posted."""
    return PageRoute(
        ("POST",), path, handler, "write", area=_known(area), act="read" if reads else "write", again=again
    )


def _known(area: str) -> str:
    if area not in AREAS and area not in (ANYBODY, SIGNED_IN):
        raise AssertionError(f"{area} is no area; add it to dealt.accounts.roles")
    return area
