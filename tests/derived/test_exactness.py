"""Whatever happens in a shop, every value and membership is what a slow recomputation in Python says: at once, always.

``python -m tests.derived.long`` does the same for as long as one likes.
"""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.derived.conftest import Running
from tests.derived.shop import open_shop

MOST_AT_A_STEP = 6


# A failure tells its whole story, and its steps are repeated from the numbers; to shrink them takes minutes.
@settings(
    max_examples=10,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seeds=st.lists(st.integers(0, 2**32 - 1), min_size=8, max_size=16))
async def test_everything_derived_is_exact_after_each_step(app: Running, seeds: list[int]) -> None:
    shop = await open_shop(*app)
    for seed in seeds:
        await shop.step(seed, MOST_AT_A_STEP)
    assert await shop.audit() == []
    await shop.close()
