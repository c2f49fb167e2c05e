"""Maximum likelihood of the model of `clientela.chamber.duration`, countries integrated out."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize
from scipy.special import logsumexp
from scipy.stats import betabinom

from clientela.chamber.duration import FREEDOM, DurationFit, occasion_of
from validation.duration.data import Case

# A country's level and dispersion, in units of their scales, on a grid that is summed over. Sums
# over a grid are exact as soon as it is finer than the narrowest country's own likelihood.
LEVEL = np.linspace(-6.0, 6.0, 121)
DISPERSION = np.linspace(-3.0, 3.0, 15)
Covariate = Callable[[Case, np.ndarray], float]  # case, mean of (parties, majority) in the pool

COVARIATES: dict[str, Covariate] = {
    "constant": lambda case, pool: 1.0,
    "post_election": lambda case, pool: float(case.post_election),
    "post_election_parties": lambda case, pool: case.post_election * (case.parties - pool[0]),
    "continuation": lambda case, pool: float(case.continuation),
    "majority": lambda case, pool: float(case.majority),
    # Of no use out of sample, so not in the model that ships. No data (France): the pool's mean.
    "post_election_polarization": lambda case, pool: (
        0.0 if case.polarization is None else case.post_election * (case.polarization - 0.5)
    ),
    "investiture": lambda case, pool: float(case.investiture),
}


@dataclass(frozen=True, eq=False)
class Fitted:
    """A fit with its marginal log-likelihood, split into whether and when."""

    fit: DurationFit
    log_likelihood: float  # of the durations of a day and more
    log_likelihood_at_once: float


@functools.lru_cache(maxsize=64)  # with and without a history the fits are the same
def fit(cases: tuple[Case, ...], names: tuple[str, ...]) -> Fitted:
    """The maximum of the marginal likelihood, and the inverse of its second derivatives."""
    known = np.array([[case.parties, float(case.majority)] for case in cases])
    pool = known.mean(axis=0)
    taken = [case for case in cases if case.days > 0]
    x = design(taken, names, pool)
    groups = [f"{case.country} {case.post_election}" for case in taken]
    value = Marginal(x, np.array([case.days for case in taken], dtype=float), np.array(groups))
    start = np.concatenate([[3.0], np.zeros(len(names) - 1), [-0.6, -0.4, -0.8]])
    found = optimize.minimize(value, start, jac=True, method="BFGS", options={"gtol": 1e-4})
    covariance = np.linalg.inv(_curvature(value, found.x))
    at_once, log_likelihood_at_once = at_once_shares(cases)
    k = len(names)
    shipped = DurationFit(
        covariates=tuple(names),
        beta=found.x[:k],
        covariance=covariance[:k, :k],
        between=float(np.exp(found.x[k])),
        log_dispersion=float(found.x[k + 1]),
        log_dispersion_error=float(np.sqrt(covariance[k + 1, k + 1])),
        dispersion_between=float(np.exp(found.x[k + 2])),
        at_once=at_once,
        pool_mean=pool,
        pool_covariance=np.cov(known.T),
        about=f"{len(cases)} formations",
    )
    return Fitted(shipped, -float(found.fun), log_likelihood_at_once)


def design(cases: Sequence[Case], names: Sequence[str], pool: np.ndarray) -> np.ndarray:
    """The covariates of cases, shape (cases, K)."""
    return np.array([[COVARIATES[name](case, pool) for name in names] for case in cases])


class Marginal:
    """−log of the likelihood of (β, log τ, mean of log σ, log of its spread), with its gradient.

    A country's level is xβ + τu and its log σ is s + ωz; for each pair (u, z) of the grid the
    likelihood of its formations is a product, and the pairs are summed over with their weights.
    """

    def __init__(self, x: np.ndarray, days: np.ndarray, groups: np.ndarray) -> None:
        order = np.argsort(groups, kind="stable")
        self.x = x[order]
        with np.errstate(divide="ignore"):
            self.low, self.high = np.log(days[order] - 1.0), np.log(days[order])
        _, self.first, self.sizes = np.unique(groups[order], return_index=True, return_counts=True)
        u, z = np.meshgrid(LEVEL, DISPERSION, indexing="ij")
        self.u, self.z = u.ravel(), z.ravel()
        log_weight = -(FREEDOM + 1) / 2.0 * np.log1p(self.u**2 / FREEDOM) - self.z**2 / 2.0
        self.log_weight = log_weight - logsumexp(log_weight)

    def __call__(self, parameters: np.ndarray) -> tuple[float, np.ndarray]:
        k = self.x.shape[1]
        scale, spread = np.exp(parameters[k]), np.exp(parameters[k + 2])
        m = (self.x @ parameters[:k])[:, None] + scale * self.u
        sigma = np.exp(parameters[k + 1] + spread * self.z)
        z_low = np.clip((self.low[:, None] - m) / sigma, -700.0, 30.0)
        z_high = np.clip((self.high[:, None] - m) / sigma, -700.0, 30.0)
        low, high = np.exp(z_low), np.exp(z_high)
        inside = np.maximum(-np.expm1(low - high), 1e-300)
        log_mass = -low + np.log(inside)
        joint = np.add.reduceat(log_mass, self.first, axis=0) + self.log_weight
        by_country = logsumexp(joint, axis=1)
        # The derivative of log Σ exp is the mean over the grid's posterior, country by country.
        posterior = np.repeat(np.exp(joint - by_country[:, None]), self.sizes, axis=0)
        past = np.exp(low - high)
        by_m = posterior * (low - high * past) / (inside * sigma)
        by_log_sigma = posterior * (low * z_low - high * z_high * past) / inside
        gradient = np.concatenate(
            [
                by_m.sum(axis=1) @ self.x,
                [np.sum(by_m @ (scale * self.u))],
                [by_log_sigma.sum()],
                [np.sum(by_log_sigma @ (spread * self.z))],
            ]
        )
        return -float(by_country.sum()), -gradient


def _curvature(value: Marginal, at: np.ndarray, step: float = 1e-4) -> np.ndarray:
    """Second derivatives, from central differences of the gradient."""
    rows = []
    for one in np.eye(len(at)) * step:
        rows.append((value(at + one)[1] - value(at - one)[1]) / (2.0 * step))
    return (np.array(rows) + np.array(rows).T) / 2.0


def at_once_shares(cases: Sequence[Case]) -> tuple[dict[str, tuple[float, float]], float]:
    """By occasion the beta distribution of countries' share of formations within the day.

    The mode of a posterior with weak priors: logit of the mean ~ N(−1.5, 2²), log(a + b) ~
    N(1.5, 1). No formation after an election without the rule of continuation was at once, so that
    no maximum of the likelihood is finite.
    """
    found, total = {}, 0.0
    for occasion in sorted({occasion_of(c.post_election, c.continuation) for c in cases}):
        own = [c for c in cases if occasion_of(c.post_election, c.continuation) == occasion]
        countries = sorted({case.country for case in own})
        n = np.array([sum(c.country == name for c in own) for name in countries])
        zero = np.array([sum(c.country == name and c.days == 0 for c in own) for name in countries])

        def parameters(q: np.ndarray) -> tuple[float, float]:
            size, share = np.exp(q[1]), 1.0 / (1.0 + np.exp(-q[0]))
            return float(size * share), float(size * (1.0 - share))

        def log_likelihood(q: np.ndarray, zero=zero, n=n) -> float:
            return float(betabinom.logpmf(zero, n, *parameters(q)).sum())

        def cost(q: np.ndarray, log_likelihood=log_likelihood) -> float:
            return ((q[0] + 1.5) / 2.0) ** 2 / 2.0 + (q[1] - 1.5) ** 2 / 2.0 - log_likelihood(q)

        best = optimize.minimize(cost, np.array([-1.5, 1.5]), method="Nelder-Mead").x
        found[occasion] = parameters(best)
        total += log_likelihood(best)
    return found, total
