from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from dealt.feeds import BadFeed, Item, items_of, product_of
from dealt.kernel.errors import InvalidInput

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Shop</title><link>https://s.example</link>
%s</channel></rss>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">
<title>Shop</title><link rel="self" href="https://s.example"/>%s</feed>"""
MUG = """<item><g:id>M-1</g:id><title>Mug &amp; saucer</title><description><![CDATA[<b>Red</b>]]></description>
<link>https://s.example/mug</link><g:image_link>https://s.example/mug.png</g:image_link>
<g:price>1,249.90 EUR</g:price><g:sale_price>9,99 EUR</g:sale_price>
<g:sale_price_effective_date>2025-06-24T00:00+0100/2025-07-01T12:30:00Z</g:sale_price_effective_date>
<g:google_product_category>Home &gt; Kitchen</g:google_product_category><g:gtin>00123</g:gtin>
<g:adult>no</g:adult><g:additional_image_link>https://s.example/2.png</g:additional_image_link>
<g:shipping><g:country>PL</g:country><g:price>1 EUR</g:price></g:shipping><g:empty> </g:empty></item>"""


def items(text: str | bytes, piece: int = 50) -> list[Item]:
    data = text.encode() if isinstance(text, str) else text
    return list(items_of(data[place : place + piece] for place in range(0, len(data), piece)))


def products(text: str, **options: Any) -> list[dict[str, Any]]:
    return [product_of(item) for item in items(text, **options)]


@pytest.mark.parametrize("piece", [1, 7, 100_000])
def test_an_item_of_rss_becomes_a_product(piece: int) -> None:
    assert products(RSS % MUG, piece=piece) == [
        {
            "custom_id": "M-1", "name": "Mug & saucer", "description": "<b>Red</b>",
            "product_url": "https://s.example/mug", "image_url": "https://s.example/mug.png",
            "price": "1249.90", "currency": "EUR", "sale_price": 9.99,
            "sale_price_effective_date_start": "2025-06-24T00:00:00+01:00",
            "sale_price_effective_date_end": "2025-07-01T12:30:00Z",
            "category": "Home > Kitchen", "gtin": "00123", "adult": False,
            "additional_image_link": ["https://s.example/2.png"], "shipping": [{"country": "PL", "price": "1 EUR"}],
        }
    ]  # fmt: skip


def test_an_entry_of_atom_has_its_address_in_an_attribute_and_the_tags_of_google_win() -> None:
    entry = (
        "<entry><id>tag:s.example,2025:1</id><title>Plain</title><g:title>Mug</g:title><g:id>M-1</g:id>"
        '<link rel="enclosure" href="https://s.example/x.pdf"/><link href="https://s.example/mug"/></entry>'
    )
    assert products(ATOM % entry) == [{"custom_id": "M-1", "name": "Mug", "product_url": "https://s.example/mug"}]


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        ("9.99 EUR", ("9.99", "EUR")), ("EUR 9.99", ("9.99", "EUR")), ("9,99 PLN", ("9.99", "PLN")),
        ("1.249,90 EUR", ("1249.90", "EUR")), ("1,249 USD", ("1249", "USD")), ("1 249.90 CZK", ("1249.90", "CZK")),
        ("15", ("15", None)),
    ],
)  # fmt: skip
def test_prices_are_read_as_shops_write_them(price: str, expected: tuple[str, str | None]) -> None:
    (found,) = products(RSS % f"<item><g:id>1</g:id><title>x</title><g:price>{price}</g:price></item>")
    assert (found["price"], found.get("currency")) == expected


@pytest.mark.parametrize(
    ("inner", "says"),
    [
        ("<title>x</title>", "id: A product of a feed needs this tag"),
        ("<g:id>1</g:id>", "title: A product of a feed needs this tag"),
        ("<g:id>1</g:id><title>x</title><g:price>dear</g:price>", "is not a price such as 9.99 EUR"),
        (
            "<g:id>1</g:id><title>x</title><g:sale_price_effective_date>soon</g:sale_price_effective_date>",
            "not a range",
        ),
        ("<g:id>1</g:id><title>" + "x" * 1_000_001 + "</title>", "holds more than is read of one"),
        ("<g:id>1</g:id>" + "".join(f"<t{n}>x</t{n}>" for n in range(1_100)), "holds more than is read of one"),
        ("<g:id>1</g:id>" + "<a>" * 20 + "x" + "</a>" * 20, "holds more than is read of one"),
    ],
)
def test_a_bad_product_is_refused_and_the_next_one_read(inner: str, says: str) -> None:
    first, second = items(RSS % f"<item>{inner}</item>{MUG}", piece=4_096)
    with pytest.raises(InvalidInput, match=says):
        product_of(first)
    assert product_of(second)["custom_id"] == "M-1"


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "declared",
    [BOMB, '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>', '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://x/">]>'],
)
def test_declared_entities_are_refused_before_they_can_be_used(declared: str) -> None:
    with pytest.raises(BadFeed, match="declares entities"):
        items(declared + "<rss><channel><item><title>&b;&f;</title></item></channel></rss>")


def test_a_document_type_elsewhere_is_not_fetched() -> None:
    text = '<!DOCTYPE rss SYSTEM "http://169.254.169.254/x.dtd">' + (RSS % MUG).partition("?>")[2]
    assert len(items(text)) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<html><body/></html>", "begins with <html>"),
        ("<rss><channel><item>", "cannot be read on from line 1, after 1 products"),
        ("<rss><channel><item>&nbsp;</item></channel></rss>", "undefined entity"),
        ("", "no element found"),
        ("<rss a='" + "x" * 9_000_000, "a tag of more than 4,000,000 bytes"),
    ],
)
def test_what_is_no_feed_is_told_in_a_sentence(text: str, says: str) -> None:
    with pytest.raises(BadFeed, match=says):
        items(text, piece=65_536)


def long_feed(count: int) -> Iterator[bytes]:
    head, _, tail = (RSS % "|").partition("|")
    yield head.encode()
    for number in range(count):
        yield MUG.replace("M-1", f"M-{number}").replace("Red", "Red " * 200).encode()
    yield tail.encode()


def test_a_long_feed_is_read_in_the_memory_of_a_short_one() -> None:
    peaks = []
    for count in (200, 6_000):
        tracemalloc.start()
        assert sum(1 for _ in items_of(long_feed(count))) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 100_000
