"""Exact enumeration: counts known from the literature, a slow oracle, and invariants."""

import tracemalloc
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.chamber import (
    Chamber,
    PartyList,
    Veto,
    blocking,
    connected,
    feasible,
    members,
    minimal_winning,
    minimum_range,
    minimum_size,
    seats_of,
)
from clientela.chamber.coalitions import CHUNK


def chamber(*seats, vetoes=(), unbound=()):
    lists = tuple(PartyList(f"p{i}", n, bloc=i not in unbound) for i, n in enumerate(seats))
    return Chamber(lists, tuple(Veto(f"p{a}", f"p{b}") for a, b in vetoes))


def sets(chamber, masks):
    return {frozenset(np.flatnonzero(row).tolist()) for row in members(chamber, masks)}


def enumerated(chamber, needed, support):
    """Feasible coalitions by their definition, one at a time."""
    alone = sum(p.seats for p in chamber.lists if not p.bloc)
    blocs = [i for i, p in enumerate(chamber.lists) if p.bloc and p.seats]
    found = set()
    for size in range(1, len(blocs) + 1):
        for group in combinations(blocs, size):
            names = {chamber.lists[i].id for i in group}
            seats = sum(chamber.lists[i].seats for i in group)
            if seats + support * alone >= needed and not any(
                {v.of, v.against} <= names for v in chamber.vetoes
            ):
                found.add(frozenset(group))
    return found


chambers = (
    st.lists(st.integers(0, 30), min_size=1, max_size=7)
    .filter(any)
    .flatmap(
        lambda seats: st.builds(
            lambda vetoes, unbound: chamber(*seats, vetoes=vetoes, unbound=unbound),
            st.sets(
                st.tuples(st.integers(0, len(seats) - 1), st.integers(0, len(seats) - 1)).filter(
                    lambda two: two[0] != two[1]
                ),
                max_size=3,
            ),
            st.sets(st.integers(0, len(seats) - 1), max_size=2),
        )
    )
)


def test_the_council_of_1958_had_four_minimal_winning_coalitions():
    # Weights 4, 4, 4, 2, 2, 1 and a quota of 12: three large members, or two and both small ones.
    council = chamber(4, 4, 4, 2, 2, 1)
    winning = feasible(council, 12)
    assert len(winning) == 14
    minimal = winning[minimal_winning(council, winning, 12)]
    assert sets(council, minimal) == {
        frozenset({0, 1, 2}),
        frozenset({0, 1, 3, 4}),
        frozenset({0, 2, 3, 4}),
        frozenset({1, 2, 3, 4}),
    }
    assert not any(5 in group for group in sets(council, minimal)), "Luxembourg was a dummy"


def test_the_security_council_has_its_210_minimal_winning_coalitions():
    council = chamber(*[7] * 5, *[1] * 10)
    winning = feasible(council, 39)
    assert len(winning) == 848  # the five permanent members and four or more of the ten
    assert minimal_winning(council, winning, 39).sum() == 210  # ten choose four


@pytest.mark.parametrize("n", [1, 3, 5, 9])
def test_half_of_all_coalitions_win_by_majority_among_an_odd_number_of_equals(n):
    assert len(feasible(chamber(*[1] * n), n // 2 + 1)) == 2 ** (n - 1)


@given(chambers, st.integers(1, 100), st.sampled_from([0.0, 0.3, 0.5, 1.0]))
def test_enumeration_agrees_with_the_definition(chamber, needed, support):
    masks = feasible(chamber, needed, support)
    assert masks.dtype == np.int64
    assert sorted(set(masks.tolist())) == masks.tolist()
    assert sets(chamber, masks) == enumerated(chamber, needed, support)


@given(chambers, st.integers(1, 100))
def test_minimal_winning_coalitions_are_those_that_no_member_can_leave(chamber, needed):
    masks = np.arange(1 << len(chamber.lists))
    seats = seats_of(chamber, masks)
    found = minimal_winning(chamber, masks, needed)
    for mask, is_minimal in zip(masks.tolist(), found, strict=True):
        without = [mask & ~(1 << i) for i in range(len(chamber.lists)) if mask >> i & 1]
        assert is_minimal == (seats[mask] >= needed and all(seats[w] < needed for w in without))


@given(chambers, st.integers(1, 100))
def test_a_coalition_that_grows_stays_feasible_but_for_vetoes(chamber, needed):
    free = replace(chamber, vetoes=())
    before = set(feasible(free, needed).tolist())
    sitting = [i for i, p in enumerate(chamber.lists) if p.bloc and p.seats]
    assert all(mask | 1 << i in before for mask in before for i in sitting)
    assert set(feasible(chamber, needed).tolist()) <= before


@given(chambers, st.integers(1, 100), st.integers(0, 6), st.integers(1, 20))
def test_a_seat_more_for_a_member_never_unmakes_a_majority(chamber, needed, who, more):
    who %= len(chamber.lists)
    grown = tuple(
        replace(p, seats=p.seats + more) if i == who else p for i, p in enumerate(chamber.lists)
    )
    larger = set(feasible(replace(chamber, lists=grown), needed).tolist())
    with_it = {m for m in feasible(chamber, needed).tolist() if m >> who & 1}
    assert with_it <= larger


@given(chambers, st.integers(1, 100), st.floats(0, 1), st.floats(0, 1))
def test_more_support_from_those_who_sit_alone_never_loses_a_coalition(chamber, needed, a, b):
    low, high = sorted((a, b))
    fewer, more = (set(feasible(chamber, needed, s).tolist()) for s in (low, high))
    assert fewer <= more


def test_chunks_join_without_a_seam():
    seats = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8]
    big = chamber(*seats)
    assert 1 << len(seats) == 2 * CHUNK
    masks = feasible(big, big.majority)
    # An odd total has no ties: of each coalition and its complement, one wins.
    assert sum(seats) % 2 == 1
    assert len(masks) == 1 << (len(seats) - 1)
    assert (np.diff(masks) > 0).all()


def test_a_million_coalitions_stay_well_within_a_gigabyte():
    big = chamber(*range(1, 21))
    tracemalloc.start()
    masks = feasible(big, 1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(masks) == 2**20 - 1
    assert peak < 100e6


def test_too_many_blocs_and_a_share_that_is_none_are_refused():
    with pytest.raises(ValueError, match="23 lists make too many coalitions"):
        feasible(chamber(*[1] * 23), 12)
    with pytest.raises(ValueError, match=r"expected 0 to 1"):
        feasible(chamber(1, 1), 1, 1.5)


placed = st.lists(
    st.tuples(st.integers(0, 9), st.none() | st.integers(-3, 3)), min_size=1, max_size=7
).filter(lambda lists: any(seats for seats, _ in lists))


def on_a_line(lists):
    return Chamber(
        tuple(
            PartyList(f"p{i}", seats, {} if place is None else {"x": float(place)})
            for i, (seats, place) in enumerate(lists)
        )
    )


@given(placed, st.integers(1, 30))
def test_what_theories_single_out_agrees_with_its_definition(lists, needed):
    chamber = on_a_line(lists)
    masks = np.arange(1, 1 << len(lists))
    groups = [[i for i in range(len(lists)) if mask >> i & 1] for mask in masks.tolist()]
    seats = [sum(lists[i][0] for i in group) for group in groups]
    winning = [n for n in seats if n >= needed]
    assert minimum_size(chamber, masks, needed).tolist() == [
        n >= needed and n == min(winning) for n in seats
    ]
    minimal = minimal_winning(chamber, masks, needed)
    spans = {}
    for group, is_minimal in zip(groups, minimal, strict=True):
        places = [lists[i][1] for i in group]
        if is_minimal and None not in places:
            spans[tuple(group)] = max(places) - min(places)
    narrowest = minimum_range(chamber, masks, needed)
    for group, found in zip(groups, narrowest, strict=True):
        assert found == (spans.get(tuple(group)) == min(spans.values(), default=-1))
    total = sum(n for n, _ in lists)
    assert blocking(chamber, masks, needed).tolist() == [total - n < needed for n in seats]
    for group, found in zip(groups, connected(chamber, masks), strict=True):
        places = [lists[i][1] for i in group]
        between = [
            i
            for i, (n, place) in enumerate(lists)
            if n and place is not None and None not in places and min(places) < place < max(places)
        ]
        assert found == (None not in places and set(between) <= set(group))


def test_only_neighbours_are_connected():
    chamber = on_a_line([(20, -2), (30, -1), (10, 0), (40, 1)])
    masks = np.array([0b0011, 0b0101, 0b0111, 0b1011, 0b0001])
    assert connected(chamber, masks).tolist() == [True, False, True, False, True]
