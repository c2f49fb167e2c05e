"""Does violence die out or explode? The branching matrix and its spectral radius."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from clientela.process import program as pg
from clientela.process.program import Program


@dataclass(frozen=True)
class Stability:
    """The branching matrix N of a process at its starting values.

    `matrix[e, f]` is the mean number of events f that one event e sets off directly; `radius` its
    spectral radius, under 1 if a disturbance dies out; `loop` the cycle of events through which
    it is largest.
    """

    matrix: np.ndarray
    radius: float
    loop: tuple[str, ...]


def branching_matrices(program: Program, coefficients: np.ndarray) -> np.ndarray:
    """N for each row of full coefficient vectors, shape (rows, events, events).

    One event e changes variable v by J_ev on average; the change fades with decay δ_v and moves
    λ_f by G_fv = ∂λ_f/∂x_v meanwhile, all at the starting values and as if every event were
    open: N_ef = Σ_v J_ev · (1 − e^{−δ_v S}) / δ_v · G_fv, S the horizon or, where an event that e
    lets happen later moves v back, the days until then. What is looked up stands at what the table
    gives, which is no jump. Negative sums, which hold violence back, count as 0. For an exponential
    Hawkes process this is the matrix of branching ratios (Hawkes 1971).
    """
    x = _looked_up(program, coefficients, coefficients[:, program.arrays.variables.start])
    changes = _changes(program, coefficients, x)
    gains = _gains(program, coefficients, x)
    return np.maximum(np.einsum("rev,rfv->ref", changes, gains), 0.0)


def spectral_radius(matrices: np.ndarray) -> np.ndarray:
    """The largest absolute eigenvalue of each matrix."""
    return np.abs(np.linalg.eigvals(matrices)).max(axis=-1)


def stability(program: Program, coefficients: np.ndarray) -> Stability:
    """The stability at one full coefficient vector."""
    matrix = branching_matrices(program, coefficients[None, :])[0]
    return Stability(matrix, float(spectral_radius(matrix)), _loop(matrix, program.event_names))


def _changes(program: Program, coef: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Mean change of each variable by one event, times the days that it lasts; those included of
    events that are fired."""
    events, count = len(program.event_names), len(program.variable_names)
    jumps = np.zeros((len(coef), events, count))
    fired = np.zeros((len(coef), events, events))
    for e in range(events):
        mark = _mean_mark(program, coef, e)
        lo, hi = program.arrays.happenings.effect_lo[e], program.arrays.happenings.effect_hi[e]
        _add_effects(program, coef, x, lo, hi, 1.0, mark, jumps[:, e], fired[:, e])
        for g in range(
            program.arrays.happenings.group_lo[e], program.arrays.happenings.group_lo[e + 1]
        ):
            branches = np.arange(
                program.arrays.groups.branch_lo[g], program.arrays.groups.branch_lo[g + 1]
            )
            for b, chance in zip(branches, _chances(program, coef, x, g, branches), strict=True):
                lo, hi = program.arrays.branches.effect_lo[b], program.arrays.branches.effect_hi[b]
                _add_effects(program, coef, x, lo, hi, chance, mark, jumps[:, e], fired[:, e])
    changes = jumps * _lasting(program, coef)
    # What is fired may fire in turn; firing has no loops, so a few rounds reach everything.
    total, step = changes.copy(), changes
    for _ in range(8):
        step = np.einsum("ref,rfv->rev", fired, step)
        total += step
    return total


def _chances(
    program: Program, coef: np.ndarray, x: np.ndarray, g: int, branches: np.ndarray
) -> np.ndarray:
    """Probability of each branch, shape (branches, rows); alike where seats decide."""
    if program.arrays.groups.kind[g] != pg.CHOICE:
        return np.full((len(branches), len(coef)), 1.0 / len(branches))
    weights = np.empty((len(branches), len(coef)))
    for i, b in enumerate(branches):
        weights[i] = coef[:, program.arrays.branches.weight[b]]
        for k in range(
            program.arrays.branches.slope_lo[b], program.arrays.branches.slope_lo[b + 1]
        ):
            weights[i] += (
                coef[:, program.arrays.branches.slope_coef[k]]
                * x[:, program.arrays.branches.slope_var[k]]
            )
    odds = np.exp(weights - weights.max(axis=0))
    return odds / odds.sum(axis=0)


def _add_effects(
    program: Program,
    coef: np.ndarray,
    x: np.ndarray,
    lo: Any,
    hi: Any,
    chance: float | np.ndarray,
    mark: np.ndarray,
    jumps: np.ndarray,
    fired: np.ndarray,
) -> None:
    effects = program.arrays.effects
    for k in range(lo, hi):
        op, target = effects.op[k], effects.target[k]
        first = coef[:, effects.first[k]] if op != pg.LOOK_UP else 0.0
        match op:
            case pg.ADD | pg.REBASE:
                change = first
            case pg.ADD_BY:
                change = first * x[:, effects.second[k]]
            case pg.ADD_MARK:
                change = first * mark
            case pg.MOVE:
                change = first * (coef[:, effects.second[k]] - x[:, target])
            case pg.FIRE_AFTER:
                fired[:, program.arrays.times.timer_event[target]] += chance
                continue
            case pg.FIRE | pg.FIRE_AT:
                fired[:, target] += chance
                continue
            case _:
                continue
        jumps[:, target] += chance * change


def _effects_of(program: Program, e: int) -> Iterator[int]:
    """Every effect that an event may have, whichever branches are drawn."""
    happenings, branches = program.arrays.happenings, program.arrays.branches
    yield from range(happenings.effect_lo[e], happenings.effect_hi[e])
    groups = program.arrays.groups.branch_lo
    first, last = groups[happenings.group_lo[e]], groups[happenings.group_lo[e + 1]]
    for b in range(first, last):
        yield from range(branches.effect_lo[b], branches.effect_hi[b])


def _lasting(program: Program, coef: np.ndarray) -> np.ndarray:
    """How many days a change of each variable by each event counts, shape (rows, events, variables)."""
    effects, times = program.arrays.effects, program.arrays.times
    events = len(program.event_names)
    until = np.full((len(coef), events, len(program.variable_names)), program.horizon)
    for e in range(events):
        for k in _effects_of(program, e):
            if effects.op[k] == pg.FIRE_AFTER:
                later = int(times.timer_event[effects.target[k]])
                back = [effects.target[j] for j in _effects_of(program, later) if effects.op[j] == pg.MOVE]  # fmt: skip
                days = np.maximum(coef[:, effects.first[k]], 0.0)[:, None]
                until[:, e, back] = np.minimum(until[:, e, back], days)
    decay = coef[:, None, program.arrays.variables.decay]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(decay > 0, -np.expm1(-decay * until) / decay, until)


def _looked_up(program: Program, coef: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The variables, those that are looked up anywhere at what their table gives."""
    tables, effects = program.arrays.tables, program.arrays.effects
    x = x.copy()
    for e in np.flatnonzero(effects.op == pg.LOOK_UP):
        k, of = effects.first[e], x[:, effects.second[e]]
        columns = slice(tables.point_lo[k], tables.point_lo[k + 1])
        points, levels = coef[:, tables.point[columns]], coef[:, tables.level[columns]]
        found = [np.interp(*row) for row in zip(of, points, levels, strict=True)]
        x[:, effects.target[e]] = np.where(of < points[:, 0], coef[:, tables.below[k]], found)
    return x


def _mean_mark(program: Program, coef: np.ndarray, e: int) -> np.ndarray:
    if program.arrays.happenings.mark[e] != pg.KILLED:
        return np.zeros(len(coef))
    none = coef[:, program.arrays.happenings.none[e]]
    return (1.0 - none) * coef[:, program.arrays.happenings.mean[e]]


def _gains(program: Program, coef: np.ndarray, x: np.ndarray) -> np.ndarray:
    """G: derivative of each intensity by each variable."""
    rates = program.arrays.rates
    events, count = len(program.event_names), len(program.variable_names)
    gains = np.zeros((len(coef), events, count))
    for e in range(events):
        additive = coef[:, rates.rate[e]].copy()
        exponent = np.zeros(len(coef))
        adds = range(rates.add_lo[e], rates.add_lo[e + 1])
        logs = range(rates.log_lo[e], rates.log_lo[e + 1])
        for k in adds:
            additive += coef[:, rates.add_coef[k]] * x[:, rates.add_var[k]]
        for k in logs:
            exponent += coef[:, rates.log_coef[k]] * x[:, rates.log_var[k]]
        factor = np.exp(exponent)
        for k in adds:
            gains[:, e, rates.add_var[k]] += coef[:, rates.add_coef[k]] * factor
        for k in logs:
            gains[:, e, rates.log_var[k]] += (
                coef[:, rates.log_coef[k]] * np.maximum(additive, 0.0) * factor
            )
    return gains


def _loop(matrix: np.ndarray, names: tuple[str, ...]) -> tuple[str, ...]:
    """The cycle through the entry to which the spectral radius is most sensitive."""
    if not matrix.any():
        return ()
    values, right = np.linalg.eig(matrix)
    right = np.abs(right[:, np.argmax(np.abs(values))])
    values, left = np.linalg.eig(matrix.T)
    left = np.abs(left[:, np.argmax(np.abs(values))])
    share = matrix * left[:, None] * right[None, :]
    first, second = np.unravel_index(np.argmax(share), share.shape)
    if first == second:
        return (names[first], names[first])
    import networkx  # here, since it takes a fifth of a second that a run need not pay

    graph = networkx.DiGraph()
    top = matrix.max()
    for e, f in zip(*np.nonzero(matrix), strict=True):
        graph.add_edge(e, f, weight=float(np.log(top / matrix[e, f])))
    try:
        back = networkx.shortest_path(graph, second, first, weight="weight")
    except (networkx.NetworkXNoPath, networkx.NodeNotFound):
        return (names[first], names[second])
    return tuple(names[i] for i in (first, *back))
