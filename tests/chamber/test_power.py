"""Power indices: published fractions, a brute-force oracle, and what holds of any game."""

from fractions import Fraction
from itertools import permutations
from math import comb, factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientela.chamber import generating
from clientela.chamber.power import Game, Rule

EEC = Game(Rule((4, 4, 4, 2, 2, 1), 12))
UN = Game(Rule((7,) * 5 + (1,) * 10, 39))
MANY_VOTES = Game(Rule(tuple(range(4 * 10**6, 4 * 10**6 + 40)), 8 * 10**7))


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


def test_three_towns_of_nassau_county_had_no_power_in_1964():
    # Any two of the largest three pass, and no other coalition does without two of them.
    board = Game(Rule((31, 31, 28, 21, 2, 2), 58))
    assert board.banzhaf() == board.shapley_shubik() == (Fraction(1, 3),) * 3 + (0,) * 3
    assert board.banzhaf_absolute() == (Fraction(1, 2),) * 3 + (0,) * 3
    assert board.holler() == board.deegan_packel() == board.banzhaf()


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
        sum(wins(g) for g in groups),
        len(minimal),
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
    found = (
        game.shapley_shubik(),
        game.swings(),
        game.winning(),
        game.minimal_winning(),
        game.deegan_packel(),
        game.holler(),
    )
    assert found == oracle(rules)


@given(games(), st.integers(2, 5))
@settings(deadline=None, max_examples=50)
def test_neither_the_unit_of_votes_nor_a_dummy_changes_the_others_power(rules, unit):
    game = Game(*rules)
    finer = Game(*(Rule(tuple(unit * w for w in r.weights), unit * r.quota) for r in rules))
    joined = Game(*(Rule((*r.weights, 0), r.quota) for r in rules))
    for index in (Game.shapley_shubik, Game.banzhaf, Game.deegan_packel, Game.holler):
        assert index(finer) == index(game)
        assert index(joined) == (*index(game), 0)


@given(games(most_rules=2))
@settings(deadline=None, max_examples=50)
def test_equals_have_equal_power_and_a_veto_is_in_every_winning_coalition(rules):
    game = Game(*rules)
    votes = list(zip(*(r.weights for r in rules), strict=True))
    for index in (game.shapley_shubik(), game.banzhaf(), game.deegan_packel(), game.holler()):
        assert len(set(zip(votes, index, strict=True))) == len(set(votes))
    for player, own in enumerate(votes):
        if any(sum(r.weights) - w < r.quota for r, w in zip(rules, own, strict=True)):
            assert game.swings()[player] == game.winning()


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


def test_tables_in_one_batch_and_in_several_are_the_same(monkeypatch):
    game = Game(Rule(tuple(range(1, 61)), 1000), Rule((1,) * 60, 20))
    at_once = game.shapley_shubik()
    monkeypatch.setattr(generating, "BATCH_BYTES", 1)
    assert Game(*game.rules).shapley_shubik() == at_once
    assert sum(at_once) == 1


def test_votes_may_be_an_array_or_a_list_of_whole_numbers():
    rule = Rule(np.array([4, 4, 4, 2, 2, 1], np.int8), np.float64(12))
    assert rule == Rule([4.0, 4, 4, 2, 2, 1], 12) == EEC.rules[0]
    assert Game(rule).banzhaf() == EEC.banzhaf()


def test_hundreds_of_players():
    # A hundred alike are alike, and one with half of all votes decides what is not unanimous.
    alike = Game(Rule((3,) * 100, 151))
    assert alike.shapley_shubik() == (Fraction(1, 100),) * 100
    assert alike.holler() == alike.deegan_packel() == (Fraction(1, 100),) * 100
    apex = Game(Rule((100, *(1,) * 100), 101))
    # The apex is decisive unless it comes first of the 101.
    assert apex.shapley_shubik()[0] == Fraction(100, 101)


def sets_of_others(kinds, own, spare):
    """By size and votes up to `spare`: the sets of everyone but one player, player by player."""
    sets = {(0, 0): 1}
    for weight, number in kinds.items():
        for _ in range(number - (weight == own)):
            for (size, votes), count in tuple(sets.items()):
                if votes + weight <= spare:
                    at = size + 1, votes + weight
                    sets[at] = sets.get(at, 0) + count
    return sets


def test_counts_of_many_bits_are_those_of_plain_long_integers():
    kinds = {9: 15, 5: 20, 2: 30, 1: 35}
    weights = tuple(w for w, number in kinds.items() for _ in range(number))
    total, n = sum(weights), len(weights)
    spare = total // 2
    game = Game(Rule(weights, total - spare))
    of_weight = dict(zip(weights, game.shapley_shubik(), strict=True))
    for own in kinds:
        sets = {}
        for (size, votes), count in sets_of_others(kinds, own, spare).items():
            if votes > spare - own:
                sets[size] = sets.get(size, 0) + count
        assert dict(zip(weights, game.swings(), strict=True))[own] == sum(sets.values()) > 2**90
        assert of_weight[own] == sum(Fraction(c, n * comb(n - 1, k)) for k, c in sets.items())


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (lambda: Rule((), 1), "at least one player"),
        (lambda: Rule((3, -1), 1), "player 1 has -1 votes"),
        (lambda: Rule((3, 1.5), 1), "player 1 has 1.5 votes"),
        (lambda: Rule((3, "a"), 1), "player 1 has a votes"),
        (lambda: Rule((3, float("nan")), 1), "player 1 has nan votes"),
        (lambda: Rule((3, 2), 6), "the quota is 6; expected a whole number from 1 to all 5 votes"),
        (lambda: Rule((3, 2), 0), "the quota is 0"),
        (lambda: Rule((3, 2), 2.5), "the quota is 2.5"),
        (lambda: Rule((0, 0), 1), "the quota is 1"),
        (lambda: Game(), "at least one rule"),
        (lambda: Game(Rule((1,), 1), Rule((1, 1), 1)), "different numbers of players: 1, 2"),
        (lambda: MANY_VOTES.banzhaf(), "1.3 GB of memory, more than 1; give votes in coarser"),
        (lambda: MANY_VOTES.shapley_shubik(), "join the smallest players"),
        (lambda: MANY_VOTES.holler(), "minimal winning coalitions would take .* GB of memory"),
        (lambda: MANY_VOTES.deegan_packel(), "minimal winning coalitions would take"),
        (
            lambda: Game(Rule((1,) * 30, 9), Rule(tuple(range(30)), 9)).holler(),
            "at most 25 players can be tried",
        ),
    ],
)
def test_a_mistake_is_named_in_one_sentence(build, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        build()
    assert "\n" not in str(error.value)
