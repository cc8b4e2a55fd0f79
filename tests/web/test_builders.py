"""The pages of segments, aggregators and RFM, by the forms that they take."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.web.visiting import Site

IN_POLAND = json.dumps({"all": [{"field": "country", "op": "equals", "value": "PL"}]})
FUNCTION = {"source": "deals", "function": "sum", "field": "value", "filter": "{}"}


async def made(client: Any, path: str, form: dict[str, str]) -> str:
    """The address of what the form makes."""
    answer = await client.post(path, data=form)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def test_a_segment_that_another_one_names_stays_and_a_circle_is_told(site: Site) -> None:
    async with site.visitor(await site.session()) as client:
        first = await made(client, "/segments/new/", {"name": "Polish", "subject": "contact", "filter": IN_POLAND})
        number = int(first.split("/")[2])
        inside = json.dumps({"all": [{"field": "segments", "op": "in_any", "value": [number]}]})
        second = await made(client, "/segments/new/", {"name": "Within", "subject": "contact", "filter": inside})
        refused = await client.post(f"{first}delete/")
        assert refused.status_code == 409
        assert "Within" in refused.text
        circle = json.dumps({"all": [{"field": "segments", "op": "in_any", "value": [int(second.split("/")[2])]}]})
        told = await client.post(f"{first}changes/", json={"filter": circle}, headers={"Accept": "application/json"})
        assert told.status_code == 400
        assert next(iter(told.json()["errors"])).startswith("filter")
        again = await client.post(f"{first}edit/", data={"name": "Polish", "filter": circle})
        assert again.status_code == 400
        assert (await client.post(f"{first}snapshot/", data={"name": "Polish then"})).status_code == 303
        assert (await client.post(f"{second}delete/")).status_code == 303
        assert (await client.post(f"{first}delete/")).status_code == 303


@pytest.mark.parametrize("written", ["[", "[1]", '"x"', "[[" * 9000, "9" * 400, '{"all": [{"field": "x"}]}', "\ud7ff"])
async def test_a_filter_that_makes_no_sense_is_refused(site: Site, written: str) -> None:
    module = {"Accept": "application/json"}
    async with site.visitor(await site.session()) as client:
        for path, form in (
            ("/segments/new/", {"name": "Odd", "subject": "contact"}),
            ("/segments/preview/", {"subject": "contact"}),
            ("/aggregators/new/", {"name": "Odd", **FUNCTION}),
            ("/aggregators/preview/", FUNCTION),
            ("/rfm/new/", {"name": "Odd"}),
            ("/rfm/preview/", {}),
        ):
            answer = await client.post(path, data=form | {"filter": written})
            assert answer.status_code == 400, path
            answer = await client.post(path, json=form | {"filter": written}, headers=module)
            assert answer.status_code == 400, path


@pytest.mark.parametrize(
    ("window", "place"),
    [
        ({"window": "last", "last": "0", "unit": "days"}, "window"),
        ({"window": "last", "last": "x", "unit": "days"}, "last"),
        ({"window": "last", "last": "3", "unit": "moons"}, "window"),
        ({"window": "current", "current": "age"}, "window"),
        ({"window": "days", "from": "2026-02-30"}, "window"),
        ({"window": "kept", "kept_window": "[]"}, "window"),
    ],
)
async def test_a_period_that_makes_no_sense_is_refused_at_its_field(
    site: Site, window: dict[str, str], place: str
) -> None:
    async with site.visitor(await site.session()) as client:
        answer = await client.post(
            "/aggregators/preview/", json=FUNCTION | window, headers={"Accept": "application/json"}
        )
        assert answer.status_code == 400
        assert next(iter(answer.json()["errors"])).startswith(place)


async def test_an_aggregator_is_changed_and_deleted(site: Site) -> None:
    async with site.visitor(await site.session()) as client:
        form = FUNCTION | {"name": "Spent", "window": "last", "last": "30", "unit": "days"}
        address = await made(client, "/aggregators/new/", form)
        assert 'value="30"' in (await client.get(address)).text
        assert "Sum of Value in deals" in (await client.get("/aggregators/")).text
        assert (await client.post(address, data=form | {"function": "count"})).status_code == 303
        stored = await site.pool.fetchrow("SELECT function, field FROM aggregators WHERE target = 'spent'")
        assert tuple(stored) == ("count", None)
        assert (await client.post(f"{address}delete/")).status_code == 303
        assert (await client.get(address)).status_code == 404


async def test_whoever_sees_only_their_own_deals_is_told_how_many_there_are(site: Site) -> None:
    deal = {"custom_id": "secret", "name": "Secret deal", "user_custom_id": "zoe", "value": 5, "currency": "EUR"}
    await site.shop.client.post("users/update_or_create/", json={"custom_id": "zoe"})
    await site.shop.client.post("deals/", json=deal)
    areas = {"segments": "read", "deals": "read"}
    everything = {"subject": "deal", "filter": "{}"}
    module = {"Accept": "application/json"}
    async with site.visitor(await site.session("custom", areas=areas, own=True)) as client:
        told = (await client.post("/segments/preview/", json=everything, headers=module)).json()["html"]
        assert "Secret deal" not in told
    async with site.visitor(await site.session("custom", areas=areas)) as client:
        told = (await client.post("/segments/preview/", json=everything, headers=module)).json()["html"]
        assert "Secret deal" in told


async def test_rfm_is_set_up_by_fixed_limits_and_shows_a_contact_its_place(site: Site) -> None:
    api = site.shop.client
    limits = {"recency_days": (30, 90, 180, 365), "frequency": (2, 3, 5, 10), "monetary": (50, 100, 250, 500)}
    typed = {f"{name}.{place}": str(one) for name, each in limits.items() for place, one in enumerate(each)}
    form = {"name": "Fixed", "window": "", "edges": "fixed", **typed}
    number = (await api.post("users/", json={"custom_id": "rfm", "first_name": "Ann"})).json()["id"]
    for key in ("r1", "r2"):
        body = {"custom_id": key, "name": key, "user_custom_id": "rfm", "value": 60, "currency": "EUR", "status": 2}
        assert (await api.post("deals/", json=body)).status_code == 201
    async with site.visitor(await site.session()) as client:
        refused = await client.post("/rfm/new/", data=form | {"frequency.3": "2"})
        assert refused.status_code == 400
        assert 'name="frequency.3" value="2"' in refused.text
        assert "Each must be more than the one before." in refused.text
        made = await client.post("/rfm/new/", data=form)
        assert made.status_code == 303, made.text
        address = made.headers["location"]
        told = (await api.get(f"rfm/{address.split('/')[2]}/")).json()["thresholds"]
        assert (told["frequency"], told["monetary"]) == ([2, 3, 5, 10], ["50", "100", "250", "500"])
        edited = (await client.get(f"{address}edit/")).text
        assert 'name="recency_days.3" value="365"' in edited
        page = (await client.get(f"/contacts/{number}/")).text
        assert "<strong>2</strong> of 5, how often" in page
        assert "<strong>3</strong> of 5, for how much" in page
        assert page.count('class="here"') == 1
        assert "Not in" in page
        people = (await client.get(f"{address}people/?r=5&f=2")).text
        assert f"/contacts/{number}/" in people
        assert 'href="/contacts/?fixed_recency=5&amp;fixed_frequency=2"' in people
        listed = (await client.get("/contacts/?fixed_recency=5&fixed_frequency=2")).text
        assert f'href="/contacts/{number}/"' in listed
        again = await client.post(f"{address}edit/", data={"name": "Fixed", "edges": "fifths"})
        assert again.status_code == 303
        assert (await api.get(f"rfm/{address.split('/')[2]}/")).json()["thresholds"] is None
