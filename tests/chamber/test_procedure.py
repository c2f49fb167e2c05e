"""Votes, quorums, who can deny them, and procedures as state machines."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.chamber import (
    Chamber,
    PartyList,
    blocking_groups,
    follow,
    needs_of,
    said,
    seats_needed,
)
from clientela.process import Hurdle, Needs
from clientela.scenario import Step


def chamber(*seats):
    return Chamber(tuple(PartyList(f"p{i}", n) for i, n in enumerate(seats)))


def step(name="vote", **fields):
    return Step.model_validate({"step": name, "in_favour": "majority", **fields})


# The president of Iraq: 329 members, two thirds (220) present.
IRAQ = chamber(110, 219)
PRESIDENT = needs_of(step(present="two-thirds"), IRAQ)


def test_a_majority_is_not_enough_without_the_quorum():
    assert not PRESIDENT.are_met(favour=202, against=0, present=202)
    assert not PRESIDENT.are_met(favour=219, against=0, present=219)
    assert PRESIDENT.are_met(favour=165, against=0, present=220)
    assert not PRESIDENT.are_met(favour=164, against=0, present=329)


@pytest.mark.parametrize(
    ("fields", "passes", "fails"),
    [
        ({"in_favour": "majority of present"}, (51, 49, 100), (50, 50, 100)),
        ({"in_favour": "2/3 of present"}, (40, 20, 60), (39, 21, 60)),
        ({"in_favour": "two-thirds"}, (220, 0, 220), (219, 0, 329)),
        ({"in_favour": "most"}, (2, 1, 300), (2, 2, 300)),
        ({"in_favour": 111}, (111, 218, 329), (110, 0, 329)),
        # Sweden's prime minister is elected unless a majority of all members is against.
        ({"in_favour": None, "against": "majority"}, (0, 164, 329), (164, 165, 329)),
    ],
)
def test_each_kind_of_threshold(fields, passes, fails):
    needs = needs_of(step(**fields), IRAQ)
    assert needs.are_met(*passes)
    assert not needs.are_met(*fails)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_a_share_of_those_present_is_exact(favour, others, least):
    present = favour + others
    assert Hurdle(least, (1, 2), True).is_reached(favour, present) == (
        favour >= least and favour > others
    )
    assert Hurdle(least, (2, 3)).is_reached(favour, present) == (
        favour >= least and 3 * favour >= 2 * present
    )


def test_an_office_may_be_reserved():
    lists = (PartyList("a", 60, community="north"), PartyList("b", 40, community="south"))
    needs = needs_of(step(office="south"), Chamber(lists))
    assert needs.office == {"b"}
    with pytest.raises(ValueError, match="reserved for 'west'; no list stands for it"):
        needs_of(step(office="west"), Chamber(lists))


def test_a_step_in_words():
    assert said(step(present="two-thirds"), 329) == "165 of 329 in favour, 220 present"
    assert said(step(in_favour=None, against="majority"), 349) == "unless 175 of 349 are against"
    assert said(step(in_favour="majority of present"), 128) == "majority of present in favour"


# -- the procedure as a whole -----------------------------------------------------------------

# Lebanon's president: two thirds in the first round, a majority afterwards, each with two thirds
# present (Constitution, Article 49, as practised).
LEBANON = [
    step("first-round", in_favour="two-thirds", present="two-thirds", passed="cabinet",
         failed="later-round"),
    step("later-round", present="two-thirds"),
    step("cabinet", in_favour="majority of present", present="majority",
         failed="next-nominee", attempts=2, exhausted="caretaker"),
]  # fmt: skip


def walk(procedure, votes):
    votes, nominees = iter(votes), []
    passage = follow(procedure, lambda step: next(votes), lambda: nominees.append(1))
    return passage, len(nominees)


def test_a_failed_first_round_leads_to_the_next_and_a_passed_one_past_it():
    passage, _ = walk(LEBANON, [True, True])
    assert (passage.ending, [s for s, _ in passage.path]) == ("government", ["first-round", "cabinet"])  # fmt: skip
    passage, _ = walk(LEBANON, [False, False, True, True])
    assert [s for s, _ in passage.path] == ["first-round", "later-round", "later-round", "cabinet"]


def test_after_the_last_attempt_the_procedure_goes_elsewhere():
    passage, nominees = walk(LEBANON, [True, False, False])
    assert (passage.ending, passage.votes, nominees) == ("caretaker", 3, 1)


def test_what_never_passes_never_ends():
    passage = follow(LEBANON, lambda step: False, lambda: None, most=50)
    assert (passage.ending, passage.votes) == ("undecided", 50)


def test_the_seats_a_coalition_must_bring_are_those_of_the_easiest_way():
    assert seats_needed([step()], chamber(50, 50)) == 51
    # Two thirds in the first round, a majority in the second: a majority will do.
    assert seats_needed(LEBANON, chamber(64, 64)) == 65
    assert seats_needed([step(in_favour=None, against="majority")], chamber(50, 50)) == 0
    assert seats_needed([step(in_favour="majority of present", present=60)], chamber(50, 50)) == 31
    hard = [step("hard", in_favour="two-thirds", passed="government", failed="soft"),
            step("soft", in_favour="most")]  # fmt: skip
    assert seats_needed(hard, chamber(50, 50)) == 1


@given(st.lists(st.booleans(), max_size=30))
def test_a_procedure_without_detours_takes_its_steps_in_order(votes):
    plain = [step("a"), step("b"), step("c")]
    passage, nominees = walk(plain, [*votes, True, True, True])
    assert (passage.ending, nominees) == ("government", 0)
    assert [name for name, passed in passage.path if passed] == ["a", "b", "c"]


# -- blocking ---------------------------------------------------------------------------------


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
    with pytest.raises(ValueError, match="a quorum of 6 is not within the chamber's 5 seats"):
        blocking_groups(chamber(3, 2), 6)


def test_nothing_is_needed_where_nothing_is_asked():
    assert Needs().are_met(0, 0, 0)
