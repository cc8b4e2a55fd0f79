"""Whether users will order again, how often and for how much."""

from __future__ import annotations

from typing import Any, Unpack

from ..asked import Asked, Body, Fields, Keyed, get, write
from ..describing import Resource, S, reads, writes


class OneLifetime(Resource[S]):
    """``client.lifetime``: the models; ``client.users.lifetime`` is what they say of one user."""

    @reads
    def get(self, *, fields: Fields = None) -> Asked[dict[str, Any]]:
        """Which deals count, and what the last refresh found."""
        return get("/lifetime/", fields=fields)

    @writes
    def update(self, body: Body, **how: Unpack[Keyed]) -> Asked[dict[str, Any]]:
        """Change ``filter`` and ``nightly``."""
        return write("PATCH", "/lifetime/", body, how)

    @writes
    def refresh(self, **how: Unpack[Keyed]) -> Asked[dict[str, Any]]:
        """Have the models fitted as soon as a worker is free."""
        return write("POST", "/lifetime/refresh/", None, how)
