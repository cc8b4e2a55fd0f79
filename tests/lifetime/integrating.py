"""Integrals by the rule of Takahasi and Mori, which bears infinite values at both ends; unlike how the models count."""

from __future__ import annotations

from collections.abc import Callable
from math import cosh, exp, lgamma, log, pi, sinh

_STEP, _REACH = 0.03, 4.5


def over_shares(weigh: Callable[[float, float], float]) -> float:
    """The integral over 0 < p < 1 of ``weigh(p, 1 - p)``; both are given, as neither may be rounded away."""
    total = 0.0
    for k in range(int(-_REACH / _STEP), int(_REACH / _STEP) + 1):
        u = pi * sinh(k * _STEP)
        p, rest = 1 / (1 + exp(-u)), 1 / (1 + exp(u))
        total += weigh(p, rest) * p * rest * pi * cosh(k * _STEP)
    return total * _STEP


def over_positives(weigh: Callable[[float], float]) -> float:
    """The integral over x > 0."""
    return over_shares(lambda p, rest: weigh(p / rest) / (rest * rest))


def beta_density(p: float, rest: float, a: float, b: float) -> float:
    return exp((a - 1) * log(p) + (b - 1) * log(rest) + lgamma(a + b) - lgamma(a) - lgamma(b))


def gamma_density(x: float, shape: float, rate: float) -> float:
    return exp(shape * log(rate) + (shape - 1) * log(x) - rate * x - lgamma(shape))
