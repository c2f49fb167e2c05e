"""Conditioning on simulated truth: are answers that are updated every week calibrated, and do they
beat those that are not?

Histories of iraq-2021 are drawn from its priors as truths. Of each, attacks, clashes, visits and the
ratification are written down by their dates alone, as an analyst would have them, and the scenario
is updated with them week by week.
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import polars as pl
from matplotlib.figure import Figure

import clientela as ct
from clientela.analysis.forecast import forecast_of, program_of
from clientela.engine import Block, draw_block
from clientela.engine.ensemble import cores
from clientela.process import Program
from clientela.scenario import Scenario
from clientela.scoring.calibration import Reliability, reliability
from clientela.scoring.scores import kept

SCENARIO, WEEKS, SEED = "iraq-2021", 10, 4711
PARTICLES, DRAWS = 1_000, 2_000
WATCHED = ("attack:*", "clash:*", "visit:iran", "ratification")
BOOT = 4_000


@dataclass(frozen=True)
class Result:
    """A row of `table` for each truth, week and question that was still open: `updated` and
    `before`, the probabilities with and without what had happened, and `came`."""

    truths: int
    table: pl.DataFrame
    updated: Reliability
    before: Reliability

    def by_week(self) -> pl.DataFrame:
        """Mean Brier scores by week, of questions open in it."""
        brier = [((pl.col(name) - pl.col("came")) ** 2).mean().alias(name) for name in ("updated", "before")]  # fmt: skip
        return self.table.group_by("week").agg(*brier, pl.len().alias("answers")).sort("week")

    def gains(self) -> dict[str, tuple[float, float, float]]:
        """Mean Brier and log score saved by updating, with 95 % from a bootstrap of truths."""
        return {name: self._gain(self.table, of) for name, of in LOSSES.items()}

    def by_question(self) -> list[tuple[str, int, float, float, tuple[float, float, float]]]:
        """For each question: answers, both mean Brier scores, and what updating saves."""
        rows = []
        for (question,), part in self.table.group_by("question", maintain_order=True):
            brier = LOSSES["Brier"]
            before, updated = (
                float(brier(part[n], part["came"]).mean()) for n in ("before", "updated")
            )  # type: ignore[arg-type]
            rows.append((str(question), part.height, before, updated, self._gain(part, brier)))
        return rows

    def _gain(self, table: pl.DataFrame, loss: Callable) -> tuple[float, float, float]:
        saved = loss(table["before"], table["came"]) - loss(table["updated"], table["came"])
        each = table.select("truth").with_columns(saved=saved).group_by("truth").agg(pl.col("saved").sum(), pl.len().alias("n"))  # fmt: skip
        sums, counts = each["saved"].to_numpy(), each["n"].to_numpy()
        pick = np.random.default_rng(5).integers(0, len(sums), (BOOT, len(sums)))
        means = sums[pick].sum(axis=1) / counts[pick].sum(axis=1)
        low, high = np.quantile(means, [0.025, 0.975])
        return float(sums.sum() / counts.sum()), float(low), float(high)


def _brier(p: pl.Series, came: pl.Series) -> pl.Series:
    return (p - came) ** 2


def _log(p: pl.Series, came: pl.Series) -> pl.Series:
    said = np.where(came.to_numpy() == 1, p.to_numpy(), 1.0 - p.to_numpy())
    return pl.Series(-np.log([kept(float(x), DRAWS) for x in said]))


LOSSES = {"Brier": _brier, "log": _log}


def run(said: Callable[[str], None], truths: int = 100) -> Result:
    """So many truths, each updated every week."""
    opening = {a.id: a.probability for a in ct.run(ct.load(SCENARIO), draws=20_000).answers}
    rows: list[dict] = []
    with ProcessPoolExecutor(cores(), mp_context=get_context("spawn")) as pool:
        for k, found in enumerate(pool.map(_one, range(truths))):
            rows += [{**row, "before": opening[row["question"]]} for row in found]
            if (k + 1) % 20 == 0:
                said(f"updating: {k + 1} of {truths} truths")
    table = pl.DataFrame(rows)
    keys = list(zip(table["truth"], table["question"], strict=True))
    curves = [reliability(table[name].to_list(), table["came"].to_list(), keys) for name in ("updated", "before")]  # fmt: skip
    return Result(truths, table, *curves)


def _one(k: int) -> list[dict]:
    """The answers of one truth, a row for each week and open question."""
    scenario = ct.load(SCENARIO)
    program = program_of(scenario)
    truth = draw_block(program, SEED, 2 * k, 1)
    became = _became(scenario, program, truth)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "happened.yaml"
        path.write_text(json.dumps(_chronicle(scenario, program, truth)), encoding="utf-8")
        found = ct.update(scenario, path, each="week", particles=PARTICLES, draws=DRAWS, seed=k + 1)
    rows = []
    for week, moment in enumerate(found.moments):
        # The first answers are those of the beginning of as_of.
        day = (moment.date - scenario.as_of).days if week else -1
        for answer in moment.forecast.answers:
            if answer.id not in became or answer.probability is None:
                continue
            came, at = became[answer.id]
            by = (scenario.questions[answer.id].by or scenario.horizon) - scenario.as_of
            if at <= day or by.days <= day:
                continue  # decided
            rows.append({"truth": k, "week": week, "question": answer.id,
                         "updated": answer.probability, "came": int(came)})  # fmt: skip
    return rows


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


def _chronicle(scenario: Scenario, program: Program, truth: Block) -> dict:
    """What an analyst would have written down: dates, names, numbers killed, how the ratification
    came out."""
    last = scenario.as_of + dt.timedelta(days=7 * WEEKS)
    names = [program.labels[label] for label in truth.label]
    events: list[dict] = []
    for name, day, mark in zip(names, truth.day, truth.mark, strict=True):
        date = scenario.as_of + dt.timedelta(days=int(day))
        if date > last:
            break
        if name.startswith("ratification/"):
            group, _, branch = name.partition("/")[2].partition("=")
            events[-1]["outcomes"] = {group: branch}
        elif name.startswith(("attack:", "clash:")) and "/" not in name:
            events.append({"date": str(date), "event": name, "killed": int(mark)})
        elif name in ("visit:iran", "ratification"):
            events.append({"date": str(date), "event": name})
    return {"through": str(last), "watched": list(WATCHED), "events": events}


def block(found: Result) -> str:
    """The tables for the page."""
    gains = found.gains()
    lines = [
        f"{found.truths} truths, {found.table.height:,} answers to questions still open in {WEEKS + 1} "
        f"weeks (the first is `as_of`); {PARTICLES:,} particles, {DRAWS:,} histories from each week.", "",
        "| | un-updated | updated | saved by updating (95 %) |", "|---|---|---|---|",
    ]  # fmt: skip
    for name, loss in LOSSES.items():
        before, updated = (
            float(loss(found.table[n], found.table["came"]).mean()) for n in ("before", "updated")
        )  # type: ignore[arg-type]
        lines.append(f"| {name} score | {before:.4f} | {updated:.4f} | {_three(gains[name])} |")
    for name, of in (("miscalibration", "miscalibration"), ("discrimination", "discrimination")):
        lines.append(f"| {name} | {getattr(found.before, of):.4f} | {getattr(found.updated, of):.4f} | |")  # fmt: skip
    lines += ["", "| question | answers | un-updated | updated | saved by updating (95 %) |", "|---|---|---|---|---|"]  # fmt: skip
    for question, count, before, updated, gain in found.by_question():
        lines.append(f"| `{question}` | {count} | {before:.4f} | {updated:.4f} | {_three(gain)} |")
    return "\n".join(lines)


def _three(values: tuple[float, float, float]) -> str:
    middle, low, high = (f"{v:+.4f}".replace("-", "−") for v in values)
    return f"{middle} ({low} to {high})"


def draw(found: Result, path: Path) -> None:
    """Reliability of both, with the band of the updated, and mean Brier scores by week."""
    made = Figure(figsize=(10.5, 4.6), layout="constrained")
    axes = made.add_subplot(1, 2, 1)
    axes.fill_between(found.updated.probability, found.updated.low, found.updated.high,
                      color="#9aa5af", alpha=0.3, lw=0, label="90 % of cases if right")  # fmt: skip
    axes.plot([0, 1], [0, 1], color="#5d6b78", lw=1.0, ls="--", label="as given")
    axes.step(found.before.probability, found.before.observed, where="mid", color="#e69f00", lw=1.6, ls="-.", label="un-updated")  # fmt: skip
    axes.step(found.updated.probability, found.updated.observed, where="mid", color="#0072b2", lw=2.0, label="updated")  # fmt: skip
    axes.set_xlabel("probability given")
    axes.set_ylabel("came true, isotonic fit")
    axes.set_title("Calibration", loc="left", fontsize=10)
    axes.legend(fontsize=8, frameon=False, loc="upper left")
    weeks = found.by_week()
    other = made.add_subplot(1, 2, 2)
    other.plot(weeks["week"], weeks["before"], "-.s", color="#e69f00", label="un-updated")
    other.plot(weeks["week"], weeks["updated"], "-o", color="#0072b2", label="updated")
    other.set_xlabel("weeks since as_of")
    other.set_ylabel("mean Brier score of open questions (less is better)")
    other.set_ylim(0)
    other.set_title("Brier score by week", loc="left", fontsize=10)
    other.legend(fontsize=8, frameon=False)
    for each in (axes, other):
        each.spines[["top", "right"]].set_visible(False)
    made.savefig(path, dpi=120)
