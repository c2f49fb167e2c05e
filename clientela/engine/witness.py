"""How likely a history makes what is known to have happened: intensities, compensators, outcomes.

A watched event happens as the record has it and never by chance. The history's log-likelihood of
the record is kept along the way: the log intensity of each recorded event, less the integral of
each watched intensity, and the log probabilities of recorded branches and marks (Daley & Vere-Jones
2003, proposition 7.3.III).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from clientela.engine.outcomes import branch_chance
from clientela.engine.state import intensity, is_open, read
from clientela.engine.streams import threefry, unit
from clientela.jit import compiled
from clientela.process.program import CHOICE

_U = np.uint64
# Gauss–Legendre nodes per panel, and the length of a panel in mean lives of the fastest variable:
# exact to about 1e-13 for exponents that change by several units in a mean life.
NODES, WEIGHTS = np.polynomial.legendre.leggauss(12)
PANEL = 2.0
# A term this small is taken to stand still.
STILL = 1e-14


class Record(NamedTuple):
    """What happened, a row per event, and what a history makes of it.

    `watched` says of each event type whether all its occurrences are in the record, `weighed`
    whether it comes by an intensity of its own, so that its coming and not coming are weighed, and
    not because it is due. Row k is of one of the types `kind[kind_lo[k]]`, …, on a day between
    `start[k]` and `start[k] + span[k]` (days since the beginning), which each history draws from
    the stream `key[k]`, with `mark[k]` and, in `branch`, a branch for each outcome group of its type
    from `branch_lo[k]` on; −1 is unknown.

    The rest is working space: until when each compensator is counted and what it has come to, the
    log-likelihood, and for each row that is weighed its log intensity and the compensator of its
    types by then, from which residuals are made.
    """

    watched: np.ndarray
    weighed: np.ndarray
    kind_lo: np.ndarray
    kind: np.ndarray
    start: np.ndarray
    span: np.ndarray
    key: np.ndarray
    mark: np.ndarray
    branch_lo: np.ndarray
    branch: np.ndarray
    settled: np.ndarray
    area: np.ndarray
    weight: np.ndarray
    log_intensity: np.ndarray
    risen: np.ndarray

    def with_room(self) -> Record:
        """The same record with working space of its own."""
        kinds, rows = len(self.watched), len(self.start)
        return self._replace(
            settled=np.empty(kinds), area=np.empty(kinds), weight=np.empty(1),
            log_intensity=np.zeros(rows), risen=np.zeros(rows),
        )  # fmt: skip


@compiled()
def settle(rates, history, record, e, t):
    """Counts a watched event's compensator up to t."""
    begin = record.settled[e]
    if t > begin:
        record.settled[e] = t
        area = compensator(rates, history, e, begin, t)
        record.area[e] += area
        record.weight[0] -= area


@compiled()
def settle_all(rates, history, record, t):
    """Counts every compensator up to t."""
    for e in range(record.watched.shape[0]):
        if record.weighed[e]:
            settle(rates, history, record, e, t)


@compiled()
def settle_before(arrays, history, record, target, is_flag, t):
    """Counts the compensators that a change of a variable or flag at t will bend."""
    graph = arrays.graph
    if is_flag:
        for j in range(graph.flag_lo[target], graph.flag_lo[target + 1]):
            if record.weighed[graph.flag_event[j]]:
                settle(arrays.rates, history, record, graph.flag_event[j], t)
    else:
        for j in range(graph.var_lo[target], graph.var_lo[target + 1]):
            if record.weighed[graph.var_event[j]]:
                settle(arrays.rates, history, record, graph.var_event[j], t)


@compiled()
def compensator(rates, history, e, begin, end):
    """∫ λ_e from begin to end, in which nothing that it depends on is changed by an event."""
    if not is_open(rates, history.work.flags[0], e):
        return 0.0
    found = 0.0
    t = begin
    while t < end:
        pace = _pace(rates, history, e, t)
        if pace == 0.0:  # what is left of the intensity stands still
            return found + intensity(rates, history, e, t) * (end - t)
        if pace < 0.0:
            return found + _closed(rates, history, e, t, end)
        step = min(PANEL / pace, end - t)
        half = 0.5 * step
        area = 0.0
        for k in range(NODES.shape[0]):
            area += WEIGHTS[k] * intensity(rates, history, e, t + half * (1.0 + NODES[k]))
        found += half * area
        t = end if step == end - t else t + step
    return found


@compiled(forceinline=True)
def _pace(rates, history, e, t):
    """The fastest decay that the intensity still follows, 0 if none; −1 if only its additive part
    moves and stays positive, so that the integral has a closed form."""
    state, coef = history.state, history.coef
    fastest, bends = 0.0, False
    for k in range(rates.log_lo[e], rates.log_lo[e + 1]):
        v = rates.log_var[k]
        if abs(coef[rates.log_coef[k]] * (read(state, v, t) - state.base[v])) > STILL and state.decay[v] > 0.0:  # fmt: skip
            fastest = max(fastest, state.decay[v])
            bends = True
    now = coef[rates.rate[e]]
    ever = now
    for k in range(rates.add_lo[e], rates.add_lo[e + 1]):
        v = rates.add_var[k]
        x = read(state, v, t)
        term = coef[rates.add_coef[k]] * x
        rest = coef[rates.add_coef[k]] * state.base[v] if state.decay[v] > 0.0 else term
        now += term
        ever += min(term, rest)
        if abs(term - rest) > STILL:
            fastest = max(fastest, state.decay[v])
    return -1.0 if fastest > 0.0 and not bends and ever >= 0.0 else fastest


@compiled(forceinline=True)
def _closed(rates, history, e, begin, end):
    """∫ (μ + Σ A x) · exp(Σ C x) with a constant exponent: each x is b + (x₀ − b) e^{−δ s}."""
    state, coef = history.state, history.coef
    days = end - begin
    area = coef[rates.rate[e]] * days
    for k in range(rates.add_lo[e], rates.add_lo[e + 1]):
        v = rates.add_var[k]
        x, decay = read(state, v, begin), state.decay[v]
        if decay > 0.0:
            lasting = -math.expm1(-decay * days) / decay
            area += coef[rates.add_coef[k]] * (state.base[v] * days + (x - state.base[v]) * lasting)
        else:
            area += coef[rates.add_coef[k]] * x * days
    exponent = 0.0
    for k in range(rates.log_lo[e], rates.log_lo[e + 1]):
        exponent += coef[rates.log_coef[k]] * read(state, rates.log_var[k], begin)
    return area * math.exp(exponent)


@compiled()
def witness(arrays, history, record, key0, row, t):
    """Weighs a history by a recorded event at t, and returns its type.

    The weight is the intensity, of all types together that it may have been of, and one of them is
    drawn in proportion to its own. What comes because it is due has its condition to meet only.
    """
    rates = arrays.rates
    lo, hi = record.kind_lo[row], record.kind_lo[row + 1]
    if not record.weighed[record.kind[lo]]:
        if not is_open(rates, history.work.flags[0], record.kind[lo]):
            record.weight[0] = -math.inf
        return record.kind[lo]
    total, risen = 0.0, 0.0
    for k in range(lo, hi):
        settle(rates, history, record, record.kind[k], t)
        total += intensity(rates, history, record.kind[k], t)
        risen += record.area[record.kind[k]]
    record.log_intensity[row] = math.log(total) if total > 0.0 else -math.inf
    record.risen[row] = risen
    record.weight[0] += record.log_intensity[row]
    word, _ = threefry(key0, record.key[row], _U(1), _U(0))
    aim, below = unit(word) * total, 0.0
    for k in range(lo, hi):
        below += intensity(rates, history, record.kind[k], t)
        if aim <= below:
            return record.kind[k]
    return record.kind[hi - 1]


@compiled()
def weigh_mark(arrays, history, record, row, e):
    """Weighs a history by the recorded number killed: zero-inflated negative binomial."""
    coef, happenings = history.coef, arrays.happenings
    n = record.mark[row]
    none, r = coef[happenings.none[e]], coef[happenings.dispersion[e]]
    mean = coef[happenings.mean[e]]
    mass = r * math.log(r / (r + mean)) + math.lgamma(n + r) - math.lgamma(r) - math.lgamma(n + 1.0)
    if n > 0:
        mass += n * math.log(mean / (r + mean)) if mean > 0.0 else -math.inf
    chance = (1.0 - none) * math.exp(mass) + (none if n == 0 else 0.0)
    record.weight[0] += math.log(chance) if chance > 0.0 else -math.inf
    return n


@compiled()
def weigh_outcome(arrays, history, record, g, branch, drawn, t):
    """Weighs a history by the recorded branch of an outcome group, and returns it.

    A choice has a probability; of what coalitions and votes decide, what was drawn must be so.
    """
    if arrays.groups.kind[g] == CHOICE:
        chance = branch_chance(arrays, history, g, branch, t)
        record.weight[0] += math.log(chance) if chance > 0.0 else -math.inf
    elif drawn != branch:
        record.weight[0] = -math.inf
    return branch
