"""The sockets on which web processes answer, opened by the process that starts them.

Each web process has a socket of its own on the same port (SO_REUSEPORT), and the kernel deals new connections out
among them: a burst over one shared socket goes to whichever process wakes first (64 connections came out as 51 and
13 there, and as 39 and 25 here). The parent keeps them all open, so that a connection made while a process is started
again waits instead of being refused. Where SO_REUSEPORT does not spread the load (macOS), all share one socket.
"""

from __future__ import annotations

import errno
import os
import socket
import sys

from dealt.kernel.errors import Unavailable

VARIABLE = "DEALT_LISTEN"
BACKLOG = 2048
LAST_PORT = 65_535
SPREADS = sys.platform == "linux"
ABSENT = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


class CannotListen(Unavailable):
    """503: the address cannot be listened on; the sentence says why and what to do."""


def open_sockets(host: str, port: int, processes: int) -> list[list[socket.socket]]:
    """For each of ``processes`` its sockets, one for every address of ``host``; port 0 is any free one.

    Raises CannotListen where the port is taken, not allowed or not an address of this machine.
    """
    if not 0 <= port <= LAST_PORT:
        raise CannotListen(f"{port} is not a port: use a number from 1 to {LAST_PORT}, or 0 for any free one.")
    opened: list[list[socket.socket]] = []
    try:
        for family, address in (addresses := _addresses(host)):
            alone = len(addresses) == 1
            try:
                opened.append(_open_all(family, address, port, processes, both_families=alone))
            except OSError as error:
                # A name such as localhost may also stand for an address that this machine has not.
                if error.errno not in ABSENT or (not opened and address == addresses[-1][1]):
                    raise
                continue
            port = port_of(opened)
    except OSError as error:
        for one in {one for sockets in opened for one in sockets}:
            one.close()
        raise CannotListen(_explained(error, host, port)) from error
    return [list(sockets) for sockets in zip(*opened, strict=True)]


def port_of(opened: list[list[socket.socket]]) -> int:
    """The port of sockets that were opened."""
    return int(opened[0][0].getsockname()[1])


def handed_over() -> list[socket.socket] | None:
    """The sockets that the parent gave to this process; None where there is no parent."""
    given = os.environ.pop(VARIABLE, None)
    return None if given is None else [socket.socket(fileno=int(number)) for number in given.split(",")]


def _addresses(host: str) -> list[tuple[socket.AddressFamily, str]]:
    found = socket.getaddrinfo(host or None, 0, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return list(dict.fromkeys((family, str(address[0])) for family, *_, address in found))


def _open_all(
    family: socket.AddressFamily, address: str, port: int, processes: int, *, both_families: bool
) -> list[socket.socket]:
    """The sockets of one address, one for each process."""
    if not SPREADS:
        return [_open(family, address, port, both_families=both_families, shared=False)] * processes
    if port:
        # Two servers of one user could share a port and each get half of the requests: refuse that.
        _open(family, address, port, both_families=both_families, shared=False).close()
    opened: list[socket.socket] = []
    for _ in range(processes):
        opened.append(_open(family, address, port, both_families=both_families, shared=True))
        port = int(opened[0].getsockname()[1])
    return opened


def _open(family: socket.AddressFamily, address: str, port: int, *, both_families: bool, shared: bool) -> socket.socket:
    one = socket.socket(family, socket.SOCK_STREAM)
    try:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, not both_families)
        one.setblocking(False)
        one.bind((address, port))
        one.listen(BACKLOG)
    except OSError:
        one.close()
        raise
    return one


def _explained(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} of {host} is already in use by another program. Stop that program, "
            f"or choose another port, for example --port {port + 1 if port < LAST_PORT else 8000}."
        )
    if error.errno == errno.EACCES:
        return (
            f"Port {port} of {host} is not allowed for this user. Choose one from 1024 on, for example --port 8000, "
            "and put a web server in front of it."
        )
    return f"{host} is not an address to listen on here ({error.strerror or error}). Use --host 127.0.0.1 or 0.0.0.0."
