"""A file sent in parts over HTTP, imported by the worker's handler."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from dealt.app import PARTS as EVERY_PART
from dealt.uploads import PARTS, run_import, running
from tests.publicapi.conftest import Shop

NOW = datetime(2026, 11, 1, tzinfo=UTC)


async def ask(shop: Shop, method: str, path: str, status: int, **options: Any) -> Any:
    answer = await shop.client.request(method, path, **options)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


async def sent(shop: Shop, body: dict[str, Any], content: bytes, part: int = 40) -> str:
    """The address of an import whose file is here and which waits for a worker."""
    made = await ask(shop, "POST", "imports/", 201, json=body)
    path = f"imports/{made['id']}/"
    pieces = [content[place : place + part] for place in range(0, len(content), part)]
    for number, piece in reversed(list(enumerate(pieces, start=1))):
        await ask(shop, "PUT", f"{path}parts/{number}/", 204, content=piece)
    assert (await ask(shop, "POST", f"{path}start/", 202))["state"] == "queued"
    return path


async def work(shop: Shop) -> None:
    """Do the jobs that wait, as a worker does."""
    assert shop.app.services
    for row in await shop.fetch("DELETE FROM jobs WHERE kind = 'imports.run' RETURNING workspace_id, payload::text"):
        workspace_id, payload = int(str(row["workspace_id"])), json.loads(str(row["payload"]))
        await run_import(shop.app.services.pool, workspace_id, payload, NOW)


async def test_contacts_are_imported_and_refused_rows_told(shop: Shop) -> None:
    lines = ["Customer ID,E-mail,City", *(f"{n},p{n}@x.example,Łódź" for n in range(1000)), "x,nobody,", ",,\0"]
    body = {"kind": "contacts", "file_name": "people.csv", "tags": ["moved"], "list": "Old", "silent": True}
    path = await sent(shop, body, "\n".join(lines).encode(), part=10_000)
    assert (await ask(shop, "GET", path, 200))["progress"] == 0
    await work(shop)
    done = await ask(shop, "GET", path, 200)
    told = (done["state"], done["progress"], done["created"], done["refused"], done["error"])
    assert told == ("done", 1.0, 1000, 2, None)
    assert 'email = "E-mail"' in done["mapping"]
    rejected = await ask(shop, "GET", f"{path}rejected/", 200)
    assert [(row["row"], row["cells"][0]["E-mail"]) for row in rejected["results"]] == [(1001, "nobody"), (1002, "")]
    assert "valid email" in rejected["results"][0]["reason"]
    found = await shop.fetch(
        "SELECT count(*) AS n, count(DISTINCT tag_ids) AS tags, (SELECT count(*) FROM list_members) AS listed, "
        "(SELECT count(*) FROM import_parts) AS parts FROM contacts WHERE city = 'Łódź'"
    )
    assert found == [{"n": 1000, "tags": 1, "listed": 1000, "parts": 0}]
    actors = await shop.fetch("SELECT DISTINCT actor, cause FROM journal WHERE kind = 'contact.created'")
    assert actors == [{"actor": "token:1", "cause": 1}]


@pytest.mark.parametrize(
    ("kind", "line", "table"),
    [
        ("orders", {"custom_id": "o", "name": "Order"}, "deals"),
        ("companies", {"custom_id": "c", "name": "Works"}, "companies"),
        ("products", {"custom_id": "p", "name": "Mug"}, "products"),
        ("events", {"user_custom_id": "u", "name": "visited"}, "events"),
    ],
)
async def test_every_kind_is_imported(shop: Shop, kind: str, line: dict[str, str], table: str) -> None:
    await ask(shop, "POST", "users/", 201, json={"custom_id": "u"})
    path = await sent(shop, {"kind": kind, "file_name": "x.ndjson"}, json.dumps(line).encode() + b"\n{}\n")
    await work(shop)
    done = await ask(shop, "GET", path, 200)
    assert (done["state"], done["created"], done["refused"]) == ("done", 1, 1), done
    assert (await shop.fetch(f"SELECT count(*) AS n FROM {table}"))[0]["n"] == 1


async def test_an_import_that_was_cut_short_goes_on_where_it_was(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "OBJECTS_A_SET", 10)
    lines = "".join(json.dumps({"custom_id": f"p{n}"} if n % 10 else {}) + "\n" for n in range(50))
    path = await sent(shop, {"kind": "products", "file_name": "x.ndjson"}, lines.encode(), part=100)
    reached = running._Run._reach
    sets = []

    async def cut(self: Any, *values: Any) -> bool:
        sets.append(1)
        if len(sets) == 3:
            raise OSError("the worker dies")
        return await reached(self, *values)

    monkeypatch.setattr(running._Run, "_reach", cut)
    assert shop.app.services
    with pytest.raises(OSError, match="the worker dies"):
        await run_import(shop.app.services.pool, shop.workspace_id, {"import": 1}, NOW)
    assert (await ask(shop, "GET", path, 200))["state"] == "running"
    await work(shop)
    done = await ask(shop, "GET", path, 200)
    assert (done["state"], done["created"] + done["updated"], done["refused"]) == ("done", 45, 5)
    assert len((await ask(shop, "GET", f"{path}rejected/", 200))["results"]) == 5


async def test_a_file_that_is_not_what_it_should_be_has_failed(shop: Shop) -> None:
    path = await sent(shop, {"kind": "products", "file_name": "x.xlsx"}, b"not a spreadsheet")
    await work(shop)
    done = await ask(shop, "GET", path, 200)
    assert done["state"] == "failed"
    assert "cannot be read as XLSX" in done["error"]


async def test_what_cannot_be_meant_is_refused_at_once(shop: Shop) -> None:
    for body, field in (
        ({"kind": "people", "file_name": "x.csv"}, "kind"),
        ({"kind": "contacts"}, "file_name"),
        ({"kind": "companies", "file_name": "x.csv", "list": "x"}, "list"),
        ({"kind": "contacts", "file_name": "x.csv", "mapping": "["}, "mapping"),
    ):
        answer = await ask(shop, "POST", "imports/", 400, json=body)
        assert field in answer["errors"], answer
    answer = await ask(shop, "POST", "imports/", 400, json={"kind": "contacts", "file_name": "x.odt"})
    assert "does not say what it is" in json.dumps(answer)


async def test_a_file_is_started_when_it_is_whole_and_not_changed_afterwards(shop: Shop) -> None:
    path = (
        f"imports/{(await ask(shop, 'POST', 'imports/', 201, json={'kind': 'products', 'file_name': 'x.csv'}))['id']}/"
    )
    await ask(shop, "POST", f"{path}start/", 400)
    await ask(shop, "PUT", f"{path}parts/2/", 204, content=b"1,Mug\n")
    await ask(shop, "POST", f"{path}start/", 400)
    await ask(shop, "PUT", f"{path}parts/0/", 400, content=b"x")
    await ask(shop, "PUT", f"{path}parts/1/", 204, content=b"sku,name\n")
    await ask(shop, "POST", f"{path}start/", 202)
    await ask(shop, "PUT", f"{path}parts/1/", 409, content=b"x")
    await ask(shop, "POST", f"{path}start/", 409)
    await ask(shop, "DELETE", path, 204)
    await ask(shop, "GET", path, 404)
    await work(shop)
    assert (await shop.fetch("SELECT count(*) AS n FROM products"))[0]["n"] == 0


def test_an_import_writes_by_the_same_definitions_as_the_api() -> None:
    assert [part.name for part in PARTS] == [part.name for part in EVERY_PART]
