"""The catalogue of one workspace, from its snapshot and from what is derived in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from dealt.accounts import Snapshot
from dealt.attributes import ATTRIBUTES, Attribute, Catalogue
from dealt.companies import FIELDS as COMPANY_FIELDS
from dealt.contacts import FIELDS as CONTACT_FIELDS
from dealt.deals import FIELDS as DEAL_FIELDS
from dealt.deals import LINE_FIELDS
from dealt.events import PRODUCT_EVENT_TYPES
from dealt.freshness import facets
from dealt.kernel.sql import Sql, sql
from dealt.predicates import Amount, FilterCatalogue, FilterField, Kind, Membership, Subject, column
from dealt.products import FIELDS as PRODUCT_FIELDS
from dealt.subjects.fields import custom, standard
from dealt.subjects.money import amounts
from dealt.subjects.naming import WORDS, Named, names_of
from dealt.subjects.relations import RELATIONS
from dealt.tags import TAGS
from dealt.tasks import FIELDS as TASK_FIELDS


@dataclass(frozen=True)
class Extra:
    """What no snapshot holds, by subject where it says so: ids by name, and the fields that aggregators fill."""

    lists: Mapping[str, int] = field(default_factory=dict)
    events: Mapping[str, int] = field(default_factory=dict)
    derived: Mapping[str, Mapping[str, FilterField]] = field(default_factory=dict)
    segments: Mapping[str, Membership] = field(default_factory=dict)


def build_subjects(snapshot: Snapshot, extra: Extra | None = None) -> FilterCatalogue:
    """Every subject of a workspace: standard fields, custom attributes, tags, lists, relations and what is derived."""
    extra = extra or Extra()
    named, money = names_of(snapshot), amounts(snapshot.base_currency)
    attributes, tags = snapshot.part(ATTRIBUTES), {name: tag_id for tag_id, name in snapshot.part(TAGS).items()}
    tagged = Membership("tags", "Tags", _array("tag_ids"), tags)
    subjects = (
        _subject(
            "contact", "contacts", _both(standard(CONTACT_FIELDS), custom(attributes.of("contact"))), extra,
            tagged, Membership("lists", "Lists", _listed, extra.lists),
            reads=facets.of_field,
        ),
        _subject(
            "deal", "deals", _both(standard(DEAL_FIELDS), custom(attributes.of("deal"))), extra, tagged,
            key="({s}.contact_id, {s}.id)", reads=_always(facets.DEALS),
        ),
        _subject(
            "line", "deal_lines", _line_fields(), extra,
            key="({s}.deal_id, {s}.id)", shown="{s}.deal_id", reads=_always(facets.DEALS),
        ),
        _subject(
            "product", "products", _both(standard(PRODUCT_FIELDS), custom(attributes.of("product"))), extra, tagged,
            reads=_always(facets.PRODUCTS),
        ),
        _subject(
            "company", "companies", _both(standard(COMPANY_FIELDS), custom(attributes.of("company"))), extra, tagged,
            reads=_always(facets.COMPANIES),
        ),
        _subject(
            "task", "tasks", _both(standard(TASK_FIELDS), custom(attributes.of("task"))), extra,
            reads=_always(facets.TASKS),
        ),
        _subject(
            "event", "events", _both(_moments(), custom(_event_attributes(attributes), "data")), extra,
            Membership("event", "Event", _one_of("definition_id"), extra.events, is_single=True),
            reads=_always(facets.EVENTS),
        ),
        _subject(
            "product_event", "product_events", _moments() | _product_event_fields(), extra,
            reads=_always(facets.PRODUCT_EVENTS),
        ),
        _subject(
            "page_view", "page_views", _moments() | _page_fields(), extra, reads=_always(facets.PAGE_VIEWS)
        ),
    )  # fmt: skip
    return FilterCatalogue({subject.name: _named(subject, named, money) for subject in subjects})


def _named(subject: Subject, named: Named, money: Mapping[tuple[str, str], Amount]) -> Subject:
    """The same with names for values that are numbers, and with amounts that can be converted."""
    fields = dict(subject.fields)
    for name, one in fields.items():
        # An attribute of that name has values of its own.
        if (place := (subject.name, name)) in named or place in money:
            fields[name] = replace(
                one, names=named.get(place, {}), words=WORDS.get(place, {}), amount=money.get(place)
            )  # fmt: skip
    return replace(subject, fields=fields)


def _subject(
    name: str,
    table: str,
    fields: dict[str, FilterField],
    extra: Extra,
    *memberships: Membership,
    reads: Callable[[str], int],
    key: str = "{s}.id",
    shown: str = "{s}.id",
) -> Subject:
    """``reads`` gives the facets that a field or membership of the subject is read from, by its name."""
    fields = {called: replace(one, facets=reads(one.name)) for called, one in fields.items()}
    members = {one.name: replace(one, facets=reads(one.name)) for one in memberships}
    if segments := extra.segments.get(name):
        members[segments.name] = segments
    relations = {relation.name: relation for relation in RELATIONS.get(name, ())}
    label = name.replace("_", " ")
    fields = _beside(members, {**fields, **extra.derived.get(name, {})})
    return Subject(name, label, table, key, fields, members, relations, shown)


def _beside(taken: Collection[str], fields: Mapping[str, FilterField]) -> dict[str, FilterField]:
    """The fields, those of a name that is ``taken`` under ``attributes.<name>``: what is ours is never hidden."""
    return {f"attributes.{name}" if name in taken else name: one for name, one in fields.items()}


def _both(own: dict[str, FilterField], attributes: Mapping[str, FilterField]) -> dict[str, FilterField]:
    return own | _beside(own, attributes)


def _always(known: int) -> Callable[[str], int]:
    return lambda _: known


def _line_fields() -> dict[str, FilterField]:
    """A line's own fields and keys of its receipt; ``kept_quantity`` is what was bought and did not come back."""
    return standard(LINE_FIELDS) | {
        "product_custom_id": _of_receipt("product_custom_id", "Product custom ID"),
        "name": _of_receipt("name", "Name as bought"),
        "kept_quantity": FilterField(
            "kept_quantity", Kind.NUMBER, "Kept", lambda alias: Sql(f"({alias}.quantity - {alias}.returned_quantity)")
        ),
        "net_total": FilterField(
            "net_total", Kind.NUMBER, "Line total net of refunds",
            lambda alias: Sql(f"({alias}.total - {alias}.refunded_value)"),
        ),
        "ordered_at": FilterField(
            "ordered_at", Kind.MOMENT, "Ordered", lambda alias: Sql(f"{alias}d.ordered_at"), happens=True
        ),
        "deal_status": FilterField(
            "deal_status", Kind.NUMBER, "Status of the deal", lambda alias: Sql(f"{alias}d.status"), cast="bigint"
        ),
        "deal_stage": FilterField(
            "deal_stage", Kind.NUMBER, "Stage of the deal", lambda alias: Sql(f"{alias}d.stage_id"), cast="bigint"
        ),
    }  # fmt: skip


def _of_receipt(key: str, label: str) -> FilterField:
    return FilterField(key, Kind.TEXT, label, lambda alias: Sql(f"({alias}.receipt ->> '{key}')"))


def _moments() -> dict[str, FilterField]:
    return {
        "happened_at": FilterField("happened_at", Kind.MOMENT, "Happened", column("happened_at"), happens=True),
        "received_at": FilterField("received_at", Kind.MOMENT, "Received", column("received_at"), happens=True),
    }


def _product_event_fields() -> dict[str, FilterField]:
    return {
        "event_type": FilterField(
            "event_type", Kind.CHOICE, "Type", column("event_type"), choices=tuple(PRODUCT_EVENT_TYPES)
        ),
        "product_id": FilterField("product_id", Kind.NUMBER, "Product", column("product_id"), cast="bigint"),
    }


def _page_fields() -> dict[str, FilterField]:
    labels = {
        "url": "URL", "domain": "Domain", "path": "Path", "referrer": "Referrer", "title": "Title",
        "browser_family": "Browser", "os_type": "Operating system", "city": "City", "country": "Country",
    }  # fmt: skip
    return {name: FilterField(name, Kind.TEXT, label, column(name)) for name, label in labels.items()}


def _event_attributes(catalogue: Catalogue) -> dict[str, Attribute]:
    """The attributes of all events together. One that two events hold as different types is asked as a text."""
    found: dict[str, Attribute] = {}
    for domain, attributes in catalogue.domains.items():
        if domain.startswith("event:"):
            for name, one in attributes.items():
                before = found.get(name, one)
                found[name] = one if before.value_type == one.value_type else _as_text(one)
    return found


def _as_text(one: Attribute) -> Attribute:
    return Attribute(one.id, one.domain, one.name, one.name_std, "string", declared=False)


def _array(name: str) -> Callable[[str, list[int]], Sql]:
    return lambda alias, ids: sql(f"{alias}.{name} && {{}}::bigint[]", ids)


def _one_of(name: str) -> Callable[[str, list[int]], Sql]:
    return lambda alias, ids: sql(f"{alias}.{name} = ANY({{}}::bigint[])", ids)


def _listed(alias: str, ids: list[int]) -> Sql:
    return sql(
        f"EXISTS (SELECT FROM list_members AS m WHERE m.contact_id = {alias}.id AND m.list_id = ANY({{}}::bigint[]))",
        ids,
    )
