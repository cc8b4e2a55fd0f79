"""The pages of every domain, put together: routes, places, templates and files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dealt import board, browsing, builders, members, profiles, restoring, starting
from dealt.accounts import Definitions
from dealt.attributes.pages import ROUTES as ATTRIBUTES
from dealt.exporting.pages import ROUTES as EXPORTING
from dealt.kernel.clock import Clock
from dealt.kernel.db import Pool
from dealt.kernel.doorbell import Doorbell
from dealt.kernel.livefeed import LiveFeed
from dealt.kernel.secrets import SecretBox
from dealt.lists.pages import ROUTES as LISTS
from dealt.pipelines.pages import ROUTES as PIPELINES
from dealt.rates.pages import ROUTES as RATES
from dealt.searching.pages import finders
from dealt.tags.pages import ROUTES as TAGS
from dealt.uploads.pages import ROUTES as UPLOADS
from dealt.web import Assets, Finder, Folder, House, PageRoute, Pages, Place, Places, Templates
from dealt.web.finding import ROUTES as FINDING
from dealt.web.live import ROUTES as LIVE
from dealt.web.pictures import ROUTES as PICTURES
from dealt.webhooks.pages import ROUTES as WEBHOOKS

_SOURCE = Path(__file__).parent

ROUTES: list[PageRoute] = [
    *FINDING,
    *LIVE,
    *PICTURES,
    *members.ROUTES,
    *profiles.ROUTES,
    *builders.ROUTES,
    *board.ROUTES,
    *browsing.ROUTES,
    *restoring.ROUTES,
    *ATTRIBUTES,
    *LISTS,
    *PIPELINES,
    *RATES,
    *TAGS,
    *WEBHOOKS,
    *UPLOADS,
    *EXPORTING,
    *starting.ROUTES,
]
"""Every page and what it posts; tests walk it."""

_SETTINGS = (
    ("Shop", (("Workspace", "workspace"), ("Currencies", "currencies"), ("Pipelines", "pipelines"),
        ("Loss reasons", "loss-reasons"), ("Attributes", "attributes"), ("Tags", "tags"), ("Lists", "lists"))),
    ("People", (("Members", "members"), ("Roles", "roles"))),
    ("Programs", (("API tokens", "tokens"), ("Webhooks", "webhooks"))),
    ("Server", (("Audit log", "journal"), ("System", "system"))),
)  # fmt: skip


_MADE = (
    ("contact", "/contacts/", "contacts"), ("deal", "/deals/", "deals"), ("company", "/companies/", "companies"),
    ("product", "/products/", "products"), ("task", "/tasks/", "tasks"),
)  # fmt: skip


_DONE = (
    ("New segment", "/segments/new/", "segments"), ("New aggregator", "/aggregators/new/", "aggregators"),
    ("New RFM set-up", "/rfm/new/", "segments"), ("Import a file", "/imports/", "transfer"),
    ("Invite somebody", "/settings/members/#invite", "settings"), ("New role", "/settings/roles/#add", "settings"),
    ("New API token", "/settings/tokens/#add", "settings"), ("New webhook", "/settings/webhooks/#add", "settings"),
    ("New pipeline", "/settings/pipelines/#add", "settings"),
    ("New attribute", "/settings/attributes/#add", "settings"),
)  # fmt: skip


def _making() -> list[Place]:
    """What the palette makes; behind the number sign stands the dialog that the page opens."""
    made = [(f"New {one}", f"{path}new/", area) for one, path, area in _MADE]
    return [
        Place(name, path, area, section="more", order=700 + place, act="write")
        for place, (name, path, area) in enumerate([*made, *_DONE])
    ]


def _settings() -> list[Place]:
    """The places of the settings, group by group."""
    each = [(name, path, group) for group, places in _SETTINGS for name, path in places]
    return [
        Place(name, f"/settings/{path}/", "settings", section="settings", order=order, group=group)
        for order, (name, path, group) in enumerate(each)
    ]


PLACES: list[Place] = [
    Place("Board", "/board/", "deals", order=10, icon="board", keys="g b", in_bar=True),
    *builders.PLACES,
    Place("Deals", "/deals/", "deals", order=20, icon="deals", keys="g d"),
    Place("Contacts", "/contacts/", "contacts", order=30, icon="contacts", keys="g c", in_bar=True),
    Place("Companies", "/companies/", "companies", order=40, icon="companies", keys="g o"),
    Place("Products", "/products/", "products", order=50, icon="products", keys="g p"),
    Place("Tasks", "/tasks/", "tasks", order=60, icon="tasks", keys="g t", in_bar=True),
    Place("Settings", "/settings/", "settings|transfer", order=100, icon="settings", keys="g ,", in_bar=True),
    *_settings(),
    *_making(),
    Place("First steps", "/start/", "settings", section="more", order=800),
    Place("Export", "/settings/export/", "settings", section="settings", order=91, group="Data"),
    Place("Imports", "/imports/", "transfer", section="settings", order=90, group="Data"),
    Place("Deleted", "/deleted/", "", section="more", order=850),
    Place("Your account", "/me/", "", section="more", order=900),
    Place("Password, sign-in codes and sessions", "/me/", "", section="more", order=901),
]
"""Where the navigation leads: what exists, and nothing else."""

FINDERS: list[Finder] = finders({route.path for route in ROUTES})
"""What the palette finds besides places."""

DOMAINS = (
    "web",
    "members",
    "attributes",
    "lists",
    "pipelines",
    "rates",
    "tags",
    "webhooks",
    "profiles",
    "builders",
    "uploads",
    "exporting",
    "starting",
    "board",
    "browsing",
    "restoring",
)
"""The packages with pages: each has its ``templates`` and, where its pages load files of their own, ``static``."""


def build_pages(
    pool: Pool,
    clock: Clock,
    definitions: Definitions,
    doorbell: Doorbell,
    box: Callable[[], SecretBox],
    live: LiveFeed,
    provided: Mapping[type[Any], Any],
    compiled: Path | None = None,
) -> Pages:
    """The pages of one process, whose templates are kept in ``compiled`` once they have been."""
    folders = [Folder(name, _SOURCE / name / "static") for name in DOMAINS]
    assets = Assets(*(folder for folder in folders if folder.path.is_dir()))
    templates = Templates(assets, *(_SOURCE / name / "templates" for name in DOMAINS), compiled=compiled)
    places = Places(PLACES)
    house = House(pool, clock, definitions, doorbell, box, templates, assets, places, live, FINDERS, provided)
    return Pages(house, ROUTES)
