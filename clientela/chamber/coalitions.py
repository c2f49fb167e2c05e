"""Coalitions as bitmasks: exact enumeration, and what theories single out among them."""

from __future__ import annotations

import numpy as np

from clientela.chamber.lists import Chamber

MOST_BLOCS = 22
CHUNK = 1 << 18
# Members who sit one by one are usually counted on for this share when a coalition is judged
# feasible; whether they do vote for it is another matter.
UNBOUND_SUPPORT = 0.5


def seats_of(chamber: Chamber, masks: np.ndarray) -> np.ndarray:
    """Seats of each coalition, shape (coalitions,)."""
    total = np.zeros(len(masks), dtype=np.int64)
    for i, party in enumerate(chamber.lists):
        if party.seats:
            total += ((masks >> i) & 1) * party.seats
    return total


def members(chamber: Chamber, masks: np.ndarray) -> np.ndarray:
    """Who is in each coalition, shape (coalitions, lists) of bool."""
    inside = np.empty((len(chamber.lists), len(masks)), dtype=bool)
    for i in range(len(chamber.lists)):
        inside[i] = (masks >> i) & 1
    return inside.T


def own_seats_needed(chamber: Chamber, seats_needed: int, unbound_support: float) -> float:
    """Seats that blocs must bring, when members who sit alone lend a share of their votes."""
    if not 0 <= unbound_support <= 1:
        raise ValueError(
            f"the support of members who sit alone is {unbound_support}; expected 0 to 1"
        )
    alone = sum(party.seats for party in chamber.lists if not party.bloc)
    return seats_needed - unbound_support * alone


def feasible(chamber: Chamber, seats_needed: int, unbound_support: float = 0.0) -> np.ndarray:
    """Every coalition of blocs that could govern, ascending, as int64 bitmasks.

    A coalition is feasible if its seats, and the share `unbound_support` of the members who sit
    alone, reach `seats_needed`, and no two of its lists veto each other. Lists without seats and
    lists that are not blocs are in none. Enumerated in chunks, so memory holds only what is kept.
    Raises ValueError if there are more than 22 blocs.
    """
    needed = own_seats_needed(chamber, seats_needed, unbound_support)
    blocs = [i for i, party in enumerate(chamber.lists) if party.bloc and party.seats > 0]
    if len(blocs) > MOST_BLOCS:
        raise ValueError(
            f"{len(blocs)} lists make too many coalitions to enumerate, at most {MOST_BLOCS} do; "
            "group the smallest, or let their members sit one by one"
        )
    vetoes = [chamber.mask(v.of, v.against) for v in chamber.vetoes if v.probability == 1]
    kept = [np.zeros(0, dtype=np.int64)]
    for start in range(1, 1 << len(blocs), CHUNK):
        index = np.arange(start, min(start + CHUNK, 1 << len(blocs)), dtype=np.int64)
        masks = np.zeros_like(index)
        for bit, i in enumerate(blocs):
            masks |= ((index >> bit) & 1) << i
        good = seats_of(chamber, masks) >= needed
        for veto in vetoes:
            good &= (masks & veto) != veto
        kept.append(masks[good])
    return np.concatenate(kept)


def minimal_winning(chamber: Chamber, masks: np.ndarray, seats_needed: float) -> np.ndarray:
    """Whether each coalition wins and no member could be spared, shape (coalitions,) of bool.

    Only the smallest member need be tried: if any can be spared, it can.
    """
    total = seats_of(chamber, masks)
    smallest = np.full(len(masks), np.iinfo(np.int64).max)
    for i, party in enumerate(chamber.lists):
        is_member = ((masks >> i) & 1).astype(bool)
        np.minimum(smallest, party.seats, out=smallest, where=is_member)
    return (total >= seats_needed) & (total - smallest < seats_needed)


def minimum_size(chamber: Chamber, masks: np.ndarray, seats_needed: float) -> np.ndarray:
    """Whether each wins with the fewest seats of all those given, shape (coalitions,) of bool.

    Riker (1962). Several may, on a tie.
    """
    total = seats_of(chamber, masks)
    wins = total >= seats_needed
    return wins & (total == total[wins].min()) if wins.any() else wins


def minimum_range(chamber: Chamber, masks: np.ndarray, seats_needed: float) -> np.ndarray:
    """Whether each is minimal winning with the least range of those given, as bool (coalitions,).

    The range is the distance between the outermost members on the chamber's main dimension (Leiserson
    1966; de Swaan 1973); a coalition with a member that has no place has none, and is not among them.
    """
    low, high, placed = _ends(chamber, masks)
    candidate = minimal_winning(chamber, masks, seats_needed) & placed
    if not candidate.any():
        return candidate
    span = high - low
    least = span[candidate].min()
    return candidate & (span <= least + 1e-9 * max(abs(least), 1.0))


def connected(chamber: Chamber, masks: np.ndarray) -> np.ndarray:
    """Whether no list that sits lies strictly between a coalition's outermost members and is outside.

    Axelrod (1970), on the chamber's main dimension. Lists without a place are passed over; a
    coalition with a member that has none is not connected. Shape (coalitions,) of bool.
    """
    low, high, whole = _ends(chamber, masks)
    for i, party in enumerate(chamber.lists):
        place = chamber.place(party)
        if place is not None and party.seats and party.bloc:
            whole &= ((masks >> i) & 1).astype(bool) | (place <= low) | (place >= high)
    return whole


def blocking(chamber: Chamber, masks: np.ndarray, seats_needed: float) -> np.ndarray:
    """Whether all others together lack the seats, shape (coalitions,) of bool.

    Such a coalition can stop any government, whether or not it can form one.
    """
    held = sum(party.seats for party in chamber.lists)
    return held - seats_of(chamber, masks) < seats_needed


def _ends(chamber: Chamber, masks: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(lowest place of a member, highest, whether all have one), each of shape (coalitions,)."""
    low, high = np.full(len(masks), np.inf), np.full(len(masks), -np.inf)
    placed = masks != 0
    for i, party in enumerate(chamber.lists):
        inside = ((masks >> i) & 1).astype(bool)
        place = chamber.place(party)
        if place is None:
            placed &= ~inside
        else:
            np.minimum(low, place, out=low, where=inside)
            np.maximum(high, place, out=high, where=inside)
    return low, high, placed
