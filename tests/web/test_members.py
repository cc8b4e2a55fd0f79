"""How members come in, what their roles open, and how they come back."""

from __future__ import annotations

import asyncio
import base64
import re

import httpx
import pytest

from dealt.accounts.totp import code_at
from dealt.settings import Settings
from dealt.work import HANDLERS
from tests.web.visiting import PASSWORD, Site


def link_in(page: str, kind: str) -> str:
    """The path of the link of that kind that a page shows."""
    found = re.search(rf"http://[^/]+(/{kind}/\w+/)", page)
    assert found, page
    return found[1]


async def sign_in(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> httpx.Response:
    return await client.post("/sign-in/", data={"email": email, "password": password})


async def test_somebody_is_invited_comes_in_and_is_kept_to_a_role(site: Site) -> None:
    async with site.visitor(await site.session()) as admin, site.visitor() as guest:
        made = await admin.post(
            "/settings/roles/", data={"name": "Support", "area-deals": "write", "area-tasks": "read"}
        )
        assert made.status_code == 303
        role = await site.pool.fetchval("SELECT id FROM roles WHERE name = 'Support'")
        shown = await admin.post("/settings/members/", data={"email": "sue@example.com", "role": str(role)})
        path = link_in(shown.text, "invited")
        assert (await guest.get(path)).status_code == 200
        short = await guest.post(path, data={"name": "Sue", "password": "short"})
        assert (short.status_code, "at least 10" in short.text) == (400, True)
        assert (await guest.post(path, data={"name": "Sue", "password": PASSWORD})).status_code == 303
        assert (await guest.get("/me/")).status_code == 200
        assert (await guest.get("/settings/tokens/")).status_code == 403
        assert (await guest.get(path)).status_code == 404  # a link works once
        assert (await admin.post(f"/settings/roles/{role}/delete/")).status_code == 409
        sue = await site.pool.fetchval("SELECT id FROM members WHERE email = 'sue@example.com'")
        await admin.post(f"/settings/members/{sue}/role/", data={"role": "admin"})
        assert (await guest.get("/settings/tokens/")).status_code == 200
        await admin.post(f"/settings/members/{sue}/lock-out/")
        assert (await guest.get("/me/")).status_code == 303
        log = (await admin.get("/settings/journal/?what=member")).text
        assert "Member role changed" in log and "Member disabled" in log


async def test_a_withdrawn_invitation_opens_nothing(site: Site) -> None:
    async with site.visitor(await site.session()) as admin, site.visitor() as guest:
        shown = await admin.post("/settings/members/", data={"email": "tom@example.com", "role": "member"})
        number = await site.pool.fetchval("SELECT id FROM invitations WHERE email = 'tom@example.com'")
        assert (await admin.post(f"/settings/members/invitations/{number}/withdraw/")).status_code == 303
        assert (await guest.get(link_in(shown.text, "invited"))).status_code == 404


@pytest.mark.parametrize("role", ["owner", "0", "99", "1e3", "admin\x00"])
async def test_there_is_no_such_role(site: Site, role: str) -> None:
    async with site.visitor(await site.session()) as admin:
        answer = await admin.post("/settings/members/", data={"email": "eve@example.com", "role": role})
        assert answer.status_code == 400


async def test_the_last_admin_stays(site: Site) -> None:
    secret = await site.session()
    others = "UPDATE members SET disabled_at = $1 WHERE role = 'admin' AND id <> (SELECT max(id) FROM members)"
    assert site.app.services
    await site.pool.execute(others, site.app.services.clock.now())
    me = await site.pool.fetchval("SELECT max(id) FROM members")
    async with site.visitor(secret) as admin:
        for path, data in ((f"{me}/role/", {"role": "member"}), (f"{me}/lock-out/", {})):
            answer = await admin.post(f"/settings/members/{path}", data=data)
            assert (answer.status_code, "last admin" in answer.text) == (409, True)


async def test_a_forgotten_password_is_changed_by_the_link_of_an_admin(site: Site) -> None:
    admin_secret, member_secret = await site.session(), await site.session("member")
    row = await site.pool.fetchrow("SELECT id, email FROM members ORDER BY id DESC LIMIT 1")
    async with site.visitor(admin_secret) as admin, site.visitor(member_secret) as old, site.visitor() as guest:
        shown = await admin.post(f"/settings/members/{row['id']}/reset/")
        path = link_in(shown.text, "reset")
        assert (await guest.post(path, data={"password": "quite another sentence"})).status_code == 303
        assert (await old.get("/me/")).status_code == 303
        assert (await guest.post(path, data={"password": "yet another sentence"})).status_code == 404
        assert (await sign_in(guest, row["email"], "quite another sentence")).status_code == 303


ELSEWHERE = {"Host": "elsewhere.example"}


class MailServer:
    """Takes mails and keeps their texts."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            word = line[:4].upper()
            if word == b"DATA":
                writer.write(b"354 go on\r\n")
                self.texts.append((await reader.readuntil(b"\r\n.\r\n")).decode())
            writer.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            if word == b"QUIT":
                break
        writer.close()


async def test_who_asks_for_a_new_password_is_sent_a_link_that_no_host_header_bends(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await site.session()
    email = await site.pool.fetchval("SELECT email FROM members ORDER BY id DESC LIMIT 1")
    async with site.visitor() as guest:
        answers = [
            await guest.post("/forgotten/", data={"email": each}, headers={"Host": "elsewhere.example"})
            for each in (email, "nobody@example.com")
        ]
        told = [
            answer.text.replace(each, "") for answer, each in zip(answers, (email, "nobody@example.com"), strict=True)
        ]
        assert told[0] == told[1]
    jobs = await site.pool.fetch("DELETE FROM jobs WHERE kind = 'accounts.send_reset' RETURNING workspace_id, payload")
    assert len(jobs) == 1
    mails = MailServer()
    server = await asyncio.start_server(mails.talk, "127.0.0.1", 0)
    monkeypatch.setenv("DEALT_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("DEALT_SMTP_PORT", str(server.sockets[0].getsockname()[1]))
    monkeypatch.setenv("DEALT_SMTP_TLS", "none")
    assert site.app.services
    member = await site.pool.fetchval("SELECT max(id) FROM members")
    await HANDLERS["accounts.send_reset"](site.pool, 1, {"member": member}, site.app.services.clock.now())
    server.close()
    [text] = mails.texts
    plain = text.replace("=\r\n", "")
    assert f"To: {email}" in plain
    assert f"{site.origin}/reset/" in plain and "elsewhere" not in plain


def test_a_mail_server_is_named_as_a_whole() -> None:
    assert Settings.from_environment({}).smtp is None
    with pytest.raises(ValueError, match="DEALT_SMTP_TLS"):
        _ = Settings.from_environment({"DEALT_SMTP_HOST": "mail", "DEALT_SMTP_TLS": "yes"}).smtp


async def test_codes_from_a_phone(site: Site) -> None:
    assert site.app.services
    secret = await site.session()
    email = await site.pool.fetchval("SELECT email FROM members ORDER BY id DESC LIMIT 1")
    step = int(site.app.services.clock.now().timestamp()) // 30
    async with site.visitor(secret) as member, site.visitor() as guest:
        assert (await member.post("/me/codes/begin/")).status_code == 303
        page = (await member.get("/me/codes/")).text
        spelled = re.search(r"<code[^>]*>([A-Z2-7]{32})</code>", page)
        assert spelled and "<svg" in page and "style=" not in page
        key = base64.b32decode(spelled[1])
        assert (await member.post("/me/codes/", data={"code": "000000"})).status_code == 400
        shown = await member.post("/me/codes/", data={"code": code_at(key, step)})
        papers = re.findall(r"\b\d{10}\b", shown.text)
        assert len(set(papers)) == 10
        # The password alone opens nothing, and the code that was used is used up.
        assert (await sign_in(guest, email)).headers["location"] == "/sign-in/code/"
        assert (await guest.get("/me/")).status_code == 303
        assert (await guest.post("/sign-in/code/", data={"code": code_at(key, step)})).status_code == 400
        assert (await guest.post("/sign-in/code/", data={"code": code_at(key, step + 1)})).status_code == 303
        assert (await guest.get("/me/")).status_code == 200
        guest.cookies.clear()
        for expected in (303, 400):  # a code on paper works once
            await sign_in(guest, email)
            assert (await guest.post("/sign-in/code/", data={"code": papers[0]})).status_code == expected
            guest.cookies.clear()
        assert (await member.post("/me/codes/off/", data={"present": "not it"})).status_code == 400
        assert (await member.post("/me/codes/off/", data={"present": PASSWORD})).status_code == 303
        assert (await sign_in(guest, email)).headers["location"] == "/"


@pytest.mark.parametrize(("step", "code"), [(1, "287082"), (0x23523EC, "081804"), (0x27BC86AA, "353130")])
def test_codes_are_those_of_the_standard(step: int, code: str) -> None:
    """RFC 6238, appendix B: the last six digits, for SHA-1."""
    assert code_at(b"12345678901234567890", step) == code


async def test_a_token_is_shown_once_works_and_is_ended(site: Site) -> None:
    async with site.visitor(await site.session()) as admin:
        made = await admin.post(
            "/settings/tokens/", data={"name": "Shop", "scope": "read", "networks": "127.0.0.0/8, 10.0.0.1"}
        )
        found = re.search(r"<code[^>]*>(\w{64})</code>", made.text)
        assert found
        assert found[1] not in (await admin.get("/settings/tokens/")).text
        headers = {"Authorization": f"Token {found[1]}"}
        assert (await admin.get("/api/public/users/", headers=headers)).status_code == 200
        assert (await admin.post("/api/public/users/", headers=headers, json={})).status_code == 403
        number = await site.pool.fetchval("SELECT id FROM api_tokens WHERE name = 'Shop'")
        assert (await admin.post(f"/settings/tokens/{number}/revoke/")).status_code == 303
        revoked = await site.pool.fetchval("SELECT revoked_at FROM api_tokens WHERE name = 'Shop'")
        assert revoked is not None
        for bad in ({"name": ""}, {"name": "x", "networks": "no address"}, {"name": "x", "scope": "all"}):
            assert (await admin.post("/settings/tokens/", data=bad)).status_code == 400


async def test_pages_write_in_the_members_own_name(site: Site) -> None:
    async with site.visitor(await site.session()) as admin:
        await admin.post("/settings/tags/", data={"name": "Wholesale"})
        actor = await site.pool.fetchval(
            "SELECT actor FROM journal WHERE kind = 'tag.created' ORDER BY id DESC LIMIT 1"
        )
        assert re.fullmatch(r"member:\d+", actor)
