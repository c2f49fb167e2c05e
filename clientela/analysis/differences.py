"""Differences between the answers of two runs whose histories share all their random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clientela.analysis.answers import Answer


@dataclass(frozen=True)
class Difference:
    """How an answer differs from that of the base.

    `outcome` is `yes`, or the kind for a question of several. `base` and `other` are the two
    probabilities (None: the question arose in no history), `change` the second less the first,
    `low` and `high` its 95 % Monte-Carlo interval, `moved` the share of histories in which the
    outcome came in one of the two only. `gain` is how many times more draws independent runs would take for the same error;
    None if the error is 0.
    """

    question: str
    outcome: str
    base: float | None
    other: float | None
    change: float | None
    low: float | None
    high: float | None
    moved: float
    gain: float | None

    @property
    def surely(self) -> bool:
        """Whether the interval leaves out no change at all."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def difference(
    question: str, outcome: str, number: int, base: np.ndarray, other: np.ndarray, same: bool
) -> Difference:
    """The difference in the share of one outcome.

    `base` and `other` hold each draw's outcome, −1 where the question did not arise; `number` is
    the outcome looked for; `same` says that the two processes are one and the same.

    A share among the histories in which a question arose is a ratio; its error is that of its
    linear part, of each draw φ = (y − p a) / ā, a for arose and y for the outcome. Draws 2k and
    2k + 1 share parameters, so pairs are what is independent. Where no history's answer is
    another the interval is what none in so many pairs allows (Hanley & Lippman-Hand 1983), and
    exactly 0 if the processes are the same.
    """
    one, two = Share.of(base, number), Share.of(other, number)
    moved = float(((base == number) != (other == number)).mean()) if len(base) else 0.0
    if one.share is None or two.share is None:
        return Difference(question, outcome, one.share, two.share, None, None, None, moved, None)
    change = two.share - one.share
    error = clustered_error(two.influence - one.influence)
    apart = float(np.hypot(clustered_error(one.influence), clustered_error(two.influence)))
    if error > 0:
        half = 1.96 * error
    else:
        half = 0.0 if same else 3.0 / max(len(base) // 2, 1)
    gain = (apart / error) ** 2 if error > 0 else None
    return Difference(
        question, outcome, one.share, two.share, change, change - half, change + half, moved, gain
    )


def apart(base: Sequence[Answer], other: Sequence[Answer]) -> list[Difference]:
    """The differences between answers that were drawn each by itself, for the questions of both.

    Their intervals are those of independent shares: the halves add by squares. `moved` cannot be
    told of histories that do not belong together, and is 0.
    """
    known = {answer.id: answer for answer in other}
    found: list[Difference] = []
    for one in base:
        if (two := known.get(one.id)) is None:
            continue
        ends, others = _ends(one), _ends(two)
        for outcome in ends:
            (p, half), (q, other_half) = ends[outcome], others.get(outcome, (None, 0.0))
            if p is None or q is None:
                found.append(Difference(one.id, outcome, p, q, None, None, None, 0.0, None))
                continue
            change, error = q - p, float(np.hypot(half, other_half))
            found.append(
                Difference(one.id, outcome, p, q, change, change - error, change + error, 0.0, None)
            )
    return found


def _ends(answer: Answer) -> dict[str, tuple[float | None, float]]:
    """Each outcome's share and half the width of its interval."""
    if answer.shares is None:
        half = 0.0 if answer.low is None or answer.high is None else (answer.high - answer.low) / 2
        return {"yes": (answer.probability, half)}
    ends = answer.intervals or {}
    return {
        name: (share, (ends[name][1] - ends[name][0]) / 2) for name, share in answer.shares.items()
    }


@dataclass(frozen=True)
class Share:
    """The share of an outcome among the histories in which the question arose (None: in none).

    `influence` is its linear part by draw: what each draw adds, times the number of draws.
    """

    share: float | None
    influence: np.ndarray

    @classmethod
    def of(cls, outcomes: np.ndarray, number: int) -> Share:
        """Of each draw's outcome, −1 where the question did not arise; `number` is looked for."""
        arose = outcomes >= 0
        if not arose.any():
            return cls(None, np.zeros(len(outcomes)))
        came = outcomes == number
        share = float(came.sum() / arose.sum())
        return cls(share, (came - share * arose) / arose.mean())


def clustered_error(influence: np.ndarray) -> float:
    """The standard error of a mean over draws that come in pairs; a last one alone is left out."""
    pairs = influence[: len(influence) // 2 * 2].reshape(-1, 2).mean(axis=1)
    if len(pairs) < 2:
        return 0.0
    return float(pairs.std(ddof=1) / np.sqrt(len(pairs)))
