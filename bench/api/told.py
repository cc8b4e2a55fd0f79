"""What measurements send besides orders: events and users."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import msgspec

NAMES = 8
_BODY = (
    b'{"user_custom_id":"contact-%(contact)d","name":"event-%(name)d","timestamp":%(at)d,'
    b'"data":{"plan":"gold","seats":%(seats)d,"total":%(total)s}}'
)
_USER = (
    b'{"custom_id":"person-%(key)d","email":"person-%(key)d@example.com","first_name":"Person","last_name":"%(key)d",'
    b'"loyalty_points":%(points)d}'
)


class Events(msgspec.Struct, frozen=True, tag="events"):
    """Events of the contacts ``contact-1`` to ``contact-<contacts>``: three attributes, one of a few names."""

    contacts: int
    seed: int
    token: str = ""
    path: str = "/api/public/events/"

    def bodies(self) -> Iterator[bytes]:
        """JSON bodies without end: random contact and name, happened within this hour."""
        choose = random.Random(self.seed).randrange
        hour = int(time.time()) - 3600
        while True:
            yield _BODY % {
                b"contact": choose(self.contacts) + 1,
                b"name": choose(NAMES) + 1,
                b"at": hour + choose(3600),
                b"seats": choose(1, 50),
                b"total": b"%d.%02d" % divmod(choose(100, 30_000), 100),
            }

    def requests(self) -> Iterator[bytes]:
        """Whole HTTP requests without end."""
        return _posted(self.path, self.token, self.bodies())


class Users(msgspec.Struct, frozen=True, tag="users"):
    """People whom nobody has told of: an address, a name and an attribute."""

    seed: int
    token: str = ""
    path: str = "/api/public/users/update_or_create/"

    def bodies(self) -> Iterator[bytes]:
        """JSON bodies without end, each with a random custom id."""
        choose = random.Random(self.seed).randrange
        while True:
            yield _USER % {b"key": choose(10**15), b"points": choose(1000)}

    def requests(self) -> Iterator[bytes]:
        """Whole HTTP requests without end."""
        return _posted(self.path, self.token, self.bodies())


def _posted(path: str, token: str, bodies: Iterator[bytes]) -> Iterator[bytes]:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token {token}\r\n"
        "Accept: */*; version=2\r\nContent-Type: application/json\r\nContent-Length: "
    ).encode()
    for body in bodies:
        yield b"%s%d\r\n\r\n%s" % (head, len(body), body)
