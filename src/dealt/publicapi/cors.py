"""Which pages of other sites may call the API from a browser: none, unless the operator names them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dealt.kernel.http import Request

ANY = "*"
REMEMBER_S = 600
_SENT = "Accept, Authorization, Content-Type, Idempotency-Key"
_SHOWN = "Allow, Dealt-Count, Idempotency-Replayed, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After"
_LIST = re.compile(r"[A-Za-z0-9-]+(?:\s*,\s*[A-Za-z0-9-]+){0,50}")


@dataclass(frozen=True, slots=True)
class Cors:
    """``origins`` such as ``https://shop.example``; ``*`` among them stands for every page there is."""

    origins: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, text: str) -> Cors:
        """From a comma-separated list; a slash at the end of an origin is dropped."""
        return cls(frozenset(part.strip().rstrip("/").lower() for part in text.split(",") if part.strip()))

    def headers(self, request: Request, allow: str | None) -> dict[str, str]:
        """What an answer to ``request`` says to the browser; ``allow`` are the methods, for a preflight."""
        origin = request.header("origin")
        if not self.origins or not origin or not ({ANY, origin.lower()} & self.origins):
            return {}
        told = {"Access-Control-Allow-Origin": ANY if ANY in self.origins else origin}
        told["Access-Control-Expose-Headers"] = _SHOWN
        if allow is None or not request.header("access-control-request-method"):
            return told
        wanted = request.header("access-control-request-headers")
        return told | {
            "Access-Control-Allow-Methods": allow,
            "Access-Control-Allow-Headers": wanted if _LIST.fullmatch(wanted) else _SENT,
            "Access-Control-Max-Age": str(REMEMBER_S),
        }
