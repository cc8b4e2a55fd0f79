"""Webhooks: who is told of changes, in order for each object, signed, until it is taken."""

from dealt.webhooks.delivering import Deliverer
from dealt.webhooks.fanning import ENTRIES_DUE, FanOut, Presenter
from dealt.webhooks.keeping import (
    create_webhook,
    delete_webhook,
    find_webhook,
    page_of_webhooks,
    resume_webhook,
    rotate_secret,
    update_webhook,
)
from dealt.webhooks.kinds import read_patterns
from dealt.webhooks.logbook import (
    find_delivery,
    forget_deliveries_of,
    forget_old_deliveries,
    page_of_deliveries,
    resend,
    resend_failed,
    send_ping,
)
from dealt.webhooks.model import STATUSES, Webhook
from dealt.webhooks.queries import DUE as DELIVERIES_DUE

__all__ = [
    "DELIVERIES_DUE",
    "ENTRIES_DUE",
    "STATUSES",
    "Deliverer",
    "FanOut",
    "Presenter",
    "Webhook",
    "create_webhook",
    "delete_webhook",
    "find_delivery",
    "find_webhook",
    "forget_deliveries_of",
    "forget_old_deliveries",
    "page_of_deliveries",
    "page_of_webhooks",
    "read_patterns",
    "resend",
    "resend_failed",
    "resume_webhook",
    "rotate_secret",
    "send_ping",
    "update_webhook",
]
