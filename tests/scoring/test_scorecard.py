"""A scorecard of answers chosen by hand: references, means, what is left out."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import numpy as np
import pytest

import clientela as ct
from clientela.analysis import Answer, Forecast, QuestionError
from clientela.reading import read_yaml
from clientela.scenario.starter import starter
from clientela.scoring import (
    CLIMATOLOGY,
    FORECAST,
    NO_CHANGE,
    UNUPDATED,
    Outcomes,
    Row,
    Scorecard,
    Series,
    mean_of,
    score,
)

AS_OF = dt.date(2030, 3, 1)
DAYS, BY = 365, 214  # to the horizon; to the end of September, by which a government is asked for
CAME: dict[str, Any] = {
    "government": {"value": True, "date": "2030-03-11"},
    "which": {"value": "with-front", "date": "2030-03-11"},
    "ten-killed": {"value": False, "uncertain": True},
    "guards-obey": {"value": False},
}


@pytest.fixture(scope="module")
def drawn() -> Forecast:
    return ct.run(ct.load(read_yaml("my-crisis", starter("my-crisis")).data), draws=100)


def forecast(drawn: Forecast, date: dt.date | None = None, **said: Any) -> Forecast:
    """The forecast with these probabilities (curves rise evenly over the window) or shares."""
    answers = []
    for answer in drawn.answers:
        value = said.get(answer.id, 0.5)
        change: dict[str, Any] = {"arose": 98}
        if isinstance(value, dict):
            change["shares"] = value
            change["curve"] = {kind: [0.0] * DAYS for kind in [*value][:-1]}
        elif answer.shares is None:
            days = BY if answer.id == "government" else DAYS
            change |= {"probability": value, "curve": {"yes": list(np.minimum(np.arange(1, DAYS + 1) / days, 1.0) * value)}}  # fmt: skip
        answers.append(dataclasses.replace(answer, **change))
    return dataclasses.replace(drawn, answers=answers, gone_on=date)


def came(**changes: Any) -> Outcomes:
    written = {name: {**outcome, **changes.get(name.replace("-", "_"), {})} for name, outcome in CAME.items()}  # fmt: skip
    return Outcomes.model_validate({"outcomes": written})


def card(*forecasts: Forecast, outcomes: Outcomes | None = None, **options: Any) -> Scorecard:
    return score([Series("here", forecasts)], [outcomes or came()], **options)


def row(found: Scorecard, question: str, date: dt.date = AS_OF) -> Row:
    (only,) = [r for r in found.rows if (r.case.answer.id, r.case.date) == (question, date)]
    return only


def test_what_no_change_says_is_no_until_it_happens(drawn: Forecast):
    found = card(forecast(drawn))
    assert row(found, "government").scores[NO_CHANGE].brier == 1.0
    assert row(found, "government").scores[NO_CHANGE].log == pytest.approx(np.log(100.0))
    assert row(found, "government").scores[NO_CHANGE].crps == BY - 10
    assert row(found, "ten-killed").scores[NO_CHANGE].brier == 0.0
    assert row(found, "ten-killed").scores[NO_CHANGE].crps == 0.0
    assert row(found, "which").scores[NO_CHANGE].brier == 2.0


def test_no_change_is_what_had_already_come_in_the_histories_of_an_update(drawn: Forecast):
    day = AS_OF + dt.timedelta(days=72)  # of which 73 are then over, a fifth of the year
    found = card(forecast(drawn, day, **{"ten-killed": 0.5}))
    assert row(found, "ten-killed", day).scores[NO_CHANGE].brier == pytest.approx(0.1**2)
    assert row(found, "ten-killed", day).scores[NO_CHANGE].crps == pytest.approx(0.1**2 * (DAYS - 73))  # fmt: skip


def test_climatology_is_the_share_of_yes_among_the_other_questions(drawn: Forecast):
    found = card(forecast(drawn))
    # Of the others none of two came true; of the others of one that did not, one of two.
    assert row(found, "government").scores[CLIMATOLOGY].brier == pytest.approx((1 - 1 / 4) ** 2)
    assert row(found, "ten-killed").scores[CLIMATOLOGY].brier == pytest.approx((2 / 4) ** 2)
    # Of several outcomes it gives each as much.
    assert row(found, "which").scores[CLIMATOLOGY].brier == pytest.approx(0.75**2 + 3 * 0.25**2)
    assert row(found, "which").scores[CLIMATOLOGY].log == pytest.approx(np.log(4.0))


def test_a_base_rate_that_is_written_takes_its_place(drawn: Forecast):
    rates = {"league-led": 0.1, "with-front": 0.6, "other": 0.1, "none": 0.2}
    written = came(
        government={"base_rate": {"value": 0.9, "source": "elsewhere"}},
        which={"base_rate": {"value": rates, "source": "elsewhere"}},
    )
    found = card(forecast(drawn), outcomes=written)
    assert row(found, "government").scores[CLIMATOLOGY].log == pytest.approx(-np.log(0.9))
    assert row(found, "which").scores[CLIMATOLOGY].log == pytest.approx(-np.log(0.6))


def test_climatology_reaches_its_rate_by_a_constant_hazard(drawn: Forecast):
    found = row(card(forecast(drawn)), "ten-killed")
    survival = (1 - 2 / 4) ** (np.arange(1, DAYS + 1) / DAYS)
    assert found.scores[CLIMATOLOGY].crps == pytest.approx(np.sum((1 - survival) ** 2))


def test_the_day_is_scored_to_the_end_of_the_window_and_on_the_days_that_are_left(drawn: Forecast):
    curve = np.arange(1, BY + 1) / BY * 0.5
    whole = np.sum((curve - (np.arange(BY) >= 10)) ** 2)
    assert row(card(forecast(drawn)), "government").scores[FORECAST].crps == pytest.approx(whole)
    day = AS_OF + dt.timedelta(days=4)
    left = np.sum((curve - (np.arange(BY) >= 10))[5:] ** 2)
    later = row(card(forecast(drawn), forecast(drawn, day)), "government", day)
    assert later.scores[FORECAST].crps == pytest.approx(left)


def test_without_a_day_there_is_no_score_of_the_day(drawn: Forecast):
    found = card(forecast(drawn), outcomes=came(government={"date": None}))
    assert row(found, "government").scores[FORECAST].brier == pytest.approx(0.25)
    assert row(found, "government").scores[FORECAST].crps is None
    assert row(found, "which").scores[FORECAST].crps is None
    assert mean_of(found.rows).timed == 2


def test_what_was_decided_by_the_day_of_an_answer_is_no_forecast(drawn: Forecast):
    before, after, late = (dt.date(2030, 3, 10), dt.date(2030, 3, 11), dt.date(2030, 9, 30))
    found = card(*(forecast(drawn, day) for day in (before, after, late)))
    assert [r.case.date for r in found.rows if r.case.answer.id == "government"] == [before]
    left = {(u.question, u.date) for u in found.unscored if u.reason == "decided by then"}
    assert left == {(q, d) for q in ("government", "which") for d in (after, late)}
    # A window that is over is decided, too, whatever did not happen in it.
    never = came(government={"value": False, "date": None})
    over = card(forecast(drawn), forecast(drawn, late), outcomes=never)
    assert ("government", late) in {(u.question, u.date) for u in over.unscored}


def test_a_run_that_stops_early_is_scored_by_what_had_come_by_then(drawn: Forecast):
    early = dataclasses.replace(forecast(drawn), horizon=10.0)
    found = card(early)
    assert row(found, "government").case.came == "no"
    assert row(found, "which").case.came == "none"
    undated = card(early, outcomes=came(government={"date": None}))
    assert "the run stops early" in undated.unscored[0].reason


def test_what_cannot_be_scored_is_counted_with_its_reason(drawn: Forecast):
    silent = [
        dataclasses.replace(a, probability=None) if a.id == "guards-obey" else a
        for a in forecast(drawn).answers
    ]
    written = came(ten_killed={"value": None})
    del written.outcomes["which"]
    found = card(dataclasses.replace(drawn, answers=silent), outcomes=written)
    assert [r.case.answer.id for r in found.rows] == ["government"]
    assert {u.question: u.reason for u in found.unscored} == {
        "which": "no outcome is given",
        "ten-killed": "cannot be settled",
        "guards-obey": "never arose in the forecast",
    }


def test_uncertain_outcomes_are_left_out_if_asked_and_move_no_reference(drawn: Forecast):
    every, settled = card(forecast(drawn)), card(forecast(drawn), settled=True)
    assert [r.case.answer.id for r in settled.rows] == ["government", "which", "guards-obey"]
    assert mean_of(every.settled) == mean_of(settled.rows)
    one = card(forecast(drawn), questions=["government"])
    assert one.rows[0].scores == row(every, "government").scores


def test_a_question_counts_once_however_many_days_it_was_answered_on(drawn: Forecast):
    days = [None, *(AS_OF + dt.timedelta(days=d) for d in (20, 40, 60))]
    found = card(*(forecast(drawn, day, **{"ten-killed": 0.2}) for day in days))
    mean = mean_of(found.rows)
    assert (mean.questions, mean.answers) == (4, 1 + 1 + 4 + 4)
    by_question = {
        q: np.mean([r.scores[FORECAST].brier for r in found.rows if r.case.answer.id == q])
        for q in CAME
    }
    assert mean.scores[FORECAST].brier == pytest.approx(np.mean([*by_question.values()]))
    assert found.reliability is not None
    binary = [by_question[q] for q in CAME if q != "which"]
    assert found.reliability.brier == pytest.approx(np.mean(binary))


def test_the_first_answers_stand_for_the_one_that_was_not_updated(drawn: Forecast):
    day = AS_OF + dt.timedelta(days=5)
    found = card(
        forecast(drawn, government=0.3), forecast(drawn, day, government=0.8)
    )  # fmt: skip
    first, later = (row(found, "government", d) for d in (AS_OF, day))
    assert first.scores[UNUPDATED] == first.scores[FORECAST]
    assert later.scores[FORECAST].brier == pytest.approx(0.2**2)
    assert later.scores[UNUPDATED].brier == pytest.approx(0.7**2)


def test_skill_is_what_is_saved_of_what_the_reference_loses(drawn: Forecast):
    found = mean_of([row(card(forecast(drawn, government=0.9)), "government")])
    assert found.skill(NO_CHANGE).brier == pytest.approx(1 - 0.01 / 1.0)
    assert found.skill(CLIMATOLOGY).brier == pytest.approx(1 - 0.01 / 0.75**2)
    never = mean_of([row(card(forecast(drawn)), "ten-killed")])
    assert np.isnan(never.skill(NO_CHANGE).brier)


def test_shares_of_several_outcomes_are_scored_by_what_came(drawn: Forecast):
    shares = {"league-led": 0.2, "with-front": 0.5, "other": 0.0, "none": 0.3}
    found = row(card(forecast(drawn, which=shares)), "which")
    assert found.probability == 0.5
    assert found.scores[FORECAST].brier == pytest.approx(0.04 + 0.25 + 0.09)
    assert found.scores[FORECAST].log == pytest.approx(np.log(2.0))


def test_what_cannot_be_asked_is_refused(drawn: Forecast):
    with pytest.raises(QuestionError, match=r"there is no question 'ten-kiled' \(did you mean"):
        card(forecast(drawn), questions=["ten-kiled"])
    null = came(government={"value": None, "date": None})
    with pytest.raises(QuestionError, match="nothing can be scored: cannot be settled"):
        card(forecast(drawn), questions=["government"], outcomes=null)
    with pytest.raises(QuestionError, match="nothing can be scored: all that came true is uncertain"):  # fmt: skip
        card(forecast(drawn), questions=["ten-killed"], settled=True)


def test_an_answer_read_back_is_scored_as_it_was(drawn: Forecast):
    stored = [Answer.from_stored(dataclasses.asdict(answer)) for answer in drawn.answers]
    assert mean_of(card(drawn).rows) == mean_of(card(dataclasses.replace(drawn, answers=stored)).rows)  # fmt: skip
