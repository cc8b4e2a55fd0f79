"""What a company is, and how others refer to one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from dealt.kernel.db import Record

LONGEST_CUSTOM_ID = 255


class Company(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A row of ``companies``; ``attributes`` are stored values by standard name."""

    id: int
    custom_id: str | None = None
    name: str = ""
    description: str | None = None
    email: str | None = None
    country: str | None = None
    region: str | None = None
    city: str | None = None
    address: str | None = None
    postal_code: str | None = None
    approx_employees: int | None = None
    phone_numbers: list[str] = []
    tag_ids: list[int] = []
    attributes: dict[str, Any] = {}
    version: int = 1
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class CompanyRef:
    """A company that exists, by both of its names."""

    id: int
    custom_id: str | None


@dataclass(frozen=True, slots=True)
class CompanyIds:
    """Companies by what they were asked for by; what is absent does not exist."""

    by_id: dict[int, CompanyRef] = field(default_factory=dict)
    by_custom_id: dict[str, CompanyRef] = field(default_factory=dict)


_NOT_TOLD = {"id", "tag_ids", "version", "attributes", "created_at", "updated_at"}


def company_of(row: Record) -> Company:
    """The company in a row of ``queries.COLUMNS``, which may have more, such as what it is sorted by."""
    values = {name: row[name] for name in Company.__struct_fields__}
    return Company(**values | {"attributes": msgspec.json.decode(row["attributes"])})


def told(company: Company | None) -> dict[str, Any]:
    """What the journal tells of a company: what is known, tags by number, attributes beside the fields."""
    if company is None:
        return {}
    values = {name: value for name in company.__struct_fields__ if (value := getattr(company, name))}
    fields = {name: value for name, value in values.items() if name not in _NOT_TOLD}
    return {**company.attributes, **fields} | ({"tags": company.tag_ids} if company.tag_ids else {})
