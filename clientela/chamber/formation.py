"""Which government forms: P(S) ∝ exp(β · x_S) over all feasible coalitions, by enumeration.

Coalitions are gone through in chunks, on all processors, and none are held: 2^25 of them take the
memory of one chunk. Beyond that `sampling` draws from the same distribution.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np

from clientela.chamber.coalitions import own_seats_needed
from clientela.chamber.covariates import (
    MINIMAL_WINNING,
    MINORITY,
    NUMBER_OF_LISTS,
    covariate_names,
    covariates,
    terms_of,
)
from clientela.chamber.lists import Chamber
from clientela.jit import compiled

MOST_BLOCS = 25
CHUNK = 1 << 17
R = TypeVar("R")


@dataclass(frozen=True)
class Likely:
    """A coalition with its probability and its seats."""

    lists: tuple[str, ...]
    probability: float
    seats: int


@dataclass(frozen=True, eq=False)
class Formation:
    """The distribution over a chamber's feasible coalitions.

    `coalitions` is how many are feasible; `inclusion` the probability of each list to be in the
    government, `minority` and `minimal_winning` of a government of that kind, `size` the expected
    number of lists; `likeliest` the coalitions in order. Averages over the β given.
    """

    coalitions: int
    inclusion: dict[str, float]
    minority: float
    minimal_winning: float
    size: float
    likeliest: list[Likely]


def form(
    chamber: Chamber,
    beta: Mapping[str, float] | np.ndarray,
    *,
    seats_needed: int = 1,
    unbound_support: float = 0.0,
    top: int = 10,
) -> Formation:
    """The distribution over all coalitions that could govern.

    `beta` gives log weights by covariate, 0 where absent; or draws of them, shape (draws,
    covariates) in the order of `covariate_names`, over which probabilities are averaged. A
    coalition is feasible if it has `seats_needed`, with the share `unbound_support` of the members
    who sit alone, and no veto forbids it; a veto with a probability takes that much of its weight.
    Raises ValueError for an unknown covariate, more than 25 blocs, and if none is feasible.
    """
    space = _space(chamber, seats_needed, unbound_support)
    betas = beta_matrix(chamber, beta)
    chunks = [(lo, min(lo + CHUNK, space.last)) for lo in range(1, space.last, CHUNK)]

    def normalise(lo: int, hi: int) -> tuple[np.ndarray, np.ndarray]:
        peak, total = np.full(len(betas), -np.inf), np.zeros(len(betas) + 1)
        _normalise(space, betas, *room(chamber, betas), lo, hi, peak, total)
        return peak, total

    parts = list(_on_all_processors(normalise, chunks))
    peaks, totals = np.array([p for p, _ in parts]), np.array([t for _, t in parts])
    feasible = int(totals[:, -1].sum())
    if not feasible:
        raise ValueError(
            f"no coalition reaches {seats_needed} of {chamber.seats} seats; check seats and vetoes"
        )
    peak = peaks.max(axis=0)
    log_total = peak + np.log((totals[:, :-1] * np.exp(peaks - peak)).sum(axis=0))

    def gather(lo: int, hi: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        sums = np.zeros(len(chamber.lists) + 3)
        best, which = np.full(top, -1.0), np.zeros(top, dtype=np.int64)
        _gather(space, betas, log_total, *room(chamber, betas), lo, hi, sums, best, which)
        return sums, best, which

    gathered = list(_on_all_processors(gather, chunks))
    return _told(chamber, feasible, gathered, top)


def beta_matrix(chamber: Chamber, beta: Mapping[str, float] | np.ndarray) -> np.ndarray:
    """Log weights as a matrix (draws, covariates). Raises ValueError for an unknown covariate."""
    names = covariate_names(chamber)
    if isinstance(beta, np.ndarray):
        betas = np.atleast_2d(np.asarray(beta, dtype=float))
        if betas.shape[1] != len(names):
            raise ValueError(f"beta has {betas.shape[1]} columns; expected {len(names)}, one per covariate")  # fmt: skip
        return np.ascontiguousarray(betas)
    for name in beta:
        if name not in names:
            raise ValueError(f"there is no covariate {name!r}; expected one of {', '.join(names)}")
    return np.array([[float(beta.get(name, 0.0)) for name in names]])


class Space(NamedTuple):
    """The coalitions of a chamber: its terms, the blocs' bits, and what is infeasible."""

    terms: tuple
    blocs: np.ndarray
    needed: float
    vetoes: np.ndarray
    log_doubt: np.ndarray  # per veto: log of the weight that is left; −∞ if it is absolute
    last: int


def space_of(chamber: Chamber, seats_needed: int, unbound_support: float) -> Space:
    """The coalitions of a chamber, of any number of blocs."""
    blocs = [i for i, party in enumerate(chamber.lists) if party.bloc and party.seats > 0]
    with np.errstate(divide="ignore"):
        doubt = np.log(1.0 - np.array([v.probability for v in chamber.vetoes], dtype=float))
    return Space(
        terms=terms_of(chamber, seats_needed, unbound_support),
        blocs=np.array([1 << i for i in blocs], dtype=np.int64),
        needed=float(own_seats_needed(chamber, seats_needed, unbound_support)),
        vetoes=np.array([chamber.mask(v.of, v.against) for v in chamber.vetoes], dtype=np.int64),
        log_doubt=doubt,
        last=1 << len(blocs),
    )


def _space(chamber: Chamber, seats_needed: int, unbound_support: float) -> Space:
    space = space_of(chamber, seats_needed, unbound_support)
    if len(space.blocs) > MOST_BLOCS:
        raise ValueError(
            f"{len(space.blocs)} blocs make too many coalitions to go through, at most {MOST_BLOCS} "
            "do; use sample(), or group the smallest"
        )
    return space


def room(chamber: Chamber, betas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What one thread writes to: a coalition's covariates, and the numbers of its lists."""
    return np.zeros(betas.shape[1]), np.zeros(len(chamber.lists) + 1, dtype=np.int64)


def _on_all_processors(work: Callable[[int, int], R], chunks: list[tuple[int, int]]) -> Iterator[R]:
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        yield from pool.map(lambda chunk: work(*chunk), chunks)


def likely(chamber: Chamber, mask: int, probability: float) -> Likely:
    """A coalition, from its bits, with its probability."""
    inside = chamber.lists_in(mask)
    return Likely(tuple(p.id for p in inside), probability, sum(p.seats for p in inside))


def _told(
    chamber: Chamber,
    feasible: int,
    gathered: list[tuple[np.ndarray, np.ndarray, np.ndarray]],
    top: int,
) -> Formation:
    count = len(chamber.lists)
    sums = np.sum([part[0] for part in gathered], axis=0)
    best = np.concatenate([part[1] for part in gathered])
    which = np.concatenate([part[2] for part in gathered])
    # Of equal ones the lower bitmask comes first.
    order = [i for i in np.lexsort((which, -best)) if best[i] >= 0][:top]
    likeliest = []
    for i in order:
        likeliest.append(likely(chamber, int(which[i]), float(best[i])))
    return Formation(
        coalitions=feasible,
        inclusion=dict(zip(chamber.names, sums[:count].tolist(), strict=True)),
        minority=float(sums[count]),
        minimal_winning=float(sums[count + 1]),
        size=float(sums[count + 2]),
        likeliest=likeliest,
    )


@compiled(forceinline=True)
def coalition(space, number):
    """The bits of a coalition by its number among all of the blocs."""
    mask = np.int64(0)
    at = 0
    while number:
        if number & 1:
            mask |= space.blocs[at]
        number >>= 1
        at += 1
    return mask


@compiled()
def log_feasible(space, mask):
    """0 if a coalition can govern, less if a veto may forbid it, −∞ if it cannot."""
    held = 0
    for i in range(space.terms.seats.shape[0]):
        if (mask >> i) & 1:
            held += space.terms.seats[i]
    if held < space.needed or mask == 0:
        return -np.inf
    left = 0.0
    for k in range(space.vetoes.shape[0]):
        if (mask & space.vetoes[k]) == space.vetoes[k]:
            left += space.log_doubt[k]
    return left


@compiled(forceinline=True)
def described(space, mask, x, inside):
    """`log_feasible` of a coalition; if it can govern, x becomes its covariates."""
    left = log_feasible(space, mask)
    if left > -np.inf:
        covariates(space.terms, mask, x, inside)
    return left


@compiled(forceinline=True)
def utility(betas, r, x):
    """β · x of one draw of β."""
    value = 0.0
    for k in range(x.shape[0]):
        value += betas[r, k] * x[k]
    return value


@compiled()
def _normalise(space, betas, x, inside, lo, hi, peak, total):
    """Adds up exp(β · x) by draw of β, over the feasible coalitions; the last total counts them."""
    for number in range(lo, hi):
        mask = coalition(space, number)
        left = described(space, mask, x, inside)
        if left == -np.inf:
            continue
        total[betas.shape[0]] += 1.0
        for r in range(betas.shape[0]):
            u = left + utility(betas, r, x)
            if u > peak[r]:
                total[r] *= np.exp(peak[r] - u)
                peak[r] = u
            total[r] += np.exp(u - peak[r])


@compiled()
def _gather(space, betas, log_total, x, inside, lo, hi, sums, best, which):
    """Adds up probabilities by list and kind, and keeps the likeliest coalitions in order."""
    lists = sums.shape[0] - 3
    for number in range(lo, hi):
        mask = coalition(space, number)
        left = described(space, mask, x, inside)
        if left == -np.inf:
            continue
        chance = 0.0
        for r in range(betas.shape[0]):
            chance += np.exp(left + utility(betas, r, x) - log_total[r])
        chance /= betas.shape[0]
        for i in range(lists):
            if (mask >> i) & 1:
                sums[i] += chance
        sums[lists] += chance * x[MINORITY]
        sums[lists + 1] += chance * x[MINIMAL_WINNING]
        sums[lists + 2] += chance * x[NUMBER_OF_LISTS]
        place = best.shape[0]
        while place > 0 and best[place - 1] < chance:
            place -= 1
        for k in range(best.shape[0] - 1, place, -1):
            best[k], which[k] = best[k - 1], which[k - 1]
        if place < best.shape[0]:
            best[place], which[place] = chance, mask
