"""API tokens: made once, kept as a digest, checked from a short-lived cache."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Literal

from dealt.accounts import queries
from dealt.accounts.actor import Actor
from dealt.kernel.db import Connection, Pool, Record
from dealt.kernel.errors import Forbidden, InvalidInput, NotAuthenticated, NotFound
from dealt.kernel.ids import next_settings_id
from dealt.kernel.journal import SETTINGS, Entry, record
from dealt.kernel.secrets import new_token, token_digest

Scope = Literal["read", "write", "full", "sdk"]
SCOPES: tuple[Scope, ...] = ("read", "write", "full", "sdk")
"""``sdk`` is what a shop's app carries: it opens the addresses of apps and no other. ``full`` opens all."""
_MAY = {"read": "only read", "write": "only write", "sdk": "only be used by apps"}
_NEEDS = {"read": "to read", "write": "to write", "sdk": "the token of an app"}
HIGHEST_RATE = 1_000_000
CACHE_S = 2.0
CACHE_SIZE = 10_000


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made; ``secret`` is shown once and stored nowhere."""

    id: int
    name: str
    secret: str


@dataclass(frozen=True, slots=True)
class Access:
    """What a valid token allows."""

    actor: Actor
    token_id: int
    scope: str
    networks: tuple[IPv4Network | IPv6Network, ...]
    requests_per_second: int | None = None
    """The token's own limit, else its workspace's; 0 means none, None that the settings of the process decide."""

    def check(self, needed: str, address: str | None) -> None:
        """Raise Forbidden where the token's scope or allow-list does not cover this request."""
        if self.scope not in (needed, "full"):
            raise Forbidden(f"This token may {_MAY[self.scope]}; the request needs {_NEEDS[needed]}.")
        if self.networks and not (address and any(ip_address(address) in net for net in self.networks)):
            raise Forbidden("This token may not be used from this address.")


async def create_token(
    connection: Connection,
    workspace_id: int,
    name: str,
    *,
    now: datetime,
    scope: str = "full",
    networks: Iterable[str] = (),
    requests_per_second: int | None = None,
    actor: str = "system",
) -> NewToken:
    """A new token of 64 characters. ``networks`` are addresses or CIDR ranges; none means from anywhere.

    ``requests_per_second``: how often it may ask; 0 means without limit, None as often as its workspace says.
    """
    if scope not in SCOPES:
        raise InvalidInput.of("scope", f'"{scope}" is not a scope; use {", ".join(SCOPES)}.')
    try:
        ranges = [str(ip_network(network, strict=False)) for network in networks]
    except ValueError as error:
        raise InvalidInput.of("networks", f"{error}.") from error
    if requests_per_second is not None and not 0 <= requests_per_second <= HIGHEST_RATE:
        raise InvalidInput.of("requests_per_second", f"A rate is between 0 and {HIGHEST_RATE}.")
    token_id = await next_settings_id(connection, workspace_id, "token")
    secret = new_token()
    await connection.execute(
        queries.INSERT_TOKEN,
        workspace_id,
        token_id,
        name,
        token_digest(secret),
        scope,
        ranges,
        requests_per_second,
        now,
    )
    given = {"name": name, "scope": scope, "networks": ranges, "requests_per_second": requests_per_second}
    changes = {field: (None, value) for field, value in given.items() if value is not None}
    entry = Entry(SETTINGS, "token.created", "token", token_id, actor, changes)
    await record(connection, workspace_id, [entry], now)
    return NewToken(token_id, name, secret)


async def list_tokens(connection: Connection, workspace_id: int) -> list[Record]:
    """The tokens of a workspace, revoked ones included, without their secrets."""
    return list(await connection.fetch(queries.LIST_TOKENS, workspace_id))


async def revoke_token(
    connection: Connection, workspace_id: int, token_id: int, *, now: datetime, actor: str = "system"
) -> None:
    """End a token; processes that have it cached follow within two seconds. Raises NotFound."""
    if await connection.fetchval(queries.REVOKE_TOKEN, workspace_id, token_id, now) is None:
        raise NotFound(f"There is no active token {token_id}.")
    entry = Entry(SETTINGS, "token.revoked", "token", token_id, actor, {"revoked_at": (None, now)})
    await record(connection, workspace_id, [entry], now)


@dataclass
class Tokens:
    """Checks tokens for one process and remembers which were used."""

    pool: Pool
    _cache: dict[str, tuple[float, Access]] = field(default_factory=dict)
    _used: set[tuple[int, int]] = field(default_factory=set)
    _looking: dict[str, asyncio.Future[Access]] = field(default_factory=dict)

    async def access(self, secret: str) -> Access:
        """The access that ``secret`` gives. Raises NotAuthenticated for an unknown or revoked token."""
        cached = self._cache.get(secret)
        if cached and cached[0] > time.monotonic():
            return cached[1]
        # Many requests of one token wait for one look-up together.
        looking = self._looking.get(secret)
        if looking is None:
            looking = asyncio.ensure_future(self._look_up(secret))
            self._looking[secret] = looking
            looking.add_done_callback(lambda _: self._looking.pop(secret, None))
        return await asyncio.shield(looking)

    async def write_last_used(self, now: datetime) -> None:
        """Store the moment of use of every token seen since the last call."""
        used, self._used = sorted(self._used), set()
        if used:
            await self.pool.execute(queries.TOKENS_USED, [w for w, _ in used], [t for _, t in used], now)

    async def _look_up(self, secret: str) -> Access:
        access = await self._find(secret)
        if len(self._cache) >= CACHE_SIZE:
            self._cache.clear()
        self._cache[secret] = (time.monotonic() + CACHE_S, access)
        self._used.add((access.actor.workspace_id, access.token_id))
        return access

    async def _find(self, secret: str) -> Access:
        row = await self.pool.fetchrow(queries.FIND_TOKEN, token_digest(secret))
        if row is None:
            self._cache.pop(secret, None)
            raise NotAuthenticated
        networks = tuple(ip_network(network) for network in row["networks"])
        actor = Actor(row["workspace_id"], f"token:{row['id']}")
        return Access(actor, row["id"], row["scope"], networks, row["requests_per_second"])
