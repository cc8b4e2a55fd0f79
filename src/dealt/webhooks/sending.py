"""One attempt to deliver: sign, send, read the answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from dealt.kernel.clock import Clock
from dealt.kernel.errors import DealtError
from dealt.kernel.outbound import Network, OutboundClient, OutboundResponse
from dealt.kernel.secrets import SecretBox
from dealt.webhooks.model import Attempt, Delivery, Webhook
from dealt.webhooks.retrying import rest_s
from dealt.webhooks.signing import signed_headers

TIMEOUT_S = 15.0
LONGEST_ANSWER = 2_048
"""Bytes of an answer that are read and kept."""
_GONE, _BUSY = 410, (429, 503)


def client(allow: Sequence[Network], timeout_s: float = TIMEOUT_S) -> OutboundClient:
    """The client for deliveries: it follows no redirect, for a change is nobody's business but the receiver's."""
    return OutboundClient(
        allow=allow, timeout_s=timeout_s, max_redirects=0, max_response_bytes=LONGEST_ANSWER, cut=True
    )


async def send(
    through: OutboundClient, box: Callable[[], SecretBox], clock: Clock, webhook: Webhook, delivery: Delivery
) -> Attempt:
    """Try once. What goes wrong is in the Attempt; nothing is raised."""
    now, begun = clock.now(), time.monotonic()
    headers: dict[str, str] = {}
    try:
        headers = signed_headers(box(), webhook, delivery, now)
        answered = await through.request("POST", webhook.url, headers=headers, content=delivery.body.encode())
    except DealtError as error:
        return Attempt(delivery, headers, now, error=error.detail, duration_ms=_since(begun))
    return Attempt(
        delivery,
        headers,
        now,
        status=answered.status,
        error=_refusal(answered),
        answer=answered.body.decode("utf-8", "replace").replace("\x00", ""),
        duration_ms=_since(begun),
        rest_s=rest_s(answered.headers.get("retry-after"), now) if answered.status in _BUSY else 0.0,
        gone=answered.status == _GONE,
    )


def _refusal(answered: OutboundResponse) -> str:
    if 200 <= answered.status < 300:
        return ""
    if 300 <= answered.status < 400:
        return (
            f"The receiver redirected ({answered.status}), which is not followed. Give the webhook its final address."
        )
    if answered.status == _GONE:
        return "The receiver answered that it is gone (410) and wants no more."
    return f"The receiver answered {answered.status}."


def _since(begun: float) -> int:
    return round(1000 * (time.monotonic() - begun))
