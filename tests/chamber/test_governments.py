"""Kinds of government, and which lists would stay away."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.chamber import Chamber, GovernmentRule, PartyList, classify, members, opposed


def pairs(*two):
    return frozenset(frozenset(p) for p in two)


CHAMBER = Chamber(
    (
        PartyList("a", 40, camp="majority"),
        PartyList("b", 30, camp="frame"),
        PartyList("c", 10, camp="frame"),
        PartyList("d", 15),
        PartyList("e", 5),
    ),
    rivalries=pairs(("a", "b"), ("d", "e")),
)


def masks(*coalitions):
    return np.array([CHAMBER.mask(*c) for c in coalitions])


def away(*coalition):
    (found,) = opposed(CHAMBER, masks(coalition))
    return {CHAMBER.names[i] for i in range(5) if int(found) >> i & 1}


def test_the_first_kind_that_fits_counts():
    rules = {
        "without-b": GovernmentRule(includes=("a",), excludes=("b",)),
        "with-a": GovernmentRule(includes=("a",)),
        "frame": GovernmentRule(includes_any=("b", "c"), excludes=("e",)),
    }
    found = classify(CHAMBER, masks("ad", "ab", "cd", "bce", "d"), rules)
    assert found.tolist() == [0, 1, 2, -1, -1]
    assert found.dtype == np.int64
    assert classify(CHAMBER, masks("a"), {}).tolist() == [-1]
    assert classify(CHAMBER, masks("e"), {"any": GovernmentRule()}).tolist() == [0]


def test_a_kind_that_names_an_unknown_list_is_refused():
    with pytest.raises(ValueError, match="no list 'z'"):
        classify(CHAMBER, masks("a"), {"k": GovernmentRule(excludes=("z",))})


def test_rivals_of_a_member_stay_away():
    assert away("d", "c") == {"e"}
    assert away("e", "c") == {"d"}


def test_the_camp_of_a_rival_of_the_largest_member_stays_away_as_one():
    assert away("a", "d") == {"b", "c", "e"}


def test_a_camp_with_a_list_inside_is_not_away_but_for_the_rival_itself():
    assert away("a", "c") == {"b"}


def test_a_smaller_member_angers_its_own_rivals_only():
    # b is largest: its rival is a, alone in its camp; d brings only e.
    assert away("b", "d") == {"a", "e"}


def test_nobody_in_the_coalition_is_opposed_to_it():
    assert away("a", "b", "c", "d", "e") == set()


def test_friends_of_the_opposed_stay_away_with_them_unless_they_have_a_friend_inside():
    lists = (*CHAMBER.lists, PartyList("f", 8), PartyList("g", 4))
    chamber = Chamber(
        lists, rivalries=CHAMBER.rivalries, alliances=pairs(("f", "b"), ("f", "d"), ("g", "f"))
    )
    alone, friend = opposed(chamber, np.array([chamber.mask("a"), chamber.mask("a", "d")]))
    # b is opposed and f its friend; g is a friend of a friend, which is not enough.
    assert int(alone) == chamber.mask("b", "c", "f")
    assert int(friend) == chamber.mask("b", "c", "e")


pair_sets = st.sets(st.sampled_from(list(combinations(range(6), 2))), max_size=6)


@st.composite
def chambers(draw):
    n = draw(st.integers(1, 6))
    ties = [pairs(*((f"p{a}", f"p{b}") for a, b in draw(pair_sets) if b < n)) for _ in range(2)]
    return Chamber(
        tuple(
            PartyList(
                f"p{i}", draw(st.integers(1, 9)), camp=draw(st.sampled_from([None, "x", "y"]))
            )
            for i in range(n)
        ),
        rivalries=ties[0],
        alliances=ties[1],
    )


@given(chambers())
def test_opposition_agrees_with_its_definition(chamber):
    everything = np.arange(1, 1 << len(chamber.lists))
    found = opposed(chamber, everything)

    def rival(p, q):
        return frozenset((p.id, q.id)) in chamber.rivalries

    def friend(p, q):
        return frozenset((p.id, q.id)) in chamber.alliances

    for inside, bits in zip(members(chamber, everything), found.tolist(), strict=True):
        own = [p for p, is_in in zip(chamber.lists, inside, strict=True) if is_in]
        leader = max(own, key=lambda p: p.seats)

        def hostile(party, own=own, leader=leader):
            camp = [p for p in chamber.lists if party.camp and p.camp == party.camp]
            of_camp = any(rival(p, leader) for p in camp) and not any(p in own for p in camp)
            return party not in own and (any(rival(party, p) for p in own) or of_camp)

        for i, party in enumerate(chamber.lists):
            joins = any(friend(party, p) and hostile(p) for p in chamber.lists)
            joins &= not any(friend(party, p) for p in own)
            expected = party not in own and (hostile(party) or joins)
            assert bool(bits >> i & 1) == expected
