"""How good predictions were: rank and log score of what came about, inclusion of each list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from validation.coalitions.parlgov import Case

Predict = Callable[[int], np.ndarray]  # formation: probability of each of its coalitions


@dataclass(frozen=True, eq=False)
class Scores:
    """By formation: the `rank` of what came about (0: likeliest; ties in the middle), `log_loss`,
    `brier` (mean over lists of the squared error of their inclusion), and, list by list, the
    probability of inclusion (`included`) and whether it came about (`was`)."""

    rank: np.ndarray
    log_loss: np.ndarray
    brier: np.ndarray
    included: np.ndarray
    was: np.ndarray

    def top(self, places: int) -> float:
        """Share of formations whose government was among the likeliest so many."""
        return float((self.rank < places).mean())


def score(cases: Sequence[Case], which: np.ndarray, predict: Predict) -> Scores:
    """The scores of predictions for some of the formations, in their order."""
    rank, loss, brier, included, was = [], [], [], [], []
    for f in which:
        chances = predict(int(f))
        actual = cases[f].formed - 1
        above = (chances > chances[actual]).sum()
        ties = (chances == chances[actual]).sum() - 1
        rank.append(above + ties / 2)
        loss.append(-np.log(max(chances[actual], 1e-300)))
        masks = np.arange(1, len(chances) + 1)
        lists = np.arange(len(cases[f].chamber.lists))
        inside = np.array([chances[(masks >> i) & 1 == 1].sum() for i in lists])
        actually = (cases[f].formed >> lists) & 1
        brier.append(((inside - actually) ** 2).mean())
        included.append(inside)
        was.append(actually)
    return Scores(np.array(rank), np.array(loss), np.array(brier), np.concatenate(included), np.concatenate(was))  # fmt: skip


def calibration(scores: Scores, bins: int = 10) -> list[tuple[float, float, int]]:
    """(mean probability of inclusion, share that was included, lists) by bin of probability."""
    edges = np.linspace(0, 1, bins + 1)
    at = np.clip(np.digitize(scores.included, edges) - 1, 0, bins - 1)
    return [
        (
            float(scores.included[at == b].mean()),
            float(scores.was[at == b].mean()),
            int((at == b).sum()),
        )
        for b in range(bins)
        if (at == b).any()
    ]
