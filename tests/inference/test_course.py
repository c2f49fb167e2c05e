"""Backgrounds that change: pieces and splines on the log scale, one at the end."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.interpolate import BSpline
from self_exciting import DAYS, drawn, hawkes, likelihood

from clientela.inference.course import add_course
from clientela.process import Move, Process
from clientela.process.expression import evaluate


def with_course(shape: str, pieces: int, sd: float = 0.4) -> tuple[Process, list[str]]:
    p = hawkes()
    return p, add_course(p, ["a"], shape=shape, pieces=pieces, days=DAYS, sd=sd)


def levels(p: Process, steps: dict[str, float]) -> tuple[list[float], list[float]]:
    """The days on which the background changes, and its levels from the first day on."""
    values = {name: np.array(step) for name, step in steps.items()}
    days, found = [], [float(evaluate(p.variables["background"].start, values))]
    for each in p.schedule:
        (effect,) = p.events[each.event].effects
        assert isinstance(effect, Move)
        days.append(float(evaluate(each.at, values)))
        found.append(float(evaluate(effect.toward, values)))
    return days, found


def test_pieces_are_a_random_walk_back_from_one():
    p, names = with_course("piecewise", 4, sd=0.4)
    assert names == ["background.step.0", "background.step.1", "background.step.2"]
    days, found = levels(p, dict(zip(names, (1.0, -2.0, 0.5), strict=True)))
    assert days == [100.0, 200.0, 300.0]
    assert np.log(found) == pytest.approx([0.4 * -0.5, 0.4 * -1.5, 0.4 * 0.5, 0.0])


def test_a_spline_is_a_cubic_one_of_coefficients_that_walk():
    p, names = with_course("spline", 7, sd=0.3)
    steps = np.array([0.4, -1.0, 2.0, 0.3, -0.7, 1.1])
    days, found = levels(p, dict(zip(names, steps.tolist(), strict=True)))
    coefficients = 0.3 * np.array([steps[j:].sum() for j in range(7)])
    knots = np.concatenate([[0.0] * 3, np.linspace(0.0, DAYS, 5), [DAYS] * 3])
    edges = np.array([0.0, *days, DAYS])
    assert np.diff(edges) == pytest.approx(np.full(58, DAYS / 58))  # at most a week
    wanted = BSpline(knots, coefficients, 3)((edges[1:] + edges[:-1]) / 2)
    assert np.log(found) == pytest.approx(wanted - wanted[-1], abs=1e-10)


@pytest.mark.parametrize(("shape", "pieces"), [("piecewise", 4), ("spline", 6), ("spline", 2)])
def test_at_rest_it_changes_nothing(shape: str, pieces: int):
    days = drawn(hawkes())
    p, steps = with_course(shape, pieces)
    moved = likelihood(p, days)
    assert len(steps) == max(pieces, 4 if shape == "spline" else 0) - 1
    assert moved.values(np.zeros((1, len(moved.scores))))[0] == pytest.approx(
        likelihood(hawkes(), days).values(np.zeros((1, 1)))[0], rel=1e-12
    )


def test_a_course_multiplies_the_rate_and_not_what_excites():
    """∫ level · rate added up by hand, the memory as in the plain process."""
    p, names = with_course("piecewise", 3, sd=0.5)
    days = np.array([10.0, 12.0, 250.0])
    moved = likelihood(p, days)
    z = np.array([{"rate": 0.0, names[0]: 1.0, names[1]: -2.0}[n] for n in moved.scores.names])
    level = np.exp([0.5 * (1.0 - 2.0), 0.5 * -2.0, 0.0])
    jump = 0.5 * np.log(2.0) / 3.0
    total = -0.3 * DAYS / 3 * level.sum()
    total -= 0.5 * (1.0 - 0.5 ** ((DAYS - days) / 3.0)).sum()
    for k, day in enumerate(days):
        memory = (0.5 ** ((day - days[:k]) / 3.0)).sum()
        total += np.log(0.3 * level[int(day // (DAYS / 3))] + jump * memory)
    assert moved.values(z[None])[0] == pytest.approx(total, rel=1e-10)


def test_a_rising_background_is_told_from_a_constant_one():
    """Where twice as much happens in the second half, steps that say so are likelier."""
    days = np.concatenate([np.arange(2.0, 200.0, 4.0), np.arange(201.0, 400.0, 2.0)])
    p, _ = with_course("piecewise", 2)
    found = likelihood(p, days)
    step = found.scores.names.index("background.step.0")
    values = []
    for each in (-1.5, 0.0, 1.5):
        z = np.zeros(len(found.scores))
        z[step] = each
        values.append(found.values(z[None])[0])
    assert all(more < less for less, more in itertools.pairwise(values))


@pytest.mark.parametrize(("shape", "pieces"), [("constant", 1), ("constant", 9), ("piecewise", 1), ("spline", 1)])  # fmt: skip
def test_a_constant_course_is_none(shape: str, pieces: int):
    p, names = with_course(shape, pieces)
    assert names == []
    assert "background" not in p.variables
    assert p.schedule == []
