"""What an attribute is, and all attributes of a workspace by domain and standard name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

VALUE_TYPES = ("boolean", "integer", "float", "string", "date", "datetime", "fixed", "json")
DOMAINS = ("contact", "company", "deal", "product", "task")
EVENT = "event"
_EVENT_DOMAIN = re.compile(r"event:[1-9][0-9]{0,18}")
LONGEST_NAME = 255
MOST_PER_DOMAIN = 1_000


def event_domain(definition_id: int) -> str:
    """The domain of the attributes of one event: each name of an event has attributes of its own."""
    return f"{EVENT}:{definition_id}"


def is_domain(domain: str) -> bool:
    """Whether attributes can stand under ``domain``."""
    return domain in DOMAINS or _EVENT_DOMAIN.fullmatch(domain) is not None


def domain_word(domain: str) -> str:
    """What a sentence calls a domain."""
    return domain.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One definition. ``declared`` types refuse what does not fit; inferred ones are widened to string."""

    id: int
    domain: str
    name: str
    name_std: str
    value_type: str
    declared: bool
    choices: tuple[str, ...] = ()
    allow_multiple_choices: bool = False
    description: str = ""
    warning: str = ""
    aggregator_id: int | None = None
    """The aggregator that fills it; nobody else writes it."""


@dataclass(frozen=True)
class Catalogue:
    """The attributes of a workspace: ``domains[domain][name_std]``; ``blank`` holds a None for each, for answers."""

    domains: dict[str, dict[str, Attribute]]
    blank: dict[str, dict[str, None]] = field(init=False)

    def __post_init__(self) -> None:
        blank: dict[str, dict[str, None]] = {name: dict.fromkeys(known) for name, known in self.domains.items()}
        object.__setattr__(self, "blank", blank)

    def of(self, domain: str) -> dict[str, Attribute]:
        """The attributes of one domain by standard name; an event that has none yet has an empty one."""
        return self.domains.get(domain, {})
