"""The lists that sit in an assembly."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

# A coalition is a bitmask in an int64, whose sign bit stays clear.
MOST_LISTS = 62


@dataclass(frozen=True)
class PartyList:
    """A list with seats.

    `position` is its place on the one dimension that divides the chamber, on any scale (None:
    unknown). Lists of one `camp` decide together whether to attend; a `community` is a part of
    the country that may expect a share in every government. `force` is armed strength relative
    to the other lists, 0 for the unarmed. `bloc=False`: its members sit and vote one by one and
    it is in no coalition. `incumbent`: in the outgoing government; `leads`: held its head.

    Raises ValueError for negative seats or force and for numbers that are not finite.
    """

    id: str
    seats: int
    position: float | None = None
    camp: str | None = None
    community: str | None = None
    force: float = 0.0
    bloc: bool = True
    incumbent: bool = False
    leads: bool = False

    def __post_init__(self) -> None:
        if self.seats < 0 or int(self.seats) != self.seats:
            raise ValueError(
                f"list {self.id!r} has {self.seats} seats; expected a whole number, 0 or more"
            )
        if not (math.isfinite(self.force) and self.force >= 0):
            raise ValueError(f"list {self.id!r} has force {self.force}; expected 0 or more")
        if self.position is not None and not math.isfinite(self.position):
            raise ValueError(
                f"list {self.id!r} is at position {self.position}; expected a number, or None"
            )


@dataclass(frozen=True)
class Chamber:
    """Lists of an assembly with who will not govern with, and who opposes, whom.

    `vetoes` and `rivalries` are sets of pairs of lists' ids. The chamber's seats are those of its
    lists. Raises ValueError with one sentence for a name used twice, a pair that names an unknown
    list or one list twice, more lists than a bitmask holds, and a chamber without seats.
    """

    lists: tuple[PartyList, ...]
    vetoes: frozenset[frozenset[str]] = field(default_factory=frozenset[frozenset[str]])
    rivalries: frozenset[frozenset[str]] = field(default_factory=frozenset[frozenset[str]])

    def __post_init__(self) -> None:
        names = self.names
        if len(names) > MOST_LISTS:
            raise ValueError(
                f"there are {len(names)} lists, at most {MOST_LISTS} fit; group the smallest"
            )
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two lists are called {name!r}; give each its own name")
        if not self.seats:
            raise ValueError("no list has a seat; an assembly needs at least one")
        for what, pairs in (("veto", self.vetoes), ("rivalry", self.rivalries)):
            for pair in pairs:
                for name in sorted(pair - set(names)):
                    raise ValueError(f"a {what} names {name!r}; there is no such list")
                if len(pair) != 2:
                    raise ValueError(
                        f"a {what} names {', '.join(sorted(pair)) or 'nobody'}; expected two lists"
                    )

    @property
    def seats(self) -> int:
        """All seats."""
        return sum(party.seats for party in self.lists)

    @property
    def majority(self) -> int:
        """Seats that are more than half."""
        return self.seats // 2 + 1

    @property
    def names(self) -> tuple[str, ...]:
        """The lists' ids, in order: list i is bit i of a coalition."""
        return tuple(party.id for party in self.lists)

    def mask(self, *names: str) -> int:
        """The bitmask of the named lists. Raises ValueError if one is unknown."""
        places = {name: i for i, name in enumerate(self.names)}
        for name in names:
            if name not in places:
                raise ValueError(f"there is no list {name!r}")
        return sum(1 << places[name] for name in set(names))


def resign(chamber: Chamber, leaving: str, heirs: Mapping[str, float]) -> Chamber:
    """The chamber after a list has left, its seats passed on by largest remainder.

    `heirs` gives each heir's weight; the list that left stays in its place with 0 seats, so that
    bitmasks keep their meaning. Equal remainders go to the heir whose name sorts first. Raises
    ValueError if a list is unknown or the heirs' weights are not positive.
    """
    chamber.mask(leaving, *heirs)
    weights = list(heirs.values())
    if leaving in heirs or not weights or not 0 < min(weights) <= max(weights) < math.inf:
        raise ValueError(f"the heirs of {leaving!r} must be other lists, with positive weights")
    seats = next(party.seats for party in chamber.lists if party.id == leaving)
    passed = _largest_remainder(seats, heirs)
    return replace(
        chamber,
        lists=tuple(
            replace(
                party, seats=0 if party.id == leaving else party.seats + passed.get(party.id, 0)
            )
            for party in chamber.lists
        ),
    )


def _largest_remainder(seats: int, weights: Mapping[str, float]) -> dict[str, int]:
    """Seats shared by weight: the whole parts first, then one each by what was cut off."""
    total = math.fsum(weights.values())
    exact = {name: seats * (weight / total) for name, weight in weights.items()}
    shared = {name: math.floor(share) for name, share in exact.items()}
    # Rounded, so that remainders that differ only by floating point count as equal.
    by_remainder = sorted(weights, key=lambda n: (round(shared[n] - exact[n], 9), n))
    for name in by_remainder[: seats - sum(shared.values())]:
        shared[name] += 1
    return shared
