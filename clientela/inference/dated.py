"""Many dated events in the terms of a process: which they are, when they were, what was left out."""

from __future__ import annotations

import datetime as dt
import functools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clientela.engine import Record
from clientela.inference.chronicle import Chronicle, kinds_meant
from clientela.inference.record import (
    Occurrence,
    RecordError,
    compile_record,
    record_of_times,
    recordable,
)
from clientela.process import Program
from clientela.process.program import KILLED

# Why an event is left out, in the order in which it is asked.
RULES = ("before", "after", "not recordable", "unknown")


@dataclass(frozen=True)
class Dated:
    """Events of a process with a time each, in days since `since`.

    `kinds` are the types of which each was one, `days` its time, drawn uniformly from the days on
    which it may have been, `killed` how many it killed, −1 unknown. `left_out` counts by rule those
    that are not here, and `unknown` by name those that the process does not have.
    """

    since: dt.date
    through: dt.date
    kinds: tuple[tuple[str, ...], ...]
    days: np.ndarray
    killed: np.ndarray
    left_out: Counter[str]
    unknown: Counter[str]

    def __len__(self) -> int:
        return len(self.kinds)

    @property
    def length(self) -> float:
        """Days from the start of `since` to the end of `through`."""
        return float((self.through - self.since).days + 1)

    @property
    def of_several(self) -> int:
        """How many may be of more than one type."""
        return sum(len(kinds) > 1 for kinds in self.kinds)

    def record(self, program: Program, watched: Sequence[str], given: Sequence[str]) -> Record:
        """The record of them all, at their times."""
        if not self.of_several:
            return record_of_times(
                program, [kind for kind, in self.kinds], self.days, self.killed, watched=watched,
                given=given,
            )  # fmt: skip
        rows = [
            Occurrence(kinds, float(day), 0.0, None if killed < 0 else int(killed))
            for kinds, day, killed in zip(self.kinds, self.days, self.killed, strict=True)
        ]
        return compile_record(program, rows, watched, given)


def dated_events(
    chronicle: Chronicle, program: Program, since: dt.date, through: dt.date, seed: int
) -> Dated:
    """The chronicle's events between two days that the process can have, by chance or as given.

    An event on a day was at some time in it: each gets one, uniformly, by the seed.
    """
    may = recordable(program)
    random = np.random.default_rng([seed, 0xDA])
    left: Counter[str] = Counter({rule: 0 for rule in RULES})
    unknown: Counter[str] = Counter()
    rows: list[tuple[float, tuple[str, ...], int]] = []
    marked = {n for n, m in zip(program.event_names, program.arrays.happenings.mark, strict=True) if m == KILLED}  # fmt: skip

    @functools.cache
    def meant(names: tuple[str, ...]) -> tuple[str, ...] | str:
        known = [n for n in program.event_names if n in names]
        try:
            return tuple(known) or tuple(kinds_meant(names, program.event_names, may))
        except RecordError as error:
            return "unknown" if "there is no event" in str(error) else "not recordable"

    for entry in chronicle.events:
        first = float((entry.date - since).days)
        span = float((entry.last - entry.date).days + 1)
        at = first + span * random.random()
        if entry.date < since:
            left["before"] += 1
        elif entry.last > through:
            left["after"] += 1
        elif isinstance(kinds := meant(tuple(entry.event)), str):
            left[kinds] += 1
            unknown[" or ".join(entry.event)] += 1
        else:
            killed = entry.killed if entry.killed is not None and marked.issuperset(kinds) else -1
            rows.append((at, kinds, killed))
    rows.sort(key=lambda row: row[0])
    days = np.array([at for at, _, _ in rows], dtype=float)
    return Dated(
        since, through, tuple(kinds for _, kinds, _ in rows), days,
        np.array([killed for _, _, killed in rows], dtype=np.int64), left, unknown,
    )  # fmt: skip
