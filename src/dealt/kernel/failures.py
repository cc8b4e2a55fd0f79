"""What a client is told of an error: one mapping for single answers and for the lines of a bulk answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from dealt.kernel.db import AWAY
from dealt.kernel.errors import DealtError, InvalidInput

# It is there, and could not do this in the time or space that it has.
BUSY = (asyncpg.QueryCanceledError, asyncpg.TransactionRollbackError, asyncpg.InsufficientResourcesError)


@dataclass(frozen=True, slots=True)
class Failure:
    """Status, JSON body and headers of an answer; an unexpected one is logged and told without details."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    unexpected: bool = False


def describe(error: Exception) -> Failure:
    """The recorded shapes: 400 ``{"errors": {field: [text]}}``, everything else ``{"detail": text}``."""
    if isinstance(error, InvalidInput):
        return Failure(400, {"errors": error.fields})
    if isinstance(error, DealtError):
        return Failure(error.status, {"detail": error.detail}, error.headers)
    if isinstance(error, asyncpg.UntranslatableCharacterError | asyncpg.CharacterNotInRepertoireError):
        return Failure(400, {"errors": {"body": ["A character cannot be stored."]}})
    if isinstance(error, AWAY):
        return Failure(503, {"detail": "The database cannot be reached; try again."}, {"Retry-After": "1"})
    if isinstance(error, BUSY):
        return Failure(503, {"detail": "The database could not finish this; try again."}, {"Retry-After": "1"})
    return Failure(500, {"detail": "An unexpected error was logged. Nothing of this request was stored."}, {}, True)
