"""From the histories of a workspace to its models, or to a sentence that says why there are none."""

from __future__ import annotations

from collections.abc import Sequence

from dealt.lifetime.buying import Buying, fit_buying
from dealt.lifetime.model import HORIZON_DAYS, Findings, Fit, History, Prediction
from dealt.lifetime.spending import Spending, fit_spending

LEAST_CONTACTS = 100
LEAST_REPEATERS = 30
MOST_FITTED = 50_000
_SPREAD, _RANGE = 2654435761, 2**32
_NO_TOP = "The likelihood of the model of {} has no highest place for these orders; nothing is predicted from it."


def assess(contact_ids: Sequence[int], histories: Sequence[History]) -> tuple[Findings, list[Prediction]]:
    """The models, and a prediction for each history in its order; none where there is no model. Takes seconds."""
    repeaters = sum(one.repeats > 0 for one in histories)
    findings = Findings(contacts=len(histories), repeaters=repeaters)
    if len(histories) < LEAST_CONTACTS or repeaters < LEAST_REPEATERS:
        findings.note = (
            f"The models need at least {LEAST_CONTACTS} contacts with an order, {LEAST_REPEATERS} of them with orders "
            f"on a second day; the deals that count are those of {len(histories)} contacts, {repeaters} of them with "
            "a second day."
        )
        return findings, []
    sample = sampled(contact_ids, histories)
    findings.fitted = len(sample)
    findings.buying = fit_buying(sample)
    if not _usable(findings.buying):
        findings.note = _NO_TOP.format("purchases")
        return findings, []
    buying, spending = Buying(*findings.buying.parameters), _spending(sample, findings)
    return findings, [_predict(buying, spending, one) for one in histories]


def sampled(contact_ids: Sequence[int], histories: Sequence[History]) -> list[History]:
    """All, or as many as are fitted; whoever is taken one night is taken the next."""
    if len(histories) <= MOST_FITTED:
        return list(histories)
    places = sorted(range(len(histories)), key=lambda place: contact_ids[place] * _SPREAD % _RANGE)
    return [histories[place] for place in places[:MOST_FITTED]]


def _spending(sample: Sequence[History], findings: Findings) -> Spending | None:
    told = [one for one in sample if one.repeats and one.mean_value > 0]
    if len(told) < LEAST_REPEATERS:
        findings.spending_note = (
            f"The model of values needs at least {LEAST_REPEATERS} contacts whose later orders have a value in the "
            f"base currency; there are {len(told)}."
        )
        return None
    findings.correlation = _correlation([one.repeats for one in told], [one.mean_value for one in told])
    findings.spending = fit_spending(told)
    if not _usable(findings.spending):
        findings.spending_note = _NO_TOP.format("values")
        return None
    spending = Spending(*findings.spending.parameters)
    if spending.q <= 1:
        findings.spending_note = "Values differ so much between contacts that they have no mean; none is predicted."
        return None
    findings.mean_order_value = spending.mean_value()
    return spending


def _predict(buying: Buying, spending: Spending | None, history: History) -> Prediction:
    value = spending.expected(history) if spending else None
    return Prediction(buying.alive(history), buying.expected(history, HORIZON_DAYS), value)


def _usable(fit: Fit) -> bool:
    return fit.converged and fit.agreeing > 0


def _correlation(a: Sequence[float], b: Sequence[float]) -> float | None:
    """Pearson's, None where one of them does not vary."""
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    both = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True))
    spread = sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b)
    return both / spread**0.5 if spread > 0 else None
