"""A receiver believes what was signed with its secret, just now, and nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook

from dealt.client import NotGenuine, verify

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
AT = datetime(2025, 6, 24, 12, tzinfo=UTC)
NOW = AT.timestamp()
BODY = json.dumps({"type": "deal.updated", "timestamp": "2025-06-24T12:00:00Z", "data": {"id": 17}})


def headers(secret: str = SECRET) -> dict[str, str]:
    """Signed by the library that the standard's authors keep."""
    return {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(int(NOW)),
        "Webhook-Signature": Webhook(secret).sign("msg_1", AT, BODY),
    }


def test_what_is_genuine_is_read() -> None:
    told = verify(SECRET, headers(), BODY.encode(), now=NOW + 299)
    assert (told["type"], told["data"]["id"]) == ("deal.updated", 17)


def test_one_of_two_signatures_is_enough_after_a_rotation() -> None:
    both = f"{headers(OTHER)['Webhook-Signature']} {headers()['Webhook-Signature']}"
    assert verify(SECRET, headers() | {"Webhook-Signature": both}, BODY.encode(), now=NOW)


@pytest.mark.parametrize(
    ("changed", "body", "now"),
    [
        ({}, BODY + " ", NOW),
        ({}, BODY, NOW + 301),
        ({}, BODY, NOW - 301),
        ({"Webhook-Id": "msg_2"}, BODY, NOW),
        ({"Webhook-Signature": headers(OTHER)["Webhook-Signature"]}, BODY, NOW),
        ({"Webhook-Signature": "v1,ä"}, BODY, NOW),
        ({"Webhook-Signature": ""}, BODY, NOW),
        ({"Webhook-Timestamp": "²"}, BODY, NOW),
        ({"Webhook-Timestamp": "9" * 5000}, BODY, NOW),
    ],
)
def test_everything_else_is_not(changed: dict[str, str], body: str, now: float) -> None:
    with pytest.raises(NotGenuine):
        verify(SECRET, headers() | changed, body.encode(), now=now)


def test_a_secret_that_is_none_is_told() -> None:
    with pytest.raises(ValueError, match="no secret"):
        verify("whsec_*", headers(), BODY.encode(), now=NOW)
