from __future__ import annotations

import random
from math import exp, isclose, lgamma, log

import pytest

from dealt.lifetime import History, Spending, fit_spending
from dealt.lifetime.spending import SpendingLikelihood
from tests.lifetime import cdnow
from tests.lifetime.integrating import gamma_density, over_positives

TRUE = (6.0, 4.0, 15.0)


def density(history: History, p: float, q: float, gamma: float, rate: float) -> float:
    """That of a mean value and a customer's own rate: p and the rate make the values, q and gamma the rates."""
    x, mean = history.repeats, history.mean_value
    of_mean = exp(p * x * log(rate * x) + (p * x - 1) * log(mean) - rate * x * mean - lgamma(p * x))
    return of_mean * gamma_density(rate, q, gamma)


@pytest.mark.parametrize("history", [History(1, 3, 30, 12.5), History(4, 28, 29, 80.0), History(9, 40, 90, 30.25)])
def test_the_likelihood_and_the_expectation_are_those_of_the_story(history: History) -> None:
    height, _ = SpendingLikelihood([history])(TRUE)
    total = over_positives(lambda rate: density(history, *TRUE, rate))
    assert isclose(height, log(total), rel_tol=1e-7)
    mean = over_positives(lambda rate: density(history, *TRUE, rate) * TRUE[0] / rate) / total
    assert isclose(Spending(*TRUE).expected(history), mean, rel_tol=1e-7)


def test_the_slope_is_that_of_the_likelihood() -> None:
    likelihood = SpendingLikelihood([History(1, 3, 30, 12.5), History(4, 28, 29, 80.0), History(0, 0, 9)])
    at = [3.0, 2.5, 40.0]
    _, slope = likelihood(at)
    for place, value in enumerate(at):
        step = 1e-5 * value
        up, _ = likelihood([*at[:place], value + step, *at[place + 1 :]])
        down, _ = likelihood([*at[:place], value - step, *at[place + 1 :]])
        assert isclose(slope[place], (up - down) / (2 * step), rel_tol=1e-6)


def test_without_a_second_purchase_the_mean_of_all_is_expected() -> None:
    model = Spending(*TRUE)
    assert model.expected(History(0, 0, 40)) == model.mean_value() == 30
    assert model.expected(History(2, 20, 40, 0.0)) == 30
    assert 30 < model.expected(History(1, 20, 40, 90.0)) < model.expected(History(20, 20, 40, 90.0)) < 90


def test_the_parameters_of_simulated_customers_are_found() -> None:
    chance = random.Random(7)
    histories = []
    for _ in range(4000):
        repeats, rate = chance.randrange(1, 8), chance.gammavariate(TRUE[1], 1 / TRUE[2])
        values = [chance.gammavariate(TRUE[0], 1 / rate) for _ in range(repeats)]
        histories.append(History(repeats, 10, 20, sum(values) / repeats))
    fit = fit_spending(histories)
    assert fit.converged
    for found, true in zip(fit.parameters, TRUE, strict=True):
        assert isclose(found, true, rel_tol=0.15)


def test_cdnow_has_the_published_parameters() -> None:
    """Fader and Hardie (2013): p 6.25, q 3.74, gamma 15.44, from the 946 customers with a second purchase."""
    histories = [cdnow.history(days, cdnow.LAST_DAY_OF_CALIBRATION) for days in cdnow.customers()]
    assert sum(history.repeats > 0 for history in histories) == 946
    fit = fit_spending(histories)
    assert (fit.converged, fit.agreeing) == (True, 4)
    assert [round(parameter, 2) for parameter in fit.parameters] == [6.25, 3.74, 15.44]
