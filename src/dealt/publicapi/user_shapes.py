"""A contact as version 1 and version 2 of the public API show it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from dealt.accounts import Snapshot
from dealt.attributes import ATTRIBUTES, Attribute
from dealt.contacts import GENDERS, STATUSES, Memberships, display_name
from dealt.kernel.db import Record
from dealt.publicapi.attribute_shapes import listed, typed
from dealt.tags import TAGS

_decode = msgspec.json.Decoder(dict[str, Any]).decode
# In the order in which the service has answered; what both versions call alike and show as it is stored.
_V1_PLAIN = (
    "phone_number", "first_seen", "last_seen", "page_views", "last_ip", "timezone", "city", "region", "country",
    "unsubscribed", "browser_language", "score", "browser", "os_type", "resolution", "created_at", "updated_at",
)  # fmt: skip
_V1_SOCIAL = ("notifications", "facebook_url", "linkedin_url", "twitter_url", "google_url", "last_contacted")
_V2_PLAIN = (
    "phone_number", "country", "region", "city", "timezone", "facebook_url", "linkedin_url", "twitter_url",
    "google_url", "gravatar_url", "last_ip", "browser", "browser_language", "os_type", "resolution", "score",
    "page_views", "notifications", "unsubscribed", "assigned_to",
)  # fmt: skip
_V2_TIMES = ("first_seen", "last_seen", "last_contacted", "created_at", "updated_at")


@dataclass(frozen=True, slots=True)
class UserShape:
    """What it takes to show a page of contacts beside their rows."""

    known: Mapping[str, Attribute]
    computed: frozenset[str]
    tags: dict[int, str]
    belonging: Memberships
    derived: Mapping[int, Mapping[str, Any]]
    """What aggregators found, by contact and attribute."""
    predicted: Mapping[int, Mapping[str, Any]]
    """What the models of customer lifetime say, by contact and name; of whom they say nothing, nothing is shown."""

    def v1(self, row: Record) -> dict[str, Any]:
        """Custom attributes as a list of those that have a value; the custom id is called ``user_id``."""
        shown: dict[str, Any] = {"id": row["id"], "key": row["key"], "name": display_name(row), "email": row["email"]}
        shown |= {"gender": GENDERS[row["gender"]], "status": STATUSES[row["status"]]}
        shown |= {name: row[name] for name in _V1_PLAIN}
        if row["last_seen"] is None:
            # Here a contact that never visited was not seen; version 2 shows when it was made.
            shown["first_seen"] = None
        shown["companies"] = self._companies(row)
        shown["attributes"] = listed(self.known, self._values(row))
        shown["gravatar_url"] = row["gravatar_url"]
        shown["lists"] = self._lists(row)
        shown["tags"] = self._tags(row)
        shown |= {name: row[name] for name in _V1_SOCIAL} | {"user_id": row["custom_id"]}
        return {**shown, **self.predicted.get(row["id"], {})}

    def v2(self, row: Record) -> dict[str, Any]:
        """Custom attributes as keys of the object itself, all that are defined; a standard field wins its name."""
        values = self._values(row)
        shown: dict[str, Any] = {
            "id": row["id"],
            "custom_id": row["custom_id"],
            "user_key": row["key"],
            "email": row["email"],
            "name": display_name(row),
            "first_name": row["first_name"],
            "last_name": row["last_name"],
            "gender": GENDERS[row["gender"]],
            "status": STATUSES[row["status"]],
            **{name: row[name] for name in _V2_PLAIN},
            "company_id": next((company["id"] for company in self._companies(row)), None),
            "web_push_subscription": False,
            # The service computes it in a way that it does not tell.
            "most_active_time": None,
            **{name: row[name] for name in _V2_TIMES},
            "companies": self._companies(row),
            "lists": self._lists(row),
            "tags": self._tags(row),
            **self.predicted.get(row["id"], {}),
        }
        return shown | {name: values.get(name) for name in self.known if name not in shown}

    def found_v2(self, row: Record) -> dict[str, Any]:
        """What a search of version 2 finds: its answers list the attributes besides."""
        return {**self.v2(row), "attributes": typed(self.known, self._values(row))}

    def of_version(self, version: int, *, searched: bool = False) -> Callable[[Record], dict[str, Any]]:
        """The shape of an API version, ``searched`` for or not."""
        if version == 1:
            return self.v1
        return self.found_v2 if searched else self.v2

    def _values(self, row: Record) -> dict[str, Any]:
        """What was written and what was computed; under a computed name nothing else is shown."""
        written: dict[str, Any] = _decode(row["attributes"])
        if not self.computed:
            return written
        own = {name: value for name, value in written.items() if name not in self.computed}
        return {**own, **self.derived.get(row["id"], {})}

    def _companies(self, row: Record) -> list[dict[str, Any]]:
        rows = self.belonging.companies.get(row["id"], ())
        return [{"member_since": c["member_since"], "id": c["id"], "name": c["name"]} for c in rows]

    def _lists(self, row: Record) -> list[dict[str, Any]]:
        rows = self.belonging.lists.get(row["id"], ())
        return [{"id": found["id"], "name": found["name"], "description": found["description"]} for found in rows]

    def _tags(self, row: Record) -> list[dict[str, Any]]:
        # A deleted tag's number may stay behind.
        return [{"name": self.tags[tag], "id": tag} for tag in row["tag_ids"] if tag in self.tags]


def user_shape(
    snapshot: Snapshot,
    belonging: Memberships,
    derived: Mapping[int, Mapping[str, Any]],
    predicted: Mapping[int, Mapping[str, Any]],
) -> UserShape:
    """The shape of contacts by a workspace's definitions."""
    known = snapshot.part(ATTRIBUTES).of("contact")
    computed = frozenset(name for name, one in known.items() if one.aggregator_id is not None)
    return UserShape(known, computed, snapshot.part(TAGS), belonging, derived, predicted)
