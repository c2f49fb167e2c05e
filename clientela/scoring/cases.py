"""What is scored: an answer given on a day, and what came true of it by the end of its window."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from clientela.analysis import Answer, Forecast
from clientela.scoring.outcomes import Outcome, Outcomes
from clientela.scoring.series import Series, date_of, days_past

NOT_GIVEN = "no outcome is given"
NOT_SETTLED = "cannot be settled"
NEVER_AROSE = "never arose in the forecast"
DECIDED = "decided by then"
CUT = "the run stops early, and when it came true is not known"


@dataclass(frozen=True)
class Case:
    """An answer and its outcome.

    `came` is yes, no or a kind; `day` that on which it came, from the first of the window counted
    from 0, infinite if it did not and NaN if that is not known. `past` days of the window were over
    when the answer was given, `days` is all of them. `opening` is the answer that the series began
    with.
    """

    series: Series
    date: dt.date
    answer: Answer
    opening: Answer
    outcome: Outcome
    came: str
    day: float
    past: int
    days: int

    @property
    def key(self) -> tuple[str, str]:
        """Scenario and question: cases that share them share their outcome."""
        return self.series.scenario.scenario, self.answer.id


@dataclass(frozen=True)
class Unscored:
    """An answer that is not scored, and why."""

    series: str
    date: dt.date
    question: str
    reason: str


def cases_of(series: Series, outcomes: Outcomes) -> tuple[list[Case], list[Unscored]]:
    """Every answer of a series with what became of it, and those that cannot be scored."""
    cases: list[Case] = []
    left: list[Unscored] = []
    opening = {answer.id: answer for answer in series.first.answers}
    for forecast in series.forecasts:
        for answer in forecast.answers:
            found = _case(series, forecast, answer, opening[answer.id], outcomes)
            if isinstance(found, Case):
                cases.append(found)
            else:
                left.append(Unscored(series.name, date_of(forecast), answer.id, found))
    return cases, left


def _case(
    series: Series, forecast: Forecast, answer: Answer, opening: Answer, outcomes: Outcomes
) -> Case | str:
    """The case, or the reason why there is none."""
    outcome = outcomes.outcomes.get(answer.id)
    if outcome is None:
        return NOT_GIVEN
    if outcome.value is None:
        return NOT_SETTLED
    if answer.probability is None and answer.shares is None:
        return NEVER_AROSE
    days, past = int(min(answer.deadline, forecast.horizon)), days_past(forecast)
    came, day = _resolved(outcome, forecast.scenario.as_of)
    if math.isnan(day) and days < _days_asked(forecast, answer):
        return CUT
    if day >= days:  # a run that stops early asks whether it had come by then
        came, day = "none" if answer.shares else "no", math.inf
    # What was known on the day is no forecast, though a scenario may not have heard of it.
    if day < past or days <= past:
        return DECIDED
    return Case(
        series, date_of(forecast), answer, opening, outcome, came, day, past, days
    )  # fmt: skip


def _days_asked(forecast: Forecast, answer: Answer) -> int:
    """The days that the question asks about, whether or not the run goes on to their end."""
    question = forecast.scenario.questions[answer.id]
    by = question.by or forecast.scenario.horizon
    return (by - forecast.scenario.as_of).days + 1


def _resolved(outcome: Outcome, as_of: dt.date) -> tuple[str, float]:
    """What came, and the day from `as_of`: infinite for never, NaN for not known."""
    if outcome.value is False:
        return "no", math.inf
    if outcome.value == "none":
        return "none", math.inf
    came = "yes" if outcome.value is True else str(outcome.value)
    return came, float((outcome.date - as_of).days) if outcome.date else math.nan
