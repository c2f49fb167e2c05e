"""The armed ruling coalition Φ of Acemoglu, Egorov & Sonin (2008)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

LARGEST = 16
# Sums of powers that differ by less than this share of the whole are taken to be equal.
TIE = 1e-9


def ruling_coalitions(power: Sequence[float], alpha: float = 0.5) -> list[tuple[int, ...]]:
    """The ruling coalitions of players 0 … n − 1, each a sorted tuple; more than one only on ties.

    Φ(N) is the least powerful M ⊂ N with power(M) > α · power(N) and Φ(M) = M; if there is none,
    N itself (Acemoglu, Egorov & Sonin 2008, for generic powers). Where several such M have equal
    power the theory leaves open which rules, and all are returned. Exact ties also change who can
    rule: near-equals enforce themselves in 1, 3, 7, 15, …, exact equals in 1, 2, 4, 8, …

    Raises ValueError for powers that are not positive and finite, more than 16 players, or α
    outside [½, 1).
    """
    stable, strength = _self_enforcing(power, alpha)
    everyone = (1 << len(power)) - 1
    tie = TIE * strength[everyone]
    winning = stable[strength[stable] > alpha * strength[everyone] + tie]
    if not len(winning):
        return [tuple(range(len(power)))]
    rulers = winning[strength[winning] <= strength[winning].min() + tie]
    return sorted(_players(ruler) for ruler in rulers.tolist())


def self_enforcing(power: Sequence[float], alpha: float = 0.5) -> list[tuple[int, ...]]:
    """The coalitions M with Φ(M) = M, smallest first: those that no part of them will overthrow.

    Raises ValueError as `ruling_coalitions` does.
    """
    stable, _ = _self_enforcing(power, alpha)
    groups = [_players(mask) for mask in stable.tolist()]
    return sorted(groups, key=lambda group: (len(group), group))


def _players(mask: int) -> tuple[int, ...]:
    return tuple(i for i in range(LARGEST) if mask >> i & 1)


def _self_enforcing(power: Sequence[float], alpha: float) -> tuple[np.ndarray, np.ndarray]:
    """(bitmasks of the self-enforcing coalitions, power of every coalition by bitmask).

    M is self-enforcing iff none of its proper parts is both self-enforcing and more powerful than
    α · power(M); so sizes are taken in turn, each checked against the smaller ones found.
    """
    _check(power, alpha)
    count = len(power)
    masks = np.arange(1 << count)
    strength = np.zeros(1 << count)
    for i, own in enumerate(power):
        strength += ((masks >> i) & 1) * own
    needed = alpha * strength + TIE * strength[-1]
    sizes = np.bitwise_count(masks)
    stable = np.zeros(0, dtype=np.int64)
    for size in range(1, count + 1):
        groups = masks[sizes == size]
        survives = np.ones(len(groups), dtype=bool)
        for part in stable.tolist():
            survives &= ~(((groups & part) == part) & (strength[part] > needed[groups]))
        stable = np.concatenate([stable, groups[survives]])
    return stable, strength


def _check(power: Sequence[float], alpha: float) -> None:
    if not power or not all(math.isfinite(own) and own > 0 for own in power):
        raise ValueError("every power must be a positive number, and there must be one at least")
    if len(power) > LARGEST:
        raise ValueError(f"{len(power)} armed lists are too many; at most {LARGEST}")
    if not 0.5 <= alpha < 1:
        raise ValueError(f"alpha is {alpha:g}; expected at least 0.5 and under 1")
