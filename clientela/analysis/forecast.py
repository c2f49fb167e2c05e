"""From a scenario to a forecast: build, draw, count, answer, store."""

from __future__ import annotations

import atexit
import dataclasses
import datetime as dt
import functools
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from clientela.analysis import answers as an
from clientela.analysis.questions import AskedQuestion, Happens, QuestionError, resolve
from clientela.analysis.tally import Summary, summarise
from clientela.engine import (
    RunFolder,
    StoreError,
    block_ranges,
    draw_block,
    map_blocks,
    prepare,
)
from clientela.engine.block import Block
from clientela.mechanisms import REGISTRY, build, completed, settings_models
from clientela.process import Program, compile_process
from clientela.reading import Problem, ReadingError
from clientela.scenario import Scenario, load

Progress = Callable[[int, int], None]
Drawer = Callable[[int, int], Block]  # (first, count): the block of these histories


@dataclass(frozen=True)
class Forecast:
    """What a run says. `events` and `parameters` are read from its folder when asked for.

    `gone_on` is the day from which another run's histories went on in this scenario, None if they
    are its own from the beginning.
    """

    scenario: Scenario
    seed: int
    draws: int
    failures: dict[int, str]
    seconds: float
    answers: list[an.Answer]
    obedience: list[an.Obedience]
    governments: list[an.Government]
    time_to_government: dict[float, int | None]
    horizon: float
    folder: RunFolder
    taken_up: int = 0
    gone_on: dt.date | None = None

    @property
    def failed(self) -> int:
        """How many draws failed; they are left out of every share."""
        return len(self.failures)

    @property
    def last_day(self) -> dt.date:
        """The last day that was drawn."""
        return self.scenario.as_of + dt.timedelta(days=int(self.horizon) - 1)

    @property
    def until(self) -> dt.date | None:
        """The day it was told to stop after; None: the horizon."""
        return None if self.last_day == self.scenario.horizon else self.last_day

    @property
    def government_by(self) -> dict[float, dt.date | None]:
        """The date by which a share of histories has a government; None: after the last day."""
        return {
            level: None if days is None else self.scenario.as_of + dt.timedelta(days=days - 1)
            for level, days in self.time_to_government.items()
        }

    @property
    def events(self) -> pl.LazyFrame:
        """A row per thing that happened: draw, day (from as_of), what, mark."""
        return self.folder.scan("events", self.draws)

    @property
    def parameters(self) -> pl.LazyFrame:
        """A row per draw: draw, failed (reason or null), propositions, parameters by path."""
        return self.folder.scan("parameters", self.draws)

    def report(self, path: Path | str) -> Path:
        """Writes the self-contained HTML report and returns where."""
        from clientela.report import write_report

        return write_report(self, Path(path))

    def as_json(self) -> dict[str, Any]:
        """What `clientela run --json` prints."""
        return {
            "scenario": self.scenario.scenario,
            "branch": self.scenario.branch,
            "seed": self.seed,
            "draws": self.draws,
            "failed": self.failed,
            "seconds": round(self.seconds, 3),
            "answers": [answer.as_json() for answer in self.answers],
        }


def program_of(scenario: Scenario, until: dt.date | None = None) -> Program:
    """The scenario's compiled process, up to and including `until` or the horizon."""
    program = compile_process(build(scenario))
    if until is None:
        return program
    if not scenario.as_of < until <= scenario.horizon:
        raise QuestionError(
            f"--until {until} is not between as_of, {scenario.as_of}, and the horizon, "
            f"{scenario.horizon}"
        )
    return dataclasses.replace(program, horizon=float((until - scenario.as_of).days + 1))


def run(
    scenario: Scenario,
    *,
    draws: int = 20_000,
    seed: int = 1,
    until: dt.date | None = None,
    out: Path | str | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Forecast:
    """The forecast of a scenario from `draws` histories.

    `out` is the run's folder; finished blocks found there are taken up, so an interrupted run
    goes on and a larger one keeps what a smaller one drew. Without it a temporary folder is used
    and removed when Python ends. `executor` is any `concurrent.futures.Executor` (none: threads
    on all processors). Raises ReadingError, QuestionError, ProcessError or StoreError with clear messages.
    """
    if draws < 1:
        raise QuestionError(f"--draws {draws}: expected at least 1")
    if not 0 <= seed < 2**63:
        raise QuestionError(f"--seed {seed}: expected a whole number from 0 to 2⁶³ − 1")
    program = program_of(scenario, until)
    return forecast_of(
        scenario, program, functools.partial(draw_block, program, seed), draws=draws, seed=seed,
        out=out, executor=executor, progress=progress,
    )  # fmt: skip


def forecast_of(
    scenario: Scenario,
    program: Program,
    draw: Drawer,
    *,
    draws: int,
    seed: int,
    out: Path | str | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    gone_on: dt.date | None = None,
    base: str = "",
) -> Forecast:
    """The forecast from blocks of histories that `draw` gives, with the labels of `program`.

    `base` is the digest of the process that histories came from which go on under this one.
    """
    started = time.perf_counter()
    questions, notes = asked_questions(scenario, program)
    identity = _identity(scenario, program, seed) | (
        {"gone_on": f"{gone_on} {base}"} if gone_on else {}
    )
    folder = RunFolder.create(out or _temporary(), identity)
    summary, taken_up = _draw(draw, program, questions, folder, draws, executor, progress)
    lists = tuple(scenario.lists)
    forecast = Forecast(
        scenario=scenario,
        seed=seed,
        draws=draws,
        failures=summary.failures,
        seconds=time.perf_counter() - started,
        answers=[an.answer(q, summary.questions[q.id], notes.get(q.id, "")) for q in questions],
        obedience=an.obedience(summary, program.labels),
        governments=an.likeliest_governments(summary, lists),
        time_to_government=an.time_to_government(summary),
        horizon=program.horizon,
        folder=folder,
        taken_up=taken_up,
        gone_on=gone_on,
    )
    _write(forecast, identity)
    return forecast


def _draw(
    draw: Drawer,
    program: Program,
    questions: list[AskedQuestion],
    folder: RunFolder,
    draws: int,
    executor: Executor | None,
    progress: Progress | None,
) -> tuple[Summary, int]:
    """Draws what the folder lacks, stores it, and counts everything, block by block."""
    names = program.columns
    ranges = block_ranges(draws)
    stored = [r for r in ranges if folder.holds(*r)]
    missing = [r for r in ranges if r not in stored]
    summary, done = Summary(), 0
    for first, count in stored:
        part, outcomes = _counted(folder.load(first, count), program, questions)
        folder.save_outcomes(first, outcomes)  # the questions may be others than before
        summary.add(part)
        done += count
        if progress:
            progress(done, draws)
    if missing:
        prepare(program)
    task = functools.partial(_task, draw, program, questions)
    for block, part, outcomes in map_blocks(task, missing, executor):
        folder.save_outcomes(block.first, outcomes)
        folder.save(block, program.labels, names)
        summary.add(part)
        done += block.count
        if progress:
            progress(done, draws)
    return summary, sum(count for _, count in stored)


def _task(
    draw: Drawer, program: Program, questions: list[AskedQuestion], first: int, count: int
) -> tuple[Block, Summary, dict[str, np.ndarray]]:
    block = draw(first, count)
    return block, *_counted(block, program, questions)


def _counted(
    block: Block, program: Program, questions: list[AskedQuestion]
) -> tuple[Summary, dict[str, np.ndarray]]:
    return summarise(block, questions, program.labels, program.horizon)


def asked_questions(
    scenario: Scenario, program: Program
) -> tuple[list[AskedQuestion], dict[str, str]]:
    """The questions, and notes on those about what a switched-off mechanism would have done.

    Raises ReadingError for every question about an event that the process does not have.
    """
    resolved: list[AskedQuestion] = []
    notes: dict[str, str] = {}
    problems: list[Problem] = []
    off = [name for name in REGISTRY if name not in scenario.active]
    for name, question in scenario.questions.items():
        try:
            asked = resolve(name, question, program.labels, program.horizon, scenario.as_of)
        except QuestionError as error:
            if not off:
                problems.append(scenario.problem(("questions", name), str(error)))
                continue
            never = np.zeros(len(program.labels), dtype=bool)
            asked = Happens(name, question.ask, program.horizon, never)
            notes[name] = f"cannot happen here: {', '.join(off)} is switched off"
        resolved.append(asked)
    if problems:
        raise ReadingError(problems)
    return resolved, notes


def _identity(scenario: Scenario, program: Program, seed: int) -> dict[str, Any]:
    return {
        "scenario": scenario.scenario,
        "program": program.digest,
        "seed": seed,
        "clientela": version("clientela"),
    }


def _write(forecast: Forecast, identity: Mapping[str, Any]) -> None:
    scenario, folder = forecast.scenario, forecast.folder
    folder.write(
        "manifest.json",
        {
            "identity": dict(identity),
            "finished": True,
            "gone_on": forecast.gone_on and str(forecast.gone_on),
            "scenario_digest": scenario.digest,
            "branch": scenario.branch,
            "changes": {path: _plain(value) for path, value in scenario.changes.items()},
            "without": list(scenario.without),
            "without_sources": list(scenario.without_sources),
            "draws": forecast.draws,
            "failures": {str(draw): why for draw, why in forecast.failures.items()},
            "seconds": round(forecast.seconds, 3),
            "horizon": forecast.horizon,
            "time_to_government": {
                str(level): days for level, days in forecast.time_to_government.items()
            },
            "versions": {name: version(name) for name in ("numba", "numpy", "polars")},
        },
    )
    folder.write("scenario.json", json.loads(scenario.as_written()))
    if scenario.ledger is not None:
        folder.write("evidence.json", json.loads(scenario.ledger.as_written()))
    folder.write(
        "answers.json",
        {
            "answers": [dataclasses.asdict(answer) for answer in forecast.answers],
            "obedience": [dataclasses.asdict(item) for item in forecast.obedience],
            "governments": [dataclasses.asdict(item) for item in forecast.governments],
        },
    )


def _temporary() -> Path:
    """A folder that lasts as long as this Python does."""
    path = tempfile.mkdtemp(prefix="clientela-")
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return Path(path)


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=str))


def finished_run(
    path: Path | str,
    scenario: Scenario,
    *,
    seed: int = 1,
    until: dt.date | None = None,
    draws: int | None = None,
) -> Forecast | None:
    """The finished run of this very scenario in a folder, with `draws` draws (none: any number).

    None if there is none there, so that it has to be drawn.
    """
    folder = RunFolder(path)
    manifest = folder.manifest(missing_ok=True)
    if not manifest.get("finished") or draws not in (None, manifest["draws"]):
        return None
    # The identity is that of the histories; the digest is that of what is asked of them, too.
    same = manifest["identity"] == _identity(scenario, program_of(scenario, until), seed)
    if not same or manifest["scenario_digest"] != scenario.digest:
        return None
    return _opened(folder, manifest, scenario)


def open_run(path: Path | str) -> Forecast:
    """The forecast that a run left in its folder. Raises StoreError if there is none."""
    folder = RunFolder(path)
    manifest = folder.manifest()
    if not manifest.get("finished"):
        raise StoreError(
            f"{folder.path}: the run there was interrupted; finish it with the same 'clientela run'"
        )
    scenario = completed(load(folder.path / "scenario.json", mechanisms=settings_models()))
    scenario.restore(*(manifest[k] for k in ("branch", "changes", "without", "without_sources")))
    return _opened(folder, manifest, scenario)


def _opened(folder: RunFolder, manifest: Mapping[str, Any], scenario: Scenario) -> Forecast:
    """The forecast of a finished run, its scenario given."""
    stored = folder.read("answers.json")
    levels: Mapping[str, int | None] = manifest["time_to_government"]
    return Forecast(
        scenario=scenario,
        seed=manifest["identity"]["seed"],
        draws=manifest["draws"],
        failures={int(draw): why for draw, why in manifest["failures"].items()},
        seconds=manifest["seconds"],
        answers=[an.Answer.from_stored(item) for item in stored["answers"]],
        obedience=[an.Obedience(**item) for item in stored["obedience"]],
        governments=[
            an.Government(tuple(g["members"]), g["kind"], g["share"]) for g in stored["governments"]
        ],
        time_to_government={float(level): days for level, days in levels.items()},
        horizon=manifest["horizon"],
        folder=folder,
        gone_on=dt.date.fromisoformat(day) if (day := manifest.get("gone_on")) else None,
    )
