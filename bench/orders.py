"""The order that every measurement of intake writes: two lines, two links, a method and a date."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import msgspec

_BODY = (
    b'{"name":"Order %(key)d","custom_id":"order-%(key)d","user_custom_id":"contact-%(contact)d",'
    b'"value":%(value)s,"currency":"EUR","order_products":['
    b'{"product_custom_id":"SKU-%(first)d","value":%(price)s,"currency":"EUR","quantity":1},'
    b'{"product_custom_id":"SKU-%(second)d","value":%(other_price)s,"currency":"EUR","quantity":1}],'
    b'"products_custom_id":["SKU-%(first)d","SKU-%(second)d"],"stage":1,"status":1,'
    b'"order_method":"Online","order_date":"%(date)s"}'
)


def order_body(chance: random.Random, contact: int, products: int, date: bytes = b"") -> bytes:
    """An order of ``contact-<contact>``: two different products, a random key; of ``date``, else of this moment."""
    choose = chance.randrange
    cents, other = choose(100, 30_000), choose(100, 30_000)
    first = choose(products)
    return _BODY % {
        b"key": choose(10**15),
        b"contact": contact,
        b"first": first + 1,
        b"second": (first + 1 + choose(products - 1)) % products + 1,
        b"price": b"%d.%02d" % divmod(cents, 100),
        b"other_price": b"%d.%02d" % divmod(other, 100),
        b"value": b"%d.%02d" % divmod(cents + other, 100),
        b"date": date or time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()).encode(),
    }


class Orders(msgspec.Struct, frozen=True, tag="orders"):
    """Orders of a shop whose contacts are ``contact-1`` to ``contact-<contacts>``, its products likewise ``SKU-n``."""

    contacts: int
    products: int
    seed: int
    token: str = ""
    path: str = "/api/public/deals/"

    def bodies(self) -> Iterator[bytes]:
        """JSON bodies without end: random contact, two different products, random key, ordered within this hour."""
        choose = random.Random(self.seed)
        hour = time.time() - 3600
        dates = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(hour + s)).encode() for s in range(3600)]
        while True:
            contact = choose.randrange(self.contacts) + 1
            yield order_body(choose, contact, self.products, dates[choose.randrange(3600)])

    def requests(self) -> Iterator[bytes]:
        """Whole HTTP requests without end."""
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token {self.token}\r\n"
            "Accept: */*; version=2\r\nContent-Type: application/json\r\nContent-Length: "
        ).encode()
        for body in self.bodies():
            yield b"%s%d\r\n\r\n%s" % (head, len(body), body)


class Lists(msgspec.Struct, frozen=True, tag="lists"):
    """GET requests for ``paths`` in random order."""

    paths: list[str]
    token: str
    seed: int = 1

    def requests(self) -> Iterator[bytes]:
        """Whole HTTP requests without end."""
        tail = f" HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token {self.token}\r\nAccept: */*; version=2\r\n\r\n"
        ready = [f"GET {path}{tail}".encode() for path in self.paths]
        choose = random.Random(self.seed).choice
        while True:
            yield choose(ready)
