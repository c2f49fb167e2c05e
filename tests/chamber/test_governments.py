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


chambers = st.integers(1, 6).flatmap(
    lambda n: st.builds(
        lambda seats, camps, rivals: Chamber(
            tuple(PartyList(f"p{i}", seats[i], camp=camps[i]) for i in range(n)),
            rivalries=pairs(*((f"p{a}", f"p{b}") for a, b in rivals)),
        ),
        st.lists(st.integers(1, 9), min_size=n, max_size=n),
        st.lists(st.sampled_from([None, "x", "y"]), min_size=n, max_size=n),
        st.sets(st.sampled_from(list(combinations(range(n), 2))), max_size=6)
        if n > 1
        else st.just(set()),
    )
)


@given(chambers)
def test_opposition_agrees_with_its_definition(chamber):
    everything = np.arange(1, 1 << len(chamber.lists))
    found = opposed(chamber, everything)
    for inside, bits in zip(members(chamber, everything), found.tolist(), strict=True):
        own = [p for p, is_in in zip(chamber.lists, inside, strict=True) if is_in]
        leader = max(own, key=lambda p: p.seats)

        def rival(p, q):
            return frozenset((p.id, q.id)) in chamber.rivalries

        for i, party in enumerate(chamber.lists):
            camp = [p for p in chamber.lists if party.camp and p.camp == party.camp]
            hostile = any(rival(p, leader) for p in camp) and not any(p in own for p in camp)
            expected = party not in own and (any(rival(party, p) for p in own) or hostile)
            assert bool(bits >> i & 1) == expected
