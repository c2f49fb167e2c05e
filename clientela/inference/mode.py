"""Maximum a posteriori, and the normal approximation there (Laplace)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from clientela.inference.likelihood import Likelihood

# Of a central difference of gradients, in units of what one score's own curvature suggests.
_STEP = 1e-3
# Below this curvature of the log posterior nothing holds a score: it could as well be 10 off.
_LEAST_CURVATURE = 1e-2
# The curvature is taken anew where Newton steps have moved a score by more than this.
_MOVED = 1e-4
MOST_STEPS = 500
# L-BFGS stops when it gains less than this share; Newton steps go on from there.
_ENOUGH, _NEWTON = 1e-9, 4
# Gauss–Newton steps stop when they would gain so little (nats), and are no longer than so many scores.
_GAIN, _FARTHEST_STEP = 1e-3, 2.0
Downhill = Callable[[np.ndarray], tuple[float, np.ndarray]]


class ImproperError(ValueError):
    """The posterior has no maximum, or does not vanish, in some parameters; the message says which."""


@dataclass(frozen=True)
class Mode:
    """Where the posterior density of scores is highest.

    `z` are the scores, `values` the parameters there, `covariance` that of the scores in the normal
    approximation, shape (parameters, parameters). `log_likelihood` and `log_posterior` (but for a
    constant) are at the mode; `evidence` is Laplace's log marginal likelihood, NaN without priors.
    """

    names: tuple[str, ...]
    z: np.ndarray
    values: np.ndarray
    covariance: np.ndarray
    log_likelihood: float
    log_posterior: float
    evidence: float
    evaluations: int
    seconds: float

    def draw(self, count: int, seed: int) -> np.ndarray:
        """Scores from the normal approximation, shape (count, parameters)."""
        random = np.random.default_rng([seed, 0x3A])
        values, vectors = np.linalg.eigh(self.covariance)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        return self.z + random.standard_normal((count, len(self.z))) @ root.T


def mode_of(likelihood: Likelihood, start: np.ndarray | None = None) -> Mode:
    """The mode, from the priors' medians: by Gauss–Newton steps where the likelihood tells its
    information, else by L-BFGS-B (Byrd, Lu, Nocedal & Zhu 1995); and then by Newton steps.

    Raises ImproperError if the density still rises where scores end, or is flat at the mode, and
    ValueError if the record is impossible at the start.
    """
    began = time.perf_counter()
    scores = likelihood.scores
    z = np.zeros(len(scores)) if start is None else start
    first = posterior(likelihood, z)
    if not np.isfinite(first[0]):
        raise ValueError(
            "what is recorded is impossible at the priors' medians; look for an event that the "
            "scenario rules out, or take in more draws with the particle method"
        )
    count = 0

    def downhill(z: np.ndarray) -> tuple[float, np.ndarray]:
        nonlocal count
        count += 1
        value, slope = posterior(likelihood, z)
        return (-value, -slope) if np.isfinite(value) else (1e300, np.zeros_like(z))

    informed = likelihood.information(z) is not None
    z = _scored(downhill, likelihood, z) if informed else _climbed(downhill, z, scores.farthest)
    _refuse_ends(likelihood, z)
    values, vectors = _directions(likelihood, z)
    polished = _polished(likelihood, z, (vectors / values) @ vectors.T)
    if np.abs(polished - z).max() > _MOVED:
        values, vectors = _directions(likelihood, polished)
    z, covariance = polished, (vectors / values) @ vectors.T
    value = float(likelihood.values(z[None])[0])
    log_posterior = value + scores.log_prior(z)
    evidence = np.nan if scores.flat.any() else log_posterior - 0.5 * float(np.log(values).sum())
    return Mode(
        scores.names, z, scores.values(z[None])[0], covariance, value, log_posterior, evidence, count,
        time.perf_counter() - began,
    )  # fmt: skip


def _climbed(downhill: Downhill, z: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Where L-BFGS-B gets to from z."""
    options = {"maxiter": MOST_STEPS, "maxfun": 3 * MOST_STEPS, "ftol": _ENOUGH, "gtol": 1e-5, "maxcor": 30}  # fmt: skip
    bounds = list(zip(-ends, ends, strict=True))
    found: Any = minimize(downhill, z, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    return np.asarray(found.x)


def _scored(downhill: Downhill, likelihood: Any, z: np.ndarray) -> np.ndarray:
    """Where Gauss–Newton steps get to from z, each shortened until it goes uphill."""
    ends = likelihood.scores.farthest
    prior = np.diag(np.where(likelihood.scores.flat, 1e-6, 1.0))
    loss, slope = downhill(z)
    for _ in range(MOST_STEPS):
        step = np.linalg.solve(likelihood.information(z) + prior, -slope)
        gain = -float(slope @ step)
        if gain < _GAIN:
            break
        step *= min(1.0, _FARTHEST_STEP / np.abs(step).max())
        for _ in range(30):
            other = np.clip(z + step, -ends, ends)
            found, there = downhill(other)
            if found < loss:
                break
            step *= 0.4
        else:
            break
        z, loss, slope = other, found, there
    return z


def posterior(likelihood: Likelihood, z: np.ndarray) -> tuple[float, np.ndarray]:
    """The log posterior density of scores but for a constant, and its gradient."""
    value, slope = likelihood.value_and_gradient(z)
    scores = likelihood.scores
    return value + scores.log_prior(z), slope + scores.slope_of_log_prior(z)


def check_proper(likelihood: Likelihood, mode: Mode) -> None:
    """Raises ImproperError if the density does not vanish as some parameter without a prior goes to
    either end, the others at the mode: such a posterior has no draws.
    """
    scores = likelihood.scores
    for k in np.flatnonzero(scores.flat):
        for side in (-1.0, 1.0):
            z = mode.z.copy()
            z[k] = side * scores.farthest[k]
            if likelihood.values(z[None])[0] > mode.log_likelihood - 30.0:
                end = "its lower end" if side < 0 else "its upper end"
                raise ImproperError(
                    f"the posterior is improper: as {scores.names[k]} goes to {end}, the likelihood "
                    "does not vanish; keep its prior, or take its mode alone"
                )


def _polished(likelihood: Likelihood, z: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """The scores after a few Newton steps that do go uphill."""
    value, slope = posterior(likelihood, z)
    for _ in range(_NEWTON):
        other = z + covariance @ slope
        found, there = posterior(likelihood, other)
        if not found > value:
            break
        z, value, slope = other, found, there
    return z


def _directions(likelihood: Likelihood, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Curvatures of the log posterior and their directions. Raises ImproperError if one is flat."""
    values, vectors = np.linalg.eigh(_curvature(likelihood, z))
    if values.min() < _LEAST_CURVATURE:
        _refuse_flat(likelihood.scores.names, vectors[:, 0])
    return values, vectors


def _refuse_ends(likelihood: Likelihood, z: np.ndarray) -> None:
    scores = likelihood.scores
    at = np.flatnonzero(np.abs(z) > 0.999 * scores.farthest)
    if len(at):
        k = int(at[0])
        end = "lower" if z[k] < 0 else "upper"
        remedy = "keep its prior" if scores.flat[k] else "look at its prior, or at the events"
        raise ImproperError(
            f"the posterior is improper or far outside the prior: {scores.names[k]} goes to its {end} "
            f"end, {scores.values(z[None])[0][k]:.3g}; {remedy}, or leave it as it is with --only"
        )


def _refuse_flat(names: tuple[str, ...], direction: np.ndarray) -> None:
    worst = [names[k] for k in np.argsort(-np.abs(direction))[:2] if abs(direction[k]) > 0.3]
    raise ImproperError(
        f"the posterior is improper: nothing holds {' and '.join(worst)} at the mode; keep the prior, "
        "or fit fewer parameters with --only"
    )


def _curvature(likelihood: Likelihood, z: np.ndarray) -> np.ndarray:
    """Minus the Hessian of the log posterior: the likelihood's own, or by central differences of
    gradients."""
    count = len(z)
    own = likelihood.curvature(z)
    if own is not None:
        return own + np.diag(np.where(likelihood.scores.flat, 0.0, 1.0))
    found = np.empty((count, count))
    for k, step in enumerate(_STEP * np.eye(count)):
        found[k] = posterior(likelihood, z - step)[1] - posterior(likelihood, z + step)[1]
    found /= 2.0 * _STEP
    return 0.5 * (found + found.T)
