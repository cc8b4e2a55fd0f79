"""A file is sent by the page, its columns are mapped, and what was refused is shown."""

from __future__ import annotations

import json
from typing import Any

import httpx

from dealt.work import HANDLERS
from tests.web.visiting import Site

BY_MODULE = {"Accept": "application/json"}
FILE = "Mail,Name,Shoe,Note\nann@example.com,Ann,38,x\nnot a mail,Bob,39,y\n"


async def send(client: httpx.AsyncClient, kind: str, name: str, content: bytes) -> str:
    """Send a file as the page does; the path of its page."""
    made = await client.post("/imports/", json={"kind": kind, "file_name": name}, headers=BY_MODULE)
    assert made.status_code == 201, made.text
    path: str = made.json()["path"]
    sent = await client.post(f"{path}parts/1/", content=content, headers=BY_MODULE)
    assert sent.status_code == 204
    return path


async def run(site: Site) -> None:
    """What a worker does."""
    assert site.app.services
    for job in await site.pool.fetch("DELETE FROM jobs WHERE kind = 'imports.run' RETURNING workspace_id, payload"):
        payload: dict[str, Any] = json.loads(job["payload"])
        await HANDLERS["imports.run"](site.pool, job["workspace_id"], payload, site.app.services.clock.now())


async def test_columns_are_mapped_and_a_bad_row_is_shown(site: Site) -> None:
    async with site.visitor(await site.session("member")) as member:
        path = await send(member, "contacts", "people.csv", FILE.encode())
        page = (await member.get(path)).text
        assert "ann@example.com" in page and '<option value="contact:email" selected>' in page
        columns = {
            "column-0": "contact:email",
            "column-1": "contact:first_name",
            "column-2": "contact:@",
            "column-3": "",
        }
        refused = await member.post(f"{path}start/", data=columns | {"column-0": ""})
        assert (refused.status_code, "Name the column" in refused.text) == (400, True)
        looked = (await member.post(f"{path}look/", data=columns)).text
        assert "2 contacts" in looked and "1 would be refused" in looked and "ann@example.com" in looked
        assert "Name the column" in (await member.post(f"{path}look/", data=columns | {"column-0": ""})).text
        assert await site.pool.fetchval("SELECT count(*) FROM contacts WHERE email = 'ann@example.com'") == 0
        assert (await member.post(f"{path}start/", data=columns)).status_code == 303
        assert "A worker takes it up" in (await member.get(path)).text
        await run(site)
        done = (await member.get(path)).text
        assert "not a mail" in done and "Everything is read" in done
        query = "SELECT first_name, attributes FROM contacts WHERE email = 'ann@example.com'"
        ann = await site.pool.fetchrow(query)
        assert (ann["first_name"], json.loads(ann["attributes"])) == ("Ann", {"shoe": 38})


async def test_refused_rows_are_given_back_put_right_and_imported_alike(site: Site) -> None:
    async with site.visitor(await site.session()) as admin:
        path = await send(admin, "contacts", "zoo.csv", b"Zed;Mail;Age\nz1;no mail;7\nz2;z2@example.com;8\n")
        columns = {"column-0": "contact:custom_id", "column-1": "contact:email", "column-2": "contact:score"}
        assert (await admin.post(f"{path}start/", data=columns)).status_code == 303
        await run(site)
        given = await admin.get(f"{path}refused/")
        assert "zoo.refused.csv" in given.headers["content-disposition"]
        head, row = given.content.decode("utf-8-sig").splitlines()
        assert head == "Zed;Mail;Age;rejected_because"
        assert row.startswith("z1;no mail;7;")
        like = path.split("/")[-2]
        assert "mapped as those of zoo.csv" in (await admin.get(f"/imports/?like={like}")).text
        assert (await admin.get("/imports/?like=nothing")).status_code == 404
        body = {"kind": "contacts", "file_name": "again.csv", "like": like}
        again = (await admin.post("/imports/", json=body, headers=BY_MODULE)).json()["path"]
        right = given.content.replace(b"no mail", b"z1@example.com")
        await admin.post(f"{again}parts/1/", content=right, headers=BY_MODULE)
        assert '<option value="contact:score" selected>' in (await admin.get(again)).text


async def test_an_address_is_the_id_of_a_contact_and_told_to_a_new_one(site: Site) -> None:
    rows = "Order,Customer e-mail,Customer,Total\n77,eve@example.com,Eve Ray,5\n"
    async with site.visitor(await site.session()) as admin:
        path = await send(admin, "orders", "by-mail.csv", rows.encode())
        page = (await admin.get(path)).text
        assert '<option value="order:user_custom_id+contact:email" selected>' in page
        columns = {
            "column-0": "order:custom_id", "column-1": "order:user_custom_id+contact:email",
            "column-2": "contact:name", "column-3": "order:value", "create_contacts": "1",
        }  # fmt: skip
        assert "1 contact would be created" in (await admin.post(f"{path}look/", data=columns)).text
        assert (await admin.post(f"{path}start/", data=columns)).status_code == 303
        await run(site)
        eve = await site.pool.fetchrow("SELECT custom_id, first_name FROM contacts WHERE email = 'eve@example.com'")
        assert (eve["custom_id"], eve["first_name"]) == ("eve@example.com", "Eve")


async def test_orders_are_grouped_by_a_column(site: Site) -> None:
    rows = "Order,Customer,SKU,Qty,Price\n1,anna,mug,2,5\n1,anna,cup,1,3\n2,anna,mug,1,5\n"
    async with site.visitor(await site.session()) as admin:
        path = await send(admin, "orders", "orders.csv", rows.encode())
        columns = {
            "column-0": "order:custom_id", "column-1": "order:user_custom_id", "column-2": "lines:product_custom_id",
            "column-3": "lines:quantity", "column-4": "lines:value", "group_by": "Order", "create_contacts": "1",
        }  # fmt: skip
        assert (await admin.post(f"{path}start/", data=columns)).status_code == 303
        await run(site)
        deal = (await site.shop.client.get("deals-by-id/1/")).json()
        assert [float(line["quantity"]) for line in deal["order_products"]] == [2, 1]


async def test_a_file_that_cannot_be_read_says_so(site: Site) -> None:
    async with site.visitor(await site.session()) as admin:
        path = await send(admin, "contacts", "broken.xlsx", b"this is no spreadsheet")
        shown = await admin.get(path)
        assert (shown.status_code, "alert" in shown.text) == (200, True)
        assert (await admin.post(f"{path}start/", data={})).status_code == 400
        assert (await admin.post(f"{path}delete/")).status_code == 303
        bad = {"kind": "contacts", "file_name": "x.doc"}
        assert (await admin.post("/imports/", json=bad, headers=BY_MODULE)).status_code == 400
