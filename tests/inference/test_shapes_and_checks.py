"""Backgrounds that change, memories of several lengths, and how well a process fits."""

from __future__ import annotations

import numpy as np
import pytest

from clientela.engine import draw_block, draw_parameters
from clientela.inference.course import add_course
from clientela.inference.held_out import held_out
from clientela.inference.likelihood import likelihood_of
from clientela.inference.memories import split_memories
from clientela.inference.predicted import predicted_counts
from clientela.inference.record import record_of_times
from clientela.inference.residuals import residuals
from clientela.inference.scores import Scores
from clientela.process import Add, Parameter, Process, compile_process
from clientela.scenario import lognormal

DAYS = 400.0


def hawkes(rate: float = 0.3, own: float = 0.5, half_life: float = 3.0) -> Process:
    p = Process(DAYS)
    p.variable("heat", half_life=half_life)
    p.event("a", rate=Parameter("rate", lognormal(rate, 0.01)), effects=[Add("heat", 1.0)],
            excitation={"heat": own * np.log(2.0) / half_life})  # fmt: skip
    return p


def drawn(process: Process, seed: int = 1):
    program = compile_process(process)
    block = draw_block(program, seed, 0, 1)
    return block.day[block.label == program.labels.index("a")]


def likelihood(process: Process, days: np.ndarray, until: float = DAYS):
    program = compile_process(process)
    record = record_of_times(program, ["a"] * len(days), days, watched=["a"])
    scores = Scores(program, [p.name for p in program.parameters])
    return likelihood_of(program, record, scores, until)


@pytest.mark.parametrize(("shape", "pieces"), [("piecewise", 4), ("spline", 6), ("spline", 2)])
def test_a_course_at_rest_changes_nothing_and_ends_at_one(shape: str, pieces: int):
    days = drawn(hawkes())
    plain = likelihood(hawkes(), days)
    p = hawkes()
    steps = add_course(p, ["a"], shape=shape, pieces=pieces, days=DAYS, sd=0.4)
    moved = likelihood(p, days)
    z = np.zeros(len(moved.scores))
    assert len(steps) == max(pieces, 4 if shape == "spline" else 0) - 1
    assert moved.values(z[None])[0] == pytest.approx(plain.values(np.zeros((1, 1)))[0], rel=1e-12)
    # Whatever the steps, the last level is one: intensities there are those of the plain process.
    z[:] = 0.7
    program = compile_process(p)
    columns = draw_parameters(program, 1, 0, 1)
    place = program.arrays.effects.second[program.arrays.happenings.effect_lo[program.event_names.index(max((n for n in program.event_names if n.startswith("background:")), key=lambda n: int(n.partition(":")[2])))]]  # fmt: skip
    level = program.base[place]
    if np.isnan(level):
        filled = dict(zip(program.positions, program.coefficients(columns)[0], strict=True))
        level = filled[place]
    assert level == pytest.approx(1.0)


def test_a_constant_course_is_none():
    p = hawkes()
    assert add_course(p, ["a"], shape="constant", pieces=1, days=DAYS, sd=0.3) == []
    assert "background" not in p.variables


def test_one_memory_of_the_same_length_changes_nothing():
    days = drawn(hawkes())
    plain = likelihood(hawkes(), days)
    p = hawkes()
    assert split_memories(p, ["heat"], [3.0]) == []
    assert likelihood(p, days).values(np.zeros((1, 1)))[0] == pytest.approx(plain.values(np.zeros((1, 1)))[0], rel=1e-12)  # fmt: skip


def test_memories_share_as_many_offspring():
    """The sum over memories of jump times mean life is what it was."""
    p = hawkes()
    names = split_memories(p, ["heat"], [1.0, 8.0, 30.0])
    assert names == ["memory.8", "memory.30"]
    program = compile_process(p)
    columns = draw_parameters(program, 5, 0, 1)
    c = program.base.copy()
    c[program.positions] = program.coefficients(columns)[0]
    rates = program.arrays.rates
    e = program.event_names.index("a")
    offspring = sum(
        c[rates.add_coef[j]] / c[program.arrays.variables.decay[rates.add_var[j]]]
        for j in range(rates.add_lo[e], rates.add_lo[e + 1])
    )
    assert offspring == pytest.approx(0.5, rel=1e-12)


def test_gaps_of_the_true_process_are_uniform_and_of_a_wrong_one_are_not():
    true = {"own": 0.7, "half_life": 0.7}
    days = drawn(hawkes(**true), seed=4)
    z = np.zeros(1)
    right = residuals(likelihood(hawkes(**true), days).risen(z))
    wrong = residuals(likelihood(hawkes(own=0.0, rate=len(days) / DAYS), days).risen(z))
    assert right.count == len(days) == len(right.levels)
    assert right.probability > 0.01
    assert wrong.probability < 1e-4
    assert wrong.distance > 2 * right.distance
    assert right.expected == pytest.approx(len(days), rel=0.35)
    assert abs(right.correlation) < 0.25


def test_a_gap_is_what_the_compensator_rose_by():
    found = residuals({0: np.array([1.0, 3.0, 3.5]), 1: np.array([2.0])})
    assert found.levels == pytest.approx(1 - np.exp([-1.0, -2.0]))
    assert found.expected == 5.5
    assert np.isnan(residuals({0: np.array([2.0])}).distance)


def test_days_held_out_are_judged_by_density():
    days = drawn(hawkes())
    learned, whole = likelihood(hawkes(), days, 300.0), likelihood(hawkes(), days)
    record = record_of_times(compile_process(hawkes()), ["a"] * len(days), days, watched=["a"])
    found = held_out(learned, whole, record, np.zeros((3, 1)))
    n, later = int((days <= 300).sum()), int((days > 300).sum())
    assert (found.events, found.days) == (later, 100.0)
    rate = (n + 0.5) / 300.0
    assert found.poisson == pytest.approx((later * np.log(rate) - 100 * rate) / later)
    lately = (((days > 272) & (days <= 300)).sum() + 0.5) / 28.0
    assert found.lately == pytest.approx((later * np.log(lately) - 100 * lately) / later)
    gained = whole.values(np.zeros((1, 1)))[0] - learned.values(np.zeros((1, 1)))[0]
    assert found.model == pytest.approx(gained / later)


def test_predicted_counts_are_those_of_the_process():
    days = drawn(hawkes())
    program = compile_process(hawkes())
    record = record_of_times(program, ["a"] * len(days), days, watched=["a"])
    columns = draw_parameters(program, 2, 0, 800)
    found = predicted_counts(program, record, columns, ["a"], (), 3)
    assert found.observed.tolist() == [len(days)]
    assert found.weeks.sum() == (days < 57 * 7).sum()
    assert found.drawn.shape == (800, 1)
    # The mean of a stationary Hawkes process is rate / (1 − offspring) a day, but for its beginning.
    assert found.drawn.mean() == pytest.approx(0.3 / 0.5 * DAYS, rel=0.04)
    assert found.tails()["events in all"][0] == len(days)
