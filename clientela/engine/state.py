"""One history's state: variables that relax, and the intensities they give."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from clientela.jit import compiled

QUEUE = 64  # events that one event may fire at once


class State(NamedTuple):
    """The variables: value at the last change, baseline, decay, bounds; and a memo of reads."""

    value: np.ndarray
    since: np.ndarray
    base: np.ndarray
    decay: np.ndarray
    low: np.ndarray
    high: np.ndarray
    seen: np.ndarray
    seen_at: np.ndarray


class Strips(NamedTuple):
    """Per event and strip: the next point (time, height) and where it stands in its cell."""

    time: np.ndarray
    height: np.ndarray
    sum: np.ndarray  # the time within the cell, as the sum of its gaps
    cell: np.ndarray
    number: np.ndarray
    open: np.ndarray  # per event: how many strips are open
    next: np.ndarray  # per event: time of its next point
    which: np.ndarray  # per event: the strip it is in
    additive: np.ndarray  # per event: upper bound of the additive part, kept up to date
    factor: np.ndarray  # per event: upper bound of the exponential factor, likewise


class Log(NamedTuple):
    """What happened, in order: draw, day, label, mark."""

    draw: np.ndarray
    day: np.ndarray
    label: np.ndarray
    mark: np.ndarray


class Work(NamedTuple):
    """Counters and lists of one history."""

    flags: np.ndarray  # (1,) the flags as bits
    proposal: np.ndarray  # (2,) row of the standing proposal (−1: none), and its number
    logged: np.ndarray  # (1,) rows of the log filled
    counts: np.ndarray  # occurrences by event, past ones apart
    chosen: np.ndarray  # branch by outcome group of the event at hand
    queue: np.ndarray  # events to happen now, the first and those fired
    waiting: np.ndarray  # (1,) how many are in the queue
    dirty: np.ndarray  # events whose bound must be made anew
    dirty_count: np.ndarray  # (1,)
    is_dirty: np.ndarray
    utility: np.ndarray
    agenda_day: np.ndarray
    agenda_event: np.ndarray
    timer: np.ndarray  # per timer: the day it runs out (infinite: it does not run)


class States(NamedTuple):
    """The states in which a block's histories are left on a day, a row per history."""

    day: np.ndarray  # (1,)
    value: np.ndarray
    since: np.ndarray
    base: np.ndarray
    flags: np.ndarray
    proposal: np.ndarray
    counts: np.ndarray
    timer: np.ndarray

    def picked(self, which: np.ndarray | slice) -> States:
        """The states of some of the histories, in this order, as arrays of their own."""
        return States(self.day.copy(), *(column[which].copy() for column in self[1:]))


class History(NamedTuple):
    """Everything that changes while a history is drawn, allocated once per block."""

    state: State
    strips: Strips
    work: Work
    coef: np.ndarray
    log: Log


@compiled(forceinline=True)
def read(state, v, t):
    """x_v(t) = b + (x − b) e^{−δ (t − since)}. Reading stores nothing but a memo of itself."""
    if state.seen_at[v] == t:
        return state.seen[v]
    x = state.value[v]
    decay = state.decay[v]
    if decay != 0.0:
        base = state.base[v]
        if x != base:
            x = base + (x - base) * math.exp(-decay * (t - state.since[v]))
    state.seen[v] = x
    state.seen_at[v] = t
    return x


@compiled(forceinline=True)
def write(state, v, t, x):
    """Sets a variable at t, within its bounds."""
    x = min(max(x, state.low[v]), state.high[v])
    state.value[v] = x
    state.since[v] = t
    state.seen[v] = x
    state.seen_at[v] = t


@compiled(forceinline=True)
def is_open(rates, flags, e):
    """Whether the event's condition on the flags holds."""
    return (flags & rates.need[e]) == rates.value[e]


@compiled(forceinline=True)
def intensity(rates, history, e, t):
    """λ_e(t) = open · (μ + Σ A x) · exp(Σ C x)."""
    state, coef = history.state, history.coef
    if not is_open(rates, history.work.flags[0], e):
        return 0.0
    additive = coef[rates.rate[e]]
    for k in range(rates.add_lo[e], rates.add_lo[e + 1]):
        additive += coef[rates.add_coef[k]] * read(state, rates.add_var[k], t)
    if additive <= 0.0:
        return 0.0
    exponent = 0.0
    for k in range(rates.log_lo[e], rates.log_lo[e + 1]):
        exponent += coef[rates.log_coef[k]] * read(state, rates.log_var[k], t)
    return additive * math.exp(exponent)


@compiled(forceinline=True)
def _ceiling(state, v, t, coefficient):
    """The most that coefficient · x_v can be from t on, until the next change."""
    now = coefficient * read(state, v, t)
    if state.decay[v] == 0.0:
        return now
    return max(now, coefficient * state.base[v])


@compiled(forceinline=True)
def bound(rates, history, e, t):
    """An upper bound of λ_e from t on, until a variable or flag changes; its parts are noted."""
    state, coef, strips = history.state, history.coef, history.strips
    strips.additive[e] = 0.0
    if not is_open(rates, history.work.flags[0], e):
        return 0.0
    additive = coef[rates.rate[e]]
    for k in range(rates.add_lo[e], rates.add_lo[e + 1]):
        additive += _ceiling(state, rates.add_var[k], t, coef[rates.add_coef[k]])
    if additive <= 0.0:
        return 0.0
    exponent = 0.0
    for k in range(rates.log_lo[e], rates.log_lo[e + 1]):
        exponent += _ceiling(state, rates.log_var[k], t, coef[rates.log_coef[k]])
    strips.additive[e] = additive
    # A hair above, so that rounding in the relaxation cannot carry λ over its bound.
    strips.factor[e] = math.exp(exponent) * (1.0 + 1e-9)
    return additive * strips.factor[e]
