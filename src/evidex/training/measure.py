"""How good scores are: F1 by category and language, thresholds, calibration. Numbers only, no network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidex.training.labelled import Example

Scores = NDArray[np.float64]
Truth = NDArray[np.bool_]

_CANDIDATES = np.linspace(0.15, 0.85, 71)


@dataclass(frozen=True)
class Rate:
    """How one category or language fares."""

    name: str
    right: int
    wrong: int
    missed: int

    @property
    def recall(self) -> float:
        """Share of the true ones that were found."""
        return self.right / max(1, self.right + self.missed)

    @property
    def precision(self) -> float:
        """Share of the found ones that are true."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)


@dataclass(frozen=True)
class Measured:
    """A classifier on labelled clauses."""

    categories: tuple[Rate, ...]
    languages: tuple[Rate, ...]
    near_alarms: tuple[int, int]
    """Clauses that only look like a category and got one, of how many."""
    ordinary_alarms: tuple[int, int]
    calibration_error: float

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the categories that the clauses have."""
        rates = [rate.f1 for rate in self.categories if rate.right + rate.missed]
        return float(np.mean(rates)) if rates else 0.0

    @property
    def micro(self) -> Rate:
        """All categories together."""
        return Rate("all", *(sum(getattr(rate, key) for rate in self.categories) for key in ("right", "wrong", "missed")))


def truth_of(examples: Sequence[Example], categories: Sequence[str]) -> Truth:
    """Examples × categories."""
    return np.array([[category in example.labels for category in categories] for example in examples], bool)


def measure(examples: Sequence[Example], categories: Sequence[str], chances: Scores, found: Truth) -> Measured:
    """Compare what was found, and the probabilities, with the examples' labels."""
    truth = truth_of(examples, categories)
    languages = sorted({example.lang or "?" for example in examples})
    rows = {tag: np.array([(example.lang or "?") == tag for example in examples], bool) for tag in languages}
    near = np.array([not example.labels and bool(example.near) for example in examples], bool)
    ordinary = np.array([not example.labels and not example.near for example in examples], bool)
    alarms = np.asarray(found.any(axis=1), bool)
    return Measured(
        tuple(_rate(name, truth[:, k], found[:, k]) for k, name in enumerate(categories)),
        tuple(_rate(tag, truth[chosen], found[chosen]) for tag, chosen in rows.items()),
        (int(alarms[near].sum()), int(near.sum())),
        (int(alarms[ordinary].sum()), int(ordinary.sum())),
        calibration_error(chances, truth),
    )


def calibration_error(chances: Scores, truth: Truth, bins: int = 10) -> float:
    """Expected calibration error of all probabilities of at least 0.05: the many that are plainly none would hide the rest."""
    told, true = chances[chances >= 0.05], truth[chances >= 0.05]
    if not len(told):
        return 0.0
    place = np.minimum((told * bins).astype(int), bins - 1)
    return float(sum(abs(told[place == k].mean() - true[place == k].mean()) * (place == k).mean() for k in set(place.tolist())))


def fit_calibration(scores: Scores, truth: Truth) -> tuple[float, float]:
    """Slope and shift that make logits probabilities, over all categories together: single ones have too few clauses."""
    inputs = np.stack([scores.ravel(), np.ones(scores.size)], axis=1)
    right, weights, prior = truth.ravel().astype(float), np.array([1.0, 0.0]), np.array([1.0, 0.0])

    def loss(at: Scores) -> float:
        logits = inputs @ at
        return float((np.logaddexp(0, logits) - right * logits).sum() + 0.5 * ((at - prior) ** 2).sum())

    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        slope = inputs.T @ (chance - right) + (weights - prior)
        curve = (inputs * (chance * (1 - chance))[:, None]).T @ inputs + np.eye(2)
        step = np.linalg.solve(curve, slope)
        while loss(weights - step) > loss(weights) and abs(step).max() > 1e-6:  # Newton's step may be far too long
            step = step / 2
        weights = weights - step
    return float(weights[0]), float(weights[1])


def best_thresholds(chances: Scores, truth: Truth) -> tuple[float, ...]:
    """For each category the probability from which it counts: the best F1, held towards 0.4, and recall before precision."""
    thresholds = []
    for k in range(truth.shape[1]):
        scores = []
        for candidate in _CANDIDATES:
            rate = _rate("", truth[:, k], chances[:, k] >= candidate)
            weight = 1.5 * rate.right / max(1.0, 1.5 * rate.right + 0.5 * rate.wrong + rate.missed)
            scores.append(weight - 0.1 * abs(candidate - 0.4))
        thresholds.append(round(float(_CANDIDATES[int(np.argmax(scores))]), 2))
    return tuple(thresholds)


def _rate(name: str, truth: Truth, found: Truth) -> Rate:
    return Rate(name, int((truth & found).sum()), int((~truth & found).sum()), int((truth & ~found).sum()))


def table(measured: Measured) -> str:
    """For people: a line a category and language, then all together."""
    rows = [
        f"{kind} {rate.name:22s} recall {rate.recall:.2f}  precision {rate.precision:.2f}  F1 {rate.f1:.2f}  "
        f"n {rate.right + rate.missed}"
        for kind, rates in (("category", measured.categories), ("language", measured.languages))
        for rate in rates
    ]
    micro, (near, nears), (plain, plains) = measured.micro, measured.near_alarms, measured.ordinary_alarms
    rows.append(
        f"all: recall {micro.recall:.3f}  precision {micro.precision:.3f}  micro-F1 {micro.f1:.3f}  "
        f"macro-F1 {measured.macro_f1:.3f}"
    )
    rows.append(f"false alarms: hard negatives {near}/{nears}, ordinary clauses {plain}/{plains}")
    rows.append(f"expected calibration error {measured.calibration_error:.3f}")
    return "\n".join(rows)
