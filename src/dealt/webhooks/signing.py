"""Secrets of webhooks, and the headers that prove where a delivery comes from (Standard Webhooks)."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta

from standardwebhooks.webhooks import Webhook as Signer

from dealt.kernel.secrets import SecretBox
from dealt.webhooks.model import Delivery, Webhook

FORMER_SIGNS = timedelta(hours=24)
"""How long a secret goes on signing after it was replaced."""
_PURPOSE = "webhook"
_PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> str:
    """32 random bytes as Standard Webhooks writes them: ``whsec_`` and base64."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def seal(box: SecretBox, workspace_id: int, secret: str) -> bytes:
    """The secret as it is stored."""
    return box.seal(secret, _PURPOSE, workspace_id)


def signed_headers(box: SecretBox, webhook: Webhook, delivery: Delivery, now: datetime) -> dict[str, str]:
    """The headers of one attempt; while a former secret holds there is a signature of each, the newer one first.

    Raises SecretError where a stored secret cannot be read.
    """
    sealed = [webhook.secret]
    if webhook.former_secret is not None and webhook.former_until is not None and now < webhook.former_until:
        sealed.append(webhook.former_secret)
    signers = [Signer(box.open(one, _PURPOSE, webhook.workspace_id).decode()) for one in sealed]
    return {
        "Content-Type": "application/json",
        "User-Agent": "Dealt webhooks",
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(one.sign(delivery.message_id, now, delivery.body) for one in signers),
    }
