"""The log of a webhook's deliveries as a person reads it: what failed, when it is tried next, how it is signed."""

from __future__ import annotations

import asyncio
import html
import re
import shutil
import subprocess
from ipaddress import IPv4Network

import pytest

from dealt.webhooks import Deliverer
from tests.kernel.outbound_servers import OK, Server, saying, serving
from tests.web.visiting import Site
from tests.webhooks.conftest import REFUSED, answering

LOOPBACK = [IPv4Network("127.0.0.0/8")]


async def _deliver(site: Site) -> None:
    assert site.app.services
    services = site.app.services
    worker = Deliverer(site.pool, services.box, services.clock, asyncio.Event(), allow=LOOPBACK, timeout_s=5)
    while await worker.round() == 0:
        pass
    await worker.close(grace_s=0)


async def test_a_receiver_that_fails_and_one_that_is_gone(site: Site) -> None:
    async with serving(saying(REFUSED)) as receiver, site.visitor(await site.session()) as admin:
        made = await admin.post("/settings/webhooks/", data={"url": receiver.url("/hook"), "kind-deal.*": "1"})
        secret = re.findall(r"whsec_([\w+/]+=*)", html.unescape(made.text))[0]
        here = f"/settings/webhooks/{await site.pool.fetchval('SELECT max(id) FROM webhooks')}/"
        assert f'data-here="{here}"' in made.text
        assert f'href="{here}?status=failed"' in made.text
        delivery = (await admin.post(f"{here}ping/")).headers["location"]
        assert "on its way" in (await admin.get(delivery)).text
        await _deliver(site)
        log = (await admin.get(here)).text
        assert "tried again in a moment" in log
        assert "1 attempt failed since" in log
        shown = (await admin.get(delivery)).text
        assert "tried again in a moment" in shown
        assert "<code>full</code>" in shown
        _signs_the_same(html.unescape(shown), secret, receiver)
        await site.pool.execute("UPDATE webhook_lanes SET due_at = due_at + interval '5 minutes'")
        assert "next try <time" in (await admin.get(here)).text
        receiver.answer = saying(answering(410))
        assert (await admin.post(f"{delivery}resend/")).status_code == 303
        await _deliver(site)
        assert "gone (410)" in (await admin.get(here)).text
        assert (await admin.post(f"{here}on/")).status_code == 303
        receiver.answer = saying(OK)
        await _deliver(site)
        log = (await admin.get(here)).text
        assert "Delivered</span>" in log
        assert "Switch on" not in log
        assert "Nothing failed for good" in (await admin.get(f"{here}?status=failed")).text
        await admin.post(f"{here}delete/")


def _signs_the_same(shown: str, secret: str, receiver: Server) -> None:
    """The command on the page prints the signature that was sent."""
    command = re.search(r"SECRET=whsec_.*?\| base64(?=[<\"])", shown, re.DOTALL)
    assert command
    if shutil.which("openssl") is None:
        pytest.skip("openssl, which the command on the page calls, is not installed")
    made = subprocess.run(
        ["sh", "-c", command[0].replace("whsec_...", f"'whsec_{secret}'", 1)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"v1,{made.stdout.strip()}" == receiver.received[-1].headers["webhook-signature"]
