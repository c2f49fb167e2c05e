"""What a chamber refuses, and how the seats of a list that leaves are shared."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.chamber import Chamber, PartyList, Veto, resign


def chamber(**seats):
    return Chamber(tuple(PartyList(name, n) for name, n in seats.items()))


def pair(a, b):
    return frozenset({frozenset({a, b})})


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (lambda: PartyList("a", -1), "list 'a' has -1 seats"),
        (lambda: PartyList("a", 1.5), "list 'a' has 1.5 seats"),
        (lambda: PartyList("a", 1, force=-2.0), "list 'a' has force -2.0"),
        (lambda: PartyList("a", 1, force=math.inf), "list 'a' has force inf"),
        (lambda: PartyList("a", 1, positions={"x": math.nan}), "list 'a' is at nan on 'x'"),
        (lambda: Chamber(()), "there are no lists; a chamber needs at least one"),
        (
            lambda: Chamber((PartyList("a", 7), PartyList("b", 5)), size=10),
            "sum to 12, 2 more than",
        ),
        (lambda: Chamber.of({"a": 1, "b": 2}, vetoes=[("a", "b", 1.5)]), "has probability 1.5"),
        (
            lambda: Chamber.of({"a": 1}, camps={"x": ["a"], "y": ["a"]}),
            "list 'a' is in camp 'x' and in 'y'",
        ),
        (lambda: Chamber.of({"a": 1}, positions={"z": 0.5}), "there is no list 'z'"),
        (lambda: Chamber.of({"a": 1}, dimension="z"), "no list has a position on 'z'"),
        (lambda: chamber(a=0, b=0), "no list has a seat"),
        (lambda: Chamber((PartyList("a", 1), PartyList("a", 2))), "two lists are called 'a'"),
        (lambda: Chamber((PartyList("a", 1),), vetoes=(Veto("a", "x"),)), "a veto names 'x'"),
        (lambda: Chamber((PartyList("a", 1),), rivalries=pair("a", "x")), "a rivalry names 'x'"),
        (lambda: Chamber((PartyList("a", 1),), vetoes=(Veto("a", "a"),)), "expected two lists"),
        (lambda: chamber(**{f"p{i}": 1 for i in range(63)}), "at most 62 fit"),
        (lambda: chamber(a=1).mask("a", "z"), "there is no list 'z'"),
        (lambda: resign(chamber(a=1, b=1), "z", {"b": 1}), "there is no list 'z'"),
        (lambda: resign(chamber(a=1, b=1), "a", {"z": 1}), "there is no list 'z'"),
        (lambda: resign(chamber(a=1, b=1), "a", {}), "the heirs of 'a'"),
        (lambda: resign(chamber(a=1, b=1), "a", {"a": 1}), "the heirs of 'a'"),
        (lambda: resign(chamber(a=1, b=1), "a", {"b": 0}), "the heirs of 'a'"),
        (lambda: resign(chamber(a=1, b=1), "a", {"b": math.nan}), "the heirs of 'a'"),
    ],
)
def test_a_mistake_is_named_in_one_sentence(build, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        build()
    assert "\n" not in str(error.value)


def test_a_majority_is_more_than_half_of_an_even_and_of_an_odd_number():
    assert chamber(a=5, b=5).majority == 6
    assert chamber(a=165, b=164).majority == 165


def test_seats_pass_on_by_largest_remainder():
    # 73 by 5 : 3 : 2 is 36.5, 21.9, 14.6; the two seats over go to the remainders .9 and .6.
    after = resign(chamber(out=73, a=1, b=1, c=1), "out", {"a": 5, "b": 3, "c": 2})
    assert [p.seats for p in after.lists] == [0, 37, 23, 16]


def test_equal_remainders_go_by_name():
    after = resign(chamber(out=1, b=0, a=0), "out", {"b": 1.0, "a": 1.0})
    assert {p.id: p.seats for p in after.lists} == {"out": 0, "b": 0, "a": 1}


def test_weights_whose_shares_are_whole_are_not_spoilt_by_floating_point():
    weights = {"a": 0.1, "b": 0.2, "c": 0.7}
    after = resign(chamber(out=10, a=0, b=0, c=0), "out", weights)
    assert [p.seats for p in after.lists] == [0, 1, 2, 7]


@given(
    st.lists(st.integers(0, 400), min_size=2, max_size=9).filter(any),
    st.lists(st.floats(1e-3, 1e3), min_size=8, max_size=8),
)
def test_a_resignation_conserves_seats_and_keeps_to_each_quota(seats, weights):
    before = chamber(**{f"p{i}": n for i, n in enumerate(seats)})
    heirs = dict(zip(before.names[1:], weights, strict=False))
    after = resign(before, "p0", heirs)
    assert after.seats == before.seats
    assert after.names == before.names
    assert after.lists[0].seats == 0
    for old, new in zip(before.lists[1:], after.lists[1:], strict=True):
        share = seats[0] * heirs[old.id] / sum(heirs.values())
        assert abs(new.seats - old.seats - share) < 1 + 1e-9
