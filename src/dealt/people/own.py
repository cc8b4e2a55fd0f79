"""The movers of what stands below this domain: names, memberships, what is derived, what was sent, and queues."""

from __future__ import annotations

from dealt.kernel.idempotency import blank_answers
from dealt.kernel.jobqueue import clean_dead_jobs
from dealt.people.model import Forgetting
from dealt.people.movers import Mover, Passing, Rows
from dealt.webhooks import forget_deliveries_of


class Deliveries(Mover):
    """What receivers of webhooks were told: it stays where it was told of, until the person is erased."""

    @property
    def tables(self) -> tuple[str, ...]:
        return ("webhook_deliveries",)

    async def forget(self, forgetting: Forgetting) -> None:
        if forgetting.erasing:
            gone = await forget_deliveries_of(
                forgetting.connection, forgetting.workspace_id, list(forgetting.contact_ids)
            )
            forgetting.report.deleted["webhook_deliveries"] += gone


class Answers(Mover):
    """First answers of requests with an Idempotency-Key: what names the person is blanked by an erasure."""

    @property
    def tables(self) -> tuple[str, ...]:
        return ()

    @property
    def cleans(self) -> tuple[str, ...]:
        return ("idempotency_keys",)

    async def forget(self, forgetting: Forgetting) -> None:
        if forgetting.erasing:
            forgetting.report.cleaned["idempotency_keys"] += await blank_answers(
                forgetting.connection, forgetting.workspace_id, forgetting.names.in_answers()
            )


class DeadJobs(Mover):
    """Work that was given up: its payload and what went wrong may hold what was worked on."""

    @property
    def tables(self) -> tuple[str, ...]:
        return ()

    @property
    def cleans(self) -> tuple[str, ...]:
        return ("dead_jobs",)

    async def forget(self, forgetting: Forgetting) -> None:
        if forgetting.erasing and forgetting.names.any:
            forgetting.report.cleaned["dead_jobs"] += await clean_dead_jobs(
                forgetting.connection, forgetting.workspace_id, forgetting.names.clean
            )


OWN: tuple[Mover, ...] = (
    Rows("list_members", "list_id", can_meet=True, until="deletion", parent="lists"),
    Rows("company_members", "company_id", can_meet=True, until="deletion", parent="companies"),
    # What was kept of earlier deletions goes with whose it was; the deletion of a contact itself forgets it first.
    Rows("deletions", "id"),
    Rows("deleted_rows", "id"),
    Deliveries(),
    Answers(),
    DeadJobs(),
    # Names move first of all, and what is remembered of merges is what movers write themselves.
    Passing(("contact_custom_ids", "contact_keys", "merges", "merged_rows", "stale")),
)
