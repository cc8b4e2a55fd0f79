"""dealt.demo.drawing: pictures that are small, safe and the same every time."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import defaultdict

import pytest

from dealt.demo import Row, draw, products
from dealt.demo.catalogue import categories
from dealt.demo.drawing import INDOORS, OUTDOORS

SVG = "{http://www.w3.org/2000/svg}"
SHAPES = {f"{SVG}{name}" for name in ("svg", "g", "path", "rect", "ellipse")}
PLAIN = {"width", "height", "viewBox", "d", "fill", "x", "y", "rx", "ry", "cx", "cy", "transform"}
STROKES = {"stroke", "stroke-width", "stroke-linecap", "stroke-linejoin"}


def _parsed(picture: bytes) -> ET.Element:
    return ET.fromstring(picture)  # noqa: S314 - our own drawing


@pytest.mark.parametrize("product", products(), ids=lambda product: str(product["custom_id"]))
def test_a_picture_is_a_small_square_svg_of_plain_shapes(product: Row) -> None:
    picture = draw(product)
    assert len(picture) < 4096
    root = _parsed(picture)
    assert root.tag == f"{SVG}svg"
    assert root.get("viewBox") == "0 0 240 240"
    for element in root.iter():
        assert element.tag in SHAPES
        assert set(element.attrib) <= PLAIN | STROKES
        assert not (element.text or "").strip()


def test_pictures_name_no_outside_resource() -> None:
    for product in products():
        rest = draw(product).replace(b'xmlns="http://www.w3.org/2000/svg"', b"")
        assert not re.search(rb"url\(|href|://|script|style", rest)


def test_a_picture_is_the_same_every_time() -> None:
    for product in products():
        assert draw(product) == draw(dict(product))


def test_every_category_has_a_drawing_of_its_own() -> None:
    assert set(INDOORS) | set(OUTDOORS) == set(categories())
    assert not set(INDOORS) & set(OUTDOORS)


def test_colours_and_families_look_different_and_sizes_alike() -> None:
    looks: dict[bytes, set[tuple[str, str]]] = defaultdict(set)
    for product in products():
        looks[draw(product)].add((product["category"], product["colour"]))
    assert all(len(shared) == 1 for shared in looks.values())
    assert draw({"category": "Mugs", "colour": "Moss", "custom_id": "MUG-SPK-MOS"}) != draw(
        {"category": "Mugs", "colour": "Moss", "custom_id": "MUG-STR-MOS"}
    )


@pytest.mark.parametrize(
    "product",
    [
        {},
        {"category": "Submarines", "colour": "Octarine", "custom_id": "SUB"},
        {"category": None, "colour": None, "custom_id": None},
        {"category": "Mugs", "colour": '"/><script>', "custom_id": 'A-"><script>-B', "name": "<script>"},
    ],
)
def test_anything_else_gets_a_picture_too_and_leaves_no_text_in_it(product: Row) -> None:
    picture = draw(product)
    assert {element.tag for element in _parsed(picture).iter()} <= SHAPES
    assert b"script" not in picture
