"""The few SVG marks and colour tones that every product drawing is made of."""

from __future__ import annotations

from dataclasses import dataclass

PAPER = "#f6f1e7"
WOOD = "#b78a5c"
WOOD_DARK = "#93693f"
STEEL = "#c6cdd1"
STEEL_DARK = "#9aa4aa"
GLOW = "#f6d98a"
LEAF = "#6f8f5b"
LEAF_DARK = "#55734a"
NIGHT = "#33383d"


@dataclass(frozen=True, slots=True)
class Tones:
    """One colour in the five strengths a flat drawing needs, each ``#rrggbb``."""

    base: str
    dark: str
    deep: str
    light: str
    ground: str


def mix(first: str, second: str, share: float) -> str:
    """``first`` with ``share`` (0 to 1) of ``second`` in it; colours are ``#rrggbb``."""
    pairs = ((int(first[i : i + 2], 16), int(second[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def tones(colour: str) -> Tones:
    """The tones of ``colour``; a pale object gets a cool ground so that it stands out."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    pale = 0.3 * red + 0.59 * green + 0.11 * blue > 185
    return Tones(
        base=colour,
        dark=mix(colour, "#1d2430", 0.16),
        deep=mix(colour, "#1d2430", 0.42),
        light=mix(colour, "#ffffff", 0.38),
        ground="#d5dedb" if pale else mix(colour, PAPER, 0.8),
    )


def path(d: str, fill: str) -> str:
    """A filled outline."""
    return f'<path d="{d}" fill="{fill}"/>'


def line(d: str, stroke: str, width: float) -> str:
    """An open line with round ends."""
    return (
        f'<path d="{d}" fill="none" stroke="{stroke}" stroke-width="{width}"'
        ' stroke-linecap="round" stroke-linejoin="round"/>'
    )


def oval(x: float, y: float, across: float, down: float, fill: str) -> str:
    """An ellipse by its centre and its two radii."""
    return f'<ellipse cx="{x:g}" cy="{y:g}" rx="{across:g}" ry="{down:g}" fill="{fill}"/>'


def box(x: float, y: float, width: float, height: float, round_by: float, fill: str) -> str:
    """A rectangle with rounded corners."""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{round_by:g}" fill="{fill}"/>'


def dots(places: str, size: float, fill: str) -> str:
    """Dots of one size at ``"x,y x,y ..."``."""
    centres = (place.split(",") for place in places.split())
    return "".join(oval(float(x), float(y), size, size, fill) for x, y in centres)
