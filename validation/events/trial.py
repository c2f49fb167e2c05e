"""A model fitted to the first days and judged by the later ones."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, replace

import numpy as np

from clientela.engine import Record, draw_on, draw_recorded
from clientela.inference.likelihood import likelihood_of
from clientela.inference.mode import Mode, mode_of
from clientela.inference.record import record_of_times
from clientela.inference.residuals import residuals
from clientela.inference.scores import Scores
from clientela.process import Program, compile_process
from validation.events.models import Events, Terms, names_of, process_of

WEEK = 7.0
PATHS = 400
# Streams of parameters and paths.
SEED = 5


@dataclass(frozen=True)
class Judged:
    """How a model did on the days held out.

    `weekly` are log densities of each week's events (nats), `crps` of each week's count of all
    types together, shape (weeks,); `parameters` how many were fitted in how many `seconds`;
    `distance` is Kolmogorov's of the rescaled gaps of days fitted to, and `radius` the spectral
    radius of the matrix of offspring among types; NaN where there is none. Of a model refitted these
    are of its first fit.
    """

    name: str
    parameters: int
    seconds: float
    weekly: np.ndarray
    crps: np.ndarray
    distance: float
    radius: float


def judge(terms: Terms, events: Events, split: float) -> Judged:
    """Fits the model to the days up to `split` and judges it by whole weeks from there; refitted, if
    its terms say so, as weeks go by."""
    weeks = int((events.days - split) // WEEK)
    every = terms.refitted or weeks
    parts = [
        _part(terms, events, split + WEEK * first, min(every, weeks - first))
        for first in range(0, weeks, every)
    ]
    return replace(
        parts[0], weekly=np.concatenate([p.weekly for p in parts]),
        crps=np.concatenate([p.crps for p in parts]),
    )  # fmt: skip


def _part(terms: Terms, events: Events, split: float, weeks: int) -> Judged:
    """The model fitted to the days up to `split` and judged by so many weeks from there."""
    program = compile_process(process_of(terms, events, split))
    names = names_of(events)
    record = record_of_times(
        program, [names[k] for k in events.kind], events.day, watched=events.types,
        given=events.given,
    )  # fmt: skip
    chosen = [p.name for p in program.parameters]
    began = time.perf_counter()
    short = replace(program, horizon=split)
    scores = Scores(short, chosen)
    likelihood = likelihood_of(short, record, scores, split)
    mode = mode_of(likelihood)
    seconds = time.perf_counter() - began
    edges = split + WEEK * np.arange(weeks + 1)
    reached = [_reached(program, record, scores, mode, day) for day in edges]
    crps = _crps(program, record, scores, mode, events, edges)
    return Judged(
        terms.name, len(chosen), seconds, np.diff(reached), crps,
        residuals(likelihood.risen(mode.z)).distance, _radius(events, mode),
    )  # fmt: skip


def _reached(program: Program, record: Record, scores: Scores, mode: Mode, day: float) -> float:
    """The log-likelihood at the mode up to a day."""
    whole = replace(program, horizon=day)
    return float(likelihood_of(whole, record, scores, day).values(mode.z[None])[0])


def _crps(
    program: Program, record: Record, scores: Scores, mode: Mode, events: Events, edges: np.ndarray
) -> np.ndarray:
    """CRPS of the number of events in each week, told at its beginning: paths go on from what had
    happened, with parameters from the normal approximation."""
    columns = scores.columns(mode.draw(PATHS, SEED))
    numbers = np.arange(PATHS)
    types = len(events.types)
    wanted = [program.labels.index(name) for name in events.types]
    states, found = None, []
    for begin, end in itertools.pairwise(edges):
        _, states, _ = draw_recorded(program, SEED, columns, numbers, record, begin, states)
        block = draw_on(replace(program, horizon=end), SEED, columns, numbers, states)
        if block.failed:  # their counts would be too small
            raise RuntimeError(f"{len(block.failed)} paths failed by day {end:g}: {min(block.failed.values())}")  # fmt: skip
        counted = np.isin(block.label, wanted)
        drawn = np.bincount(block.draw[counted], minlength=PATHS)
        seen = int(((events.kind < types) & (events.day > begin) & (events.day <= end)).sum())
        found.append(crps_of(drawn, seen))
    return np.array(found)


def crps_of(drawn: np.ndarray, seen: float) -> float:
    """CRPS of draws: E|X − y| − E|X − X′| / 2, the fair estimate (Gneiting & Raftery 2007, eq. 21)."""
    x = np.sort(np.asarray(drawn, dtype=float))
    n = len(x)
    spread = 2.0 * float(((2.0 * np.arange(1, n + 1) - n - 1.0) * x).sum()) / (n * (n - 1.0))
    return float(np.abs(x - seen).mean() - 0.5 * spread)


def _radius(events: Events, mode: Mode) -> float:
    """The spectral radius of the matrix of offspring among types: how much feeds on itself."""
    values = dict(zip(mode.names, mode.values, strict=True))
    matrix = np.array([
        [values.get(f"offspring.{source}.{kind}", 0.0) for source in events.types]
        for kind in events.types
    ])  # fmt: skip
    return float(np.abs(np.linalg.eigvals(matrix)).max())
