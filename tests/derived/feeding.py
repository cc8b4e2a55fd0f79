"""A feed of whole orders as one system sends it to another, and all that a workspace then holds, in plain words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import httpx

from tests.derived.shop import Shop

PEOPLE = ("anna", "ben", "")
Message = dict[str, Any]
"""A whole order; or ``{"deleted": <custom id>, "source_updated_at": ...}``."""

_DEALS = """
SELECT d.*, c.custom_id AS person, s.name AS stage, i.custom_id AS known_as,
    (SELECT json_agg(t.name ORDER BY t.name) FROM tags AS t
        WHERE t.workspace_id = d.workspace_id AND t.id = ANY(d.tag_ids)) AS tags,
    (SELECT json_agg(p.custom_id ORDER BY p.custom_id) FROM deal_products AS l JOIN product_custom_ids AS p
        ON p.workspace_id = l.workspace_id AND p.product_id = l.product_id
        WHERE l.contact_id = d.contact_id AND l.deal_id = d.id) AS products
FROM deals AS d JOIN contacts AS c ON c.id = d.contact_id JOIN deal_ids AS i USING (workspace_id, deal_id)
JOIN stages AS s ON s.workspace_id = d.workspace_id AND s.id = d.stage_id
WHERE d.workspace_id = $1 ORDER BY d.custom_id""".replace("USING (workspace_id, deal_id)", "ON i.deal_id = d.id")
_LINES = """
SELECT d.custom_id AS deal, l.*, l.receipt - 'id' AS sent, p.custom_id AS product FROM deal_lines AS l
JOIN deals AS d ON d.contact_id = l.contact_id AND d.id = l.deal_id
LEFT JOIN product_custom_ids AS p ON p.workspace_id = l.workspace_id AND p.product_id = l.product_id
WHERE l.workspace_id = $1 ORDER BY d.custom_id, l.position"""
_DERIVED = """
SELECT c.custom_id, d.aggregates, (SELECT json_agg(s.name ORDER BY s.name) FROM segment_members AS m
    JOIN segments AS s ON s.workspace_id = m.workspace_id AND s.id = m.segment_id
    WHERE m.contact_id = c.id) AS segments
FROM contacts AS c JOIN contact_derived AS d ON d.contact_id = c.id
WHERE c.workspace_id = $1 AND NOT c.placeholder ORDER BY c.custom_id"""
_TOMBSTONES = """
SELECT custom_id, source_updated_at FROM deal_custom_ids
WHERE workspace_id = $1 AND deleted_at IS NOT NULL ORDER BY 1"""
# Ids that the system gives out, when it received something, and how often something changed.
_ASIDE = {
    "id", "contact_id", "deal_id", "workspace_id", "version", "created_at", "updated_at", "stage_entered_at",
    "stage_id", "pipeline_id", "product_id", "product_ids", "tag_ids", "receipt", "last_line_id",
}  # fmt: skip


async def send(shop: Shop, feed: Sequence[Message]) -> None:
    """One message after the other; none is refused, but for deletions of what is not there."""
    for message in feed:
        if "deleted" in message:
            path, told = f"deals-by-id/{message['deleted']}/", {"source_updated_at": message["source_updated_at"]}
            answer: httpx.Response = await shop.client.delete(path, params=told)
            assert answer.status_code in (200, 204, 404), answer.text
        else:
            answer = await shop.client.post("deals/update_or_create/", json=message)
            assert answer.status_code in (200, 201), answer.text


async def held(shop: Shop) -> dict[str, Any]:
    """Orders, receipts, tombstones and what is derived, without ids and times of receipt."""
    await shop.settle()
    found = {}
    for name, query in {"deals": _DEALS, "lines": _LINES, "derived": _DERIVED, "tombstones": _TOMBSTONES}.items():
        rows = await shop.pool.fetch(query, shop.workspace_id)
        found[name] = [{key: _plain(key, value) for key, value in row.items() if key not in _ASIDE} for row in rows]
    return found


def _plain(key: str, value: Any) -> Any:
    if key == "lost_at":
        # Never sent: a time of receipt, but for whether there is one.
        return value is not None
    return json.loads(value) if key in ("attributes", "sent", "aggregates", "tags", "segments") and value else value
