"""``dealt serve``, ``dealt web``, ``dealt worker``: commands that run until they are told to stop.

Each checks what it was given, and then becomes the process that it stands for, which is told everything by its
environment and does not carry the command line's libraries in its memory.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from typing import Annotated, NoReturn

from cyclopts import Parameter
from cyclopts.validators import Number

from dealt.cli.where import HERE, Where
from dealt.settings import Settings

Port = Annotated[int | None, Parameter(validator=Number(gte=0, lte=65_535))]


def serve(
    *,
    port: Port = None,
    host: str | None = None,
    where: Where = HERE,
    demo: Annotated[bool, Parameter(negative=(), show_default=False)] = False,
    web: Annotated[int | None, Parameter(validator=Number(gte=1, lte=128))] = None,
    workers: Annotated[int | None, Parameter(validator=Number(gte=0, lte=128))] = None,
) -> None:
    """Start everything: the embedded PostgreSQL (unless DATABASE_URL is set), web processes and workers.

    The first start makes a workspace and shows its e-mail address, password and API token once; the token also lies
    in the file `token` of the data folder. Ctrl-C, or SIGTERM, ends everything in order; a second one hurries.

    Parameters
    ----------
    port
        The port to listen on; 0 is any free one. Default: DEALT_PORT, or 8000.
    host
        The address to listen on; 0.0.0.0 is every one of this machine. Default: DEALT_HOST, or 127.0.0.1.
    demo
        Also load the demo shop, once: a year of orders, to look around in.
    web
        How many web processes to run. Default: DEALT_WEB_PROCESSES, or half of the cores.
    workers
        How many workers to run. Default: DEALT_WORKER_PROCESSES, or 1.
    """
    given = {
        "DEALT_PORT": port,
        "DEALT_HOST": host,
        "DEALT_WEB_PROCESSES": web,
        "DEALT_WORKER_PROCESSES": workers,
    }
    _become("serve", where.settings, given, *(["--demo"] if demo else []))


def web(*, port: Port = None, host: str | None = None, where: Where = HERE) -> None:
    """Run one more web process, on a port of its own.

    It works with the database of DATABASE_URL, also from another machine, or with that of a `dealt serve` that runs
    on the same data folder. Put a load balancer in front of several.

    Parameters
    ----------
    port
        The port to listen on. Default: DEALT_PORT, or 8000.
    host
        The address to listen on. Default: DEALT_HOST, or 127.0.0.1.
    """
    _join("web", where.settings, {"DEALT_PORT": port, "DEALT_HOST": host})


def worker(*, where: Where = HERE) -> None:
    """Run one more worker process.

    It works with the database of DATABASE_URL, also from another machine, or with that of a `dealt serve` that runs
    on the same data folder. As many as you like share the work.
    """
    _join("worker", where.settings, {})


def _join(name: str, settings: Settings, given: Mapping[str, object]) -> NoReturn:
    """Become a process of an installation that runs and is up to date."""
    from dealt.processes.connecting import require_current
    from dealt.processes.database import running_url

    url = running_url(settings)
    asyncio.run(require_current(url))
    _become(name, settings, {**given, "DATABASE_URL": url})


def _become(name: str, settings: Settings, given: Mapping[str, object], *arguments: str) -> NoReturn:
    values = {**given, "DEALT_DATA_DIR": settings.data_dir.absolute()}
    told = {variable: str(value) for variable, value in values.items() if value is not None}
    environment = {**os.environ, **told}
    Settings.from_environment(environment)  # a value that cannot be read is told here, in one sentence
    sys.stdout.flush()
    # -P: what lies in the working folder is not ours to import.
    command = [sys.executable, "-P", "-m", f"dealt.processes.{name}", *arguments]
    os.execve(sys.executable, command, environment)  # noqa: S606
