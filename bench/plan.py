"""How long to measure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """``rounds`` of every contender in turn, ``seconds`` each; ``quick`` keeps everything small."""

    rounds: int = 3
    seconds: float = 6.0
    quick: bool = False
