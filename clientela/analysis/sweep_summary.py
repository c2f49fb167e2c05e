"""What a sweep shows first: the answers that move most, as a matrix or as slopes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clientela.analysis.sweeping import Sweep
from clientela.analysis.words import kind_titles

Shown = tuple[str, str]  # question, outcome


def said(found: Sweep, item: Shown) -> str:
    """The question, with the kind if it has several."""
    question, outcome = item
    sentence = found.scenario.questions[question].ask
    titles = kind_titles(found.scenario)
    return sentence if outcome == "yes" else f"{sentence} {titles.get(outcome, outcome)}"


def most_moved(found: Sweep, shown: Sequence[Shown], most: int) -> list[Shown]:
    """Those whose share differs most over the points, in their own order."""
    spread = {}
    for item in shown:
        shares = found.of(*item)["share"].drop_nulls().to_numpy()
        if len(shares):
            spread[item] = float(shares.max() - shares.min())
    kept = set(sorted(spread, key=lambda item: -spread[item])[:most])
    return [item for item in shown if item in kept]


def axes_of(found: Sweep) -> list[list[float]] | None:
    """The values of each path, in order, if the points are a whole grid of them; else None."""
    values = [sorted({point[path] for point in found.points}) for path in found.paths]
    whole = np.prod([len(v) for v in values]) == len(found.points)
    return values if whole else None


def matrix(found: Sweep, item: Shown) -> np.ndarray:
    """The shares over a grid of two paths, shape (values of the first, values of the second)."""
    axes = axes_of(found)
    assert axes is not None
    assert len(axes) == 2
    shares = found.of(*item)["share"].to_numpy()
    out = np.full((len(axes[0]), len(axes[1])), np.nan)
    for point, share in zip(found.points, shares, strict=True):
        one, two = (axes[k].index(point[path]) for k, path in enumerate(found.paths))
        out[one, two] = share
    return out


@dataclass(frozen=True)
class Slope:
    """By how much a share rises from the least to the greatest value of a path, others held, in
    a straight-line fit; `explained` is the share of its variance over points that the fit has."""

    path: str
    rise: float
    error: float
    explained: float


def slopes(found: Sweep, item: Shown) -> list[Slope]:
    """The slopes of an answer over all paths; none where there are too few points or no answer."""
    shares = found.of(*item)["share"].to_numpy().astype(float)
    x = np.array([[point[path] for path in found.paths] for point in found.points])
    good = np.isfinite(shares)
    span = np.ptp(x, axis=0)
    if good.sum() <= len(found.paths) + 2 or not span.all():
        return []
    design = np.column_stack([np.ones(good.sum()), ((x - x.min(axis=0)) / span)[good]])
    beta, *_ = np.linalg.lstsq(design, shares[good], rcond=None)
    left = shares[good] - design @ beta
    spare = good.sum() - design.shape[1]
    covariance = np.linalg.pinv(design.T @ design) * float(left @ left) / spare
    total = float(((shares[good] - shares[good].mean()) ** 2).sum())
    explained = 1.0 - float(left @ left) / total if total > 0 else 0.0
    return [
        Slope(path, float(beta[k]), float(np.sqrt(covariance[k, k])), explained)
        for k, path in enumerate(found.paths, 1)
    ]
