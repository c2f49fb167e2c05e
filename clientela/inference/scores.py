"""Coordinates in which parameters are learned: standard normal scores of their priors."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.interpolate import CubicSpline, PchipInterpolator
from scipy.special import betaincinv, expit, logit, ndtr

from clientela.process import Program
from clientela.scenario import Conditional
from clientela.scenario.conditional import parts
from clientela.scenario.distributions import Distribution

# Beyond, quantiles run out of digits: a score of 7 leaves one in 10¹² above it.
FARTHEST = 7.0
# How far without a prior, where scores are logarithms.
FARTHEST_FLAT = 40.0
_NODES = np.linspace(-FARTHEST, FARTHEST, 113)
_FINE = np.linspace(-FARTHEST, FARTHEST, 4001)


class Scores:
    """Some parameters of a program as scores; the others stay at their medians.

    A parameter at score z is its prior's quantile at Φ(z), so that a priori all scores are standard
    normal and independent. Those in `flat` have no prior, and every z is alike: they are as far
    from their only bound as their median, times exp(±z), or, if they lie between two bounds, the
    logit of where they lie between them is that of the median plus z.
    """

    def __init__(self, program: Program, names: Sequence[str], flat: Sequence[str] = ()) -> None:
        known = {p.name: k for k, p in enumerate(program.parameters)}
        self.names = tuple(names)
        self.flat = np.array([name in flat for name in names], dtype=np.bool_)
        self._columns = [len(program.propositions) + known[name] for name in names]
        laws = [program.parameters[known[name]].distribution for name in names]
        self._laws = [Curve(law) for law in laws]
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
            _without_prior(law, z[:, k]) if self.flat[k] else law.at(z[:, k])
            for k, law in enumerate(self._laws)
        ]
        return np.stack(found, axis=1) if found else np.zeros((len(z), 0))

    def of(self, values: np.ndarray) -> np.ndarray:
        """The scores of values within their priors, both of shape (rows, parameters)."""
        found = [law.score(values[:, k]) for k, law in enumerate(self._laws)]
        return np.stack(found, axis=1) if found else np.zeros((len(values), 0))

    def log_prior(self, z: np.ndarray) -> float:
        """The log prior density of scores, but for a constant."""
        return -0.5 * float((z[~self.flat] ** 2).sum())

    def slope_of_log_prior(self, z: np.ndarray) -> np.ndarray:
        """Its gradient."""
        return np.where(self.flat, 0.0, -z)


class Curve:
    """A prior's quantile as a smooth function of the score.

    Quantiles of some families are drawn from tables with straight lines between; a likelihood has
    to be bent as the law itself is, so a cubic spline through exact quantiles is used in their place;
    one that keeps to their order where a mixture's quantile leaps from one case to the other, or
    where a law is so near to its bounds that the cubic would swing about them.
    """

    def __init__(self, law: Distribution | Conditional) -> None:
        self.law = law
        if isinstance(law, Conditional):
            self._spline = PchipInterpolator(_NODES, _mixed(law))
        else:
            self._spline = CubicSpline(_NODES, exact_quantile(law, ndtr(_NODES)))
            if not _rises(self._spline):
                self._spline = PchipInterpolator(_FINE, exact_quantile(law, ndtr(_FINE)))
        self.low, self.high = law.support()

    def at(self, z: np.ndarray) -> np.ndarray:
        law = self.law
        if isinstance(law, Distribution) and law.family == "lognormal":  # exact also far out
            return law["median"] * np.exp(law["sigma"] * z)
        return np.clip(self._spline(np.clip(z, -FARTHEST, FARTHEST)), self.low, self.high)

    def score(self, values: np.ndarray) -> np.ndarray:
        """Where it has these values."""
        return np.interp(values, self.at(_FINE), _FINE)


def _rises(cubic: CubicSpline) -> bool:
    """Whether it falls nowhere by more than rounding: its slope is a parabola in each interval."""
    a, b, c, d = cubic.c
    width = np.diff(cubic.x)
    lowest = np.minimum(c, c + width * (2.0 * b + width * 3.0 * a))
    with np.errstate(divide="ignore", invalid="ignore"):
        turn = -b / (3.0 * a)
        inside = (turn > 0.0) & (turn < width)
        lowest = np.where(inside, np.minimum(lowest, c - b**2 / (3.0 * a)), lowest)
    return bool((lowest * width >= -1e-13 * np.abs(d)).all())


def exact_quantile(law: Distribution, level: np.ndarray) -> np.ndarray:
    """The quantile without tables."""
    if law.family == "beta":
        return betaincinv(law["a"], law["b"], level)
    if law.family == "pert":
        low, width = law["low"], law["high"] - law["low"]
        a = 1.0 + 4.0 * (law["likely"] - low) / width
        return low + width * betaincinv(a, 6.0 - a, level)
    return np.asarray(law.quantile(level), dtype=float)


def _mixed(law: Conditional) -> np.ndarray:
    """Quantiles of the mixture of both cases at the nodes."""
    level = ndtr(_FINE)
    share = np.diff(level, prepend=0.0)
    values = np.concatenate([exact_quantile(law.true, level), exact_quantile(law.false, level)])
    weights = np.concatenate([law.credence * share, (1.0 - law.credence) * share])
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) - weights[order] / 2.0
    return np.interp(ndtr(_NODES), reached, values[order])


def _without_prior(law: Curve, z: np.ndarray) -> np.ndarray:
    low, high = law.low, law.high
    middle = float(law.at(np.zeros(1))[0])
    if math.isfinite(low) and math.isfinite(high):
        return low + (high - low) * expit(logit((middle - low) / (high - low)) + z)
    if math.isfinite(high):
        return high - (high - middle) * np.exp(-z)
    return low + (middle - low) * np.exp(z) if math.isfinite(low) else middle + z


def moved(mean: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """How far scores with these moments have moved from the prior, nats: the Kullback–Leibler
    divergence of a normal law from the standard one."""
    return 0.5 * (mean**2 + variance - 1.0 - np.log(variance))


def is_smooth(law: Distribution | Conditional) -> bool:
    """Whether it is a law over a continuum, in which a gradient can go up."""
    families = {part.family for part in parts(law)}
    return not families & {"discrete", "fixed"}


def _medians(program: Program) -> np.ndarray:
    """Every column where all is as likely as not to be more: propositions as they likelier are."""
    truth: dict[str, np.ndarray] = {}
    for belief in program.beliefs:
        truth |= belief.draw(np.array([0.5]), truth)
    columns = [float(value[0]) for value in truth.values()]
    columns += [float(p.distribution.quantile(np.array(0.5))) for p in program.parameters]
    return np.array(columns)
