"""Shares of posts: proportional, and by the equilibrium of Baron & Ferejohn's closed rule."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientela.chamber.bargaining import allocate, baron_ferejohn, gamson


def test_three_alike_under_majority_rule():
    found = baron_ferejohn((1, 1, 1), 2, 1.0)
    assert found.proposing == pytest.approx([2 / 3] * 3, abs=1e-6)
    assert found.price == pytest.approx([1 / 3] * 3, abs=1e-6)


@given(st.integers(2, 9), st.data())
@settings(deadline=None, max_examples=25)
def test_the_closed_form_of_players_alike(n, data):
    quota = data.draw(st.integers(1, n))
    discount = data.draw(st.sampled_from([0.0, 0.5, 0.9, 1.0]))
    found = baron_ferejohn((1,) * n, quota, discount)
    assert found.proposing == pytest.approx([1 - discount * (quota - 1) / n] * n, abs=1e-6)
    assert found.price == pytest.approx([discount / n] * n, abs=1e-6)


def test_in_a_homogeneous_game_prices_are_proportional_to_votes():
    # 3, 2, 2, 1, 1 with five to win: every minimal winning coalition has exactly five votes, and
    # with recognition by votes each expects its share of the votes (Snyder, Ting & Ansolabehere 2005).
    found = baron_ferejohn((3, 2, 2, 1, 1), 5, 0.95)
    assert found.value == pytest.approx(np.array([3, 2, 2, 1, 1]) / 9, abs=1e-6)


def test_who_can_do_without_partners_keeps_everything():
    assert baron_ferejohn((60, 20, 20), 51, 0.9).proposing[0] == pytest.approx(1.0, abs=1e-6)


@given(st.lists(st.integers(1, 9), min_size=2, max_size=6), st.data())
@settings(deadline=None, max_examples=40)
def test_nobody_could_buy_more_cheaply_and_the_values_are_what_is_expected(weights, data):
    quota = data.draw(st.integers(sum(weights) // 2 + 1, sum(weights)))
    discount = data.draw(st.sampled_from([0.5, 0.9]))
    n, found = len(weights), None
    found = baron_ferejohn(weights, quota, discount)
    p = np.array(weights) / sum(weights)
    assert found.value.sum() == pytest.approx(1.0, abs=1e-5)
    for i in range(n):
        costs = [
            sum(found.price[j] for j in range(n) if mask >> j & 1)
            for mask in range(1 << n)
            if not mask >> i & 1
            and weights[i] + sum(weights[j] for j in range(n) if mask >> j & 1) >= quota
        ]
        assert found.proposing[i] == pytest.approx(1 - min(costs), abs=1e-5)
        # What it expects: to propose, or to be bought by whoever else proposes.
        expected = p[i] * found.proposing[i] + (1 - p[i]) * found.included[i] * found.price[i]
        assert found.value[i] == pytest.approx(expected, abs=1e-5)
        assert -1e-6 <= found.included[i] <= 1 + 1e-6


def test_posts_go_by_seats():
    assert gamson([60, 30, 10]) == pytest.approx([0.6, 0.3, 0.1])
    # Sainte-Laguë on 53 : 24 : 23 and seven posts: quotients 53, 24, 23, 17.7, 10.6, 8, 7.7.
    assert allocate(gamson([53, 24, 23]), 7) == [3, 2, 2]
    assert sum(allocate(gamson([5, 3, 1]), 20)) == 20


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (lambda: gamson([]), "at least one member must have some"),
        (lambda: allocate([1.0], -1), "there are -1 posts"),
        (lambda: baron_ferejohn((), 1), "there are no players"),
        (lambda: baron_ferejohn(range(1, 19), 90), "18 players in 18 kinds make too many"),
        (lambda: baron_ferejohn((1, 1), 3), "the quota is 3"),
        (lambda: baron_ferejohn((1, 1), 2, 1.5), "the discount is 1.5"),
        (lambda: baron_ferejohn((1, 1), 2, 1.0, (0.5, 0.6)), "summing to 1"),
    ],
)
def test_a_mistake_is_named_in_one_sentence(build, sentence):
    with pytest.raises(ValueError, match=sentence):
        build()
