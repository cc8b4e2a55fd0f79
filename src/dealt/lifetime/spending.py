"""Gamma-Gamma: what a purchase of somebody is worth.

Peter Fader and Bruce Hardie, "The Gamma-Gamma Model of Monetary Value" (2013). The value of a purchase varies about
the customer's own mean by a gamma distribution of shape p, and the means vary between customers by an inverse gamma
distribution (q, gamma), whatever the number of purchases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import lgamma, log

from dealt.lifetime.climbing import climb
from dealt.lifetime.model import Fit, History
from dealt.lifetime.special import digamma


class Spending:
    """The model with its parameters; gamma is money. It has a mean only where q > 1."""

    def __init__(self, p: float, q: float, gamma: float) -> None:
        self.p, self.q, self.gamma = p, q, gamma

    def mean_value(self) -> float:
        """What a purchase of a customer of whom nothing is known is worth on average."""
        return self.p * self.gamma / (self.q - 1)

    def expected(self, history: History) -> float:
        """What the next purchase is worth: the contact's own mean, drawn to that of all the more, the fewer it has."""
        x = history.repeats if history.mean_value > 0 else 0
        return self.p * (self.gamma + x * history.mean_value) / (self.p * x + self.q - 1)


def fit_spending(histories: Iterable[History]) -> Fit:
    """The parameters p, q, gamma that make mean values of repeat purchases most likely; those <= 0 are left out."""
    likelihood = SpendingLikelihood(histories)
    mean = likelihood.mean_value or 1.0
    starts = [(6.0, 4.0, mean / 2), (1.0, 2.0, mean), (2.0, 10.0, 4 * mean), (20.0, 3.0, mean / 10)]
    return climb(likelihood, starts, likelihood.observations)


class SpendingLikelihood:
    """The log-likelihood of mean values with its derivatives by p, q, gamma."""

    def __init__(self, histories: Iterable[History]) -> None:
        self._values = [(one.repeats, one.mean_value) for one in histories if one.repeats and one.mean_value > 0]
        self._by_repeats = Counter(x for x, _ in self._values)
        self.observations = len(self._values)
        self.mean_value = sum(m for _, m in self._values) / max(self.observations, 1)

    def __call__(self, parameters: Sequence[float]) -> tuple[float, list[float]]:
        p, q, gamma = parameters
        height, by_p, by_q = self._of_counts(p, q)
        log_gamma = log(gamma)
        height += self.observations * q * log_gamma
        by_q += self.observations * log_gamma
        by_gamma = self.observations * q / gamma
        for x, mean in self._values:
            log_sum_of_values, both = log(x * mean), log(gamma + x * mean)
            height += p * x * log_sum_of_values - log(mean) - (p * x + q) * both
            by_p += x * (log_sum_of_values - both)
            by_q -= both
            by_gamma -= (p * x + q) / (gamma + x * mean)
        return height, [by_p, by_q, by_gamma]

    def _of_counts(self, p: float, q: float) -> tuple[float, float, float]:
        """The part that knows of a history only how many purchases it has."""
        height = by_p = by_q = 0.0
        log_gamma_q, of_q = lgamma(q), digamma(q)
        for x, n in self._by_repeats.items():
            of_both = digamma(p * x + q)
            height += n * (lgamma(p * x + q) - lgamma(p * x) - log_gamma_q)
            by_p += n * x * (of_both - digamma(p * x))
            by_q += n * (of_both - of_q)
        return height, by_p, by_q
