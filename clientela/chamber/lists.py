"""The lists that sit in an assembly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class PartyList:
    """A list with seats. `bloc=False`: its members sit and vote one by one, outside coalitions."""

    id: str
    seats: int
    position: float | None = None
    camp: str | None = None
    community: str | None = None
    force: float = 0.0
    bloc: bool = True
    incumbent: bool = False
    leads: bool = False


@dataclass(frozen=True)
class Chamber:
    """Lists of an assembly with who will not govern with, and who opposes, whom.

    Raises ValueError with one sentence for negative seats, names used twice or unknown.
    """

    lists: tuple[PartyList, ...]
    vetoes: frozenset[frozenset[str]] = field(default_factory=frozenset)
    rivalries: frozenset[frozenset[str]] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        names = [party.id for party in self.lists]
        if not names:
            raise ValueError("an assembly needs at least one list")
        if len(names) > 30:
            raise ValueError(f"{len(names)} lists are too many to enumerate; group small ones")
        for party in self.lists:
            if names.count(party.id) > 1:
                raise ValueError(f"two lists are called {party.id!r}")
            if party.seats < 0:
                raise ValueError(f"list {party.id!r} has {party.seats} seats; expected 0 or more")
        for pair in self.vetoes | self.rivalries:
            for name in pair:
                if name not in names:
                    raise ValueError(f"there is no list {name!r} to oppose or veto")

    @property
    def seats(self) -> int:
        """All seats."""
        return sum(party.seats for party in self.lists)

    @property
    def names(self) -> tuple[str, ...]:
        """The lists' ids, in order: list i is bit i of a coalition."""
        return tuple(party.id for party in self.lists)


def resign(chamber: Chamber, leaving: str, heirs: Mapping[str, float]) -> Chamber:
    """The chamber after a list has left, its seats passed on by largest remainder.

    Raises ValueError if a list is unknown or the heirs' weights are not positive.
    """
    known = {party.id: party for party in chamber.lists}
    for name in (leaving, *heirs):
        if name not in known:
            raise ValueError(f"there is no list {name!r}")
    if leaving in heirs or not heirs or min(heirs.values()) <= 0:
        raise ValueError(f"the heirs of {leaving!r} must be other lists, with positive weights")
    seats, total = known[leaving].seats, sum(heirs.values())
    exact = {name: seats * weight / total for name, weight in heirs.items()}
    passed = {name: int(share) for name, share in exact.items()}
    left_over = seats - sum(passed.values())
    for name in sorted(heirs, key=lambda n: (passed[n] - exact[n], n))[:left_over]:
        passed[name] += 1
    return replace(
        chamber,
        lists=tuple(
            replace(party, seats=0 if party.id == leaving else party.seats + passed.get(party.id, 0))
            for party in chamber.lists
        ),
    )
