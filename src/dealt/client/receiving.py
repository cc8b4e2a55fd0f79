"""For receivers of webhooks: is it genuine, and what does it say? Signatures are those of Standard Webhooks."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import cast

from .errors import DealtError
from .shapes import Notice

TOLERANCE_S = 300


class NotGenuine(DealtError):  # noqa: N818
    """What came was not signed with this secret, or not just now. Answer 401 and believe nothing of it."""


def verify(
    secret: str, headers: Mapping[str, str], body: bytes, *, tolerance_s: float = TOLERANCE_S, now: float | None = None
) -> Notice:
    """What a webhook tells, once its signature holds. ``body`` is what came, byte for byte.

    ``secret`` is the webhook's, ``whsec_...``. Header names may come in any case. ``now`` is in UNIX seconds, the
    present unless given. Raises NotGenuine; ValueError for a secret that is none.

    The same notice may come twice, with the same ``webhook-id``; drop what has come, or whatever has a ``sequence``
    of its object that is not above the last one.
    """
    told = {name.lower(): value for name, value in headers.items()}
    number, at, signatures = (told.get(f"webhook-{part}", "") for part in ("id", "timestamp", "signature"))
    if not (number and signatures and at.isascii() and at.isdigit()):
        raise NotGenuine("The headers webhook-id, webhook-timestamp and webhook-signature are needed.")
    if abs((time.time() if now is None else now) - int(at[:12])) > tolerance_s:
        raise NotGenuine("The time in webhook-timestamp is not the present.")
    signed = f"{number}.{at}.".encode() + body
    wanted = b"v1," + base64.b64encode(hmac.digest(_key(secret), signed, hashlib.sha256))
    # After a rotation there are two signatures, of the new secret and of the one before it.
    if not any(hmac.compare_digest(wanted, one.encode()) for one in signatures.split()):
        raise NotGenuine("No signature in webhook-signature is of this secret.")
    return cast("Notice", json.loads(body))


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise ValueError("This is no secret of a webhook.") from error
