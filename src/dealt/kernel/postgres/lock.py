"""One supervisor for one data folder."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from dealt.kernel.postgres.errors import SupervisedElsewhere


class SupervisorLock:
    """A lock that the kernel lets go when its holder ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._file is not None

    def take(self) -> None:
        """Take the lock, or raise :class:`SupervisedElsewhere` with the number of the holder."""
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(file, 32).decode().strip()
            os.close(file)
            raise SupervisedElsewhere(
                f"The database in {self.path.parent} is already looked after by process {holder or 'unknown'}: "
                "stop that one first, or use another data folder.",
                int(holder or 0),
            ) from None
        os.ftruncate(file, 0)
        os.write(file, f"{os.getpid()}\n".encode())
        self._file = file

    def release(self) -> None:
        """Let go; harmless when not held."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
