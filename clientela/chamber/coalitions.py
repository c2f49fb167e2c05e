"""Coalitions as bitmasks: exact enumeration and the properties that need only seats."""

from __future__ import annotations

import numpy as np

from clientela.chamber.lists import Chamber

CHUNK = 1 << 18


def seats_of(chamber: Chamber, masks: np.ndarray) -> np.ndarray:
    """Seats of each coalition, shape (coalitions,)."""
    total = np.zeros(len(masks), dtype=np.int64)
    for i, party in enumerate(chamber.lists):
        total += ((masks >> i) & 1) * party.seats
    return total


def members(chamber: Chamber, masks: np.ndarray) -> np.ndarray:
    """Who is in each coalition, shape (coalitions, lists) of bool."""
    return ((masks[:, None] >> np.arange(len(chamber.lists))) & 1).astype(bool)


def feasible(chamber: Chamber, seats_needed: int, unbound_support: float = 0.0) -> np.ndarray:
    """Every coalition of blocs that could govern, ascending, as int64 bitmasks.

    A coalition is feasible if its seats, and the share `unbound_support` of the members who sit
    alone, reach `seats_needed`, and no two of its lists veto each other. Lists without seats and
    lists that are not blocs are in none. Enumerated in chunks, so memory holds only what is kept.
    """
    blocs = [i for i, party in enumerate(chamber.lists) if party.bloc and party.seats > 0]
    alone = sum(party.seats for party in chamber.lists if not party.bloc)
    needed = seats_needed - unbound_support * alone
    place = {party.id: i for i, party in enumerate(chamber.lists)}
    vetoes = [sum(1 << place[name] for name in pair) for pair in chamber.vetoes]
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

    Only the smallest member need be tried: if it can be spared, some member can.
    """
    seats = np.array([party.seats for party in chamber.lists])
    smallest = np.where(members(chamber, masks), seats, np.iinfo(np.int64).max).min(axis=1)
    total = seats_of(chamber, masks)
    return (total >= seats_needed) & (total - smallest < seats_needed)
