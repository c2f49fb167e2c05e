"""What is known to have happened, in the names of a process, and its form for the engine."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from clientela.engine import Record
from clientela.process.program import FIRE, FIRE_AT, KILLED, Program, stream_key


class RecordError(ValueError):
    """Something cannot have happened in the process; `row` is its number in the record, if any."""

    def __init__(self, message: str, row: int | None = None) -> None:
        super().__init__(message)
        self.row = row


@dataclass(frozen=True)
class Occurrence:
    """An event that happened within `span` days from day `start` on, days since the beginning.

    `killed` and the branches of outcome groups, by group, are given as far as they are known.
    """

    event: str
    start: float
    span: float = 0.0
    killed: int | None = None
    branches: Mapping[str, str] = field(default_factory=dict)


def recordable(program: Program) -> tuple[str, ...]:
    """The event types that a record may watch: those that nothing else brings about.

    What an event fires, at once or later, happens because of it and has no intensity of its own.
    """
    effects = program.arrays.effects
    fired = set(effects.target[np.isin(effects.op, [FIRE, FIRE_AT])].tolist())
    fired |= set(program.arrays.times.timer_event.tolist())
    return tuple(name for e, name in enumerate(program.event_names) if e not in fired)


def compile_record(
    program: Program, occurrences: Sequence[Occurrence], watched: Iterable[str]
) -> Record:
    """The record for the engine. Every type that occurs must be watched.

    Raises RecordError for types, branches and numbers that the process does not have, days before
    its beginning or after its horizon, and types that another event brings about.
    """
    may = recordable(program)
    names = {name: e for e, name in enumerate(program.event_names)}
    watch = np.zeros(len(names), dtype=np.bool_)
    for name in watched:
        watch[names[_known(name, may, names)]] = True
    rows = [_row(program, k, each, watch, may, names) for k, each in enumerate(occurrences)]
    branches = [branch for row in rows for branch in row]
    lengths = np.cumsum([0, *(len(row) for row in rows)])
    return Record(
        watched=watch,
        event=np.array([names[each.event] for each in occurrences], dtype=np.int64),
        start=np.array([each.start for each in occurrences], dtype=np.float64),
        span=np.array([each.span for each in occurrences], dtype=np.float64),
        key=np.array(_keys(occurrences), dtype=np.uint64),
        mark=np.array([-1 if o.killed is None else o.killed for o in occurrences], dtype=np.int64),
        branch_lo=lengths.astype(np.int64),
        branch=np.array(branches, dtype=np.int64),
        settled=np.zeros(len(names)),
        weight=np.zeros(1),
    )


def without_schedule_of(program: Program, record: Record) -> Program:
    """The program without scheduled events of types that the record has: they are not due again."""
    times = program.arrays.times
    keep = ~np.isin(times.schedule_event, record.event)
    times = times._replace(
        schedule_event=times.schedule_event[keep], schedule_at=times.schedule_at[keep]
    )
    return replace(program, arrays=program.arrays._replace(times=times))


def _known(name: str, may: Sequence[str], names: Mapping[str, int], row: int | None = None) -> str:
    if name not in names:
        near = difflib.get_close_matches(name, may, 1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise RecordError(f"there is no event '{name}'{hint}", row)
    if name not in may:
        raise RecordError(
            f"'{name}' happens only because of another event; record that one, with its outcome",
            row,
        )
    return name


def _row(
    program: Program, k: int, each: Occurrence, watch: np.ndarray, may: Sequence[str],
    names: Mapping[str, int],
) -> list[int]:  # fmt: skip
    """The branch of every outcome group of one occurrence, −1 where unknown."""
    e = names[_known(each.event, may, names, k)]
    if not watch[e]:
        raise RecordError(f"'{each.event}' happened but is not watched; watch it too", k)
    if not (each.start >= 0.0 and each.span >= 0.0 and each.start + each.span <= program.horizon):
        raise RecordError(
            f"'{each.event}' is on day {each.start + each.span:g}; expected one from 0 to the horizon, "
            f"day {program.horizon:g}",
            k,
        )
    if each.killed is not None and program.arrays.happenings.mark[e] != KILLED:
        raise RecordError(f"'{each.event}' kills nobody; leave out the {each.killed} killed", k)
    if each.killed is not None and each.killed < 0:
        raise RecordError(f"{each.killed} were killed by '{each.event}'; expected 0 or more", k)
    groups = groups_of(program, e)
    for name in each.branches:
        if name not in groups:
            raise RecordError(f"'{each.event}' has no outcome '{name}'; it has {_all(groups)}", k)
        if each.branches[name] not in groups[name]:
            raise RecordError(
                f"'{each.branches[name]}' is no outcome of {each.event}/{name}; expected one of "
                f"{_all(groups[name])}",
                k,
            )
    return [
        branches.index(each.branches[name]) if name in each.branches else -1
        for name, branches in groups.items()
    ]


def groups_of(program: Program, e: int) -> dict[str, list[str]]:
    """The outcome groups of an event type in order, each with its branches; a group whose branches
    are not written down, a draw of a coalition, has none and is called by its number."""
    groups, branches = program.arrays.groups, program.arrays.branches
    lo, hi = program.arrays.happenings.group_lo[e : e + 2]
    found: dict[str, list[str]] = {}
    for g in range(lo, hi):
        labels = branches.label[groups.branch_lo[g] : groups.branch_lo[g + 1]]
        names = [program.labels[label].rpartition("/")[2] for label in labels if label >= 0]
        group = names[0].partition("=")[0] if names else f"#{g}"
        found[group] = [name.partition("=")[2] for name in names]
    return found


def _all(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names if not name.startswith("#")) or "none"


def _keys(occurrences: Sequence[Occurrence]) -> list[int]:
    """A stream for the day of each, which others that are added leave as it is."""
    seen: dict[tuple[str, float, float], int] = {}
    keys = []
    for each in occurrences:
        place = (each.event, each.start, each.span)
        seen[place] = seen.get(place, 0) + 1
        keys.append(stream_key(f"record/{each.event}/{each.start:g}/{each.span:g}/{seen[place]}"))
    return keys
