"""Branches beside their base: coupled draws, honest intervals, and where histories part."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clientela as ct
from clientela.analysis.comparing import Variant, compare
from clientela.analysis.differences import difference
from clientela.analysis.diverging import diverge
from clientela.analysis.parting import days_of_parting
from clientela.analysis.questions import QuestionError
from clientela.engine.block import Block

DRAWS = 8192
FIVE_PER_CENT_MORE = {
    "mechanisms.patronage.visit_rate": {
        "if": {
            "proposition": "two-more-visits-happened",
            "true": {"lognormal": {"median": 0.0063, "sigma": 0.45}},
            "false": {"lognormal": {"median": 0.00315, "sigma": 0.45}},
        }
    }
}


def variant(name="it", **options):
    return Variant(name, name, ct.load("iraq-2021", **options))


@pytest.fixture(scope="module")
def found():
    """No visits, a change of 5 %, and no change at all."""
    return compare(
        ct.load("iraq-2021"),
        [variant(branch="no-visits"), variant(changes=FIVE_PER_CENT_MORE), variant()],
        draws=DRAWS,
    )


def of(what_if, question, outcome="yes"):
    return next(d for d in what_if.differences if (d.question, d.outcome) == (question, outcome))


# -- what a comparison says ---------------------------------------------------------------------


def test_without_a_change_the_difference_is_exactly_nothing(found):
    nothing = found.what_ifs[2]
    assert nothing.same == 1.0
    assert nothing.parting is None
    assert all(d.change == d.low == d.high == d.moved == 0.0 for d in nothing.differences)


def test_a_small_change_takes_a_hundredth_of_the_draws_or_less(found):
    for question in ("intra-shia-25", "us-strike", "obeys-fatah", "government-2022-12"):
        assert of(found.what_ifs[1], question).gain > 100
    assert all(d.gain is None or d.gain >= 1.0 for d in found.what_ifs[1].differences)


def test_without_visits_more_are_killed_and_nobody_is_asked_to_obey(found):
    no_visits = found.what_ifs[0]
    killed = of(no_visits, "intra-shia-25")
    assert killed.surely
    assert killed.low > 0.08
    assert killed.gain > 2
    assert of(no_visits, "obeys-fatah").change is None
    assert no_visits.same < 0.05


def test_each_branch_keeps_the_law_that_it_has_by_itself(found):
    alone = ct.run(ct.load("iraq-2021", branch="no-visits"), draws=DRAWS, seed=99)
    drawn = found.what_ifs[0].forecast
    for one, other in zip(drawn.answers, alone.answers, strict=True):
        if one.probability is not None:
            assert max(one.low, other.low) < min(one.high, other.high) + 0.01
    again = ct.run(ct.load("iraq-2021", branch="no-visits"), draws=DRAWS, seed=1)
    assert again.answers == drawn.answers


def test_two_runs_of_different_seeds_differ_as_much_as_their_interval_says(found):
    """The gain is measured, so it is checked: the variance of differences of independent runs."""
    d = of(found.what_ifs[1], "us-strike")
    coupled = (d.high - d.change) / 1.96
    independent = coupled * np.sqrt(d.gain)
    blocks = 16
    shares = [
        next(a.probability for a in ct.run(ct.load("iraq-2021"), draws=512, seed=s).answers if a.id == "us-strike")
        for s in range(2, 2 + blocks)
    ]  # fmt: skip
    one_run = np.std(shares, ddof=1) * np.sqrt(512 / DRAWS)
    assert independent == pytest.approx(np.sqrt(2) * one_run, rel=0.6)


def test_nothing_to_compare_is_said():
    with pytest.raises(QuestionError, match="nothing to compare"):
        compare(ct.load("iraq-2021"), [])


# -- the interval -------------------------------------------------------------------------------


def test_the_error_is_that_of_pairs():
    rng = np.random.default_rng(3)
    changes, errors = [], []
    for _ in range(400):
        base = rng.random(600) < 0.4
        switched = np.repeat(rng.random(300) < 0.1, 2)  # both of a pair, or neither
        d = difference("q", "yes", 1, base.astype(int), (base | switched).astype(int), False)
        changes.append(d.change)
        errors.append((d.high - d.low) / (2 * 1.96))
    assert np.mean(errors) == pytest.approx(np.std(changes), rel=0.1)


def test_a_share_among_those_asked_is_compared_as_a_ratio():
    base = np.array([1, 0, -1, -1, 1, 1, 0, 0])
    other = np.array([1, 1, 0, -1, 1, -1, 0, 0])
    d = difference("q", "yes", 1, base, other, False)
    assert (d.base, d.other) == (pytest.approx(3 / 6), pytest.approx(3 / 6))
    assert d.moved == pytest.approx(2 / 8)
    assert difference("q", "yes", 1, base, np.full(8, -1), False).change is None


def test_where_no_answer_moved_the_interval_is_what_that_allows():
    same = np.tile([0, 1], 150)
    assert difference("q", "yes", 1, same, same, False).high == pytest.approx(3 / 150)
    assert difference("q", "yes", 1, same, same, True).high == 0.0


# -- where histories part -----------------------------------------------------------------------

logs = st.lists(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(0, 2)), max_size=4).map(
        lambda rows: sorted(rows)
    ),
    min_size=3,
    max_size=3,
)


def block(histories, first=7):
    rows = [(first + i, *row) for i, rows in enumerate(histories) for row in rows]
    columns = np.array(rows, dtype=float).reshape(-1, 4).T
    return Block(first, len(histories), columns[0].astype(np.int32), columns[1],
                 columns[2].astype(np.int16), columns[3].astype(np.int64), np.zeros((3, 0)), {})  # fmt: skip


@settings(deadline=None)
@given(logs, logs)
def test_histories_part_at_the_first_row_that_differs(one, two):
    names, others = ("a", "b", "c"), ("c", "a", "b")
    renumbered = [[(day, others.index(names[w]), mark) for day, w, mark in rows] for rows in two]
    found = days_of_parting(block(one), block(renumbered), names, others)
    for i, day in enumerate(found):
        expected = np.inf
        for k in range(max(len(one[i]), len(two[i]))):
            a, b = one[i][k : k + 1], two[i][k : k + 1]
            if a != b:
                expected = min(row[0] for row in (*a, *b))
                break
        assert day == expected


def test_a_history_is_told_beside_itself_until_it_parts():
    base, other = ct.load("iraq-2021"), ct.load("iraq-2021", branch="no-visits")
    found = diverge(base, other, 17, until=dt.date(2022, 3, 31))
    assert found.day == min(found.base[0].day, found.other[0].day)
    assert all(h.day <= found.day for h in found.shared)
    assert found.base[0].event == "visit:iran"
    assert not any(h.event == "visit:iran" for h in (*found.shared, *found.other))
    same = diverge(base, base, 17, until=dt.date(2022, 3, 31))
    assert same.day is None
    assert same.base == same.other == []
