"""The palette finds records by what is typed, for who may see them."""

from __future__ import annotations

from tests.web.visiting import Site


async def test_records_are_found_by_who_may_see_them(site: Site) -> None:
    made = await site.shop.client.post("deals/", json={"custom_id": "found-1", "name": "Garden gnome <b>"})
    headers = {"Accept": "application/json"}
    reader, outsider = await site.session("read-only"), await site.session("custom", areas={"tasks": "read"})
    own = await site.session("custom", areas={"deals": "write"}, own=True)
    async with site.visitor(reader) as one, site.visitor(outsider) as other, site.visitor(own) as narrow:
        found = (await one.get("/palette/", params={"q": "gnome"}, headers=headers)).json()["results"]
        assert {"name": "Garden gnome <b>", "path": f"/deals/{made.json()['id']}/"}.items() <= found[0].items()
        for client in (other, narrow):
            assert (await client.get("/palette/", params={"q": "gnome"}, headers=headers)).json()["results"] == []
        for odd in ("g", "", "%", "x" * 5000, "\u2028", "'; --"):
            answer = await one.get("/palette/", params={"q": odd}, headers=headers)
            assert (answer.status_code, answer.json()["results"]) == (200, [])
        assert (await one.get("/palette/?q=a%00b", headers=headers)).status_code == 400


async def test_who_sees_only_own_deals_finds_exactly_these(site: Site) -> None:
    own = await site.session("custom", areas={"deals": "read"}, own=True)
    member = await site.pool.fetchval("SELECT max(id) FROM members WHERE workspace_id = $1", site.shop.workspace_id)
    for number, assigned in enumerate([member, None, member]):
        body = {"custom_id": f"rake-{number}", "name": f"A garden rake {number}", "assigned_to": assigned}
        assert (await site.shop.client.post("deals/", json=body)).status_code == 201
    async with site.visitor(own) as client:
        for text, names in (("rake", {"0", "2"}), ("rake-1", set()), ("rake-2", {"2"}), ("rake 1", set())):
            found = (await client.get("/palette/", params={"q": text})).json()["results"]
            assert {one["name"].removeprefix("A garden rake ") for one in found} == names, text
