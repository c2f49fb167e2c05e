"""Shapley values as weighted sums over sets: from all sets, or from sampled orders.

A player's value is its mean marginal contribution over all orders in which the players could come,
φ_m = mean of v(those before m, and m) − v(those before m) (Shapley 1953, A value for n-person
games). It is linear in the worths v(S), φ_m = Σ_S a_m(S) v(S), so that the weights a_m(S) serve
for a worth, for its linear part in each draw, or for anything else that can be added up.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from math import comb
from typing import Any

import numpy as np

Set = frozenset[str]
Order = tuple[str, ...]
Weights = dict[str, dict[Set, float]]

FEWEST_PAIRS, MOST_PAIRS = 4, 5_000  # of orders: fewer give no error, more no more precision
PILOTS = 8


def exact_weights(players: Sequence[str]) -> Weights:
    """The weights over all subsets, 2ⁿ of them: a_m(S) is 1 / (n C(n − 1, |S ∖ m|)), − without m."""
    n = len(players)
    return {
        m: {
            s: (1.0 if m in s else -1.0) / (n * comb(n - 1, len(s - {m}))) for s in subsets(players)
        }
        for m in players
    }


def order_weights(orders: Sequence[Order]) -> Weights:
    """The weights of the mean over these orders alone; their values add up as the true ones do."""
    weights: dict[str, defaultdict[Set, float]] = {m: defaultdict(float) for m in orders[0]}
    for order in orders:
        for k, m in enumerate(order):
            weights[m][frozenset(order[: k + 1])] += 1.0 / len(orders)
            weights[m][frozenset(order[:k])] -= 1.0 / len(orders)
    return {m: dict(mine) for m, mine in weights.items()}


def alike(weights: Weights, players: Collection[str]) -> Weights:
    """The weights where some players are known to be interchangeable: each has their mean.

    By symmetry their true values are the same; the mean of the sampled ones varies less.
    """
    mean: defaultdict[Set, float] = defaultdict(float)
    for m in players:
        for s, a in weights[m].items():
            mean[s] += a / len(players)
    return {m: dict(mean) if m in players else mine for m, mine in weights.items()}


def weighted(weights: dict[Set, float], worth: Callable[[Set], Any]) -> Any:
    """Σ a(S) v(S) of one player; `worth` gives numbers or arrays, and 0 where nothing is drawn."""
    return sum((a * worth(s) for s, a in weights.items()), 0.0)


def sets_of(weights: Weights) -> set[Set]:
    """The sets whose worth the weights ask for."""
    return {s for mine in weights.values() for s, a in mine.items() if a}


def subsets(players: Sequence[str]) -> Iterator[Set]:
    """All subsets, from the empty one to the whole."""
    for size in range(len(players) + 1):
        yield from map(frozenset, itertools.combinations(players, size))


def pairs_of_orders(players: Sequence[str], seed: int) -> Iterator[tuple[Order, Order]]:
    """Random orders without end, each with its reverse, in which who came late comes early.

    The two are negatively correlated where contributions depend on how many came before (Mitchell,
    Cooper, Frank & Holmes 2022, Sampling permutations for Shapley value estimation).
    """
    rng = np.random.default_rng(seed)
    while True:
        order: Order = tuple([players[int(k)] for k in rng.permutation(len(players))])
        yield order, order[::-1]


def sampled_orders(
    players: Sequence[str], counts: Callable[[Set], bool], sets: int, seed: int
) -> list[tuple[Order, Order]]:
    """As many pairs of orders as ask for about so many sets, of those that `counts` says cost.

    How many is found on orders of other streams: stopping at the cost of those taken would favour
    orders that ask for few.
    """
    pilots = [_affordable(players, counts, sets, seed + k) for k in range(1, PILOTS + 1)]
    taken = pairs_of_orders(players, seed)
    return [next(taken) for _ in range(max(round(sum(pilots) / PILOTS), FEWEST_PAIRS))]


def _affordable(players: Sequence[str], counts: Callable[[Set], bool], sets: int, seed: int) -> int:
    """How many pairs of one stream ask for no more than so many sets."""
    asked: set[Set] = set()
    stream = pairs_of_orders(players, seed)
    for pairs in range(MOST_PAIRS):
        for order in next(stream):
            asked |= {s for k in range(len(order) + 1) if counts(s := frozenset(order[:k]))}
        if len(asked) > sets:
            return pairs
    return MOST_PAIRS
