"""Members with sessions on a running server, without the slow hashing of a sign-in; and a site to visit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from dealt.accounts import create_member, open_session
from dealt.app import Application
from dealt.kernel.db import transaction
from dealt.kernel.journal import encode
from dealt.web.pages import SESSION
from tests.conftest import Dsn, fresh_database
from tests.publicapi.conftest import Shop, open_shop, serving

PASSWORD = "a long enough sentence"
BY_PAGE = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


@dataclass
class Site:
    """A server with one workspace; ``origin`` is where its pages begin."""

    app: Application
    shop: Shop
    origin: str

    @property
    def pool(self) -> Any:
        assert self.app.services
        return self.app.services.pool

    async def session(
        self,
        role: str = "admin",
        *,
        workspace_id: int = 0,
        areas: dict[str, str] | None = None,
        own: bool = False,
    ) -> str:
        """The secret of a session of a new member; ``areas`` make a role of the workspace's own."""
        assert self.app.services
        now = self.app.services.clock.now()
        workspace_id = workspace_id or self.shop.workspace_id
        async with transaction(self.pool) as connection:
            number = await connection.fetchval("SELECT count(*) FROM members WHERE workspace_id = $1", workspace_id)
            email = f"{role}{number}@example.com"
            member = await create_member(
                connection, workspace_id, email=email, password=PASSWORD, now=now,
                role="member" if role == "custom" else role,
            )  # fmt: skip
            if role == "custom":
                await connection.execute(_OWN_ROLE, workspace_id, member, encode(areas or {}), own, now)
            return await open_session(
                connection, workspace_id, member, address="127.0.0.1", browser="test", origin=self.origin, now=now
            )

    @asynccontextmanager
    async def visitor(self, secret: str = "") -> AsyncIterator[httpx.AsyncClient]:
        """A client of the pages with this session, or signed out; it follows no redirects."""
        cookies = {SESSION: secret} if secret else {}
        async with httpx.AsyncClient(base_url=self.origin, headers=BY_PAGE, cookies=cookies, timeout=30) as client:
            yield client


_OWN_ROLE = """
WITH made AS (
    INSERT INTO roles (workspace_id, id, name, areas, own_deals, created_at)
    VALUES ($1, 1000 + $2::bigint, 'Own ' || $2::text, $3::jsonb, $4, $5) RETURNING id
)
UPDATE members SET role = 'custom', role_id = (SELECT id FROM made) WHERE workspace_id = $1 AND id = $2::bigint"""


@asynccontextmanager
async def site_on(postgres: Dsn, template_database: str) -> AsyncIterator[Site]:
    """A server with a workspace and a database of its own."""
    with fresh_database(postgres, template_database) as url:
        async with serving(url) as (app, address):
            shop = await open_shop(app, address)
            yield Site(app, shop, address.removesuffix("/api/public/"))
            await shop.client.aclose()
            await shop.v1.aclose()
