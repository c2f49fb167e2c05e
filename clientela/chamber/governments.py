"""What kind of government a coalition is, and who would stay away from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from clientela.chamber.lists import Chamber


@dataclass(frozen=True)
class GovernmentRule:
    """A kind of government: all of `includes`, one of `includes_any`, none of `excludes`.

    A rule that names nobody fits every coalition.
    """

    includes: tuple[str, ...] = ()
    includes_any: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()


def classify(
    chamber: Chamber, masks: np.ndarray, rules: Mapping[str, GovernmentRule]
) -> np.ndarray:
    """The number of the first rule that fits each coalition, −1 where none does; int64.

    Raises ValueError if a rule names an unknown list.
    """
    kinds = np.full(len(masks), -1, dtype=np.int64)
    # From the last to the first, so that the first that fits is what stays.
    for number, rule in reversed(list(enumerate(rules.values()))):
        required = chamber.mask(*rule.includes)
        fits = ((masks & required) == required) & ((masks & chamber.mask(*rule.excludes)) == 0)
        if rule.includes_any:
            fits &= (masks & chamber.mask(*rule.includes_any)) != 0
        kinds[fits] = number
    return kinds


def opposed(chamber: Chamber, masks: np.ndarray) -> np.ndarray:
    """The lists outside each coalition that are opposed to it, as int64 bitmasks.

    A list is opposed if it is a rival of a member; if its camp has a list that is a rival of the
    coalition's largest member and no list of that camp is in the coalition; or if it is an ally
    of a list opposed for one of these reasons and of no member. Of members of equal size the
    first counts as the largest.
    """
    rivals = [_tied(chamber, chamber.rivalries, name) for name in chamber.names]
    against = np.zeros(len(masks), dtype=np.int64)
    for i, of_list in enumerate(rivals):
        against |= ((masks & of_list) != 0).astype(np.int64) << i
    leader = _largest_member(chamber, masks)
    for camp in sorted({party.camp for party in chamber.lists if party.camp}):
        numbers = [i for i, party in enumerate(chamber.lists) if party.camp == camp]
        own, of_camp = sum(1 << i for i in numbers), 0
        for i in numbers:
            of_camp |= rivals[i]
        hostile = ((leader & of_camp) != 0) & ((masks & own) == 0)
        against |= np.where(hostile, own, 0)
    against &= ~masks
    friends = np.zeros(len(masks), dtype=np.int64)
    for i, name in enumerate(chamber.names):
        allies = _tied(chamber, chamber.alliances, name)
        joins = ((against & allies) != 0) & ((masks & allies) == 0)
        friends |= joins.astype(np.int64) << i
    return (against | friends) & ~masks


def _tied(chamber: Chamber, pairs: frozenset[frozenset[str]], name: str) -> int:
    """The other sides of a list's pairs, as a bitmask."""
    found: set[str] = set()
    for pair in pairs:
        if name in pair:
            found |= pair - {name}
    return chamber.mask(*found)


def _largest_member(chamber: Chamber, masks: np.ndarray) -> np.ndarray:
    """The bit of each coalition's largest member."""
    leader = np.zeros(len(masks), dtype=np.int64)
    most = np.full(len(masks), -1, dtype=np.int64)
    for i, party in enumerate(chamber.lists):
        larger = (((masks >> i) & 1) == 1) & (party.seats > most)
        leader[larger] = 1 << i
        most[larger] = party.seats
    return leader
