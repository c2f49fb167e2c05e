"""A forecast that moves on as events arrive: the answers on each day, given what had happened."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from scipy.special import ndtri

from clientela.analysis.forecast import Forecast, forecast_of, program_of
from clientela.analysis.questions import QuestionError
from clientela.engine import Block, Record, draw_on
from clientela.inference.chronicle import Account, Entry, account_of, load_chronicle
from clientela.inference.conditioning import Conditioned, condition
from clientela.inference.particles import unknowns
from clientela.inference.record import without_schedule_of
from clientela.inference.scores import moved
from clientela.process import Parameter, Program
from clientela.scenario import Scenario

EACH = ("event", "week", "month", "end")
# What the runs of an update are told by from branches, which go on from another day too.
UPDATE = "update"
_DAY = dt.timedelta(days=1)
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Moment:
    """The answers at the end of a day, and what was learned by then.

    `evidence`, `effective`, `resampled` and `moved` are those of `Conditioned`.
    """

    date: dt.date
    forecast: Forecast
    evidence: float
    effective: float
    resampled: int
    moved: float


@dataclass(frozen=True)
class Learned:
    """A value of the scenario before and after: medians, and 5 and 95 % quantiles."""

    path: str
    before: tuple[float, float, float]
    after: tuple[float, float, float]
    distance: float


@dataclass(frozen=True)
class Jump:
    """How far an answer moved from the end of one day to the end of another, with 95 % ±.

    `entries` are what happened in between; without any it is time going by.
    """

    question: str
    outcome: str
    since: dt.date
    date: dt.date
    before: float
    after: float
    error: float
    entries: tuple[Entry, ...]

    @property
    def change(self) -> float:
        """After less before."""
        return self.after - self.before

    @property
    def told(self) -> bool:
        """Whether it is told from none by Monte-Carlo error."""
        return abs(self.change) > self.error

    @property
    def cause(self) -> str:
        """What happened in between, in words."""
        said = "; ".join(map(_said, self.entries))
        return said or f"nothing of what is watched since {self.since}"


@dataclass(frozen=True)
class Update:
    """A scenario's answers as what happened came to be known."""

    scenario: Scenario
    account: Account
    moments: tuple[Moment, ...]
    learned: tuple[Learned, ...]
    particles: int
    seconds: float

    def jumps(self) -> list[Jump]:
        """Every change of an answer from one moment to the next."""
        return [jump for pair in itertools.pairwise(self.moments) for jump in self._jumps(*pair)]

    def whole(self, question: str, outcome: str) -> Jump | None:
        """The change of an answer from the first moment to the last, None if it did not arise."""
        ends = self._jumps(self.moments[0], self.moments[-1])
        return next((j for j in ends if (j.question, j.outcome) == (question, outcome)), None)

    def by_answer(
        self, questions: Sequence[str] | None = None
    ) -> Iterator[tuple[str, str, list[Jump]]]:
        """(question, outcome, its jumps), of these questions or of all."""
        jumps = self.jumps()
        for question, outcome, _, _ in shares_of(self.moments[0].forecast):
            if not questions or question in questions:
                own = [j for j in jumps if (j.question, j.outcome) == (question, outcome)]
                yield question, outcome, own

    def as_json(self, questions: Sequence[str] | None = None) -> dict[str, Any]:
        """What `--json` prints; an answer that never arose is null."""
        rows = self.table().with_columns(pl.col("probability", "half").fill_nan(None))
        if questions:
            rows = rows.filter(pl.col("question").is_in(list(questions)))
        return {
            "scenario": self.scenario.scenario,
            "through": str(self.account.chronicle.through),
            "watched": list(self.account.watched),
            "particles": self.particles,
            "moments": [
                {"date": str(m.date), "evidence": m.evidence, "effective": m.effective, "resampled": m.resampled,
                 "moved": m.moved} for m in self.moments
            ],
            "answers": [{**row, "date": str(row["date"])} for row in rows.iter_rows(named=True)],
            "learned": [dataclasses.asdict(each) for each in self.learned],
        }  # fmt: skip

    def _jumps(self, one: Moment, other: Moment) -> Iterator[Jump]:
        # The first answers are those before anything of that day, all others those after it.
        since = one.date - _DAY if one is self.moments[0] else one.date
        between = tuple(e for e in self.account.entries if since < e.last <= other.date)
        told = {(q, outcome): (p, half) for q, outcome, p, half in shares_of(one.forecast)}
        for question, outcome, after, half in shares_of(other.forecast):
            before, other_half = told.get((question, outcome), (np.nan, np.nan))
            error = float(np.hypot(half, other_half))
            if np.isfinite(before) and np.isfinite(after):
                yield Jump(question, outcome, one.date, other.date, before, after, error, between)

    def table(self) -> pl.DataFrame:
        """A row for each moment and answer: date, question, outcome, probability, half (95 %)."""
        rows = [(m.date, *row) for m in self.moments for row in shares_of(m.forecast)]
        return pl.DataFrame(rows, ["date", "question", "outcome", "probability", "half"], orient="row")  # fmt: skip


def shares_of(forecast: Forecast) -> Iterator[tuple[str, str, float, float]]:
    """(question, outcome, probability, half its 95 % Monte-Carlo interval), NaN where it never arose."""
    for a in forecast.answers:
        if a.shares is not None and a.intervals is not None:
            for name, share in a.shares.items():
                low, high = a.intervals[name]
                yield a.id, name, share, (high - low) / 2.0
        elif a.probability is not None and a.low is not None and a.high is not None:
            yield a.id, "yes", a.probability, (a.high - a.low) / 2.0
        else:
            yield a.id, "yes", float("nan"), float("nan")


def update(
    scenario: Scenario,
    chronicle: Path | str,
    *,
    through: dt.date | None = None,
    watched: Sequence[str] = (),
    each: str = "event",
    particles: int = 4_000,
    draws: int = 8_000,
    seed: int = 1,
    out: Path | str | None = None,
    progress: Progress | None = None,
) -> Update:
    """The scenario's answers at its own date, on days of the chronicle, and on its last day.

    `each` says which days: before and after every event, the end of every week or month, or the end
    alone. What is unknown is weighed by the likelihood of all that had happened by the day, and two
    histories go on from each of draws / 2 particles picked by weight; the two share what is unknown
    and what had happened unseen.

    Raises ReadingError for a chronicle that does not fit the scenario, RecordError for one that is
    impossible in all histories, and QuestionError for options out of range.
    """
    if each not in EACH:
        raise QuestionError(f"--each {each}: expected one of {', '.join(EACH)}")
    if particles < 100 or draws < 100:
        raise QuestionError("--particles and --draws: expected 100 or more of each")
    started = time.perf_counter()
    program = program_of(scenario)
    account = account_of(*load_chronicle(Path(chronicle), through, watched), scenario, program)
    dates = _dates(account, scenario, each)
    # The first answers are those of the scenario's own date, before anything else was known.
    days = [0.0, *(float((date - scenario.as_of).days + 1) for date in dates[1:])]
    moments: list[Moment] = []
    found = None
    for date, found in zip(
        dates,
        condition(program, account.record, days, particles=particles, seed=seed),
        strict=True,
    ):
        drawer = _Onward(program, account.record, found, seed, draws)
        forecast = forecast_of(
            scenario, program, drawer, draws=draws, seed=seed, gone_on=date,
            out=None if out is None else Path(out) / str(date),
            base=f"{UPDATE} {account.digest} {particles} {draws} {days[: len(moments) + 1]}",
        )  # fmt: skip
        moments.append(
            Moment(date, forecast, found.evidence, found.effective, found.resampled, found.moved)
        )
        if progress:
            progress(len(moments), len(dates))
    assert found is not None
    learned = tuple(_learned(program, account.record, found))
    seconds = time.perf_counter() - started
    return Update(scenario, account, tuple(moments), learned, particles, seconds)


def _dates(account: Account, scenario: Scenario, each: str) -> list[dt.date]:
    """The days at whose end the answers are given: the scenario's own, those asked for, the last.

    One on which it was not known yet whether something had happened is moved to before that.
    """
    first, last = scenario.as_of, account.chronicle.through
    if each == "event":
        found = {d for e in account.entries for d in (e.date - _DAY, max(e.last, first + _DAY))}
    elif each == "week":
        found = {first + k * dt.timedelta(days=7) for k in range((last - first).days // 7 + 1)}
    elif each == "month":
        every = (first + k * _DAY for k in range((last - first).days + 1))
        found = {d for d in every if (d + _DAY).day == 1}
    else:
        found = set[dt.date]()
    for entry in reversed(account.entries):
        found = {entry.date - _DAY if entry.date <= d < entry.last else d for d in found}
    return [first, *sorted(d for d in {*found, last} if first < d <= last)]


class _Onward:
    """Draws histories on from particles picked by weight: two from each, with streams of their own."""

    def __init__(
        self, program: Program, record: Record, found: Conditioned, seed: int, draws: int
    ) -> None:
        self.program = without_schedule_of(program, record, found.day)
        self.found, self.seed = found, seed
        self.picked = found.pick((draws + 1) // 2, seed)
        self.parameters = found.particles.parameters(program)
        block = found.followed.block
        self.edges = np.searchsorted(block.draw, np.arange(len(found.particles) + 1))

    def __call__(self, first: int, count: int) -> Block:
        """The block: what each particle's history has up to the day, and what follows."""
        numbers = np.arange(first, first + count)
        which = self.picked[numbers // 2]
        states = self.found.followed.states.picked(which)
        after = draw_on(self.program, self.seed, self.parameters[which], numbers, states)
        past = self.found.followed.block
        lengths = self.edges[which + 1] - self.edges[which]
        starts = np.repeat(self.edges[which] - np.cumsum(lengths) + lengths, lengths)
        rows = starts + np.arange(lengths.sum())
        draw = np.concatenate([np.repeat(numbers, lengths), after.draw + first]).astype(np.int32)
        order = np.argsort(draw, kind="stable")
        return Block(
            first,
            count,
            draw[order],
            np.concatenate([past.day[rows], after.day])[order],
            np.concatenate([past.label[rows], after.label])[order],
            np.concatenate([past.mark[rows], after.mark])[order],
            self.parameters[which],
            {draw + first: why for draw, why in after.failed.items()},
        )


def _learned(program: Program, record: Record, found: Conditioned) -> Iterator[Learned]:
    """What the record says of each value, most first: by how far its normal score has moved, the
    Kullback–Leibler divergence of a normal law from the standard one. The days on which scheduled
    events were to come that have come are left out: they are known, and weighed no more."""
    known = _days_known(program, record)
    beliefs = len(program.beliefs)
    levels = found.particles.levels[:, beliefs:]
    z = ndtri(levels)
    mean = found.weights @ z
    variance = np.maximum(found.weights @ (z - mean) ** 2, 1e-6)
    distance = moved(mean, variance)
    values = found.particles.parameters(program)[:, len(program.propositions) :]
    prior = np.linspace(0.0005, 0.9995, 1000)
    names = unknowns(program)[beliefs:]
    for k in np.argsort(-distance):
        law = program.parameters[k].distribution
        if names[k] in known or not hasattr(law, "quantile"):
            continue
        before = np.quantile(law.quantile(prior), [0.5, 0.05, 0.95])
        after = np.quantile(
            values[:, k], [0.5, 0.05, 0.95], weights=found.weights, method="inverted_cdf"
        )
        yield Learned(names[k], _three(before), _three(after), float(distance[k]))


def _days_known(program: Program, record: Record) -> set[str]:
    """The values that are nothing but the day of a scheduled event that the record has."""
    times = program.arrays.times
    due = set(times.schedule_at[np.isin(times.schedule_event, record.kind)].tolist())
    return {
        expression.name
        for position, expression in program.expressions
        if position in due and isinstance(expression, Parameter)
    }


def _three(values: np.ndarray) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])


def _said(entry: Entry) -> str:
    """An entry in a few words."""
    parts = [" or ".join(entry.event), *(f"{k}={v}" for k, v in entry.outcomes.items())]
    if entry.killed:
        parts.append(f"{entry.killed} killed")
    return ", ".join(parts)
