"""Covariates of coalitions, after Martin & Stevenson (2001) and for divided, armed societies."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from clientela.chamber.coalitions import members, minimal_winning, seats_of
from clientela.chamber.lists import Chamber
from clientela.chamber.ruling import ruling_coalitions

NAMES = (
    "minority",
    "minimal_winning",
    "number_of_lists",
    "contains_largest",
    "contains_median",
    "range",
    "opposition_range_if_minority",
    "incumbent_coalition",
    "incumbent_leader",
    "communities_missing",
    "armed_core",
    "client_seats",
)


def feature_table(
    chamber: Chamber,
    masks: np.ndarray,
    seats_needed: float,
    clients: Collection[str] = (),
    pairs: Sequence[tuple[str, str]] = (),
) -> tuple[tuple[str, ...], np.ndarray]:
    """(names, values) with values of shape (coalitions, features).

    The columns of `NAMES`, then `both:a+b` for each pair: 1 if both are in. Ranges are shares of
    the span of positions, 0–1; `communities_missing` the share of the chamber's communities with
    no list in the coalition; `client_seats` the share of the coalition's seats held by `clients`.
    """
    inside = members(chamber, masks)
    seats = np.array([party.seats for party in chamber.lists], dtype=float)
    total = seats_of(chamber, masks)
    minority = total < seats_needed
    span = _range(chamber, inside)
    columns = [
        minority,
        minimal_winning(chamber, masks, seats_needed),
        inside.sum(axis=1),
        inside[:, int(np.argmax(seats))],
        _contains_median(chamber, inside),
        span,
        np.where(minority, _range(chamber, ~inside & (seats > 0)), 0.0),
        _is_incumbent(chamber, inside),
        _any(inside, [party.leads for party in chamber.lists]),
        _communities_missing(chamber, inside),
        _contains_armed_core(chamber, inside),
        inside @ np.where([p.id in clients for p in chamber.lists], seats, 0.0) / np.maximum(total, 1),
    ]
    place = {name: i for i, name in enumerate(chamber.names)}
    columns += [inside[:, place[a]] & inside[:, place[b]] for a, b in pairs]
    names = (*NAMES, *(f"both:{a}+{b}" for a, b in pairs))
    return names, np.column_stack([np.asarray(column, dtype=float) for column in columns])


def median_list(chamber: Chamber) -> int | None:
    """The list of the median member on the dimension, or None without positions."""
    placed = [(p.position, i) for i, p in enumerate(chamber.lists) if p.position is not None]
    half, below = sum(chamber.lists[i].seats for _, i in placed) / 2, 0
    for _, i in sorted(placed):
        below += chamber.lists[i].seats
        if below >= half:
            return i
    return None


def _contains_median(chamber: Chamber, inside: np.ndarray) -> np.ndarray:
    median = median_list(chamber)
    return np.zeros(len(inside)) if median is None else inside[:, median]


def _range(chamber: Chamber, inside: np.ndarray) -> np.ndarray:
    """Largest distance between two lists in each group, as a share of that in the chamber."""
    places = np.array([np.nan if p.position is None else p.position for p in chamber.lists])
    known = ~np.isnan(places)
    if not known.any() or np.ptp(places[known]) == 0:
        return np.zeros(len(inside))
    group = inside & known
    high = np.where(group, places, -np.inf).max(axis=1)
    low = np.where(group, places, np.inf).min(axis=1)
    return np.where(group.any(axis=1), (high - low) / np.ptp(places[known]), 0.0)


def _any(inside: np.ndarray, wanted: Sequence[bool]) -> np.ndarray:
    return (inside & np.array(wanted)).any(axis=1)


def _is_incumbent(chamber: Chamber, inside: np.ndarray) -> np.ndarray:
    outgoing = np.array([p.incumbent and p.bloc and p.seats > 0 for p in chamber.lists])
    return (inside == outgoing).all(axis=1) & outgoing.any()


def _communities_missing(chamber: Chamber, inside: np.ndarray) -> np.ndarray:
    names = sorted({p.community for p in chamber.lists if p.community and p.bloc and p.seats > 0})
    if not names:
        return np.zeros(len(inside))
    present = [_any(inside, [p.community == name for p in chamber.lists]) for name in names]
    return 1.0 - np.mean(present, axis=0)


def _contains_armed_core(chamber: Chamber, inside: np.ndarray) -> np.ndarray:
    """1 if the coalition contains an armed ruling coalition of the lists that have arms."""
    armed = [i for i, p in enumerate(chamber.lists) if p.force > 0 and p.bloc and p.seats > 0]
    if not armed:
        return np.zeros(len(inside))
    found = np.zeros(len(inside), dtype=bool)
    for core in ruling_coalitions([chamber.lists[i].force for i in armed]):
        found |= inside[:, [armed[i] for i in core]].all(axis=1)
    return found
