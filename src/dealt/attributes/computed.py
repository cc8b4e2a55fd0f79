"""Attributes of contacts and companies that aggregators fill: defined with the aggregator, and gone with it."""

from __future__ import annotations

from datetime import datetime

from dealt.attributes import queries
from dealt.attributes.typing import name_std
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.ids import next_settings_id


async def define_computed(
    connection: Connection,
    workspace_id: int,
    aggregator_id: int,
    domain: str,
    *,
    name: str,
    value_type: str,
    description: str,
    now: datetime,
) -> None:
    """An attribute that nobody writes. Raises InvalidInput for ``target`` where the domain has one of that name."""
    attribute_id = await next_settings_id(connection, workspace_id, "attribute")
    key = name_std(name)
    values = (workspace_id, attribute_id, domain, name, key, value_type, description, now, aggregator_id)
    if await connection.fetchval(queries.DEFINE_COMPUTED, *values) is None:
        raise InvalidInput.of("target", f'There is already a {domain} attribute "{key}".')


async def retype_computed(
    connection: Connection, workspace_id: int, aggregator_id: int, value_type: str, description: str
) -> None:
    """The type and the description that its aggregator gives it."""
    await connection.execute(queries.RETYPE_COMPUTED, workspace_id, aggregator_id, value_type, description)


async def delete_computed(connection: Connection, workspace_id: int, aggregator_id: int) -> None:
    """Remove the attribute of an aggregator."""
    await connection.execute(queries.DELETE_COMPUTED, workspace_id, aggregator_id)
