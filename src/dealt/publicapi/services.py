"""What every route may use; made once a process by the composition root."""

from __future__ import annotations

from dataclasses import dataclass

from dealt.accounts import Definitions, Tokens
from dealt.deals import DealWriter
from dealt.kernel.clock import Clock
from dealt.kernel.db import Pool
from dealt.kernel.doorbell import Doorbell
from dealt.kernel.ratelimit import Buckets


@dataclass(frozen=True)
class Services:
    """The pool, the clock and the caches of one process."""

    pool: Pool
    clock: Clock
    tokens: Tokens
    definitions: Definitions
    deals: DealWriter
    doorbell: Doorbell
    limits: Buckets | None = None
