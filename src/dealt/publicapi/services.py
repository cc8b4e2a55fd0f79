"""What every route may use; made once a process by the composition root."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from dealt.accounts import Definitions, Tokens
from dealt.contacts import ContactWriter
from dealt.deals import DealWriter
from dealt.events import EventWriter
from dealt.freshness import Derived, Settling
from dealt.kernel.clock import Clock
from dealt.kernel.db import Held, Pool
from dealt.kernel.doorbell import Doorbell
from dealt.kernel.ratelimit import Buckets
from dealt.kernel.secrets import SecretBox
from dealt.people import Mover


@dataclass(frozen=True)
class Services:
    """The pool, the clock and the caches of one process."""

    pool: Pool
    clock: Clock
    tokens: Tokens
    definitions: Definitions
    contacts: ContactWriter
    deals: DealWriter
    events: EventWriter
    doorbell: Doorbell
    limits: Buckets
    box: Callable[[], SecretBox]
    """What seals secrets; its key is read or made when it is first needed."""
    movers: Sequence[Mover]
    derived: Derived
    settling: Settling
    """Brings contacts up to date before they are shown."""
    requests_per_second: int = 0
    """The limit of a token where neither it nor its workspace has one; 0 means none."""

    def within(self, held: Held) -> Services:
        """The same over one held connection, for work that is undone or committed as a whole.

        Whatever keeps a pool or a memory of its own must be replaced here: tests undo every writing route.
        """
        definitions = self.definitions.apart()
        return replace(
            self,
            pool=held,
            definitions=definitions,
            contacts=self.contacts.within(held, definitions),
            deals=self.deals.within(held, definitions),
            events=self.events.within(held, definitions),
            derived=self.derived.apart(),
            doorbell=self.doorbell.muted(),
        )
