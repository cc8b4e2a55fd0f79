"""All purchases of CDNOW: 69,659 of the 23,570 customers who first bought there in the first quarter of 1997.

The file is one of the package ``lifetimes`` (MIT), which is installed for development only; it is read where it lies,
and held to its digest.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

DIGEST = "eff6889ed364c5199d6eacbbeb7a6d559971df4406ac876f322c373f00a072ef"
Purchases = dict[str, list[tuple[date, Decimal]]]


def purchases(*, one_in: int = 1) -> Purchases:
    """By customer, the day and value of each purchase; of all customers, or of every tenth by number and so on."""
    found = find_spec("lifetimes")
    assert found and found.submodule_search_locations
    content = (Path(found.submodule_search_locations[0]) / "datasets" / "CDNOW_master.txt").read_bytes()
    assert hashlib.sha256(content).hexdigest() == DIGEST
    bought: Purchases = defaultdict(list)
    for line in content.decode("ascii").splitlines()[1:]:
        customer, day, _, value = line.split()
        if int(customer) % one_in == 0:
            bought[customer].append((date(int(day[:4]), int(day[4:6]), int(day[6:])), Decimal(value)))
    return bought
