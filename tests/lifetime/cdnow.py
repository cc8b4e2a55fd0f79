"""The purchases of CDNOW: of a sample of one in ten of those who first bought there in the first quarter of 1997."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from dealt.lifetime import History

LAST_DAY_OF_CALIBRATION = date(1997, 9, 30)
LAST_DAY = date(1998, 6, 30)
Days = dict[date, float]
"""What a customer paid on each day."""


def customers() -> list[Days]:
    """The days of each; the package that ships the data is only located, never imported."""
    found = find_spec("lifetimes")
    assert found and found.submodule_search_locations
    file = Path(found.submodule_search_locations[0]) / "datasets" / "CDNOW_sample.txt"
    days: dict[str, Days] = defaultdict(lambda: defaultdict(float))
    for line in file.read_text("ascii").splitlines():
        _, customer, day, _, value = line.split()
        days[customer][date(int(day[:4]), int(day[4:6]), int(day[6:]))] += float(value)
    return list(days.values())


def history(days: Days, until: date) -> History:
    """What was known of a customer on the evening of a day."""
    known = sorted(day for day in days if day <= until)
    values = [days[day] for day in known[1:]]
    mean = sum(values) / len(values) if values else 0.0
    return History(len(values), (known[-1] - known[0]).days, (until - known[0]).days, mean)


def bought_between(days: Days, after: date, until: date) -> int:
    """On how many days after ``after``, up to and with ``until``, a customer bought."""
    return sum(after < day <= until for day in days)
