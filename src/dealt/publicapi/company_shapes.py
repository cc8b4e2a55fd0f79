"""A company as version 1 and version 2 of the public API show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dealt.accounts import Snapshot
from dealt.attributes import ATTRIBUTES, Attribute
from dealt.companies import Company
from dealt.publicapi.attribute_shapes import listed
from dealt.tags import TAGS


def shape_company(
    company: Company, employees: Sequence[int], computed: Mapping[str, Any], snapshot: Snapshot, version: int
) -> dict[str, Any]:
    """The whole company; custom attributes are keys of it in version 2, in version 1 a list of those with a value.

    ``computed`` are the values of attributes that aggregators fill.
    """
    tags, known = snapshot.part(TAGS), snapshot.part(ATTRIBUTES).of("company")
    attributes = own_attributes(company.attributes, known) | dict(computed)
    worn = [{"id": tag_id, "name": tags[tag_id]} for tag_id in company.tag_ids if tag_id in tags]
    if version == 1:
        return {
            "id": company.id,
            "name": company.name,
            "description": company.description,
            "email": company.email,
            "country": company.country,
            "region": company.region,
            "city": company.city,
            "address": company.address,
            "postal_code": company.postal_code,
            "approx_employees": company.approx_employees,
            "phone_numbers": company.phone_numbers,
            "company_id": company.custom_id,
            "attributes": listed(known, attributes),
            "tags": worn,
            "created_at": company.created_at,
            "updated_at": company.updated_at,
        }
    shape: dict[str, Any] = {
        "id": company.id,
        "custom_id": company.custom_id,
        "name": company.name,
        "email": company.email,
        "address": company.address,
        "city": company.city,
        "region": company.region,
        "country": company.country,
        "postal_code": company.postal_code,
        "phone_numbers": company.phone_numbers or None,
        "description": company.description,
        "approx_employees": company.approx_employees,
        "employees": employees,
        "tags": worn,
        "created_at": company.created_at,
        "updated_at": company.updated_at,
    }
    return shape | {name: attributes.get(name) for name in known if name not in shape}


def own_attributes(values: Mapping[str, Any], known: Mapping[str, Attribute]) -> dict[str, Any]:
    """What was written; of an attribute that is computed now, nothing that was there before counts."""
    computed = {name for name, one in known.items() if one.aggregator_id is not None}
    return {name: value for name, value in values.items() if name not in computed}
