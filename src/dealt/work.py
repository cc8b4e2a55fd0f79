"""The composition root of worker processes: what is done to what is queued."""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import suppress

import structlog

from dealt.accounts import SEND_RESET, forget_old_sessions, forget_old_tries, send_reset
from dealt.aggregators import CompanyRounds
from dealt.attributes import BUILD, DROP, build_field_index, remove_field_index
from dealt.auditing import AuditRounds
from dealt.companies import RELINK, UNLINK
from dealt.deals import (
    CONVERT,
    FOLDING_DUE,
    REDATE,
    FoldingRounds,
    redate_deals,
    relink_company,
    unlink_company,
    with_many_deals,
)
from dealt.deletions import forget_old
from dealt.derivation import build_derived
from dealt.feeds import NIGHTLY, SYNC, nightly_feed, sync_feed
from dealt.following import convert_and_refresh, leave_and_fan_out
from dealt.freshness import (
    BACKFILL,
    FAN_OUT,
    STALE_DUE,
    WAKE_DUE,
    Backfill,
    Large,
    Narrowing,
    Settler,
    Settling,
    SettlingRounds,
    WakingRounds,
)
from dealt.kernel import jobqueue, relay
from dealt.kernel.clock import Clock, SystemClock
from dealt.kernel.db import Pool, open_pool
from dealt.kernel.doorbell import Channel
from dealt.kernel.errors import Unavailable
from dealt.kernel.housekeeping import Housekeeping
from dealt.kernel.metrics import WORKER_NAME
from dealt.kernel.migrate import pending
from dealt.kernel.outbound import networks
from dealt.kernel.relay import Relay
from dealt.kernel.rounds import IDLE_S, LONGEST_ROUND_S, Rounds
from dealt.kernel.secrets import SecretBox
from dealt.kernel.watch import Watch, Watched
from dealt.kernel.worker import JobHandler, Worker, describe
from dealt.lifetime import NIGHTLY as NIGHTLY_LIFETIME
from dealt.lifetime import REFRESH, nightly_lifetime, refresh_lifetime
from dealt.publicapi import Presenting
from dealt.rfm import BUILD_RFM, DROP_RFM, MATRICES_DUE, MatrixRounds, RefreshRfm, build_rfm_index, remove_rfm_index
from dealt.rfm import REFRESH as REFRESH_RFM
from dealt.segments import ObjectRounds
from dealt.settings import Settings
from dealt.uploads import RUN, run_import
from dealt.webhooks import DELIVERIES_DUE, ENTRIES_DUE, Deliverer, FanOut, forget_old_deliveries

DERIVED = build_derived()
"""What is derived for contacts."""

HANDLERS: dict[str, JobHandler] = {
    BACKFILL: Backfill(DERIVED, SystemClock()),
    FAN_OUT: leave_and_fan_out,
    BUILD: build_field_index,
    DROP: remove_field_index,
    CONVERT: convert_and_refresh,
    SEND_RESET: send_reset,
    REDATE: redate_deals,
    UNLINK: unlink_company,
    RELINK: relink_company,
    SYNC: sync_feed,
    NIGHTLY: nightly_feed,
    REFRESH: refresh_lifetime,
    NIGHTLY_LIFETIME: nightly_lifetime,
    REFRESH_RFM: RefreshRfm(DERIVED),
    BUILD_RFM: build_rfm_index,
    DROP_RFM: remove_rfm_index,
    RUN: run_import,
}
"""Who does which kind of job."""

FORGETTING = (forget_old, forget_old_deliveries, forget_old_sessions, forget_old_tries)
"""What is done each hour so that tables do not grow for ever."""

SETTLERS: list[Settler] = [DERIVED]
"""Who computes what is derived for contacts, in order."""

JOBS_AT_ONCE = 4
# One for each kind of rounds (jobs, settling, waking, companies, objects, audit, folding, matrices, relay, webhooks,
# deliveries, housekeeping, watch), one that listens, and the jobs'.
CONNECTIONS = 14 + 2 * JOBS_AT_ONCE
HEARTBEAT_S = 15.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 5.0

_log = structlog.get_logger("dealt.worker")


class NotMigrated(Unavailable):
    """503: the database lacks migrations of this version."""


async def run_worker(settings: Settings, stop: asyncio.Event, clock: Clock | None = None) -> None:
    """Work until ``stop`` is set; what has begun is then finished.

    A database that is not there, not migrated yet, or goes away in between is waited for.
    """
    pool = await _pool_when_ready(settings, stop)
    if pool is None:
        return
    try:
        await _work(pool, settings, clock or SystemClock(), stop)
    finally:
        await _close(pool)


async def _work(pool: Pool, settings: Settings, clock: Clock, stop: asyncio.Event) -> None:
    rounds = Rounds(stop)
    worker = Worker(pool, HANDLERS, clock, rounds.bell("jobs"), parallel=JOBS_AT_ONCE)
    settler = Settling(SETTLERS)
    large = Large(pool, settler, clock, with_many_deals, bell=rounds.bell("large"), then=rounds.bell("relay"))
    settling = SettlingRounds(pool, settler, clock, then=rounds.bell("relay"), large=large)
    fan_out = FanOut(pool, clock, Presenting(), then=rounds.bell("deliveries"))
    deliverer = Deliverer(
        pool,
        SecretBox.when_needed(settings.data_dir),
        clock,
        rounds.bell("deliveries"),
        allow=networks(settings.allow_private_networks),
    )
    watch = Watch(
        pool,
        clock,
        [
            Watched(rounds.bell("jobs"), jobqueue.DUE, Channel.JOBS),
            Watched(rounds.bell("settling"), STALE_DUE, Channel.STALE),
            Watched(rounds.bell("folding"), FOLDING_DUE),
            Watched(rounds.bell("matrices"), MATRICES_DUE),
            Watched(rounds.bell("waking"), WAKE_DUE),
            Watched(rounds.bell("relay"), relay.DUE, Channel.FOLLOWS),
            Watched(rounds.bell("webhooks"), ENTRIES_DUE, Channel.FOLLOWS),
            Watched(rounds.bell("deliveries"), DELIVERIES_DUE, Channel.FOLLOWS),
        ],
    )
    work = {
        "jobs": worker.round,
        "settling": settling.round,
        "large": large.round,
        "waking": WakingRounds(pool, clock, then=rounds.bell("settling")).round,
        "companies": CompanyRounds(pool, DERIVED, clock).round,
        "objects": ObjectRounds(pool, DERIVED, clock).round,
        "audit": AuditRounds(pool, DERIVED, clock).round,
        "folding": FoldingRounds(pool).round,
        "matrices": MatrixRounds(pool, clock).round,
        "relay": Relay(pool).round,
        "webhooks": fan_out.round,
        "deliveries": deliverer.round,
        "housekeeping": Housekeeping(pool, clock, also=(*FORGETTING, Narrowing(DERIVED))).round,
        "watch": watch.round,
        "heartbeat": Heartbeat(rounds, settling).round,
    }
    listening = asyncio.create_task(watch.listener().run())
    _log.info("working", handlers=sorted(HANDLERS))
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(rounds.ring_at_stop())
            for name, do_round in work.items():
                group.create_task(rounds.keep_doing(name, do_round))
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        await asyncio.gather(worker.close(), deliverer.close())
    _log.info("stopped")


class Heartbeat:
    """Says now and then that the process lives, and which of its work does not."""

    def __init__(self, rounds: Rounds, settling: SettlingRounds) -> None:
        self._rounds = rounds
        self._settling = settling

    async def round(self) -> float:
        """One line in the log."""
        limit_s = IDLE_S + 2 * LONGEST_ROUND_S
        silent = {name: round(s) for name, s in self._rounds.silent_for().items() if name != "housekeeping"}
        if stuck := {name: seconds for name, seconds in silent.items() if seconds > limit_s}:
            _log.error("some work has stopped", silent_for_s=stuck)
        _log.debug("alive", silent_for_s=silent, contacts_settled=self._settling.settled)
        return HEARTBEAT_S


async def _pool_when_ready(settings: Settings, stop: asyncio.Event) -> Pool | None:
    """The pool once the database answers and is migrated; None when stopped before that."""
    name = f"{WORKER_NAME} {socket.gethostname()[:32]}:{os.getpid()}"
    pause_s = _FIRST_PAUSE_S
    while not stop.is_set():
        try:
            return await _open(settings, name)
        except Exception as error:
            _log.warning("waiting for the database", error=describe(error), again_in_s=pause_s)
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await stop.wait()
        pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
    return None


async def _open(settings: Settings, name: str) -> Pool:
    pool = await open_pool(settings.database_url, size=CONNECTIONS, name=name)
    try:
        await _require_migrated(pool)
    except BaseException:
        pool.terminate()
        raise
    return pool


async def _require_migrated(pool: Pool) -> None:
    async with pool.acquire() as connection:
        if missing := await pending(connection):
            raise NotMigrated(f"The database lacks the migration {missing[0]}; `dealt upgrade` applies it.")


async def _close(pool: Pool) -> None:
    try:
        async with asyncio.timeout(5):
            await pool.close()
    except (TimeoutError, OSError):
        pool.terminate()
