"""What web processes of one machine share: how much of its rate limit each token has left."""

from __future__ import annotations

import os

from dealt.kernel.slots import Slots, open_shared

VARIABLE = "DEALT_LIMITS_FD"


def open_limits() -> int:
    """The descriptor that every web process is given as ``VARIABLE``."""
    return open_shared()


def handed_over() -> Slots:
    """The table that the parent gave to this process; one of its own where there is no parent."""
    given = os.environ.pop(VARIABLE, None)
    return Slots() if given is None else Slots(int(given))
