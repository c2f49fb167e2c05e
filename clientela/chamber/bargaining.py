"""Who gets how much: portfolios in proportion to seats, and the equilibrium of legislative bargaining."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

# Sets of partners, players alike told apart only by number, that are still listed.
MOST_SETS = 5_000


def gamson(seats: Sequence[int]) -> np.ndarray:
    """Each member's share of the posts, in proportion to the seats it brings (Gamson 1961).

    `seats` are those of the coalition's members. Raises ValueError if none has a seat.
    """
    held = np.asarray(seats, dtype=float)
    if not len(held) or held.min() < 0 or held.sum() <= 0:
        raise ValueError("a coalition shares posts by seats; at least one member must have some")
    return held / held.sum()


def allocate(shares: Sequence[float], posts: int) -> list[int]:
    """So many posts by share, by the method of Sainte-Laguë: one at a time to the largest quotient
    share / (2k + 1), k the posts a member has. It favours neither large nor small members. Equal
    quotients go to the first. Raises ValueError for a negative number of posts."""
    if posts < 0:
        raise ValueError(f"there are {posts} posts; expected 0 or more")
    given = [0] * len(shares)
    for _ in range(posts):
        quotients = [share / (2 * k + 1) for share, k in zip(shares, given, strict=True)]
        given[quotients.index(max(quotients))] += 1
    return given


@dataclass(frozen=True, eq=False)
class BaronFerejohn:
    """The stationary equilibrium of bargaining over one unit, by player.

    `value` is what each expects before a proposer is drawn, `price` what a partner asks for its
    vote (δ · value), `included` the probability to be bought by another proposer, given that
    another is drawn, `proposing` what each keeps when it proposes. `error` is by how much the
    values miss the equilibrium's equations.
    """

    value: np.ndarray
    price: np.ndarray
    included: np.ndarray
    proposing: np.ndarray
    error: float


def baron_ferejohn(
    weights: Sequence[int],
    quota: int,
    discount: float = 1.0,
    recognition: Sequence[float] | None = None,
    *,
    accuracy: float = 1e-6,
) -> BaronFerejohn:
    """Baron & Ferejohn's (1989) closed rule in a weighted voting game.

    A proposer, drawn with `recognition` (none: in proportion to weights), buys the cheapest
    coalition that reaches the quota with it, paying each partner its discounted value; if an offer
    is refused a new proposer is drawn. With n alike, quota q and discount δ the proposer keeps
    1 − δ(q − 1)/n and each partner gets δ/n. The values of a stationary equilibrium are unique
    (Eraslan 2002 for equal votes; Eraslan & McLennan 2013). Proposers who are indifferent mix.

    Near it by fictitious play, then exactly by solving for values and mixing together over the
    coalitions that are as good as cheapest. Raises ValueError for too many players who differ
    (thirteen that all do, or more if some are alike), a quota out of range, a discount outside [0, 1] or recognition that is no distribution, and
    ArithmeticError if the equilibrium is not found to `accuracy`.
    """
    w, p = _checked(weights, quota, discount, recognition)
    kinds, member = np.unique(np.column_stack([w, p]), axis=0, return_inverse=True)
    if np.prod(np.bincount(member) + 1.0) > MOST_SETS:
        raise ValueError(
            f"{len(w)} players in {len(kinds)} kinds make too many coalitions to list; group the smallest"
        )
    bargain = _Bargain.of(kinds[:, 0], kinds[:, 1], np.bincount(member), quota, discount)
    value, mixes = _fictitious_play(bargain)
    best = None
    for slack in (1e-3, 1e-2, 3e-2, 1e-1):
        found = _solved(bargain, value, mixes, slack)
        if best is None or found[2] < best[2]:
            best = found
        if best[2] < accuracy / 10:
            break
    assert best is not None
    value, mixes, error = best
    if error > accuracy:
        raise ArithmeticError(
            f"the equilibrium was not found to {accuracy:g}, it is off by {error:.2g}; "
            "change the discount a little"
        )
    included = bargain.included(mixes)
    keeps = 1.0 - np.array([(s @ (discount * value)).min() for s in bargain.sets])
    alone = np.maximum(1.0 - kinds[:, 1], 1e-300)
    return BaronFerejohn(
        value[member], discount * value[member], (included / alone)[member], keeps[member], error
    )


def _checked(
    weights: Sequence[int], quota: int, discount: float, recognition: Sequence[float] | None
) -> tuple[np.ndarray, np.ndarray]:
    w = np.asarray(weights, dtype=np.int64)
    if not len(w):
        raise ValueError("there are no players; expected one at least")
    if (w < 0).any() or not 1 <= quota <= w.sum():
        raise ValueError(f"the quota is {quota}; expected 1 to all {w.sum()} votes, none negative")
    if not 0 <= discount <= 1:
        raise ValueError(f"the discount is {discount}; expected 0 to 1")
    p = w / w.sum() if recognition is None else np.asarray(recognition, dtype=float)
    if len(p) != len(w) or (p < 0).any() or abs(p.sum() - 1) > 1e-9:
        raise ValueError("recognition must be one probability per player, summing to 1")
    return w, p


@dataclass(frozen=True, eq=False)
class _Bargain:
    """The game by kinds of players that are alike: `count` of each, `recognition` of one of them.

    `sets[s]` are the minimal sets of partners of a proposer of kind s, as numbers by kind.
    """

    count: np.ndarray
    recognition: np.ndarray
    discount: float
    sets: list[np.ndarray]

    @classmethod
    def of(
        cls,
        weight: np.ndarray,
        recognition: np.ndarray,
        count: np.ndarray,
        quota: int,
        discount: float,
    ) -> _Bargain:
        sets = []
        for s in range(len(weight)):
            room = [
                range(int(n) - (s == t) + 1) if weight[t] else range(1) for t, n in enumerate(count)
            ]
            every = np.array(np.meshgrid(*room, indexing="ij")).reshape(len(count), -1).T
            votes = every @ weight + weight[s]
            smallest = np.where(every > 0, weight, np.inf).min(axis=1, initial=np.inf)
            spared = np.where(np.isinf(smallest), -np.inf, votes - smallest)
            sets.append(every[(votes >= quota) & (spared < quota)].astype(float))
        return cls(count, recognition, discount, sets)

    def included(self, mixes: list[np.ndarray]) -> np.ndarray:
        """The probability that one player of each kind is bought by some other, by kind."""
        total = np.zeros(len(self.count))
        for s, (mix, sets) in enumerate(zip(mixes, self.sets, strict=True)):
            # Of a proposer's own kind the others are one fewer, and so are those to be bought.
            proposers = np.where(np.arange(len(total)) == s, self.count, self.count[s])
            total += self.recognition[s] * (mix @ sets) * proposers / self.count
        return total

    def missed(self, value: np.ndarray, mixes: list[np.ndarray]) -> np.ndarray:
        """By how much each kind's value misses p (1 − cost) + δ v P(bought)."""
        cost = np.array([mix @ (sets @ (self.discount * value)) for mix, sets in zip(mixes, self.sets, strict=True)])  # fmt: skip
        return (
            self.recognition * (1.0 - cost) + self.discount * value * self.included(mixes) - value
        )


def _fictitious_play(bargain: _Bargain) -> tuple[np.ndarray, list[np.ndarray]]:
    """Values and mixing when everybody answers the average of what has been played."""
    value = bargain.recognition.copy()
    mixes = [np.full(len(sets), 1.0 / len(sets)) for sets in bargain.sets]
    for step in range(1, 3001):
        for mix, sets in zip(mixes, bargain.sets, strict=True):
            answer = (sets @ value).argmin()
            mix += (np.arange(len(mix)) == answer) / (step + 1) - mix / (step + 1)
        value = value + bargain.missed(value, mixes) * min(1.0, 20 / step)
    return value, mixes


def _solved(
    bargain: _Bargain, near: np.ndarray, mixes: list[np.ndarray], slack: float
) -> tuple[np.ndarray, list[np.ndarray], float]:
    """(values, mixing, error) with only those sets that cost at most `slack` over the cheapest."""
    costs = [sets @ (bargain.discount * near) for sets in bargain.sets]
    used = [np.flatnonzero(cost <= cost.min() + slack) for cost in costs]
    ends = np.cumsum([len(near), *(len(u) for u in used)])

    def unpacked(x: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        full = []
        for s, u in enumerate(used):
            mix = np.zeros(len(bargain.sets[s]))
            mix[u] = x[ends[s] : ends[s + 1]]
            full.append(mix)
        return x[: len(near)], full

    def misses(x: np.ndarray) -> np.ndarray:
        value, full = unpacked(x)
        found = [bargain.missed(value, full)]
        for mix, sets, u in zip(full, bargain.sets, used, strict=True):
            cost = sets @ (bargain.discount * value)
            found.append(np.array([mix.sum() - 1.0]))
            # Only the cheapest may be bought: weight times what it costs too much is nothing.
            found.append(mix[u] * (cost[u] - cost.min()))
        return np.concatenate(found)

    start = np.concatenate([near, *(mix[u] / max(mix[u].sum(), 1e-12) for mix, u in zip(mixes, used, strict=True))])  # fmt: skip
    found = least_squares(
        misses,
        np.clip(start, 0, 1),
        bounds=(0.0, 1.0),
        xtol=1e-15,
        ftol=1e-15,
        gtol=1e-15,
        max_nfev=30,
    )
    value, full = unpacked(found.x)
    return value, full, float(np.abs(misses(found.x)).max())
