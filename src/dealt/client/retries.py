"""When a request is sent again, and after what pause: decided here, without a connection and without a clock."""

from __future__ import annotations

import random
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import httpx

from .errors import Unreachable, error_of, retry_after

T = TypeVar("T")
Outcome: TypeAlias = httpx.Response | httpx.TransportError | None
"""What came of a step: an answer, or why there is none; nothing of a pause."""
Steps: TypeAlias = Generator[httpx.Request | float, Outcome, T]
"""Requests to send and pauses in seconds to make; whoever drives it sends back the outcome of each."""
# The server did nothing, or whatever stands before it does not know.
PASSING = (429, 502, 503, 504)
# Not even the first byte of the request was sent.
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
# Sent again it would fail the same way.
_HOPELESS = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)


@dataclass(frozen=True, slots=True)
class Retries:
    """How patient a client is: ``most`` repetitions, none of which begins later than ``total_s`` after the first try.

    The pause doubles from ``first_s`` to ``longest_s``, less up to half of it at random, so that many clients that
    failed together do not come back together. ``Retry-After`` counts instead where the server sends it; one that
    lies beyond ``total_s`` ends the attempts at once.
    """

    most: int = 4
    first_s: float = 0.25
    longest_s: float = 10.0
    total_s: float = 60.0

    def pause(self, repetition: int, told: float | None) -> float:
        """The seconds before the ``repetition``-th repetition, counted from 0."""
        whole = min(self.longest_s, self.first_s * 2 ** min(repetition, 30))
        share = random.random()  # noqa: S311 - it only spreads load
        return told + share * self.first_s if told is not None else whole * (1 - share / 2)


def attempts(
    request: httpx.Request, retries: Retries, clock: Callable[[], float], *, repeatable: bool
) -> Steps[httpx.Response]:
    """Send until there is a 2xx. Raises ApiError, Unreachable.

    ``repeatable`` says that a second one has no second effect. Others are repeated only where the first cannot have
    had one: it was never sent, or the server said that it did nothing.
    """
    end = clock() + retries.total_s
    repetition = 0
    while True:
        outcome = yield request
        if isinstance(outcome, httpx.Response) and outcome.is_success:
            return outcome
        assert outcome is not None
        told = retry_after(outcome) if isinstance(outcome, httpx.Response) else None
        pause = retries.pause(repetition, told)
        if repetition >= retries.most or clock() + pause > end or not _may_repeat(outcome, repeatable):
            break
        yield pause
        repetition += 1
    if isinstance(outcome, httpx.Response):
        raise error_of(outcome)
    raise Unreachable(f"No answer: {outcome or type(outcome).__name__}.", request) from outcome


def _may_repeat(outcome: httpx.Response | httpx.TransportError, repeatable: bool) -> bool:
    if isinstance(outcome, httpx.Response):
        # Of those only 429 is Dealt's own word that nothing was begun.
        return outcome.status_code == 429 or (outcome.status_code in PASSING and repeatable)
    return not isinstance(outcome, _HOPELESS) and (repeatable or isinstance(outcome, _UNSENT))
