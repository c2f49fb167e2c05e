"""Votes with a quorum, and the groups whose absence denies it."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.chamber import Chamber, PartyList, Step, blocking_groups, passes

# The president of Iraq: 329 members, two thirds (220) present.
PRESIDENT = Step("president", in_favour=165, present=220)


def chamber(*seats):
    return Chamber(tuple(PartyList(f"p{i}", n) for i, n in enumerate(seats)))


def test_a_majority_is_not_enough_without_the_quorum():
    assert not passes(PRESIDENT, in_favour=202, present=202)
    assert not passes(PRESIDENT, in_favour=219, present=219)
    assert passes(PRESIDENT, in_favour=165, present=220)
    assert not passes(PRESIDENT, in_favour=164, present=329)


def test_a_step_without_a_quorum_needs_votes_only():
    assert passes(Step("speaker", in_favour=165), in_favour=165, present=165)


def test_110_absentees_of_329_block_two_thirds_and_109_do_not():
    assert blocking_groups(chamber(110, 219), 220) == [("p1",), ("p0",)]
    assert blocking_groups(chamber(109, 220), 220) == [("p1",)]


def test_fewest_lists_come_first_then_the_largest():
    # More than 20 of 100 have to stay away.
    found = blocking_groups(chamber(55, 20, 15, 10), 80)
    assert found == [("p0",), ("p1", "p2"), ("p1", "p3"), ("p2", "p3")]


def test_the_number_of_lists_can_be_bounded():
    many = chamber(*[1] * 30)
    assert len(blocking_groups(many, 29, at_most=2)) == 30 * 29 // 2
    assert blocking_groups(many, 20, at_most=2) == []


def test_nobody_blocks_where_nobody_need_come():
    assert blocking_groups(chamber(3, 2), 0) == []


@given(st.lists(st.integers(0, 9), min_size=1, max_size=7).filter(any), st.integers(0, 60))
def test_blocking_groups_are_exactly_the_minimal_ones(seats, quorum):
    quorum = min(quorum, sum(seats))
    lists = range(len(seats))

    def blocks(group):
        return sum(seats) - sum(seats[i] for i in group) < quorum

    expected = {
        frozenset(f"p{i}" for i in group)
        for size in range(1, len(seats) + 1)
        for group in combinations(lists, size)
        if blocks(group) and not any(blocks(set(group) - {i}) for i in group)
    }
    found = blocking_groups(chamber(*seats), quorum)
    assert len(found) == len(expected)
    assert {frozenset(group) for group in found} == expected
    assert [len(group) for group in found] == sorted(len(group) for group in found)


def test_impossible_numbers_are_refused():
    with pytest.raises(ValueError, match="negative number of seats"):
        Step("speaker", in_favour=-1)
    with pytest.raises(ValueError, match="5 seats in favour but only 4 present"):
        passes(PRESIDENT, in_favour=5, present=4)
    with pytest.raises(ValueError, match="a quorum of 6 is not within the chamber's 5 seats"):
        blocking_groups(chamber(3, 2), 6)
