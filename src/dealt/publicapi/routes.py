"""The route table of the public API: every resource's routes, in one list that tests walk."""

from __future__ import annotations

from dealt.kernel.http import Route
from dealt.publicapi.call import Call

ROUTES: list[Route[Call]] = []
