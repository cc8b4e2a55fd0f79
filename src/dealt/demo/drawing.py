"""Product pictures drawn by code: one flat drawing per category, tinted in the product's colour."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dealt.demo import home_shapes as home
from dealt.demo import outdoor_shapes as outdoor
from dealt.demo.catalogue import colours
from dealt.demo.strokes import PAPER, Tones, mix, oval, path, tones

Drawing = Callable[[Tones, str], str]

INDOORS: Mapping[str, Drawing] = {
    "Mugs": home.mug,
    "Teapots": home.teapot,
    "Lamps": home.lamp,
    "Blankets": home.blanket,
    "Cushions": home.cushion,
    "Candles": home.candle,
    "Plant pots": home.plant_pot,
}
OUTDOORS: Mapping[str, Drawing] = {
    "Tents": outdoor.tent,
    "Sleeping bags": outdoor.sleeping_bag,
    "Bags": outdoor.bag,
    "Boots": outdoor.boot,
    "Knives": outdoor.knife,
    "Bottles": outdoor.bottle,
    "Lanterns": outdoor.lantern,
    "Hats": outdoor.hat,
}
UNKNOWN_COLOUR = "#8a8f94"


def draw(product: Mapping[str, object]) -> bytes:
    """A picture of ``product``: a square SVG under 4 KB, the same bytes for the same product.

    Reads ``category``, ``colour`` and ``custom_id`` (its second part picks the style). A category
    without a drawing gets a parcel, an unknown colour a grey. No text of the product enters the file.
    """
    t = tones(colours().get(str(product.get("colour")), UNKNOWN_COLOUR))
    category = str(product.get("category"))
    _, _, rest = str(product.get("custom_id")).partition("-")
    style, _, _ = rest.partition("-")
    if category in OUTDOORS:
        picture = _hills(t) + OUTDOORS[category](t, style)
    else:
        picture = _shelf(t) + INDOORS.get(category, outdoor.parcel)(t, style)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="240" height="240" viewBox="0 0 240 240">{picture}</svg>\n'
    ).encode()


def _shelf(t: Tones) -> str:
    shadow = oval(120, 190, 74, 7, mix(t.ground, "#1d2430", 0.16))
    return path("M0 0H240V240H0Z", t.ground) + oval(120, 112, 92, 92, mix(t.ground, PAPER, 0.55)) + shadow


def _hills(t: Tones) -> str:
    far, near = mix(t.ground, PAPER, 0.55), mix(t.ground, "#1d2430", 0.07)
    return (
        path("M0 0H240V240H0Z", t.ground)
        + path("M0 150L50 98L92 134L150 78L198 122L240 96V240H0Z", far)
        + path("M0 186Q120 172 240 186V240H0Z", near)
        + oval(120, 190, 80, 6, mix(t.ground, "#1d2430", 0.16))
    )
