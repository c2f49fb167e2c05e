"""The lists that sit in an assembly."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

K = TypeVar("K", int, str)

# A coalition is a bitmask in an int64, whose sign bit stays clear.
MOST_LISTS = 62

# Families of parties that have been in government less often than their seats would suggest.
FAMILIES = ("communist", "far-right", "special-issue")


@dataclass(frozen=True)
class PartyList:
    """A list with seats.

    `positions` are its places on named dimensions, on any scale; dimensions it has no place on
    are left out. Lists of one `camp` decide together whether to attend; a `community` is a part
    of the country that may expect a share in every government. `force` is armed strength relative
    to the other lists, 0 for the unarmed. `bloc=False`: its members sit and vote one by one and
    it is in no coalition. `incumbent`: in the outgoing government; `leads`: held its head. `gain`
    is the share of all seats that it won or lost against the election before, −1 to 1 (0 too if
    unknown); `family` is one of `FAMILIES`, if it belongs to one.

    Raises ValueError for negative or fractional seats, negative force and numbers that are not
    finite.
    """

    id: str
    seats: int
    positions: Mapping[str, float] = field(default_factory=dict[str, float])
    camp: str | None = None
    community: str | None = None
    force: float = 0.0
    bloc: bool = True
    incumbent: bool = False
    leads: bool = False
    gain: float = 0.0
    family: str | None = None

    def __post_init__(self) -> None:
        if self.family not in (None, *FAMILIES):
            raise ValueError(
                f"list {self.id!r} is of family {self.family!r}; expected one of {', '.join(FAMILIES)}"
            )
        if not -1 <= self.gain <= 1:
            raise ValueError(f"list {self.id!r} has gained {self.gain}; expected −1 to 1")
        if self.seats < 0 or int(self.seats) != self.seats:
            raise ValueError(
                f"list {self.id!r} has {self.seats} seats; expected a whole number, 0 or more"
            )
        if not (math.isfinite(self.force) and self.force >= 0):
            raise ValueError(f"list {self.id!r} has force {self.force}; expected 0 or more")
        for dimension, position in self.positions.items():
            if not math.isfinite(position):
                raise ValueError(
                    f"list {self.id!r} is at {position} on {dimension!r}; expected a number"
                )


@dataclass(frozen=True)
class Veto:
    """Two lists that do not govern together, with the probability that this is upheld."""

    of: str
    against: str
    probability: float = 1.0


@dataclass(frozen=True)
class Cabinet:
    """A government of the past: when it took office, who was in it, who led it, of what kind.

    `minority` says whether it lacked a majority (None: unknown).
    """

    since: dt.date
    lists: frozenset[str]
    leads: str | None = None
    minority: bool | None = None


@dataclass(frozen=True)
class Chamber:
    """Lists of an assembly, who refuses and who opposes whom, and how a government is voted in.

    `size` is all seats (None: those of its lists); seats may be vacant. `dimension` names the one
    of the lists' positions that divides them most, for the median and what is contiguous (None:
    the only one, if there is one). `rivalries` and `alliances` are pairs of lists' ids; `cabinets` are
    governments of the past, of which only lists that still sit count, and the more the nearer they
    are to `date` (None: to the last of them). `midterm`: the outgoing government was formed by
    this same parliament, not by one before an election.

    Raises ValueError with one sentence for a name used twice or unknown, a pair that names one
    list twice, probabilities outside 0 to 1, more seats than the chamber has, more lists than a
    bitmask holds, no lists, and a chamber without seats.
    """

    lists: tuple[PartyList, ...]
    vetoes: tuple[Veto, ...] = ()
    rivalries: frozenset[frozenset[str]] = field(default_factory=frozenset[frozenset[str]])
    alliances: frozenset[frozenset[str]] = field(default_factory=frozenset[frozenset[str]])
    size: int | None = None
    dimension: str | None = None
    cabinets: tuple[Cabinet, ...] = ()
    date: dt.date | None = None
    midterm: bool = False

    def __post_init__(self) -> None:
        self._check_lists()
        known = set(self.names)
        for what, pairs in (("a rivalry", self.rivalries), ("an alliance", self.alliances)):
            for pair in pairs:
                _check_pair(what, sorted(pair), known)
        for veto in self.vetoes:
            _check_pair("a veto", [veto.of, veto.against], known)
            if not 0 <= veto.probability <= 1:
                raise ValueError(
                    f"the veto of {veto.of!r} against {veto.against!r} has probability "
                    f"{veto.probability}; expected 0 to 1"
                )
        placed = {d for party in self.lists for d in party.positions}
        if self.dimension is not None and self.dimension not in placed:
            listed = ", ".join(sorted(placed)) or "none"
            raise ValueError(f"no list has a position on {self.dimension!r}; dimensions: {listed}")

    def _check_lists(self) -> None:
        names = self.names
        if not names:
            raise ValueError("there are no lists; a chamber needs at least one")
        if len(names) > MOST_LISTS:
            raise ValueError(
                f"there are {len(names)} lists, at most {MOST_LISTS} fit; group the smallest"
            )
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two lists are called {name!r}; give each its own name")
        held = sum(party.seats for party in self.lists)
        if not held:
            raise ValueError("no list has a seat; an assembly needs at least one")
        if self.size is not None and held > self.size:
            raise ValueError(
                f"the lists' seats sum to {held}, {held - self.size} more than the chamber's "
                f"{self.size}; correct one of them"
            )

    @classmethod
    def of(
        cls,
        seats: Mapping[str, int],
        *,
        size: int | None = None,
        positions: Mapping[str, float | Mapping[str, float]] | None = None,
        camps: Mapping[str, Iterable[str]] | None = None,
        communities: Mapping[str, Iterable[str]] | None = None,
        vetoes: Iterable[tuple[str, str] | tuple[str, str, float]] = (),
        rivalries: Iterable[tuple[str, str]] = (),
        alliances: Iterable[tuple[str, str]] = (),
        incumbents: Iterable[str] = (),
        leader: str | None = None,
        force: Mapping[str, float] | None = None,
        alone: Iterable[str] = (),
        dimension: str | None = None,
        cabinets: Iterable[Cabinet] = (),
        date: dt.date | None = None,
        midterm: bool = False,
    ) -> Chamber:
        """The chamber with so many seats by list, the rest given by column.

        A position is a number, or numbers by dimension; `camps` and `communities` name their
        lists; a veto may have a probability as third; the members of lists `alone` sit one by one.

        >>> Chamber.of({"left": 40, "centre": 25, "right": 35}, positions={"left": -1, "right": 1})

        Raises ValueError for a list in two camps or communities, and as `Chamber` does.
        """
        positions, force, incumbents, alone = (
            positions or {},
            force or {},
            set(incumbents),
            set(alone),
        )
        camp, community = _by_list("camp", camps), _by_list("community", communities)
        named = {
            *positions,
            *force,
            *incumbents,
            *alone,
            *camp,
            *community,
            *([leader] if leader else []),
        }
        for name in sorted(named - set(seats)):
            raise ValueError(f"there is no list {name!r}; lists: {', '.join(seats) or 'none'}")
        lists = tuple(
            PartyList(
                name,
                count,
                _by_dimension(positions.get(name)),
                camp=camp.get(name),
                community=community.get(name),
                force=force.get(name, 0.0),
                bloc=name not in alone,
                incumbent=name in incumbents,
                leads=name == leader,
            )
            for name, count in seats.items()
        )
        return cls(
            lists,
            tuple(Veto(of, against, *rest) for of, against, *rest in vetoes),
            frozenset(frozenset(pair) for pair in rivalries),
            frozenset(frozenset(pair) for pair in alliances),
            size,
            dimension,
            tuple(cabinets),
            date,
            midterm,
        )

    @property
    def seats(self) -> int:
        """All seats, vacant ones included."""
        return sum(party.seats for party in self.lists) if self.size is None else self.size

    @property
    def majority(self) -> int:
        """Seats that are more than half."""
        return self.seats // 2 + 1

    @property
    def names(self) -> tuple[str, ...]:
        """The lists' ids, in order: list i is bit i of a coalition."""
        return tuple(party.id for party in self.lists)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions on which some list has a position, the main one first."""
        named = [self.dimension] if self.dimension else []
        return tuple(dict.fromkeys([*named, *(d for p in self.lists for d in p.positions)]))

    def lists_in(self, mask: int) -> tuple[PartyList, ...]:
        """The lists in a coalition, in order."""
        return tuple(party for i, party in enumerate(self.lists) if int(mask) >> i & 1)

    def place(self, party: PartyList) -> float | None:
        """A list's position on the main dimension, if it has one."""
        return party.positions.get(self.dimensions[0]) if self.dimensions else None

    def mask(self, *names: str) -> int:
        """The bitmask of the named lists. Raises ValueError if one is unknown."""
        places = {name: i for i, name in enumerate(self.names)}
        for name in names:
            if name not in places:
                raise ValueError(f"there is no list {name!r}")
        return sum(1 << places[name] for name in set(names))


def _check_pair(what: str, pair: Sequence[str], known: set[str]) -> None:
    for name in pair:
        if name not in known:
            raise ValueError(f"{what} names {name!r}; there is no such list")
    if len(set(pair)) != 2:
        raise ValueError(
            f"{what} names {', '.join(sorted(set(pair))) or 'nobody'}; expected two lists"
        )


def _by_dimension(position: float | Mapping[str, float] | None) -> dict[str, float]:
    if position is None:
        return {}
    return dict(position) if isinstance(position, Mapping) else {"position": float(position)}


def _by_list(what: str, groups: Mapping[str, Iterable[str]] | None) -> dict[str, str]:
    """The group of each list. Raises ValueError for a list in two."""
    found: dict[str, str] = {}
    for group, names in (groups or {}).items():
        for name in names:
            if name in found and found[name] != group:
                raise ValueError(
                    f"list {name!r} is in {what} {found[name]!r} and in {group!r}; keep it in one"
                )
            found[name] = group
    return found


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
    passed = largest_remainder(seats, heirs)
    return replace(
        chamber,
        lists=tuple(
            replace(
                party, seats=0 if party.id == leaving else party.seats + passed.get(party.id, 0)
            )
            for party in chamber.lists
        ),
    )


def largest_remainder(seats: int, weights: Mapping[K, float]) -> dict[K, int]:
    """Seats shared by weight: the whole parts first, then one each by what was cut off."""
    total = math.fsum(weights.values())
    exact = {name: seats * (weight / total) for name, weight in weights.items()}
    shared = {name: math.floor(share) for name, share in exact.items()}
    # Rounded, so that remainders that differ only by floating point count as equal.
    by_remainder = sorted(weights, key=lambda n: (round(shared[n] - exact[n], 9), n))
    for name in by_remainder[: seats - sum(shared.values())]:
        shared[name] += 1
    return shared
