"""The pages of the settings change what the API shows, and say what they cannot do."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from tests.web.visiting import Site

SECRET = re.compile(r"whsec_[\w+/]{20}")


@pytest_asyncio.fixture
async def admin(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with site.visitor(await site.session()) as client:
        yield client


async def test_tags_lists_and_loss_reasons(site: Site, admin: httpx.AsyncClient) -> None:
    for path, api in (("tags", "tags/"), ("lists", "lists/"), ("loss-reasons", "loss-reasons/")):
        here = f"/settings/{path}/"
        assert (await admin.post(here, data={"name": "One"})).status_code == 303
        [made] = [each for each in (await site.shop.client.get(api)).json()["results"] if each["name"] == "One"]
        assert (await admin.post(f"{here}{made['id']}/", data={"name": "Two"})).status_code == 303
        assert ">Two" in (await admin.get(here)).text
        refused = await admin.post(here, data={"name": ""})
        assert (refused.status_code, "alert" in refused.text) == (400, True)
        assert f'"path":"{here}"' in refused.text
        assert (await admin.post(f"{here}{made['id']}/delete/")).status_code == 303
        assert (await site.shop.client.get(f"{api}{made['id']}/")).status_code == 404


async def test_a_pipeline_with_its_stages_in_order(site: Site, admin: httpx.AsyncClient) -> None:
    answer = await admin.post("/settings/pipelines/", data={"name": "Returns", "stages": "Asked\n\nArrived\nPaid back"})
    number = int(answer.headers["location"].split("/")[-2])

    async def stages() -> dict[str, int]:
        shown = (await site.shop.client.get(f"pipelines/{number}/")).json()["stages"]
        return {stage["name"]: stage["id"] for stage in shown}

    assert list(await stages()) == ["Asked", "Arrived", "Paid back"]
    last = (await stages())["Paid back"]
    moved = await admin.post(
        f"/settings/stages/{last}/place/", json={"position": "1"}, headers={"Accept": "application/json"}
    )
    assert (moved.status_code, list(await stages())) == (200, ["Paid back", "Asked", "Arrived"])
    deal = {"custom_id": "occupies", "name": "Occupies", "pipeline": number, "stage": last}
    assert (await site.shop.client.post("deals/", json=deal)).status_code == 201
    refused = await admin.post(f"/settings/stages/{last}/delete/")
    assert (refused.status_code, "Deals stand in" in refused.text) == (409, True)
    assert (await admin.post(f"/settings/pipelines/{number}/delete/")).status_code == 409
    for bad in ("0", "-1", "1e3", "", "99999999999999999999"):
        assert (await admin.post(f"/settings/stages/{last}/place/", data={"position": bad})).status_code == 400


async def test_an_attribute_is_declared_used_and_deleted(site: Site, admin: httpx.AsyncClient) -> None:
    here = "/settings/attributes/"
    made = await admin.post(
        f"{here}?of=contact", data={"name": "Shoe size", "value_type": "fixed", "choices": "36\n37\n38"}
    )
    one = made.headers["location"]
    refused = await site.shop.client.post("users/", json={"custom_id": "u", "shoe_size": "12"})
    assert refused.status_code == 400
    segment = {"name": "Small feet", "filter": {"field": "shoe_size", "op": "equals", "value": "36"}}
    assert (await site.shop.client.post("segments/", json=segment)).status_code == 201
    used = (await admin.get(one)).text
    assert "Small feet" in used
    assert 'href="/segments/' in used
    changed = await admin.post(one, data={"name": "Size of shoe", "value_type": "fixed", "choices": "36\n12"})
    assert changed.status_code == 303
    assert (await site.shop.client.post("users/", json={"custom_id": "u", "shoe_size": "12"})).status_code == 201
    none = await admin.post(f"{here}?of=contact", data={"name": "Hat", "value_type": "fixed"})
    assert (none.status_code, "needs its choices" in none.text) == (400, True)


async def test_currencies(site: Site, admin: httpx.AsyncClient) -> None:
    here = "/settings/currencies/"
    given = {"currency": "usd", "valid_from": "2026-01-01", "rate": "0.92"}
    assert (await admin.post(here, data=given)).status_code == 303
    assert (await site.shop.client.get("exchange-rates/USD/2026-01-01/")).json()["rate"] == "0.92"
    for bad in ({**given, "rate": "x"}, {**given, "currency": "EUR"}, {"rate": "1"}, {**given, "valid_from": "soon"}):
        assert (await admin.post(here, data=bad)).status_code == 400
    assert (await admin.post(f"{here}delete/", data=given)).status_code == 303
    assert (await admin.post(f"{here}base/", data={"base": "XXXX"})).status_code == 400
    assert (await admin.post(f"{here}base/", data={"base": "PLN"})).status_code == 303
    assert (await site.shop.client.get("workspace/")).json()["base_currency"] == "PLN"


async def test_the_workspace(site: Site, admin: httpx.AsyncClient) -> None:
    here = "/settings/workspace/"
    given = {"name": "Bean & Leaf", "time_zone": "Europe/Warsaw", "requests_per_second": ""}
    assert (await admin.post(here, data=given)).status_code == 303
    assert (await site.shop.client.get("workspace/")).json()["time_zone"] == "Europe/Warsaw"
    assert "Bean &amp; Leaf" in (await admin.get(here)).text
    for bad in ({**given, "time_zone": "Moon/Sea"}, {**given, "name": ""}, {**given, "requests_per_second": "fast"}):
        assert (await admin.post(here, data=bad)).status_code == 400


async def test_a_webhook_with_its_log(site: Site, admin: httpx.AsyncClient) -> None:
    here = "/settings/webhooks/"
    made = await admin.post(here, data={"url": "https://receiver.example/hook", "kind-deal.*": "1"})
    assert SECRET.search(made.text)
    number = await site.pool.fetchval("SELECT max(id) FROM webhooks")
    assert not SECRET.search((await admin.get(f"{here}{number}/")).text)
    sent = await admin.post(f"{here}{number}/ping/")
    delivery = sent.headers["location"]
    shown = (await admin.get(delivery)).text
    assert "&#34;ping&#34;" in shown
    assert (await admin.post(f"{delivery}resend/")).status_code == 303
    assert (
        await admin.post(f"{here}{number}/", data={"url": "https://receiver.example/", "kinds": "*"})
    ).status_code == 303
    assert (await site.shop.client.get(f"webhooks/{number}/")).json()["enabled"] is False
    for bad in (
        {"url": "ftp://x", "kinds": "*"},
        {"url": "https://x.example/"},
        {"url": "https://x.example/", "kinds": "!"},
    ):
        assert (await admin.post(here, data=bad)).status_code == 400
    assert SECRET.search((await admin.post(f"{here}{number}/secret/")).text)
    assert (await admin.post(f"{here}{number}/delete/")).status_code == 303


async def test_the_audit_log_goes_back_page_by_page(site: Site, admin: httpx.AsyncClient) -> None:
    for number in range(60):
        await admin.post("/settings/tags/", data={"name": f"Tag <{number}>"})
    first = (await admin.get("/settings/journal/?what=tag")).text
    assert "Tag &lt;59&gt;" in first and "Tag &lt;2&gt;" not in first
    following = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert "Tag &lt;2&gt;" in (await admin.get(f"/settings/journal/{following}")).text
    for bad in ("x", "2026-01-01~1", "2026-01-01T00:00:00Z~x", "9999-99-99T00:00:00Z~1"):
        assert (await admin.get("/settings/journal/", params={"before": bad})).status_code == 404


async def test_the_log_tells_what_became_of_contacts_and_deals(site: Site, admin: httpx.AsyncClient) -> None:
    api = site.shop.client
    ann = (await api.post("users/", json={"custom_id": "audited", "first_name": "Ann"})).json()["id"]
    deal = (await api.post("deals/", json={"custom_id": "audited", "name": "Audited order"})).json()["id"]
    await admin.post(f"/contacts/{ann}/edit/", data={"city": "Gdynia by hand"})
    log = (await admin.get("/settings/journal/")).text
    assert "Gdynia by hand" in log
    assert f'href="/contacts/{ann}/"' in log
    assert "Audited order" not in log, "the shop's own orders would hide what people did"
    for query in (f"what=deal&number={deal}", "who=programs", "who=programs&what=deal"):
        assert "Audited order" in (await admin.get(f"/settings/journal/?{query}")).text, query
    assert "Gdynia by hand" in (await admin.get(f"/settings/journal/?what=contact&number={ann}")).text
    assert "Gdynia by hand" not in (await admin.get("/settings/journal/?day=2020-01-01")).text
    assert "Gdynia by hand" not in (await admin.get("/settings/journal/?what=deal&who=member:1")).text
    for bad in (
        "what=deal&number=x", "number=1", "since=x", "day=2026-02-30", "who=programs&since=2020-01-01&day=2026-01-01",
        "day=9999-12-31",
    ):  # fmt: skip
        assert (await admin.get(f"/settings/journal/?{bad}")).status_code == 400, bad
    assert "Nothing here" in (await admin.get("/settings/journal/?what=deal&number=987654")).text


async def test_a_job_that_was_given_up_is_tried_again(site: Site, admin: httpx.AsyncClient) -> None:
    await site.pool.execute(
        "INSERT INTO dead_jobs (workspace_id, id, kind, payload, attempts, error, created_at, died_at) "
        "VALUES ($1, 77, 'deals.convert', '{}', 10, 'Trace\nValueError: no such rate', now(), now())",
        site.shop.workspace_id,
    )
    shown = (await admin.get("/settings/system/")).text
    assert "ValueError: no such rate" in shown and "Trace" not in shown
    assert (await admin.post("/settings/system/jobs/77/retry/")).status_code == 303
    assert (await admin.post("/settings/system/jobs/77/retry/")).status_code == 404


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '" autofocus onfocus=alert(1) x="', "{{ 7 * 7 }}", "a\u2028b"]
)
async def test_whatever_is_typed_is_shown_as_it_was_typed(admin: httpx.AsyncClient, text: str) -> None:
    await admin.post("/settings/tags/", data={"name": text})
    page = (await admin.get("/settings/tags/")).text
    assert "<script>alert" not in page and '" autofocus onfocus' not in page and ">49<" not in page


@pytest.mark.parametrize("body", [b"name=%ff", b"name=%00", b"name[a]=1", b"{", b"name=a&name[b]=c", b"\xff\xfe"])
async def test_a_form_that_no_page_sends_is_refused(admin: httpx.AsyncClient, body: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for path in ("/settings/tags/", "/settings/tokens/", "/settings/attributes/", "/settings/members/", "/me/name/"):
        assert (await admin.post(path, content=body, headers=headers)).status_code == 400, path


async def test_a_workspace_is_taken_along(site: Site, admin: httpx.AsyncClient) -> None:
    await site.shop.client.post("users/", json={"custom_id": "taken", "first_name": "Taken"})
    assert "Not audited yet" in (await admin.get("/settings/system/")).text
    answer = await admin.post("/settings/export/", data={"format": "ndjson", "mark": "0123456789abcdef"})
    assert "dealt_download=0123456789abcdef" in answer.headers["set-cookie"]
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert b'"Taken"' in archive.read("contacts.ndjson")
        assert "sessions.ndjson" not in archive.namelist()
    bad = await admin.post("/settings/export/", data={"format": "xml"})
    assert bad.status_code == 400, bad.text[-700:]
