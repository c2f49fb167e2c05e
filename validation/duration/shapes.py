"""Other shapes of the same model: which distribution, and which differences between countries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize
from scipy.special import expit, gammainc, logsumexp, ndtr

from clientela.chamber.duration import COVARIATES, occasion_of
from validation.duration.data import Case, same_kind
from validation.duration.fitting import at_once_shares, design
from validation.duration.models import History, Model, Predict

LEVEL = np.linspace(-3.0, 3.0, 31)  # logs of days about xβ
K = len(COVARIATES)


def _gamma(z: np.ndarray, q: float) -> np.ndarray:
    """The generalised gamma's log, standardised (Prentice 1974), for q > 0; q = 1 is Weibull."""
    q = min(max(q, 0.1), 3.0)
    return gammainc(q**-2, q**-2 * np.exp(np.clip(q * z, -200.0, 30.0)))


# P((log T − m) / σ ≤ z), given a parameter of shape.
SHAPES: dict[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "log-normal": lambda z, q: ndtr(z),
    "log-logistic": lambda z, q: expit(z),
    "Weibull": lambda z, q: -np.expm1(-np.exp(np.clip(z, -700.0, 30.0))),
    "generalised gamma": _gamma,
}


@dataclass(frozen=True)
class Form:
    """A shape of time, and how countries differ: `freedom` of Student's t for the level (large:
    normal), `own_dispersion` or one for all, `at_once` apart or as any time under a day."""

    shape: str
    freedom: float = 4.0
    own_dispersion: bool = True
    at_once: bool = True

    def model(self, name: str, own_history: bool = True) -> Model:
        """The form, fitted by marginal likelihood; predictions at the fit's maximum."""
        return Model(name, lambda cases: _train(self, cases, own_history))

    @property
    def z(self) -> np.ndarray:
        """The grid of countries' log dispersions, in standard deviations."""
        return np.linspace(-2.0, 2.0, 5) if self.own_dispersion else np.zeros(1)

    def log_prior(self, parameters: np.ndarray) -> np.ndarray:
        """The log weights of the grid of levels and dispersions, flat."""
        u = LEVEL / np.exp(parameters[K])
        level = -(self.freedom + 1.0) / 2.0 * np.log1p(u**2 / self.freedom)
        both = np.add.outer(level, -(self.z**2) / 2.0).ravel()
        return both - logsumexp(both)

    def ends(self, x: np.ndarray, days: np.ndarray, parameters: np.ndarray) -> np.ndarray:
        """P(fewer days) and P(as many or fewer) on the grid, shape (2, cases, grid)."""
        sigma = np.exp(parameters[K + 1] + np.exp(parameters[K + 2]) * self.z)
        with np.errstate(divide="ignore"):
            logs = np.log(np.array([days - 1.0, days]) + (not self.at_once))
        m = (x @ parameters[:K])[:, None, None] + LEVEL[:, None]
        p = SHAPES[self.shape]((logs[:, :, None, None] - m) / sigma, parameters[K + 3])
        return p.reshape(2, len(days), -1)


def _train(form: Form, cases: Sequence[Case], own_history: bool) -> Predict:
    pool = np.array([[c.parties, float(c.majority)] for c in cases]).mean(axis=0)
    shares = at_once_shares(cases)[0] if form.at_once else {}
    taken = [c for c in cases if c.days > 0 or not form.at_once]
    taken.sort(key=lambda c: (c.country, c.post_election))
    x = design(taken, COVARIATES, pool)
    days = np.array([c.days for c in taken], dtype=float)
    groups = np.array([f"{c.country} {c.post_election}" for c in taken])
    first = np.flatnonzero(np.append(True, groups[1:] != groups[:-1]))

    def cost(parameters: np.ndarray) -> float:
        low, high = form.ends(x, days, parameters)
        joint = np.add.reduceat(np.log(np.maximum(high - low, 1e-12)), first, axis=0)
        spread = (parameters[K + 2] + 1.0) ** 2 / 20.0  # so that none runs off to −∞
        return spread - logsumexp(joint + form.log_prior(parameters), axis=1).sum()

    start = np.array([3.0, *np.zeros(K - 1), -0.6, -0.4, -0.8, 0.8])
    at = optimize.minimize(cost, start, method="BFGS", options={"gtol": 2e-2, "maxiter": 80}).x

    def predict(case: Case, history: History) -> tuple[float, float]:
        same = same_kind(case, history) if own_history else []
        share = 0.0
        if form.at_once:
            a, b = shares[occasion_of(case.post_election, case.continuation)]
            share = (a + sum(c.days == 0 for c in same)) / (a + b + len(same))
            same = [c for c in same if c.days]
            if case.days == 0:
                return 0.0, share
        here = design([case] * (len(same) + 1), COVARIATES, pool)
        low, high = form.ends(here, np.array([c.days for c in [*same, case]], dtype=float), at)
        logs = np.log(np.maximum(high - low, 1e-12))
        log_weight = form.log_prior(at) + logs[:-1].sum(axis=0)
        weight = np.exp(log_weight - logsumexp(log_weight))
        below, mass = float(weight @ low[-1]), float(weight @ (high - low)[-1])
        return share + (1.0 - share) * below, (1.0 - share) * mass

    return predict
