"""Who the client is behind web servers, and that nobody can pretend to be another one."""

from __future__ import annotations

import pytest

from dealt.kernel.proxies import Proxies
from dealt.settings import Settings

TRUSTED = Proxies("127.0.0.1, 10.0.0.0/8, fd00::/8")


def client(peer: str, *headers: str) -> str:
    scope = {"client": (peer, 4711), "headers": [(b"x-forwarded-for", value.encode("latin-1")) for value in headers]}
    found: str = TRUSTED.seen_through(scope)["client"][0]
    return found


@pytest.mark.parametrize(
    ("peer", "headers", "expected"),
    [
        ("127.0.0.1", ["203.0.113.7"], "203.0.113.7"),
        ("127.0.0.1", ["198.51.100.9, 203.0.113.7"], "203.0.113.7"),
        ("127.0.0.1", ["198.51.100.9", "203.0.113.7"], "203.0.113.7"),
        ("127.0.0.1", ["203.0.113.7, 10.1.2.3"], "203.0.113.7"),
        ("127.0.0.1", ["198.51.100.9, 203.0.113.7, 10.1.2.3"], "203.0.113.7"),
        ("127.0.0.1", ["10.9.9.9, 10.1.2.3"], "10.9.9.9"),
        ("203.0.113.7", ["198.51.100.9"], "203.0.113.7"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("127.0.0.1", ["198.51.100.9, nonsense"], "127.0.0.1"),
        ("127.0.0.1", ["198.51.100.9, unknown, 10.1.2.3"], "10.1.2.3"),
        ("127.0.0.1", ["203.0.113.7:5000"], "203.0.113.7"),
        ("127.0.0.1", ["[2001:db8::1]:5000"], "2001:db8::1"),
        ("::ffff:10.0.0.1", ["2001:DB8::1"], "2001:db8::1"),
        ("fd00::1", ["::ffff:203.0.113.7"], "203.0.113.7"),
        ("127.0.0.1", [", ".join(["198.51.100.9"] + ["10.1.2.3"] * 30)], "10.1.2.3"),
        ("127.0.0.1", ["\xff\x00"], "127.0.0.1"),
    ],
)
def test_only_what_a_trusted_server_wrote_is_believed(peer: str, headers: list[str], expected: str) -> None:
    assert client(peer, *headers) == expected


def test_without_the_setting_nobody_is_believed() -> None:
    scope = {"client": ("127.0.0.1", 1), "headers": [(b"x-forwarded-for", b"203.0.113.7")]}
    assert Settings().proxies.seen_through(scope) is scope
    assert TRUSTED.seen_through({"client": None, "headers": []})["client"] is None


def test_a_setting_that_is_no_network_stops_the_start() -> None:
    with pytest.raises(ValueError, match=r"DEALT_TRUSTED_PROXIES is 'proxy\.local'"):
        _ = Settings(trusted_proxies="proxy.local").proxies
