"""The lists of companies and of products."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dealt.accounts import Snapshot
from dealt.browsing.model import Column, Filter, Kind, Row
from dealt.browsing.sorting import sorted_by_all
from dealt.browsing.tagging import means, means_tag, tag_special, tags_offered
from dealt.companies import Company, company_of, list_companies
from dealt.kernel.db import Connection
from dealt.kernel.paging import Order, Page, PageRequest
from dealt.products import Product, list_products, product_of
from dealt.publicapi import COMPANIES as COMPANY_LISTING
from dealt.publicapi import PRODUCTS as PRODUCT_LISTING
from dealt.publicapi import computed_of
from dealt.searching import matching
from dealt.tags import TAGS
from dealt.web import Visit


async def _companies(
    visit: Visit, connection: Connection, snapshot: Snapshot, _lookups: Mapping[str, str], request: PageRequest
) -> tuple[Page, list[Row]]:
    page = await list_companies(connection, visit.workspace_id, [], Order("id"), request)
    computed = await computed_of(connection, snapshot, [row["id"] for row in page.rows], visit.now)
    return page, [_row(company_of(row), snapshot, computed.get(row["id"], {})) for row in page.rows]


async def _products(
    visit: Visit, connection: Connection, snapshot: Snapshot, _lookups: Mapping[str, str], request: PageRequest
) -> tuple[Page, list[Row]]:
    page = await list_products(connection, visit.workspace_id, [], Order("id"), request)
    return page, [_row(product_of(row), snapshot) for row in page.rows]


def _row(one: Company | Product, snapshot: Snapshot, computed: Mapping[str, Any] | None = None) -> Row:
    tags = snapshot.part(TAGS)
    values: dict[str, Any] = one.attributes | dict(computed or {}) | msgspec.structs.asdict(one)
    values["tags"] = [tags[tag_id] for tag_id in one.tag_ids if tag_id in tags]
    values["phone_numbers"] = ", ".join(values.get("phone_numbers", []))
    return Row(one.id, one.name or one.custom_id or f"Number {one.id}", values)


_ENDS = (
    Column("custom_id", "Own id"),
    Column("created_at", "Added", "when", sort="id"),
    Column("updated_at", "Changed", "when", sort="updated_at"),
    Column("id", "Number", "number", sort="id"),
)

COMPANIES = Kind(
    name="company",
    one="company",
    title="Companies",
    path="/companies/",
    area="companies",
    domain="company",
    about="Firms that contacts belong to.",
    empty="A company appears with an import, or when your shop sends one over the API.",
    listing=sorted_by_all(COMPANY_LISTING, tag=tag_special("tag_ids")),
    columns=(
        Column("name", "Name", "name"),
        Column("email", "E-mail"),
        Column("phone_numbers", "Phone"),
        Column("country", "Country"),
        Column("region", "Region"),
        Column("city", "City"),
        Column("address", "Address"),
        Column("approx_employees", "Employees", "number"),
        Column("tags", "Tags", "tags"),
        *_ENDS,
    ),
    default=("email", "city", "country", "approx_employees", "tags", "updated_at"),
    ordering="-updated_at",
    filters=(Filter("tag", "Tag", tags_offered, means_tag),),
    search=lambda text: matching("company", text),
    read=_companies,
    alias="companies",
    steady="id",
)

PRODUCTS = Kind(
    name="product",
    one="product",
    title="Products",
    path="/products/",
    area="products",
    domain="product",
    about="The catalogue as it is now; what was bought stands on each order.",
    empty="A product appears with a product feed, an import, or the first order that names it.",
    listing=sorted_by_all(PRODUCT_LISTING, tag=tag_special("tag_ids")),
    columns=(
        Column("name", "Name", "name"),
        Column("category", "Category"),
        Column("price", "Price", "money"),
        Column("quantity", "Stock", "stock"),
        Column("tags", "Tags", "tags"),
        Column("description", "Description"),
        *_ENDS,
    ),
    default=("custom_id", "category", "price", "quantity", "tags", "updated_at"),
    ordering="-updated_at",
    filters=(
        Filter("quantity__lte", "Stock", lambda _: (("0", "Sold out"),), means("quantity", "less_or_equal")),
        Filter("tag", "Tag", tags_offered, means_tag),
    ),
    search=lambda text: matching("product", text),
    read=_products,
    alias="products",
    steady="id",
    picture="image_url",
)
