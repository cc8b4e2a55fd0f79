"""Finding where a smooth function of a few positive parameters is highest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, isfinite, log

from dealt.lifetime.model import Fit

Vector = list[float]
Slope = Callable[[Sequence[float]], tuple[float, Vector]]
"""The height at positive parameters, and its derivative by each."""

STEPS = 200
LOWEST, HIGHEST = log(1e-6), log(1e6)
FLAT = 1e-7
"""The slope, by the logarithm of a parameter and for one observation, that is taken for none."""
_SAME = 1e-6
_ARMIJO = 1e-4
_LONGEST = 2.0


def climb(slope: Slope, starts: Sequence[Sequence[float]], observations: int) -> Fit:
    """The highest of the ends of the ways up from ``starts``: BFGS on the logarithms of the parameters."""
    ends = [_Way(slope, [log(value) for value in start], observations).go() for start in starts]
    best = max(ends, key=lambda end: end.height)
    agreeing = sum(end.converged and best.height - end.height <= _SAME * (1 + abs(best.height)) for end in ends)
    return Fit([exp(x) for x in best.at], -best.down, best.converged, best.steps, agreeing, len(starts))


class _Way:
    """One way up, walked as a way down of the negative height of one observation."""

    def __init__(self, slope: Slope, start: Vector, observations: int) -> None:
        self._slope = slope
        self._scale = max(observations, 1)
        self.at = start
        self._value, self._gradient = self._look(start)
        self._inverse = _identity(len(start))
        self.steps = 0

    @property
    def height(self) -> float:
        """Of one observation; minus infinity where there is none."""
        return -self._value if isfinite(self._value) else float("-inf")

    @property
    def down(self) -> float:
        """Minus the height of all observations."""
        return self._value * self._scale

    @property
    def converged(self) -> bool:
        """No slope is left, and no parameter ran away."""
        inside = all(LOWEST + 1 < x < HIGHEST - 1 for x in self.at)
        return inside and isfinite(self._value) and max(map(abs, self._gradient)) < 10 * FLAT

    def go(self) -> _Way:
        while self.steps < STEPS and max(map(abs, self._gradient)) >= FLAT:
            if not self._step():
                break
            self.steps += 1
        return self

    def _look(self, at: Vector) -> tuple[float, Vector]:
        parameters = [exp(x) for x in at]
        height, by_parameter = self._slope(parameters)
        value = -height / self._scale
        gradient = [-g * p / self._scale for g, p in zip(by_parameter, parameters, strict=True)]
        return (value, gradient) if all(map(isfinite, (value, *gradient))) else (float("inf"), gradient)

    def _step(self) -> bool:
        """Whether a lower place was found; after a failure along the curve, straight down is tried once."""
        if self._search(_times(self._inverse, self._gradient)):
            return True
        self._inverse = _identity(len(self.at))
        return self._search(self._gradient)

    def _search(self, against: Vector) -> bool:
        expected = _dot(against, self._gradient)
        size = max(map(abs, against))
        if expected <= 0 or not isfinite(size):
            return False
        length = min(1.0, _LONGEST / size)
        for _ in range(40):
            at = [min(max(x - length * d, LOWEST), HIGHEST) for x, d in zip(self.at, against, strict=True)]
            value, gradient = self._look(at)
            if value <= self._value - _ARMIJO * length * expected and at != self.at:
                self._learn([new - old for new, old in zip(at, self.at, strict=True)], gradient)
                self.at, self._value, self._gradient = at, value, gradient
                return True
            length /= 2
        return False

    def _learn(self, moved: Vector, gradient: Vector) -> None:
        """Adapt the inverse of the curvature to what a step has shown (the formula of BFGS)."""
        changed = [new - old for new, old in zip(gradient, self._gradient, strict=True)]
        curvature = _dot(moved, changed)
        if curvature <= 1e-14 * _dot(moved, moved) ** 0.5 * _dot(changed, changed) ** 0.5:
            return
        turned = _times(self._inverse, changed)
        factor = (1 + _dot(changed, turned) / curvature) / curvature
        self._inverse = [
            [
                self._inverse[i][j]
                + factor * moved[i] * moved[j]
                - (turned[i] * moved[j] + moved[i] * turned[j]) / curvature
                for j in range(len(moved))
            ]
            for i in range(len(moved))
        ]


def _identity(size: int) -> list[Vector]:
    return [[float(i == j) for j in range(size)] for i in range(size)]


def _dot(a: Vector, b: Vector) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def _times(matrix: list[Vector], vector: Vector) -> Vector:
    return [_dot(row, vector) for row in matrix]
