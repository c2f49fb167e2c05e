"""What has happened, what is scheduled and what is expected, on one line of time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from clientela.analysis.answers import Answer
from clientela.analysis.words import percent
from clientela.report.naming import spoken
from clientela.scenario import Scenario


@dataclass(frozen=True)
class Row:
    """Something in time: `kind` is `past`, `scheduled` or `expected`; `first` to `last` the span
    in which it lies or is likely to lie, `middle` its likeliest day."""

    kind: str
    name: str
    when: str
    note: str
    first: dt.date
    middle: dt.date
    last: dt.date


@dataclass(frozen=True)
class Timeline:
    """Rows in order, from `start` to `end`."""

    start: dt.date
    end: dt.date
    today: dt.date
    rows: tuple[Row, ...]

    def share(self, day: dt.date) -> float:
        """Where a day lies, 0 to 1."""
        return (day - self.start).days / max((self.end - self.start).days, 1)

    @property
    def ticks(self) -> list[tuple[dt.date, str]]:
        """Days to write below, at most six, and how."""
        months = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month
        step = next(s for s in (1, 2, 3, 6, 12, 24, 60, 120, 1200) if months / s <= 6)
        first = self.start.year * 12 + self.start.month - 1
        days = [dt.date(m // 12, m % 12 + 1, 1) for m in range(-(-first // step) * step, first + months + 1, step)]  # fmt: skip
        return [(d, f"{d:%b %Y}") for d in days if self.start <= d <= self.end]


def timeline(scenario: Scenario, answers: Iterable[Answer]) -> Timeline:
    """The events of a scenario, and when its questions come true where that is likelier than not."""
    rows = [*_past(scenario), *_scheduled(scenario), *_expected(scenario, answers)]
    start = min([scenario.as_of - dt.timedelta(days=14), *(r.first for r in rows)])
    rows = sorted(rows, key=lambda r: (r.middle, r.name))
    return Timeline(start, scenario.horizon, scenario.as_of, tuple(rows))


def _past(scenario: Scenario) -> Iterable[Row]:
    for name, event in scenario.past.items():
        yield Row("past", spoken(name), str(event.date), event.note, *(event.date,) * 3)


def _scheduled(scenario: Scenario) -> Iterable[Row]:
    for name, event in scenario.scheduled.items():
        if event.date is not None:
            yield Row("scheduled", spoken(name), str(event.date), event.note, *(event.date,) * 3)
        elif event.after is not None:
            quantile = event.after.distribution.quantile
            days = [min(float(quantile(level)), 36_500.0) for level in (0.05, 0.5, 0.95)]
            first, middle, last = (
                min(scenario.as_of + dt.timedelta(days=d), scenario.horizon) for d in days
            )
            yield Row("scheduled", spoken(name), f"{first} to {last}", event.note, first, middle, last)  # fmt: skip


def _expected(scenario: Scenario, answers: Iterable[Answer]) -> Iterable[Row]:
    """From when a twentieth to when all but a twentieth of the histories have it, the days in
    between where it has happened in half of those in which it does by its deadline."""
    for answer in answers:
        if (answer.probability or 0.0) < 0.5:
            continue
        curve = answer.curve["yes"]
        days = [_reached(curve, level * curve[-1]) for level in (0.05, 0.5, 0.95)]
        first, middle, last = (scenario.as_of + dt.timedelta(days=d) for d in days)
        said = f"{first} to {last}, {percent(answer.probability)}"
        yield Row("expected", answer.question, said, "", first, middle, last)


def _reached(curve: list[float], level: float) -> int:
    return next((day for day, share in enumerate(curve) if share >= level), len(curve))
