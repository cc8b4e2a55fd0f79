"""How a program ends when something that was foreseen goes wrong: one sentence and a code, no trace."""

from __future__ import annotations

import sys
from collections.abc import Callable

from dealt.kernel.errors import DealtError

INTERRUPTED = 130
"""What shells call a program that was ended by Ctrl-C."""


def or_complain(work: Callable[[], int]) -> int:
    """The exit code of ``work``; 1 with the sentence on standard error where it raised a DealtError or a ValueError."""
    try:
        return work()
    except (DealtError, ValueError) as problem:
        sys.stderr.write(f"Error: {problem}\n")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
