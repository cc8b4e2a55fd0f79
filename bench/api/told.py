"""The event that every measurement of events writes: three attributes, one of a few names, a time within this hour."""

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


class Events(msgspec.Struct, frozen=True, tag="events"):
    """Events of a shop whose contacts are ``contact-1`` to ``contact-<contacts>``."""

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
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token {self.token}\r\n"
            "Accept: */*; version=2\r\nContent-Type: application/json\r\nContent-Length: "
        ).encode()
        for body in self.bodies():
            yield b"%s%d\r\n\r\n%s" % (head, len(body), body)
