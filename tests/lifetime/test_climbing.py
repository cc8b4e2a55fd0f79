from __future__ import annotations

from collections.abc import Sequence
from math import isclose, log, nan

from dealt.lifetime.climbing import climb


def hill(at: Sequence[float]) -> tuple[float, list[float]]:
    """Highest at 3 and 0.02, along a bent ridge."""
    x, y = log(at[0] / 3), log(at[1] / 0.02)
    ridge = y - x * x
    return -(x * x) - 10 * ridge * ridge, [(-2 * x + 40 * ridge * x) / at[0], -20 * ridge / at[1]]


def test_the_top_is_found_from_every_start() -> None:
    fit = climb(hill, [(1.0, 1.0), (100.0, 1e-4), (0.01, 50.0)], 1)
    assert (fit.converged, fit.agreeing, fit.starts) == (True, 3, 3)
    assert isclose(fit.parameters[0], 3, rel_tol=1e-5)
    assert isclose(fit.parameters[1], 0.02, rel_tol=1e-5)


def test_what_rises_for_ever_does_not_converge() -> None:
    assert not climb(lambda at: (log(at[0]), [1 / at[0]]), [(1.0,), (5.0,)], 1).converged


def test_a_flat_end_of_a_slope_is_no_top() -> None:
    assert not climb(lambda at: (-1 / at[0], [1 / at[0] ** 2]), [(1.0,)], 1).converged


def test_what_has_no_height_is_not_gone_to() -> None:
    def half(at: Sequence[float]) -> tuple[float, list[float]]:
        x = log(at[0])
        return (-x * x, [-2 * x / at[0]]) if at[0] < 50 else (nan, [nan])

    fit = climb(half, [(49.0,), (80.0,)], 1)
    assert (fit.converged, fit.agreeing) == (True, 1)
    assert isclose(fit.parameters[0], 1, rel_tol=1e-6)
