"""The standard fields of a product, as filters and screens know them."""

from __future__ import annotations

from dealt.kernel.fields import Field
from dealt.kernel.lookups import BOUNDS, EQUAL

FIELDS: tuple[Field, ...] = (
    Field("id", "integer", "ID", "id"),
    Field("custom_id", "string", "Own id", "custom_id"),
    Field("name", "string", "Name", "name"),
    Field("description", "string", "Description", "description"),
    Field("category", "string", "Category", "category"),
    Field("price", "float", "Price", "price"),
    Field("currency", "string", "Currency", "currency"),
    Field("quantity", "float", "Quantity", "quantity"),
    Field("product_url", "string", "Product URL", "product_url"),
    Field("image_url", "string", "Image URL", "image_url"),
    Field("created_at", "datetime", "Created", "created_at"),
    Field("updated_at", "datetime", "Updated", "updated_at"),
)
# The look-ups that an index serves.
SERVED = {"id": BOUNDS, "updated_at": BOUNDS, "category": EQUAL, "price": BOUNDS}
