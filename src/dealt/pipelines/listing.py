"""Pipelines, stages and loss reasons in pages."""

from __future__ import annotations

from dealt.kernel.db import Connection
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.sql import sql


async def page_of_pipelines(connection: Connection, workspace_id: int, request: PageRequest) -> Page:
    """One page of the pipelines in their order: ``id``, ``name``, ``position``, ``date_attribute``."""
    conditions = [sql("workspace_id = {}", workspace_id)]
    columns = "id, name, position, date_attribute"
    return await fetch_page(connection, columns, "pipelines", conditions, Order("position"), request)


async def page_of_stages(
    connection: Connection, workspace_id: int, request: PageRequest, pipeline_id: int | None = None
) -> Page:
    """One page of stages, with the columns of ``Stage``: a pipeline's in their order, or all by id."""
    conditions = [sql("workspace_id = {}", workspace_id)]
    if pipeline_id is not None:
        conditions.append(sql("pipeline_id = {}", pipeline_id))
    order = Order("id" if pipeline_id is None else "position")
    columns = "id, name, position, pipeline_id, required, sets_status"
    return await fetch_page(connection, columns, "stages", conditions, order, request)


async def page_of_loss_reasons(connection: Connection, workspace_id: int, request: PageRequest) -> Page:
    """One page of the loss reasons, by id: ``id`` and ``name``."""
    conditions = [sql("workspace_id = {}", workspace_id)]
    return await fetch_page(connection, "id, name", "loss_reasons", conditions, Order("id"), request)
