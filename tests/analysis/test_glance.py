"""A glance is a run that keeps nothing: the same histories, the same answers."""

import numpy as np
import pytest

import clientela as ct
from clientela.analysis.comparing import differences
from clientela.analysis.glance import glance, joined


@pytest.fixture(scope="module")
def scenario():
    return ct.load("iraq-2021")


@pytest.fixture(scope="module")
def changed():
    return ct.load("iraq-2021", changes={"mechanisms.patronage.visit_rate": 0.05})


def test_it_gives_the_answers_of_a_run_to_the_bit(scenario):
    assert glance(scenario, 400, 3).answers == ct.run(scenario, draws=400, seed=3).answers


def test_parts_drawn_apart_and_joined_are_the_whole(scenario):
    whole = glance(scenario, 400, 3)
    parts = joined([glance(scenario, 150, 3), glance(scenario, 250, 3, first=150)])
    assert parts.answers == whole.answers
    assert parts.obedience == whole.obedience
    assert parts.governments == whole.governments
    for question, outcomes in whole.outcomes.items():
        np.testing.assert_array_equal(parts.outcomes[question], outcomes)


def test_differences_are_those_of_compare(scenario, changed):
    found = glance(changed, 400, 3).differences(glance(scenario, 400, 3))
    runs = [ct.run(s, draws=400, seed=3) for s in (scenario, changed)]
    assert found == differences(*runs)
    assert any(d.surely for d in found)


def test_a_scenario_differs_from_itself_by_exactly_nothing(scenario):
    found = glance(scenario, 200, 1)
    assert {(d.change, d.low, d.high) for d in found.differences(found)} <= {
        (0.0, 0.0, 0.0),
        (None, None, None),
    }


def test_only_what_is_asked_for_is_counted(scenario):
    found = glance(scenario, 200, 1, questions=["us-strike"])
    assert [answer.id for answer in found.answers] == ["us-strike"]
