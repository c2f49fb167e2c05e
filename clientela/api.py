"""The Python entry points beside `run`: load a scenario, draw a process built by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from clientela.engine import (
    block_ranges,
    draw_block,
    events_table,
    map_blocks,
    parameters_table,
    prepare,
)
from clientela.mechanisms import completed, settings_models
from clientela.process import Process, Program, compile_process
from clientela.scenario import Reader, Scenario


def load(
    source: str | Path | Mapping[str, Any],
    *,
    branch: str | None = None,
    changes: Mapping[str, Any] | None = None,
    without: Sequence[str] = (),
    without_sources: Sequence[str] = (),
) -> Scenario:
    """The scenario in a file, of a bundled name or in a mapping, checked.

    `branch` takes one of its what-ifs, `changes` sets values by dotted path, `without` switches
    mechanisms off, `without_sources` retracts what sources of the evidence say (`camp:NAME`: all
    of a camp). Raises ReadingError with every problem, a line each.
    """
    take = reader(source)
    return take(branch=branch, changes=changes, without=without, without_sources=without_sources)


def reader(
    source: str | Path | Mapping[str, Any], texts: Mapping[Path, str] | None = None
) -> Callable[..., Scenario]:
    """A function that gives the scenario with the options of `load`, its file read only once.

    `texts` are read in place of what files hold. Raises ReadingError if it cannot be read.
    """
    read = Reader(source, settings_models(), texts)
    return lambda **options: completed(read.scenario(**options))


@dataclass(frozen=True)
class Ensemble:
    """Histories of a process, in memory."""

    program: Program
    draws: int
    failures: dict[int, str]
    events: pl.DataFrame
    parameters: pl.DataFrame


def draw(
    process: Process, *, draws: int = 1000, seed: int = 1, executor: Executor | None = None
) -> Ensemble:
    """`draws` histories of a process built by hand.

    `events` has a row per thing recorded (draw, day, what, mark), `parameters` a row per draw,
    propositions among its columns.
    Raises ProcessError if the process does not hold together.
    """
    program = compile_process(process)
    prepare(program)
    names = program.columns
    events: list[pl.DataFrame] = []
    parameters: list[pl.DataFrame] = []
    failures: dict[int, str] = {}
    for block in map_blocks(partial(draw_block, program, seed), block_ranges(draws), executor):
        events.append(events_table(block, program.labels))
        parameters.append(parameters_table(block, names))
        failures |= block.failed
    return Ensemble(program, draws, failures, pl.concat(events), pl.concat(parameters))
