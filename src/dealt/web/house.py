"""What every visit of one process may use; made by the composition root."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from dealt.accounts import Definitions
from dealt.kernel.clock import Clock
from dealt.kernel.db import Pool
from dealt.kernel.doorbell import Doorbell
from dealt.kernel.livefeed import LiveFeed
from dealt.kernel.secrets import SecretBox
from dealt.web.assets import Assets
from dealt.web.finding import Finder
from dealt.web.places import Places
from dealt.web.rendering import Templates

T = TypeVar("T")


@dataclass(frozen=True)
class House:
    """``provided`` holds what domains need besides, by its type: their writers, for one."""

    pool: Pool
    clock: Clock
    definitions: Definitions
    doorbell: Doorbell
    box: Callable[[], SecretBox]
    templates: Templates
    assets: Assets
    places: Places
    live: LiveFeed
    finders: Sequence[Finder]
    provided: Mapping[type[Any], Any]

    def of(self, kind: type[T]) -> T:
        """The one thing of that type, as the composition root has provided it."""
        return cast(T, self.provided[kind])
