"""Tasks by hand: made about a record, done, put off, taken back, deleted."""

from __future__ import annotations

from typing import Any

from tests.web.visiting import Site


async def task(site: Site, number: int) -> dict[str, Any]:
    found: dict[str, Any] = (await site.shop.client.get(f"activities/{number}/")).json()
    return found


async def test_a_task_is_made_done_edited_and_taken_back(site: Site) -> None:
    api = site.shop.client
    ann = (await api.post("users/", json={"custom_id": "ann", "first_name": "Ann"})).json()["id"]
    body = {"custom_id": "d1", "name": "Order 1", "user_custom_id": "ann"}
    deal = (await api.post("deals/", json=body)).json()["id"]
    here = f"/deals/{deal}/"
    async with site.visitor(await site.session()) as visitor:
        assert "Order 1" in (await visitor.get(f"/tasks/new/?deal_id={deal}")).text
        form = {"name": "Call her", "due_date": "2026-01-10T09:30", "deal_id": str(deal), "back": here}
        refused = await visitor.post("/tasks/new/", data=form | {"due_date": ""})
        assert refused.status_code == 400
        assert "Call her" in refused.text
        made = await visitor.post("/tasks/new/", data=form)
        assert (made.status_code, made.headers["location"]) == (303, here)
        page = (await visitor.get(here)).text
        number = int(page.split('action="/tasks/')[1].split("/")[0])
        assert (await task(site, number))["user_id"] == ann
        for path in (here, f"/contacts/{ann}/", "/tasks/?done=false"):
            assert "Call her" in (await visitor.get(path)).text, path
        done = await visitor.post(f"/tasks/{number}/done/", data={"done": "true", "back": here})
        assert done.headers["location"] == here
        assert (await task(site, number))["done"] is True
        assert (await visitor.post(f"/tasks/{number}/undo/")).status_code == 303
        assert (await task(site, number))["done"] is False
        edited = await visitor.post(f"/tasks/{number}/edit/", data={"due_date": "2026-02-01T10:00", "duration": "20"})
        assert edited.status_code == 303
        told = await task(site, number)
        assert (told["due_date"], told["duration"]) == ("2026-02-01T10:00:00Z", 20)
        page = (await visitor.get(f"/tasks/{number}/")).text
        assert "10 Jan 2026, 09:30" in page
        change = page.split('name="change" value="')[1].split('"')[0]
        assert (await visitor.post(f"/tasks/{number}/undo/", data={"change": change})).status_code == 303
        told = await task(site, number)
        assert (told["due_date"], told["duration"], told["deal_id"]) == ("2026-01-10T09:30:00Z", None, deal)
        assert (await visitor.post(f"/tasks/{number}/undo/", data={"change": change})).status_code == 409
        assert (await visitor.post(f"/tasks/{number}/edit/", data={"due_date": ""})).status_code == 400
        assert (await visitor.post(f"/tasks/{number}/delete/")).headers["location"] == "/tasks/"
        assert (await visitor.get(f"/tasks/{number}/")).status_code == 404


async def test_tasks_stand_under_mine_overdue_today_and_done(site: Site) -> None:
    async with site.visitor(await site.session()) as visitor:
        for name, due in (("Of long ago", "2020-01-01T09:00"), ("Of the future", "2100-01-01T09:00")):
            form = {"name": name, "due_date": due, "back": "https://elsewhere.example/"}
            made = await visitor.post("/tasks/new/", data=form)
            assert made.headers["location"].startswith("/tasks/"), "no other site is gone on to"
        page = (await visitor.get("/tasks/")).text
        tabs = page.split('aria-label="Views"')[1].split("</nav>")[0]
        overdue = tabs.split(">Overdue<")[0].split('href="')[-1].split('"')[0].replace("&amp;", "&")
        late = (await visitor.get(overdue)).text
        assert "Of long ago" in late
        assert "Of the future" not in late
        assert 'aria-current="page">Overdue' in late


async def test_a_task_about_a_deal_of_others_is_not_there(site: Site) -> None:
    api = site.shop.client
    deal = (await api.post("deals/", json={"custom_id": "d2", "name": "Order 2"})).json()["id"]
    body = {"name": "Secret", "due_date": "2026-01-01", "deal_id": deal}
    number = (await api.post("activities/", json=body)).json()["id"]
    secret = await site.session("custom", areas={"deals": "write", "tasks": "write"}, own=True)
    async with site.visitor(secret) as visitor:
        assert (await visitor.get(f"/tasks/{number}/")).status_code == 404
        assert (await visitor.post(f"/tasks/{number}/done/", data={"done": "true"})).status_code == 404
        assert (await visitor.get(f"/tasks/new/?deal_id={deal}")).status_code == 404
        assert "Secret" not in (await visitor.get("/tasks/")).text
        bulk = {"act": "done", "ids": str(number), "value": "yes"}
        assert (await visitor.post("/tasks/do/", data=bulk)).status_code == 404
        form = {"name": "x", "due_date": "2026-01-01T09:00", "deal_id": str(deal)}
        assert (await visitor.post("/tasks/new/", data=form)).status_code == 404
        own = await visitor.post("/tasks/new/", data={"name": "Mine", "due_date": "2026-01-01T09:00"})
        assert (await visitor.get(own.headers["location"])).status_code == 200
