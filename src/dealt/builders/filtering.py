"""A filter of the filter language in the address of a list or a board: read, checked, told, and made into SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from dealt.accounts import Member, may, sees_only
from dealt.builders.forms import LARGEST_FILTER, plan_of
from dealt.freshness import Plan
from dealt.kernel.bodies import parse_json
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.sql import Sql
from dealt.predicates import (
    LONGEST_SPELLING,
    UNESCAPED,
    AllOf,
    Checked,
    CountTest,
    FieldTest,
    FigureTest,
    Inverse,
    Moment,
    OneOf,
    PickTest,
    check_filter,
    compile_filter,
    describe,
    every_leaf,
    parse_filter,
    spell,
    unspell,
)
from dealt.web import Visit

PLACE = "filter"
AREA_OF = {
    "contact": "contacts", "event": "contacts", "product_event": "contacts", "page_view": "contacts", "deal": "deals",
    "line": "deals", "product": "products", "company": "companies", "task": "tasks",
}  # fmt: skip
"""Which area of the pages the objects of each subject belong to."""
NAMING = frozenset({"email", "name", "first_name", "last_name", "phone_number", "custom_id", "key", "last_ip"})
"""Fields by which a person is known: what compares with them is not kept."""
_PLACES = frozenset({"country", "region", "city", "timezone", "browser", "browser_language", "os_type", "resolution"})
_OF_PEOPLE = ("contact", "deal", "line", "task", "event")


@dataclass(frozen=True, slots=True)
class Filtered:
    """``condition`` is about the subject's row as the list calls it; ``sentence`` begins small, without a full stop."""

    written: Any
    node: Checked
    sentence: str
    condition: Sql


def read_written(text: str) -> Any:
    """The filter that an address holds, spelled or as JSON; none where ``text`` is empty. Raises InvalidInput."""
    text = text.strip()
    if not text:
        return {}
    if len(text) > LARGEST_FILTER:
        raise InvalidInput.of(PLACE, f"A filter has at most {LARGEST_FILTER} characters.")
    if text.startswith("{"):
        try:
            return parse_json(text.encode("utf-8", "replace"))
        except InvalidInput:
            raise InvalidInput.of(PLACE, "This filter is no JSON.") from None
    try:
        return unspell(text)
    except ValueError as error:
        raise InvalidInput.of(PLACE, f"This filter cannot be read. {error}") from None


def sentence_of(plan: Plan, subject: str, written: Any) -> str:
    """The filter as a sentence that calls stages, members and the like by their names. Raises InvalidInput."""
    vocabulary = plan.vocabulary
    node = check_filter(parse_filter(written, PLACE), vocabulary.catalogue, subject, vocabulary.zone)
    return describe(node)


def spelled(written: Any) -> str:
    """The filter as an address holds it; empty for none. Raises InvalidInput for one that no address has room for."""
    if not written or written in ({"all": []}, {"any": []}):
        return ""
    text = spell(written)
    if len(text) > LONGEST_SPELLING:
        raise InvalidInput.of(PLACE, "This filter is too long for an address. Save it as a segment, and ask for that.")
    return text


def written_out(args: Mapping[str, str]) -> str:
    """Arguments as a query, with the characters of a filter's spelling as they are."""
    return urlencode({name: value for name, value in args.items() if value}, safe=UNESCAPED, quote_via=quote)


def joined(*filters: Any) -> Any:
    """One filter that asks for all of these."""
    parts = [one for one in filters if one]
    return parts[0] if len(parts) == 1 else {"all": parts} if parts else {}


async def filtered(visit: Visit, connection: Connection, subject: str, written: Any, alias: str) -> Filtered:
    """A filter as SQL about ``alias``. Raises InvalidInput, by place, for one that makes no sense or asks for what the
    member may not see.
    """
    vocabulary = (await plan_of(visit, connection)).vocabulary
    node = check_filter(parse_filter(written, PLACE), vocabulary.catalogue, subject, vocabulary.zone)
    _refuse_hidden(visit.member, subject, node)
    condition = compile_filter(
        node, vocabulary.catalogue.subject(subject), alias, Moment(visit.now, vocabulary.zone.key)
    )
    return Filtered(written, node, describe(node), condition)


def _refuse_hidden(member: Member, subject: str, node: Checked) -> None:
    """What cannot be seen cannot be asked for either: the answer would tell it."""
    for leaf in every_leaf(node):
        if not isinstance(leaf, CountTest | FigureTest | PickTest):
            continue
        area, own = AREA_OF[leaf.target.name], leaf.target.name in ("deal", "line")
        others = own and sees_only(member) is not None and not (subject == "deal" and leaf.target.name == "line")
        if not may(member, area) or others:
            raise InvalidInput.of(leaf.path, f"Your role does not include all {leaf.relation.label}.")


def may_name_people(node: Checked, subject: str) -> bool:
    """Whether a filter compares with what a person is known by, or with another text that only people have."""
    match node:
        case AllOf(parts) | OneOf(parts):
            return any(may_name_people(part, subject) for part in parts)
        case Inverse(part):
            return may_name_people(part, subject)
        case FieldTest(field=field, operator=operator):
            if str(field.kind) != "text" or operator.takes == "nothing" or subject not in _OF_PEOPLE:
                return False
            return field.name in NAMING or (subject == "contact" and field.name not in _PLACES)
        case CountTest(where=where, target=target) | FigureTest(where=where, target=target):
            return may_name_people(where, target.name)
        case PickTest(where=where, wanted=wanted, target=target):
            return may_name_people(where, target.name) or may_name_people(wanted, target.name)
        case _:
            return False


def as_equals(field: str, value: Any, op: str = "equals") -> Mapping[str, Any]:
    """The condition that a quick control of a list or board stands for."""
    return {"field": field, "op": op, "value": value}
