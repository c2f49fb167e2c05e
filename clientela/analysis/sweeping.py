"""Answers over a range of values: the same draws at every point, so that differences are not chance."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from clientela.analysis.forecast import Progress, program_of
from clientela.analysis.glance import Glance, glance
from clientela.analysis.points import Point, Take, with_values
from clientela.analysis.side_by_side import side_by_side
from clientela.analysis.sweep_store import SweepFolder
from clientela.engine import prepare
from clientela.scenario import Scenario


@dataclass(frozen=True)
class Sweep:
    """What a sweep found.

    `table` has a row per point, question and outcome: `point` (−1: the scenario as it is), a column
    for each path swept, `question`, `outcome` (`yes`, or the kind), `share` with its 95 %
    Monte-Carlo interval `low` to `high`, `change` against the scenario as it is with `change_low`
    to `change_high`, and `failed` draws. Shares are null where a question arose in no history.
    """

    scenario: Scenario
    paths: tuple[str, ...]
    points: list[Point]
    table: pl.DataFrame
    draws: int
    seed: int
    folder: Path
    taken_up: int
    seconds: float

    def of(self, question: str, outcome: str = "yes") -> pl.DataFrame:
        """The rows of one outcome at the points, in their order."""
        mine = (pl.col("question") == question) & (pl.col("outcome") == outcome)
        return self.table.filter(mine & (pl.col("point") >= 0)).sort("point")


def sweep(
    take: Take,
    points: Sequence[Point],
    *,
    out: Path | str,
    draws: int = 2_000,
    seed: int = 1,
    until: dt.date | None = None,
    questions: Sequence[str] | None = None,
    options: dict[str, Any] | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """The answers at every point, each from the same draws.

    `take` gives the scenario with changes (`clientela.api.reader`); `options` are its other
    options, such as a branch. Points that the folder `out` holds are taken up, so an interrupted
    sweep goes on. Every point is the run with `--set` of its values, to the bit. Raises ReadingError
    for a path or value that does not fit before anything is drawn, and StoreError.
    """
    started, given = time.perf_counter(), options or {}
    base = take(**given)
    chosen = list(questions or base.questions)
    for point in (points[0], points[-1]):
        take(**with_values(given, point))
    paths = tuple(points[0])
    folder = SweepFolder(out, _identity(base, points, draws, seed, until, chosen))
    prepare(program_of(base, until))
    nothing: Point = dict.fromkeys(paths, float("nan"))
    first = glance(base, draws, seed, until=until, questions=chosen)
    known = {-1: _rows(-1, nothing, first, first)}
    known |= {n: rows for n in range(len(points)) if (rows := folder.point(n)) is not None}
    taken_up = len(known) - 1

    def at(number: int) -> pl.DataFrame:
        point = points[number]
        scenario = take(**with_values(given, point))
        rows = _rows(
            number, point, first, glance(scenario, draws, seed, until=until, questions=chosen)
        )
        folder.save_point(number, rows)
        return rows

    missing = [n for n in range(len(points)) if n not in known]
    for done, (number, rows) in enumerate(side_by_side(at, missing, executor), taken_up + 1):
        known[number] = rows
        if progress:
            progress(done, len(points))
    table = pl.concat([known[n] for n in sorted(known)])
    folder.save(table)
    return Sweep(base, paths, list(points), table, draws, seed, folder.path, taken_up,
                 time.perf_counter() - started)  # fmt: skip


def _rows(number: int, point: Point, base: Glance, found: Glance) -> pl.DataFrame:
    ends = {
        (answer.id, outcome): interval
        for answer in found.answers
        for outcome, interval in (answer.intervals or {"yes": (answer.low, answer.high)}).items()
    }
    rows: list[dict[str, Any]] = []
    for d in found.differences(base):
        low, high = ends[d.question, d.outcome]
        rows.append({
            "point": number, **point, "question": d.question, "outcome": d.outcome,
            "share": d.other, "low": low, "high": high, "change": d.change, "change_low": d.low,
            "change_high": d.high, "failed": len(found.summary.failures),
        })  # fmt: skip
    floats = (*point, "share", "low", "high", "change", "change_low", "change_high")
    return pl.DataFrame(rows, schema_overrides=dict.fromkeys(floats, pl.Float64))


def _identity(
    scenario: Scenario, points: Sequence[Point], draws: int, seed: int, until: dt.date | None,
    questions: Sequence[str],
) -> dict[str, Any]:  # fmt: skip
    return {
        "scenario": scenario.scenario,
        "digest": scenario.digest,
        "branch": scenario.branch,
        "points": list(points),
        "draws": draws,
        "seed": seed,
        "until": str(until or scenario.horizon),
        "questions": list(questions),
        "clientela": version("clientela"),
    }
