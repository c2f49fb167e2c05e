"""Whether events come as the process says: time rescaled by compensators.

In the time of its own compensator each type of event is a Poisson process of rate one, and the
gaps between its events are exponential with mean one (Papangelou 1972; Ogata 1988; Brown,
Barbieri, Ventura, Kass & Frank 2002). The last gap, which is not over, is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import kstest


@dataclass(frozen=True)
class Residuals:
    """Gaps between events of one type in rescaled time, as numbers that should be uniform.

    `levels` are 1 − exp(−gap), in the order of the gaps; `distance` Kolmogorov's distance of them
    from the uniform law and `probability` that of one as large by chance; `correlation` that of
    each with the next; `expected` the compensator on the last day, beside the `count` of events.
    """

    levels: np.ndarray
    distance: float
    probability: float
    correlation: float
    count: int
    expected: float


def residuals(risen: Mapping[int, np.ndarray]) -> Residuals:
    """The residuals of all types together, one type after the other.

    `risen` has for each type its compensator at each of its events, and at the end.
    """
    gaps = [np.diff(at[:-1], prepend=0.0) for at in risen.values()]
    levels = -np.expm1(-np.concatenate([*gaps, np.zeros(0)]))
    expected = float(sum(at[-1] for at in risen.values()))
    if len(levels) < 2:
        return Residuals(levels, np.nan, np.nan, np.nan, len(levels), expected)
    test = kstest(levels, "uniform")
    pairs = [(-np.expm1(-g[:-1]), -np.expm1(-g[1:])) for g in gaps if len(g) > 1]
    one, other = (np.concatenate([p[k] for p in pairs]) for k in (0, 1)) if pairs else ([], [])
    varied = len(one) > 2 and np.std(one) > 0 and np.std(other) > 0
    correlation = float(np.corrcoef(one, other)[0, 1]) if varied else np.nan
    return Residuals(
        levels, float(test.statistic), float(test.pvalue), correlation, len(levels), expected
    )
