"""Formations as arrays that a conditional logit is fitted to, and scored on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clientela.chamber import covariate_table
from clientela.chamber.covariates import NAMES
from validation.coalitions.parlgov import Case

# A chamber with more coalitions gives this many of them to the fit: the one that formed, and others
# drawn at random that stand for those left out too. Predictions are scored on all of them.
SAMPLED = 2048


@dataclass(frozen=True, eq=False)
class Table:
    """Alternatives of formations laid end to end: formation f is rows `start[f]:start[f + 1]`.

    `x` has shape (alternatives, covariates); `chosen` is the row that came about; `offset` the log
    of how many alternatives a row stands for.
    """

    x: np.ndarray
    start: np.ndarray
    chosen: np.ndarray
    offset: np.ndarray

    @property
    def case(self) -> np.ndarray:
        """The formation of each row."""
        return np.repeat(np.arange(len(self.chosen)), np.diff(self.start))


def all_coalitions(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """(bits, covariates) of every coalition of the chamber."""
    masks = np.arange(1, 1 << len(case.chamber.lists), dtype=np.int64)
    _, values = covariate_table(case.chamber, masks, case.chamber.majority)
    return masks, values[:, : len(NAMES)]


def whole_table(cases: Sequence[Case]) -> list[np.ndarray]:
    """Covariates of every coalition, formation by formation, as float32."""
    return [all_coalitions(case)[1].astype(np.float32) for case in cases]


def sampled_table(cases: Sequence[Case], whole: Sequence[np.ndarray], seed: int = 1) -> Table:
    """What is fitted to: all coalitions of small chambers, a sample of large ones."""
    rng = np.random.default_rng(seed)
    rows, chosen, offsets, start = [], [], [], [0]
    for case, values in zip(cases, whole, strict=True):
        actual, count = case.formed - 1, len(values)
        kept, offset = np.arange(count), np.zeros(count)
        if count > SAMPLED:
            others = rng.choice(count - 1, SAMPLED - 1, replace=False)
            kept = np.sort(np.append(others + (others >= actual), actual))
            offset = np.full(SAMPLED, np.log((count - 1) / (SAMPLED - 1)))
            offset[np.searchsorted(kept, actual)] = 0.0
        chosen.append(start[-1] + int(np.searchsorted(kept, actual)))
        start.append(start[-1] + len(kept))
        rows.append(values[kept])
        offsets.append(offset)
    return Table(
        np.concatenate(rows).astype(float),
        np.array(start),
        np.array(chosen),
        np.concatenate(offsets),
    )


def part(table: Table, cases: np.ndarray, columns: Sequence[int]) -> Table:
    """The table of some formations and some covariates."""
    keep = np.isin(table.case, cases)
    lengths = np.diff(table.start)[cases]
    start = np.concatenate([[0], np.cumsum(lengths)])
    chosen = start[:-1] + table.chosen[cases] - table.start[cases]
    return Table(table.x[keep][:, columns], start, chosen, table.offset[keep])
