"""Power indices: published fractions, a brute-force oracle, and what holds of any game."""

from fractions import Fraction
from itertools import permutations
from math import factorial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientela.chamber.power import Game, Rule

EEC = Game(Rule((4, 4, 4, 2, 2, 1), 12))
UN = Game(Rule((7,) * 5 + (1,) * 10, 39))


def test_the_council_of_the_six_in_1958():
    assert EEC.shapley_shubik() == (Fraction(7, 30),) * 3 + (Fraction(3, 20),) * 2 + (0,)
    assert EEC.banzhaf() == (Fraction(5, 21),) * 3 + (Fraction(1, 7),) * 2 + (0,)
    assert EEC.deegan_packel() == (Fraction(5, 24),) * 3 + (Fraction(3, 16),) * 2 + (0,)
    assert EEC.holler() == (Fraction(1, 5),) * 5 + (0,)


def test_the_security_council():
    assert UN.shapley_shubik() == (Fraction(421, 2145),) * 5 + (Fraction(4, 2145),) * 10
    assert UN.swings() == (848,) * 5 + (84,) * 10
    assert UN.banzhaf() == (Fraction(848, 5080),) * 5 + (Fraction(84, 5080),) * 10
    assert UN.deegan_packel() == (Fraction(1, 9),) * 5 + (Fraction(2, 45),) * 10
    assert UN.holler() == (Fraction(1, 9),) * 5 + (Fraction(2, 45),) * 10


def test_a_rule_by_heads_beside_one_by_votes():
    # Two of three must agree and hold 6 of 10 votes: the largest is in every winning coalition but one.
    both = Game(Rule((5, 4, 1), 6), Rule((1, 1, 1), 2))
    assert both.swings() == (3, 1, 1)
    assert both.minimal_winning() == 2


def test_the_hardest_of_thresholds_on_the_same_votes_counts():
    assert (
        Game(Rule((4, 3, 2), 5), Rule((4, 3, 2), 7)).swings() == Game(Rule((4, 3, 2), 7)).swings()
    )


def oracle(rules):
    n = len(rules[0].weights)

    def wins(group):
        return all(sum(r.weights[i] for i in group) >= r.quota for r in rules)

    groups = [{i for i in range(n) if mask >> i & 1} for mask in range(1 << n)]
    shapley = [0] * n
    for order in permutations(range(n)):
        for k in range(n):
            if wins(order[: k + 1]):
                shapley[order[k]] += 1
                break
    swings = [sum(i in g and wins(g) and not wins(g - {i}) for g in groups) for i in range(n)]
    minimal = [g for g in groups if wins(g) and not any(wins(g - {i}) for i in g)]
    packel = [sum(Fraction(1, len(g)) for g in minimal if i in g) / len(minimal) for i in range(n)]
    holler = [sum(i in g for g in minimal) for i in range(n)]
    return (
        tuple(Fraction(s, factorial(n)) for s in shapley),
        tuple(swings),
        tuple(packel),
        tuple(Fraction(h, sum(holler)) for h in holler),
    )


@st.composite
def games(draw, most_rules=3):
    n = draw(st.integers(1, 6))
    made = []
    for _ in range(draw(st.integers(1, most_rules))):
        weights = tuple(draw(st.lists(st.integers(0, 6), min_size=n, max_size=n).filter(any)))
        made.append(Rule(weights, draw(st.integers(1, sum(weights)))))
    return made


@given(games())
@settings(deadline=None)
def test_every_index_agrees_with_counting_all_coalitions_and_orders(rules):
    game = Game(*rules)
    found = game.shapley_shubik(), game.swings(), game.deegan_packel(), game.holler()
    assert found == oracle(rules)


@given(games(most_rules=1))
@settings(deadline=None)
def test_what_holds_of_any_weighted_game(rules):
    (rule,), n = rules, len(rules[0].weights)
    game = Game(rule)
    for index in (game.shapley_shubik(), game.banzhaf(), game.deegan_packel(), game.holler()):
        assert sum(index) == 1
    for index in (game.shapley_shubik(), game.banzhaf()):
        for i in range(n):
            for j in range(n):
                assert rule.weights[i] < rule.weights[j] or index[i] >= index[j]
    dual = Game(Rule(rule.weights, sum(rule.weights) - rule.quota + 1))
    assert dual.shapley_shubik() == game.shapley_shubik()
    assert dual.swings() == game.swings()


def test_hundreds_of_players():
    # A hundred alike are alike, and one with half of all votes decides what is not unanimous.
    alike = Game(Rule((3,) * 100, 151))
    assert alike.shapley_shubik() == (Fraction(1, 100),) * 100
    assert alike.holler() == alike.deegan_packel() == (Fraction(1, 100),) * 100
    apex = Game(Rule((100, *(1,) * 100), 101))
    # The apex is decisive unless it comes first of the 101.
    assert apex.shapley_shubik()[0] == Fraction(100, 101)


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (lambda: Rule((), 1), "at least one player"),
        (lambda: Rule((3, -1), 1), "player 1 has -1 votes"),
        (lambda: Rule((3, 1.5), 1), "player 1 has 1.5 votes"),
        (lambda: Rule((3, 2), 6), "the quota is 6; expected a whole number from 1 to all 5 votes"),
        (lambda: Rule((3, 2), 0), "the quota is 0"),
        (lambda: Rule((0, 0), 1), "the quota is 1"),
        (lambda: Game(), "at least one rule"),
        (lambda: Game(Rule((1,), 1), Rule((1, 1), 1)), "different numbers of players"),
        (lambda: Game(Rule((10**9,) * 40, 1)), "divide all votes by a common factor"),
        (
            lambda: Game(Rule((1,) * 30, 9), Rule(tuple(range(30)), 9)).holler(),
            "at most 22 players",
        ),
    ],
)
def test_a_mistake_is_named_in_one_sentence(build, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        build()
    assert "\n" not in str(error.value)
