"""States of one process made those of another, so that histories go on under a change."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clientela.engine.block import draw_parameters
from clientela.engine.state import States
from clientela.process.program import Program


class CarryError(ValueError):
    """A state that the other process has no place for; the message says why and what to do."""


def carried(states: States, old: Program, new: Program, seed: int, first: int) -> States:
    """The states of histories of `old` as states of `new`, matched by name.

    Variables keep their values; one whose baseline or half-life is another under `new` relaxes as
    `new` says from the day on, and what effects had added to its baseline stays added. Flags,
    occurrences, standing proposals and running timers are kept; what `new` alone has begins as it
    would on day 0. Raises CarryError if the coalitions that can stand are not the same ones.
    """
    _check_assembly(old, new)
    count, day = len(states.flags), float(states.day[0])
    before, after = (p.filled(draw_parameters(p, seed, first, count)) for p in (old, new))
    value, since, base = _variables(states, old, new, before, after, day)
    return States(
        states.day,
        value,
        since,
        base,
        _flags(states.flags, old, new),
        states.proposal.copy(),
        _columns(states.counts, old.event_names, new.event_names, np.zeros(count, np.int64)),
        _columns(states.timer, _timers(old), _timers(new), np.full(count, np.inf)),
    )


def _variables(
    states: States, old: Program, new: Program, before: np.ndarray, after: np.ndarray, day: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(value, since, base) of the new process's variables, each of shape (draws, variables)."""
    was, is_now = old.arrays.variables, new.arrays.variables
    places = {name: v for v, name in enumerate(old.variable_names)}
    shape = (len(states.flags), len(new.variable_names))
    value, since, base = np.empty(shape), np.full(shape, day), np.empty(shape)
    for v, name in enumerate(new.variable_names):
        baseline = np.clip(after[:, is_now.baseline[v]], is_now.low[v], is_now.high[v])
        if name not in places:
            base[:, v], value[:, v] = baseline, after[:, is_now.start[v]]
            continue
        u = places[name]
        first = np.clip(before[:, was.baseline[u]], was.low[u], was.high[u])
        base[:, v] = baseline + (states.base[:, u] - first)
        decay = before[:, was.decay[u]]
        same = (base[:, v] == states.base[:, u]) & (after[:, is_now.decay[v]] == decay)
        # Left alone a variable stays as it was written, so that no rounding parts the histories.
        gone = np.exp(-decay * (day - states.since[:, u]))
        relaxed = states.base[:, u] + (states.value[:, u] - states.base[:, u]) * gone
        value[:, v] = np.where(same, states.value[:, u], relaxed)
        since[:, v] = np.where(same, states.since[:, u], day)
    return value, since, base


def _flags(flags: np.ndarray, old: Program, new: Program) -> np.ndarray:
    places = {name: bit for bit, name in enumerate(old.flag_names)}
    found = np.zeros_like(flags)
    for bit, name in enumerate(new.flag_names):
        if name in places:
            found |= ((flags >> places[name]) & 1) << bit
        else:
            found |= np.int64(new.flags) & (np.int64(1) << bit)
    return found


def _columns(
    values: np.ndarray, old: Sequence[str], new: Sequence[str], fresh: np.ndarray
) -> np.ndarray:
    """Columns by name; those that only the new process has are `fresh`."""
    places = {name: column for column, name in enumerate(old)}
    columns = [values[:, places[name]] if name in places else fresh for name in new]
    return np.ascontiguousarray(np.stack(columns, axis=1)) if columns else values[:, :0].copy()


def _timers(program: Program) -> list[str]:
    return [program.event_names[event] for event in program.arrays.times.timer_event]


def _check_assembly(old: Program, new: Program) -> None:
    """A standing coalition is a row of the assembly's table, so the tables must have the same rows."""
    one, two = old.arrays.assembly, new.arrays.assembly
    for name in ("pointer", "masks", "seats"):
        if not np.array_equal(getattr(one, name), getattr(two, name)):
            raise CarryError(
                "the change makes other coalitions possible, so a coalition that stands on the day "
                "could not be carried on; leave seats, lists, vetoes and majorities as they are"
            )
