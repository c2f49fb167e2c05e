"""One block of draws: parameters, then coefficients, then histories. The unit of work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from clientela.engine import kernel
from clientela.engine.state import QUEUE, Log, States
from clientela.engine.streams import uniforms
from clientela.engine.witness import Record
from clientela.process.program import PROPOSITIONS, Program, stream_key
from clientela.scenario import Conditional

BLOCK = 4096
MOST_EVENTS = 200_000  # in one history; more counts as an explosion

REASONS = {
    kernel.TOO_MANY: f"more than {MOST_EVENTS:,} events in one history, or {QUEUE} at once",
    kernel.NOT_FINITE: "an intensity was not finite or passed 131,072 events a day",
    kernel.BOUND_BROKEN: "an intensity passed its bound",
}


@dataclass(frozen=True)
class Block:
    """Histories `first` … `first + count − 1` of an ensemble.

    `draw`, `day`, `label`, `mark` are the log, a row per thing recorded, in order of draw and
    time; `parameters` has shape (count, columns), propositions first; `failed` maps a failed draw to the reason.
    """

    first: int
    count: int
    draw: np.ndarray
    day: np.ndarray
    label: np.ndarray
    mark: np.ndarray
    parameters: np.ndarray
    failed: dict[int, str]

    @property
    def good(self) -> np.ndarray:
        """Which histories did not fail, shape (count,) of bool."""
        good = np.ones(self.count, dtype=bool)
        good[[draw - self.first for draw in self.failed]] = False
        return good


def draw_parameters(program: Program, seed: int, first: int, count: int) -> np.ndarray:
    """What is drawn before the paths, shape (count, columns): propositions, then parameters.

    For draws first … first + count − 1. Draws 2k and 2k + 1 share what nobody knows, so that the
    covariance of their answers is the part of the variance that is not chance; dates and other
    matters of chance they do not. Propositions are 1 where true and 0 where false.
    """
    draws = np.arange(first, first + count)
    pairs = draws // 2
    truth = draw_propositions(program, seed, pairs)
    values = np.empty((count, len(truth) + len(program.parameters)))
    for column, true in enumerate(truth.values()):
        values[:, column] = true[pairs - pairs[0]]
    for shared, index in ((True, pairs), (False, draws)):
        columns = [i for i, p in enumerate(program.parameters) if p.shared == shared]
        levels = levels_of(seed, index, [program.parameters[i].name for i in columns])
        for column, level in zip(columns, levels.T, strict=True):
            distribution = program.parameters[column].distribution
            if isinstance(distribution, Conditional):
                rows = np.arange(index[0], index[-1] + 1) // (1 if shared else 2) - pairs[0]
                drawn = distribution.draw(level, truth[distribution.proposition][rows])
            else:
                drawn = distribution.quantile(level)
            values[:, len(truth) + column] = drawn[index - index[0]]
    return values


def levels_of(seed: int, index: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """The uniform numbers that these names are drawn from, for vectors index[0] … index[-1].

    Shape (vectors, names). A vector belongs to a pair of draws, or to a draw, by what is asked.
    """
    keys = np.array([stream_key(name) for name in names], dtype=np.uint64)
    levels = np.empty((index[-1] - index[0] + 1, len(keys)))
    uniforms(np.uint64(seed), index[0], keys, levels)
    return levels


def draw_propositions(program: Program, seed: int, pairs: np.ndarray) -> dict[str, np.ndarray]:
    """Whether each proposition is true in each pair of draws, in the order of the beliefs."""
    streams = [f"{PROPOSITIONS}.{belief.name}" for belief in program.beliefs]
    truth: dict[str, np.ndarray] = {}
    for belief, level in zip(program.beliefs, levels_of(seed, pairs, streams).T, strict=True):
        truth |= belief.draw(level, truth)
    return truth


def draw_block(program: Program, seed: int, first: int, count: int) -> Block:
    """The block of `count` histories from `first` on. Pure: same arguments, same bits."""
    return _drawn(program, seed, first, count, no_states(program), kernel.WHOLE)


def draw_until(
    program: Program, seed: int, first: int, count: int, day: float
) -> tuple[Block, States]:
    """The block's histories up to and including a day, and the states in which they are then."""
    states = no_states(program, count, day)
    short = replace(program, horizon=day)
    return _drawn(short, seed, first, count, states, kernel.LEAVE), states


def draw_from(program: Program, seed: int, before: Block, states: States) -> Block:
    """The rest of histories that were drawn up to a day, from the states in which they were left.

    With the program that left them these are the rows that `draw_block` has after the day; another
    program takes states made its own by `resuming.carried`. Histories that failed stay failed.
    """
    return _drawn(program, seed, before.first, before.count, states, kernel.GO_ON, before.failed)


def no_states(program: Program, count: int = 0, day: float = 0.0) -> States:
    """Room for the states of so many histories of a process on a day."""
    variables, events = len(program.variable_names), len(program.event_names)
    timers = len(program.arrays.times.timer_event)
    return States(
        np.array([day]),
        np.zeros((count, variables)),
        np.zeros((count, variables)),
        np.zeros((count, variables)),
        np.zeros(count, np.int64),
        np.zeros((count, 2), np.int64),
        np.zeros((count, events), np.int64),
        np.full((count, timers), np.inf),
    )


def draw_recorded(
    program: Program,
    seed: int,
    parameters: np.ndarray,
    numbers: np.ndarray,
    record: Record,
    day: float,
    states: States | None = None,
) -> tuple[Block, States, np.ndarray]:
    """Histories in which what the record watches happens as it says, up to and including a day.

    `parameters` has shape (count, columns); history i has the streams of draw `numbers[i]`. With
    `states` they go on from there, each from its own. Returns the block, the states on the day,
    and the log-likelihood of the record in each history since it was taken up, shape (count,): −∞
    where the history makes the record impossible, NaN where it failed.
    """
    count = len(numbers)
    mode = kernel.LEAVE if states is None else kernel.GO_ON_AND_LEAVE
    states = no_states(program, count, day) if states is None else states.picked(slice(None))
    short = replace(program, horizon=day)
    weights = np.full(count, np.nan)
    # Histories write into it; others may be drawn at the same time.
    record = record.with_room()
    block = _paths(short, seed, 0, parameters, numbers, states, mode, {}, record, weights)
    states.day[0] = day
    return block, states, weights


def draw_rescaled(
    program: Program, seed: int, parameters: np.ndarray, number: int, record: Record, day: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One history that follows a record, in the time of its compensators.

    `parameters` has shape (1, columns). Returns for each row of the record that is weighed its log
    intensity and the compensator of its types by then, both shape (rows,), and each type's
    compensator on the day, shape (events,).
    """
    record = record.with_room()
    states = no_states(program, 1, day)
    short, numbers = replace(program, horizon=day), np.array([number])
    _paths(short, seed, 0, parameters, numbers, states, kernel.LEAVE, {}, record, np.zeros(1))
    return record.log_intensity, record.risen, record.area


def draw_on(
    program: Program,
    seed: int,
    parameters: np.ndarray,
    numbers: np.ndarray,
    states: States,
) -> Block:
    """The rest of histories from the states in which they stand, with the streams of `numbers`."""
    return _paths(program, seed, 0, parameters, numbers, states, kernel.GO_ON, {})


def _drawn(
    program: Program, seed: int, first: int, count: int, states: States, mode: int,
    failed: Mapping[int, str] | None = None,
) -> Block:  # fmt: skip
    parameters = draw_parameters(program, seed, first, count)
    numbers = np.arange(first, first + count)
    return _paths(program, seed, first, parameters, numbers, states, mode, failed or {})


def _paths(
    program: Program, seed: int, first: int, parameters: np.ndarray, numbers: np.ndarray,
    states: States, mode: int, failed: Mapping[int, str], record: Record | None = None,
    weights: np.ndarray | None = None,
) -> Block:  # fmt: skip
    """Histories by their parameters and numbers; those in `failed` stay failed."""
    count = len(numbers)
    filled = program.coefficients(parameters)
    ended = np.zeros(count, dtype=np.int64)
    ended[[draw - first for draw in failed]] = kernel.TOO_MANY
    pieces: list[tuple[np.ndarray, ...]] = []
    log = _new_log(64 * count)
    done = 0
    while done < count:
        done, rows = kernel.draw_histories(
            program.arrays,
            program.base,
            program.positions,
            filled,
            program.flags,
            np.uint64(seed),
            numbers,
            first,
            done,
            program.horizon,
            MOST_EVENTS,
            log,
            0,
            ended,
            states,
            mode,
            record,
            np.zeros(0) if weights is None else weights,
        )
        pieces.append(tuple(column[:rows].copy() for column in log))
        if done < count:
            log = _new_log(2 * len(log.draw))
    draw, day, label, mark = (np.concatenate(column) for column in zip(*pieces, strict=True))
    why = {first + int(i): REASONS[int(ended[i])] for i in np.flatnonzero(ended)} | dict(failed)
    return Block(first, count, draw, day, label, mark, parameters, why)


def _new_log(rows: int) -> Log:
    return Log(
        np.empty(rows, np.int32),
        np.empty(rows, np.float64),
        np.empty(rows, np.int16),
        np.empty(rows, np.int64),  # a coalition's bits, one per list
    )
