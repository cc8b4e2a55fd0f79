import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealt.kernel.clock import FixedClock
from dealt.kernel.errors import Throttled
from dealt.kernel.ratelimit import Allowed, Buckets
from dealt.kernel.slots import Slots, open_shared

NOON = datetime(2025, 6, 24, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


class Limit:
    """Buckets of one rate."""

    def __init__(self, rate: float, burst: int, clock: FixedClock, slots: Slots | None = None) -> None:
        self.buckets = Buckets(clock, slots)
        self._limit = (rate, burst)

    def take(self, key: str) -> Allowed:
        return self.buckets.take((1, ord(key)), *self._limit)


def retry_after(buckets: Limit, key: str) -> int:
    with pytest.raises(Throttled) as caught:
        buckets.take(key)
    return int(caught.value.headers["Retry-After"])


def test_a_burst_is_allowed_and_the_next_request_is_throttled(clock: FixedClock) -> None:
    buckets = Limit(10, 3, clock)
    assert [buckets.take("a").remaining for _ in range(3)] == [2, 1, 0]
    with pytest.raises(Throttled) as caught:
        buckets.take("a")
    assert caught.value.status == 429
    assert caught.value.detail == "Too many requests: 3 at once and 10 a second are allowed. Try again in 1 s."


def test_the_answer_says_when_the_whole_burst_is_back(clock: FixedClock) -> None:
    buckets = Limit(0.5, 3, clock)
    assert buckets.take("a") == Allowed(limit=3, remaining=2, reset_s=2)
    assert buckets.take("a") == Allowed(limit=3, remaining=1, reset_s=4)


def test_requests_come_back_at_the_rate_and_never_beyond_the_burst(clock: FixedClock) -> None:
    buckets = Limit(2, 2, clock)
    buckets.take("a")
    buckets.take("a")
    clock.advance(0.5)
    assert buckets.take("a").remaining == 0
    clock.advance(3600)
    assert buckets.take("a").remaining == 1


def test_each_key_has_a_bucket_of_its_own(clock: FixedClock) -> None:
    buckets = Limit(1, 1, clock)
    buckets.take("a")
    assert buckets.take("b").remaining == 0
    assert retry_after(buckets, "a") == 1


def test_a_refused_request_costs_nothing(clock: FixedClock) -> None:
    buckets = Limit(0.1, 1, clock)
    buckets.take("a")
    assert retry_after(buckets, "a") == 10
    clock.advance(4)
    assert retry_after(buckets, "a") == 6
    clock.advance(6)
    assert buckets.take("a").remaining == 0


def test_a_clock_that_is_set_back_locks_nobody_out(clock: FixedClock) -> None:
    buckets = Limit(1, 1, clock)
    buckets.take("a")
    clock.advance(-3600)
    assert retry_after(buckets, "a") == 1
    clock.advance(1)
    assert buckets.take("a").remaining == 0


def test_memory_is_bounded_and_the_least_recently_used_key_goes_first(clock: FixedClock) -> None:
    buckets = Limit(0.001, 1, clock, Slots(sets=1))
    for key in "abcdefgh":
        buckets.take(key)
        clock.advance(0.000001)
    retry_after(buckets, "a")
    buckets.take("i")
    assert retry_after(buckets, "a") == 1000
    assert buckets.take("b").remaining == 0
    assert retry_after(buckets, "i") == 1000


def test_processes_that_share_their_slots_share_the_limit(clock: FixedClock) -> None:
    descriptor = open_shared()
    one, other = (Limit(1, 3, clock, Slots(descriptor)) for _ in range(2))
    assert [one.take("a").remaining, other.take("a").remaining, one.take("a").remaining] == [2, 1, 0]
    assert retry_after(other, "a") == 1
    assert other.take("b").remaining == 2
    os.close(descriptor)


HAMMER = """
import sys
from datetime import UTC, datetime
from dealt.kernel.clock import FixedClock
from dealt.kernel.errors import Throttled
from dealt.kernel.ratelimit import Buckets
from dealt.kernel.slots import Slots

buckets, allowed = Buckets(FixedClock(datetime(2025, 6, 24, tzinfo=UTC)), Slots(int(sys.argv[1]))), 0
sys.stdin.read()
for _ in range(600):
    try:
        buckets.take((1, 1), 1, 1_000)
        allowed += 1
    except Throttled:
        pass
print(allowed)
"""


def test_no_process_gets_what_another_one_has_taken() -> None:
    """Four of them ask 600 times each, all at once: 1,000 times it is allowed."""
    descriptor = open_shared()
    command = [sys.executable, "-c", HAMMER, str(descriptor)]
    running = [
        subprocess.Popen(command, pass_fds=[descriptor], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    for one in running:
        assert one.stdin
        one.stdin.close()
    allowed = [int(one.stdout.read()) for one in running if one.stdout]
    assert [one.wait() for one in running] == [0] * 4
    os.close(descriptor)
    assert (len(allowed), sum(allowed)) == (4, 1_000)


@pytest.mark.parametrize(("rate", "burst"), [(0, 1), (-1, 1), (1, 0)])
def test_limits_that_allow_nothing_are_refused(clock: FixedClock, rate: float, burst: int) -> None:
    with pytest.raises(ValueError, match="A rate must be above 0"):
        Buckets(clock).take((1, 1), rate, burst)


def test_each_key_may_have_a_rate_of_its_own_and_another_one_later(clock: FixedClock) -> None:
    buckets = Buckets(clock)
    assert (buckets.take((1, 1), 1, 2).remaining, buckets.take((1, 2), 10, 20).remaining) == (1, 19)
    assert buckets.take((1, 1), 1, 2).remaining == 0
    clock.advance(1)
    assert buckets.take((1, 1), 10, 20) == Allowed(limit=20, remaining=9, reset_s=2)


def test_a_refusal_tells_what_is_left_too(clock: FixedClock) -> None:
    buckets = Limit(10, 3, clock)
    told = [buckets.take("a").headers for _ in range(3)]
    assert told[0] == {"RateLimit-Limit": "3", "RateLimit-Remaining": "2", "RateLimit-Reset": "1"}
    with pytest.raises(Throttled) as caught:
        buckets.take("a")
    assert caught.value.headers == told[-1] | {"Retry-After": "1"}


@given(st.floats(0.001, 1000), st.integers(1, 50))
def test_waiting_as_long_as_told_is_always_enough(rate: float, burst: int) -> None:
    clock = FixedClock(NOON)
    buckets = Limit(rate, burst, clock)
    for _ in range(burst):
        buckets.take("a")
    clock.advance(retry_after(buckets, "a"))
    assert 0 <= buckets.take("a").remaining < burst


@given(st.floats(0.1, 100), st.integers(1, 20), st.lists(st.floats(0, 2), min_size=1, max_size=100))
def test_no_pattern_of_requests_gets_more_than_the_burst_and_the_rate(
    rate: float, burst: int, pauses: list[float]
) -> None:
    clock, taken = FixedClock(NOON), 0
    buckets = Limit(rate, burst, clock)
    for pause in pauses:
        clock.advance(pause)
        try:
            buckets.take("a")
            taken += 1
        except Throttled:
            pass
    elapsed = (clock.now() - NOON) / timedelta(seconds=1)
    assert taken <= burst + elapsed * rate + 1e-6
