"""The armed ruling coalition Φ of Acemoglu, Egorov & Sonin (2008)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations

LARGEST = 16


def ruling_coalitions(power: Sequence[float], alpha: float = 0.5) -> list[tuple[int, ...]]:
    """The ruling coalitions of players 0 … n − 1, each a sorted tuple; more than one only on ties.

    Φ(N) is the least powerful M ⊂ N with power(M) > α · power(N) and Φ(M) = M; if there is none,
    N itself (Acemoglu, Egorov & Sonin 2008, for generic powers). Where several such M have equal
    power the theory leaves open which rules, and all are returned. Raises ValueError for powers
    that are not positive, more than 16 players, or α outside [½, 1).
    """
    if not power or min(power) <= 0:
        raise ValueError("every power must be positive")
    if len(power) > LARGEST:
        raise ValueError(f"{len(power)} armed lists are too many; at most {LARGEST}")
    if not 0.5 <= alpha < 1:
        raise ValueError(f"alpha is {alpha:g}; expected at least 0.5 and under 1")

    def strength(group: tuple[int, ...]) -> float:
        return sum(power[i] for i in group)

    @cache
    def stable(group: tuple[int, ...]) -> bool:
        return phi(group) == [group]

    @cache
    def phi(group: tuple[int, ...]) -> list[tuple[int, ...]]:
        needed = alpha * strength(group)
        winning = [
            part
            for size in range(1, len(group))
            for part in combinations(group, size)
            if strength(part) > needed
        ]
        winning.sort(key=strength)
        found: list[tuple[int, ...]] = []
        for part in winning:
            if found and strength(part) > strength(found[0]):
                break
            if stable(part):
                found.append(part)
        return found or [group]

    return sorted(phi(tuple(range(len(power)))))
