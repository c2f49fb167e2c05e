"""Conditioning on simulated truth: are answers that are updated every week calibrated, and do they
beat those that are not?

Histories of iraq-2021 are drawn from its priors as truths. Of each, what everybody sees is written
down by its dates, as an analyst would have it, and the scenario is updated with it week by week.
"""

from __future__ import annotations

import datetime as dt
import fnmatch
import itertools
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

import clientela as ct
from clientela.analysis import Answer
from clientela.analysis.forecast import forecast_of, program_of
from clientela.analysis.updating import Update
from clientela.engine import Block, draw_block
from clientela.engine.ensemble import cores
from clientela.inference.record import RecordError
from clientela.process import Program
from clientela.scenario import Scenario
from clientela.scoring.calibration import Reliability, recalibrated, reliability
from clientela.scoring.scores import kept
from validation.bootstrap import interval
from validation.writing import with_interval

SCENARIO, SEED = "iraq-2021", 4711
WATCHED = (
    "attack:*", "clash:*", "strike:*", "visit:iran", "ratification", "statement:marja", "protest:*",
)  # fmt: skip
# What only others bring about: it is watched for as long as it has not happened.
STILL_TO_COME = ("government", "resignation:sadrists", "new-elections")
# Who says what, from the least that can be said; columns of the table.
FORECASTERS = {
    "no_change": "no change",
    "before": "un-updated",
    "open": "un-updated, as still open",
    "updated": "updated",
}


@dataclass(frozen=True)
class Sizes:
    """How long a truth is followed, by how many particles and histories, and how many histories
    un-updated answers are counted over."""

    weeks: int = 10
    particles: int = 1_000
    draws: int = 2_000
    opening: int = 20_000


@dataclass(frozen=True)
class Result:
    """A row of `table` for each truth, week and question that was still open: what each of the
    forecasters gave, and `came`. `failed` truths could not be followed; `effective` and `moved` are
    each other truth's least effective number of particles, and fewest moves after a resampling."""

    truths: int
    failed: int
    sizes: Sizes
    table: pl.DataFrame
    curves: dict[str, Reliability]
    effective: np.ndarray
    moved: np.ndarray

    def by_week(self) -> Iterator[tuple[int, pl.DataFrame]]:
        """Each week with its rows."""
        for week in self.table["week"].unique().sort():
            yield week, self.table.filter(pl.col("week") == week)

    def mean(self, loss: str, name: str, table: pl.DataFrame | None = None) -> float:
        """A forecaster's mean loss."""
        return float(self._losses(loss, name, self.table if table is None else table).mean())

    def saved(
        self, loss: str, over: str, table: pl.DataFrame | None = None
    ) -> tuple[float, float, float]:
        """What updating loses less than another forecaster, with 95 % from a bootstrap of truths,
        as weeks and questions of one truth hang together."""
        table = self.table if table is None else table
        gap = self._losses(loss, over, table) - self._losses(loss, "updated", table)
        return interval(gap, table["truth"].to_numpy(), seed=5)

    def moves(self, away: str, table: pl.DataFrame | None = None) -> float:
        """The mean squared difference of updated answers from another forecaster's."""
        table = self.table if table is None else table
        return float(((table["updated"] - table[away]) ** 2).to_numpy().mean())

    def _losses(self, loss: str, name: str, table: pl.DataFrame) -> np.ndarray:
        p, came = table[name].to_numpy(), table["came"].to_numpy()
        if loss == "Brier":
            return (p - came) ** 2
        said = np.where(came == 1, p, 1.0 - p)
        return -np.log([kept(float(x), self.sizes.draws) for x in said])


def run(
    said: Callable[[str], None],
    truths: int = 200,
    sizes: Sizes | None = None,
    executor: Executor | None = None,
) -> Result:
    """So many truths, each updated every week; without an executor, processes on all processors."""
    if executor is None:
        # Workers are begun afresh: threads of this process may hold locks that a fork would keep.
        with ProcessPoolExecutor(cores(), mp_context=get_context("spawn")) as pool:
            return run(said, truths, sizes, pool)
    sizes = sizes or Sizes()
    opening = {a.id: a for a in ct.run(ct.load(SCENARIO), draws=sizes.opening).answers}
    followed = []
    for k, found in enumerate(executor.map(partial(_one, sizes=sizes), range(truths))):
        followed.append(found)
        if (k + 1) % 20 == 0:
            said(f"updating: {k + 1} of {truths} truths")
    good = [each for each in followed if each is not None]
    rows = [
        {**row, "before": opening[row["question"]].probability, "open": _as_open(opening[row["question"]], row["past"], sizes.opening)}
        for each in good for row in each.rows
    ]  # fmt: skip
    table = pl.DataFrame(rows)
    keys = list(zip(table["truth"], table["question"], strict=True))
    curves = {
        name: reliability(table[name].to_list(), table["came"].to_list(), keys)
        for name in FORECASTERS
    }
    return Result(
        truths, truths - len(good), sizes, table, curves,
        np.array([each.effective for each in good]), np.array([each.moved for each in good]),
    )  # fmt: skip


def _as_open(answer: Answer, past: int, draws: int) -> float:
    """What the un-updated histories say if it has not come in so many days, of those in which it has
    not; half a history more on either side keeps it off 0 and 1."""
    assert answer.probability is not None
    already = answer.curve["yes"][past - 1]
    return (draws * (answer.probability - already) + 0.5) / (draws * (1.0 - already) + 1.0)


@dataclass(frozen=True)
class _Truth:
    """A row for each week and open question of one truth, and how the particles held out."""

    rows: list[dict]
    effective: float
    moved: float


def _one(k: int, sizes: Sizes) -> _Truth | None:
    """One truth; None if its history failed, or no particle could follow it."""
    scenario = ct.load(SCENARIO)
    program = program_of(scenario)
    truth = draw_block(program, SEED, 2 * k, 1)
    if truth.failed:
        return None
    became = _became(scenario, program, truth)
    rows, effective, moved = [], np.inf, np.inf
    try:
        for first, last, watched in _spans(program, truth, sizes.weeks):
            found = _updated(
                scenario, _chronicle(scenario, program, truth, last, watched), k, sizes
            )
            rows += [row for row in _rows(k, scenario, found, became) if row["week"] >= first]
            effective = min(effective, *(m.effective for m in found.moments))
            moved = min([moved, *(m.moved for m in found.moments if m.resampled)])
    except RecordError:
        return None
    return _Truth(rows, effective, moved)


def _spans(
    program: Program, truth: Block, weeks: int
) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Weeks, first and last, in which the same is watched: what has come is watched no longer.

    Week k ends with day 7 k, which is the time from 7 k to 7 k + 1.
    """
    came = {}
    for name in STILL_TO_COME:
        days = truth.day[truth.label == program.labels.index(name)]
        came[name] = int((days[0] - 1.0) // 7.0) + 1 if len(days) else weeks + 1
    firsts = sorted({1, *(week for week in came.values() if 1 < week <= weeks)})
    for first, after in itertools.pairwise([*firsts, weeks + 1]):
        yield first, after - 1, (*WATCHED, *(name for name, week in came.items() if week > first))


def _updated(scenario: Scenario, chronicle: dict, k: int, sizes: Sizes) -> Update:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "happened.yaml"
        path.write_text(json.dumps(chronicle), encoding="utf-8")
        return ct.update(
            scenario, path, each="week", particles=sizes.particles, draws=sizes.draws, seed=k + 1
        )


def _rows(
    k: int, scenario: Scenario, found: Update, became: dict[str, tuple[bool, float]]
) -> Iterator[dict]:
    """A row for each question that was open at the end of each week."""
    for week, moment in enumerate(found.moments[1:], 1):  # the first are those of as_of
        past = (moment.date - scenario.as_of).days + 1
        for answer in moment.forecast.answers:
            if answer.id not in became or answer.probability is None:
                continue
            came, at = became[answer.id]
            by = (scenario.questions[answer.id].by or scenario.horizon) - scenario.as_of
            if at < past or by.days < past:
                continue  # decided
            yield {"truth": k, "week": week, "past": past, "question": answer.id, "came": int(came),
                   "updated": answer.probability, "no_change": answer.curve["yes"][past - 1]}  # fmt: skip


def _became(scenario: Scenario, program: Program, truth: Block) -> dict[str, tuple[bool, float]]:
    """For each question with yes and no, but those on obedience: whether the truth has it, and the
    day (infinite: never)."""

    def copies(first: int, count: int) -> Block:
        """The truth over and over, as counting wants more than one history."""
        n, rows = len(truth.day), np.tile(np.arange(len(truth.day)), count)
        return Block(first, count, np.repeat(np.arange(first, first + count), n).astype(np.int32),
                     truth.day[rows], truth.label[rows], truth.mark[rows],
                     np.repeat(truth.parameters, count, axis=0), {})  # fmt: skip

    counted = forecast_of(scenario, program, copies, draws=2, seed=SEED, base=f"{truth.first}")
    found = {}
    for answer in counted.answers:
        if answer.probability is not None and scenario.questions[answer.id].obeys is None:
            curve = np.asarray(answer.curve["yes"])
            reached = np.flatnonzero(curve > 0.5)
            found[answer.id] = (answer.probability > 0.5, float(reached[0]) if len(reached) else np.inf)  # fmt: skip
    return found


def _chronicle(
    scenario: Scenario, program: Program, truth: Block, weeks: int, watched: Sequence[str]
) -> dict:
    """What an analyst would have written down: dates, names, numbers killed, how the ratification
    came out."""
    last = scenario.as_of + dt.timedelta(days=7 * weeks)
    names = [program.labels[label] for label in truth.label]
    events: list[dict] = []
    for name, day, mark in zip(names, truth.day, truth.mark, strict=True):
        date = scenario.as_of + dt.timedelta(days=int(day))
        if date > last:
            break
        if name.startswith("ratification/"):
            group, _, branch = name.partition("/")[2].partition("=")
            events[-1]["outcomes"] = {group: branch}
        elif "/" in name:
            continue  # how else something came out is not told
        elif name.startswith(("attack:", "clash:")):
            events.append({"date": str(date), "event": name, "killed": int(mark)})
        elif any(fnmatch.fnmatchcase(name, pattern) for pattern in WATCHED):
            events.append({"date": str(date), "event": name})
    return {"through": str(last), "watched": list(watched), "events": events}


def block(found: Result) -> str:
    """The tables for the page."""
    sizes, truths = found.sizes, found.truths - found.failed
    lines = [
        f"{truths} truths ({found.failed} more could not be followed), {found.table.height:,} answers to questions "
        f"still open at the ends of {sizes.weeks} weeks; {sizes.particles:,} particles, {sizes.draws:,} "
        f"histories from each week. The least effective number of particles has a median of {np.median(found.effective):.0f} "
        f"over truths and is at worst {found.effective.min():.0f}; the fewest moves after a resampling {np.median(found.moved):.1f} "
        f"and {found.moved.min():.2f}. The mean square of what updating moves an answer, which is what it saves on "
        f"average if it is right, is {found.moves('before'):.4f}; less what time alone does, {found.moves('open'):.4f}.", "",
        "| | Brier | log | miscalibration (if right) | discrimination | Brier saved by updating (95 %) | log saved (95 %) |",
        "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for name, title in FORECASTERS.items():
        curve = found.curves[name]
        saved = ("", "") if name == "updated" else (with_interval(found.saved(loss, name), '+.4f') for loss in ("Brier", "log"))  # fmt: skip
        lines.append(
            f"| {title} | {found.mean('Brier', name):.4f} | {found.mean('log', name):.4f} | {curve.miscalibration:.4f} "
            f"({_if_right(found.table, name):.4f}) | {curve.discrimination:.4f} | {' | '.join(saved)} |"
        )
    lines += [
        "", "| question | truths | answers | came | un-updated | as still open | updated | saved over un-updated (95 %) | over as still open (95 %) |",
        "|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for (question,), part in found.table.group_by("question", maintain_order=True):
        cells = " | ".join(
            f"{found.mean('Brier', n, part):.4f}" for n in ("before", "open", "updated")
        )
        saved = " | ".join(
            with_interval(found.saved("Brier", over, part), "+.4f") for over in ("before", "open")
        )
        lines.append(
            f"| `{question}` | {part['truth'].n_unique()} | {part.height} | {part['came'].to_numpy().mean():.0%} "
            f"| {cells} | {saved} |"
        )
    return "\n".join(lines)


def _if_right(table: pl.DataFrame, name: str, samples: int = 200) -> float:
    """The miscalibration that chance alone makes, on average: that of outcomes drawn from the
    probabilities given, one number for each truth and question."""
    given = table[name].to_numpy()
    _, of = np.unique(given, return_inverse=True)
    even = np.full(len(given), 1.0 / len(given))
    total = np.bincount(of, even)
    keys = table["truth"].cast(pl.String) + table["question"]
    _, which = np.unique(keys.to_numpy(), return_inverse=True)
    found = []
    for numbers in np.random.default_rng(6).random((samples, which.max() + 1)):
        came = (numbers[which] < given).astype(float)
        fitted = recalibrated(came, even, of, total)[of]
        found.append(((given - came) ** 2).mean() - ((fitted - came) ** 2).mean())
    return float(np.mean(found))


STYLES = {
    "before": {"color": "#e69f00", "ls": "-.", "lw": 1.6},
    "open": {"color": "#009e73", "ls": "--", "lw": 1.6},
    "updated": {"color": "#0072b2", "ls": "-", "lw": 2.0},
}


def draw(found: Result, path: Path) -> None:
    """Reliability of the updated and of the others, and what updating saves week by week."""
    made = Figure(figsize=(10.5, 4.6), layout="constrained")
    axes = made.add_subplot(1, 2, 1)
    updated = found.curves["updated"]
    axes.fill_between(updated.probability, updated.low, updated.high,
                      color="#9aa5af", alpha=0.3, lw=0, label="90 % of cases, if updated is right")  # fmt: skip
    axes.plot([0, 1], [0, 1], color="#5d6b78", lw=0.8)
    for name in ("before", "open", "updated"):
        curve = found.curves[name]
        axes.step(
            curve.probability, curve.observed, where="mid", label=FORECASTERS[name], **STYLES[name]
        )
    axes.set_xlabel("probability given")
    axes.set_ylabel("came true, isotonic fit")
    axes.set_title("Calibration", loc="left", fontsize=10)
    axes.legend(fontsize=8, frameon=False, loc="upper left")
    other = made.add_subplot(1, 2, 2)
    other.axhline(0, color="#5d6b78", lw=0.8)
    handles = [
        handle
        for aside, name, marker in ((-0.12, "before", "o"), (0.12, "open", "s"))
        for handle in _draw_saved(other, found, name, marker, aside)
    ]
    low, high = other.get_ylim()
    other.set_ylim(low, high + 0.35 * (high - low))  # room for the legend
    other.set_xlabel("weeks since as_of")
    other.set_ylabel("Brier score saved by updating (more is better)")
    other.set_title("What updating saves, open questions of a week (95 %)", loc="left", fontsize=10)
    other.legend(handles=handles, fontsize=8, frameon=False, loc="upper left")
    for each in (axes, other):
        each.spines[["top", "right"]].set_visible(False)
    made.savefig(path, dpi=120)


def _draw_saved(
    axes: Axes, found: Result, over: str, marker: str, aside: float
) -> tuple[ErrorbarContainer, Line2D]:
    """What updating saves over a forecaster in each week, and what it would if it is right."""
    weeks, saved, due = [], [], []
    for week, part in found.by_week():
        weeks.append(week + aside)
        saved.append(found.saved("Brier", over, part))
        due.append(found.moves(over, part))
    mean, low, high = np.array(saved).T
    color = STYLES[over]["color"]
    bars = axes.errorbar(weeks, mean, [mean - low, high - mean], fmt=marker, color=color, ms=5, lw=1.2,
                         capsize=2, label=f"over {FORECASTERS[over]}")  # fmt: skip
    (line,) = axes.plot(weeks, due, color=color, ls=STYLES[over]["ls"], lw=1.2,
                        label=f"over {FORECASTERS[over]}: expected, if updated is right")  # fmt: skip
    axes.set_xticks(range(1, len(weeks) + 1))
    return bars, line
