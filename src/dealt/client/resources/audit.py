"""Whether what is derived is right."""

from __future__ import annotations

from typing import Any

from ..asked import Asked, Fields, get
from ..describing import Resource, S, reads


class OneAudit(Resource[S]):
    """``client.audit``: what the auditor found."""

    @reads
    def get(self, *, fields: Fields = None) -> Asked[dict[str, Any]]:
        """The last whole round, the one under way, and those before."""
        return get("/audit/", fields=fields)
