"""Users, companies and tasks."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from .common import Tag


class Membership(TypedDict):
    """A company that a user belongs to."""

    member_since: str | None
    id: int
    name: str


class List(TypedDict):
    """A list of users."""

    id: int
    name: str
    description: str


class User(TypedDict):
    """A contact. Custom attributes are further keys."""

    id: int
    email: str | None
    name: str | None
    gender: Literal["unknown", "male", "female"]
    status: Literal["visitor", "user"]
    phone_number: str | None
    country: str | None
    region: str | None
    city: str | None
    timezone: str | None
    facebook_url: str | None
    linkedin_url: str | None
    twitter_url: str | None
    google_url: str | None
    gravatar_url: str | None
    last_ip: str | None
    browser: str | None
    browser_language: str | None
    os_type: str | None
    resolution: str | None
    score: int
    page_views: int
    notifications: bool
    unsubscribed: bool
    first_seen: str | None
    last_seen: str | None
    last_contacted: str | None
    created_at: str
    updated_at: str
    companies: list[Membership]
    lists: list[List]
    tags: list[Tag]
    custom_id: str | None
    user_key: str
    first_name: str | None
    last_name: str | None
    assigned_to: int | None
    company_id: int | None
    web_push_subscription: bool
    most_active_time: str | None
    lifetime_alive: NotRequired[float]
    lifetime_purchases: NotRequired[float]
    lifetime_order_value: NotRequired[float | None]


class Member(User):
    """A user as a member of a company."""

    member_since: str


class Company(TypedDict):
    """A company. Custom attributes are further keys."""

    id: int
    custom_id: str | None
    name: str
    email: str | None
    address: str | None
    city: str | None
    region: str | None
    country: str | None
    postal_code: str | None
    phone_numbers: list[str] | None
    description: str | None
    approx_employees: int | None
    employees: list[int]
    tags: list[Tag]
    created_at: str
    updated_at: str


class UpsertedCompany(Company):
    """The company, and whether it was made just now."""

    created: bool


class Activity(TypedDict):
    """A task."""

    id: int
    activity_type: int
    name: str
    due_date: str
    duration: int | None
    description: str
    assigned_to: int | None
    deal_id: int | None
    user_id: int | None
    company_id: int | None
    done: bool
    done_date: str | None
    created_by: int | None
    created_at: str
    updated_at: str
    custom_id: str | None


class Merged(TypedDict):
    """That users were merged."""

    success: bool


class Separated(Merged):
    """Who is there again."""

    users_list: list[int]


class Merge(TypedDict):
    """One user that was merged into another, and how much of what went along."""

    id: int
    parent: int
    user: int
    guest: bool
    moved: dict[str, int]
    merged_at: str
    merged_by: str
    unmerged_at: str | None
    unmerged_by: str | None


class Erased(TypedDict):
    """How much of what an erasure deleted and cleaned."""

    erased: int
    deleted: dict[str, int]
    cleaned: dict[str, int]
