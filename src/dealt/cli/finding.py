"""What a check of the installation found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """``told`` says how things are; ``todo`` what to do where that is wrong, and is empty where all is well."""

    what: str
    told: str
    todo: str = ""
