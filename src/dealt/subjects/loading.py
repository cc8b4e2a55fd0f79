"""What filters can speak of in a workspace, as one transaction sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dealt.accounts import MEMBERS, Definitions, Snapshot
from dealt.attributes import ATTRIBUTES
from dealt.events import EVENTS
from dealt.freshness import Provided, Vocabulary
from dealt.kernel.db import Connection
from dealt.lists import ids_of_lists
from dealt.pipelines import PIPELINES
from dealt.predicates import FilterCatalogue, FilterField, Membership
from dealt.subjects.building import Extra, build_subjects
from dealt.tags import TAGS


async def load_subjects(
    connection: Connection, snapshot: Snapshot, provided: Sequence[Provided] = ()
) -> FilterCatalogue:
    """Every subject of the snapshot's workspace, with its lists and events and all that definitions provide."""
    fields: dict[str, dict[str, FilterField]] = {}
    segments: dict[str, Membership] = {}
    for one in provided:
        _add(fields, one.fields)
        segments |= one.segments
    lists = await ids_of_lists(connection, snapshot.workspace_id)
    events = {name: one.id for name, one in snapshot.part(EVENTS).by_name.items()}
    return build_subjects(snapshot, Extra(lists, events, fields, segments))


class SubjectVocabulary:
    """Loads what definitions of derived data are read by; see ``freshness.LoadVocabulary``."""

    def __init__(self) -> None:
        self._definitions = Definitions([ATTRIBUTES, EVENTS, MEMBERS, PIPELINES, TAGS])

    async def __call__(self, connection: Connection, workspace_id: int, provided: Sequence[Provided]) -> Vocabulary:
        snapshot = await self._definitions.uncommitted(connection, workspace_id)
        catalogue = await load_subjects(connection, snapshot, provided)
        return Vocabulary(
            workspace_id, catalogue, snapshot.time_zone, snapshot.base_currency, snapshot.longest_filter_ms
        )


def _add(into: dict[str, dict[str, FilterField]], fields: Mapping[str, Mapping[str, FilterField]]) -> None:
    for subject, named in fields.items():
        into.setdefault(subject, {}).update(named)
