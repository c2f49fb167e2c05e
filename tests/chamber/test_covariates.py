"""Covariates of coalitions: by hand for a small chamber, and against their definitions."""

import datetime as dt
import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientela.chamber import (
    Cabinet,
    Chamber,
    PartyList,
    covariate_table,
    feasible,
    median_list,
    members,
    ruling_coalitions,
)
from clientela.chamber.lists import FAMILIES

# 100 seats: left to right, with a block of independents in the middle.
CHAMBER = Chamber(
    (
        PartyList("left", 20, {"x": -0.8}, community="north", incumbent=True),
        PartyList("centre", 15, {"x": 0.0}, community="south", force=3, incumbent=True, leads=True),
        PartyList("right", 30, {"x": 0.6}, community="south", force=4),
        PartyList("hill", 10, community="hills", force=5),
        PartyList("alone", 25, {"x": 0.1}, community="coast", bloc=False),
    )
)


def column(name, *coalitions, chamber=CHAMBER, needed=51, **options):
    masks = np.array([chamber.mask(*names) for names in coalitions])
    names, values = covariate_table(chamber, masks, needed, **options)
    return values[:, names.index(name)].tolist()


def test_a_minority_has_no_more_than_half_of_the_seats_whoever_else_may_support_it():
    two, three = ("left", "right"), ("left", "centre", "right")
    assert column("minority", two, three) == [1, 0]
    assert column("minority", two, three, unbound_support=0.5) == [1, 0]


def test_support_from_those_who_sit_alone_lowers_what_it_takes_to_win():
    two, three = ("left", "right"), ("left", "centre", "right")
    assert column("minimal_winning", two, three) == [0, 1]
    assert column("minimal_winning", two, three, unbound_support=0.5) == [1, 0]


def test_members_who_sit_one_by_one_are_not_the_largest_list():
    chamber = Chamber((PartyList("a", 30), PartyList("b", 30), PartyList("alone", 41, bloc=False)))
    assert column("contains_largest", ("a",), ("b",), chamber=chamber) == [1, 1]
    assert column("contains_largest", ("left",), ("right",)) == [0, 1]


def test_the_median_member_is_counted_over_seats():
    # Of 90 placed seats: left 20, centre 35, alone 60; the 45th sits alone.
    assert CHAMBER.names[median_list(CHAMBER)] == "alone"
    blocs = Chamber(CHAMBER.lists[:4])
    assert CHAMBER.names[median_list(blocs)] == "centre"
    assert median_list(Chamber((PartyList("a", 1),))) is None


def test_a_list_that_has_left_is_not_the_median():
    gone = Chamber(
        (
            PartyList("out", 0, {"x": -1.0}),
            PartyList("a", 3, {"x": 0.0}),
            PartyList("b", 3, {"x": 1.0}),
        )
    )
    assert median_list(gone) == 1
    unplaced = Chamber((PartyList("out", 0, {"x": -1.0}), PartyList("a", 3)))
    assert median_list(unplaced) is None


def test_ranges_are_shares_of_the_chambers():
    spans = column("range", ("left",), ("left", "centre"), ("left", "right", "hill"), ("hill",))
    assert spans == pytest.approx([0, 0.8 / 1.4, 1, 0])
    # Against left and hill stand centre, right and those who sit alone.
    found = column("opposition_range_if_minority", ("left", "hill"), CHAMBER.names[:4])
    assert found == pytest.approx([0.6 / 1.4, 0])


def test_only_the_whole_outgoing_government_is_the_incumbent_coalition():
    found = column("incumbent_coalition", ("left", "centre"), ("left",), CHAMBER.names[:4])
    assert found == [1, 0, 0]
    assert column("incumbent_leader", ("left",), ("centre", "right")) == [0, 1]


def test_communities_without_a_bloc_are_not_missed():
    # North, south and hills have blocs; the coast is only represented by members alone.
    found = column("communities_missing", ("left",), ("centre", "right"), ("left", "right", "hill"))
    assert found == pytest.approx([2 / 3, 2 / 3, 0])


def test_the_armed_core_of_3_4_5_is_all_three():
    found = column("armed_core", ("centre", "right", "hill"), ("right", "hill"), ("left",))
    assert found == [1, 0, 0]


def test_clients_are_weighed_by_seats_and_actors_without_a_list_are_passed_over():
    found = column("client_seats", ("left", "right"), ("centre",), clients={"right", "militia"})
    assert found == pytest.approx([0.6, 0])


def test_a_pair_has_one_column_however_often_it_is_asked_for():
    pair = ("left", "right")
    assert column("both:left+right", pair, ("left",), pairs=[pair, pair]) == [1, 0]
    names, _ = covariate_table(CHAMBER, np.array([1]), 51, pairs=[pair, pair])
    assert names.count("both:left+right") == 1
    with pytest.raises(ValueError, match="no list 'nobody'"):
        column("range", ("left",), pairs=[("left", "nobody")])


def test_a_chamber_about_which_only_seats_are_known_has_zeros_for_the_rest():
    bare = Chamber((PartyList("a", 2), PartyList("b", 3)))
    names, values = covariate_table(bare, feasible(bare, 3), 3)
    unknown = ("range", "contains_median", "communities_missing", "armed_core", "client_seats",
               "incumbent_coalition", "incumbent_leader")  # fmt: skip
    assert not values[:, [names.index(name) for name in unknown]].any()
    assert np.isfinite(values).all()


parties = st.fixed_dictionaries(
    {
        "seats": st.integers(0, 20),
        "positions": st.sampled_from([{}, *({"x": at} for at in (-1.0, -0.5, 0.0, 0.25, 1.0))]),
        "community": st.sampled_from([None, "north", "south", "west"]),
        "force": st.sampled_from([0, 0, 1, 2, 3]),
        "bloc": st.sampled_from([True, True, True, False]),
        "incumbent": st.booleans(),
        "leads": st.booleans(),
        "gain": st.sampled_from([-0.1, 0.0, 0.2]),
        "family": st.sampled_from([None, *FAMILIES]),
    }
)


@st.composite
def chambers(draw):
    lists = draw(
        st.lists(parties, min_size=1, max_size=6).filter(lambda a: any(p["seats"] for p in a))
    )
    names = [f"p{i}" for i in range(len(lists))]
    cabinets = st.builds(
        Cabinet,
        st.dates(dt.date(1990, 1, 1), dt.date(2020, 1, 1)),
        st.sets(st.sampled_from([*names, "gone"]), min_size=1).map(frozenset),
        st.none(),
        st.sampled_from([None, True, False]),
    )
    return Chamber(
        tuple(PartyList(name, **p) for name, p in zip(names, lists, strict=True)),
        cabinets=tuple(draw(st.lists(cabinets, max_size=5))),
        date=dt.date(2020, 6, 1),
        midterm=draw(st.booleans()),
    )


def past_of(chamber):
    """Past cabinets with their weights, which sum to one."""
    raw = [math.exp(-(chamber.date - c.since).days / 3652.5) for c in chamber.cabinets]
    return [(c, w / sum(raw)) for c, w in zip(chamber.cabinets, raw, strict=True)], sum(raw)


def described(chamber, inside, needed, support, clients):
    """The covariates of one coalition by their definitions."""
    lists, total = chamber.lists, chamber.seats
    own = [lists[i] for i in inside]
    seats = sum(p.seats for p in own)
    wins = needed - support * sum(p.seats for p in lists if not p.bloc)
    sitting = [p for p in lists if p.bloc and p.seats]
    armed = [p for p in sitting if p.force]
    places = [p.positions.get("x") for p in lists if p.positions.get("x") is not None]
    median = median_list(chamber)
    past, _ = past_of(chamber)

    def span(group):
        known = [p.positions.get("x") for p in group if p.positions.get("x") is not None]
        whole = max(places) - min(places) if places else 0
        return (max(known) - min(known)) / whole if known and whole else 0.0

    def governed(*group):
        return sum(w for c, w in past if all(p.id in c.lists for p in group))

    line = sorted((p for p in sitting if "x" in p.positions), key=lambda p: p.positions["x"])
    at = [i for i, p in enumerate(line) if p in own]
    communities = {p.community for p in sitting if p.community}
    minority = seats * 2 <= total
    outgoing = [p for p in sitting if p.incumbent]
    incumbent = bool(outgoing) and own == outgoing
    cores = ruling_coalitions([p.force for p in armed]) if armed else []
    two = list(itertools.combinations(own, 2))
    kinds = [(c.minority, w) for c, w in past if c.minority is not None]
    scale = past_of(chamber)[1]
    tradition = (sum(w for m, w in kinds if m) * scale + 0.35) / (
        sum(w for _, w in kinds) * scale + 1
    ) - 0.35
    return {
        "minority": minority,
        "minimal_winning": seats >= wins and all(seats - p.seats < wins for p in own),
        "number_of_lists": len(own),
        "contains_largest": any(p.seats == max(q.seats for q in lists if q.bloc) for p in own),
        "contains_median": median in inside,
        "range": span(own),
        "opposition_range_if_minority": span([p for p in lists if p.seats and p not in own])
        if minority
        else 0,
        "incumbent_coalition": incumbent,
        "incumbent_leader": any(p.leads for p in own),
        "seat_share": seats / total,
        "off_half_squared": (seats / total - 0.5) ** 2,
        "gaps": sum(p not in own for p in line[min(at) : max(at)]) if at else 0,
        "incumbent_coalition_midterm": incumbent and chamber.midterm,
        "newcomers_midterm": sum(p not in outgoing for p in own) if chamber.midterm else 0,
        "gain": 0 if chamber.midterm else sum(p.gain for p in own),
        "experience": sum(governed(p) for p in own),
        "never_governed": sum(bool(past) and governed(p) == 0 for p in own),
        "familiarity": sum(governed(p, q) for p, q in two),
        "strangers": sum(bool(past) and governed(p, q) == 0 for p, q in two),
        "governed_before": any(c.lists == {p.id for p in own} for c, _ in past),
        "minority_tradition": tradition if minority else 0,
        "communist": sum(p.family == "communist" for p in own),
        "far_right": sum(p.family == "far-right" for p in own),
        "special_issue": sum(p.family == "special-issue" for p in own),
        "communities_missing": len(communities - {p.community for p in own})
        / max(len(communities), 1),
        "armed_core": any(all(armed[k] in own for k in core) for core in cores),
        "client_seats": sum(p.seats for p in own if p.id in clients) / seats,
    }


@given(chambers(), st.integers(1, 60), st.sampled_from([0.0, 0.5]), st.sets(st.sampled_from("012")))
@settings(deadline=None)
def test_the_table_agrees_with_the_definitions(chamber, needed, support, numbers):
    clients = {f"p{n}" for n in numbers}
    masks = feasible(chamber, needed, support)
    names, values = covariate_table(
        chamber, masks, needed, unbound_support=support, clients=clients
    )
    for row, inside in zip(values, members(chamber, masks), strict=True):
        group = np.flatnonzero(inside).tolist()
        expected = described(chamber, group, needed, support, clients)
        assert dict(zip(names, row, strict=True)) == pytest.approx(
            {n: float(v) for n, v in expected.items()}
        )
