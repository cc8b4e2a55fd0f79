"""What the routes of definitions share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.schema import Reader
from dealt.publicapi.call import Call

LARGEST_ID = 2**63 - 1


@asynccontextmanager
async def changing(call: Call) -> AsyncIterator[Connection]:
    """A connection in the one transaction of a change of definitions, which this process sees at once."""
    async with call.writing() as connection:
        yield connection
    call.services.definitions.forget(call.workspace_id)


def argument(call: Call, name: str, reader: Reader) -> Any:
    """A query argument as ``reader`` reads it; None where it is absent or empty. Raises InvalidInput."""
    value = call.request.query.get(name)
    if not value:
        return None
    try:
        return reader(value)
    except ValueError as error:
        raise InvalidInput.of(name, str(error)) from error
