"""A workspace that is exported and imported elsewhere is the same workspace."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from dealt.accounts import Actor
from dealt.exporting import EXPORTED, LEFT_OUT, SEQUENCES, BadExport, Format, NotEmpty, export_workspace, load_workspace
from dealt.kernel.db import Connection
from dealt.lists import add_to_list, create_list
from dealt.setup import set_up_workspace
from tests.conftest import Dsn, fresh_database
from tests.digest import digest
from tests.publicapi.conftest import Shop
from tests.publicapi.world import MARK, make_all

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ODD = 'Zażółć "gęślą"\\ jaźń\n\t\u0001\u2028😀 {x}'
# What is each database's own, or is planned anew.
_OWN = {
    "workspaces": ["id", "created_at", "settings_version", "definitions_version"],
    "members": ["password_hash"],
    "product_feeds": ["next_sync_at"],
    "lifetime_models": ["next_refresh_at"],
    "rfm_setups": ["next_refresh_at"],
}


async def fill(shop: Shop) -> None:
    """Something in every table that is exported."""
    assert shop.app.services
    await make_all(shop)
    client = shop.client
    user = {"custom_id": "odd", "email": "Odd@example.com", "first_name": ODD, "size": 1.25, "note": ODD}
    for method, path, body in (
        ("POST", "users/", user),
        ("PATCH", f"products-by-id/{MARK}-product/", {"price": "12.345678", "currency": "EUR", "note": ODD}),
        (
            "POST",
            "deals/",
            {"name": "Guest", "value": "0.1", "custom_id": "guest", "order_date": "2024-02-29T10:00:00Z"},
        ),
        ("PATCH", "deals-by-id/guest/", {"status": 2, "value": "1e3"}),
        ("POST", "deals/", {"name": "Gone", "custom_id": "gone", "source_updated_at": "2025-01-01T00:00:00Z"}),
        ("DELETE", "deals-by-id/gone/", None),
        ("POST", f"companies-by-id/{MARK}-company/add_member/", {"user_id": 1}),
        ("PATCH", "lifetime/", {"nightly": True}),
        ("POST", "activities/", {"name": "Call", "due_date": "2026-11-02T10:00:00Z", "custom_id": "t"}),
        ("POST", "events/", {"name": "visited", "user_custom_id": "odd", "data": {"a": 1}, "timestamp": 1_750_000_000}),
    ):
        answer = await client.request(method, path, json=body)
        assert answer.status_code < 300, f"{path}: {answer.text}"
    actor = Actor(shop.workspace_id, "token:1")
    async with shop.app.services.pool.acquire() as connection, connection.transaction():
        made = await create_list(connection, shop.workspace_id, name=ODD, now=NOW)
        found = await connection.fetchval("SELECT min(id) FROM contacts WHERE NOT placeholder")
        await add_to_list(connection, actor, made.id, [found], now=NOW)
        await fill_rarer_tables(connection, shop.workspace_id, found)


async def fill_rarer_tables(connection: Connection, workspace_id: int, contact_id: int) -> None:
    """A row in each table that the routes above leave empty, as it would be written."""
    for table in EXPORTED:
        column = "id" if table == "workspaces" else "workspace_id"
        if not await connection.fetchval(f"SELECT count(*) FROM {table} WHERE {column} = $1", workspace_id):
            await connection.execute(_RARER[table], workspace_id, contact_id, NOW)


_RARER = {
    "roles": "INSERT INTO roles (workspace_id, id, name, areas, created_at) "
    """SELECT $1, 7, 'Support', '{"deals": "read"}', $3 WHERE $2::bigint > 0""",
    "rfm_cuts": "INSERT INTO rfm_cuts (workspace_id, rfm_id, revision, edges, made_at) "
    "SELECT $1, 1, 7, '{}', $3 WHERE $2::bigint > 0",
    "segment_members": "INSERT INTO segment_members (contact_id, segment_id, workspace_id, entered_at) "
    "SELECT $2, 1, $1, $3",
    "deal_segment_members": "INSERT INTO deal_segment_members SELECT $2, 1, 1, $1, $3",
    "object_segment_members": "INSERT INTO object_segment_members SELECT $1, 1, $2, $3",
    "devices": "INSERT INTO devices (contact_id, id, workspace_id, identity, created_at, seen_at) "
    "SELECT $2, 7, $1, 'd', $3, $3",
    "device_keys": "INSERT INTO device_keys SELECT $1, 'k', $2 WHERE $3::timestamptz IS NOT NULL",
    "merges": "INSERT INTO merges (contact_id, id, workspace_id, former_id, was_placeholder, taken, moved, merged_at, "
    "merged_by) SELECT $2, 7, $1, 9, false, '{}', '{}', $3, 'token:1'",
    "merged_rows": "INSERT INTO merged_rows SELECT $2, 9, 'deals', 7, $1 WHERE $3::timestamptz IS NOT NULL",
    "feed_products": "INSERT INTO feed_products SELECT $1, 1, 1, $3::timestamptz WHERE $2::bigint > 0",
    "product_events": "INSERT INTO product_events (contact_id, happened_at, id, workspace_id, product_id, event_type, "
    "received_at, actor) SELECT $2, $3, 7, $1, 1, 'view', $3, 'token:1'",
    "page_views": "INSERT INTO page_views (contact_id, happened_at, id, workspace_id, url, domain, path, received_at, "
    "actor) SELECT $2, $3, 7, $1, 'https://s.example/', 's.example', '/', $3, 'token:1'",
    "event_custom_ids": "INSERT INTO event_custom_ids SELECT $1, 1, 'e', $2, 7 WHERE $3::timestamptz IS NOT NULL",
}


async def told(connection: Any, workspace_id: int) -> dict[str, str]:
    found = await digest(connection, workspace_id, without=_OWN, apart_from_workspace=True)
    return {table: held for table, held in found.items() if table in EXPORTED}


async def written(shop: Shop, url: str, folder: Path, form: Format = "ndjson") -> None:
    connection = await asyncpg.connect(url, server_settings={"timezone": "UTC"})
    try:
        await export_workspace(connection, shop.workspace_id, folder, now=NOW, form=form)
    finally:
        await connection.close()


@pytest_asyncio.fixture
async def filled(shop: Shop) -> Shop:
    await fill(shop)
    return shop


async def empty(url: str) -> tuple[Connection, int]:
    connection = await asyncpg.connect(url, server_settings={"timezone": "UTC"})
    async with connection.transaction():
        first = await set_up_workspace(connection, now=NOW, email="other@example.com")
    return connection, first.workspace_id


@pytest.mark.parametrize("form", ["ndjson", "parquet"])
async def test_an_import_of_an_export_is_the_same_workspace(
    filled: Shop, database_url: str, tmp_path: Path, postgres: Dsn, template_database: str, form: Format
) -> None:
    assert filled.app.services
    folder = tmp_path / "export"
    await written(filled, database_url, folder, form)
    before = await told(filled.app.services.pool, filled.workspace_id)
    assert [table for table, held in before.items() if held.startswith("0 ")] == []
    assert set(before) == set(EXPORTED)
    with fresh_database(postgres, template_database) as url:
        connection, _ = await empty(url)
        try:
            async with connection.transaction():
                second = (await set_up_workspace(connection, now=NOW, email="other@example.com")).workspace_id
                await connection.execute(
                    "INSERT INTO roles (workspace_id, id, name, areas, created_at) VALUES ($1, 1, 'Mine', '{}', $2)",
                    second, NOW,
                )  # fmt: skip
                await connection.execute(
                    "UPDATE members SET role = 'custom', role_id = 1 WHERE workspace_id = $1", second
                )
            await load_workspace(connection, second, folder, now=NOW)
            assert await connection.fetchval("SELECT count(*) FROM members WHERE email = 'other@example.com'") == 2
            # Whose role is gone with what the workspace was born with may read, and no more.
            kept = "SELECT role FROM members WHERE email = 'other@example.com' AND workspace_id = $1"
            assert await connection.fetchval(kept, second) == "read-only"
            assert await connection.fetchval("SELECT count(*) FROM api_tokens WHERE workspace_id = $1", second) == 1
            stale = await connection.fetchval("SELECT count(*) FROM stale WHERE workspace_id = $1", second)
            assert stale == await connection.fetchval("SELECT count(*) FROM contacts")
            assert await connection.fetchval("SELECT count(*) FROM delayed_jobs WHERE kind = 'feeds.nightly'") == 1
            for sequence, places in SEQUENCES.items():
                for table, column in places:
                    newest = await connection.fetchval(f"SELECT coalesce(max({column}), 0) FROM {table}")
                    assert await connection.fetchval(f"SELECT nextval('{sequence}')") > newest
            # The member who was here, and the note of the import, are no part of what was exported.
            await connection.execute("DELETE FROM members WHERE email = 'other@example.com'")
            await connection.execute("UPDATE counters SET last = 1 WHERE kind = 'member'")
            await connection.execute("DELETE FROM journal WHERE kind = 'workspace.imported'")
            assert await told(connection, second) == before
            with pytest.raises(NotEmpty, match=r"holds \d contacts"):
                await load_workspace(connection, second, folder, now=NOW)
        finally:
            await connection.close()


async def test_an_export_is_refused_where_its_numbers_are_taken(
    filled: Shop, database_url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "export"
    await written(filled, database_url, folder)
    connection, other = await empty(database_url)
    try:
        assert filled.app.services
        before = await digest(filled.app.services.pool)
        says = rf"Contact \d+ of the export is one of workspace {filled.workspace_id}, .*, here\. .* of its own\."
        with pytest.raises(NotEmpty, match=says):
            await load_workspace(connection, other, folder, now=NOW)
        assert await digest(filled.app.services.pool) == before
        # Even one that is not the first of its file, and that is nobody: a guest's.
        await connection.execute(
            "DELETE FROM contacts WHERE workspace_id = $1 AND NOT placeholder", filled.workspace_id
        )
        before = await digest(filled.app.services.pool)
        with pytest.raises(NotEmpty, match=says):
            await load_workspace(connection, other, folder, now=NOW)
        assert await digest(filled.app.services.pool) == before
    finally:
        await connection.close()


async def test_a_folder_that_is_not_as_it_was_written_is_refused(
    filled: Shop, database_url: str, tmp_path: Path, postgres: Dsn, template_database: str
) -> None:
    folder = tmp_path / "export"
    await written(filled, database_url, folder)
    with pytest.raises(NotEmpty, match="is not empty"):
        await written(filled, database_url, folder)
    manifest = folder / "manifest.json"
    text = manifest.read_text()
    with fresh_database(postgres, template_database) as url:
        connection, workspace_id = await empty(url)
        try:
            for damaged, says in (
                ("{", "cannot be read"),
                (text.replace('"version": 1', '"version": 9'), "version 9"),
                (text.replace('"currency"', '"colour"'), "does not know"),
                (text.replace('"deals.ndjson"', '"../deals.ndjson"'), "is missing"),
            ):
                manifest.write_text(damaged)
                with pytest.raises(BadExport, match=says):
                    await load_workspace(connection, workspace_id, folder, now=NOW)
            manifest.write_text(text)
            with (folder / "tags.ndjson").open("a") as file:
                file.write("\n")
            with pytest.raises(BadExport, match="its checksum differs"):
                await load_workspace(connection, workspace_id, folder, now=NOW)
            manifest.unlink()
            with pytest.raises(BadExport, match=r"no complete export"):
                await load_workspace(connection, workspace_id, folder, now=NOW)
        finally:
            await connection.close()


async def test_every_table_and_sequence_is_exported_or_left_out_for_a_reason(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        tables = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') "
            "AND NOT relispartition"
        )
        sequences = await connection.fetch(
            "SELECT relname FROM pg_class AS c WHERE relnamespace = 'public'::regnamespace AND relkind = 'S' "
            "AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = c.oid AND deptype = 'i')"
        )
    finally:
        await connection.close()
    told_of = [*EXPORTED, *LEFT_OUT]
    assert sorted(row["relname"] for row in tables) == sorted(told_of), "say in exporting/tables.py what becomes of it"
    assert {row["relname"] for row in sequences} == set(SEQUENCES)
