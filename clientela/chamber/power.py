"""Power indices of weighted voting games, exact.

A coalition wins if it meets every rule: several thresholds and quorums are one game. All counts
are integers and all indices fractions; nothing is sampled or rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import factorial, gcd

from clientela.chamber import generating
from clientela.chamber.minimal import minimal, minimal_by_size, minimal_listed


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
        weights = tuple(self.weights)
        if not weights:
            raise ValueError("a game needs at least one player")
        for player, weight in enumerate(weights):
            if not _is_whole(weight) or weight < 0:
                raise ValueError(
                    f"player {player} has {weight} votes; expected a whole number, 0 or more"
                )
        # From here on Python's own integers, which do not overflow as NumPy's do.
        weights = tuple(int(weight) for weight in weights)
        if not _is_whole(self.quota) or not 1 <= self.quota <= sum(weights):
            raise ValueError(
                f"the quota is {self.quota}; expected a whole number from 1 to all "
                f"{sum(weights)} votes"
            )
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "quota", int(self.quota))

    def reduced(self) -> Rule:
        """The same winning coalitions in the largest unit: votes without a common factor."""
        unit = gcd(*self.weights)
        return Rule(tuple(w // unit for w in self.weights), -(-self.quota // unit))


class Game:
    """A voting game: a coalition wins if it meets all the rules.

    Every index is a tuple of exact fractions, one per player, counted when first asked for. Time
    and memory grow with the spare votes (all less the quota; for Deegan & Packel's and Holler's
    with the quota), and with several rules with their product. Raises ValueError if there is no
    rule or if rules are for different numbers of players; an index raises it if its table would
    take over 1 GB.
    """

    def __init__(self, *rules: Rule) -> None:
        if not rules:
            raise ValueError("a game needs at least one rule")
        numbers = sorted({len(rule.weights) for rule in rules})
        if len(numbers) > 1:
            raise ValueError(
                f"the rules are for different numbers of players: {', '.join(map(str, numbers))}"
            )
        self.rules = rules
        self.players = numbers[0]
        # Rules with the same votes are one: the hardest.
        hardest: dict[tuple[int, ...], int] = {}
        for rule in (rule.reduced() for rule in rules):
            hardest[rule.weights] = max(rule.quota, hardest.get(rule.weights, 0))
        self._quotas = hardest
        self._votes = list(zip(*hardest, strict=True))
        self._spare = tuple(sum(weights) - quota for weights, quota in hardest.items())

    def shapley_shubik(self) -> tuple[Fraction, ...]:
        """The share of orders in which each player turns a losing coalition into a winning one
        (Shapley & Shubik 1954)."""
        n = self.players
        orders = [factorial(k) * factorial(n - 1 - k) for k in range(n)]
        return _once_per_kind(
            self._swings_by_size,
            lambda by_size: Fraction(
                sum(s * o for s, o in zip(by_size, orders, strict=True)), factorial(n)
            ),
        )

    def banzhaf(self) -> tuple[Fraction, ...]:
        """Each player's share of all swings, the normalised index (Banzhaf 1965)."""
        return _shares(self.swings())

    def banzhaf_absolute(self) -> tuple[Fraction, ...]:
        """The share of the others' coalitions for which each player is decisive (Penrose 1946)."""
        return tuple(Fraction(count, 1 << (self.players - 1)) for count in self.swings())

    def swings(self) -> tuple[int, ...]:
        """How many winning coalitions each player could make lose by leaving."""
        return tuple(self._swings[0])

    def winning(self) -> int:
        """How many coalitions win."""
        return self._swings[1]

    def deegan_packel(self) -> tuple[Fraction, ...]:
        """Each minimal winning coalition gets the same, and its members share it alike
        (Deegan & Packel 1978)."""
        by_player, by_size = self._minimal_by_size
        total = sum(by_size)

        def share(of_player: list[int]) -> Fraction:
            alike = (Fraction(count, size) for size, count in enumerate(of_player) if count)
            return sum(alike, Fraction(0)) / total

        return _once_per_kind(by_player, share)

    def holler(self) -> tuple[Fraction, ...]:
        """The public good index: each player's share of memberships in minimal winning coalitions
        (Holler 1982)."""
        return _shares(self._minimal[0])

    def minimal_winning(self) -> int:
        """How many minimal winning coalitions there are."""
        return self._minimal[1]

    @cached_property
    def _swings(self) -> tuple[list[int], int]:
        return generating.swings(self._votes, self._spare)

    @cached_property
    def _swings_by_size(self) -> list[list[int]]:
        return generating.swings_by_size(self._votes, self._spare)

    @cached_property
    def _minimal(self) -> tuple[list[int], int]:
        if len(self._quotas) == 1:
            ((weights, quota),) = self._quotas.items()
            return minimal(weights, quota)
        by_player, by_size = self._minimal_by_size
        return [sum(of_player) for of_player in by_player], sum(by_size)

    @cached_property
    def _minimal_by_size(self) -> tuple[list[list[int]], list[int]]:
        if len(self._quotas) == 1:
            ((weights, quota),) = self._quotas.items()
            return minimal_by_size(weights, quota)
        return minimal_listed(list(self._quotas), list(self._quotas.values()))


def _is_whole(value: object) -> bool:
    try:
        return int(value) == value  # pyright: ignore[reportArgumentType]
    except (TypeError, ValueError, OverflowError):
        return False


def _once_per_kind(
    counts: Sequence[list[int]], index: Callable[[list[int]], Fraction]
) -> tuple[Fraction, ...]:
    """The index of each player, worked out once for those with the same counts."""
    known: dict[tuple[int, ...], Fraction] = {}
    for count in counts:
        if tuple(count) not in known:
            known[tuple(count)] = index(count)
    return tuple(known[tuple(count)] for count in counts)


def _shares(counts: Sequence[int]) -> tuple[Fraction, ...]:
    total = sum(counts)
    return tuple(Fraction(count, total) for count in counts)
