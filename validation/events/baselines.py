"""Simple rules for counts of each type a day, on the same footing as the models.

A rule gives for each day a law of the number of events. Spread uniformly over its day, n events have
the density P(n) · n! (per day to the power n), which is what the models' densities are compared with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln
from scipy.stats import nbinom

from validation.events.models import Events
from validation.events.trial import PATHS, SEED, WEEK, Judged, crps_of

LATELY = 28
Law = tuple[np.ndarray, np.ndarray]  # means and dispersions r (infinite: Poisson), shape (days,)
Rule = Callable[[np.ndarray, int], Law]


def constant(counts: np.ndarray, split: int) -> Law:
    """Poisson with the mean of all days fitted to."""
    mean = np.full(len(counts), counts[:split].mean())
    return mean, np.full(len(counts), np.inf)


def lately(counts: np.ndarray, split: int) -> Law:
    """Poisson with the mean of the last four weeks before each week, half an event added."""
    mean = np.empty(len(counts))
    for day in range(len(counts)):
        last = split + (day - split) // int(WEEK) * int(WEEK) if day >= split else day
        window = counts[max(last - LATELY, 0) : last] if last else counts[:1]
        mean[day] = (window.sum() + 0.5) / len(window)
    return mean, np.full(len(counts), np.inf)


def lately_dispersed(counts: np.ndarray, split: int) -> Law:
    """Negative binomial with that mean, and the dispersion that fits the days fitted to best."""
    mean, _ = lately(counts, split)
    inside = slice(LATELY, split)

    def loss(log_r: np.ndarray) -> float:
        return -float(_log_mass(counts[inside], mean[inside], np.exp(log_r[0])).sum())

    found: Any = minimize(loss, [1.0], method="Nelder-Mead", bounds=[(-8.0, 12.0)])
    return mean, np.full(len(counts), float(np.exp(found.x[0])))


def trend(counts: np.ndarray, split: int) -> Law:
    """Negative binomial regression on time with a log link, by maximum likelihood."""
    time = (np.arange(len(counts)) - split) / 365.25
    mean = max(counts[:split].mean(), 1e-3)

    def loss(x: np.ndarray) -> float:
        m = np.exp(x[0] + x[1] * time[:split])
        return -float(_log_mass(counts[:split], m, np.exp(x[2])).sum())

    found: Any = minimize(loss, [np.log(mean), 0.0, 1.0], method="Nelder-Mead",
                          options={"maxiter": 4000, "xatol": 1e-6, "fatol": 1e-6},
                          bounds=[(-12.0, 8.0), (-20.0, 20.0), (-8.0, 12.0)])  # fmt: skip
    a, b, r = found.x
    return np.exp(a + b * time), np.full(len(counts), float(np.exp(r)))


RULES: dict[str, tuple[Rule, int]] = {  # with how many numbers each fits for each type
    "Poisson, constant": (constant, 1),
    "negative binomial with trend": (trend, 3),
    "last four weeks, Poisson": (lately, 0),
    "last four weeks, negative binomial": (lately_dispersed, 1),
}


def judge_rule(name: str, events: Events, split: float) -> Judged:
    """The rule on the same days; weeks' counts by drawing the days' laws."""
    rule, numbers = RULES[name]
    random = np.random.default_rng(SEED)
    first, weeks = int(split), int((events.days - split) // WEEK)
    weekly, drawn = np.zeros(weeks), np.zeros((PATHS, weeks))
    seen = np.zeros(weeks)
    for k in range(len(events.types)):
        counts = np.bincount(events.day[events.kind == k].astype(int), minlength=int(events.days))
        mean, r = rule(counts, first)
        tested = slice(first, first + weeks * int(WEEK))
        n, m, r = counts[tested], mean[tested], r[tested]
        density = _log_mass(n, m, r) + gammaln(n + 1.0)
        weekly += density.reshape(weeks, -1).sum(axis=1)
        seen += n.reshape(weeks, -1).sum(axis=1)
        gamma = np.where(np.isinf(r), 1.0, random.gamma(np.where(np.isinf(r), 1.0, r), size=(PATHS, len(n))) / np.where(np.isinf(r), 1.0, r))  # fmt: skip
        drawn += random.poisson(m * gamma).reshape(PATHS, weeks, -1).sum(axis=2)
    crps = np.array([crps_of(drawn[:, w], seen[w]) for w in range(weeks)])
    return Judged(name, numbers * len(events.types), np.nan, weekly, crps, np.nan, np.nan)


def _log_mass(n: np.ndarray, mean: np.ndarray, r: Any) -> np.ndarray:
    """Log probabilities of counts; Poisson where r is infinite."""
    r = np.broadcast_to(np.asarray(r, dtype=float), n.shape)
    poisson = n * np.log(mean) - mean - gammaln(n + 1.0)
    finite = np.where(np.isinf(r), 1.0, r)
    return np.where(np.isinf(r), poisson, nbinom.logpmf(n, finite, finite / (finite + mean)))
