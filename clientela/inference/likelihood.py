"""The log-likelihood of a record as a function of parameters, with its gradient.

Two forms of one function. `ByEngine` asks the engine, whatever the process; `Linear` (in
`linear.py`) has closed forms for processes whose intensities are sums of fading memories.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np

from clientela.engine import Record, draw_recorded, draw_rescaled
from clientela.engine.ensemble import cores
from clientela.inference.record import without_schedule_of
from clientela.inference.scores import Scores
from clientela.process import Program

# Of a central difference in a score: its error is of the order of the square.
STEP = 1e-4


class Likelihood(Protocol):
    """The log-likelihood of what a record has up to a day."""

    scores: Scores
    day: float

    def values(self, z: np.ndarray) -> np.ndarray:
        """The log-likelihood at scores of shape (rows, parameters), shape (rows,)."""
        ...

    def value_and_gradient(self, z: np.ndarray) -> tuple[float, np.ndarray]:
        """The log-likelihood at scores of shape (parameters,), and its gradient."""
        ...

    def risen(self, z: np.ndarray) -> dict[int, np.ndarray]:
        """For each type weighed, its compensator at each of its events and on the day."""
        ...

    def information(self, z: np.ndarray) -> np.ndarray | None:
        """About minus its Hessian, positive semidefinite, if that costs little; else None."""
        return None

    def curvature(self, z: np.ndarray) -> np.ndarray | None:
        """Minus its Hessian, if there is a better way to it than differences; else None."""
        return None


class ByEngine(Likelihood):
    """The log-likelihood by histories that follow the record, all with one stream of chance.

    Where chance decides anything that what is watched hangs on, it is that of the history with that
    stream; `chance` tells whether it does. The gradient is by central differences, all histories
    at once.
    """

    def __init__(
        self, program: Program, record: Record, scores: Scores, day: float, seed: int = 1
    ) -> None:
        self.program = without_schedule_of(program, record, day)
        self.record, self.scores, self.day, self.seed = record, scores, day, seed

    def values(self, z: np.ndarray, stream: int = 0) -> np.ndarray:
        """The log-likelihood at scores of shape (rows, parameters), shape (rows,)."""
        columns = self.scores.columns(z)
        parts = np.array_split(columns, min(cores(), len(columns)))

        def weights(part: np.ndarray) -> np.ndarray:
            numbers = np.full(len(part), stream, dtype=np.int64)
            _, _, found = draw_recorded(
                self.program, self.seed, part, numbers, self.record, self.day
            )
            return np.where(np.isnan(found), -np.inf, found)

        with ThreadPoolExecutor(len(parts)) as pool:
            return np.concatenate([*pool.map(weights, parts)])

    def value_and_gradient(self, z: np.ndarray) -> tuple[float, np.ndarray]:
        """The log-likelihood at scores of shape (parameters,), and its gradient."""
        steps = STEP * np.eye(len(z))
        found = self.values(np.concatenate([z[None], z + steps, z - steps]))
        up, down = found[1 : len(z) + 1], found[len(z) + 1 :]
        with np.errstate(invalid="ignore"):  # of two impossible ones
            return float(found[0]), np.nan_to_num((up - down) / (2.0 * STEP))

    def risen(self, z: np.ndarray) -> dict[int, np.ndarray]:
        """For each type weighed, its compensator at each of its events and on the day.

        Rows that may be of several types are left out.
        """
        columns = self.scores.columns(z[None])
        _, risen, area = draw_rescaled(self.program, self.seed, columns, 0, self.record, self.day)
        single = np.diff(self.record.kind_lo) == 1
        kinds = self.record.kind[self.record.kind_lo[:-1]]
        inside = single & (self.record.start <= self.day)
        return {
            int(e): np.append(np.sort(risen[inside & (kinds == e)]), area[e])
            for e in np.flatnonzero(self.record.weighed)
        }

    def chance(self, z: np.ndarray, streams: int = 8) -> float:
        """The standard deviation of the log-likelihood over streams of chance; 0 if it has no part."""
        found = np.array([self.values(z[None], stream)[0] for stream in range(streams)])
        return float(found.std()) if np.isfinite(found).all() else np.inf


def likelihood_of(
    program: Program, record: Record, scores: Scores, day: float, seed: int = 1
) -> Likelihood:
    """The log-likelihood in closed form if there is one, else by the engine."""
    from clientela.inference.linear import Linear, NotLinearError

    try:
        return Linear(program, record, scores, day)
    except NotLinearError:
        return ByEngine(program, record, scores, day, seed)
