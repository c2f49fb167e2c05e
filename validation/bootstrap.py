"""How sure a difference between two predictions is, when cases of one cluster go together."""

from __future__ import annotations

import numpy as np

RESAMPLES = 2000


def difference(
    ours: np.ndarray, theirs: np.ndarray, clusters: np.ndarray, seed: int = 1
) -> tuple[float, float]:
    """(mean of ours − theirs, its standard error by a bootstrap over clusters)."""
    gap = ours - theirs
    return float(gap.mean()), float(_means(gap, clusters, seed, RESAMPLES).std(ddof=1))


def interval(gap: np.ndarray, clusters: np.ndarray, seed: int) -> tuple[float, float, float]:
    """(mean of the differences, and the 2.5 and 97.5 % quantiles of a bootstrap over clusters)."""
    low, high = np.quantile(_means(gap, clusters, seed, 2 * RESAMPLES), [0.025, 0.975])
    return float(gap.mean()), float(low), float(high)


def _means(gap: np.ndarray, clusters: np.ndarray, seed: int, resamples: int) -> np.ndarray:
    """The mean difference in samples of clusters drawn with replacement, shape (resamples,)."""
    _, of = np.unique(clusters, return_inverse=True)
    sums, sizes = np.bincount(of, gap), np.bincount(of)
    picks = np.random.default_rng(seed).integers(0, len(sums), (resamples, len(sums)))
    return sums[picks].sum(axis=1) / sizes[picks].sum(axis=1)
