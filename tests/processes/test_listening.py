"""The sockets that web processes are given."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from dealt.processes.listening import SPREADS, CannotListen, open_sockets, port_of


@contextmanager
def _opened(host: str, port: int, processes: int) -> Iterator[list[list[socket.socket]]]:
    opened = open_sockets(host, port, processes)
    try:
        yield opened
    finally:
        for one in {one for given in opened for one in given}:
            one.close()


def _reach(address: tuple[str, int]) -> None:
    """Whoever listens there takes the connection."""
    with socket.create_connection(address) as connection:
        assert connection.getpeername()[:2] == address[:2]


def test_every_process_has_a_socket_on_the_same_free_port() -> None:
    with _opened("127.0.0.1", 0, 2) as (first, second):
        assert first[0].getsockname() == second[0].getsockname()
        assert (first[0] is not second[0]) == SPREADS
        _reach(first[0].getsockname())


def test_a_name_is_listened_on_at_each_of_its_addresses() -> None:
    with _opened("localhost", 0, 2) as opened:
        assert len({one.getsockname()[1] for given in opened for one in given}) == 1
        _reach(("127.0.0.1", port_of(opened)))


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
def test_the_address_of_everything_takes_both_families() -> None:
    with _opened("::", 0, 1) as opened:
        _reach(("127.0.0.1", port_of(opened)))


def test_a_port_that_another_server_shares_out_is_refused_too() -> None:
    with _opened("127.0.0.1", 0, 2) as opened:
        port = port_of(opened)
        with pytest.raises(CannotListen, match=f"Port {port} of 127.0.0.1 is already in use .* --port {port + 1}"):
            open_sockets("127.0.0.1", port, 2)


@pytest.mark.parametrize(
    ("host", "port", "sentence"),
    [
        ("192.0.2.1", 0, "192.0.2.1 is not an address to listen on here"),
        ("nowhere.invalid", 8000, "nowhere.invalid is not an address to listen on here"),
        ("127.0.0.1", 70_000, "70000 is not a port"),
        ("127.0.0.1", -1, "-1 is not a port"),
    ],
)
def test_what_cannot_be_listened_on_is_refused_with_a_sentence(host: str, port: int, sentence: str) -> None:
    with pytest.raises(CannotListen, match=sentence):
        open_sockets(host, port, 2)
