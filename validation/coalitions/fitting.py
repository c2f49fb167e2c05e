"""Conditional logit by Newton's method, and with random coefficients by country."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from validation.coalitions.tables import Table, part

# Prior precision of a coefficient per unit of its covariate's standard deviation: weak, so that
# covariates that never vary among the likely coalitions stay finite.
RIDGE = 1.0
LEAST_VARIANCE = 1e-4
MOST_ROUNDS, CONVERGED = 100, 1e-2


@dataclass(frozen=True, eq=False)
class Fit:
    """Coefficients by column: `mean`, their `covariance` (clustered by country), the standard
    deviation `between` countries, and each country's own coefficients as far as its formations
    tell (`own`: mean, covariance)."""

    mean: np.ndarray
    covariance: np.ndarray
    between: np.ndarray
    log_likelihood: float
    own: dict[str, tuple[np.ndarray, np.ndarray]]


def log_likelihoods(table: Table, beta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(log P of what came about, by formation; P of every alternative)."""
    case = table.case
    utility = table.x @ beta + table.offset
    peak = np.maximum.reduceat(utility, table.start[:-1])
    weight = np.exp(utility - peak[case])
    total = np.add.reduceat(weight, table.start[:-1])
    return utility[table.chosen] - peak - np.log(total), weight / total[case]


def newton(
    table: Table, centre: np.ndarray, precision: np.ndarray, start: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, float]:
    """(mode, Hessian, log likelihood) of a logit with a normal prior, by damped Newton steps."""
    beta = centre.copy() if start is None else start.copy()

    def height(at: np.ndarray) -> tuple[float, np.ndarray]:
        logs, chances = log_likelihoods(table, at)
        return float(logs.sum() - 0.5 * (precision * (at - centre) ** 2).sum()), chances

    now, chances = height(beta)
    hessian = np.diag(precision)
    for _ in range(60):
        weighted = table.x * chances[:, None]
        means = np.add.reduceat(weighted, table.start[:-1], axis=0)
        gradient = (table.x[table.chosen] - means).sum(axis=0) - precision * (beta - centre)
        hessian = table.x.T @ weighted - means.T @ means + np.diag(precision)
        step = np.linalg.solve(hessian + 1e-9 * np.eye(len(beta)), gradient)
        size = 1.0
        after, chances = height(beta + step)
        while after < now - 1e-9 and size > 1e-4:
            size /= 2
            after, chances = height(beta + size * step)
        beta = beta + size * step
        if after - now < 1e-5:
            break
        now = after
    return beta, hessian, float(log_likelihoods(table, beta)[0].sum())


def conditional_logit(table: Table, countries: np.ndarray) -> Fit:
    """One β for all (Martin & Stevenson 2001), with a covariance robust to clusters by country."""
    scaled, scale = _scaled(table)
    zero = np.zeros(table.x.shape[1])
    beta, hessian, likelihood = newton(scaled, zero, np.full(len(zero), RIDGE))
    bread = np.linalg.inv(hessian)
    _, chances = log_likelihoods(scaled, beta)
    means = np.add.reduceat(scaled.x * chances[:, None], scaled.start[:-1], axis=0)
    scores = scaled.x[scaled.chosen] - means
    clustered = np.array([scores[countries == c].sum(axis=0) for c in np.unique(countries)])
    covariance = bread @ clustered.T @ clustered @ bread
    both = np.outer(scale, scale)
    return Fit(beta / scale, covariance / both, np.zeros(len(zero)), likelihood, {})


def random_coefficients(table: Table, countries: np.ndarray) -> Fit:
    """β_c ~ N(μ, diag τ²) by country: μ as for one β for all, τ by maximum likelihood about it.

    Glasgow, Golder & Golder (2012) let coefficients vary over formations; here they vary over
    countries, so that a country's past says something of its next government. μ is not estimated
    together with τ: each country would then count alike, however few its formations, and what
    differs between countries only (a tradition of minority cabinets) would go to their own
    coefficients. That predicts other countries worse; the page gives the numbers.

    τ solves τ² Σ(1 − V/τ²) = Σ(b − μ)², with b and V mode and variance of the countries' own
    coefficients (Laplace), iterated as MacKay (1992) does.
    """
    scaled, scale = _scaled(table)
    everything = np.arange(table.x.shape[1])
    pooled = conditional_logit(scaled, countries)
    by_country = {
        c: part(scaled, np.flatnonzero(countries == c), everything) for c in np.unique(countries)
    }
    variance = np.full(len(everything), 0.1)
    own: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    for _ in range(MOST_ROUNDS):
        for country, rows in by_country.items():
            start = own[country][0] if country in own else pooled.mean
            beta, hessian, _ = newton(rows, pooled.mean, 1.0 / variance, start)
            own[country] = beta, np.linalg.inv(hessian)
        away = sum((b - pooled.mean) ** 2 for b, _ in own.values())
        told = len(own) - sum(np.diag(v) for _, v in own.values()) / variance
        before, variance = variance, np.maximum(away / np.maximum(told, 1e-9), LEAST_VARIANCE)
        if np.abs(np.sqrt(variance) - np.sqrt(before)).max() < CONVERGED:
            break
    likelihood = sum(float(log_likelihoods(by_country[c], own[c][0])[0].sum()) for c in own)
    both = np.outer(scale, scale)
    return Fit(
        pooled.mean / scale,
        pooled.covariance / both,
        np.sqrt(variance) / scale,
        likelihood,
        {c: (b / scale, v / both) for c, (b, v) in own.items()},
    )


def _scaled(table: Table) -> tuple[Table, np.ndarray]:
    """The table with covariates of unit standard deviation, and what they were divided by."""
    scale = table.x.std(axis=0)
    scale[scale == 0] = 1.0
    return replace(table, x=table.x / scale), scale
