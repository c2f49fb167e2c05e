"""A run's histories go on from a day under a change: what was drawn up to there stays as it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from clientela.analysis.comparing import Comparison, Variant, beside
from clientela.analysis.forecast import Forecast, Progress, forecast_of, program_of, run
from clientela.analysis.questions import QuestionError
from clientela.engine import Block, RunFolder, draw_from, draw_until
from clientela.engine.resuming import CarryError, carried
from clientela.engine.state import States
from clientela.process import Program
from clientela.scenario import Scenario


@dataclass(frozen=True)
class Continuation:
    """Draws a run's histories on from a day in another process. `whole` has the labels of both."""

    folder: RunFolder
    old: Program
    new: Program
    seed: int
    day: float

    @property
    def whole(self) -> Program:
        """The new process, with the names that only the old one gave to what happened before."""
        only_old = tuple(label for label in self.old.labels if label not in set(self.new.labels))
        return replace(self.new, labels=(*self.new.labels, *only_old))

    def __call__(self, first: int, count: int) -> Block:
        """The block: what the run has up to the day, and what follows in the new process."""
        before = self._before(first, count)
        states = carried(self._states(first, count), self.old, self.new, self.seed, first)
        after = draw_from(self.new, self.seed, before, states)
        number = {label: i for i, label in enumerate(self.whole.labels)}
        renamed = np.array([number[label] for label in self.old.labels], dtype=np.int16)
        draw = np.concatenate([before.draw, after.draw])
        order = np.argsort(draw, kind="stable")
        return replace(
            after,
            draw=draw[order],
            day=np.concatenate([before.day, after.day])[order],
            label=np.concatenate([renamed[before.label], after.label])[order],
            mark=np.concatenate([before.mark, after.mark])[order],
            failed=before.failed | after.failed,
        )

    def _before(self, first: int, count: int) -> Block:
        stored = self.folder.load(first, count)
        kept = (stored.day <= self.day) & ~np.isin(stored.draw, list(stored.failed))
        return replace(
            stored, draw=stored.draw[kept], day=stored.day[kept], label=stored.label[kept],
            mark=stored.mark[kept],
        )  # fmt: skip

    def _states(self, first: int, count: int) -> States:
        stored = self.folder.states(first, self.day)
        if stored is not None and len(stored.flags) == count:
            return stored
        _, states = draw_until(self.old, self.seed, first, count, self.day)
        self.folder.save_states(first, states)
        return states


def branch_from(
    base: Forecast,
    variant: Variant,
    day: dt.date,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """A run beside itself with a change that is made when a day begins.

    Up to the day every history is that of the run; from there it goes on from the state in which
    it stood, kept in the run's folder, under the variant's scenario, with the same random numbers.
    Without a change that is the run's own rest to the bit; on the first day it is the variant's
    plain run. Variables whose baseline or half-life changes relax to the new one from the day on.

    Raises QuestionError for a day that the run does not have, or a change of what was before, of
    what was due before, or of the coalitions that can stand.
    """
    if base.gone_on is not None:
        raise QuestionError(
            f"{base.folder.path} is itself a branch, from {base.gone_on}; branch the run that it came from"
        )
    _check_day(base, day)
    check_changes(base.scenario, variant.scenario, day)
    gone = float((day - base.scenario.as_of).days)
    if gone == 0.0:
        found = run(
            variant.scenario, draws=base.draws, seed=base.seed, until=base.until, out=variant.out,
            executor=executor, progress=progress,
        )  # fmt: skip
        return Comparison(base, [beside(base, found, variant)])
    old, new = (program_of(s, base.until) for s in (base.scenario, variant.scenario))
    draw = Continuation(base.folder, old, new, base.seed, gone)
    try:
        found = forecast_of(
            variant.scenario, draw.whole, draw, draws=base.draws, seed=base.seed, out=variant.out,
            executor=executor, progress=progress, gone_on=day, base=old.digest,
        )  # fmt: skip
    except CarryError as error:
        raise QuestionError(str(error)) from error
    return Comparison(base, [beside(base, found, variant, draw.whole.labels)])


def _check_day(base: Forecast, day: dt.date) -> None:
    first, last = base.scenario.as_of, base.last_day
    if not first <= day <= last:
        raise QuestionError(f"--from {day} is not between {first} and {last}, the days of the run")


def check_changes(base: Scenario, other: Scenario, day: dt.date) -> None:
    """Refuses changes of what was before the day. Raises QuestionError with one sentence."""
    for part in ("as_of", "horizon", "past"):
        if getattr(base, part) != getattr(other, part):
            raise QuestionError(f"{part} cannot change from {day} on; it is over or fixed by then")
    for name in {*base.scheduled, *other.scheduled}:
        one, two = base.scheduled.get(name), other.scheduled.get(name)
        if one == two:
            continue
        if one is not None and one.date is None:
            raise QuestionError(
                f"scheduled.{name} may have come before {day} in some histories; what is due at a "
                "drawn time cannot be moved"
            )
        for event in (one, two):
            if event is not None and event.date is not None and event.date < day:
                raise QuestionError(f"scheduled.{name} is due on {event.date}, before {day}")


def doing(events: Sequence[str], day: dt.date) -> Mapping[str, Any]:
    """The changes of a scenario that make events happen on a day, if their conditions hold then."""
    return {
        f"scheduled.done-{number}": {"event": event, "date": str(day)}
        for number, event in enumerate(events, 1)
    }


def folder_of(base: Forecast, variant: str, day: dt.date) -> Path:
    """Where a branch of a run is kept: beside the run."""
    return base.folder.path.with_name(f"{base.folder.path.name}-from-{day}-{variant}")
