"""The armed ruling coalition: the examples of Acemoglu, Egorov & Sonin (2008)."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientela.chamber import ruling_coalitions, self_enforcing


def by_definition(power, alpha):
    """Φ by its recursion: the least powerful proper winning M with Φ(M) = {M}, else all."""

    def phi(group):
        total = sum(power[i] for i in group)
        candidates = [
            part
            for size in range(1, len(group))
            for part in combinations(group, size)
            if sum(power[i] for i in part) > alpha * total and phi(part) == [part]
        ]
        if not candidates:
            return [group]
        least = min(sum(power[i] for i in part) for part in candidates)
        return sorted(part for part in candidates if sum(power[i] for i in part) == least)

    return phi(tuple(range(len(power))))


def test_three_of_whom_none_has_half_rule_together():
    assert ruling_coalitions([3, 4, 5]) == [(0, 1, 2)]


def test_a_stronger_fourth_is_eliminated_by_the_stable_three():
    assert ruling_coalitions([3, 4, 5, 10]) == [(0, 1, 2)]


def test_one_with_more_than_half_rules_alone():
    assert ruling_coalitions([2, 3, 10]) == [(2,)]


def test_two_unequals_never_share_and_two_equals_do():
    assert ruling_coalitions([1.0, 1.1]) == [(1,)]
    assert ruling_coalitions([1.0, 1.0]) == [(0, 1)]


def near_equals(count):
    return (1 + 0.01 * np.random.default_rng(1).random(count)).tolist()


def test_with_nearly_equal_powers_only_1_3_7_and_15_enforce_themselves():
    assert {len(group) for group in self_enforcing(near_equals(16))} == {1, 3, 7, 15}


@pytest.mark.parametrize("everyone", range(1, 17))
def test_near_equals_are_ruled_by_the_smallest_self_enforcing_size_that_can_be_half(everyone):
    # The strongest half of an even number is more than half, by the little they differ.
    expected = next(size for size in (1, 3, 7, 15) if 2 * size >= everyone)
    assert [len(group) for group in ruling_coalitions(near_equals(everyone))] == [expected]


def test_with_a_higher_alpha_two_can_share():
    assert ruling_coalitions([3, 4], alpha=0.6) == [(0, 1)]
    # Of 3, 4, 5 the pair 4, 5 rules: 3, 4 have only 58 % and in 3, 5 the stronger has 62 %.
    assert ruling_coalitions([3, 4, 5], alpha=0.6) == [(1, 2)]


def test_on_a_tie_every_candidate_is_returned():
    assert ruling_coalitions([1, 1, 1]) == [(0, 1), (0, 2), (1, 2)]


def test_exact_equals_enforce_themselves_at_other_sizes_than_near_equals():
    assert {len(group) for group in self_enforcing([1] * 9)} == {1, 2, 4, 8}


def test_powers_whose_sums_tie_but_for_floating_point_tie():
    # 0.3 is exactly half of 0.1 + 0.2 + 0.3, and half is not enough.
    assert ruling_coalitions([0.1, 0.2, 0.3]) == ruling_coalitions([1, 2, 3]) == [(0, 1, 2)]


@given(st.lists(st.integers(1, 12), min_size=1, max_size=6), st.sampled_from([0.5, 0.6, 0.75, 0.9]))
@settings(deadline=None)
def test_the_sweep_by_size_agrees_with_the_recursion(power, alpha):
    assert ruling_coalitions(power, alpha) == by_definition(power, alpha)


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=9), st.floats(1e-3, 1e3))
@settings(deadline=None)
def test_only_relative_power_matters_and_rulers_enforce_themselves(power, scale):
    rulers = ruling_coalitions(power)
    assert ruling_coalitions([scale * own for own in power]) == rulers
    assert set(rulers) <= set(self_enforcing(power))


@pytest.mark.parametrize(
    ("power", "alpha", "sentence"),
    [
        ([], 0.5, "every power"),
        ([1, 0], 0.5, "every power"),
        ([1, float("nan")], 0.5, "every power"),
        ([1] * 17, 0.5, "17 armed lists are too many"),
        ([1, 2], 0.4, "alpha is 0.4"),
        ([1, 2], 1.0, "alpha is 1"),
    ],
)
def test_what_the_theory_does_not_cover_is_refused(power, alpha, sentence):
    with pytest.raises(ValueError, match=sentence):
        ruling_coalitions(power, alpha)
