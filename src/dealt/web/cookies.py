"""Cookies of the pages: never readable by scripts, never sent along from other sites."""

from __future__ import annotations

from dealt.kernel.http import Request


def set_cookie(request: Request, name: str, value: str, lives_s: int) -> str:
    """The header's value that sets a cookie, or with no value and 0 seconds removes it; Secure behind https."""
    secure = "; Secure" if request.origin.startswith("https:") else ""
    return f"{name}={value}; Path=/; Max-Age={lives_s}; HttpOnly; SameSite=Lax{secure}"


def cookies_of(header: str) -> dict[str, str]:
    """The cookies that a request carries; of two with one name, the first, which is of the longer path."""
    found: dict[str, str] = {}
    for part in header.split(";"):
        name, sign, value = part.strip().partition("=")
        if sign and name not in found:
            found[name] = value
    return found
