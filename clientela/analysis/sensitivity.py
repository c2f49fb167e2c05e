"""First-order and total Sobol indices of an answer, by SALib on the surrogate.

The indices are those of p(θ), the probability given what nobody knows (Sobol 2001; Saltelli et
al. 2010 for the estimators). Chance has no part in them. The surrogate stands in for p(θ), since
the estimators need p at chosen points, which no ensemble holds.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from clientela.analysis.surrogate import Features, Surrogate

BASE = 512  # points of the Sobol sequence; a power of 2
RESAMPLES = 20
SIZES = (12, 32)  # of the designs that serve all questions
MOST_INPUTS = 32  # of one question; the others' parts are too small to tell apart
SEED = 20_211_210


@dataclass(frozen=True)
class Indices:
    """One input's share of the variance of p(θ): alone, and with all it interacts with.

    `error` is the half-width of the 95 % interval of `total`, of the estimators alone.
    """

    first: float
    total: float
    error: float


def sobol_indices(
    names: list[str], evaluate: Callable[[np.ndarray], np.ndarray], seed: int = SEED
) -> dict[str, Indices]:
    """Sobol indices of a function of independent uniform inputs.

    `evaluate` maps points, shape (points, inputs), to values, shape (points, outcomes); for
    several outcomes, indices are averaged by variance. Raises ValueError where a value is not
    finite: SALib would return indices of 0 there without a word. {} if nothing varies. SALib
    takes a seed of 0 for none, so seeds are moved by one.
    """
    from SALib.analyze import sobol as analyse  # here: it takes half a second to import

    if not names:
        return {}
    size = next((size for size in SIZES if size >= len(names)), len(names))
    problem, points = _design(size, seed)
    values = evaluate(points[:, : len(names)])
    if not np.all(np.isfinite(values)):
        bad = int((~np.isfinite(values)).any(axis=1).sum())
        raise ValueError(f"{bad} of {len(values)} values of the function are not finite")
    varying = [k for k in range(values.shape[1]) if np.ptp(values[:, k]) > 0]
    weights = np.array([values[:, k].var() for k in varying])
    if not varying:
        return {}
    found = [
        analyse.analyze(
            problem, values[:, k], calc_second_order=False, num_resamples=RESAMPLES, seed=seed + 1
        )
        for k in varying
    ]
    first, total, error = (
        np.average([np.asarray(f[key]) for f in found], axis=0, weights=weights)[: len(names)]
        for key in ("S1", "ST", "ST_conf")
    )
    return {
        name: Indices(max(float(a), 0.0), max(float(b), 0.0), float(c))
        for name, a, b, c in zip(names, first, total, error, strict=True)
    }


@functools.lru_cache(maxsize=4)
def _design(size: int, seed: int) -> tuple[dict, np.ndarray]:
    """SALib's problem and points for `size` inputs, more than are used perhaps: those do nothing.

    Making the points costs more than using them, so a few sizes serve all questions.
    """
    from SALib.sample import sobol as sample

    names = [f"input {i}" for i in range(size)]
    problem = {"num_vars": size, "names": names, "bounds": [[0.0, 1.0]] * size}
    points = sample.sample(problem, BASE, calc_second_order=False, seed=seed + 1)
    return problem, np.clip(points, 1e-12, 1.0 - 1e-12)


def indices_of(surrogate: Surrogate) -> dict[str, Indices]:
    """Sobol indices of every input that the surrogate depends on."""
    surrogate = surrogate.reduced()
    features = surrogate.features
    columns = {i: c for c, i in enumerate(_with_parents(features, _strongest(surrogate)))}
    names = [features.inputs[i] for i in columns]
    return sobol_indices(names, lambda points: _evaluated(surrogate, columns, points))


def _strongest(surrogate: Surrogate) -> list[int]:
    """The inputs with the largest parts of the variance; the rest stay where they are."""
    part: dict[int, float] = {}
    for term, square in zip(surrogate.terms, surrogate.squares, strict=True):
        for i in surrogate.inputs_of(term):
            part[i] = part.get(i, 0.0) + float(square.sum())
    return sorted(part, key=lambda i: -part[i])[:MOST_INPUTS]


def _with_parents(features: Features, used: list[int]) -> list[int]:
    """The inputs, and the beliefs that beliefs among them hang on."""
    home = {m: i for i, b in enumerate(features.beliefs) for m in b.members}
    found, waiting = set(used), list(used)
    while waiting:
        i = waiting.pop()
        given = features.beliefs[i].given if i < len(features.beliefs) else None
        if given is not None and home[given] not in found:
            found.add(home[given])
            waiting.append(home[given])
    return sorted(found)


def _evaluated(surrogate: Surrogate, columns: dict[int, int], points: np.ndarray) -> np.ndarray:
    """The surrogate at points of the levels that its inputs are drawn from; others stay put."""
    features = surrogate.features
    truth: dict[str, np.ndarray] = {}
    for i, belief in enumerate(features.beliefs):
        level = points[:, columns[i]] if i in columns else np.zeros(len(points))
        truth |= belief.draw(level, truth)
    first = len(features.beliefs)
    levels = np.full((len(points), len(features.parameters)), 0.5)
    for i, column in columns.items():
        if i >= first:
            levels[:, i - first] = points[:, column]
    return surrogate.departures(features(truth, levels))
