"""Points of a sweep: values for paths of a scenario, on a grid or spread by a Latin hypercube."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clientela.analysis.questions import QuestionError
from clientela.scenario import Scenario

MOST_POINTS = 10_000
Point = dict[str, float]
Take = Callable[..., Scenario]  # the scenario with options, as `clientela.api.reader` gives it


def with_values(options: Mapping[str, Any], point: Mapping[str, Any]) -> dict[str, Any]:
    """Options for a `Take` with these values set beside the changes that they have."""
    return {**options, "changes": {**options.get("changes", {}), **point}}


@dataclass(frozen=True)
class Axis:
    """A path of the scenario and the numbers that it takes, in order."""

    path: str
    values: tuple[float, ...]

    @classmethod
    def of(cls, text: str) -> Axis:
        """From `PATH=LOW:HIGH:COUNT`, the ends included, or `PATH=A,B,C`.

        Raises QuestionError if it is neither.
        """
        path, equals, written = text.partition("=")
        try:
            if not equals or not path.strip():
                raise ValueError
            if ":" in written:
                low, high, count = written.split(":")
                values = np.linspace(float(low), float(high), int(count)).round(12).tolist()
            else:
                values = [float(value) for value in written.split(",")]
            if not values or not all(map(math.isfinite, values)) or len(set(values)) != len(values):
                raise ValueError
        except ValueError:
            raise QuestionError(
                f"--over {text}: expected PATH=LOW:HIGH:COUNT or PATH=A,B,C with numbers that differ, "
                "such as mechanisms.patronage.control=0.1:0.9:9"
            ) from None
        return cls(path.strip(), tuple(values))


def grid(axes: Sequence[Axis]) -> list[Point]:
    """Every combination of the axes' values, the last axis fastest. Raises QuestionError."""
    _check(axes, math.prod(len(axis.values) for axis in axes))
    names = [axis.path for axis in axes]
    return [
        dict(zip(names, values, strict=True))
        for values in itertools.product(*(axis.values for axis in axes))
    ]


def latin_hypercube(axes: Sequence[Axis], count: int, seed: int = 1) -> list[Point]:
    """So many points between each axis's least and greatest value, one in each of `count` slices
    of every axis (McKay, Beckman & Conover 1979). Raises QuestionError."""
    _check(axes, count)
    from scipy.stats import qmc

    unit = qmc.LatinHypercube(len(axes), rng=np.random.default_rng(seed)).random(count)
    low = np.array([min(axis.values) for axis in axes])
    high = np.array([max(axis.values) for axis in axes])
    if (low == high).any():
        flat = axes[int((low == high).argmax())].path
        raise QuestionError(
            f"--over {flat}: a hypercube needs two values that differ to lie between"
        )
    places = (low + unit * (high - low)).round(12)
    return [dict(zip((axis.path for axis in axes), row, strict=True)) for row in places.tolist()]


def _check(axes: Sequence[Axis], count: int) -> None:
    if not axes:
        raise QuestionError("there is nothing to sweep over; give --over PATH=LOW:HIGH:COUNT")
    paths = [axis.path for axis in axes]
    for path in paths:
        if paths.count(path) > 1:
            raise QuestionError(f"--over {path}: is given twice; keep one")
    if not 1 <= count <= MOST_POINTS:
        raise QuestionError(f"there would be {count:,} points; expected 1 to {MOST_POINTS:,}")
