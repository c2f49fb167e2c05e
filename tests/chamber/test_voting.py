"""The probability that a vote passes, against counting every way it can go."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientela.chamber import Chamber
from clientela.chamber.voting import Attendance, pass_probability
from clientela.process import Hurdle, Needs


def test_a_quorum_fails_with_those_who_stay_away():
    # 40 for it; 35 opposed come with 0.15, 25 others with 0.73; 66 must be present.
    chamber = Chamber.of({"a": 40, "b": 35, "c": 25}, rivalries=[("a", "b")])
    needs = Needs(Hurdle(40), present=66)
    assert pass_probability(chamber, ("a",), needs) == pytest.approx(0.15)
    needs = Needs(Hurdle(40), present=65)
    assert pass_probability(chamber, ("a",), needs) == pytest.approx(1 - 0.85 * 0.27)
    # Without a quorum all come, and the opposed vote against.
    assert pass_probability(chamber, ("a",), Needs(most=True)) == 1.0
    assert pass_probability(chamber, ("b",), Needs(most=True)) == 0.0


def test_who_lacks_the_office_cannot_pass():
    chamber = Chamber.of({"a": 60, "b": 40})
    assert pass_probability(chamber, ("a",), Needs(office=frozenset({"b"}))) == 0.0


def counted(chamber, mask, needs, odds, opposed):
    """Every decision of every camp and member, one by one."""
    total = 0.0
    outside = [p for i, p in enumerate(chamber.lists) if p.bloc and not mask >> i & 1]
    alone = sum(p.seats for p in chamber.lists if not p.bloc)
    own = sum(p.seats for i, p in enumerate(chamber.lists) if p.bloc and mask >> i & 1)
    for come in product([0, 1], repeat=len(outside)):
        chance, there, hostile = 1.0, 0, 0
        for party, comes in zip(outside, come, strict=True):
            p = odds.opposed if party.id in opposed else odds.neutral
            p = p if needs.present else 1.0
            chance *= p if comes else 1 - p
            there += comes * party.seats
            hostile += comes * party.seats * (party.id in opposed)
        for members in product(["away", "for", "against"], repeat=alone):
            own_odds = {"away": 1 - odds.unbound, "for": odds.unbound * odds.swayed,
                        "against": odds.unbound * (1 - odds.swayed)}  # fmt: skip
            here = chance
            for member in members:
                here *= own_odds[member]
            favour, against = own + members.count("for"), hostile + members.count("against")
            present = own + there + members.count("for") + members.count("against")
            total += here * needs.are_met(favour, against, present)
    return total


@given(
    st.lists(st.integers(1, 5), min_size=2, max_size=4),
    st.integers(0, 4),
    st.integers(0, 12),
    st.integers(0, 14),
    st.booleans(),
    st.sampled_from([None, Hurdle(3), Hurdle(0, (1, 2), strict=True)]),
)
@settings(deadline=None, max_examples=50)
def test_the_probability_is_that_of_counting(seats, alone, favour, present, most, against):
    names = [f"p{i}" for i in range(len(seats))]
    chamber = Chamber.of(
        dict(zip(names, seats, strict=True)) | {"alone": alone},
        rivalries=[("p0", "p1")],
        alone=["alone"],
    )
    needs = Needs(Hurdle(favour, (1, 3)), against, present, most)
    odds = Attendance(0.2, 0.7, 0.6, 0.55)
    expected = counted(chamber, 1, needs, odds, {"p1"})
    assert pass_probability(chamber, ("p0",), needs, odds) == pytest.approx(expected)
