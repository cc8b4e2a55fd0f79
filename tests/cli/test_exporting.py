"""``dealt export`` and ``dealt import workspace`` as they are typed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from dealt.setup import set_up_workspace
from tests.conftest import Dsn, fresh_database
from tests.importing.conftest import waited
from tests.processes.running import command


def test_a_workspace_is_exported_and_imported_by_two_commands(
    workspace_url: str, tmp_path: Path, postgres: Dsn, template_database: str
) -> None:
    people = tmp_path / "people.ndjson"
    people.write_text('{"custom_id": "1", "email": "a@x.example"}\n{"custom_id": "2"}\n')
    done = command(tmp_path, "import", "contacts", str(people), "--tag", "old", DATABASE_URL=workspace_url)
    assert "2 contacts created, 0 updated." in done.stderr, done.stderr
    feed = tmp_path / "feed.xml"
    feed.write_text("<rss><item><id>a</id><title>A</title></item><item><id>b</id></item></rss>")
    done = command(tmp_path, "import", "feed", str(feed), DATABASE_URL=workspace_url)
    assert (done.returncode, "product 2: title: A product of a feed needs this tag." in done.stderr) == (1, True)
    assert "2 products: 1 created, 0 updated, 0 as they were, 1 refused." in done.stderr
    folder = tmp_path / "export"
    done = command(tmp_path, "export", str(folder), "--format", "parquet", DATABASE_URL=workspace_url)
    assert f"{folder} holds 2 contacts, 0 companies, 1 products" in done.stderr, done.stderr
    done = command(tmp_path, "export", str(folder), DATABASE_URL=workspace_url)
    assert (done.returncode, "is not empty" in done.stderr) == (1, True)
    with fresh_database(postgres, template_database) as url:
        waited(lambda: _set_up(url))
        done = command(tmp_path, "import", "workspace", str(folder), DATABASE_URL=url)
        assert (done.returncode, "Imported 2 contacts" in done.stderr) == (0, True), done.stderr
        again = command(tmp_path, "import", "workspace", str(folder), DATABASE_URL=url)
        assert (again.returncode, "into an empty workspace only" in again.stderr) == (1, True)


async def _set_up(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await set_up_workspace(connection, now=datetime(2026, 11, 1, tzinfo=UTC))
    finally:
        await connection.close()
