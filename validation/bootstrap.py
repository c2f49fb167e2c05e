"""How sure a difference between two predictions is, when cases of one country go together."""

from __future__ import annotations

import numpy as np

RESAMPLES = 2000


def difference(
    ours: np.ndarray, theirs: np.ndarray, countries: np.ndarray, seed: int = 1
) -> tuple[float, float]:
    """(mean of ours − theirs, its standard error by a bootstrap over countries)."""
    gap = ours - theirs
    names = np.unique(countries)
    sums = np.array([gap[countries == c].sum() for c in names])
    sizes = np.array([(countries == c).sum() for c in names])
    picks = np.random.default_rng(seed).integers(0, len(names), (RESAMPLES, len(names)))
    means = sums[picks].sum(axis=1) / sizes[picks].sum(axis=1)
    return float(gap.mean()), float(means.std(ddof=1))
