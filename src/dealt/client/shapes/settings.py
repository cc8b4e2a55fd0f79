"""What a workspace is set up with."""

from __future__ import annotations

from typing import Literal, NotRequired, TypeAlias, TypedDict

ContentType: TypeAlias = Literal["clientuser", "company", "deal", "product", "activity", "event"]
ValueType: TypeAlias = Literal["boolean", "date", "datetime", "fixed", "float", "integer", "json", "string"]


class Stage(TypedDict):
    """A stage of a pipeline, and what it asks for where somebody moves a deal there by hand."""

    id: int
    name: str
    position: int
    pipeline: int
    required: list[str]
    sets_status: int | None


class Pipeline(TypedDict):
    """A pipeline with its stages."""

    id: int
    name: str
    position: int
    date_attribute: str
    stages: list[Stage]


class LossReason(TypedDict):
    """Why deals are lost."""

    id: int
    name: str


class Attribute(TypedDict):
    """A custom attribute."""

    id: int
    name: str
    value_type: ValueType
    content_type: ContentType
    choices: list[str]
    allow_multiple_choices: bool
    description: str
    name_std: str
    declared: bool
    warning: str
    event: NotRequired[int]


class Rate(TypedDict):
    """An exchange rate; ``rate`` is a decimal text."""

    currency: str
    valid_from: str
    rate: str


class Workspace(TypedDict):
    """The workspace of the token."""

    id: int
    name: str
    time_zone: str
    base_currency: str
    requests_per_second: int | None
    longest_filter_ms: int


class RatesAdded(TypedDict):
    """How many of several rates were news."""

    changed: int
    unchanged: int


class AttributeType(TypedDict):
    """The type of an attribute's values."""

    value_type: ValueType
