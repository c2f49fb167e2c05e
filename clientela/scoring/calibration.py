"""Whether what was said to be likely came about as often: the CORP reliability diagram.

Dimitriadis, T., Gneiting, T. & Jordan, A. I. (2021). Stable reliability diagrams for probabilistic
classifiers. PNAS 118(8), e2016191118.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import isotonic_regression

LEVEL = 0.9
RESAMPLES = 1_000


@dataclass(frozen=True)
class Reliability:
    """How often what was given each probability came true.

    Of shape (distinct probabilities,): `probability`, ascending; `observed`, the frequency that
    isotonic regression gives it; `low` and `high`, between which `observed` falls in a share
    `LEVEL` of cases if every probability is right. The mean Brier score is `miscalibration` less
    `discrimination` plus `uncertainty`.
    """

    probability: np.ndarray
    observed: np.ndarray
    low: np.ndarray
    high: np.ndarray
    brier: float
    miscalibration: float
    discrimination: float
    uncertainty: float
    forecasts: int
    questions: int


def reliability(
    probability: Sequence[float],
    came: Sequence[bool],
    questions: Sequence[Hashable],
    weights: Sequence[float] | None = None,
    *,
    seed: int = 1,
) -> Reliability:
    """The reliability of yes/no answers, all arguments of shape (answers,).

    Answers to one question on several days share its outcome, so for the band one uniform number
    is drawn for each question and is compared with all its probabilities.
    """
    p, y = np.asarray(probability, dtype=float), np.asarray(came, dtype=float)
    w = np.ones(len(p)) if weights is None else np.asarray(weights, dtype=float)
    w = w / w.sum()
    distinct, of = np.unique(p, return_inverse=True)
    total = np.bincount(of, w)
    observed = recalibrated(y, w, of, total)
    rate = float(w @ y)
    brier, best = float(w @ (p - y) ** 2), float(w @ (observed[of] - y) ** 2)
    known = rate * (1.0 - rate)
    numbers = {question: k for k, question in enumerate(dict.fromkeys(questions))}
    which = np.array([numbers[question] for question in questions])
    uniform = np.random.default_rng(seed).random((RESAMPLES, len(numbers)))
    drawn = np.array([recalibrated(u[which] < p, w, of, total) for u in uniform])
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    # The fit is never worse than what was given or than the mean, but by rounding.
    miscalibration, discrimination = max(brier - best, 0.0), max(known - best, 0.0)
    return Reliability(
        distinct, observed, low, high, brier, miscalibration, discrimination, known, len(p), len(numbers)
    )  # fmt: skip


def recalibrated(y: np.ndarray, w: np.ndarray, of: np.ndarray, total: np.ndarray) -> np.ndarray:
    """The frequencies nearest to y that do not fall as the probability rises, one for each distinct
    one (isotonic regression by pooling adjacent violators; Ayer et al. 1955)."""
    return isotonic_regression(np.bincount(of, w * y) / total, weights=total).x
