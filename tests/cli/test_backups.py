"""``dealt backup`` and ``dealt restore``, with real data there and back."""

from __future__ import annotations

import asyncio
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest

from tests.cli.conftest import Serve
from tests.processes.running import command

DEALS = "/api/public/deals/"


def test_a_backup_made_while_serving_brings_back_what_was_there(data_dir: Path, folder: Path, serve: Serve) -> None:
    server = serve(data_dir, "--workers", "0", "--web", "1").ready()
    lines = [{"product_custom_id": "mug", "name": "Mug, żółty", "value": 12.5, "quantity": 2}]
    status, deal = server.post(DEALS, {"name": "Order 1", "order_products": lines, "colour": "blue"})
    assert status == 201
    file = folder / "a backup.dump"
    done = command(data_dir, "backup", str(file))
    assert done.returncode == 0, done.stderr
    assert str(data_dir / "secret.key") in done.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = server.get(f"{DEALS}{deal['id']}/")
    assert server.post(DEALS, {"name": "Order 2"})[0] == 201
    refused = command(data_dir, "restore", str(file), "--replace")
    assert (refused.returncode, "Stop it, then restore" in refused.stderr) == (1, True)
    assert server.stop() == 0
    unconfirmed = command(data_dir, "restore", str(file))
    assert (unconfirmed.returncode, "add --replace" in unconfirmed.stderr) == (1, True)
    restored = command(data_dir, "restore", str(file), "--replace")
    assert restored.returncode == 0, restored.stderr
    assert "Restored 1 orders and 0 contacts" in restored.stderr
    again = serve(data_dir, "--workers", "0", "--web", "1").ready()
    assert again.get(f"{DEALS}{deal['id']}/") == before
    assert again.get(DEALS)[1]["count"] == 1
    assert again.post(DEALS, {"name": "Order 3"})[0] == 201
    assert again.stop() == 0


def test_a_damaged_backup_changes_nothing(workspace_url: str, tmp_path: Path) -> None:
    file = tmp_path / "whole.dump"
    assert command(tmp_path, "backup", str(file), DATABASE_URL=workspace_url).returncode == 0
    damaged = tmp_path / "damaged.dump"
    damaged.write_bytes(file.read_bytes()[: file.stat().st_size * 9 // 10])
    before = _fetch(workspace_url, "SELECT name FROM workspaces")
    done = command(tmp_path, "restore", str(damaged), "--replace", DATABASE_URL=workspace_url)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert _fetch(workspace_url, "SELECT name FROM workspaces") == before != []


def test_a_database_of_somebody_else_is_never_replaced(workspace_url: str, database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "whole.dump"
    assert command(tmp_path, "backup", str(file), DATABASE_URL=workspace_url).returncode == 0
    _fetch(workspace_url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE theirs (n int)")
    done = command(tmp_path, "restore", str(file), "--replace", DATABASE_URL=workspace_url)
    assert (done.returncode, "1 tables that are not Dealt's" in done.stderr) == (1, True)
    _fetch(workspace_url, "DROP TABLE theirs")
    done = command(tmp_path, "restore", str(file), DATABASE_URL=workspace_url)
    assert done.returncode == 0, done.stderr
    assert len(_fetch(workspace_url, "SELECT name FROM workspaces")) == 1


@pytest.mark.parametrize(("name", "sentence"), [("none", "cannot be read"), ("text", "is not a backup")])
def test_what_is_no_backup_is_refused(tmp_path: Path, name: str, sentence: str) -> None:
    (tmp_path / "text").write_text("hello")
    done = command(tmp_path / "data", "restore", str(tmp_path / name))
    assert (done.returncode, sentence in done.stderr) == (1, True)
    assert not (tmp_path / "data").exists()


def test_a_backup_into_a_folder_that_is_not_there_says_so(workspace_url: str, tmp_path: Path) -> None:
    done = command(tmp_path, "backup", str(tmp_path / "no" / "b.dump"), DATABASE_URL=workspace_url)
    assert (done.returncode, "does not exist. Make it first." in done.stderr) == (1, True)


def _fetch(url: str, sql: str) -> list[tuple[object, ...]]:
    async def run() -> list[tuple[object, ...]]:
        connection = await asyncpg.connect(url)
        try:
            if sql.startswith("SELECT"):
                return [tuple(row) for row in await connection.fetch(sql)]
            await connection.execute(sql)
            return []
        finally:
            await connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, run()).result()
