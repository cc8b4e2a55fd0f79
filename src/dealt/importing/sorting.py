"""Bringing the rows of one order together, however far apart they stand, in bounded memory."""

from __future__ import annotations

import heapq
import pickle
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, TypeAlias

from dealt.importing.rows import Row

Keyed: TypeAlias = tuple[str, int, Row]
"""A row with the key of its order and its number in the file."""

RUN = 50_000
CHUNK = 250


def sorted_rows(rows: Iterable[Keyed], *, run: int = RUN) -> Iterator[Keyed]:
    """The rows by key, and within a key as they came. At most ``run`` rows and a chunk of each run are in memory."""
    with tempfile.TemporaryFile(prefix="dealt-import-") as spilled:
        runs: list[list[int]] = []
        held: list[Keyed] = []
        for row in rows:
            held.append(row)
            if len(held) == run:
                runs.append(_spill(spilled, held))
                held = []
        held.sort(key=_place)
        yield from heapq.merge(*(_read(spilled, places) for places in runs), held, key=_place)


def _place(row: Keyed) -> tuple[str, int]:
    return row[:2]


def _spill(file: IO[bytes], rows: list[Keyed]) -> list[int]:
    """Write a sorted run at the end of the file; where its chunks begin."""
    rows.sort(key=_place)
    places = []
    file.seek(0, 2)
    for start in range(0, len(rows), CHUNK):
        places.append(file.tell())
        pickle.dump(rows[start : start + CHUNK], file, protocol=pickle.HIGHEST_PROTOCOL)
    return places


def _read(file: IO[bytes], places: list[int]) -> Iterator[Keyed]:
    for place in places:
        file.seek(place)
        yield from pickle.load(file)  # noqa: S301 - we wrote it ourselves, into a file that has no name
