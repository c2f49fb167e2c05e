"""What kind of government a coalition is, and who would stay away from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from clientela.chamber.coalitions import members, seats_of
from clientela.chamber.lists import Chamber


@dataclass(frozen=True)
class GovernmentRule:
    """A kind of government: all of `includes`, one of `includes_any`, none of `excludes`."""

    includes: tuple[str, ...] = ()
    includes_any: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()


def classify(
    chamber: Chamber, masks: np.ndarray, rules: Mapping[str, GovernmentRule]
) -> np.ndarray:
    """The number of the first rule that fits each coalition, −1 where none does."""
    inside = members(chamber, masks)
    place = {name: i for i, name in enumerate(chamber.names)}

    def columns(names: tuple[str, ...]) -> np.ndarray:
        return inside[:, [place[name] for name in names]]

    kinds = np.full(len(masks), -1)
    for number, rule in reversed(list(enumerate(rules.values()))):
        fits = columns(rule.includes).all(axis=1) & ~columns(rule.excludes).any(axis=1)
        if rule.includes_any:
            fits &= columns(rule.includes_any).any(axis=1)
        kinds[fits] = number
    return kinds


def opposed(chamber: Chamber, masks: np.ndarray) -> np.ndarray:
    """The lists outside each coalition that are opposed to it, as int64 bitmasks.

    A list is opposed if it is a rival of a member, or if its camp has a list that is a rival of
    the coalition's largest member and no list of that camp is in the coalition.
    """
    inside = members(chamber, masks)
    count = len(chamber.lists)
    rival = np.array(
        [[frozenset((a, b)) in chamber.rivalries for b in chamber.names] for a in chamber.names]
    ).reshape(count, count)
    against = (inside @ rival.astype(np.int64)) > 0
    seats = np.array([party.seats for party in chamber.lists])
    leader = np.where(inside, seats, -1).argmax(axis=1)
    camps = [party.camp for party in chamber.lists]
    for camp in sorted({c for c in camps if c}):
        own = np.array([c == camp for c in camps])
        hostile = rival[:, own].any(axis=1)[leader] & ~inside[:, own].any(axis=1)
        against |= hostile[:, None] & own
    against &= ~inside
    return (against.astype(np.int64) << np.arange(count)).sum(axis=1)


def blocking_groups(chamber: Chamber, present_needed: int) -> list[tuple[str, ...]]:
    """Minimal groups of lists whose absence denies the quorum, smallest first, then by seats.

    With two thirds of 329 needed present, 110 absentees block. Exact for up to 20 lists.
    """
    masks = np.arange(1, 1 << len(chamber.lists), dtype=np.int64)
    absent = chamber.seats - present_needed + 1
    seats = seats_of(chamber, masks)
    enough = masks[seats >= absent]
    inside = members(chamber, enough)
    smallest = np.where(inside, [p.seats for p in chamber.lists], np.iinfo(np.int64).max).min(axis=1)
    minimal = enough[seats_of(chamber, enough) - smallest < absent]
    groups = [tuple(np.array(chamber.names)[row]) for row in members(chamber, minimal)]
    sizes = {party.id: party.seats for party in chamber.lists}
    return sorted(groups, key=lambda g: (len(g), -sum(sizes[n] for n in g), g))

