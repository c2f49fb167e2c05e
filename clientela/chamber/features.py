"""Covariates of coalitions, after Martin & Stevenson (2001) and for divided, armed societies."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np

from clientela.chamber.coalitions import minimal_winning, own_seats_needed, seats_of
from clientela.chamber.lists import Chamber, PartyList
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
    seats_needed: int,
    *,
    unbound_support: float = 0.0,
    clients: Collection[str] = (),
    pairs: Sequence[tuple[str, str]] = (),
) -> tuple[tuple[str, ...], np.ndarray]:
    """(names, values) with values of shape (coalitions, features).

    The columns of `NAMES`, then `both:a+b` for each pair, once each, and `veto:a>b` for each veto
    that is not certain. All are 0 or 1 unless said
    otherwise:

    - minority: its own seats are not more than half of the chamber's;
    - minimal_winning: it reaches `seats_needed`, with the support of members who sit alone, and
      could spare no list;
    - number_of_lists: how many;
    - contains_largest: it has the largest bloc (or one of those, on a tie);
    - contains_median: it has the list of the median member, see `median_list`;
    - range: largest distance between positions of its lists, as a share of the chamber's, 0–1;
    - opposition_range_if_minority: the same of the lists outside, 0 for a majority;
    - incumbent_coalition: it is exactly the lists of the outgoing government that still sit;
    - incumbent_leader: it has the list that held the head of that government;
    - communities_missing: share of the communities in the chamber with no list in it, 0–1;
    - armed_core: it contains an armed ruling coalition of the armed blocs, see `ruling`;
    - client_seats: share of its seats that `clients` hold, 0–1.

    Lists without a position do not count for ranges and the median. Raises ValueError if a pair
    names an unknown list; clients that are not lists are passed over.
    """
    pairs = tuple(dict.fromkeys(pairs))
    unsure = [(v.of, v.against) for v in chamber.vetoes if 0 < v.probability < 1]
    total = seats_of(chamber, masks)
    minority = total < chamber.majority
    outside = _mask(chamber, lambda p: p.seats > 0) & ~masks
    sitting = _mask(chamber, lambda p: p.bloc and p.seats > 0)
    outgoing = sitting & _mask(chamber, lambda p: p.incumbent)
    of_clients = seats_of(chamber, masks & _mask(chamber, lambda p: p.id in clients))
    columns: list[np.ndarray] = [
        minority,
        minimal_winning(chamber, masks, own_seats_needed(chamber, seats_needed, unbound_support)),
        np.bitwise_count(masks),
        _has_any(masks, _largest(chamber)),
        _has_any(masks, 0 if (median := median_list(chamber)) is None else 1 << median),
        _range(chamber, masks),
        np.where(minority, _range(chamber, outside), 0.0),
        (masks == outgoing) & (outgoing != 0),
        _has_any(masks, _mask(chamber, lambda p: p.leads)),
        _communities_missing(chamber, masks),
        _contains_armed_core(chamber, masks),
        of_clients / np.maximum(total, 1),
        *(_has_all(masks, chamber.mask(a, b)) for a, b in (*pairs, *unsure)),
    ]
    values = np.empty((len(masks), len(columns)))
    for k, column in enumerate(columns):
        values[:, k] = column
    named = (*(f"both:{a}+{b}" for a, b in pairs), *(f"veto:{a}>{b}" for a, b in unsure))
    return (*NAMES, *named), values


def median_list(chamber: Chamber) -> int | None:
    """The list of the median member on the dimension, or None without positions.

    Counted from the lowest position over the seats of lists with a known one; where the middle
    falls between two lists, the lower is taken, and lists at one place count in their order.
    """
    placed = sorted(
        (place, i, p.seats)
        for i, p in enumerate(chamber.lists)
        if (place := chamber.place(p)) is not None and p.seats > 0
    )
    half, below = sum(seats for _, _, seats in placed) / 2, 0
    for _, i, seats in placed:
        below += seats
        if below >= half:
            return i
    return None


def _mask(chamber: Chamber, fits: Callable[[PartyList], bool]) -> int:
    return sum(1 << i for i, party in enumerate(chamber.lists) if fits(party))


def _has_any(masks: np.ndarray, wanted: int) -> np.ndarray:
    return (masks & wanted) != 0


def _has_all(masks: np.ndarray, wanted: int) -> np.ndarray:
    return (masks & wanted) == wanted


def _largest(chamber: Chamber) -> int:
    """The blocs with the most seats, as a bitmask."""
    most = max((p.seats for p in chamber.lists if p.bloc), default=0)
    return _mask(chamber, lambda p: p.bloc and p.seats == most)


def _range(chamber: Chamber, masks: np.ndarray) -> np.ndarray:
    """Largest distance between two lists of each group, as a share of that in the chamber."""
    placed = [(i, at) for i, p in enumerate(chamber.lists) if (at := chamber.place(p)) is not None]
    span = max((at for _, at in placed), default=0.0) - min((at for _, at in placed), default=0.0)
    if span == 0:
        return np.zeros(len(masks))
    high, low = np.full(len(masks), -np.inf), np.full(len(masks), np.inf)
    for i, position in placed:
        is_member = _has_any(masks, 1 << i)
        np.maximum(high, position, out=high, where=is_member)
        np.minimum(low, position, out=low, where=is_member)
    return np.maximum(high - low, 0.0) / span  # −∞ for a group without any known position


def _communities_missing(chamber: Chamber, masks: np.ndarray) -> np.ndarray:
    names = {p.community for p in chamber.lists if p.community and p.bloc and p.seats > 0}
    missing = np.zeros(len(masks))
    for name in names:
        missing += ~_has_any(masks, _mask(chamber, lambda p, name=name: p.community == name))
    return missing / max(len(names), 1)


def _contains_armed_core(chamber: Chamber, masks: np.ndarray) -> np.ndarray:
    """Whether each coalition contains an armed ruling coalition of the blocs that have arms."""
    armed = [i for i, p in enumerate(chamber.lists) if p.force > 0 and p.bloc and p.seats > 0]
    found = np.zeros(len(masks), dtype=bool)
    if armed:
        for core in ruling_coalitions([chamber.lists[i].force for i in armed]):
            found |= _has_all(masks, sum(1 << armed[k] for k in core))
    return found
