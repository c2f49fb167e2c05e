"""Minimal winning coalitions, counted without listing them where one rule decides.

Take players from the most votes to the fewest. A coalition is minimal winning iff its last player
turns it from losing to winning, because no member has fewer votes. So a player with w votes closes
every set of those before it whose votes lie in [q − w, q). Sets are counted by votes; with sizes, a
count is a polynomial in t held as one long integer, its coefficients side by side (Kronecker
substitution), and without them t = 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from clientela.chamber.generating import MOST_BYTES

MOST_LISTED = 25  # players under several rules


def minimal(weights: Sequence[int], quota: int) -> tuple[list[int], int]:
    """By player, the minimal winning coalitions it is in; and how many there are.

    Time grows with players × quota + (kinds of weights)² × quota. Raises ValueError if the table
    would take over 1 GB.
    """
    _check_memory(quota, len(weights))
    found, total = _by_kind(weights, quota, shift=0)
    return [found[w] for w in weights], total


def minimal_by_size(weights: Sequence[int], quota: int) -> tuple[list[list[int]], list[int]]:
    """By player and size 0 … n, the minimal winning coalitions it is in; and how many by size.

    As `minimal`, with n times its memory and time.
    """
    n = len(weights)
    width = n + n.bit_length() + 1  # no coefficient reaches n 2^n
    width += -width % 8
    most = 1 + sum(votes < quota for votes in accumulate(sorted(weights)))
    _check_memory(quota, width * min(most, n))
    found, total = _by_kind(weights, quota, shift=width)
    sizes = {w: _coefficients(packed, width, n) for w, packed in found.items()}
    return [sizes[w] for w in weights], _coefficients(total, width, n)


def minimal_listed(
    weights: Sequence[Sequence[int]], quotas: Sequence[int]
) -> tuple[list[list[int]], list[int]]:
    """`minimal_by_size` under several rules, by trying every coalition.

    `weights` are the players' votes by rule. Raises ValueError for more than 25 players: which
    member leaves first is no longer plain, so that no generating function tells.
    """
    n = len(weights[0])
    if n > MOST_LISTED:
        raise ValueError(
            f"{n} players under several rules have too many coalitions to try for the minimal "
            f"winning ones; at most {MOST_LISTED} players can be tried"
        )
    wins = np.ones(1 << n, bool)
    for own, quota in zip(weights, quotas, strict=True):
        # More than the quota is as good as the quota, so that the smallest words do.
        votes = np.zeros(1, np.min_scalar_type(2 * quota))
        for weight in own:
            votes = np.concatenate([votes, np.minimum(votes + min(weight, quota), quota)])
        wins &= votes == quota
    least = wins.copy()
    for player in range(n):
        without, joined = np.moveaxis(wins.reshape(-1, 2, 1 << player), 1, 0)
        least.reshape(-1, 2, 1 << player)[:, 1] &= joined & ~without
    found = np.flatnonzero(least)
    sizes = np.bitwise_count(found)
    by_player = [np.bincount(sizes[found >> i & 1 == 1], minlength=n + 1) for i in range(n)]
    return [b.tolist() for b in by_player], np.bincount(sizes, minlength=n + 1).tolist()


def _by_kind(weights: Sequence[int], quota: int, shift: int) -> tuple[dict[int, int], int]:
    """By weight, the minimal winning coalitions that one player of it is in; and all of them.

    Multiplying by t is a shift of so many bits.
    """
    rows = [0] * quota  # sets of the players so far, by votes
    rows[0] = 1
    kinds = Counter(weights)
    members = dict.fromkeys(kinds, 0)  # memberships, over all players of that weight
    total = 0
    for weight in sorted((w for w in kinds if w), reverse=True):
        low = max(quota - weight, 0)
        closed = [0] * quota  # the sets that players of this weight find when their turn comes
        for before in range(1, kinds[weight] + 1):
            closed = [a + b for a, b in zip(closed, rows, strict=True)]
            if before < kinds[weight]:
                # The next one finds `before` equals; each is in as many of its sets as there are
                # sets now that take one more of this weight.
                pairs = sum(rows[max(low - weight, 0) : max(quota - weight, 0)])
                members[weight] += before * (pairs << 2 * shift)
            for votes in range(quota - 1, weight - 1, -1):
                rows[votes] += rows[votes - weight] << shift
        up_to = [0, *accumulate(closed)]
        ending = (up_to[quota] - up_to[low]) << shift
        total += ending
        members[weight] += ending
        for other in kinds:
            if other > weight:
                holding = _with_one_of(other, up_to, low, quota, shift)
                members[other] += kinds[other] * (holding << shift)
    # Equals are in equally many, so that every coefficient divides without rest.
    return {w: members[w] // kinds[w] for w in kinds}, total


def _with_one_of(weight: int, up_to: list[int], low: int, high: int, shift: int) -> int:
    """The sets with votes in [low, high) that hold one given player, of that weight.

    `up_to[v]` are the sets with fewer than v votes. If they are F, those are
    F t x^w / (1 + t x^w) = F t x^w − F t² x^{2w} + …
    """
    found, sign, order = 0, 1, 1
    while high > weight * order:
        window = up_to[high - weight * order] - up_to[max(low - weight * order, 0)]
        found += sign * (window << shift * order)
        sign, order = -sign, order + 1
    return found


def _coefficients(packed: int, width: int, most: int) -> list[int]:
    """Of t^0 … t^most, from the integer that holds them side by side."""
    size = width // 8
    raw = packed.to_bytes(size * (most + 1), "little")
    return [int.from_bytes(raw[k * size : (k + 1) * size], "little") for k in range(most + 1)]


def _check_memory(rows: int, bits: int) -> None:
    needed = 3 * rows * (36 + bits // 8)  # three lists of long integers at a time
    if needed > MOST_BYTES:
        raise ValueError(
            f"counting the minimal winning coalitions would take {needed / 1e9:.1f} GB of memory, "
            f"more than {MOST_BYTES / 1e9:.0f}; give votes in coarser units, or join the smallest "
            "players"
        )
