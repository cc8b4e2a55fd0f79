"""Whose request it is behind a web server: X-Forwarded-For, as far as it was written by proxies that are trusted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from dealt.kernel.http import Scope

_HEADER = b"x-forwarded-for"
_MOST_HOPS = 20
"""A longer way is nobody's: what stands further left is not looked at."""
Address = IPv4Address | IPv6Address


class Proxies:
    """The networks in which the proxies stand. Raises ValueError for what is no network."""

    def __init__(self, networks: str) -> None:
        self._networks = tuple(ip_network(part.strip()) for part in networks.split(",") if part.strip())

    def seen_through(self, scope: Scope) -> Scope:
        """The request with the client's address in place of the proxy's.

        Each proxy adds behind the others the address that has spoken to it. So the list is read from its end, as long
        as who wrote an entry is trusted; what a client wrote itself stands further left and is not believed.
        """
        client = scope.get("client")
        if not self._networks or not client or not self._trusts(_read(client[0])):
            return scope
        found = self._client(client[0], _entries(scope["headers"]))
        return scope if found == client[0] else {**scope, "client": (found, 0)}

    def _client(self, peer: str, entries: Sequence[str]) -> str:
        found = peer
        for entry in entries:
            address = _read(entry)
            if address is None:
                # Not an address: whoever wrote it hides somebody, and stands for him.
                break
            found = str(address)
            if not self._trusts(address):
                break
        return found

    def _trusts(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._networks)


def _entries(headers: Iterable[tuple[bytes, bytes]]) -> list[str]:
    """The addresses that proxies wrote, the last first; several headers are one list."""
    values = [value.decode("latin-1") for name, value in headers if name == _HEADER]
    parts: list[Any] = ",".join(values).rsplit(",", _MOST_HOPS)
    return [part.strip() for part in parts[-_MOST_HOPS:][::-1] if part.strip()]


def _read(text: str) -> Address | None:
    """The address, without a port, and an IPv4 address in IPv6 as itself; None where it is none."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
