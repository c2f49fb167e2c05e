"""Coordinates in which parameters are learned: standard normal scores of their priors."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import expit, logit, ndtr

from clientela.process import Program
from clientela.scenario import Conditional
from clientela.scenario.distributions import Distribution

# Beyond, quantiles run out of digits: a score of 7 leaves one in 10¹² above it.
FARTHEST = 7.0
# How far without a prior, where scores are logarithms.
FARTHEST_FLAT = 40.0
_LEVELS = (np.arange(4000) + 0.5) / 4000


class Scores:
    """Some parameters of a program as scores; the others stay at their medians.

    A parameter at score z is its prior's quantile at Φ(z), so that a priori all scores are standard
    normal and independent. Those in `flat` have no prior: they are their median times exp(z), or,
    if they lie between two bounds, the logit of where they lie between them is that of the median
    plus z, and every z is alike.
    """

    def __init__(self, program: Program, names: Sequence[str], flat: Sequence[str] = ()) -> None:
        known = {p.name: k for k, p in enumerate(program.parameters)}
        self.program = program
        self.names = tuple(names)
        self.flat = np.array([name in flat for name in names], dtype=np.bool_)
        self._columns = [len(program.propositions) + known[name] for name in names]
        laws = [program.parameters[known[name]].distribution for name in names]
        self._laws = [_Mixture(law) if isinstance(law, Conditional) else law for law in laws]
        self._others = _medians(program)

    def __len__(self) -> int:
        return len(self.names)

    @property
    def farthest(self) -> np.ndarray:
        """The largest score that is looked at, per parameter."""
        return np.where(self.flat, FARTHEST_FLAT, FARTHEST)

    def columns(self, z: np.ndarray) -> np.ndarray:
        """All that is drawn before a path, at scores of shape (rows, parameters)."""
        found = np.tile(self._others, (len(z), 1))
        found[:, self._columns] = self.values(z)
        return found

    def values(self, z: np.ndarray) -> np.ndarray:
        """The parameters at scores of shape (rows, parameters)."""
        found = [
            _without_prior(law, z[:, k]) if self.flat[k] else _at_score(law, z[:, k])
            for k, law in enumerate(self._laws)
        ]
        return np.stack(found, axis=1) if found else np.zeros((len(z), 0))

    def log_prior(self, z: np.ndarray) -> float:
        """The log prior density of scores, but for a constant."""
        return -0.5 * float((z[~self.flat] ** 2).sum())

    def slope_of_log_prior(self, z: np.ndarray) -> np.ndarray:
        """Its gradient."""
        return np.where(self.flat, 0.0, -z)


class _Mixture:
    """The mixture of both distributions of a conditional value, with a quantile that is smooth."""

    def __init__(self, law: Conditional) -> None:
        values = np.concatenate([law.true.quantile(_LEVELS), law.false.quantile(_LEVELS)])
        weights = np.repeat([law.credence, 1.0 - law.credence], len(_LEVELS)) / len(_LEVELS)
        order = np.argsort(values, kind="stable")
        self._values, weights = values[order], weights[order]
        self._reached = np.cumsum(weights) - weights / 2.0
        self.support = law.support
        self.family = law.family

    def quantile(self, level: np.ndarray) -> np.ndarray:
        return np.interp(level, self._reached, self._values)


def _at_score(law: Distribution | _Mixture, z: np.ndarray) -> np.ndarray:
    if isinstance(law, Distribution) and law.family == "lognormal":  # exact also far out
        return law["median"] * np.exp(law["sigma"] * z)
    return np.asarray(law.quantile(ndtr(z)), dtype=float)


def _without_prior(law: Distribution | _Mixture, z: np.ndarray) -> np.ndarray:
    low, high = law.support()
    middle = float(law.quantile(np.array(0.5)))
    if math.isfinite(high):
        return low + (high - low) * expit(logit((middle - low) / (high - low)) + z)
    return low + (middle - low) * np.exp(z) if math.isfinite(low) else middle + z


def _medians(program: Program) -> np.ndarray:
    """Every column where all is as likely as not to be more: propositions as they likelier are."""
    truth: dict[str, np.ndarray] = {}
    for belief in program.beliefs:
        truth |= belief.draw(np.array([0.5]), truth)
    columns = [float(value[0]) for value in truth.values()]
    columns += [float(p.distribution.quantile(np.array(0.5))) for p in program.parameters]
    return np.array(columns)
