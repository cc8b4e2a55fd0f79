"""What every page tells the browser to refuse, and what is refused of the browser."""

from __future__ import annotations

from urllib.parse import urlsplit

from dealt.kernel.errors import Forbidden
from dealt.kernel.http import Request

_POLICY = (
    "default-src 'none'; script-src 'self' '{import_map}'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_A_YEAR = "max-age=31536000"


def headers(request: Request, import_map_hash: str) -> dict[str, str]:
    """The security headers of a page."""
    told = _HEADERS | {"Content-Security-Policy": _POLICY.format(import_map=import_map_hash)}
    if request.origin.startswith("https:"):
        told["Strict-Transport-Security"] = _A_YEAR
    return told


def refuse_other_sites(request: Request) -> None:
    """Raise Forbidden for a write that another site's page makes a browser send.

    Every browser says where a request comes from: by Sec-Fetch-Site, which pages cannot set, and older ones by
    Origin. A request that says neither comes from no page; the public API is there for it.
    """
    site = request.header("sec-fetch-site")
    if site in ("same-origin", "none"):
        return
    origin = request.header("origin")
    if not site and origin and urlsplit(origin).netloc == request.header("host"):
        return
    raise Forbidden("This did not come from a page of this server, so nothing was done. Reload the page and try again.")
