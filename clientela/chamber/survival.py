"""Cox's proportional hazards: what speeds an event up, whatever its usual course in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Ties = Literal["efron", "breslow"]
STEPS = 50  # of Newton's method; ten are many


@dataclass(frozen=True, eq=False)
class CoxFit:
    """β of a Cox model: log hazard ratios, a positive one means sooner.

    `beta` and `covariance` have shapes (K,) and (K, K); `log_likelihood` is the partial one at
    β, `null` the one at 0.
    """

    beta: np.ndarray
    covariance: np.ndarray
    log_likelihood: float
    null: float

    @property
    def likelihood_ratio(self) -> float:
        """Twice the gain in log-likelihood over no covariates: χ² with K degrees of freedom."""
        return 2.0 * (self.log_likelihood - self.null)


def cox(x: np.ndarray, days: np.ndarray, ended: np.ndarray | None = None, ties: Ties = "efron") -> CoxFit:  # fmt: skip
    """The β that maximise the partial likelihood (Cox 1972), by Newton's method.

    `x` has shape (cases, K); `days` are durations, in any unit, since only their order counts;
    `ended` says which cases ended, rather than being still open when last seen (all, if not given).
    Equal durations are treated after Efron (1977) or Breslow (1974). Raises ValueError for shapes
    that do not agree, values that are not finite, and if no finite β is a maximum.
    """
    x, days, ended = _checked(x, days, ended, ties)
    centred = x - x.mean(axis=0)  # leaves the likelihood as it is, and keeps exp() small
    beta = np.zeros(x.shape[1])
    value, gradient, information = partial_likelihood(beta, centred, days, ended, ties)
    null, at_zero = value, information
    for _ in range(STEPS):
        if not _determined(information, at_zero):
            break
        step = np.linalg.solve(information, gradient)
        while True:
            trial = partial_likelihood(beta + step, centred, days, ended, ties)
            if trial[0] >= value - 1e-9 or np.abs(step).max() < 1e-12:
                break
            step = step / 2.0
        beta, (value, gradient, information) = beta + step, trial
        if np.abs(step).max() < 1e-8:
            return CoxFit(beta, np.linalg.inv(information), value, null)
    raise ValueError("no finite beta maximises the partial likelihood: a covariate is constant, a combination of others, or orders the durations perfectly")  # fmt: skip


def partial_likelihood(
    beta: np.ndarray, x: np.ndarray, days: np.ndarray, ended: np.ndarray, ties: Ties
) -> tuple[float, np.ndarray, np.ndarray]:
    """The log of the partial likelihood at β, its gradient and its negative second derivatives.

    With D the d cases that end at a time and R those still open just before it, each time adds
    Σ_D βx − Σ_l log(Σ_R e^βx − (l/d) Σ_D e^βx), l = 0, …, d − 1 (Efron); without the second term
    in the logarithm it is Breslow's.
    """
    eta = x @ beta
    peak = eta.max()
    weight = np.exp(eta - peak)
    value, gradient = 0.0, np.zeros(len(beta))
    information = np.zeros((len(beta), len(beta)))
    for time in np.unique(days[ended]):
        ending = ended & (days == time)
        risk, tied = days >= time, int(ending.sum())
        value += eta[ending].sum()
        gradient += x[ending].sum(axis=0)
        for done in range(tied):
            share = np.where(ending, done / tied, 0.0) if ties == "efron" else 0.0
            w = np.where(risk, weight * (1.0 - share), 0.0)
            total = w.sum()
            mean = w @ x / total
            value -= np.log(total) + peak
            gradient -= mean
            information += (x.T * w) @ x / total - np.outer(mean, mean)
    return float(value), gradient, information


def _determined(information: np.ndarray, at_zero: np.ndarray) -> bool:
    """Whether the likelihood bends in every direction, in units of how it does at β = 0.

    It no longer does where β runs off to infinity, and never did where covariates are collinear.
    """
    unit = np.sqrt(np.diag(at_zero))
    if (unit <= 0.0).any():
        return False
    return bool(np.linalg.eigvalsh(information / np.outer(unit, unit)).min() > 1e-10)


def _checked(
    x: np.ndarray, days: np.ndarray, ended: np.ndarray | None, ties: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x, days = np.asarray(x, dtype=float), np.asarray(days, dtype=float)
    ended = np.ones(len(days), dtype=bool) if ended is None else np.asarray(ended, dtype=bool)
    if x.ndim != 2 or days.shape != (len(x),) or ended.shape != days.shape:
        raise ValueError(f"x has shape {x.shape}, days {days.shape} and ended {ended.shape}; expected one row of x per duration")  # fmt: skip
    if not (np.isfinite(x).all() and np.isfinite(days).all()):
        raise ValueError("x or days holds a value that is not finite; leave such rows out")
    if not ended.any():
        raise ValueError("no case ended, so there is nothing to fit; expected at least one")
    if ties not in ("efron", "breslow"):
        raise ValueError(f"there is no treatment {ties!r} of ties; expected 'efron' or 'breslow'")
    return x, days, ended
