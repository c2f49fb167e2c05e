"""Predicted counts: those of the process, beside what was observed."""

from __future__ import annotations

import json

import numpy as np
import pytest
from self_exciting import DAYS, drawn, hawkes, record_of

from clientela.engine import draw_block, draw_parameters
from clientela.inference.predicted import Predicted, predicted_counts
from clientela.inference.record import Occurrence, compile_record, record_of_times
from clientela.process import Add, Process, compile_process


def test_counts_are_those_of_the_process():
    """The mean of a Hawkes process is rate / (1 − offspring) a day, but for its beginning."""
    days = drawn(hawkes())
    program = compile_process(hawkes())
    columns = draw_parameters(program, 2, 0, 800)
    found = predicted_counts(program, record_of(hawkes(), days), columns, ["a"], (), 3)
    assert found.observed.tolist() == [len(days)]
    assert found.weeks.tolist() == np.histogram(days, 57, (0.0, 57 * 7.0))[0].tolist()
    assert found.drawn.shape == (800, 1)
    assert found.drawn.mean() == pytest.approx(0.3 / 0.5 * DAYS, rel=0.04)
    # What the record has of it is no part of what is drawn.
    nothing = predicted_counts(program, record_of(hawkes(), days[:0]), columns, ["a"], (), 3)
    assert nothing.drawn.tolist() == found.drawn.tolist()
    assert nothing.observed.tolist() == [0]


def test_they_are_the_engine_s_histories():
    """With nothing given they are what the engine draws from the same columns and streams."""
    program = compile_process(hawkes())
    columns = np.repeat(draw_parameters(program, 6, 0, 1), 40, axis=0)
    found = predicted_counts(program, record_of(hawkes(), np.zeros(0)), columns, ["a"], (), 6)
    block = draw_block(program, 6, 0, 40)
    mine = block.label == program.labels.index("a")
    first = np.bincount(block.draw[mine], minlength=40)
    # Parameters but for the first pair differ there.
    assert found.drawn[:2, 0].tolist() == first[:2].tolist()
    weeks = np.histogram(block.day[mine & (block.draw == 0)], 57, (0.0, 57 * 7.0))[0]
    assert found.drawn_weeks[0].tolist() == weeks.tolist()


def provoked() -> Process:
    p = Process(50.0)
    p.variable("raids", half_life=np.inf)
    p.event("raid", rate=0.5, effects=[Add("raids", 1.0)])
    p.event("a", rate=0.2, excitation={"raids": 1.0})
    p.event("held", rate=5.0, effects=[Add("raids", 1.0)])
    return p


def test_what_is_given_happens_in_them_and_what_is_held_does_not():
    """With raids on days 10 and 30 there are 0.2 · 50 + 40 + 20 attacks to be expected."""
    program = compile_process(provoked())
    rows = [Occurrence("raid", 10.0), Occurrence("raid", 30.0), Occurrence("a", 35.0)]
    record = compile_record(program, rows, ["a"], ["raid", "held"])
    columns = np.zeros((400, 0))
    found = predicted_counts(program, record, columns, ["a"], ("raid",), 1)
    assert found.observed.tolist() == [1]
    error = np.sqrt(70.0 / 400)
    assert found.drawn.mean() == pytest.approx(70.0, abs=4 * error)
    alone = predicted_counts(program, record, columns, ["a"], (), 1)
    assert alone.drawn.mean() == pytest.approx(10.0, abs=4 * np.sqrt(10.0 / 400))


def test_days_after_the_last_whole_week_are_in_no_week():
    p = Process(17.0)
    p.event("a", rate=0.5)
    program = compile_process(p)
    record = record_of_times(program, ["a"] * 3, np.array([3.0, 13.9, 14.1]), watched=["a"])
    found = predicted_counts(program, record, np.zeros((5, 0)), ["a"], (), 1)
    assert found.weeks.tolist() == [1, 1]
    assert found.observed.tolist() == [3]
    assert found.drawn_weeks.shape == (5, 2)


def test_figures_are_quantiles_over_histories():
    weeks = np.array([0, 2, 4])
    drawn_weeks = np.array([[0, 0, 0], [1, 1, 1], [0, 0, 6]])
    found = Predicted(("a",), np.array([6]), drawn_weeks.sum(axis=1)[:, None], weeks, drawn_weeks)
    tails = found.tails()
    assert tails["events in all"] == pytest.approx((6, 3, 0.3, 5.7))
    assert tails["most in a week"] == pytest.approx((4, 1, 0.1, 5.5))
    assert tails["weeks without any, share"] == pytest.approx((1 / 3, 2 / 3, 2 / 30, 29 / 30))
    assert tails["variance over mean of weeks"] == pytest.approx((np.var(weeks) / 2, 0, 0, 3.6))
    told = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert told["types"] == [{"event": "a", "observed": 6, "low": pytest.approx(0.3), "high": pytest.approx(5.7)}]  # fmt: skip
    assert told["figures"]["events in all"]["median"] == 3
