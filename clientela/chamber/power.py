"""Power indices of weighted voting games, exact, by generating functions.

A coalition wins if it meets every rule: several thresholds and quorums are one game. All counts are
integers. A polynomial is held as one Python integer, its coefficients side by side (Kronecker
substitution), so that multiplying by 1 + x^w is one shift and one addition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate, product
from math import factorial, prod

# Bits that the table of the generating function may take.
MOST_BITS = 8 * 10**9
MOST_ENUMERATED = 22


@dataclass(frozen=True)
class Rule:
    """Votes by player and how many of them it takes.

    >>> Rule((4, 4, 4, 2, 2, 1), quota=12)

    Raises ValueError for no players, votes that are negative or fractional, and a quota that is
    not between 1 and all votes.
    """

    weights: tuple[int, ...]
    quota: int

    def __post_init__(self) -> None:
        if not self.weights:
            raise ValueError("a game needs at least one player")
        for player, weight in enumerate(self.weights):
            if weight < 0 or int(weight) != weight:
                raise ValueError(
                    f"player {player} has {weight} votes; expected a whole number, 0 or more"
                )
        if int(self.quota) != self.quota or not 1 <= self.quota <= sum(self.weights):
            raise ValueError(
                f"the quota is {self.quota}; expected a whole number from 1 to all "
                f"{sum(self.weights)} votes"
            )


class Game:
    """A voting game: a coalition wins if it meets all the rules.

    Every index is a tuple of exact fractions, one per player. Raises ValueError if there is no
    rule, if rules are for different numbers of players, or if the table would not fit in memory.
    """

    def __init__(self, *rules: Rule) -> None:
        if not rules:
            raise ValueError("a game needs at least one rule")
        if len({len(rule.weights) for rule in rules}) > 1:
            raise ValueError("the rules are for different numbers of players")
        self.rules = rules
        self.players = len(rules[0].weights)
        # Rules with the same votes are one: the hardest.
        hardest: dict[tuple[int, ...], int] = {}
        for rule in rules:
            hardest[rule.weights] = max(rule.quota, hardest.get(rule.weights, 0))
        self._weights = list(zip(*hardest, strict=True))
        # A coalition wins iff those outside it are spared: within these votes under every rule.
        self._spare = tuple(sum(w) - quota for w, quota in hardest.items())
        size = prod(spare + 1 for spare in self._spare) * (self.players + 1) ** 2
        if size > MOST_BITS:
            raise ValueError(
                f"the game's table would take {size / 8e9:.1f} GB; divide all votes by a common "
                "factor, or group the smallest players"
            )

    def shapley_shubik(self) -> tuple[Fraction, ...]:
        """The share of orders in which each player turns a losing coalition into a winning one
        (Shapley & Shubik 1954)."""
        n = self.players
        orders = [factorial(k) * factorial(n - 1 - k) for k in range(n)]
        return tuple(
            Fraction(sum(s * o for s, o in zip(by_size, orders, strict=True)), factorial(n))
            for by_size in self._swings
        )

    def banzhaf(self) -> tuple[Fraction, ...]:
        """Each player's share of all swings, the normalised index (Banzhaf 1965)."""
        return _shares([sum(by_size) for by_size in self._swings])

    def banzhaf_absolute(self) -> tuple[Fraction, ...]:
        """The share of the others' coalitions in which each player is decisive (Penrose 1946)."""
        return tuple(Fraction(sum(by_size), 1 << (self.players - 1)) for by_size in self._swings)

    def swings(self) -> tuple[int, ...]:
        """How many winning coalitions each player could make lose by leaving."""
        return tuple(sum(by_size) for by_size in self._swings)

    def deegan_packel(self) -> tuple[Fraction, ...]:
        """Each minimal winning coalition gets the same, its members share alike (Deegan & Packel 1978)."""
        total = sum(self._minimal_by_size)
        return tuple(
            sum(
                (Fraction(count, size) for size, count in enumerate(of_player) if count),
                Fraction(0),
            )
            / total
            for of_player in self._minimal
        )

    def holler(self) -> tuple[Fraction, ...]:
        """The public good index: each player's share of memberships in minimal winning coalitions
        (Holler 1982)."""
        return _shares([sum(of_player) for of_player in self._minimal])

    def minimal_winning(self) -> int:
        """How many minimal winning coalitions there are."""
        return sum(self._minimal_by_size)

    @cached_property
    def _swings(self) -> list[list[int]]:
        """By player and size of the coalition joined: coalitions that lose without and win with it.

        In terms of who is left outside, T: within the spare votes without the player and not with
        it, that is A'(d) − A'(d − w), with A' counting what is made of the others. As
        1/(1 + t x^w) = Σ (−t)^m x^{mw}, that is an alternating sum over the table of all players.
        """
        table, n = _Table(self._weights, self._spare), self.players
        found: dict[tuple[int, ...], list[int]] = {}
        for weight in set(self._weights):
            outside = [0] * n if not any(weight) else table.without(weight, n)
            found[weight] = outside[::-1]  # |T| players stay outside, n − 1 − |T| were inside
        return [found[weight] for weight in self._weights]

    @cached_property
    def _minimal(self) -> list[list[int]]:
        """By player and size: minimal winning coalitions that it is in."""
        if len(self._spare) > 1:
            return self._minimal_enumerated()
        return _minimal_of_one_rule([w for (w,) in self._weights], self.rules)

    @cached_property
    def _minimal_by_size(self) -> list[int]:
        members = [
            sum(of_player[size] for of_player in self._minimal) for size in range(self.players + 1)
        ]
        return [count // size if size else 0 for size, count in enumerate(members)]

    def _minimal_enumerated(self) -> list[list[int]]:
        """With several rules, coalition by coalition."""
        n = self.players
        if n > MOST_ENUMERATED:
            raise ValueError(
                f"{n} players under several rules have too many minimal winning coalitions to "
                f"list; at most {MOST_ENUMERATED} players do"
            )
        sums: list[tuple[int, ...]] = [tuple(0 for _ in self.rules)]
        for player in range(n):
            own = [rule.weights[player] for rule in self.rules]
            sums += [tuple(a + b for a, b in zip(s, own, strict=True)) for s in sums]
        quotas = [rule.quota for rule in self.rules]
        wins = [all(a >= q for a, q in zip(s, quotas, strict=True)) for s in sums]
        found = [[0] * (n + 1) for _ in range(n)]
        for mask in range(1, 1 << n):
            inside = [i for i in range(n) if mask >> i & 1]
            if wins[mask] and not any(wins[mask & ~(1 << i)] for i in inside):
                for i in inside:
                    found[i][len(inside)] += 1
        return found


class _Table:
    """Σ over sets T of players, t^|T| x^w(T), added up over all w within the spare votes.

    A row of the table is a polynomial in t as one integer, with fields of n + 1 bits: no count
    reaches 2^(n + 1).
    """

    def __init__(self, weights: Sequence[tuple[int, ...]], spare: tuple[int, ...]) -> None:
        n = len(weights)
        self.spare, self.bits = spare, 8 * ((n + 8) // 8)
        row = self.bits * (n + 1)
        # Votes as one number, in a mixed radix that sums within the spare votes never leave; what
        # leaves them under one rule is dropped at the end of each step.
        self._stride = [prod(s + 1 for s in spare[r + 1 :]) for r in range(len(spare))]
        rows = prod(s + 1 for s in spare)
        table = [0] * rows
        table[0] = 1
        for weight in weights:
            shift = sum(w * s for w, s in zip(weight, self._stride, strict=True))
            if any(w > s for w, s in zip(weight, spare, strict=True)):
                continue
            if len(spare) == 1:
                for at in range(rows - 1, shift - 1, -1):
                    table[at] += table[at - shift] << self.bits
            else:
                for votes in product(
                    *(range(s, w - 1, -1) for s, w in zip(spare, weight, strict=True))
                ):
                    at = self._at(votes)
                    table[at] += table[at - shift] << self.bits
        self._mask = (1 << row) - 1
        self._sums = self._added_up(table)

    def _at(self, votes: Sequence[int]) -> int:
        return sum(v * s for v, s in zip(votes, self._stride, strict=True))

    def _added_up(self, table: list[int]) -> list[int]:
        """Prefix sums along every rule's votes."""
        for r, stride in enumerate(self._stride):
            for at in range(len(table)):
                if at // stride % (self.spare[r] + 1):
                    table[at] += table[at - stride]
        return table

    def up_to(self, votes: Sequence[int]) -> int:
        """The polynomial in t of all sets within these votes; 0 if one is negative."""
        return 0 if min(votes) < 0 else self._sums[self._at(votes)]

    def without(self, weight: tuple[int, ...], n: int) -> list[int]:
        """By size: sets of the other players within the spare votes, but not with this weight."""
        total, votes, sign, order = 0, list(self.spare), 1, 0
        while min(votes) >= 0:
            less = [v - w for v, w in zip(votes, weight, strict=True)]
            total += sign * ((self.up_to(votes) - self.up_to(less)) << (self.bits * order))
            votes, sign, order = less, -sign, order + 1
        # Beyond size n − 1 there is nothing: the alternating sum has only as many terms as fit.
        return _fields(total, self.bits, n)


def _fields(packed: int, bits: int, count: int) -> list[int]:
    """The first coefficients of a polynomial held as one integer."""
    size = bits // 8
    raw = (packed & ((1 << (bits * count)) - 1)).to_bytes(size * count, "little")
    return [int.from_bytes(raw[k * size : (k + 1) * size], "little") for k in range(count)]


def _minimal_of_one_rule(weights: list[int], rules: Sequence[Rule]) -> list[list[int]]:
    """By player and size, under one rule: only the smallest member need be tried.

    Players are taken from the largest on. A coalition is minimal winning iff its last player turns
    it from losing to winning; so each player i closes coalitions of those before it whose votes
    lie in [q − w_i, q). Those with j among them come from dividing by 1 + t x^{w_j}.
    """
    n = len(weights)
    quota = max(rule.quota for rule in rules)
    bits = 8 * ((n + 8) // 8)
    order = sorted(range(n), key=lambda i: -weights[i])
    rows = [0] * quota  # subsets of the players so far, by votes, in powers of t by size
    rows[0] = 1
    found = [[0] * (n + 1) for _ in range(n)]
    seen: dict[int, list[int]] = {}
    for i in order:
        w = weights[i]
        if w == 0:
            break
        low = max(quota - w, 0)
        up_to = [0, *accumulate(rows)]
        _add(found[i], _fields(up_to[quota] - up_to[low], bits, n), 1)
        for other, players in seen.items():
            inside = _with_one_more(up_to, other, low, quota, bits)
            sizes = _fields(inside, bits, n)
            for j in players:
                _add(found[j], sizes, 1)
        for votes in range(quota - 1, w - 1, -1):
            rows[votes] += rows[votes - w] << bits
        seen.setdefault(w, []).append(i)
    return found


def _add(counts: list[int], sizes: list[int], more: int) -> None:
    for size, count in enumerate(sizes):
        if count:
            counts[size + more] += count


def _with_one_more(up_to: list[int], weight: int, low: int, high: int, bits: int) -> int:
    """Subsets in [low, high) that hold one given player of that weight: t x^w / (1 + t x^w) of all.

    `up_to[v]` are the subsets with fewer than v votes.
    """
    total, sign, order = 0, 1, 1
    while high > weight * order:
        window = up_to[high - weight * order] - up_to[max(low - weight * order, 0)]
        total += sign * (window << (bits * order))
        sign, order = -sign, order + 1
    return total


def _shares(counts: Sequence[int]) -> tuple[Fraction, ...]:
    total = sum(counts)
    return tuple(Fraction(count, total) for count in counts)
