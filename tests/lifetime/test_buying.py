from __future__ import annotations

import random
from math import exp, isclose, log

import pytest

from dealt.lifetime import Buying, History, fit_buying
from dealt.lifetime.buying import BuyingLikelihood
from tests.lifetime import cdnow
from tests.lifetime.integrating import beta_density, gamma_density, over_positives, over_shares

PUBLISHED = (0.243, 4.414, 0.793, 2.426)
WEEK = 7
TRUE = (0.6, 40.0, 0.8, 2.5)


def likelihood_of(history: History, r: float, alpha: float, a: float, b: float) -> float:
    """The chance of a history, averaged over all customers: from the story that the model tells, not its formula."""

    def of_customer(rate: float, p: float, rest: float) -> float:
        x = history.repeats
        stayed = rest**x * rate**x * exp(-rate * history.age)
        left = p * rest ** (x - 1) * rate**x * exp(-rate * history.recency) if x else 0.0
        return stayed + left

    return over_shares(
        lambda p, rest: (
            beta_density(p, rest, a, b)
            * over_positives(lambda rate: gamma_density(rate, r, alpha) * of_customer(rate, p, rest))
        )
    )


@pytest.mark.parametrize("history", [History(0, 0, 30), History(1, 12, 30), History(4, 28, 29), History(3, 5, 90)])
def test_the_likelihood_is_that_of_the_story(history: History) -> None:
    height, _ = BuyingLikelihood([history])((0.9, 20.0, 0.8, 2.5))
    assert isclose(height, log(likelihood_of(history, 0.9, 20.0, 0.8, 2.5)), rel_tol=1e-6)


def test_the_slope_is_that_of_the_likelihood() -> None:
    likelihood = BuyingLikelihood([History(0, 0, 30), History(0, 0, 30), History(7, 80, 90), History(2, 4, 200)])
    at = [0.4, 25.0, 0.9, 1.8]
    _, slope = likelihood(at)
    for place, value in enumerate(at):
        step = 1e-5 * value
        up, _ = likelihood([*at[:place], value + step, *at[place + 1 :]])
        down, _ = likelihood([*at[:place], value - step, *at[place + 1 :]])
        assert isclose(slope[place], (up - down) / (2 * step), rel_tol=1e-6)


def test_a_history_of_thousands_of_purchases_has_finite_figures() -> None:
    model = Buying(*TRUE)
    daily = History(8000, 8000, 8000)
    assert model.alive(daily) > 0.999
    assert isclose(model.expected(daily, 90), 90, rel_tol=0.05)
    gone = History(8000, 8000, 20_000)
    assert (model.alive(gone), model.expected(gone, 90)) == (0, 0)
    height, _ = BuyingLikelihood([daily, gone])(TRUE)
    assert -1e6 < height < 0


def test_whoever_bought_once_is_alive_and_the_longer_silent_the_less_expected() -> None:
    model = Buying(*TRUE)
    assert model.alive(History(0, 0, 500)) == 1
    expected = [model.expected(History(0, 0, age), 90) for age in (0, 10, 100, 1000)]
    assert expected == sorted(expected, reverse=True)
    assert expected[-1] > 0


def simulate(chance: random.Random, age: int, ahead: int) -> tuple[History, int]:
    """A customer of the story with the true parameters: what is known after ``age`` days, and the days ahead."""
    rate, leaving = chance.gammavariate(TRUE[0], 1 / TRUE[1]), chance.betavariate(TRUE[2], TRUE[3])
    at, times = 0.0, list[float]()
    while True:
        at += chance.expovariate(rate)
        if at > age + ahead:
            break
        times.append(at)
        if chance.random() < leaving:
            break
    known = [time for time in times if time <= age]
    return History(len(known), round(known[-1]) if known else 0, age), len(times) - len(known)


def test_the_parameters_and_the_future_of_simulated_customers_are_found() -> None:
    chance = random.Random(20240611)
    customers = [simulate(chance, chance.randrange(200, 500), 90) for _ in range(6000)]
    histories = [history for history, _ in customers]
    fit = fit_buying(histories)
    assert (fit.converged, fit.agreeing) == (True, 4)
    for found, true in zip(fit.parameters, TRUE, strict=True):
        assert isclose(found, true, rel_tol=0.25)
    model = Buying(*fit.parameters)
    future = sum(ahead for _, ahead in customers)
    assert isclose(sum(model.expected(history, 90) for history in histories), future, rel_tol=0.06)


def test_cdnow_has_the_published_parameters() -> None:
    """Fader, Hardie and Lee (2005), table 2; time is in weeks there."""
    days = cdnow.customers()
    histories = [cdnow.history(one, cdnow.LAST_DAY_OF_CALIBRATION) for one in days]
    assert len(histories) == 2357
    fit = fit_buying(histories)
    r, alpha, a, b = fit.parameters
    for found, published in zip((r, alpha / WEEK, a, b), PUBLISHED, strict=True):
        assert abs(found - published) < 0.0005
    assert (fit.converged, fit.agreeing, fit.starts) == (True, 4, 4)
    repeats = sum(history.repeats for history in histories)
    assert round(fit.log_likelihood + repeats * log(WEEK), 1) == -9582.4

    model = Buying(*fit.parameters)
    # The customer whose expectation the authors' note of implementation works out.
    first = cdnow.history(days[0], cdnow.LAST_DAY_OF_CALIBRATION)
    assert (first.repeats, round(model.expected(first, 39 * WEEK), 3)) == (2, 1.226)

    # Weeks 40 to 78: what was forecast for each customer, and what came.
    ahead = (cdnow.LAST_DAY - cdnow.LAST_DAY_OF_CALIBRATION).days
    forecast = sum(model.expected(history, ahead) for history in histories)
    came = sum(cdnow.bought_between(one, cdnow.LAST_DAY_OF_CALIBRATION, cdnow.LAST_DAY) for one in days)
    assert (round(forecast), came) == (1653, 1882)
