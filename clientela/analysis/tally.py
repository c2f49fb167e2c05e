"""Counts over an ensemble, block by block: all that answers need, in constant memory."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from clientela.analysis.questions import AskedQuestion, Kinds, Passed, WhichKind
from clientela.engine.block import Block


@dataclass
class Tally:
    """One question's counts; column k of each array is outcome k (a yes/no question has one).

    `arose` and `hits` count histories; the pair counts are over draws 2k and 2k + 1, which share
    parameters; `by_day` counts histories by the day it came true.
    """

    arose: int
    hits: np.ndarray
    pairs: int
    pair_hits: np.ndarray  # hits of both members of pairs, added up
    both: np.ndarray  # pairs in which both members hit
    by_day: np.ndarray  # (days, outcomes)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.arose + other.arose,
            self.hits + other.hits,
            self.pairs + other.pairs,
            self.pair_hits + other.pair_hits,
            self.both + other.both,
            self.by_day + other.by_day,
        )

    @property
    def shares(self) -> np.ndarray:
        """Share of the histories in which the question arose, by outcome; NaN if in none."""
        return self.hits / self.arose if self.arose else np.full(len(self.hits), np.nan)

    @property
    def parameter_share(self) -> float | None:
        """The part of the answer's variance that is parameter uncertainty, 0 to 1.

        Draws of a pair share parameters and nothing else, so the covariance of their answers is
        the variance, over parameters, of the probability given parameters (law of total
        variance). None if the answer does not vary or pairs are few.
        """
        if self.pairs < 50:
            return None
        mean = self.pair_hits / (2 * self.pairs)
        total = float(np.sum(mean * (1 - mean)))
        if total <= 0:
            return None
        between = float(np.sum(self.both / self.pairs - mean**2))
        return min(max(between / total, 0.0), 1.0)

    def interval(self, outcome: int = 0, z: float = 1.96) -> tuple[float, float]:
        """95 % Monte-Carlo interval of a share: Wilson (1927), the draws of a pair correlated."""
        if not self.arose:
            return (0.0, 1.0)
        n = self.arose / (1.0 + (self.parameter_share or 0.0))
        p = float(self.shares[outcome])
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return (max(float(middle - half), 0.0), min(float(middle + half), 1.0))

    @property
    def curve(self) -> np.ndarray:
        """Share come true by the end of each day, shape (days, outcomes)."""
        return np.cumsum(self.by_day, axis=0) / max(self.arose, 1)


@dataclass
class Summary:
    """All counts of some blocks: questions, obedience, governments, when they formed."""

    draws: int = 0
    failures: dict[int, str] = field(default_factory=dict)
    questions: dict[str, Tally] = field(default_factory=dict)
    labels: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    governments: dict[tuple[str, int], int] = field(default_factory=dict)
    formed_by_day: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def add(self, other: Summary) -> None:
        """Adds the counts of other blocks."""
        first = self.draws == 0
        self.draws += other.draws
        self.failures |= other.failures
        for name, tally in other.questions.items():
            self.questions[name] = tally if first else self.questions[name] + tally
        self.labels = other.labels if first else self.labels + other.labels
        self.formed_by_day = (
            other.formed_by_day if first else self.formed_by_day + other.formed_by_day
        )
        for government, count in other.governments.items():
            self.governments[government] = self.governments.get(government, 0) + count


def tally(
    question: AskedQuestion, block: Block, good: np.ndarray, days: int
) -> tuple[Tally, np.ndarray]:
    """The question's counts over a block's good histories, and the outcome of each history.

    Outcomes are −1 where the question did not arise or the draw failed, else 1 for yes and 0 for
    no, or the number of the kind.
    """
    asked = question.ask(block)
    match asked:
        case Passed(day, arose):
            arose = arose & good
            hits = (arose & (day <= question.deadline))[:, None]
            when = np.where(arose & np.isfinite(day), day, np.inf)[:, None]
            outcome = np.where(arose, hits[:, 0], -1)
        case Kinds(day, kind):
            assert isinstance(question, WhichKind)
            arose = good
            hits = (kind[:, None] == np.arange(len(question.names))) & arose[:, None]
            came = hits.copy()
            came[:, -1] = False  # 'none' never comes
            when = np.where(came, day[:, None], np.inf)
            outcome = np.where(arose, kind, -1)
    even = len(arose) // 2 * 2
    first, second = slice(0, even, 2), slice(1, even, 2)
    paired = arose[first] & arose[second]
    one, two = hits[first] & paired[:, None], hits[second] & paired[:, None]
    by_day = np.zeros((days, hits.shape[1]), dtype=np.int64)
    for k in range(hits.shape[1]):
        known = when[np.isfinite(when[:, k]), k]
        by_day[:, k] = np.bincount(known.astype(np.int64), minlength=days)[:days]
    counts = Tally(
        arose=int(arose.sum()),
        hits=hits.sum(axis=0),
        pairs=int(paired.sum()),
        pair_hits=one.sum(axis=0) + two.sum(axis=0),
        both=(one & two).sum(axis=0),
        by_day=by_day,
    )
    return counts, outcome.astype(np.int8)


def summarise(
    block: Block, questions: list[AskedQuestion], labels: tuple[str, ...], horizon: float
) -> tuple[Summary, dict[str, np.ndarray]]:
    """All counts of one block, and each question's outcome in every history."""
    days = int(np.ceil(horizon))
    counted = {q.id: tally(q, block, block.good, days) for q in questions}
    summary = Summary(
        draws=block.count,
        failures=dict(block.failed),
        questions={name: counts for name, (counts, _) in counted.items()},
        labels=np.bincount(block.label, minlength=len(labels)),
        governments=_governments(block, labels),
        formed_by_day=_formed(block, labels, days),
    )
    return summary, {name: outcomes for name, (_, outcomes) in counted.items()}


def _governments(block: Block, labels: tuple[str, ...]) -> dict[tuple[str, int], int]:
    """How often each coalition took office, by (kind, bitmask of its lists)."""
    counts: dict[tuple[str, int], int] = {}
    for number, label in enumerate(labels):
        if label.startswith("government/kind="):
            marks, times = np.unique(block.mark[block.label == number], return_counts=True)
            kind = label.removeprefix("government/kind=")
            counts |= {(kind, int(m)): int(t) for m, t in zip(marks, times, strict=True)}
    return counts


def _formed(block: Block, labels: tuple[str, ...], days: int) -> np.ndarray:
    if "government" not in labels:
        return np.zeros(days, dtype=np.int64)
    when = block.day[block.label == labels.index("government")]
    return np.bincount(when.astype(np.int64), minlength=days)[:days]
