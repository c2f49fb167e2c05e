"""Forecasts against what came true: every answer scored, beside what references would have lost."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from clientela.analysis import QuestionError
from clientela.reading import unknown
from clientela.scoring.calibration import LEVEL, Reliability, reliability
from clientela.scoring.cases import Case, Unscored, cases_of
from clientela.scoring.means import Mean, Row, mean_of, weights
from clientela.scoring.outcomes import Outcomes
from clientela.scoring.references import FORECAST, FORECASTERS, base_rate, said_of
from clientela.scoring.scores import Scores
from clientela.scoring.series import Series


@dataclass(frozen=True)
class Scorecard:
    """The scored answers of one series or more, and those that are not scored.

    `reliability` is that of the yes/no questions, None if there are none.
    """

    series: tuple[Series, ...]
    rows: tuple[Row, ...]
    unscored: tuple[Unscored, ...]
    reliability: Reliability | None

    @property
    def settled(self) -> tuple[Row, ...]:
        """The rows whose outcome is not uncertain."""
        return tuple(row for row in self.rows if not row.case.outcome.uncertain)

    @property
    def updated(self) -> bool:
        """Whether some series answers on several days."""
        return any(len(series.forecasts) > 1 for series in self.series)

    def of(self, series: Series) -> tuple[Row, ...]:
        """The rows of one series."""
        return tuple(row for row in self.rows if row.case.series is series)

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints; NaN is null."""
        return {
            "targets": [
                {"target": s.name, "scenario": s.scenario.scenario, "branch": s.scenario.branch,
                 **_means(self.of(s))} for s in self.series
            ],
            "answers": [_row(row) for row in self.rows],
            "not_scored": [
                {"target": u.series, "date": str(u.date), "question": u.question, "reason": u.reason}
                for u in self.unscored
            ],
            **_means(self.rows),
            "settled": _mean(mean_of(self.settled)) if self.settled else None,
            "calibration": _calibration(self.reliability),
        }  # fmt: skip


def score(
    series: Sequence[Series],
    outcomes: Sequence[Outcomes],
    *,
    questions: Sequence[str] = (),
    settled: bool = False,
    seed: int = 1,
) -> Scorecard:
    """The series scored by what came true, an `Outcomes` for each; of these questions or of all.

    `settled` leaves uncertain outcomes out. What the references say depends on neither. `seed` is
    for the band of the reliability. Raises QuestionError for a question that no scenario has, and
    if nothing can be scored.
    """
    asked = dict.fromkeys(q for one in series for q in one.scenario.questions)
    for question in questions:
        if question not in asked:
            raise QuestionError(f"--question: {unknown('question', question, asked)}")
    cases: list[Case] = []
    left: list[Unscored] = []
    for one, came in zip(series, outcomes, strict=True):
        found, unscored = cases_of(one, came)
        cases += found
        left += [u for u in unscored if not questions or u.question in questions]
    kept = [
        case
        for case in cases
        if (not questions or case.answer.id in questions)
        and not (settled and case.outcome.uncertain)
    ]
    if not kept:
        why = dict.fromkeys(u.reason for u in left)
        raise QuestionError(f"nothing can be scored: {'; '.join(why) or 'all that came true is uncertain'}")  # fmt: skip
    rows = tuple(_scored(case, cases) for case in kept)
    return Scorecard(tuple(series), rows, tuple(left), _reliability(rows, seed))


def _scored(case: Case, cases: Sequence[Case]) -> Row:
    said = said_of(case, base_rate(case, cases))
    shares = said[FORECAST].shares
    probability = shares["yes"] if "yes" in shares else shares[case.came]
    return Row(case, probability, {name: each.scores(case) for name, each in said.items()})


def _reliability(rows: Sequence[Row], seed: int) -> Reliability | None:
    """Over the yes/no answers of all series and dates; each question counts once."""
    binary = [row for row in rows if row.case.answer.shares is None]
    if not binary:
        return None
    return reliability(
        [row.probability for row in binary],
        [row.case.came == "yes" for row in binary],
        [row.case.key for row in binary],
        weights(binary),
        seed=seed,
    )


def dates_of(rows: Sequence[Row]) -> list[dt.date]:
    """The days on which the rows' answers were given, in order."""
    return sorted({row.case.date for row in rows})


def _row(row: Row) -> dict[str, Any]:
    case = row.case
    return {
        "target": case.series.name, "scenario": case.key[0], "question": case.answer.id,
        "date": str(case.date), "outcome": case.came,
        "outcome_date": str(case.outcome.date) if math.isfinite(case.day) else None,
        "uncertain": case.outcome.uncertain, "probability": row.probability,
        "scores": {name: dataclasses.asdict(scores) for name, scores in row.scores.items()},
    }  # fmt: skip


def _means(rows: Sequence[Row]) -> dict[str, Any]:
    """The mean of rows, and of those of each date if there are several."""
    dates = dates_of(rows)
    by_date = {
        str(date): _mean(mean_of([row for row in rows if row.case.date == date]))
        for date in dates
        if len(dates) > 1
    }
    return {"mean": _mean(mean_of(rows)) if rows else None, "by_date": by_date}


def _mean(mean: Mean) -> dict[str, Any]:
    return {
        "questions": mean.questions, "answers": mean.answers, "timed": mean.timed,
        "scores": {name: _plain(scores) for name, scores in mean.scores.items()},
        "skill": {name: _plain(mean.skill(name)) for name in FORECASTERS[1:]},
    }  # fmt: skip


def _plain(scores: Scores) -> dict[str, float | None]:
    found = dataclasses.asdict(scores)
    return {name: None if v is None or math.isnan(v) else v for name, v in found.items()}


def _calibration(found: Reliability | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        **{name: getattr(found, name) for name in
           ("questions", "forecasts", "brier", "miscalibration", "discrimination", "uncertainty")},
        "level": LEVEL,
        "curve": [
            dict(zip(("probability", "observed", "low", "high"), map(float, point), strict=True))
            for point in zip(found.probability, found.observed, found.low, found.high, strict=True)
        ],
    }  # fmt: skip
