"""Drawings of what stands in the house: each takes its tones and the style (second part of the SKU)."""

from __future__ import annotations

from dealt.demo.strokes import (
    GLOW,
    LEAF,
    LEAF_DARK,
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


def mug(t: Tones, style: str) -> str:
    """A mug with a handle: enamelled (ENM), speckled (SPK) or striped (STR)."""
    body = "M68 90H154V164Q154 188 130 188H92Q68 188 68 164Z"
    marks = {
        "ENM": line("M72 90H150", t.deep, 5),
        "SPK": dots("82,112 98,128 86,146 106,106 112,150 124,120 96,170 136,136 128,168 142,108", 2.2, t.deep),
        "STR": box(68, 116, 86, 9, 0, t.light) + box(68, 134, 86, 9, 0, t.light),
    }
    return (
        line("M154 108H164Q184 108 184 130Q184 158 152 162", t.dark, 11)
        + path(body, t.base)
        + marks.get(style, "")
        + path("M134 90H154V164Q154 188 130 188H114Q134 186 134 162Z", t.dark)
        + oval(111, 90, 43, 9, t.light)
        + oval(111, 91, 36, 6, "#6b4a35")
        + line("M98 70Q90 60 98 50Q106 40 98 30M122 70Q114 60 122 50Q130 40 122 30", "#ffffff", 4)
    )


def teapot(t: Tones, style: str) -> str:
    """A round pot, or a camp kettle (KTL) with a wooden grip over it."""
    if style == "KTL":
        return (
            line("M78 104Q78 50 120 50Q162 50 162 104", STEEL_DARK, 5)
            + box(98, 43, 44, 14, 7, WOOD)
            + path("M158 128L196 100L204 108L166 158Z", t.dark)
            + path("M74 110Q76 98 92 98H148Q164 98 166 110L176 172Q178 188 162 188H78Q62 188 64 172Z", t.base)
            + path("M148 98Q164 98 166 110L176 172Q178 188 162 188H138Q154 180 152 164Z", t.dark)
            + path("M88 98Q90 84 120 84Q150 84 152 98Z", t.deep)
            + oval(120, 81, 8, 7, NIGHT)
        )
    return (
        line("M78 118Q40 112 44 142Q48 166 80 164", t.dark, 10)
        + path("M160 132Q182 132 190 100L206 100Q204 158 158 170Z", t.dark)
        + oval(120, 144, 56, 46, t.base)
        + path("M142 101Q176 112 176 144Q176 188 122 190Q156 178 156 140Q156 116 142 101Z", t.dark)
        + path("M86 106Q92 90 120 90Q148 90 154 106Q120 116 86 106Z", t.light)
        + oval(120, 84, 9, 8, t.deep)
    )


def lamp(t: Tones, style: str) -> str:
    """A jointed desk lamp (DSK), a tripod floor lamp (FLR) or a table lamp."""
    if style == "DSK":
        return (
            '<g transform="translate(-17 -23) scale(1.12)">'
            + path("M104 84L74 138H170L140 88Z", GLOW)
            + line("M150 184L178 122L128 66", t.deep, 7)
            + oval(178, 122, 8, 8, t.dark)
            + path("M94 92L118 52Q124 46 132 50L152 64Q158 70 152 78L136 98Q112 110 94 92Z", t.base)
            + path("M132 50L152 64Q158 70 152 78L136 98Q130 102 122 102Q142 82 132 50Z", t.dark)
            + path("M116 190Q118 178 150 178Q182 178 184 190Z", t.base)
            + "</g>"
        )
    if style == "FLR":
        return (
            line("M118 92L84 190M122 92L156 190M120 92V184", WOOD, 6)
            + line("M103 148H137", WOOD_DARK, 4)
            + path("M84 96H156L166 112H74Z", GLOW)
            + path("M86 40H154L164 98H76Z", t.base)
            + path("M134 40H154L164 98H138Z", t.dark)
        )
    return (
        path("M76 106H164L178 128H62Z", GLOW)
        + path("M112 108H128V128Q148 142 148 164Q148 184 130 188H110Q92 184 92 164Q92 142 112 128Z", WOOD)
        + path("M128 128Q148 142 148 164Q148 184 130 188H118Q134 168 124 128Z", WOOD_DARK)
        + path("M92 44H148L168 110H72Z", t.base)
        + path("M132 44H148L168 110H142Z", t.dark)
    )


def blanket(t: Tones, style: str) -> str:
    """A folded throw with a fringe, a checked picnic blanket (PIC) or a waffle weave (WAF)."""
    if style == "PIC":
        return _rolled_blanket(t)
    weave = "".join(line(f"M{x} 116V164", t.dark, 2) for x in range(66, 180, 12)) if style == "WAF" else ""
    bands = box(52, 128, 136, 7, 0, t.light) + box(52, 142, 136, 3, 0, t.light) if style == "WOL" else ""
    fringe = "".join(line(f"M{x} 170V186", t.dark, 4) for x in range(58, 186, 9)) if style == "WOL" else ""
    return (
        fringe
        + box(52, 76, 136, 36, 16, t.dark)
        + box(52, 92, 136, 36, 16, t.light)
        + path("M52 124Q52 108 68 108H172Q188 108 188 124V172H52Z", t.base)
        + weave
        + bands
        + line("M66 84H150M66 100H140", t.deep, 2)
    )


def _rolled_blanket(t: Tones) -> str:
    checks = "".join(box(x, 92, 8, 84, 0, t.light) for x in (66, 90, 148))
    return (
        line("M84 92Q84 50 114 50Q144 50 144 92", WOOD_DARK, 7)
        + box(46, 92, 130, 84, 12, t.base)
        + checks
        + box(46, 112, 130, 8, 0, t.light)
        + box(46, 146, 130, 8, 0, t.light)
        + box(76, 90, 13, 88, 3, WOOD)
        + box(138, 90, 13, 88, 3, WOOD)
        + oval(176, 134, 26, 43, t.dark)
        + line("M176 104Q196 108 194 136Q190 162 174 158Q160 152 164 134Q168 118 178 124Q184 130 178 138", t.light, 4)
    )


def cushion(t: Tones, style: str) -> str:
    """A plump square cushion, plain linen or with knitted cables (KNT)."""
    outline = (
        "M60 70Q120 84 180 70Q192 66 188 80Q176 128 188 176"
        "Q192 190 178 186Q120 174 62 186Q48 190 52 176Q64 128 52 80Q48 66 60 70Z"
    )
    cables = "".join(
        line(f"M{x} 88q-9 12 0 24q9 12 0 24q-9 12 0 24M{x} 88q9 12 0 24q-9 12 0 24q9 12 0 24", t.deep, 3)
        for x in (88, 120, 152)
    )
    plain = line("M84 102Q96 112 100 126M156 102Q144 112 140 126M84 158Q96 148 100 138", t.dark, 4)
    return (
        path(outline, t.base)
        + path("M180 70Q192 66 188 80Q176 128 188 176Q192 190 178 186Q150 179 120 180Q176 160 158 75Z", t.dark)
        + (cables if style == "KNT" else plain)
        + line("M60 70Q120 84 180 70", t.light, 3)
    )


def candle(t: Tones, style: str) -> str:
    """A candle in a jar (JAR), a pillar (PIL) or a pair of tapers."""
    if style == "JAR":
        return (
            path("M74 92H166V170Q166 188 148 188H92Q74 188 74 170Z", t.light)
            + path("M80 116H160V170Q160 182 148 182H92Q80 182 80 170Z", t.base)
            + oval(120, 116, 40, 7, t.dark)
            + box(92, 136, 56, 32, 3, "#fbf6ea")
            + line("M102 147H138M108 157H132", t.deep, 3)
            + oval(120, 92, 46, 8, "#ffffff")
            + oval(120, 92, 41, 6, t.light)
            + _flame(120, 114)
        )
    if style == "PIL":
        return (
            oval(120, 186, 58, 9, STEEL_DARK)
            + oval(120, 182, 58, 9, STEEL)
            + box(86, 92, 68, 92, 6, t.base)
            + path("M132 92H154V178Q154 184 148 184H132Z", t.dark)
            + oval(120, 93, 34, 8, t.light)
            + line("M98 98V118M106 98V108", t.light, 6)
            + _flame(120, 92)
        )
    return "".join(_taper(t, x, top) for x, top in ((84, 84), (156, 70)))


def _flame(x: int, foot: int) -> str:
    outer = f"M{x} {foot - 46}Q{x + 17} {foot - 22} {x} {foot - 8}Q{x - 17} {foot - 22} {x} {foot - 46}Z"
    inner = f"M{x} {foot - 30}Q{x + 8} {foot - 18} {x} {foot - 10}Q{x - 8} {foot - 18} {x} {foot - 30}Z"
    return line(f"M{x} {foot}V{foot - 12}", NIGHT, 3) + path(outer, "#efa73c") + path(inner, "#fbe6a6")


def _taper(t: Tones, x: int, top: int) -> str:
    stick = path(f"M{x - 9} {top}H{x + 9}L{x + 11} 168H{x - 11}Z", t.base)
    shade = path(f"M{x + 2} {top}H{x + 9}L{x + 11} 168H{x + 3}Z", t.dark)
    holder = box(x - 17, 160, 34, 14, 4, "#c79a3f") + box(x - 28, 174, 56, 12, 6, "#a97f2e")
    return stick + shade + holder + _flame(x, top)


def plant_pot(t: Tones, style: str) -> str:
    """A pot with a leafy plant: standing, hanging on ropes (HNG) or on a wooden stand (FTD)."""
    if style == "HNG":
        return (
            line("M120 0V22L66 122M120 22L174 122M120 22V116", WOOD, 3)
            + _leaves(0, 8)
            + path("M60 120H180Q180 176 120 178Q60 176 60 120Z", t.base)
            + path("M152 120H180Q180 176 120 178Q156 160 152 120Z", t.dark)
            + line("M84 124Q70 146 76 172M158 124Q172 140 168 158", LEAF_DARK, 3)
            + dots("76,140 69,152 79,158 73,170 79,174 169,142 163,150 173,152 168,162", 5, LEAF)
        )
    if style == "FTD":
        return (
            _leaves(0, -2)
            + line("M84 146V190M156 146V190", WOOD, 8)
            + line("M84 176H156", WOOD_DARK, 6)
            + path("M78 108H162V150Q162 170 142 170H98Q78 170 78 150Z", t.base)
            + path("M140 108H162V150Q162 170 142 170H120Q140 160 140 140Z", t.dark)
        )
    return (
        _leaves(0, 4)
        + path("M80 130H160L150 182Q149 188 142 188H98Q91 188 90 182Z", t.base)
        + path("M140 130H160L150 182Q149 188 142 188H126Z", t.dark)
        + box(72, 114, 96, 22, 5, t.light)
        + box(72, 130, 96, 6, 3, t.dark)
    )


def _leaves(x: int, y: int) -> str:
    blades = (
        (LEAF_DARK, "M120 120Q76 104 62 56Q112 64 122 118Z"),
        (LEAF_DARK, "M120 120Q164 104 178 60Q128 66 118 118Z"),
        (LEAF, "M120 120Q92 76 116 30Q146 72 122 120Z"),
    )
    veins = line("M120 116Q118 76 117 50M118 116Q98 88 80 70M122 116Q144 90 162 74", "#8fae79", 2.5)
    return f'<g transform="translate({x} {y})">' + "".join(path(d, fill) for fill, d in blades) + veins + "</g>"
