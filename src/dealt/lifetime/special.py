"""Functions of analysis that the standard library lacks, in double precision."""

from __future__ import annotations

from math import exp, expm1, lgamma, log, log1p

_SHIFT = 10.0
_LARGE = 1e200
_TERMS = 100_000
_ENOUGH = 1e-16
# Bernoulli numbers B(2k) / 2k, of the expansion of digamma for large values.
_BERNOULLI = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12)


def digamma(x: float) -> float:
    """The derivative of ``lgamma`` at ``x`` > 0: moved up to 10, then its asymptotic expansion."""
    total = 0.0
    while x < _SHIFT:
        total -= 1 / x
        x += 1
    power, square = 1.0, 1 / (x * x)
    total += log(x) - 0.5 / x
    for factor in _BERNOULLI:
        power *= square
        total -= factor * power
    return total


def log_beta(a: float, b: float) -> float:
    """The logarithm of the beta function of positive values."""
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def log_sum(a: float, b: float) -> float:
    """``log(exp(a) + exp(b))`` without overflow; either may be minus infinity."""
    high, low = (a, b) if a >= b else (b, a)
    return high if high == float("-inf") else high + log1p(exp(low - high))


def share(log_odds_against: float) -> float:
    """``1 / (1 + exp(x))`` without overflow."""
    if log_odds_against > 0:
        small = exp(-log_odds_against)
        return small / (1 + small)
    return 1 / (1 + exp(log_odds_against))


def lapsing_growth(s: float, a: float, c: float, z: float) -> float:
    """``c / (a - 1) * (1 - (1 - z)**s * F(s, c + 1 - a; c; z))`` with Gauss's F, for s, a, c + 1 > 0 and 0 <= z < 1.

    This is what BG/NBD expects of future purchases, apart from whether the customer is alive. Euler's transformation
    turns the product into ``(1 - z)**(a - 1) * F(c - s, a - 1; c; z)``, whose terms do not grow with the number of
    purchases. Every term but the first has the factor ``(a - 1) / c``, which is taken out: the differences are formed
    by hand, and a = 1 and c = 0 are values like others.
    """
    if z <= 0:
        return 0.0
    log_rest, power = log1p(-z), a - 1
    fallen = expm1(power * log_rest) / power if power else log_rest
    total, log_scale = _series(c - s, a, c, z)
    return -(c * fallen + total * exp(power * log_rest + log_scale))


def _series(first: float, a: float, c: float, z: float) -> tuple[float, float]:
    """The sum over n >= 1 of ``(first)_n (a)_{n-1} / (c + 1)_{n-1} z**n / n!``, as a number and a log of its scale."""
    term = total = first * z
    log_scale = 0.0
    for n in range(1, _TERMS):
        ratio = (first + n) / (c + n) * (a + n - 1) / (n + 1) * z
        term *= ratio
        total += term
        if abs(term) > _LARGE:
            term, total, log_scale = term / _LARGE, total / _LARGE, log_scale + log(_LARGE)
        # The ratio tends to z from either side: what is left is less than a geometric series.
        if abs(ratio) < 1 and abs(term) <= _ENOUGH * abs(total) * (1 - max(abs(ratio), z)):
            break
    return total, log_scale
