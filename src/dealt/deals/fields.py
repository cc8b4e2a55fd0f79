"""The standard fields of a deal and of its lines, as filters and screens know them."""

from __future__ import annotations

from dealt.kernel.fields import Field

FIELDS: tuple[Field, ...] = (
    Field("id", "integer", "ID", "id"),
    Field("custom_id", "string", "Own id", "custom_id"),
    Field("name", "string", "Name", "name"),
    Field("value", "float", "Value", "value"),
    Field("currency", "string", "Currency", "currency"),
    Field("base_value", "float", "Value in base currency", "base_value"),
    Field("lines_total", "float", "Lines total", "lines_total"),
    Field("refunded_total", "float", "Refunded", "refunded_total"),
    Field("net_value", "float", "Net value", "net_value"),
    Field("pipeline", "integer", "Pipeline", "pipeline_id"),
    Field("stage", "integer", "Stage", "stage_id"),
    Field("stage_entered_at", "datetime", "In this stage since", "stage_entered_at"),
    Field("status", "integer", "Status", "status"),
    Field("won_at", "datetime", "Won", "won_at"),
    Field("lost_at", "datetime", "Lost", "lost_at"),
    Field("loss_reason", "integer", "Loss reason", "loss_reason_id"),
    Field("loss_reason_description", "string", "Loss reason in words", "loss_reason_description"),
    Field("expected_close_date", "date", "Expected to close", "expected_close_date"),
    Field("assigned_to", "integer", "Assigned to", "assigned_to"),
    Field("created_by", "integer", "Created by", "created_by"),
    Field("company_id", "integer", "Company", "company_id"),
    Field("open_tasks", "integer", "Open tasks", "open_tasks"),
    Field("ordered_at", "datetime", "Ordered", "ordered_at"),
    Field("created_at", "datetime", "Created", "created_at"),
    Field("updated_at", "datetime", "Updated", "updated_at"),
)
LINE_FIELDS: tuple[Field, ...] = (
    Field("product_id", "integer", "Product", "product_id"),
    Field("quantity", "float", "Quantity", "quantity"),
    Field("value", "float", "Unit price", "value"),
    Field("currency", "string", "Currency", "currency"),
    Field("total", "float", "Line total", "total"),
    Field("returned_quantity", "float", "Returned", "returned_quantity"),
    Field("refunded_value", "float", "Refunded", "refunded_value"),
)
