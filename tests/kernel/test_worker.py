from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from dealt.kernel.clock import FixedClock, SystemClock
from dealt.kernel.db import Pool, transaction
from dealt.kernel.errors import Conflict
from dealt.kernel.jobs import enqueue
from dealt.kernel.worker import JobHandler, Retries, Worker, describe


class Notes:
    """A handler that notes what it was given."""

    def __init__(self) -> None:
        self.numbers: list[int] = []

    async def __call__(self, _pool: Pool, _workspace_id: int, payload: Mapping[str, Any], _now: datetime) -> None:
        await asyncio.sleep(0)
        self.numbers.append(payload["number"])


class Gate:
    """A handler that says that it has begun and waits to be let go."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.open = asyncio.Event()

    async def __call__(self, _pool: Pool, _workspace_id: int, _payload: Mapping[str, Any], _now: datetime) -> None:
        self.begun.set()
        await self.open.wait()


async def fail(_pool: Pool, _workspace_id: int, payload: Mapping[str, Any], _now: datetime) -> None:
    raise ValueError(f"the password is {payload}")


async def refuse(_pool: Pool, _workspace_id: int, _payload: Mapping[str, Any], _now: datetime) -> None:
    raise Conflict(f"The shop at https://me:hunter2@shop.example refused the key {'k' * 64}.")


def _worker(pool: Pool, clock: FixedClock | SystemClock, handlers: Mapping[str, JobHandler], **more: Any) -> Worker:
    return Worker(pool, handlers, clock, asyncio.Event(), **more)


async def _add(pool: Pool, clock: FixedClock | SystemClock, kind: str, count: int = 1, first: int = 0) -> None:
    async with transaction(pool) as connection:
        for number in range(first, first + count):
            await enqueue(connection, 1, kind, {"number": number}, now=clock.now())


async def _drain(worker: Worker) -> None:
    while await worker.round() == 0:
        pass


async def _count(pool: Pool, table: str) -> int:
    return int(await pool.fetchval(f"SELECT count(*) FROM {table}"))


async def test_jobs_are_done_once_and_deleted(pool: Pool, clock: FixedClock) -> None:
    await _add(pool, clock, "note", 250)
    notes = Notes()
    await _drain(_worker(pool, clock, {"note": notes}))
    assert sorted(notes.numbers) == list(range(250))
    assert await _count(pool, "jobs") == 0


async def test_several_workers_never_do_the_same_job(pool: Pool, clock: FixedClock) -> None:
    await _add(pool, clock, "note", 400)
    notes = Notes()
    await asyncio.gather(*(_drain(_worker(pool, clock, {"note": notes}, claim=30)) for _ in range(3)))
    assert sorted(notes.numbers) == list(range(400))
    assert await _count(pool, "jobs") == 0


async def test_a_job_that_fails_stops_no_other(pool: Pool, clock: FixedClock) -> None:
    await _add(pool, clock, "fail", 5)
    await _add(pool, clock, "note", 5)
    notes = Notes()
    await _drain(_worker(pool, clock, {"note": notes, "fail": fail}, parallel=1))
    assert sorted(notes.numbers) == list(range(5))
    assert await _count(pool, "delayed_jobs") == 5


async def test_a_failed_job_is_tried_again_later_and_in_the_end_given_up(pool: Pool, clock: FixedClock) -> None:
    await _add(pool, clock, "fail")
    worker = _worker(pool, clock, {"fail": fail}, retries=Retries(attempts=3))
    await _drain(worker)
    await _drain(worker)
    assert await pool.fetchval("SELECT attempts FROM delayed_jobs") == 1, "not before its time"
    for _ in range(2):
        clock.advance(3600)
        await _drain(worker)
    dead = await pool.fetchrow("SELECT * FROM dead_jobs")
    assert (dead["kind"], dead["attempts"], dead["died_at"]) == ("fail", 3, clock.now())
    assert await _count(pool, "delayed_jobs") == await _count(pool, "jobs") == 0


async def test_pauses_grow_and_have_an_end() -> None:
    pauses = [Retries().pause(attempt).total_seconds() for attempt in range(1, 11)]
    assert pauses[0] < pauses[1] < pauses[2] < pauses[3]
    assert max(pauses) <= 3600 * 1.2


async def test_a_dead_letter_keeps_no_text_of_unknown_origin_and_no_secrets(pool: Pool, clock: FixedClock) -> None:
    await _add(pool, clock, "fail")
    await _add(pool, clock, "refuse")
    await _drain(_worker(pool, clock, {"fail": fail, "refuse": refuse}, retries=Retries(attempts=1)))
    rows = await pool.fetch("SELECT kind, error FROM dead_jobs")
    errors = {row["kind"]: row["error"] for row in rows}
    assert errors["fail"].startswith("ValueError in test_worker.py, line ")
    assert errors["refuse"] == "Conflict: The shop at https://me:***@shop.example refused the key ***."


async def test_an_error_of_the_database_is_described_by_its_code(pool: Pool) -> None:
    with pytest.raises(Exception, match="invalid input syntax") as caught:
        await pool.execute("SELECT 'secret'::text::integer")
    assert isinstance(caught.value, Exception)
    assert "(22P02)" in describe(caught.value)
    assert "secret" not in describe(caught.value)


async def test_jobs_of_an_unknown_kind_are_left_to_who_knows_them(pool: Pool, clock: FixedClock) -> None:
    await _add(pool, clock, "future")
    await _drain(_worker(pool, clock, {"note": Notes()}))
    assert await pool.fetchval("SELECT leased_until IS NULL AND attempts = 0 FROM jobs")


async def test_a_long_job_does_not_hold_up_those_behind_it(pool: Pool, clock: FixedClock) -> None:
    gate, notes = Gate(), Notes()
    await _add(pool, clock, "gate")
    await _add(pool, clock, "note", 250)
    worker = _worker(pool, clock, {"note": notes, "gate": gate}, parallel=2)
    while len(notes.numbers) < 250:
        await worker.round()
    assert not gate.open.is_set()
    gate.open.set()
    await _drain(worker)
    assert await _count(pool, "jobs") == 0


async def test_a_new_job_is_begun_while_a_long_one_runs(pool: Pool, clock: FixedClock) -> None:
    gate, notes, bell = Gate(), Notes(), asyncio.Event()
    await _add(pool, clock, "gate")
    worker = Worker(pool, {"note": notes, "gate": gate}, clock, bell)
    waiting = asyncio.create_task(worker.round())
    await gate.begun.wait()
    await _add(pool, clock, "note")
    bell.set()
    await waiting
    bell.clear()
    await worker.round()
    assert notes.numbers == [0]
    gate.open.set()
    await _drain(worker)


async def test_a_job_that_takes_too_long_has_failed(pool: Pool, clock: FixedClock) -> None:
    await _add(pool, clock, "gate")
    await _drain(_worker(pool, clock, {"gate": Gate()}, limit_s=0.05, retries=Retries(attempts=1)))
    assert (await pool.fetchval("SELECT error FROM dead_jobs")).startswith("TimeoutError")


async def test_the_lease_of_a_running_job_is_renewed(pool: Pool) -> None:
    clock, gate = SystemClock(), Gate()
    await _add(pool, clock, "gate")
    worker = _worker(pool, clock, {"gate": gate}, lease_s=0.3)
    rounds = asyncio.create_task(_drain(worker))
    await gate.begun.wait()
    first = await pool.fetchval("SELECT leased_until FROM jobs")
    while await pool.fetchval("SELECT leased_until FROM jobs") <= first + timedelta(seconds=0.3):  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    gate.open.set()
    await rounds
    assert await _count(pool, "jobs") == 0


async def test_jobs_that_were_claimed_and_not_begun_are_given_back_in_time(pool: Pool) -> None:
    clock, gate, notes = SystemClock(), Gate(), Notes()
    await _add(pool, clock, "gate")
    await _add(pool, clock, "note", 3)
    first = _worker(pool, clock, {"gate": gate, "note": notes}, parallel=1, lease_s=0.3)
    rounds = asyncio.create_task(_drain(first))
    await gate.begun.wait()
    second = _worker(pool, clock, {"note": notes})
    while len(notes.numbers) < 3:
        await _drain(second)
        await asyncio.sleep(0.02)
    assert not gate.open.is_set()
    gate.open.set()
    await rounds
    assert sorted(notes.numbers) == [0, 1, 2]


async def test_a_worker_that_lost_its_lease_does_not_touch_the_job_of_its_successor(
    pool: Pool, clock: FixedClock
) -> None:
    await _add(pool, clock, "gate")
    slow, quick = Gate(), Gate()
    first = _worker(pool, clock, {"gate": slow})
    rounds = asyncio.create_task(_drain(first))
    await slow.begun.wait()
    clock.advance(61)
    second = asyncio.create_task(_drain(_worker(pool, clock, {"gate": quick})))
    await quick.begun.wait()
    slow.open.set()
    await rounds
    assert await pool.fetchval("SELECT attempts FROM jobs") == 2
    quick.open.set()
    await second
    assert await _count(pool, "jobs") == 0


async def test_stopping_finishes_what_was_begun_and_gives_back_the_rest(pool: Pool, clock: FixedClock) -> None:
    gate = Gate()
    await _add(pool, clock, "gate", 10)
    worker = _worker(pool, clock, {"gate": gate}, parallel=2)
    rounds = asyncio.create_task(worker.round())
    await gate.begun.wait()
    closing = asyncio.create_task(worker.close())
    gate.open.set()
    await closing
    await rounds
    left = await pool.fetch("SELECT attempts, leased_until FROM jobs")
    assert [(row["attempts"], row["leased_until"]) for row in left] == [(0, None)] * 8


async def test_stopping_gives_back_what_does_not_end_in_time(pool: Pool, clock: FixedClock) -> None:
    gate = Gate()
    await _add(pool, clock, "gate")
    worker = _worker(pool, clock, {"gate": gate})
    rounds = asyncio.create_task(worker.round())
    await gate.begun.wait()
    await worker.close(grace_s=0.01)
    await rounds
    assert await pool.fetchval("SELECT leased_until IS NULL AND attempts = 0 FROM jobs")


DIES = """
import asyncio, sys
from dealt.kernel.clock import FixedClock
from dealt.kernel.db import open_pool
from dealt.kernel.worker import Worker
from tests.kernel.conftest import NOON

async def hang(pool, workspace_id, payload, now):
    print("begun", flush=True)
    await asyncio.Event().wait()

async def main():
    pool = await open_pool(sys.argv[1], size=4)
    worker = Worker(pool, {"note": hang}, FixedClock(NOON), asyncio.Event(), parallel=1, claim=5)
    while True:
        await worker.round()

asyncio.run(main())
"""


async def _begin_and_kill(database_url: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DIES, database_url, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    assert await process.stdout.readline() == b"begun\n"
    process.send_signal(signal.SIGKILL)
    await process.wait()


async def test_the_jobs_of_a_killed_worker_are_done_by_another(
    pool: Pool, clock: FixedClock, database_url: str
) -> None:
    await _add(pool, clock, "note", 8)
    await _begin_and_kill(database_url)
    notes = Notes()
    survivor = _worker(pool, clock, {"note": notes})
    await _drain(survivor)
    assert sorted(notes.numbers) == [5, 6, 7], "the others are still leased"
    clock.advance(61)
    await _drain(survivor)
    assert sorted(notes.numbers) == list(range(8))
    assert await _count(pool, "jobs") == 0


async def test_a_job_that_kills_its_workers_is_given_up(pool: Pool, clock: FixedClock) -> None:
    await _add(pool, clock, "note")
    notes = Notes()
    await pool.execute("UPDATE jobs SET attempts = 10, leased_until = $1", clock.now())
    await _drain(_worker(pool, clock, {"note": notes}))
    assert notes.numbers == []
    assert (await pool.fetchval("SELECT error FROM dead_jobs")).startswith("Its worker ended while doing it")
