"""The demo shop's product pictures, drawn when they are asked for."""

from __future__ import annotations

from functools import lru_cache

from dealt.demo import draw, find_product
from dealt.kernel.http import Response

PREFIX = "/static/demo/"
_SUFFIX = ".svg"
_DAY = "public, max-age=86400"


def picture_at(path: str) -> Response:
    """The answer to a request for ``/static/demo/<sku>.svg``; 404 for a product that the demo shop has not."""
    sku = path.removeprefix(PREFIX).removesuffix(_SUFFIX)
    picture = _picture(sku) if path.endswith(_SUFFIX) else None
    if picture is None:
        return Response(404, b'{"detail":"Not found."}')
    return Response(200, picture, b"image/svg+xml", {"Cache-Control": _DAY, "X-Content-Type-Options": "nosniff"})


@lru_cache(maxsize=256)
def _picture(sku: str) -> bytes | None:
    product = find_product(sku)
    return draw(product) if product else None
