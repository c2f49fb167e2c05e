"""How often each player is decisive, counted exactly by generating functions.

A coalition wins iff those outside it can be spared: under every rule they have no more votes than
the spare ones, all votes less the quota. The sets T of players within v votes are the coefficients
of Π_j (1 + t x^{w_j}) / (1 − x), t for their number and x for their votes (Brams & Affuso 1976 use
such functions for power indices). One table serves all players, since dividing by a player's own
factor leaves the sets of the others (as in Kakimura & Terai 2025, arXiv:2511.14995). Several rules
are several x.

Counts of a few hundred players have hundreds of bits. Since they are made by additions alone, they
are made modulo a few coprime numbers just under 2^50, in words of 64 bits, and put together by the
Chinese remainder theorem: exact, without long integers in the tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, takewhile
from math import comb, gcd, prod

import numpy as np

Votes = tuple[int, ...]  # of one player, by rule

MOST_BYTES = 10**9
RESIDUE_BITS = 50
DOUBLINGS = 63 - RESIDUE_BITS  # a residue may double so often within a word
BATCH_BYTES = 10**8


def swings(votes: Sequence[Votes], spare: Votes) -> tuple[list[int], int]:
    """By player, the coalitions it makes win by joining; and the number of winning coalitions.

    `votes` are every player's by rule, `spare` all votes less the quota by rule. Time grows with
    players² × spare votes, memory with spare votes. Raises ValueError if the table would take over
    1 GB.
    """
    cells = prod(s + 1 for s in spare)
    _check_memory(2 * 8 * cells)
    moduli = _coprime(1 << len(votes))
    kinds = sorted(set(votes))
    residues: list[list[int]] = [[] for _ in kinds]
    winning: list[int] = []
    for modulus in moduli:
        table = _table_of_all(votes, spare, modulus)
        winning.append(int(table[spare]))
        for found, kind in zip(residues, kinds, strict=True):
            found.append(_decisive(table, kind, spare) % modulus)
    combine = _Remainders(moduli).combine
    count = {kind: combine(found) for kind, found in zip(kinds, residues, strict=True)}
    return [count[v] for v in votes], combine(winning)


def swings_by_size(votes: Sequence[Votes], spare: Votes) -> list[list[int]]:
    """By player and size 0 … n − 1 of the coalition joined, those it makes win by joining.

    As `swings`, with memory growing with spare votes × the most players that can be spared, and
    time with that × players².
    """
    n, most = len(votes), _most_spared(votes, spare)
    bytes_each = 8 * (most + 1) * prod(s + 1 for s in spare)
    _check_memory(bytes_each)
    moduli = _coprime(comb(n - 1, (n - 1) // 2))
    kinds = sorted(set(votes))
    residues: list[list[np.ndarray]] = [[] for _ in kinds]
    batch = max(BATCH_BYTES // bytes_each, 1)
    for first in range(0, len(moduli), batch):
        chosen = moduli[first : first + batch]
        table = _table_by_size(votes, spare, most, chosen)
        for found, kind in zip(residues, kinds, strict=True):
            found.append(_decisive_by_size(table, kind, spare, chosen))
        del table  # before the next is made: one at a time
    combine = _Remainders(moduli).combine
    count: dict[Votes, list[int]] = {}
    for kind, found in zip(kinds, residues, strict=True):
        outside = [combine(row) for row in np.hstack(found).tolist()][:n]
        # With k others outside, the n − 1 − k others were inside.
        count[kind] = ([0] * n + outside[::-1])[-n:]
    return [count[v] for v in votes]


def _most_spared(votes: Sequence[Votes], spare: Votes) -> int:
    """No set of more players than this can be spared: the smallest do not fit."""
    fits = (
        takewhile(lambda total, most=most: total <= most, accumulate(sorted(own)))
        for own, most in zip(zip(*votes, strict=True), spare, strict=True)
    )
    return min(sum(1 for _ in totals) for totals in fits)


def _table_of_all(votes: Sequence[Votes], spare: Votes, modulus: int) -> np.ndarray:
    """By votes, the sets of players within them, of any size; modulo `modulus`."""
    table = np.ones([s + 1 for s in spare], np.uint64)  # 1 / (1 − x): the empty set, everywhere
    for done, (to, source) in enumerate(_shifts(votes, spare), start=1):
        table[to] += table[source]
        if done % DOUBLINGS == 0:
            table %= np.uint64(modulus)
    return table % np.uint64(modulus)


def _table_by_size(
    votes: Sequence[Votes], spare: Votes, most: int, moduli: Sequence[int]
) -> np.ndarray:
    """By size, modulus and votes: the sets of so many players within those votes."""
    table = np.zeros([most + 1, len(moduli), *(s + 1 for s in spare)], np.uint64)
    table[0] = 1
    for done, (to, source) in enumerate(_shifts(votes, spare), start=1):
        for size in range(min(done, most), 0, -1):
            table[size][(slice(None), *to)] += table[size - 1][(slice(None), *source)]
        if done % DOUBLINGS == 0:
            _reduce(table, moduli)
    _reduce(table, moduli)
    return table


def _reduce(table: np.ndarray, moduli: Sequence[int]) -> None:
    for place, modulus in enumerate(moduli):
        table[:, place] %= np.uint64(modulus)


def _shifts(
    votes: Sequence[Votes], spare: Votes
) -> Iterator[tuple[tuple[slice, ...], tuple[slice, ...]]]:
    """What multiplying by 1 + t x^w adds where; nothing for players who can never be spared."""
    for own in votes:
        if all(w <= s for w, s in zip(own, spare, strict=True)):
            yield (
                tuple(slice(w, None) for w in own),
                tuple(slice(0, s + 1 - w) for w, s in zip(own, spare, strict=True)),
            )


# A player is decisive for the others' coalition that leaves T outside iff T fits the spare votes d
# without the player and not with it: B(d) − B(d − w), where B counts sets of the others. All sets
# are A = (1 + t x^w) B, so B(v) = Σ_m (−t)^m A(v − m w), over all v − m w that are not negative.


def _decisive(table: np.ndarray, own: Votes, spare: Votes) -> int:
    """B(d) − B(d − w) with t = 1, which is A(d) + 2 Σ_{m ≥ 1} (−1)^m A(d − m w)."""
    if not any(own):
        return 0
    orders = np.arange(1 + min(s // w for w, s in zip(own, spare, strict=True) if w))
    at = tuple(s - w * orders for w, s in zip(own, spare, strict=True))
    counts = table[at].tolist()
    return counts[0] + 2 * (sum(counts[2::2]) - sum(counts[1::2]))


def _decisive_by_size(
    table: np.ndarray, own: Votes, spare: Votes, moduli: Sequence[int]
) -> np.ndarray:
    """By size of T and modulus, B(d) − B(d − w)."""
    sizes = len(table)
    found = np.zeros((sizes, len(moduli)), np.int64)
    if not any(own):
        return found
    votes, sign = spare, 1
    here = table[(..., *votes)].astype(np.int64)
    for order in range(sizes):
        votes = tuple(v - w for v, w in zip(votes, own, strict=True))
        last = min(votes) < 0
        beyond = np.zeros_like(here) if last else table[(..., *votes)].astype(np.int64)
        found[order:] += sign * (here - beyond)[: sizes - order]
        if last:
            break
        here, sign = beyond, -sign
        if order % 1000 == 999:  # or the sum of residues could leave the word
            found %= moduli
    return found % np.array(moduli)


def _coprime(above: int) -> list[int]:
    """Coprime numbers just under 2^50 whose product is over `above`."""
    found: list[int] = []
    candidate = 1 << RESIDUE_BITS
    while prod(found) <= above:
        if all(gcd(candidate, other) == 1 for other in found):
            found.append(candidate)
        candidate -= 1
    return found


class _Remainders:
    """Numbers from their remainders (the Chinese remainder theorem)."""

    def __init__(self, moduli: Sequence[int]) -> None:
        self.product = prod(moduli)
        others = [self.product // m for m in moduli]
        self.parts = [o * pow(o, -1, m) for o, m in zip(others, moduli, strict=True)]

    def combine(self, remainders: Sequence[int]) -> int:
        return sum(r * p for r, p in zip(remainders, self.parts, strict=True)) % self.product


def _check_memory(needed: int) -> None:
    if needed > MOST_BYTES:
        raise ValueError(
            f"counting the coalitions would take {needed / 1e9:.1f} GB of memory, more than "
            f"{MOST_BYTES / 1e9:.0f}; give votes in coarser units, or join the smallest players"
        )
