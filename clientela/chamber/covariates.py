"""Covariates of coalitions: what distinguishes one government that could be from another.

Those of Martin & Stevenson (2001); seats and contiguity; who has governed before, and with whom;
and, for divided and armed societies, communities left out, the armed ruling coalition, a patron's
clients. They are computed by one compiled function of a coalition's bits, so that a table of a few
thousand rows and a pass over all 2^25 coalitions of a chamber use the same definitions.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

import numpy as np

from clientela.chamber.coalitions import own_seats_needed
from clientela.chamber.history import history_of
from clientela.chamber.lists import FAMILIES, Chamber, PartyList
from clientela.chamber.ruling import ruling_coalitions
from clientela.jit import allocating, compiled

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
    "seat_share",
    "off_half_squared",
    "gaps",
    "incumbent_coalition_midterm",
    "newcomers_midterm",
    "gain",
    "experience",
    "never_governed",
    "familiarity",
    "strangers",
    "governed_before",
    "minority_tradition",
    "communist",
    "far_right",
    "special_issue",
    "communities_missing",
    "armed_core",
    "client_seats",
)

# Their columns; those of pairs and vetoes follow.
(
    MINORITY,
    MINIMAL_WINNING,
    NUMBER_OF_LISTS,
    CONTAINS_LARGEST,
    CONTAINS_MEDIAN,
    RANGE,
    OPPOSITION_RANGE_IF_MINORITY,
    INCUMBENT_COALITION,
    INCUMBENT_LEADER,
    SEAT_SHARE,
    OFF_HALF_SQUARED,
    GAPS,
    INCUMBENT_COALITION_MIDTERM,
    NEWCOMERS_MIDTERM,
    GAIN,
    EXPERIENCE,
    NEVER_GOVERNED,
    FAMILIARITY,
    STRANGERS,
    GOVERNED_BEFORE,
    MINORITY_TRADITION,
    COMMUNIST,
    FAR_RIGHT,
    SPECIAL_ISSUE,
    COMMUNITIES_MISSING,
    ARMED_CORE,
    CLIENT_SEATS,
) = range(len(NAMES))
FIRST_PAIR = len(NAMES)


class Terms(NamedTuple):
    """A chamber as the numbers that covariates are made of; coalitions are bits over all lists.

    `counts` holds majority, seats that blocs must bring, all seats, span of the places, midterm,
    tradition, and the number of communities. Arrays by list: `seats`, `place` (NaN: none), `rank`
    (order of the place, −1: none), `client`, `gain`, `experience`, `never`. `familiarity` and
    `strangers` are lists × lists. `masks` holds, as bits: sitting lists, the largest, the median,
    the outgoing lists, the leader's, and the three families. `before`, `communities`, `cores`
    are masks of which one must be equal, touched, or contained; `pairs` masks to contain, a column
    each.
    """

    counts: np.ndarray
    seats: np.ndarray
    place: np.ndarray
    rank: np.ndarray
    client: np.ndarray
    gain: np.ndarray
    experience: np.ndarray
    never: np.ndarray
    familiarity: np.ndarray
    strangers: np.ndarray
    masks: np.ndarray
    before: np.ndarray
    communities: np.ndarray
    cores: np.ndarray
    pairs: np.ndarray


def covariate_names(chamber: Chamber, pairs: Sequence[tuple[str, str]] = ()) -> tuple[str, ...]:
    """`NAMES`, then `both:a+b` for each pair and `veto:a>b` for each veto that is not certain."""
    pairs = tuple(dict.fromkeys(pairs))
    unsure = [v for v in chamber.vetoes if 0 < v.probability < 1]
    both = (f"both:{a}+{b}" for a, b in pairs)
    return (*NAMES, *both, *(f"veto:{v.of}>{v.against}" for v in unsure))


def covariate_table(
    chamber: Chamber,
    masks: np.ndarray,
    seats_needed: int,
    *,
    unbound_support: float = 0.0,
    clients: Collection[str] = (),
    pairs: Sequence[tuple[str, str]] = (),
) -> tuple[tuple[str, ...], np.ndarray]:
    """(names, values) with values of shape (coalitions, covariates), the names as `covariate_names`.

    All are 0 or 1 unless said otherwise. After Martin & Stevenson (2001):

    - minority: its own seats are not more than half of the chamber's;
    - minimal_winning: it reaches `seats_needed`, with the support of members who sit alone, and
      could spare no list;
    - number_of_lists: how many;
    - contains_largest: it has the largest bloc (or one of those, on a tie);
    - contains_median: it has the list of the median member, see `median_list`;
    - range: largest distance between positions of its lists, as a share of the chamber's, 0–1;
    - opposition_range_if_minority: the same of the lists outside, 0 for a majority;
    - incumbent_coalition: it is exactly the lists of the outgoing government that still sit;
    - incumbent_leader: it has the list that held the head of that government.

    Of seats and places: seat_share: its share of all seats; off_half_squared: (seat_share − ½)²;
    gaps: how many lists outside lie between its outermost members; gain: the share of all seats
    its lists won or lost in the election just held, 0 within a term. Within a parliament's term:
    incumbent_coalition_midterm; newcomers_midterm: how many lists the outgoing government had not.

    Of the past, see `history_of`: experience: the share of past cabinets a list was in, summed over
    its lists; never_governed: how many of them were in none; familiarity: the share of past
    cabinets two lists were both in, summed over pairs; strangers: pairs that never governed
    together; governed_before: exactly these lists have been a cabinet; minority_tradition: minority
    times the country's share of minority cabinets over the usual. All 0 where no past is given.

    communist, far_right, special_issue: how many of its lists belong to the family.
    communities_missing: share of the communities in the chamber with no list in it, 0–1;
    armed_core: it contains an armed ruling coalition of the armed blocs, see `ruling`;
    client_seats: share of its seats that `clients` hold, 0–1.

    Lists without a position do not count for ranges, gaps and the median. Raises ValueError if a
    pair names an unknown list; clients that are not lists are passed over.
    """
    names = covariate_names(chamber, pairs)
    terms = terms_of(chamber, seats_needed, unbound_support, clients, pairs)
    values = np.zeros((len(masks), len(names)))
    _fill(terms, np.ascontiguousarray(masks, dtype=np.int64), values)
    return names, values


def terms_of(
    chamber: Chamber,
    seats_needed: int,
    unbound_support: float = 0.0,
    clients: Collection[str] = (),
    pairs: Sequence[tuple[str, str]] = (),
) -> Terms:
    """The chamber as numbers. Raises ValueError if a pair names an unknown list."""
    pairs = tuple(dict.fromkeys(pairs))
    unsure = [(v.of, v.against) for v in chamber.vetoes if 0 < v.probability < 1]
    past = history_of(chamber)
    place = np.array([np.nan if (at := chamber.place(p)) is None else at for p in chamber.lists])
    known = place[~np.isnan(place)]
    communities = _communities(chamber)
    return Terms(
        counts=np.array(
            [
                chamber.majority,
                own_seats_needed(chamber, seats_needed, unbound_support),
                chamber.seats,
                known.max() - known.min() if len(known) else 0.0,
                chamber.midterm,
                past.minority_tradition,
                max(len(communities), 1),
            ],
            dtype=float,
        ),
        seats=np.array([p.seats for p in chamber.lists], dtype=np.int64),
        place=place,
        rank=_ranks(chamber, place),
        client=np.array([p.id in clients for p in chamber.lists], dtype=np.int64),
        gain=np.array([p.gain for p in chamber.lists], dtype=float),
        experience=past.experience,
        never=past.never,
        familiarity=past.familiarity,
        strangers=past.strangers,
        masks=_masks(chamber),
        before=past.cabinets,
        communities=communities,
        cores=armed_cores(chamber),
        pairs=np.array([chamber.mask(a, b) for a, b in (*pairs, *unsure)], dtype=np.int64),
    )


def median_list(chamber: Chamber) -> int | None:
    """The list of the median member on the main dimension, or None without positions.

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


def _masks(chamber: Chamber) -> np.ndarray:
    most = max((p.seats for p in chamber.lists if p.bloc), default=0)
    sitting = _mask(chamber, lambda p: p.bloc and p.seats > 0)
    median = median_list(chamber)
    families = [_mask(chamber, lambda p, f=family: p.family == f) for family in FAMILIES]
    return np.array(
        [
            _mask(chamber, lambda p: p.seats > 0),
            _mask(chamber, lambda p: p.bloc and p.seats == most),
            0 if median is None else 1 << median,
            sitting & _mask(chamber, lambda p: p.incumbent),
            _mask(chamber, lambda p: p.leads),
            *families,
        ],
        dtype=np.int64,
    )


def _ranks(chamber: Chamber, place: np.ndarray) -> np.ndarray:
    """The order of the places of blocs that sit, −1 for other lists."""
    ranks = np.full(len(place), -1, dtype=np.int64)
    sitting = [
        i for i, p in enumerate(chamber.lists) if p.bloc and p.seats and place[i] == place[i]
    ]
    for rank, i in enumerate(sorted(sitting, key=lambda i: (place[i], i))):
        ranks[i] = rank
    return ranks


def _communities(chamber: Chamber) -> np.ndarray:
    names = {p.community for p in chamber.lists if p.community and p.bloc and p.seats > 0}
    return np.array(
        [_mask(chamber, lambda p, n=name: p.community == n) for name in sorted(names)],
        dtype=np.int64,
    )


def armed_cores(chamber: Chamber) -> np.ndarray:
    """The armed ruling coalitions of the blocs that have arms, as bits; more than one on ties."""
    armed = [i for i, p in enumerate(chamber.lists) if p.force > 0 and p.bloc and p.seats > 0]
    cores = ruling_coalitions([chamber.lists[i].force for i in armed]) if armed else []
    return np.array([sum(1 << armed[k] for k in core) for core in cores], dtype=np.int64)


@allocating()
def _fill(terms, masks, values):
    inside = np.zeros(len(terms.seats) + 1, np.int64)
    for row in range(len(masks)):
        covariates(terms, masks[row], values[row], inside)


@compiled()
def covariates(terms, mask, out, inside):
    """Writes the covariates of one coalition, in the order of `covariate_names`.

    `inside` is room for the numbers of its lists, one more than there are lists.
    """
    count = 0
    for i in range(terms.seats.shape[0]):  # without a branch that the processor would guess wrong
        inside[count] = i
        count += (mask >> i) & 1
    _seats(terms, mask, out, inside, count)
    _places(terms, mask, out)
    _past(terms, mask, out, inside, count)
    _ties(terms, mask, out)


@compiled(forceinline=True)
def _seats(terms, mask, out, inside, count):
    """Minority, minimal winning, number, largest, median, incumbents, seat share, newcomers."""
    held, smallest, clients, newcomers = 0, np.int64(1) << 62, 0, 0
    outgoing = terms.masks[3]
    for k in range(count):
        i = inside[k]
        held += terms.seats[i]
        smallest = min(smallest, terms.seats[i])
        clients += terms.seats[i] * terms.client[i]
        newcomers += 1 - ((outgoing >> i) & 1)
    needed = terms.counts[1]
    share = held / terms.counts[2]
    same = 1.0 if mask == outgoing and outgoing != 0 else 0.0
    out[MINORITY] = held < terms.counts[0]
    out[MINIMAL_WINNING] = held >= needed and held - smallest < needed
    out[NUMBER_OF_LISTS] = count
    out[CONTAINS_LARGEST] = (mask & terms.masks[1]) != 0
    out[CONTAINS_MEDIAN] = (mask & terms.masks[2]) != 0
    out[INCUMBENT_COALITION] = same
    out[INCUMBENT_LEADER] = (mask & terms.masks[4]) != 0
    out[SEAT_SHARE] = share
    out[OFF_HALF_SQUARED] = (share - 0.5) ** 2
    out[INCUMBENT_COALITION_MIDTERM] = same * terms.counts[4]
    out[NEWCOMERS_MIDTERM] = newcomers * terms.counts[4]
    out[CLIENT_SEATS] = clients / max(held, 1)


@compiled(forceinline=True)
def _places(terms, mask, out):
    """Range, range of the opposition if in minority, gaps."""
    sitting = terms.masks[0]
    low, high, other_low, other_high = np.inf, -np.inf, np.inf, -np.inf
    first, last, placed = np.int64(1) << 62, -1, 0
    for i in range(terms.place.shape[0]):
        place = terms.place[i]
        if place != place:
            continue
        if (mask >> i) & 1:
            low, high = min(low, place), max(high, place)
            if terms.rank[i] >= 0:
                first, last, placed = (
                    min(first, terms.rank[i]),
                    max(last, terms.rank[i]),
                    placed + 1,
                )
        elif (sitting >> i) & 1:
            other_low, other_high = min(other_low, place), max(other_high, place)
    span = terms.counts[3]
    out[RANGE] = (high - low) / span if span > 0.0 and high > low else 0.0
    out[OPPOSITION_RANGE_IF_MINORITY] = 0.0
    if out[MINORITY] > 0.0 and span > 0.0 and other_high > other_low:
        out[OPPOSITION_RANGE_IF_MINORITY] = (other_high - other_low) / span
    out[GAPS] = last - first + 1 - placed if placed > 0 else 0.0


@compiled(forceinline=True)
def _past(terms, mask, out, inside, count):
    """Gains, experience, familiarity, what governed before; families."""
    gain, experience, never, familiarity, strangers = 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(count):
        i = inside[k]
        gain += terms.gain[i]
        experience += terms.experience[i]
        never += terms.never[i]
        for h in range(k):
            j = inside[h]
            familiarity += terms.familiarity[i, j]
            strangers += terms.strangers[i, j]
    out[GAIN], out[EXPERIENCE], out[NEVER_GOVERNED], out[FAMILIARITY], out[STRANGERS] = (
        gain * (1.0 - terms.counts[4]),
        experience,
        never,
        familiarity,
        strangers,
    )
    out[GOVERNED_BEFORE] = 0.0
    for k in range(terms.before.shape[0]):
        if terms.before[k] == mask:
            out[GOVERNED_BEFORE] = 1.0
    out[MINORITY_TRADITION] = out[MINORITY] * terms.counts[5]
    for f in range(3):
        out[COMMUNIST + f] = _bits(mask & terms.masks[5 + f])


@compiled(forceinline=True)
def _ties(terms, mask, out):
    """Communities left out, armed ruling coalitions, pairs."""
    missing = 0
    for k in range(terms.communities.shape[0]):
        missing += (mask & terms.communities[k]) == 0
    out[COMMUNITIES_MISSING] = missing / terms.counts[6]
    out[ARMED_CORE] = 0.0
    for k in range(terms.cores.shape[0]):
        if (mask & terms.cores[k]) == terms.cores[k]:
            out[ARMED_CORE] = 1.0
    for k in range(terms.pairs.shape[0]):
        out[FIRST_PAIR + k] = (mask & terms.pairs[k]) == terms.pairs[k]


@compiled(forceinline=True)
def _bits(mask):
    count = 0
    while mask:
        mask &= mask - 1
        count += 1
    return count
