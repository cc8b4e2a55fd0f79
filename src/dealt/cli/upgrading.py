"""``dealt upgrade``: an older database, brought up to this version."""

from __future__ import annotations

import asyncio
from pathlib import Path

from dealt.cli.showing import tell
from dealt.cli.where import HERE, Where
from dealt.kernel.errors import InvalidInput
from dealt.kernel.migrate import migrate
from dealt.kernel.postgres import Binaries, EmbeddedPostgres, binaries_of, find
from dealt.kernel.postgres import upgrade as upgrade_cluster
from dealt.processes.connecting import connected
from dealt.processes.database import reachable_url, require_cluster


def upgrade(*, old_binaries: Path | None = None, where: Where = HERE) -> None:
    """Bring the database up to this version of Dealt: PostgreSQL's data format first, then the tables.

    `dealt serve` upgrades tables by itself; it stops here only for data of an older PostgreSQL. That is copied into
    a new cluster, every table is counted on both sides, and the old data stays where it is until you delete it.

    Parameters
    ----------
    old_binaries
        The folder with the programs (postgres, pg_dump ...) of the PostgreSQL that wrote the data. Not needed where
        an installed package has them.
    """
    settings = where.settings
    if not settings.database_url:
        require_cluster(settings)
        _upgrade_cluster(settings.data_dir, old_binaries)
    with reachable_url(settings) as url:
        applied = asyncio.run(_migrate(url))
    tell(f"Applied {', '.join(applied)}." if applied else "The tables are up to date.")


def _upgrade_cluster(data_dir: Path, old_binaries: Path | None) -> None:
    new = find()
    written = EmbeddedPostgres(data_dir, binaries=new).place.newest_major()
    if written is None or written >= new.major:
        return
    old = _named(old_binaries, written) if old_binaries is not None else binaries_of(written, data_dir)
    tell(f"Copying the data of PostgreSQL {written} to PostgreSQL {new.major} ...")
    done = upgrade_cluster(data_dir, old, new)
    tell(f"Copied {done.rows:,} rows; every table has as many as before.")
    tell(f"The old data is kept in {done.kept}. Delete that folder when you have seen that all is well.")


def _named(folder: Path, major: int) -> Binaries:
    if not (folder / "postgres").is_file():
        raise InvalidInput.of("old-binaries", f"There is no program postgres in {folder.absolute()}.")
    named = Binaries(folder.absolute())
    if named.major != major:
        raise InvalidInput.of(
            "old-binaries", f"{folder} holds PostgreSQL {named.version}, and PostgreSQL {major} wrote the data."
        )
    return named


async def _migrate(url: str) -> list[str]:
    async with connected(url):  # says in a sentence what is wrong, where something is
        return await migrate(url)
