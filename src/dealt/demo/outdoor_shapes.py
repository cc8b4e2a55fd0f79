"""Drawings of what goes outdoors: each takes its tones and the style (second part of the SKU)."""

from __future__ import annotations

from dealt.demo.strokes import (
    GLOW,
    NIGHT,
    STEEL,
    STEEL_DARK,
    WOOD,
    WOOD_DARK,
    Tones,
    box,
    dots,
    line,
    oval,
    path,
)

PALE_LACE = "#f3e6c8"


def tent(t: Tones, style: str) -> str:
    """A ridge tent, a dome (DOM), a bell tent (BEL) or a tarp between two poles (TRP)."""
    drawing = {"DOM": _dome_tent, "BEL": _bell_tent, "TRP": _tarp}.get(style, _ridge_tent)
    return drawing(t)


def _ridge_tent(t: Tones) -> str:
    return (
        line("M92 72L30 186M160 60L214 186", STEEL_DARK, 2)
        + path("M92 70L164 58L206 186H150Z", t.dark)
        + path("M92 70L40 186H150Z", t.base)
        + path("M92 84L72 186H116Z", t.deep)
        + path("M92 84L116 186H132Z", t.light)
    )


def _dome_tent(t: Tones) -> str:
    return (
        path("M30 186Q46 74 120 72Q194 74 210 186Z", t.base)
        + path("M120 72Q194 74 210 186H150Q156 116 120 72Z", t.dark)
        + path("M84 186Q88 118 114 108Q140 118 144 186Z", t.deep)
        + path("M114 108Q140 118 144 186H130Q128 136 114 108Z", t.light)
        + line("M30 186Q60 70 132 74M210 186Q184 74 112 74", t.light, 3)
    )


def _bell_tent(t: Tones) -> str:
    return (
        line("M120 48L24 180M120 48L216 180", STEEL_DARK, 2)
        + path("M120 44L202 142H38Z", t.base)
        + path("M120 44L202 142H148Z", t.dark)
        + path("M46 142H194V186H46Z", t.light)
        + path("M152 142H194V186H152Z", t.base)
        + path("M120 86L144 186H96Z", t.deep)
        + path("M120 86L96 186H84L112 104Z", t.light)
        + line("M120 44V30", WOOD_DARK, 4)
        + path("M120 28L138 34L120 40Z", "#b5503c")
    )


def _tarp(t: Tones) -> str:
    return (
        line("M64 92V188M176 76V188", WOOD, 5)
        + line("M64 92L28 186M176 76L214 186", STEEL_DARK, 2)
        + path("M64 90Q120 104 176 74L206 132Q128 146 36 142Z", t.base)
        + path("M120 96Q150 90 176 74L206 132Q176 138 146 140Z", t.dark)
        + line("M120 97L146 140", t.light, 3)
        + box(84, 168, 70, 18, 9, t.deep)
    )


def sleeping_bag(t: Tones, style: str) -> str:
    """A sleeping bag standing up: body-shaped with a hood, or square and light for summer (SMR)."""
    hood = oval(120, 70, 36, 34, t.dark) + oval(120, 76, 22, 21, t.light)
    if style == "SMR":
        hood = box(76, 44, 88, 60, 14, t.light)
    body = "M76 84Q76 70 90 74Q120 92 150 74Q164 70 164 84L156 172Q154 192 132 192H108Q86 192 84 172Z"
    seams = "".join(
        line(f"M{72 + y / 11:.1f} {y}Q120 {y + 12} {168 - y / 11:.1f} {y}", t.dark, 3) for y in range(104, 178, 18)
    )
    zip_side = line("M142 84L138 186", t.light, 3) + box(139, 108, 6, 13, 2, NIGHT)
    return hood + path(body, t.base) + (seams if style != "SMR" else line("M80 128H160", t.dark, 3)) + zip_side


def bag(t: Tones, style: str) -> str:
    """A day pack, a tall trekking pack (TRK) or a tote (TOT)."""
    if style == "TOT":
        return (
            line("M88 92Q88 40 120 40Q152 40 152 92", WOOD_DARK, 7)
            + path("M58 84H182L172 180Q171 188 162 188H78Q69 188 68 180Z", t.base)
            + path("M154 84H182L172 180Q171 188 162 188H140Z", t.dark)
            + path("M63 142H177L172 180Q171 188 162 188H78Q69 188 68 180Z", t.deep)
            + line("M88 92V116M152 92V116", WOOD_DARK, 7)
        )
    if style == "TRK":
        return (
            box(56, 32, 128, 24, 12, t.deep)
            + box(50, 108, 30, 62, 12, t.dark)
            + box(160, 108, 30, 62, 12, t.dark)
            + box(68, 62, 104, 128, 20, t.base)
            + path("M66 84Q66 48 96 48H144Q174 48 174 84L168 100H72Z", t.light)
            + box(84, 126, 72, 50, 10, t.dark)
            + line("M92 92V124M148 92V124", t.deep, 5)
            + line("M84 142H156", t.light, 3)
        )
    return (
        line("M104 58Q104 38 120 38Q136 38 136 58", t.deep, 6)
        + path("M66 92Q66 52 106 52H134Q174 52 174 92V172Q174 188 158 188H82Q66 188 66 172Z", t.base)
        + path("M150 55Q174 62 174 92V172Q174 188 158 188H138Q156 176 154 150Z", t.dark)
        + path("M66 90Q66 52 106 52H134Q174 52 174 90V104H66Z", t.light)
        + box(80, 128, 80, 46, 10, t.dark)
        + line("M80 142H160", t.light, 3)
        + box(94, 92, 12, 30, 3, WOOD)
        + box(134, 92, 12, 30, 3, WOOD)
    )


def boot(t: Tones, style: str) -> str:
    """A laced hiking boot, or a wellington (WEL)."""
    if style == "WEL":
        return (
            path("M82 46H138V132Q158 138 178 146Q196 154 196 176H82Z", t.base)
            + path("M82 46H104V176H82Z", t.dark)
            + path("M138 132Q158 138 178 146Q186 150 191 158Q160 158 134 148Z", t.light)
            + box(78, 42, 64, 14, 5, t.deep)
            + path("M78 172H198V182Q198 188 190 188H128L122 182H116L112 188H86Q78 188 78 180Z", t.deep)
        )
    eyelets = "".join(line(f"M{128 + i * 7} {84 + i * 16}L{142 + i * 7} {78 + i * 16}", PALE_LACE, 4) for i in range(4))
    upper = "M78 58Q76 50 84 50H126Q134 50 134 60L140 104Q152 128 180 134Q204 140 204 166V172H70Q72 118 78 58Z"
    return (
        path(upper, t.base)
        + path("M78 58Q76 50 84 50H100Q104 112 96 172H70Q72 118 78 58Z", t.dark)
        + path("M164 130Q204 136 204 166V172H162Q152 148 164 130Z", t.dark)
        + path("M124 50H128Q136 50 136 60L142 104Q150 120 164 128L150 138Q128 120 124 96Z", t.deep)
        + eyelets
        + line("M82 66H122", t.light, 4)
        + path("M66 170H208V180Q208 188 200 188H72Q64 188 66 178Z", NIGHT)
        + line("M84 188V182M104 188V182M124 188V182M144 188V182M164 188V182M184 188V182", t.ground, 5)
    )


def knife(t: Tones, style: str) -> str:
    """A folding knife (PCK), a sheath knife (CMP) or a kitchen knife, lying aslant."""
    handle = path("M118 108H196Q208 108 208 122Q208 136 196 136H118Z", t.base) + path(
        "M118 124H208Q207 136 196 136H118Z", t.dark
    )
    blades = {
        "PCK": ("M120 110H50Q30 112 24 130Q60 136 120 134Z", "M24 130Q60 136 120 134V124H30Z"),
        "CMP": ("M120 106H40Q26 108 16 122L36 138H120Z", "M20 125L36 138H120V124Z"),
    }
    steel, edge = blades.get(style, ("M120 110L14 132Q66 140 120 136Z", "M14 132Q66 140 120 136V128Z"))
    blade = path(steel, STEEL) + path(edge, STEEL_DARK)
    collar = box(112, 104, 12, 36, 3, "#c79a3f" if style == "PCK" else NIGHT)
    rivets = dots("142,122 166,122 190,122", 3.2, PALE_LACE)
    return f'<g transform="rotate(-32 120 122)">{blade}{handle}{collar}{rivets}</g>'


def bottle(t: Tones, style: str) -> str:
    """A slim insulated bottle, or a flask (FLK) with its cup and a handle."""
    if style == "FLK":
        return (
            line("M156 96H176Q184 96 184 106V146Q184 156 174 156H156", t.deep, 8)
            + box(82, 76, 76, 112, 12, t.base)
            + path("M136 76H146Q158 76 158 88V176Q158 188 146 188H136Z", t.dark)
            + path("M88 38H152L156 80H84Z", STEEL)
            + path("M134 38H152L156 80H136Z", STEEL_DARK)
            + box(82, 78, 76, 9, 2, t.deep)
            + box(82, 168, 76, 6, 0, t.light)
        )
    return (
        box(100, 30, 40, 26, 7, NIGHT)
        + line("M106 30Q106 18 120 18Q134 18 134 30", NIGHT, 6)
        + path("M98 58H142V70Q158 80 158 102V174Q158 190 142 190H98Q82 190 82 174V102Q82 80 98 70Z", t.base)
        + path("M132 58H142V70Q158 80 158 102V174Q158 190 142 190H132Q142 150 132 58Z", t.dark)
        + box(98, 54, 44, 8, 2, STEEL)
        + line("M96 104V160", t.light, 6)
        + path("M108 146L120 124L132 146Z", t.light)
    )


def lantern(t: Tones, style: str) -> str:
    """A storm lantern with a flame, or a rechargeable camp lantern (LED)."""
    if style == "LED":
        return (
            line("M92 66Q92 32 120 32Q148 32 148 66", STEEL_DARK, 5)
            + path("M80 80Q80 58 120 58Q160 58 160 80V90H80Z", t.base)
            + box(86, 90, 68, 58, 6, GLOW)
            + box(102, 96, 36, 46, 12, "#fdf3d0")
            + box(78, 146, 84, 42, 10, t.base)
            + path("M140 146H152Q162 146 162 156V178Q162 188 152 188H140Z", t.dark)
            + oval(110, 167, 9, 9, t.light)
        )
    return (
        line("M84 152V84Q84 44 120 44Q156 44 156 84V152", t.dark, 6)
        + line("M96 48Q96 22 120 22Q144 22 144 48", STEEL_DARK, 4)
        + path("M104 58H136L144 80H96Z", t.base)
        + path("M98 80H142Q156 112 140 144H100Q84 112 98 80Z", "#fbf0cf")
        + path("M120 98Q134 118 120 136Q106 118 120 98Z", "#efa73c")
        + path("M120 114Q127 124 120 134Q113 124 120 114Z", GLOW)
        + path("M94 144H146L152 158H88Z", t.deep)
        + path("M72 168Q74 156 92 156H148Q166 156 168 168L172 188H68Z", t.base)
        + path("M134 156H148Q166 156 168 168L172 188H138Z", t.dark)
    )


def hat(t: Tones, style: str) -> str:
    """A beanie with a ribbed turn-up; with peaks and a bobble (BOB)."""
    ribs = "".join(line(f"M{x} 148V178", t.base, 3) for x in range(66, 180, 12))
    crown = "M62 146Q60 66 120 64Q180 66 178 146Z"
    knit = line("M96 70Q79 100 77 142M112 70Q106 100 106 142M128 70Q134 100 134 142M144 70Q161 100 163 142", t.dark, 3)
    peaks = line("M66 126L80 108L94 126L108 108L122 126L136 108L150 126L164 108L174 122", t.light, 5)
    bobble = oval(120, 54, 25, 24, t.light) + dots("108,48 122,42 132,56 116,62 104,60", 3, t.base)
    return (
        (bobble if style == "BOB" else "")
        + path(crown, t.base)
        + path("M142 68Q180 80 178 146H150Q154 100 142 68Z", t.dark)
        + (peaks if style == "BOB" else knit)
        + box(52, 140, 136, 46, 16, t.deep if style != "BOB" else t.dark)
        + ribs
    )


def parcel(t: Tones, _style: str) -> str:
    """What is drawn for anything else: a closed parcel."""
    return (
        box(58, 82, 124, 104, 6, WOOD)
        + path("M150 82H176Q182 82 182 88V180Q182 186 176 186H150Z", WOOD_DARK)
        + box(108, 82, 24, 104, 0, t.base)
        + box(52, 70, 136, 26, 5, t.light)
    )
