"""How good predictions were: log score of the whole days it took, and where these fell (PIT)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from validation.bootstrap import difference
from validation.duration.data import Case
from validation.duration.models import LEAST, Model

CUT = 1980


@dataclass(frozen=True, eq=False)
class Scores:
    """By formation: P(fewer days than it took) and P(the days it took), shape (formations,)."""

    below: np.ndarray
    mass: np.ndarray

    @property
    def log_score(self) -> np.ndarray:
        """log of the probability of the days it took; higher is better."""
        return np.log(np.maximum(self.mass, LEAST))

    def pit(self, bins: int = 10) -> np.ndarray:
        """Heights of the histogram of the probability integral transform; 1 if calibrated.

        Whole days have a probability each; it is spread evenly between P(fewer) and P(as many or
        fewer), without drawing (Czado, Gneiting & Held 2009).
        """
        edges = np.linspace(0.0, 1.0, bins + 1)
        width = np.maximum(self.mass, LEAST)[:, None]
        reached = np.clip((edges - self.below[:, None]) / width, 0.0, 1.0).mean(axis=0)
        return np.diff(reached) * bins

    def covered(self, probability: float = 0.8) -> float:
        """Share of formations inside the central interval that should hold so many of them."""
        tail = (1.0 - probability) / 2.0
        edges = np.array([tail, 1.0 - tail])
        width = np.maximum(self.mass, LEAST)[:, None]
        reached = np.clip((edges - self.below[:, None]) / width, 0.0, 1.0).mean(axis=0)
        return float(reached[1] - reached[0])


def leave_country_out(model: Model, cases: Sequence[Case]) -> Scores:
    """Each country predicted by what was learned of all others, and from its own earlier cases."""
    found = {}
    for country in {case.country for case in cases}:
        predict = model.train([c for c in cases if c.country != country])
        for i, case in enumerate(cases):
            if case.country == country:
                found[i] = predict(case, earlier(case, cases))
    return _scores([found[i] for i in range(len(cases))])


def forward(model: Model, cases: Sequence[Case]) -> Scores:
    """What formed from 1980 on, predicted by what was learned before, all earlier cases known."""
    predict = model.train([c for c in cases if c.date.year < CUT])
    return _scores([predict(case, earlier(case, cases)) for case in later(cases)])


def later(cases: Sequence[Case]) -> list[Case]:
    """The cases from 1980 on."""
    return [case for case in cases if case.date.year >= CUT]


def gain_over(ours: np.ndarray, theirs: np.ndarray, cases: Sequence[Case]) -> tuple[float, float]:
    """(mean of ours − theirs, its standard error by a bootstrap over the cases' countries)."""
    return difference(ours, theirs, np.array([case.country for case in cases]))


def earlier(case: Case, cases: Sequence[Case]) -> list[Case]:
    """The country's formations before a case."""
    return [c for c in cases if c.country == case.country and c.date < case.date]


def _scores(predictions: Sequence[tuple[float, float]]) -> Scores:
    below, mass = np.array(predictions).T
    return Scores(below, mass)
