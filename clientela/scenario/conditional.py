"""A value that depends on whether a proposition is true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from clientela.scenario.distributions import Distribution

_LEVELS = (np.arange(2000) + 0.5) / 2000


@dataclass(frozen=True)
class Conditional:
    """One distribution if a proposition is true and another if it is false.

    On its own it is the mixture of the two by the proposition's credence; `draw` takes one or
    the other. Both use the same level, so a proposition moves a draw no further than it must.
    """

    proposition: str
    true: Distribution
    false: Distribution
    credence: float

    family = "conditional"
    is_fixed = False

    def draw(self, level: np.ndarray, truth: np.ndarray) -> np.ndarray:
        """The value at each level, by whether the proposition is true there."""
        return np.where(truth, self.true.quantile(level), self.false.quantile(level))

    def mean(self) -> float:
        """The expectation of the mixture."""
        return self.credence * self.true.mean() + (1.0 - self.credence) * self.false.mean()

    def quantile(self, level: Any) -> Any:
        """Quantiles of the mixture, from 2,000 of either part."""
        values = np.concatenate([self.true.quantile(_LEVELS), self.false.quantile(_LEVELS)])
        weights = np.repeat([self.credence, 1.0 - self.credence], len(_LEVELS))
        order = np.argsort(values, kind="stable")
        reached = np.cumsum(weights[order]) / len(_LEVELS)
        found = values[order][np.minimum(np.searchsorted(reached, level), len(values) - 1)]
        return float(found) if np.ndim(level) == 0 else found

    def median(self) -> float:
        """The 50 % quantile of the mixture."""
        return float(self.quantile(0.5))

    def support(self) -> tuple[float, float]:
        """The least and the largest value possible, whichever is the case."""
        (low, high), (other_low, other_high) = self.true.support(), self.false.support()
        return min(low, other_low), max(high, other_high)

    def describe(self) -> str:
        """In words, both parts."""
        return f"if {self.proposition}: {self.true.describe()}; if not: {self.false.describe()}"


def parts(distribution: Distribution | Conditional) -> list[Distribution]:
    """The plain distributions in it: both of a conditional one."""
    if isinstance(distribution, Conditional):
        return [distribution.true, distribution.false]
    return [distribution]
