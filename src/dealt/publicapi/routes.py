"""The route table of the public API: every resource's routes, in one list that tests walk."""

from __future__ import annotations

from dealt.kernel.http import Route
from dealt.publicapi import attributes, exchange_rates, loss_reasons, pipelines, workspace
from dealt.publicapi import bulk, deals
from dealt.publicapi.call import Call

ROUTES: list[Route[Call]] = [
    *attributes.ROUTES,
    *exchange_rates.ROUTES,
    *loss_reasons.ROUTES,
    *pipelines.ROUTES,
    *workspace.ROUTES,
]
