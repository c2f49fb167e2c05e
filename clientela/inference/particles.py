"""Draws of what is unknown, made into parameters and histories that follow a record."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from clientela.engine import Block, Record, draw_recorded, levels_of
from clientela.engine.ensemble import cores
from clientela.engine.state import States
from clientela.inference.record import without_schedule_of
from clientela.process import Program
from clientela.process.program import PROPOSITIONS
from clientela.scenario import Conditional


@dataclass(frozen=True)
class Particles:
    """So many draws of what is unknown.

    `levels`, of shape (count, unknowns), are the uniform numbers that propositions and parameters
    are made from; `numbers` the draws whose streams the histories have, which decide all that is
    not watched. The two together determine a history that follows a record.
    """

    levels: np.ndarray
    numbers: np.ndarray

    @classmethod
    def of_prior(cls, program: Program, seed: int, count: int) -> Particles:
        """The unknowns of the first `count` pairs of draws of an unconditional run."""
        levels = levels_of(seed, np.arange(count), unknowns(program))
        return cls(levels, 2 * np.arange(count))

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, which: np.ndarray) -> Particles:
        return Particles(self.levels[which], self.numbers[which])

    def parameters(self, program: Program) -> np.ndarray:
        """What the levels make, shape (count, columns): propositions, then parameters."""
        return parameters_at(program, self.levels)


@dataclass(frozen=True)
class Followed:
    """Histories that follow a record up to a day.

    `weights` are the log-likelihoods of the record in each, shape (count,): −∞ where it is
    impossible or the history failed. `block` holds the histories in the order of the particles, and
    `states` how they stand on the day.
    """

    weights: np.ndarray
    block: Block
    states: States


def unknowns(program: Program) -> list[str]:
    """The streams of the levels: beliefs, then parameters."""
    beliefs = [f"{PROPOSITIONS}.{belief.name}" for belief in program.beliefs]
    return [*beliefs, *(parameter.name for parameter in program.parameters)]


def parameters_at(program: Program, levels: np.ndarray) -> np.ndarray:
    """Propositions and parameters from their uniform levels, shape (count, columns)."""
    truth: dict[str, np.ndarray] = {}
    beliefs = len(program.beliefs)
    for belief, level in zip(program.beliefs, levels[:, :beliefs].T, strict=True):
        truth |= belief.draw(level, truth)
    columns: list[np.ndarray] = list(truth.values())
    for parameter, level in zip(program.parameters, levels[:, beliefs:].T, strict=True):
        law = parameter.distribution
        if isinstance(law, Conditional):
            columns.append(law.draw(level, truth[law.proposition]))
        else:
            columns.append(law.quantile(level))
    return np.stack(columns, axis=1).astype(float) if columns else np.zeros((len(levels), 0))


def follow(
    program: Program,
    seed: int,
    particles: Particles,
    record: Record,
    day: float,
    before: Followed | None = None,
) -> Followed:
    """The particles' histories up to a day, on all processors; with `before` they go on from there,
    and weights are of the days since. No row's window may have the day inside it."""
    program = without_schedule_of(program, record, day)
    parts = min(cores(), len(particles))
    edges = np.linspace(0, len(particles), parts + 1).astype(int)
    parameters = particles.parameters(program)

    def one(k: int) -> tuple[Block, States, np.ndarray]:
        part = slice(edges[k], edges[k + 1])
        states = None if before is None else before.states.picked(part)
        numbers = particles.numbers[part]
        return draw_recorded(program, seed, parameters[part], numbers, record, day, states)

    with ThreadPoolExecutor(parts) as pool:
        blocks, states, weights = zip(*pool.map(one, range(parts)), strict=True)
    weight = np.concatenate(weights)
    return Followed(
        np.where(np.isnan(weight), -np.inf, weight),
        joined(blocks, edges[:-1].tolist()),
        _standing(states),
    )


def joined(blocks: Sequence[Block], firsts: Sequence[int]) -> Block:
    """One block of several, whose histories are numbered from 0 and now from these numbers on."""
    every = list(zip(blocks, firsts, strict=True))
    return Block(
        0,
        sum(block.count for block in blocks),
        np.concatenate([block.draw + np.int32(first) for block, first in every]),
        np.concatenate([block.day for block in blocks]),
        np.concatenate([block.label for block in blocks]),
        np.concatenate([block.mark for block in blocks]),
        np.concatenate([block.parameters for block in blocks]),
        {draw + first: why for block, first in every for draw, why in block.failed.items()},
    )


def _standing(states: Sequence[States]) -> States:
    columns = zip(*(each[1:] for each in states), strict=True)
    return States(states[0].day, *(np.concatenate(column) for column in columns))
