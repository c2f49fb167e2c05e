"""The compiled path kernel: histories by thinning fixed Poisson random measures.

A point (t, u) of an event's measure is an event when u < λ(t). Between events each variable is
monotone toward its baseline, so an intensity has a cheap upper bound, made anew only when
what it depends on has raised it out of the strips at hand. Reading a variable never changes it:
a history does not depend on who looks, nor on bounds, blocks or threads.

With a record (`witness`), what it watches happens as recorded instead. Where there is none it is
None, and Numba leaves out what asks for it.
"""

from __future__ import annotations

import math

import numpy as np

from clientela.engine.measure import STRIPS, TOP, advance, find_next, rebound
from clientela.engine.outcomes import draw_mark, draw_outcome, phase_of
from clientela.engine.state import (
    QUEUE,
    History,
    State,
    Strips,
    Work,
    intensity,
    is_open,
    read,
    write,
)
from clientela.engine.streams import PATHS, history_key, threefry, unit
from clientela.engine.witness import (
    settle_all,
    settle_before,
    weigh_mark,
    weigh_outcome,
    witness,
)
from clientela.jit import allocating, compiled
from clientela.process.program import (
    ADD,
    ADD_BY,
    ADD_MARK,
    FIRE,
    FIRE_AFTER,
    FIRE_AT,
    LOOK_UP,
    LOWER,
    MOVE,
    RAISE,
    REBASE,
)

# How a history ended.
FINISHED, LOG_FULL, TOO_MANY, NOT_FINITE, BOUND_BROKEN = range(5)
# What of a history is drawn: all of it, up to a day on which its state is kept, or on from there,
# to another such day or to the end.
WHOLE, LEAVE, GO_ON, GO_ON_AND_LEAVE = range(4)


@compiled(forceinline=True)
def _mark_dirty(work, e):
    """Notes that the event's bound must be made anew."""
    if not work.is_dirty[e]:
        work.is_dirty[e] = True
        work.dirty[work.dirty_count[0]] = e
        work.dirty_count[0] += 1


@compiled(forceinline=True)
def _raise_bound(history, e, is_log, rise):
    """Raises the event's bound by as much as one of its terms may have risen.

    Only if that leads out of the open strips is the bound to be made anew, from all its terms.
    """
    strips = history.strips
    if is_log:
        strips.factor[e] *= math.exp(rise)
    else:
        strips.additive[e] += rise
    reach = strips.open[e]
    if reach == 0 or strips.additive[e] * strips.factor[e] > TOP[reach - 1]:
        _mark_dirty(history.work, e)


@compiled(forceinline=True)
def _apply(arrays, history, record, lo, hi, t, mark):
    """Applies effects lo:hi, noting which events need a new bound and which are fired."""
    effects, graph = arrays.effects, arrays.graph
    state, work, coef = history.state, history.work, history.coef
    for k in range(lo, hi):
        op = effects.op[k]
        target = effects.target[k]
        if op == FIRE_AFTER:
            work.timer[target] = t + max(coef[effects.first[k]], 0.0)
        elif op in (FIRE, FIRE_AT):
            if op == FIRE_AT and read(state, effects.second[k], t) < coef[effects.first[k]]:
                continue
            if work.waiting[0] < QUEUE:
                work.queue[work.waiting[0]] = target
            work.waiting[0] += 1
        elif op in (RAISE, LOWER):
            if record is not None:
                settle_before(arrays, history, record, target, True, t)
            bit = np.int64(1) << target
            work.flags[0] = work.flags[0] | bit if op == RAISE else work.flags[0] & ~bit
            for j in range(graph.flag_lo[target], graph.flag_lo[target + 1]):
                _mark_dirty(work, graph.flag_event[j])
        else:
            if record is not None:
                settle_before(arrays, history, record, target, False, t)
            change = _change(arrays, state, coef, k, op, target, t, mark)
            for j in range(graph.var_lo[target], graph.var_lo[target + 1]):
                rise = coef[graph.var_coef[j]] * change
                if rise > 0.0:  # a bound that falls still holds
                    _raise_bound(history, graph.var_event[j], graph.var_log[j], rise)


@compiled(forceinline=True)
def _looked_up(tables, coef, k, x):
    """What table k gives for x."""
    at, last = tables.point_lo[k], tables.point_lo[k + 1] - 1
    if x < coef[tables.point[at]]:
        return coef[tables.below[k]]
    while at < last and x >= coef[tables.point[at + 1]]:
        at += 1
    level = coef[tables.level[at]]
    if at == last:
        return level
    point = coef[tables.point[at]]
    share = (x - point) / (coef[tables.point[at + 1]] - point)
    return level + share * (coef[tables.level[at + 1]] - level)


@compiled(forceinline=True)
def _change(arrays, state, coef, k, op, v, t, mark):
    """Changes a variable, or its baseline, and returns by how much."""
    effects = arrays.effects
    before = read(state, v, t)
    if op == LOOK_UP:
        x = _looked_up(arrays.tables, coef, effects.first[k], read(state, effects.second[k], t))
        write(state, v, t, x)
        return state.value[v] - before
    first = coef[effects.first[k]]
    if op == REBASE:
        write(state, v, t, before)
        state.base[v] = min(max(state.base[v] + first, state.low[v]), state.high[v])
        return first
    x = before
    if op == ADD:
        x += first
    elif op == ADD_BY:
        x += first * read(state, effects.second[k], t)
    elif op == ADD_MARK:
        x += first * mark
    elif op == MOVE:
        x += first * (coef[effects.second[k]] - x)
    write(state, v, t, x)
    return state.value[v] - before


@compiled(forceinline=True)
def _write_down(history, draw, t, label, mark):
    """Adds a row to the log; False if it is full."""
    log, work = history.log, history.work
    at = work.logged[0]
    if at >= log.draw.shape[0]:
        return False
    log.draw[at] = draw
    log.day[at] = t
    log.label[at] = label
    log.mark[at] = mark
    work.logged[0] = at + 1
    return True


@compiled(forceinline=True)
def _occur(arrays, history, record, row, key0, draw, first, t):
    """Lets event `first` happen at t, and then what it fires at once. Returns how that ended.

    `row` is that of the record, −1 for what happens by chance.
    """
    happenings, branches, work = arrays.happenings, arrays.branches, history.work
    phase = phase_of(arrays.assembly, work.flags[0])
    work.dirty_count[0] = 0
    work.queue[0] = first
    work.waiting[0] = 1
    at = 0
    while at < work.waiting[0] and at < QUEUE:
        e = work.queue[at]
        at += 1
        if not is_open(arrays.rates, work.flags[0], e):
            continue
        if record is not None and record.watched[e] and not (row >= 0 and at == 1):
            record.weight[0] = -math.inf  # it is due or comes of another; the record has it not
        turn = work.counts[e]
        work.counts[e] += 1
        lo = happenings.group_lo[e]
        hi = happenings.group_lo[e + 1]
        mark = draw_mark(arrays, history, key0, e, turn)
        for g in range(lo, hi):
            work.chosen[g - lo] = draw_outcome(arrays, history, key0, g, turn, t)
        if record is not None and row >= 0 and at == 1:
            if record.mark[row] >= 0:
                mark = weigh_mark(arrays, history, record, row, e)
            for k in range(record.branch_lo[row], record.branch_lo[row + 1]):
                g, branch = lo + k - record.branch_lo[row], record.branch[k]
                if branch >= 0:
                    drawn = work.chosen[g - lo]
                    work.chosen[g - lo] = weigh_outcome(arrays, history, record, g, branch, drawn, t)  # fmt: skip
        if not _write_down(history, draw, t, e, mark):
            return LOG_FULL
        _apply(arrays, history, record, happenings.effect_lo[e], happenings.effect_hi[e], t, mark)
        for g in range(lo, hi):
            b = arrays.groups.branch_lo[g] + work.chosen[g - lo]
            label = branches.label[b]
            if label >= 0 and not _write_down(history, draw, t, label, mark):
                return LOG_FULL
            _apply(arrays, history, record, branches.effect_lo[b], branches.effect_hi[b], t, mark)
    if phase_of(arrays.assembly, work.flags[0]) != phase:
        work.proposal[0] = -1  # its row belongs to the assembly as it was
    return TOO_MANY if work.waiting[0] > QUEUE else FINISHED


@compiled()
def _remember(arrays, history):
    """Replays the past: known events with known outcomes; they fire nothing further."""
    times, happenings, branches = arrays.times, arrays.happenings, arrays.branches
    work = history.work
    for p in range(times.past_event.shape[0]):
        e = times.past_event[p]
        t = times.past_day[p]
        mark = times.past_mark[p]
        work.waiting[0] = QUEUE
        _apply(arrays, history, None, happenings.effect_lo[e], happenings.effect_hi[e], t, mark)
        for k in range(times.past_lo[p], times.past_lo[p + 1]):
            if times.past_branch[k] >= 0:
                g = happenings.group_lo[e] + k - times.past_lo[p]
                b = arrays.groups.branch_lo[g] + times.past_branch[k]
                lo, hi = branches.effect_lo[b], branches.effect_hi[b]
                _apply(arrays, history, None, lo, hi, t, mark)
        work.is_dirty[:] = False
        work.dirty_count[0] = 0


@compiled()
def _begin(arrays, history, record, key0, flags):
    """The state at day 0, after the past; returns how many events are on the agenda."""
    variables, times = arrays.variables, arrays.times
    state, strips, work, coef = history.state, history.strips, history.work, history.coef
    start = 0.0
    if times.past_day.shape[0] > 0:
        start = min(start, times.past_day[0])
    for v in range(variables.start.shape[0]):
        state.base[v] = min(max(coef[variables.baseline[v]], variables.low[v]), variables.high[v])
        state.decay[v] = coef[variables.decay[v]]
        write(state, v, start, state.base[v])
    strips.time[:] = -1.0
    strips.open[:] = 0
    strips.next[:] = math.inf
    work.flags[0] = flags
    work.proposal[0] = -1
    work.proposal[1] = 0
    work.counts[:] = 0
    work.is_dirty[:] = False
    work.dirty_count[0] = 0
    _remember(arrays, history)
    work.timer[:] = math.inf
    for v in range(variables.start.shape[0]):
        # What a variable starts at, if it had been left alone; the past adds to that.
        apart = coef[variables.start[v]] - coef[variables.baseline[v]]
        write(state, v, 0.0, read(state, v, 0.0) + apart)
    return _agenda(times, work, coef, record, key0, -1.0)


@compiled()
def _go_on(arrays, history, record, key0, states, i):
    """The state in which history i was left; returns how many events are still on the agenda."""
    variables = arrays.variables
    state, strips, work, coef = history.state, history.strips, history.work, history.coef
    for v in range(variables.start.shape[0]):
        state.base[v] = min(max(states.base[i, v], variables.low[v]), variables.high[v])
        state.decay[v] = coef[variables.decay[v]]
        write(state, v, states.since[i, v], states.value[i, v])
    strips.time[:] = -1.0
    strips.open[:] = 0
    strips.next[:] = math.inf
    work.flags[0] = states.flags[i]
    for k in range(2):
        work.proposal[k] = states.proposal[i, k]
    for e in range(states.counts.shape[1]):
        work.counts[e] = states.counts[i, e]
    work.timer[:] = math.inf
    for k in range(states.timer.shape[1]):
        work.timer[k] = states.timer[i, k]
    work.is_dirty[:] = False
    work.dirty_count[0] = 0
    return _agenda(arrays.times, work, coef, record, key0, states.day[0])


@compiled()
def _leave(history, states, i):
    """Keeps the state in which history i is left."""
    state, work = history.state, history.work
    for v in range(states.value.shape[1]):
        states.value[i, v] = state.value[v]
        states.since[i, v] = state.since[v]
        states.base[i, v] = state.base[v]
    states.flags[i] = work.flags[0]
    for k in range(2):
        states.proposal[i, k] = work.proposal[k]
    for e in range(states.counts.shape[1]):
        states.counts[i, e] = work.counts[e]
    for k in range(states.timer.shape[1]):
        states.timer[i, k] = work.timer[k]


@compiled(forceinline=True)
def _agenda(times, work, coef, record, key0, after):
    """Puts the schedule in order of time; events without a day, or before day 0, are left out.

    So are those that were due by `after`, where a history goes on from there. Row k of a record is
    event number k beyond the process's own.
    """
    count = 0
    for k in range(times.schedule_event.shape[0]):
        day = coef[times.schedule_at[k]]
        if day >= 0.0 and day > after:
            count = _enter(work, count, day, times.schedule_event[k])
    if record is not None:
        for k in range(record.start.shape[0]):
            word, _ = threefry(key0, record.key[k], np.uint64(0), np.uint64(0))
            day = record.start[k] + record.span[k] * unit(word)
            if day > after:
                count = _enter(work, count, day, record.watched.shape[0] + k)
    return count


@compiled(forceinline=True)
def _enter(work, count, day, event):
    """Enters an event into the agenda of `count` others, after those of the same time."""
    place = count
    while place > 0 and work.agenda_day[place - 1] > day:
        work.agenda_day[place] = work.agenda_day[place - 1]
        work.agenda_event[place] = work.agenda_event[place - 1]
        place -= 1
    work.agenda_day[place] = day
    work.agenda_event[place] = event
    return count + 1


@compiled(forceinline=True)
def _earliest(strips):
    """The event whose next point comes first, −1 if none has any."""
    first = math.inf
    e = -1
    for k in range(strips.next.shape[0]):
        if strips.next[k] < first:
            first = strips.next[k]
            e = k
    return e


@compiled(forceinline=True)
def _first_timer(timer):
    """The timer that runs out first."""
    first = 0
    for k in range(1, timer.shape[0]):
        if timer[k] < timer[first]:
            first = k
    return first


@compiled()
def _path(arrays, history, record, key0, draw, scheduled, begin, horizon, most):
    """One history from `begin` on, appended to the log. Returns how it ended."""
    rates, strips, work = arrays.rates, history.strips, history.work
    for e in range(strips.next.shape[0]):
        if record is not None and record.watched[e]:
            continue
        if not rebound(rates, history, key0, e, begin, horizon):
            return NOT_FINITE
    agenda = 0
    happened = 0
    while True:
        e = _earliest(strips)
        t = strips.next[e] if e >= 0 else math.inf
        timer = _first_timer(work.timer)
        dated = True
        if agenda < scheduled and work.agenda_day[agenda] <= min(t, work.timer[timer]):
            t = work.agenda_day[agenda]
            e = work.agenda_event[agenda]
            agenda += 1
        elif work.timer[timer] <= t and work.timer[timer] < math.inf:
            if work.timer[timer] > horizon:
                return FINISHED  # it runs on, for whoever goes on from here
            t = work.timer[timer]
            e = arrays.times.timer_event[timer]
            work.timer[timer] = math.inf
        else:
            dated = False
        if t > horizon:
            return FINISHED
        if not dated:
            s = strips.which[e]
            height = strips.height[e, s]
            advance(strips, key0, rates.key[e], e, s, t, horizon)
            level = intensity(rates, history, e, t)
            if not height < level:
                if not (level >= 0.0 and rebound(rates, history, key0, e, t, horizon)):
                    return NOT_FINITE
                continue
            if level > TOP[strips.open[e] - 1]:
                return BOUND_BROKEN
            find_next(strips, e)
        row = -1
        if record is not None and dated:
            row = e - record.watched.shape[0]
            if row >= 0:
                e = witness(arrays, history, record, key0, row, t)
        ending = _occur(arrays, history, record, row, key0, draw, e, t)
        if ending != FINISHED:
            return ending
        happened += 1
        if happened > most:
            return TOO_MANY
        for k in range(work.dirty_count[0]):
            work.is_dirty[work.dirty[k]] = False
            if record is not None and record.watched[work.dirty[k]]:
                continue
            if not rebound(rates, history, key0, work.dirty[k], t, horizon):
                return NOT_FINITE


@allocating()
def _new_history(arrays, base, log, recorded):
    """The arrays that a block's histories share, one after the other."""
    variables, happenings = arrays.variables, arrays.happenings
    count = variables.start.shape[0]
    events = arrays.rates.rate.shape[0]
    groups, coalitions = 1, 1
    for e in range(events):
        groups = max(groups, happenings.group_lo[e + 1] - happenings.group_lo[e])
    pointer = arrays.assembly.pointer
    for p in range(pointer.shape[0] - 1):
        coalitions = max(coalitions, pointer[p + 1] - pointer[p])
    agenda = arrays.times.schedule_event.shape[0] + recorded + 1
    timers = arrays.times.timer_event.shape[0] + 1  # one that never runs, so that there is a first
    floats, ints = np.zeros((6, count)), np.zeros((4, 2), np.int64)
    points, places = np.zeros((3, events, STRIPS)), np.zeros((2, events, STRIPS), np.int64)
    by_event = np.zeros((4, events), np.int64)
    return History(
        State(floats[0], floats[1], floats[2], floats[3], variables.low, variables.high,
              floats[4], np.full(count, np.nan)),
        Strips(points[0], points[1], points[2], places[0], places[1],
               by_event[0], np.zeros(events), by_event[1], np.zeros(events), np.ones(events)),
        Work(ints[0], ints[1], ints[2], by_event[2], np.zeros(groups, np.int64),
             np.zeros(QUEUE, np.int64), ints[3], by_event[3], np.zeros(1, np.int64),
             np.zeros(events, np.bool_), np.zeros(coalitions), np.zeros(agenda),
             np.zeros(agenda, np.int64), np.full(timers, np.inf)),
        base.copy(),
        log,
    )  # fmt: skip


@allocating()
def draw_histories(
    arrays, base, positions, filled, flags, seed, numbers, first, start, horizon, most, log, logged,
    ended, states, mode, record, weights,
):  # fmt: skip
    """Histories start, … of a block, until it is done or the log is full.

    History i has the streams of draw `numbers[i]` and is written down as draw `first + i`. `filled`
    holds the uncertain coefficients, a row per draw; `ended[i]` becomes how history i ended, and
    with a record `weights[i]` its log-likelihood since the beginning or the state gone on from.
    Returns (histories done, rows of the log used); a failed history leaves no rows. `mode` is WHOLE,
    LEAVE (the state at the horizon is kept in `states`), GO_ON (from there) or GO_ON_AND_LEAVE.
    """
    recorded = 0
    if record is not None:
        recorded = record.start.shape[0]
    history = _new_history(arrays, base, log, recorded)
    rows = history.work.logged
    rows[0] = logged
    for i in range(start, filled.shape[0]):
        if mode in (GO_ON, GO_ON_AND_LEAVE) and ended[i] != FINISHED:
            continue  # it failed before
        for k in range(positions.shape[0]):
            history.coef[positions[k]] = filled[i, k]
        key0 = history_key(seed, numbers[i], PATHS)
        if mode in (GO_ON, GO_ON_AND_LEAVE):
            begin = states.day[0]
            scheduled = _go_on(arrays, history, record, key0, states, i)
        else:
            begin = 0.0
            scheduled = _begin(arrays, history, record, key0, flags)
        if record is not None:
            record.settled[:] = begin
            record.area[:] = 0.0
            record.weight[0] = 0.0
        before = rows[0]
        ending = _path(arrays, history, record, key0, first + i, scheduled, begin, horizon, most)
        if ending == LOG_FULL:
            return i, before
        ended[i] = ending
        if ending != FINISHED:
            rows[0] = before
            continue
        if record is not None:
            settle_all(arrays.rates, history, record, horizon)
            weights[i] = record.weight[0]
        if mode in (LEAVE, GO_ON_AND_LEAVE):
            _leave(history, states, i)
    return filled.shape[0], rows[0]
