"""Whom the journal names, as people know them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dealt.accounts import MEMBERS, Snapshot
from dealt.kernel.db import Connection
from dealt.profiles import queries

_OTHERS = {"system": "Dealt", "import": "An import", "feed": "A product feed", "demo": "The demo shop"}


async def actor_names(connection: Connection, snapshot: Snapshot, actors: Iterable[str]) -> Mapping[str, str]:
    """What to call each actor of the journal: a member's name, a token's, or what else did it."""
    named = {actor: actor.partition(":")[::2] for actor in set(actors)}
    tokens = [int(number) for kind, number in named.values() if kind == "token" and number.isdigit()]
    rows = await connection.fetch(queries.TOKEN_NAMES, snapshot.workspace_id, tokens) if tokens else []
    token_names = {str(row["id"]): row["name"] for row in rows}
    members = {str(number): name for number, name in snapshot.part(MEMBERS).items()}
    called = {}
    for actor, (kind, number) in named.items():
        if kind == "member":
            called[actor] = members.get(number, "A former member")
        elif kind == "token":
            called[actor] = f"API token {token_names.get(number, number)}"
        else:
            called[actor] = _OTHERS.get(kind, kind.capitalize())
    return called
