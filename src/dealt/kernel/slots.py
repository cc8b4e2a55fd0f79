"""A small table of numbers in memory that several processes of one machine can share."""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

Key = tuple[int, int]
"""Two whole numbers of 64 bits."""
SETS = 8_192
WAYS = 8
"""A key has its place in one set, which holds so many keys: for another, the one written longest ago goes."""
# The key, when it was written (0: never), and the value.
_SLOT = struct.Struct("<qqqd")
_SET_BYTES = WAYS * _SLOT.size


def open_shared(sets: int = SETS) -> int:
    """The descriptor of a table for ``Slots`` of several processes; it has no name and goes with its last holder."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("dealt-slots")
    else:
        with tempfile.TemporaryFile(prefix="dealt-slots-") as file:
            descriptor = os.dup(file.fileno())
    os.truncate(descriptor, sets * _SET_BYTES)
    return descriptor


class Slots:
    """The table: 65,536 keys in 2 MB. Of this process alone, or, with a ``descriptor``, of all that share it.

    A set is locked while one of its keys is held, by a lock that the kernel takes away from a process that dies.
    For one thread of each process.
    """

    def __init__(self, descriptor: int | None = None, *, sets: int = SETS) -> None:
        self._descriptor = descriptor
        self._sets = sets if descriptor is None else os.fstat(descriptor).st_size // _SET_BYTES
        self._memory = mmap.mmap(-1 if descriptor is None else descriptor, self._sets * _SET_BYTES)

    @contextmanager
    def held(self, key: Key) -> Iterator[Slot]:
        """The place of a key, which no other process touches meanwhile. Held for microseconds: never wait in it."""
        start = hash(key) % self._sets * _SET_BYTES
        if self._descriptor is None:
            yield Slot(self._memory, start, key)
            return
        fcntl.lockf(self._descriptor, fcntl.LOCK_EX, _SET_BYTES, start)
        try:
            yield Slot(self._memory, start, key)
        finally:
            fcntl.lockf(self._descriptor, fcntl.LOCK_UN, _SET_BYTES, start)


@dataclass(slots=True)
class Slot:
    """A key's place in the set that begins at ``start``."""

    memory: mmap.mmap
    start: int
    key: Key
    _offset: int = -1

    def read(self) -> tuple[int, float] | None:
        """When and what was written for the key; None where nothing was, or it was forgotten."""
        oldest: int | None = None
        for offset in range(self.start, self.start + _SET_BYTES, _SLOT.size):
            first, second, written_at, value = _SLOT.unpack_from(self.memory, offset)
            if written_at and (first, second) == self.key:
                self._offset = offset
                return written_at, value
            if oldest is None or written_at < oldest:
                oldest, self._offset = written_at, offset
        return None

    def write(self, at: int, value: float) -> None:
        """Note ``value`` for the key, written ``at`` (above 0), after it was read."""
        _SLOT.pack_into(self.memory, self._offset, *self.key, at, value)
