"""Making a cluster (PostgreSQL's data folder) and writing its configuration."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from dealt.kernel.postgres.binaries import Binaries
from dealt.kernel.postgres.errors import PostgresFailed
from dealt.kernel.postgres.identity import Identity
from dealt.kernel.postgres.place import Place

ROLE = "dealt"
DATABASE = "dealt"
BUILTIN_LOCALES_SINCE = 17
INCLUDE = """
# Dealt's settings stand in dealt.conf, which is rewritten at each start. What you write below wins.
include_if_exists = 'dealt.conf'
"""


def make(place: Place, binaries: Binaries, identity: Identity, *, fast_unsafe: bool) -> Path:
    """Make a cluster beside its final place and return where; renaming it makes it count.

    Raises :class:`PostgresFailed` with the last words of the program that failed.
    """
    unfinished = place.home / f"{binaries.major}.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    identity.own(unfinished)
    arguments = [
        "--pgdata", str(unfinished), "--username", ROLE, "--encoding", "UTF8", "--data-checksums",
        "--auth-local=peer", "--auth-host=reject", *_locale(binaries.major), *(["--no-sync"] if fast_unsafe else []),
    ]  # fmt: skip
    _require(identity, binaries.program("initdb"), *arguments)
    with (unfinished / "postgresql.conf").open("a") as file:
        file.write(INCLUDE)
    _require(
        identity,
        *(binaries.program("postgres"), "--single", "-D", str(unfinished), "postgres"),
        given=f"CREATE DATABASE {DATABASE}\n",
    )
    return unfinished


def configure(cluster: Path, identity: Identity, settings: Mapping[str, str]) -> bool:
    """Write settings and who may connect; True when anything differs from what was there."""
    mapping = "".join(f'dealt "{name}" {ROLE}\n' for name in identity.clients)
    files = {
        "dealt.conf": "".join(f"{name} = {value}\n" for name, value in sorted(settings.items())),
        "pg_hba.conf": "local all all peer map=dealt\n",
        "pg_ident.conf": mapping,
    }
    changed = [name for name, text in files.items() if not _says(cluster / name, text)]
    for name in changed:
        (cluster / name).write_text(files[name])
        identity.own(cluster / name)
    return bool(changed)


def _locale(major: int) -> list[str]:
    if major >= BUILTIN_LOCALES_SINCE:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C.UTF-8", "--locale-provider=libc"]


def _says(file: Path, text: str) -> bool:
    return file.is_file() and file.read_text() == text


def _require(identity: Identity, program: str, *arguments: str, given: str | None = None) -> None:
    done = identity.run(program, *arguments, given=given)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()
        raise PostgresFailed(f"{Path(program).name} failed ({done.returncode}): {said[-2000:]}")
