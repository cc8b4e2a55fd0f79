"""Requests as bytes, where a client library would tidy up."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.publicapi.conftest import Shop

BASE = "/api/public/"


@dataclass(frozen=True)
class Answer:
    """What came back, header names as they stood on the wire."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """A header's value; it must not be there twice."""
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(found) < 2, found
        return found[0] if found else None

    def json(self) -> Any:
        return json.loads(self.body)


async def send(
    shop: Shop,
    method: str,
    target: str,
    *,
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
    token: bool = True,
    version: int = 2,
) -> Answer:
    """One request on a connection of its own. ``target`` goes out as it stands; nothing is added but what is needed."""
    address = urlsplit(shop.url)
    lines = [f"{method} {target if target.startswith('/') else BASE + target} HTTP/1.1"]
    sent = {"Host": address.netloc, "Connection": "close"}
    sent |= {"Authorization": f"Token {shop.token}"} if token else {}
    sent |= {"Accept": "*/*; version=2"} if version == 2 else {}
    sent |= {} if body is None else {"Content-Length": str(len(body))}
    lines += [f"{name}: {value}" for name, value in (sent | (headers or {})).items()]
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b""))
    await writer.drain()
    whole = await reader.read()
    writer.close()
    head, _, rest = whole.partition(b"\r\n\r\n")
    status, *told = head.decode("latin-1").split("\r\n")
    pairs = [(name, value.strip()) for name, _, value in (line.partition(":") for line in told)]
    return Answer(int(status.split()[1]), pairs, rest)
