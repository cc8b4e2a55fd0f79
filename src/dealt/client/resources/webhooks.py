"""Webhooks and their deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Unpack

from ..asked import Asked, Body, Fields, Keyed, Where, at, get, write
from ..describing import S, lists, reads, writes
from ..pages import Page, listing
from ..shapes import Delivery, Resent, Webhook, WebhookMade, WholeDelivery
from .stored import Altered


class Webhooks(Altered[S, Webhook]):
    """``client.webhooks``. What a receiver does with what it is told: ``dealt.client.verify``.

    The answer to ``create`` and ``rotate`` holds the secret. Where that answer was lost and the request had to be sent
    again, it does not, because the server keeps no readable secret: ``rotate`` once more.
    """

    name = "webhooks"

    @writes
    def create(self, body: Body, **how: Unpack[Keyed]) -> Asked[WebhookMade]:
        """Make one: ``url``, ``kinds``."""
        return write("POST", "/webhooks/", body, how)

    @writes
    def rotate(self, which: int, **how: Unpack[Keyed]) -> Asked[WebhookMade]:
        """Make a new secret; the former one signs too for a day."""
        return write("POST", at("webhooks", which, "rotate"), None, how)

    @writes
    def test(self, which: int, **how: Unpack[Keyed]) -> Asked[WholeDelivery]:
        """Send a ``ping``, also while it is paused or off."""
        return write("POST", at("webhooks", which, "test"), None, how)

    @writes
    def resume(self, which: int, **how: Unpack[Keyed]) -> Asked[Webhook]:
        """End a pause, and try at once what waits."""
        return write("POST", at("webhooks", which, "resume"), None, how)

    @writes
    def resend_failed(self, which: int, since: datetime | str, **how: Unpack[Keyed]) -> Asked[Resent]:
        """Send everything again that was given up since a moment."""
        return write("POST", at("webhooks", which, "resend_failed"), {"since": since}, how)

    @lists
    def deliveries(self, /, which: int, *, fields: Fields = None, **where: Where) -> Asked[Page[Delivery]]:
        """Its deliveries, newest first; ``status`` is ``waiting``, ``delivered`` or ``failed``."""
        return listing(at("webhooks", which, "deliveries"), where, fields)

    @reads
    def get_delivery(self, which: int, delivery_id: int, *, fields: Fields = None) -> Asked[WholeDelivery]:
        """One delivery, with what was sent and the last answers."""
        return get(at("webhooks", which, "deliveries", delivery_id), fields=fields)

    @writes
    def resend(self, which: int, delivery_id: int, **how: Unpack[Keyed]) -> Asked[WholeDelivery]:
        """Send one delivery again."""
        return write("POST", at("webhooks", which, "deliveries", delivery_id, "resend"), None, how)
