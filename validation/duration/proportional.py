"""Cox's model as a forecaster: a smoothed Breslow baseline, and a frailty of the country."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import optimize
from scipy.special import logsumexp

from clientela.chamber.survival import cox
from validation.duration.data import Case, same_kind
from validation.duration.fitting import design
from validation.duration.models import History, Model, Predict

# The baseline hazard is constant between these days, and beyond the last of them.
KNOTS = np.array([0, 1, 2, 3, 5, 8, 12, 17, 23, 30, 38, 48, 60, 75, 95, 120], dtype=float)
FRAILTY = np.linspace(-4.0, 4.0, 41)  # log frailties, in standard deviations
NAMES = ("post_election", "post_election_parties", "continuation", "majority")


def proportional(name: str, own_history: bool = True) -> Model:
    """Cox (Efron), then the baseline given β, then the variance of a log-normal frailty given both.

    Durations of d days end between d and d + 1. Countries' frailties differ by occasion, and are
    learned from earlier formations of the same kind.
    """

    def train(cases: Sequence[Case]) -> Predict:
        pool = np.array([[c.parties, float(c.majority)] for c in cases]).mean(axis=0)
        days = np.array([c.days for c in cases], dtype=float)
        x = design(cases, NAMES, pool)
        beta = cox(x, days).beta
        hazard = _baseline(days, x @ beta)
        scale = _frailty(cases, days, x @ beta, hazard)
        prior = -(FRAILTY**2) / 2.0

        def predict(case: Case, history: History) -> tuple[float, float]:
            same = same_kind(case, history) if own_history else []
            log_weight = prior.copy()
            for c in [*same, case]:
                risk = float((design([c], NAMES, pool) @ beta)[0])
                low, high = _survival(np.array([c.days, c.days + 1.0]), risk, hazard, scale)
                if c is case:
                    weight = np.exp(log_weight - logsumexp(log_weight))
                    return float(weight @ (1.0 - low)), float(weight @ (low - high))
                log_weight += np.log(np.maximum(low - high, 1e-300))
            raise AssertionError

        return predict

    return Model(name, train)


def _baseline(days: np.ndarray, risk: np.ndarray) -> np.ndarray:
    """The hazard between knots: endings over the exposure, each case's weighted by its hazard."""
    upper = np.append(KNOTS[1:], np.inf)
    middle = days + 0.5
    exposure = np.clip(np.minimum(middle[:, None], upper) - KNOTS, 0.0, None)
    ended = (middle[:, None] >= KNOTS) & (middle[:, None] < upper)
    return (ended.sum(axis=0) + 0.5) / (np.exp(risk) @ exposure + 0.5 / 0.03)


def _cumulated(days: np.ndarray, hazard: np.ndarray) -> np.ndarray:
    upper = np.append(KNOTS[1:], np.inf)
    return np.clip(np.minimum(days[:, None], upper) - KNOTS, 0.0, None) @ hazard


def _survival(days: np.ndarray, risk: float, hazard: np.ndarray, scale: float) -> np.ndarray:
    """P(T ≥ days) by log frailty, shape (days, frailties)."""
    return np.exp(-_cumulated(days, hazard)[:, None] * np.exp(risk + scale * FRAILTY))


def _frailty(cases: Sequence[Case], days: np.ndarray, risk: np.ndarray, hazard: np.ndarray) -> float:  # fmt: skip
    """The standard deviation of log frailties that makes the durations likeliest."""
    groups = np.array([f"{c.country} {c.post_election}" for c in cases])
    low, high = _cumulated(days, hazard), _cumulated(days + 1.0, hazard)

    def cost(log_scale: float) -> float:
        rate = np.exp(risk[:, None] + np.exp(log_scale) * FRAILTY)
        mass = np.exp(-low[:, None] * rate) - np.exp(-high[:, None] * rate)
        logs = np.log(np.maximum(mass, 1e-300))
        prior = -(FRAILTY**2) / 2.0
        return -sum(logsumexp(logs[groups == g].sum(axis=0) + prior) for g in np.unique(groups))

    found = optimize.minimize_scalar(cost, bounds=(-4.0, 1.0), method="bounded")
    return float(np.exp(found.x))
