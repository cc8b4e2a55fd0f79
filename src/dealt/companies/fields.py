"""The standard fields of a company, as filters and screens know them."""

from __future__ import annotations

from dealt.kernel.fields import Field
from dealt.kernel.lookups import BOUNDS, EQUAL

FIELDS: tuple[Field, ...] = (
    Field("id", "integer", "ID", "id"),
    Field("custom_id", "string", "Own id", "custom_id"),
    Field("name", "string", "Name", "name"),
    Field("description", "string", "Description", "description"),
    Field("email", "string", "E-mail", "email"),
    Field("country", "string", "Country", "country"),
    Field("region", "string", "Region", "region"),
    Field("city", "string", "City", "city"),
    Field("address", "string", "Address", "address"),
    Field("postal_code", "string", "Postal code", "postal_code"),
    Field("approx_employees", "integer", "Employees", "approx_employees"),
    Field("created_at", "datetime", "Created", "created_at"),
    Field("updated_at", "datetime", "Updated", "updated_at"),
)
# The look-ups that an index serves.
SERVED = {"id": BOUNDS, "custom_id": EQUAL, "updated_at": BOUNDS}
