"""The embedded server as the rest of Dealt sees it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType, TracebackType
from urllib.parse import quote

from dealt.kernel.postgres import binaries as programs
from dealt.kernel.postgres import client, cluster, identity, log, place, processes, server
from dealt.kernel.postgres import settings as sizes
from dealt.kernel.postgres.binaries import Binaries
from dealt.kernel.postgres.errors import FolderUnusable, NotReady, PostgresFailed, SupervisedElsewhere
from dealt.kernel.postgres.lock import SupervisorLock

logger = logging.getLogger(__name__)


class EmbeddedPostgres:
    """One PostgreSQL whose data is in ``data_dir``, reachable by Unix socket for its own user and root.

    ``settings`` are PostgreSQL's, by name, and win over ours. ``fast_unsafe`` is for tests: it gives up
    durability. ``binaries`` default to the wheel's. ``patience`` is in seconds: how long the server may
    make no progress while it starts, and how long each way of ending it may take.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        settings: Mapping[str, str] = MappingProxyType({}),
        fast_unsafe: bool = False,
        binaries: Binaries | None = None,
        patience: float = 180,
    ) -> None:
        self.data_dir = data_dir.absolute()
        self.fast_unsafe = fast_unsafe
        self.patience = patience
        self.binaries = binaries or programs.find()
        self.place = place.of(self.data_dir)
        self._settings = dict(settings)
        self._lock: SupervisorLock | None = None

    def start(self) -> None:
        """Make the cluster on first use, start or adopt its server, and return when it takes connections.

        Raises SupervisedElsewhere, NeedsUpgrade, FolderUnusable or NotReady; then nothing is left running
        that was not before.
        """
        if self._lock is not None:
            return
        try:
            self._lock = self._started()
        except PermissionError as problem:
            raise FolderUnusable(
                f"The data folder {self.data_dir} belongs to another user ({problem}): start Dealt as that user."
            ) from problem

    def stop(self) -> None:
        """End the server in order, else at once (it recovers at the next start); never by SIGKILL."""
        if self._lock is None:
            return
        if (pid := self.pid) is not None:
            self._end(pid)
        self.detach()

    def detach(self) -> None:
        """Stop looking after the server, and leave it running; the next :meth:`start` adopts it."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def tend(self) -> bool:
        """To be called every second or so: restarts a server that died and rotates its log.

        True when the server had to be restarted.
        """
        log.rotate(self.place.log)
        if self._lock is None or self.pid is not None:
            return False
        logger.error("PostgreSQL ended by itself; starting it again. Its last words: %s", self.log_tail(5))
        self._bring_up(identity.choose(self.place.holder()))
        return True

    def await_other(self) -> None:
        """Wait until the server that another process looks after takes connections, or raise :class:`NotReady`."""
        self.place.require_major(self.binaries.major)
        if not processes.wait_until(lambda: self.pid is not None, self.patience):
            raise NotReady(f"The process that looks after {self.place.home} has started no server.")
        self._wait_ready(self.pid or 0)

    @property
    def pid(self) -> int | None:
        """The postmaster's process number while it runs, whoever looks after it."""
        found = processes.read_pid_file(self._cluster)
        if found is None or not processes.is_running(found.pid):
            return None
        if not processes.is_postgres(found.pid, self.place.name):
            return None  # the number was given to another program
        return found.pid

    def dsn(self, database: str = cluster.DATABASE) -> str:
        """The address of one database of the running server; :class:`NotReady` when it is not running."""
        found = processes.read_pid_file(self._cluster)
        if found is None:
            raise NotReady(f"The database in {self.place.home} is not running.")
        return f"postgresql://{cluster.ROLE}@/{quote(database)}?host={quote(found.socket_folder)}&port=5432"

    def create_database(self, name: str, *, template: str = "template1") -> None:
        """Make a database, as a copy of ``template``; names are lower-case letters, digits and _."""
        for word in (name, template):
            if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", word):
                raise ValueError(f"{word!r} is no name for a database")
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}", database="postgres")

    def execute(self, sql: str, *, database: str = cluster.DATABASE) -> str:
        """Run statements without values of users in them; rows come as lines with | between columns."""
        return client.query(self.binaries, self.dsn(database), sql)

    def log_tail(self, lines: int = 20) -> str:
        """The last lines of the server's log."""
        return log.tail(self.place.log, lines)

    def __enter__(self) -> EmbeddedPostgres:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _cluster(self) -> Path:
        return self.place.cluster(self.binaries.major)

    def _started(self) -> SupervisorLock:
        who = identity.choose(self.place.holder())
        self.place = place.prepare(self.data_dir, who)
        lock = SupervisorLock(self.place.lock)
        lock.take()
        try:
            who.own(self.place.lock)
            self.place.require_major(self.binaries.major)
            self._bring_up(who)
        except BaseException:
            lock.release()
            raise
        return lock

    def _bring_up(self, who: identity.Identity) -> None:
        usable = self.binaries
        if not who.can_use(Path(usable.program("postgres"))):
            usable = usable.copied_to(self.place.home)
        if not self._cluster.exists():
            made = cluster.make(self.place, usable, who, fast_unsafe=self.fast_unsafe)
            made.rename(self._cluster)
        if self.pid is None:
            who.own(self._cluster)
        changed = cluster.configure(self._cluster, who, sizes.for_machine(self._settings, fast_unsafe=self.fast_unsafe))
        if self._adopt(changed=changed):
            return
        self._launch(usable, who)

    def _adopt(self, *, changed: bool) -> bool:
        pid = self.pid
        if pid is None:
            return False
        if changed:
            logger.info("PostgreSQL runs with other settings (process %d); starting it anew", pid)
            self._end(pid)
            return False
        self._wait_ready(pid)
        logger.info("adopted the running PostgreSQL (process %d)", pid)
        return True

    def _wait_ready(self, pid: int) -> None:
        server.wait_ready(self.place, self._cluster, pid, self.patience, log.size(self.place.log))

    def _launch(self, usable: Binaries, who: identity.Identity) -> None:
        if left := processes.end_leftovers(self.place.name, self.patience):
            raise PostgresFailed(f"Processes of an earlier PostgreSQL will not end: {left}.")
        log.rotate(self.place.log)
        spoken = log.size(self.place.log)
        sockets = place.socket_folder(self.place, who)
        for file in (self._cluster / "postmaster.pid", sockets / ".s.PGSQL.5432.lock"):
            processes.forget_other(file)
        pid = server.launch(self.place, self._cluster, sockets, usable, who)
        try:
            server.wait_ready(self.place, self._cluster, pid, self.patience, spoken)
        except BaseException:
            if processes.is_running(pid):
                self._end(pid)
            raise

    def _end(self, pid: int) -> None:
        found = processes.read_pid_file(self._cluster)
        server.end(self.place.name, pid, self.patience)
        if found is not None:
            with suppress(OSError):  # a left-over is harmless, and used again by the next start
                Path(found.socket_folder).rmdir()


@contextmanager
def borrowed(data_dir: Path, *, binaries: Binaries | None = None, patience: float = 180) -> Iterator[EmbeddedPostgres]:
    """The server of this data folder: the running one, else one that is started for the length of the block."""
    server = EmbeddedPostgres(data_dir, binaries=binaries, patience=patience)
    try:
        server.start()
    except SupervisedElsewhere:
        server.await_other()
    try:
        yield server
    finally:
        server.stop()
