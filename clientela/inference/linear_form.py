"""Whether a process is linear given a record, and how: memories, backgrounds, what feeds what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clientela.engine import Record
from clientela.inference.record import by_chance
from clientela.process import Program
from clientela.process.program import (
    ADD,
    ADD_MARK,
    FIRE,
    FIRE_AFTER,
    FIRE_AT,
    KILLED,
    LOWER,
    MOVE,
    RAISE,
)


class NotLinearError(ValueError):
    """The process, or what the record leaves open, has no closed form; the message says why."""


@dataclass(frozen=True)
class Memory:
    """Memory f: a variable, and the coefficient of the effects that feed it (−1: its start)."""

    variable: int
    coefficient: int
    marked: bool


@dataclass(frozen=True)
class Form:
    """What a program and a record make of each other.

    `kinds` are the event types weighed; `memories` those that some of them depend on, `own[k]` the
    memories of kind k by number with the position of their coefficient in its intensity; `feeds`
    for each event type the memories it feeds; `pieces` the times at which some background changes,
    from 0 to the day, `steps` the variables that do, with positions of their levels per piece.
    """

    kinds: np.ndarray
    memories: tuple[Memory, ...]
    own: tuple[tuple[tuple[int, int], ...], ...]
    feeds: dict[int, tuple[int, ...]]
    pieces: np.ndarray
    steps: dict[int, np.ndarray]


def form_of(program: Program, record: Record, day: float) -> Form:
    """How the program is linear. Raises NotLinearError with the first thing that is not."""
    arrays = program.arrays
    kinds = np.flatnonzero(record.weighed)
    _check_kinds(program, record, kinds)
    used = _used(program, kinds)
    steps, pieces = _steps(program, kinds, used, day)
    memories: dict[Memory, int] = {}
    still = {*steps, *_bending(program, kinds)}
    feeds = {int(e): _fed(program, int(e), used, still, memories) for e in np.unique(record.kind)}
    variables = arrays.variables
    for v in used - still:
        if variables.start[v] != variables.baseline[v]:
            memories.setdefault(Memory(v, -1, False), len(memories))
    own = []
    for e in kinds:
        terms = []
        for j in range(arrays.rates.add_lo[e], arrays.rates.add_lo[e + 1]):
            v = arrays.rates.add_var[j]
            terms += [(f, int(arrays.rates.add_coef[j])) for m, f in memories.items() if m.variable == v]  # fmt: skip
        own.append(tuple(terms))
    return Form(kinds, tuple(memories), tuple(own), feeds, pieces, steps)


def _fed(
    program: Program, e: int, used: set[int], still: set[int], memories: dict[Memory, int]
) -> tuple[int, ...]:  # fmt: skip
    """The memories that an event type feeds, new ones numbered on."""
    effects, happenings = program.arrays.effects, program.arrays.happenings
    fed = []
    for j in range(happenings.effect_lo[e], happenings.effect_hi[e]):
        op, v = effects.op[j], int(effects.target[j])
        if op in (FIRE, FIRE_AFTER, FIRE_AT):
            raise NotLinearError(f"{program.event_names[e]} brings about other events")
        if op in (RAISE, LOWER) or v not in used:
            continue
        if op not in (ADD, ADD_MARK) or v in still:
            raise NotLinearError(f"{program.event_names[e]} does more than add to memories")
        memory = Memory(v, int(effects.first[j]), bool(op == ADD_MARK))
        fed.append(memories.setdefault(memory, len(memories)))
    return tuple(fed)


def _bending(program: Program, kinds: np.ndarray) -> set[int]:
    """The variables in the exponents of some types."""
    rates = program.arrays.rates
    return {int(v) for e in kinds for v in rates.log_var[rates.log_lo[e] : rates.log_lo[e + 1]]}


def _check_kinds(program: Program, record: Record, kinds: np.ndarray) -> None:
    """Raises NotLinearError for what the closed form does not know."""
    rates, happenings = program.arrays.rates, program.arrays.happenings
    names, variables = program.event_names, program.arrays.variables
    if len(record.start) and (record.span > 0.0).any():
        raise NotLinearError("some events have no exact time")
    if (np.diff(record.kind_lo) != 1).any():
        raise NotLinearError("some events may be of several types")
    if len(program.arrays.times.past_event):
        raise NotLinearError("there are events before the first day")
    for e in kinds:
        bent = rates.log_var[rates.log_lo[e] : rates.log_lo[e + 1]]
        if rates.need[e] or any(variables.start[v] != variables.baseline[v] for v in bent):
            raise NotLinearError(f"the intensity of {names[e]} is more than a sum of memories")
    for e in np.unique(record.kind):
        if happenings.group_lo[e + 1] > happenings.group_lo[e]:
            raise NotLinearError(f"{names[e]} has outcomes")
        if happenings.mark[e] not in (0, KILLED):
            raise NotLinearError(f"{names[e]} has a mark of its own")
    unmarked = set(record.kind[record.kind_lo[:-1]][record.mark < 0].tolist())
    marked = program.arrays.effects.op == ADD_MARK
    for e in unmarked:
        if marked[happenings.effect_lo[e] : happenings.effect_hi[e]].any():
            raise NotLinearError(f"some number killed by {names[e]} is not recorded")
    hidden = np.flatnonzero(by_chance(program) & ~record.watched)
    if len(hidden):
        raise NotLinearError(f"{names[hidden[0]]} may happen and is not watched")


def _used(program: Program, kinds: np.ndarray) -> set[int]:
    """The variables that the intensities of some types depend on."""
    rates = program.arrays.rates
    added = {int(v) for e in kinds for v in rates.add_var[rates.add_lo[e] : rates.add_lo[e + 1]]}
    return added | _bending(program, kinds)


def _steps(
    program: Program, kinds: np.ndarray, used: set[int], day: float
) -> tuple[dict[int, np.ndarray], np.ndarray]:
    """Variables that a schedule moves from level to level: positions of these by piece; the pieces."""
    arrays, base = program.arrays, program.base
    moves: list[tuple[float, int, int]] = []
    for event, at in zip(arrays.times.schedule_event, arrays.times.schedule_at, strict=True):
        no_step = f"the schedule has {program.event_names[event]}, which is no step"
        if arrays.happenings.group_lo[event + 1] > arrays.happenings.group_lo[event]:
            raise NotLinearError(no_step)
        for j in range(arrays.happenings.effect_lo[event], arrays.happenings.effect_hi[event]):
            v, op = int(arrays.effects.target[j]), arrays.effects.op[j]
            if op in (FIRE, FIRE_AFTER, FIRE_AT):
                raise NotLinearError(no_step)
            if op in (RAISE, LOWER) or v not in used:
                continue
            if v in _bending(program, kinds):
                raise NotLinearError(f"the schedule has {program.event_names[event]}, which bends an exponent")  # fmt: skip
            level, fraction = arrays.effects.second[j], arrays.effects.first[j]
            still = base[arrays.variables.decay[v]] == 0.0
            if op != MOVE or base[fraction] != 1.0 or not still or np.isnan(base[at]):
                raise NotLinearError(no_step)
            if base[at] < day:
                moves.append((float(base[at]), v, int(level)))
    pieces = np.unique([0.0, day, *(at for at, _, _ in moves)])
    steps = {}
    for v in {v for _, v, _ in moves}:
        levels = np.full(len(pieces) - 1, arrays.variables.start[v])
        for at, which, level in sorted(moves):
            if which == v:
                levels[np.searchsorted(pieces, at) :] = level
        steps[v] = levels
    return steps, pieces
