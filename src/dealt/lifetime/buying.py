"""BG/NBD: how often somebody buys, and whether they still do.

Peter Fader, Bruce Hardie and Ka Lok Lee, "Counting Your Customers the Easy Way: An Alternative to the Pareto/NBD
Model", Marketing Science 24 (2005). While alive, a customer buys at random at a rate that differs between customers by
a gamma distribution (r, alpha); after each purchase they may leave for good, with a probability that differs by a beta
distribution (a, b).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import exp, lgamma, log

from dealt.lifetime.climbing import climb
from dealt.lifetime.model import Fit, History
from dealt.lifetime.special import digamma, lapsing_growth, log_beta, log_sum, share


class Buying:
    """The model with its parameters; alpha is in days."""

    def __init__(self, r: float, alpha: float, a: float, b: float) -> None:
        self.r, self.alpha, self.a, self.b = r, alpha, a, b
        # Contacts without a second purchase are many, and alike where they first bought on the same day.
        self._growth = lru_cache(maxsize=4096)(self._growth_while_alive)

    def alive(self, history: History) -> float:
        """The probability that the contact has not left; 1 before a second purchase, as nobody leaves earlier here."""
        if history.repeats == 0:
            return 1.0
        return share(self._log_odds_of_having_left(history))

    def expected(self, history: History, days: float) -> float:
        """How many days with purchases are expected in the next ``days``."""
        return self.alive(history) * self._growth(history.repeats, history.age, days)

    def expected_of_new(self, days: float) -> float:
        """How many repeat purchases a new customer makes within ``days`` of the first."""
        return self._growth(0, 0, days)

    def _log_odds_of_having_left(self, history: History) -> float:
        x, alpha = history.repeats, self.alpha
        ratio = log(alpha + history.age) - log(alpha + history.recency)
        return log(self.a) - log(self.b + x - 1) + (self.r + x) * ratio

    def _growth_while_alive(self, repeats: int, age: float, days: float) -> float:
        z = days / (self.alpha + age + days)
        return max(lapsing_growth(self.r + repeats, self.a, self.a + self.b + repeats - 1, z), 0.0)


def fit_buying(histories: Iterable[History]) -> Fit:
    """The parameters r, alpha (days), a, b that make the histories most likely."""
    likelihood = BuyingLikelihood(histories)
    age = max(likelihood.mean_age, 1.0)
    starts = [(0.5, age / 4, 0.5, 2.0), (0.2, age / 10, 1.0, 3.0), (1.0, age, 0.2, 1.0), (2.0, age / 2, 1.5, 8.0)]
    return climb(likelihood, starts, likelihood.observations)


class BuyingLikelihood:
    """The log-likelihood of histories with its derivatives by r, alpha, a, b; equal histories are counted once."""

    def __init__(self, histories: Iterable[History]) -> None:
        counted = Counter((one.repeats, one.recency, one.age) for one in histories)
        self._groups = [(*key, float(n)) for key, n in counted.items()]
        self._by_repeats = Counter[int]()
        for (repeats, _, _), n in counted.items():
            self._by_repeats[repeats] += n
        self.observations = sum(counted.values())
        self.mean_age = sum(age * n for _, _, age, n in self._groups) / max(self.observations, 1)

    def __call__(self, parameters: Sequence[float]) -> tuple[float, list[float]]:
        r, alpha, a, b = parameters
        height, by_r, by_a, by_b = self._of_counts(r, alpha, a, b)
        by_alpha = self.observations * r / alpha
        for x, recency, age, n in self._groups:
            log_age = log(alpha + age)
            if x == 0:
                height -= n * r * log_age
                by_r -= n * log_age
                by_alpha -= n * r / (alpha + age)
                continue
            log_recency, rest = log(alpha + recency), b + x - 1
            stays = -(r + x) * log_age
            leaves = log(a / rest) - (r + x) * log_recency
            both = log_sum(stays, leaves)
            stayed, left = n * exp(stays - both), n * exp(leaves - both)
            height += n * both
            by_r -= stayed * log_age + left * log_recency
            by_alpha -= (r + x) * (stayed / (alpha + age) + left / (alpha + recency))
            by_a += left / a
            by_b -= left / rest
        return height, [by_r, by_alpha, by_a, by_b]

    def _of_counts(self, r: float, alpha: float, a: float, b: float) -> tuple[float, float, float, float]:
        """The part that knows of a history only how many purchases it has."""
        height = by_r = by_a = by_b = 0.0
        log_alpha = log(alpha)
        base, of_r, of_b, of_ab = log_beta(a, b), digamma(r), digamma(b), digamma(a + b)
        log_gamma_r = lgamma(r)
        for x, n in self._by_repeats.items():
            of_abx = digamma(a + b + x)
            height += n * (lgamma(r + x) - log_gamma_r + r * log_alpha + log_beta(a, b + x) - base)
            by_r += n * (digamma(r + x) - of_r + log_alpha)
            by_a += n * (of_ab - of_abx)
            by_b += n * (digamma(b + x) - of_b + of_ab - of_abx)
        return height, by_r, by_a, by_b
