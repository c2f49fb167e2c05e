"""Distributions an analyst can write, drawn by their inverse CDF."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special


@dataclass(frozen=True)
class Distribution:
    """A distribution by family and arguments. Make one with the functions of this module.

    >>> pert(0.2, 0.5, 0.9).mean()
    0.5166666666666667
    """

    family: str
    arguments: tuple[tuple[str, Any], ...]

    def __getitem__(self, name: str) -> Any:
        return dict(self.arguments)[name]

    def quantile(self, level: Any) -> Any:
        """The value below which a draw falls with probability `level` (0–1), elementwise."""
        return _FAMILIES[self.family].quantile(np.asarray(level, dtype=float), **self._named)

    def mean(self) -> float:
        """The expectation; of a cut normal by quadrature."""
        return float(_FAMILIES[self.family].mean(**self._named))

    def median(self) -> float:
        """The 50 % quantile."""
        return float(self.quantile(0.5))

    def support(self) -> tuple[float, float]:
        """The least and the largest value possible; infinite where unbounded."""
        return _FAMILIES[self.family].support(**self._named)

    @property
    def is_fixed(self) -> bool:
        """Whether it is a single number."""
        return self.family == "fixed"

    def describe(self) -> str:
        """In words: `PERT, mean 0.52, 90 % from 0.28 to 0.77`."""
        if self.is_fixed:
            return format(self["value"], "g")
        name = {"pert": "PERT"}.get(self.family, self.family)
        low, high = self.quantile(0.05), self.quantile(0.95)
        return f"{name}, mean {self.mean():.3g}, 90 % from {low:.3g} to {high:.3g}"

    @property
    def _named(self) -> dict[str, Any]:
        return dict(self.arguments)


LARGEST = 1e150  # of a draw: its square must still be a number


@dataclass(frozen=True)
class _Family:
    quantile: Callable[..., Any]
    mean: Callable[..., float]
    support: Callable[..., tuple[float, float]]


def _make(family: str, **arguments: Any) -> Distribution:
    """The distribution, refused if its arguments are so extreme that draws from it overflow."""
    made = Distribution(family, tuple(arguments.items()))
    low, high = made.support()
    if math.isfinite(low) and math.isfinite(high):
        _require(max(-low, high) < LARGEST, "the numbers must be less extreme to be drawn from")
        return made
    with np.errstate(all="ignore"):
        extremes = np.append(made.quantile(np.array([1e-9, 0.5, 1 - 1e-9])), made.mean())
    _require(
        bool(np.all(np.abs(extremes) < LARGEST)),
        "the numbers must be less extreme to be drawn from",
    )
    return made


def _require(condition: bool, sentence: str) -> None:
    if not condition:
        raise ValueError(sentence)


def fixed(value: float) -> Distribution:
    """A single number."""
    _require(math.isfinite(value), f"{value} is not a finite number")
    return _make("fixed", value=float(value))


def uniform(low: float, high: float) -> Distribution:
    """Every value from `low` to `high` alike."""
    _require(low < high, f"low {low:g} must be under high {high:g}")
    return _make("uniform", low=float(low), high=float(high))


def triangular(low: float, likely: float, high: float) -> Distribution:
    """A triangle from `low` to `high` with its peak at `likely`."""
    _check_three(low, likely, high)
    return _make("triangular", low=float(low), likely=float(likely), high=float(high))


def pert(low: float, likely: float, high: float) -> Distribution:
    """The PERT form of the beta: between the extremes, mean (low + 4 likely + high) / 6."""
    _check_three(low, likely, high)
    return _make("pert", low=float(low), likely=float(likely), high=float(high))


def beta(
    a: float | None = None,
    b: float | None = None,
    *,
    mean: float | None = None,
    sd: float | None = None,
) -> Distribution:
    """Beta on 0–1, by its shapes a and b or by its mean and standard deviation."""
    if mean is not None and sd is not None and a is None and b is None:
        _require(0 < mean < 1, f"the mean {mean:g} of a beta must be between 0 and 1")
        most = math.sqrt(mean * (1 - mean))
        _require(
            1e-9 < sd < most,
            f"the sd {sd:g} of a beta with mean {mean:g} must be under {most:.3g} and over 0",
        )
        total = mean * (1 - mean) / sd**2 - 1
        a, b = mean * total, (1 - mean) * total
    if a is None or b is None:
        raise ValueError("a beta needs a and b, or mean and sd")
    _require(a > 0 and b > 0, f"the shapes of a beta must be positive, not {a:g} and {b:g}")
    # Beyond, it is a point or a coin, and its inverse CDF takes seconds.
    _require(min(a, b) >= 1e-3 and max(a, b) <= 1e6, "the shapes of a beta must be 0.001 to 1e6")
    return _make("beta", a=float(a), b=float(b))


def normal(
    mean: float, sd: float, *, low: float = -math.inf, high: float = math.inf
) -> Distribution:
    """Normal, optionally cut to `low`–`high`."""
    _require(sd > 0, f"sd {sd:g} must be positive")
    _require(sd > 1e-150, f"sd {sd:g} must be larger; or write the mean as a number")
    _require(low < high, f"low {low:g} must be under high {high:g}")
    inside = special.ndtr((high - mean) / sd) - special.ndtr((low - mean) / sd)
    _require(inside > 1e-6, f"more of the normal must lie between {low:g} and {high:g}")
    return _make("normal", mean=float(mean), sd=float(sd), low=float(low), high=float(high))


def lognormal(median: float, sigma: float) -> Distribution:
    """Lognormal: its logarithm is normal around log(median) with standard deviation sigma."""
    _require(median > 0 and sigma > 0, "median and sigma of a lognormal must be positive")
    return _make("lognormal", median=float(median), sigma=float(sigma))


def gamma(
    shape: float | None = None,
    rate: float | None = None,
    *,
    mean: float | None = None,
    sd: float | None = None,
) -> Distribution:
    """Gamma on the positive numbers, by shape and rate or by mean and standard deviation."""
    if mean is not None and sd is not None and shape is None and rate is None:
        _require(mean > 0 and sd > 0, "mean and sd of a gamma must be positive")
        _require(
            1e-6 < mean / sd < 1e6,
            f"mean {mean:g} and sd {sd:g} of a gamma must be nearer to each other",
        )
        shape, rate = (mean / sd) ** 2, mean / sd / sd
    if shape is None or rate is None:
        raise ValueError("a gamma needs shape and rate, or mean and sd")
    _require(shape > 0 and rate > 0, "shape and rate of a gamma must be positive")
    return _make("gamma", shape=float(shape), rate=float(rate))


def discrete(values: list[float], weights: list[float] | None = None) -> Distribution:
    """One of some values, with weights that need not sum to one (none: all alike)."""
    weights = [1.0] * len(values) if weights is None else weights
    _require(len(values) > 0, "a discrete distribution needs at least one value")
    _require(len(values) == len(weights), "values and weights must be equally many")
    _require(
        all(w >= 0 for w in weights) and 0 < sum(weights) < math.inf,
        "weights must be at least 0, not all 0",
    )
    order = sorted(range(len(values)), key=lambda i: values[i])
    total = float(sum(weights))
    return _make(
        "discrete",
        values=tuple(float(values[i]) for i in order),
        weights=tuple(float(weights[i]) / total for i in order),
    )


def _check_three(low: float, likely: float, high: float) -> None:
    _require(low < high, f"low {low:g} must be under high {high:g}")
    _require(low <= likely <= high, f"likely {likely:g} must lie from {low:g} to {high:g}")


# Levels at which a beta's inverse CDF is tabulated: dense at both ends, where it is steep.
_LEVELS = np.sin(np.linspace(0.0, np.pi / 2, 1025)) ** 2
_TAIL = 32


@functools.lru_cache(maxsize=4096)
def _beta_nodes(a: float, b: float) -> np.ndarray:
    return special.betaincinv(a, b, _LEVELS)


def _beta_quantile(u, a, b):
    """Linear between 1,025 exact nodes: within 1e-4, and many times as fast as exact.

    The first and last nodes are too far apart for the tails (at 1 − 1e-6 a beta(400, 3) would be
    off by 0.9), so the one draw in two hundred that falls there is inverted exactly.
    """
    found = np.array(np.interp(u, _LEVELS, _beta_nodes(a, b)))
    tails = (u < _LEVELS[_TAIL]) | (u > _LEVELS[-1 - _TAIL])
    return special.betaincinv(a, b, u, out=found, where=tails)[()]


def _pert_quantile(u, low, likely, high):
    width = high - low
    a, b = 1 + 4 * (likely - low) / width, 1 + 4 * (high - likely) / width
    return low + width * _beta_quantile(u, a, b)


def _triangular_quantile(u, low, likely, high):
    width, rise = high - low, likely - low
    left = low + np.sqrt(u * width * rise)
    right = high - np.sqrt((1 - u) * width * (high - likely))
    return np.where(u * width < rise, left, right)


def _normal_quantile(u, mean, sd, low, high):
    below, above = special.ndtr((low - mean) / sd), special.ndtr((high - mean) / sd)
    return np.clip(mean + sd * special.ndtri(below + u * (above - below)), low, high)


def _normal_mean(mean, sd, low, high):
    if math.isinf(low) and math.isinf(high):
        return mean
    levels = (np.arange(4000) + 0.5) / 4000
    return float(np.mean(_normal_quantile(levels, mean, sd, low, high)))


def _discrete_quantile(u, values, weights):
    edges = np.cumsum(weights)
    at = np.minimum(np.searchsorted(edges, u, side="left"), len(values) - 1)
    return np.asarray(values)[at]


_POSITIVE = (0.0, math.inf)
_FAMILIES = {
    "fixed": _Family(
        lambda u, value: np.full(np.shape(u), value), lambda value: value, lambda value: (value, value)
    ),
    "uniform": _Family(
        lambda u, low, high: low + (high - low) * u,
        lambda low, high: (low + high) / 2,
        lambda low, high: (low, high),
    ),
    "triangular": _Family(
        _triangular_quantile,
        lambda low, likely, high: (low + likely + high) / 3,
        lambda low, likely, high: (low, high),
    ),
    "pert": _Family(
        _pert_quantile,
        lambda low, likely, high: (low + 4 * likely + high) / 6,
        lambda low, likely, high: (low, high),
    ),
    "beta": _Family(
        _beta_quantile, lambda a, b: a / (a + b), lambda a, b: (0.0, 1.0)
    ),
    "normal": _Family(_normal_quantile, _normal_mean, lambda mean, sd, low, high: (low, high)),
    "lognormal": _Family(
        lambda u, median, sigma: median * np.exp(sigma * special.ndtri(u)),
        lambda median, sigma: median * math.exp(sigma**2 / 2),
        lambda median, sigma: _POSITIVE,
    ),
    "gamma": _Family(
        lambda u, shape, rate: special.gammaincinv(shape, u) / rate,
        lambda shape, rate: shape / rate,
        lambda shape, rate: _POSITIVE,
    ),
    "discrete": _Family(
        _discrete_quantile,
        lambda values, weights: float(np.dot(values, weights)),
        lambda values, weights: (min(values), max(values)),
    ),
}  # fmt: skip

BY_NAME: dict[str, Callable[..., Distribution]] = {
    "uniform": uniform,
    "triangular": triangular,
    "pert": pert,
    "beta": beta,
    "normal": normal,
    "lognormal": lognormal,
    "gamma": gamma,
    "discrete": discrete,
}
