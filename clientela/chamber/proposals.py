"""Which coalition is brought forward: P(S) ∝ exp(β · x_S) over an assembly's coalitions.

The conditional logit of government formation (Martin & Stevenson 2001). Beside the exact
probabilities there is `draw`, the plainest form of the draw that simulation compiles.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from clientela.chamber.assembly import Assembly


class Proposal(NamedTuple):
    """A coalition with its probability, its seats and its kind (None if no rule fits)."""

    lists: tuple[str, ...]
    probability: float
    seats: int
    kind: str | None


def probabilities(assembly: Assembly, phase: int, beta: Mapping[str, float]) -> np.ndarray:
    """P(S) of the phase's coalitions, shape (coalitions of the phase,), summing to 1.

    `beta` gives log weights by feature, 0 where absent. Raises ValueError for an unknown feature.
    """
    features = assembly.features[assembly.rows(phase)]
    if not len(features):
        return np.zeros(0)
    utility = features @ _vector(assembly, beta)
    weight = np.exp(utility - utility.max())
    return weight / weight.sum()


def likeliest(
    assembly: Assembly, phase: int, beta: Mapping[str, float], top: int = 5
) -> list[Proposal]:
    """The `top` coalitions of a phase by probability, likeliest first; fewer if there are fewer.

    Of equal ones the lower bitmask comes first. Raises ValueError as `probabilities` does.
    """
    share = probabilities(assembly, phase, beta)
    first = assembly.rows(phase).start
    found: list[Proposal] = []
    for row in np.argsort(-share, kind="stable")[:top]:
        mask, kind = int(assembly.masks[first + row]), int(assembly.kinds[first + row])
        held = sum(int(n) for i, n in enumerate(assembly.seats[phase]) if mask >> i & 1)
        name = assembly.kind_names[kind] if kind >= 0 else None
        found.append(Proposal(assembly.names_of(mask), float(share[row]), held, name))
    return found


def draw(assembly: Assembly, phase: int, beta: Mapping[str, float], u: float) -> int:
    """The row of the coalition drawn by inverse CDF at u ∈ [0, 1), −1 if none is feasible.

    The first row whose cumulative weight reaches u of the whole. One coalition at a time, in
    plain Python: an oracle for compiled versions, not a fast path. Raises ValueError as
    `probabilities` does.
    """
    rows = assembly.rows(phase)
    if rows.start == rows.stop:
        return -1
    vector = _vector(assembly, beta).tolist()
    utility = [
        sum(b * x for b, x in zip(vector, assembly.features[row].tolist(), strict=True))
        for row in range(rows.start, rows.stop)
    ]
    best = max(utility)
    weights = [math.exp(value - best) for value in utility]
    aim, below = u * sum(weights), 0.0
    for row, weight in enumerate(weights, rows.start):
        below += weight
        if below >= aim:
            return row
    return rows.stop - 1


def _vector(assembly: Assembly, beta: Mapping[str, float]) -> np.ndarray:
    """The log weights in the order of the assembly's features."""
    for name in beta:
        if name not in assembly.feature_names:
            near = difflib.get_close_matches(name, assembly.feature_names, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ValueError(f"there is no feature {name!r}{hint}")
    return np.array([beta.get(name, 0.0) for name in assembly.feature_names], dtype=float)
