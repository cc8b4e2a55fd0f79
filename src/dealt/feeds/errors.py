"""Why a feed cannot be read."""

from __future__ import annotations

from dealt.kernel.errors import DealtError


class BadFeed(DealtError):  # noqa: N818
    """400: this is no product feed, or it breaks off; what came before stays."""

    status = 400
