"""Histories that are left on a day and gone on from it are those drawn in one go."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clientela as ct
from clientela.analysis import program_of
from clientela.engine import draw_block, draw_from, draw_until
from clientela.engine.resuming import CarryError, carried

COUNT = 300


@pytest.fixture(scope="module")
def take():
    return ct.reader("iraq-2021")


@pytest.fixture(scope="module")
def program(take):
    return program_of(take())


@pytest.fixture(scope="module")
def whole(program):
    return draw_block(program, 5, 600, COUNT)


def rows(*blocks):
    """All rows in order of draw and, within it, of the blocks."""
    draw = np.concatenate([b.draw for b in blocks])
    order = np.argsort(draw, kind="stable")
    return [
        np.concatenate([getattr(b, name) for b in blocks])[order]
        for name in ("draw", "day", "label", "mark")
    ]


@settings(deadline=None, max_examples=25)
@given(st.floats(0, 387) | st.sampled_from([0.0, 22.0, 387.0]))
def test_left_and_gone_on_from_any_day_it_is_the_same_history(program, whole, day):
    before, states = draw_until(program, 5, 600, COUNT, day)
    assert (before.day <= day).all()
    for kept in (states, carried(states, program, program, 5, 600)):
        after = draw_from(program, 5, before, kept)
        assert (after.day > day).all()
        for one, other in zip(rows(before, after), rows(whole), strict=True):
            assert np.array_equal(one, other)


def test_a_changed_baseline_is_relaxed_to_from_the_day_on(take, program):
    other = program_of(take(changes={"mechanisms.patronage.control": 0.9}))
    _, states = draw_until(program, 5, 600, COUNT, 100.0)
    found = carried(states, program, other, 5, 600)
    v = program.variable_names.index("control:iran")
    gone = np.exp(-np.log(2) * 0)  # nothing has passed yet: the value is what it was on the day
    decay = _decay(program, v)
    was = states.base[:, v] + (states.value[:, v] - states.base[:, v]) * np.exp(
        -decay * (100.0 - states.since[:, v])
    )
    assert found.value[:, v] * gone == pytest.approx(was)
    assert found.base[:, v] == pytest.approx(0.9)
    assert (found.since[:, v] == 100.0).all()
    untouched = program.variable_names.index("tension")
    assert np.array_equal(found.value[:, untouched], states.value[:, untouched])


def _decay(program, v):
    from clientela.engine import draw_parameters

    whole = np.repeat(program.base[None], COUNT, axis=0)
    whole[:, program.positions] = program.coefficients(draw_parameters(program, 5, 600, COUNT))
    return whole[:, program.arrays.variables.decay[v]]


def test_without_a_mechanism_its_variables_and_flags_go_and_the_others_stay(take, program):
    other = program_of(take(without=["negotiation"]))
    before, states = draw_until(program, 5, 600, COUNT, 100.0)
    found = carried(states, program, other, 5, 600)
    assert found.value.shape == (COUNT, len(other.variable_names))
    for name in set(other.flag_names) & set(program.flag_names):
        bit, old = other.flag_names.index(name), program.flag_names.index(name)
        assert np.array_equal((found.flags >> bit) & 1, (states.flags >> old) & 1)
    after = draw_from(other, 5, before, found)
    assert not any(other.labels[k].startswith("talks-round") for k in np.unique(after.label))


def test_other_coalitions_than_those_that_can_stand_are_refused(take, program):
    other = program_of(
        take(changes={"actors.sadrists.seats.now": 70, "actors.fatah.seats.now": 20})
    )
    _, states = draw_until(program, 5, 600, COUNT, 100.0)
    with pytest.raises(CarryError, match="other coalitions possible"):
        carried(states, program, other, 5, 600)
