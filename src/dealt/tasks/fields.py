"""The standard fields of a task, as filters and screens know them."""

from __future__ import annotations

from dealt.kernel.fields import Field

FIELDS: tuple[Field, ...] = (
    Field("id", "integer", "ID", "id"),
    Field("custom_id", "string", "Own id", "custom_id"),
    Field("activity_type", "integer", "Type", "activity_type"),
    Field("name", "string", "Name", "name"),
    Field("description", "string", "Description", "description"),
    Field("due_date", "datetime", "Due", "due_at"),
    Field("duration", "integer", "Minutes", "duration_minutes"),
    Field("assigned_to", "integer", "Assigned to", "assigned_to"),
    Field("created_by", "integer", "Created by", "created_by"),
    Field("company_id", "integer", "Company", "company_id"),
    Field("deal_id", "integer", "Deal", "deal_id"),
    Field("done", "boolean", "Done", "done"),
    Field("done_date", "datetime", "Done at", "done_at"),
    Field("created_at", "datetime", "Created", "created_at"),
    Field("updated_at", "datetime", "Updated", "updated_at"),
)
