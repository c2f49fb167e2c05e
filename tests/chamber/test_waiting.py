"""How long a chamber is likely to take, and what of that the first talks of a run get."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientela.chamber import Chamber, formation_time, load_chamber, votes_to_government
from clientela.chamber.finding import find_parliament
from clientela.chamber.waiting import days_gone, effective_parties, time_to_government

LEVELS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 400), max_size=5), st.just(0.0) | st.floats(0.5, 400))
def test_what_is_left_is_the_rest_of_the_same_distribution(history, gone):
    time = formation_time(history)
    left = time.left(gone, LEVELS)
    assert (left >= 0).all()
    assert (np.diff(left) >= 0).all()
    for level, days in zip(LEVELS, left, strict=True):
        if days > 0:
            still = time.survival(gone + float(days)) / (time.survival(gone) if gone else 1.0)
            assert still == pytest.approx(1.0 - level, abs=2e-3)
        else:
            assert gone == 0.0
            assert level <= time.at_once + 2e-3


def test_days_before_the_election_are_refused():
    with pytest.raises(ValueError, match="from 0 on"):
        formation_time().left(-1.0, LEVELS)


def test_equal_lists_are_as_many_effective_parties_and_members_alone_are_one_each():
    assert effective_parties(Chamber.of(dict.fromkeys("abcd", 25))) == pytest.approx(4.0)
    assert effective_parties(Chamber.of({"a": 50, "b": 50}, alone=["b"])) == pytest.approx(
        100**2 / (50**2 + 50)
    )


@pytest.mark.parametrize(("name", "votes"), [("westminster", 1), ("iraq-2021", 3)])
def test_the_fewest_votes_that_lead_to_government(name, votes):
    assert votes_to_government(find_parliament(name).procedure) == votes


def test_a_country_s_own_times_count_and_so_do_the_days_gone_by():
    iraq = find_parliament("iraq-2021")
    assert days_gone(iraq.rules, iraq.date) == 61.0
    assert days_gone(iraq.rules, dt.date(2020, 1, 1)) == 0.0
    assert days_gone(load_chamber("lebanon").rules, iraq.date) == 0.0
    own = time_to_government(iraq.chamber, iraq.rules)
    others = time_to_government(iraq.chamber, iraq.rules.model_copy(update={"formed_in": []}))
    # Iraq's were 131 to 289 days; the pool's median is a few weeks.
    assert 131 < own.quantile(0.5) < 289
    assert others.quantile(0.5) < own.quantile(0.5)
