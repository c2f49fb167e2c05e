"""Means of scores over answers, in which a question counts once, and skill over the references."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

from clientela.scoring.cases import Case
from clientela.scoring.references import FORECAST, FORECASTERS
from clientela.scoring.scores import Scores


@dataclass(frozen=True)
class Row:
    """A case with the probability of what came of it, and what each forecaster loses by it.

    `probability` is that of yes, or of the kind that came.
    """

    case: Case
    probability: float
    scores: Mapping[str, Scores]

    @property
    def question(self) -> tuple[str, str]:
        """Series and question, whose answers on several days count as one."""
        return self.case.series.name, self.case.answer.id


@dataclass(frozen=True)
class Mean:
    """Mean scores by forecaster over `questions`, answered so many times; `timed` of the questions
    have a day, and `crps` is the mean over these."""

    questions: int
    answers: int
    timed: int
    scores: Mapping[str, Scores]

    def skill(self, reference: str) -> Scores:
        """1 − score / reference for each score; NaN where the reference loses nothing."""
        own, other = self.scores[FORECAST], self.scores[reference]
        timed = own.crps is not None and other.crps is not None
        return Scores(
            _skill(own.brier, other.brier),
            _skill(own.log, other.log),
            _skill(own.crps, other.crps) if timed else None,  # pyright: ignore
        )


def _skill(own: float, reference: float) -> float:
    return 1.0 - own / reference if reference > 0.0 else float("nan")


def mean_of(rows: Sequence[Row]) -> Mean:
    """The means over one row or more."""
    timed = [row for row in rows if row.scores[FORECAST].crps is not None]
    means = {
        name: Scores(
            _mean(rows, lambda row, n=name: row.scores[n].brier),
            _mean(rows, lambda row, n=name: row.scores[n].log),
            _mean(timed, lambda row, n=name: row.scores[n].crps or 0.0) if timed else None,
        )
        for name in FORECASTERS
    }
    questions = (len({row.question for row in some}) for some in (rows, timed))
    return Mean(next(questions), len(rows), next(questions), means)


def weights(rows: Sequence[Row]) -> list[float]:
    """One for each question, divided equally among its answers."""
    answers: Counter[Hashable] = Counter(row.question for row in rows)
    return [1.0 / answers[row.question] for row in rows]


def _mean(rows: Sequence[Row], of: Callable[[Row], float]) -> float:
    shares = weights(rows)
    return sum(w * of(row) for w, row in zip(shares, rows, strict=True)) / sum(shares)
