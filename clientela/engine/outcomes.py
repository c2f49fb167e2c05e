"""What an event draws: branches, coalitions, votes, marks; each from its own named stream."""

from __future__ import annotations

import math

import numpy as np

from clientela.engine.state import read
from clientela.engine.streams import threefry, unit
from clientela.jit import compiled
from clientela.process.program import CHOICE, COALITION, KILLED, MEMBERSHIP, PROPOSAL, VOTE

_U = np.uint64
MOST_KILLED = 10_000


@compiled()
def draw_mark(arrays, history, key0, e, turn):
    """The event's mark: people killed, the standing coalition's bits, or 0."""
    kind = arrays.happenings.mark[e]
    if kind == KILLED:
        word, _ = threefry(key0, arrays.happenings.mark_key[e], _U(turn), _U(0))
        return _killed(arrays.happenings, history.coef, e, unit(word))
    if kind == COALITION and history.work.proposal[0] >= 0:
        return arrays.assembly.masks[history.work.proposal[0]]
    return 0


@compiled(forceinline=True)
def _killed(happenings, coef, e, u):
    """Zero-inflated negative binomial by inverse CDF, cut at MOST_KILLED."""
    none = coef[happenings.none[e]]
    if u <= none:
        return 0
    u = (u - none) / (1.0 - none)
    r = coef[happenings.dispersion[e]]
    mean = coef[happenings.mean[e]]
    share = mean / (r + mean)
    mass = math.exp(r * math.log1p(-share))
    below = mass
    n = 0
    while u > below and n < MOST_KILLED:
        mass *= share * (r + n) / (n + 1.0)
        below += mass
        n += 1
    return n


@compiled()
def draw_outcome(arrays, history, key0, g, turn, t):
    """The branch of outcome group g, decided with the state before the event."""
    groups, assembly, work = arrays.groups, arrays.assembly, history.work
    kind = groups.kind[g]
    if kind == CHOICE:
        word, _ = threefry(key0, groups.key[g], _U(turn), _U(0))
        return _choose(arrays, history, g, t, unit(word))
    if kind == PROPOSAL:
        word, _ = threefry(key0, groups.key[g], _U(turn), _U(0))
        work.proposal[0] = _propose(arrays, history, groups.coef[g, 0], t, unit(word))
        work.proposal[1] += 1
        return 0
    if kind == VOTE:
        return _vote(arrays, history, key0, g, turn)
    row = work.proposal[0]
    if kind == MEMBERSHIP:
        return 0 if row >= 0 and (assembly.masks[row] >> groups.member[g]) & 1 else 1
    named = groups.branch_lo[g + 1] - groups.branch_lo[g] - 1  # the last branch is 'other'
    return assembly.kinds[row] if row >= 0 and assembly.kinds[row] >= 0 else named


@compiled(forceinline=True)
def _weight(branches, history, b, t):
    """w + Σ W x of one branch."""
    coef = history.coef
    weight = coef[branches.weight[b]]
    for k in range(branches.slope_lo[b], branches.slope_lo[b + 1]):
        weight += coef[branches.slope_coef[k]] * read(history.state, branches.slope_var[k], t)
    return weight


@compiled()
def branch_chance(arrays, history, g, branch, t):
    """The probability of one branch of a choice: the softmax of w + Σ W x."""
    branches = arrays.branches
    lo, hi = arrays.groups.branch_lo[g], arrays.groups.branch_lo[g + 1]
    own = _weight(branches, history, lo + branch, t)
    total = 0.0
    for b in range(lo, hi):
        total += math.exp(_weight(branches, history, b, t) - own)
    return 1.0 / total


@compiled(forceinline=True)
def _choose(arrays, history, g, t, u):
    """A branch by inverse CDF of the softmax of w + Σ W x."""
    branches = arrays.branches
    lo = arrays.groups.branch_lo[g]
    hi = arrays.groups.branch_lo[g + 1]
    if hi - lo == 1:
        return 0
    best = -math.inf
    for b in range(lo, hi):
        best = max(best, _weight(branches, history, b, t))
    total = 0.0
    for b in range(lo, hi):
        total += math.exp(_weight(branches, history, b, t) - best)
    aim = u * total
    below = 0.0
    for b in range(lo, hi):
        below += math.exp(_weight(branches, history, b, t) - best)
        if aim <= below:
            return b - lo
    return hi - lo - 1


@compiled(forceinline=True)
def phase_of(assembly, flags):
    """Which of the lists that may resign have done so, as bits."""
    phase = 0
    for r in range(assembly.resigned.shape[0]):
        if (flags >> assembly.resigned[r]) & 1:
            phase |= 1 << r
    return phase


@compiled()
def _propose(arrays, history, first_feature, t, u):
    """Draws a coalition of the present phase: P(S) ∝ exp(Σ_k β_k F_kS); returns its row or −1."""
    assembly, features, coef = arrays.assembly, arrays.features, history.coef
    phase = phase_of(assembly, history.work.flags[0])
    lo = assembly.pointer[phase]
    count = assembly.pointer[phase + 1] - lo
    if count == 0:
        return -1
    utility = history.work.utility
    for m in range(count):
        utility[m] = 0.0
    for k in range(assembly.features.shape[0]):
        f = first_feature + k
        beta = coef[features.coef[f]]
        for j in range(features.slope_lo[f], features.slope_lo[f + 1]):
            beta += coef[features.slope_coef[j]] * read(history.state, features.slope_var[j], t)
        if beta != 0.0:
            row = assembly.features[k, lo : lo + count]
            for m in range(count):
                utility[m] += beta * row[m]
    return lo + _softmax_draw(utility, count, u)


@compiled(forceinline=True)
def _softmax_draw(utility, count, u):
    """An index by inverse CDF of the softmax of the first `count` utilities, which it overwrites."""
    best = utility[0]
    for m in range(1, count):
        best = max(best, utility[m])
    total = 0.0
    for m in range(count):
        total += math.exp(utility[m] - best)
        utility[m] = total
    low, high = 0, count - 1
    while low < high:
        middle = (low + high) // 2
        if utility[middle] < u * total:
            low = middle + 1
        else:
            high = middle
    return low


@compiled()
def _vote(arrays, history, key0, g, turn):
    """Counts seats for the standing proposal: 0 passed, 1 failed."""
    assembly, groups, coef = arrays.assembly, arrays.groups, history.coef
    row = history.work.proposal[0]
    if row < 0 or (groups.member[g] and not assembly.masks[row] & groups.member[g]):
        return 1
    key1 = groups.key[g]
    # A camp makes up its mind once for each proposal; the bit keeps it apart from single members.
    asked = _U(history.work.proposal[1]) | _U(1 << 62)
    seats = assembly.seats[phase_of(assembly, history.work.flags[0])]
    favour, against, present = 0, 0, 0
    for i in range(seats.shape[0]):
        if (assembly.masks[row] >> i) & 1:
            favour += seats[i]
            present += seats[i]
        elif assembly.unbound[i]:
            for member in range(seats[i]):
                word0, word1 = threefry(key0, key1, _U(turn), _U(((i + 1) << 32) | (member + 1)))
                if unit(word0) < coef[groups.coef[g, 2]]:
                    present += 1
                    if unit(word1) < coef[groups.coef[g, 3]]:
                        favour += 1
                    else:
                        against += 1
        else:
            # Lists of one camp decide together: they share the camp's number.
            opposed = (assembly.opposed[row] >> i) & 1
            word0, _ = threefry(key0, key1, asked, _U(assembly.camps[i] << 32))
            if unit(word0) < coef[groups.coef[g, 0 if opposed else 1]]:
                present += seats[i]
                against += seats[i] * opposed
    return 0 if _is_passed(groups.seats[g], favour, against, present) else 1


@compiled(forceinline=True)
def _is_passed(needs, favour, against, present):
    """Whether a vote passes; `needs` are the numbers of Groups.seats."""
    if present < needs[0] or favour < needs[1]:
        return False
    if favour * needs[3] < needs[2] * present + needs[4]:
        return False
    if needs[7] > 0 and against >= needs[5] and against * needs[7] >= needs[6] * present + needs[8]:
        return False
    return not needs[9] or favour > against
