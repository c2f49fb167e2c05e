"""A background that changes in time: pieces or a spline, on the log scale.

The course multiplies the background rates of event types; its level is one in the last piece, so
that a rate learned with it is the rate at the end of the days looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.interpolate import BSpline

from clientela.process import Coefficient, Expression, Move, Parameter, Process, exp
from clientela.scenario import normal

SHAPES = ("constant", "piecewise", "spline")
# A spline is followed in steps of at most so many days.
STEP = 7.0
DEGREE = 3


def add_course(
    process: Process,
    events: Sequence[str],
    *,
    shape: str,
    pieces: int,
    days: float,
    sd: float,
    name: str = "background",
) -> list[str]:
    """Lets the background of events change together over so many days, and returns the parameters
    that say how.

    With `piecewise` the log level takes `pieces` values, each apart from the next by a normal step
    with standard deviation `sd` (a random walk back from the end). With `spline` it is a cubic
    B-spline with so many coefficients, a random walk too, followed in weekly steps.
    """
    edges, weights = _basis(days, shape, pieces)
    if not len(edges):
        return []
    steps = [Parameter(f"{name}.step.{j}", normal(0.0, 1.0)) for j in range(weights.shape[1])]
    levels = [_level(row, steps, sd) for row in weights]
    process.variable(name, start=levels[0], meaning="background, as a multiple of that at the end")
    for k, (edge, level) in enumerate(zip(edges, levels[1:], strict=True)):
        event = process.event(f"{name}:{k + 1}", effects=[Move(name, 1.0, level)],
                              meaning="the background changes")  # fmt: skip
        process.at(event.name, float(edge))
    for event in events:
        kind = process.find_event(event)
        kind.excite(name, kind.rate)
        kind.rate = 0.0
    return [step.name for step in steps]


def _level(row: np.ndarray, steps: Sequence[Expression], sd: float) -> Coefficient:
    """exp(sd · Σ w z) over the steps that count."""
    terms = [float(sd * w) * z for w, z in zip(row, steps, strict=True) if abs(w) > 1e-12]
    return exp(sum(terms[1:], terms[0])) if terms else 1.0


def _basis(days: float, shape: str, pieces: int) -> tuple[np.ndarray, np.ndarray]:
    """Edges between the pieces, and what each step weighs in the log level of each piece."""
    if shape == "constant" or pieces < 2:
        return np.zeros(0), np.zeros((1, 0))
    pieces = max(pieces, DEGREE + 1) if shape == "spline" else pieces
    # Steps back from the end: coefficient j is the sum of the steps from j on.
    walk = np.triu(np.ones((pieces, pieces - 1)))
    if shape == "piecewise":
        return np.linspace(0.0, days, pieces + 1)[1:-1], walk
    count = max(int(np.ceil(days / STEP)), pieces)
    edges = np.linspace(0.0, days, count + 1)
    inner = np.linspace(0.0, days, pieces - DEGREE + 1)
    knots = np.concatenate([[0.0] * DEGREE, inner, [days] * DEGREE])
    middles = 0.5 * (edges[1:] + edges[:-1])
    basis = BSpline.design_matrix(middles, knots, DEGREE).toarray()
    return edges[1:-1], (basis - basis[-1]) @ walk
