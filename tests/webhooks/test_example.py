"""The receiver that the documentation shows, run as it stands there."""

from __future__ import annotations

import asyncio
import re
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx

from dealt.kernel.db import transaction
from dealt.webhooks import resend
from tests.webhooks.conftest import Desk

PAGE = Path(__file__).parents[2] / "docs" / "webhooks.md"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def answers(url: str, content: bytes = b"{}", headers: dict[str, str] | None = None) -> int:
    """The status of an answer, as soon as somebody is there."""
    async with httpx.AsyncClient(trust_env=False) as client:
        while True:
            try:
                return (await client.post(url, content=content, headers=headers)).status_code
            except httpx.ConnectError:
                await asyncio.sleep(0.02)


async def test_it_takes_what_is_genuine_once_and_refuses_the_rest(desk: Desk, tmp_path: Path) -> None:
    [program] = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (tmp_path / "receiver.py").write_text(program)
    url = f"http://127.0.0.1:{free_port()}/"
    webhook, secret = await desk.webhook(url=url)
    port = url.split(":")[2].strip("/")
    command = (sys.executable, str(tmp_path / "receiver.py"), secret, port)
    receiver = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert receiver.stdout
    try:
        assert await answers(url) == 401
        # The example looks at its own clock.
        desk.clock.set(datetime.now(UTC))
        await desk.change(17)
        await desk.deliver()
        assert (await receiver.stdout.readline()).decode() == 'deal.updated 17 {"value": [1, 2]}\n'
        [logged] = await desk.log(webhook)
        assert logged["status"] == "delivered"
        [sent] = await desk.house.fetch("SELECT body FROM webhook_deliveries")
        forged = str(sent["body"]).replace("17", "18").encode()
        assert await answers(url, forged, logged["headers"]) == 401
        async with transaction(desk.house.pool) as connection:
            await resend(connection, *webhook.key, logged["id"], now=desk.clock.now())
        await desk.change(18)
        await desk.deliver()
        assert (await receiver.stdout.readline()).decode().startswith("deal.updated 18"), "17 is not taken twice"
        assert await desk.statuses(webhook) == ["delivered", "delivered"]
    finally:
        receiver.kill()
        await receiver.wait()
