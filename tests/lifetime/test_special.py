from __future__ import annotations

from itertools import product
from math import expm1, inf, isclose, isfinite, lgamma, log1p

import pytest

from dealt.lifetime.special import digamma, lapsing_growth, log_beta, log_sum, share
from tests.lifetime.integrating import beta_density, over_shares


@pytest.mark.parametrize(
    ("x", "value"), [(1, -0.5772156649015329), (0.5, -1.9635100260214235), (10, 2.251752589066721)]
)
def test_digamma_has_its_known_values(x: float, value: float) -> None:
    assert isclose(digamma(x), value, rel_tol=1e-13)


@pytest.mark.parametrize("x", [1e-5, 0.01, 0.3, 2.5, 9.99, 10.01, 300.0, 1e6])
def test_digamma_is_the_slope_of_the_logarithm_of_gamma(x: float) -> None:
    step = 1e-4 * x
    slope = (8 * (lgamma(x + step) - lgamma(x - step)) - (lgamma(x + 2 * step) - lgamma(x - 2 * step))) / (12 * step)
    assert isclose(digamma(x), slope, rel_tol=1e-7)
    assert isclose(digamma(x + 1), digamma(x) + 1 / x, rel_tol=1e-9, abs_tol=1e-9)


def test_sums_of_logarithms_and_shares_overflow_nowhere() -> None:
    assert isclose(log_sum(-2000, -2000), -2000 + 0.6931471805599453)
    assert (log_sum(-5, -inf), log_sum(-inf, -inf)) == (-5, -inf)
    assert (share(-5000), share(0), share(5000)) == (1, 0.5, 0)
    assert isclose(log_beta(2, 3), -2.4849066497880004)


def growth(r: float, x: int, a: float, b: float, past: float, days: float) -> float:
    """What is expected of somebody alive: of each probability of leaving, the purchases; averaged."""

    def of_share(p: float, rest: float) -> float:
        grown = -expm1(-(r + x) * log1p(p * days / past))
        return beta_density(p, rest, a, b + x) * grown / p

    return over_shares(of_share)


@pytest.mark.parametrize("a", [0.2, 0.793, 1.0, 1.0 + 1e-9, 2.5, 40.0])
def test_expected_growth_is_what_integration_finds(a: float) -> None:
    buyers = [(0.243, 0), (0.243, 1), (3.0, 4), (0.5, 60)]
    spans = [(30.9, 90.0), (300.0, 90.0), (5.0, 300.0)]
    for b, (r, x), (past, days) in product([0.3, 2.426, 30.0], buyers, spans):
        found = lapsing_growth(r + x, a, a + b + x - 1, days / (past + days))
        assert isclose(found, growth(r, x, a, b, past, days), rel_tol=1e-6), (b, r, x, past, days)


def test_expected_growth_bears_the_poles_of_its_formula_and_thousands_of_purchases() -> None:
    assert isclose(lapsing_growth(0.5, 0.4, 0.0, 0.5), growth(0.5, 0, 0.4, 0.6, 90, 90), rel_tol=1e-6)
    assert isclose(lapsing_growth(5000.5, 0.8, 5002.0, 0.1), growth(0.5, 5000, 0.8, 2.2, 810, 90), rel_tol=1e-5)
    assert lapsing_growth(3.0, 0.8, 5.0, 0.0) == 0
    assert isfinite(lapsing_growth(2.0, 900.0, 950.0, 0.95))
