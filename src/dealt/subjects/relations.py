"""Which rows belong to which: the paths that filters may follow from each subject.

Whatever belongs to a contact is found by ``contact_id``, so that a contact's own filters read its own rows only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dealt.freshness import facets
from dealt.predicates import Relation

_BOUGHT = (
    "deal_products AS {r}p JOIN products AS {r} ON {r}.workspace_id = {r}p.workspace_id AND {r}.id = {r}p.product_id"
)
_OF_COMPANY = (
    "company_members AS {r}m JOIN companies AS {r} ON {r}.workspace_id = {r}m.workspace_id AND {r}.id = {r}m.company_id"
)
# The invisible contact of an order that has none is nobody.
_PERSON = "(SELECT * FROM contacts WHERE NOT placeholder) AS {r}"
_MEMBERS = "company_members AS {r}m JOIN contacts AS {r} ON {r}.id = {r}m.contact_id AND NOT {r}.placeholder"
_DEALS_OF_PRODUCT = (
    "deal_products AS {r}p JOIN deals AS {r} ON {r}.contact_id = {r}p.contact_id AND {r}.id = {r}p.deal_id"
)
# Whoever's they are, also those of nobody.
_LINES_OF_COMPANY = "deals AS {r}d JOIN deal_lines AS {r} ON {r}.contact_id = {r}d.contact_id AND {r}.deal_id = {r}d.id"
_EVENTS_OF_COMPANY = "company_members AS {r}m JOIN events AS {r} ON {r}.contact_id = {r}m.contact_id"
_PRODUCT_EVENTS_OF_COMPANY = "company_members AS {r}m JOIN product_events AS {r} ON {r}.contact_id = {r}m.contact_id"

# A line is nowhere without its deal.
_LINES = "deal_lines AS {r}"
_WITH_DEAL = "deal_lines AS {r} LEFT JOIN deals AS {r}d ON {r}d.contact_id = {r}.contact_id AND {r}d.id = {r}.deal_id"
_DEAL = "({s}.contact_id, {s}.id)"
_PRODUCT = Relation(
    "product", "product", "products", "product", "products AS {r}", "{r}.id", "{s}.product_id", "{r}.workspace_id",
    by="updated_at",
)  # fmt: skip

_RELATIONS: dict[str, tuple[Relation, ...]] = {
    "contact": (
        Relation("deals", "deal", "deals", "deal", "deals AS {r}", "{r}.contact_id", by="ordered_at"),
        Relation(
            "order_products", "line", "order lines", "order line", _WITH_DEAL, "{r}.contact_id", by="ordered_at",
            lean=_LINES,
        ),
        Relation("products", "product", "products", "product", _BOUGHT, "{r}p.contact_id", by="updated_at"),
        Relation("events", "event", "events", "event", "events AS {r}", "{r}.contact_id", by="happened_at"),
        Relation(
            "product_events", "product_event", "product events", "product event", "product_events AS {r}",
            "{r}.contact_id", by="happened_at",
        ),
        Relation(
            "page_views", "page_view", "page views", "page view", "page_views AS {r}", "{r}.contact_id",
            by="happened_at",
        ),
        Relation("companies", "company", "companies", "company", _OF_COMPANY, "{r}m.contact_id", by="created_at"),
        Relation("tasks", "task", "tasks", "task", "tasks AS {r}", "{r}.contact_id", by="due_date"),
    ),
    "deal": (
        Relation(
            "order_products", "line", "order lines", "order line", _WITH_DEAL, "({r}.contact_id, {r}.deal_id)", _DEAL,
            by="ordered_at", lean=_LINES,
        ),
        Relation(
            "products", "product", "products", "product", _BOUGHT, "({r}p.contact_id, {r}p.deal_id)", _DEAL,
            by="updated_at",
        ),
        Relation(
            "contact", "contact", "contacts", "contact", _PERSON, "{r}.id", "{s}.contact_id", by="created_at"
        ),
        Relation(
            "company", "company", "companies", "company", "companies AS {r}", "{r}.id", "{s}.company_id",
            "{r}.workspace_id", by="created_at",
        ),
        Relation(
            "tasks", "task", "tasks", "task", "tasks AS {r}", "({r}.contact_id, {r}.deal_id)", _DEAL, by="due_date"
        ),
    ),
    "line": (
        _PRODUCT,
        Relation(
            "deal", "deal", "deals", "deal", "deals AS {r}", "({r}.contact_id, {r}.id)",
            "({s}.contact_id, {s}.deal_id)", by="ordered_at",
        ),
    ),
    "product_event": (_PRODUCT,),
    "product": (
        Relation(
            "deals", "deal", "deals", "deal", _DEALS_OF_PRODUCT, "{r}p.product_id", workspace="{r}p.workspace_id",
            by="ordered_at", of_others=True,
        ),
    ),
    "company": (
        Relation(
            "contacts", "contact", "contacts", "contact", _MEMBERS, "{r}m.company_id", workspace="{r}m.workspace_id",
            by="created_at", of_others=True,
        ),
        Relation(
            "deals", "deal", "deals", "deal", "deals AS {r}", "{r}.company_id", workspace="{r}.workspace_id",
            by="ordered_at", of_others=True,
        ),
        Relation(
            "order_products", "line", "order lines", "order line", _LINES_OF_COMPANY, "{r}d.company_id",
            workspace="{r}d.workspace_id", by="ordered_at", of_others=True,
        ),
        Relation(
            "events", "event", "events", "event", _EVENTS_OF_COMPANY, "{r}m.company_id", workspace="{r}m.workspace_id",
            by="happened_at", of_others=True,
        ),
        Relation(
            "product_events", "product_event", "product events", "product event", _PRODUCT_EVENTS_OF_COMPANY,
            "{r}m.company_id", workspace="{r}m.workspace_id", by="happened_at", of_others=True,
        ),
    ),
}  # fmt: skip

# What a row's being there, and being this subject's, follows from; its fields have facets of their own.
_FACETS: Mapping[tuple[str, str], int] = {
    ("contact", "deals"): facets.DEALS,
    ("contact", "order_products"): facets.DEALS,
    ("contact", "products"): facets.DEALS | facets.PRODUCTS,
    ("contact", "events"): facets.EVENTS,
    ("contact", "product_events"): facets.PRODUCT_EVENTS,
    ("contact", "page_views"): facets.PAGE_VIEWS,
    ("contact", "companies"): facets.COMPANIES,
    ("contact", "tasks"): facets.TASKS,
    ("deal", "order_products"): facets.DEALS,
    ("deal", "products"): facets.DEALS | facets.PRODUCTS,
    ("deal", "contact"): 0,
    ("deal", "company"): facets.DEALS | facets.COMPANIES,
    ("deal", "tasks"): facets.TASKS,
    ("line", "product"): facets.DEALS | facets.PRODUCTS,
    ("line", "deal"): facets.DEALS,
    ("product_event", "product"): facets.PRODUCT_EVENTS | facets.PRODUCTS,
    ("product", "deals"): facets.DEALS | facets.PRODUCTS,
    ("company", "contacts"): facets.COMPANIES,
    ("company", "deals"): facets.DEALS | facets.COMPANIES,
    ("company", "order_products"): facets.DEALS | facets.COMPANIES,
    ("company", "events"): facets.EVENTS | facets.COMPANIES,
    ("company", "product_events"): facets.PRODUCT_EVENTS | facets.COMPANIES,
}

RELATIONS: Mapping[str, tuple[Relation, ...]] = {
    subject: tuple(replace(one, facets=_FACETS[subject, one.name]) for one in relations)
    for subject, relations in _RELATIONS.items()
}
