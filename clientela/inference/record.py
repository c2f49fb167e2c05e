"""What is known to have happened, in the names of a process, and its form for the engine."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
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

    `event` is its type, or those of which it was one, such as attacks by several suspects. `killed`
    and the branches of outcome groups, by group, are given as far as they are known.
    """

    event: str | tuple[str, ...]
    start: float
    span: float = 0.0
    killed: int | None = None
    branches: Mapping[str, str] = field(default_factory=dict)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The types of which it was one."""
        return (self.event,) if isinstance(self.event, str) else tuple(self.event)

    @property
    def name(self) -> str:
        """Its type or types, to be told."""
        return " or ".join(self.kinds)


def recordable(program: Program) -> tuple[str, ...]:
    """The event types that a record may have: those that nothing else brings about.

    What an event fires, at once or later, happens because of it and has no intensity of its own. It
    may be watched: then it has not happened.
    """
    effects = program.arrays.effects
    fired = set(effects.target[np.isin(effects.op, [FIRE, FIRE_AT])].tolist())
    fired |= set(program.arrays.times.timer_event.tolist())
    may = _weighed(program) | _scheduled(program)
    return tuple(n for e, n in enumerate(program.event_names) if may[e] and e not in fired)


def compile_record(
    program: Program,
    occurrences: Sequence[Occurrence],
    watched: Iterable[str],
    given: Iterable[str] = (),
) -> Record:
    """The record for the engine. Every type that occurs must be watched or given.

    What is given happens as the record has it too, but its coming and not coming say nothing. What
    another event brings about may be watched, but not occur: the record is then impossible in a
    history that has it. Raises RecordError for types, branches and numbers that the process does
    not have, days before its beginning or after its horizon, and occurrences that another event
    brings about.
    """
    may = (*recordable(program), *given)
    names = {name: e for e, name in enumerate(program.event_names)}
    watch, weigh = np.zeros((2, len(names)), dtype=np.bool_)
    for name in (*watched, *given):
        watch[names[_known(name, names, names)]] = True
    weigh[:] = watch & _weighed(program)
    weigh[[names[name] for name in given]] = False
    rows = [_branches(program, k, each, watch, may, names) for k, each in enumerate(occurrences)]
    kinds = [[names[kind] for kind in each.kinds] for each in occurrences]
    return Record(
        watched=watch,
        weighed=weigh,
        kind_lo=_lengths(kinds),
        kind=_flat(kinds),
        start=np.array([each.start for each in occurrences], dtype=np.float64),
        span=np.array([each.span for each in occurrences], dtype=np.float64),
        key=np.array(_keys(occurrences), dtype=np.uint64),
        mark=np.array([-1 if o.killed is None else o.killed for o in occurrences], dtype=np.int64),
        branch_lo=_lengths(rows),
        branch=_flat(rows),
        settled=np.zeros(0),
        area=np.zeros(0),
        weight=np.zeros(0),
        log_intensity=np.zeros(0),
        risen=np.zeros(0),
    ).with_room()


def record_of_times(
    program: Program,
    kinds: Sequence[str],
    days: np.ndarray,
    killed: np.ndarray | None = None,
    *,
    watched: Iterable[str],
    given: Iterable[str] = (),
) -> Record:
    """The record of many events at exact times, outcomes unknown; `killed` is −1 where unknown.

    Raises RecordError for types that the process does not have, that are not watched or given, or
    that another event brings about.
    """
    given = tuple(given)
    empty = compile_record(program, [], watched, given)
    names = {name: e for e, name in enumerate(program.event_names)}
    unknown = set(kinds) - {name for name, e in names.items() if empty.watched[e]}
    if unknown:
        raise RecordError(f"'{min(unknown)}' happened but is neither watched nor given")
    may = (*recordable(program), *given)
    for kind in sorted(set(kinds)):
        _known(kind, may, names)
    order = np.argsort(days, kind="stable")
    if killed is not None:
        _check_none_killed(program, kinds, killed, names)
    number = np.array([names[kind] for kind in kinds], dtype=np.int64)[order]
    groups = np.diff(program.arrays.happenings.group_lo)[number]
    rows = len(number)
    marks = np.full(rows, -1) if killed is None else np.asarray(killed)[order]
    return empty._replace(
        kind_lo=np.arange(rows + 1),
        kind=number,
        start=np.asarray(days, dtype=float)[order],
        span=np.zeros(rows),
        key=np.zeros(rows, dtype=np.uint64),
        mark=marks.astype(np.int64),
        branch_lo=np.concatenate([[0], np.cumsum(groups)]).astype(np.int64),
        branch=np.full(int(groups.sum()), -1, dtype=np.int64),
    ).with_room()


def _check_none_killed(
    program: Program, kinds: Sequence[str], killed: np.ndarray, names: Mapping[str, int]
) -> None:
    """Raises RecordError if an event that cannot kill has a number killed."""
    for kind in {kind for kind, count in zip(kinds, killed, strict=True) if count >= 0}:
        if program.arrays.happenings.mark[names[kind]] != KILLED:
            raise RecordError(f"'{kind}' kills nobody; leave out the number killed")


def without_schedule_of(program: Program, record: Record, day: float) -> Program:
    """The program without scheduled events of types that the record has by a day.

    They are not due again. The day on which such an event was to come is drawn apart from all else,
    so that nothing but that day is learned from its coming.
    """
    times = program.arrays.times
    rows = np.repeat(record.start, np.diff(record.kind_lo))
    keep = ~np.isin(times.schedule_event, record.kind[rows < day])
    times = times._replace(
        schedule_event=times.schedule_event[keep], schedule_at=times.schedule_at[keep]
    )
    return replace(program, arrays=program.arrays._replace(times=times))


def _scheduled(program: Program) -> np.ndarray:
    scheduled = np.zeros(len(program.event_names), dtype=np.bool_)
    scheduled[program.arrays.times.schedule_event] = True
    return scheduled


def by_chance(program: Program) -> np.ndarray:
    """Which types have an intensity of their own, shape (types,)."""
    rates = program.arrays.rates
    uncertain = np.isin(rates.rate, program.positions)
    excited = rates.add_lo[1:] > rates.add_lo[:-1]
    return uncertain | (program.base[rates.rate] > 0) | excited


def _weighed(program: Program) -> np.ndarray:
    """Which types come by an intensity of their own, and not because they are due."""
    return by_chance(program) & ~_scheduled(program)


def _known(
    name: str, may: Collection[str], names: Mapping[str, int], row: int | None = None
) -> str:
    if name not in names:
        near = difflib.get_close_matches(name, list(may), 1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise RecordError(f"there is no event '{name}'{hint}", row)
    if name not in may:
        raise RecordError(
            f"'{name}' happens only because of another event; record that one, with its outcome",
            row,
        )
    return name


def _branches(
    program: Program, k: int, each: Occurrence, watch: np.ndarray, may: Sequence[str],
    names: Mapping[str, int],
) -> list[int]:  # fmt: skip
    """The branch of every outcome group of one occurrence, −1 where unknown."""
    kinds = [names[_known(kind, may, names, k)] for kind in each.kinds]
    for e in kinds:
        if not watch[e]:
            raise RecordError(f"'{program.event_names[e]}' happened but is not watched; watch it too", k)  # fmt: skip
    if not (each.start >= 0.0 and each.span >= 0.0 and each.start + each.span <= program.horizon):
        raise RecordError(
            f"'{each.name}' is on day {each.start + each.span:g}; expected one from 0 to the horizon, "
            f"day {program.horizon:g}",
            k,
        )
    if each.killed is not None:
        _check_killed(program, k, each, kinds)
    groups = groups_of(program, kinds[0])
    if any(groups_of(program, e) != groups for e in kinds):
        raise RecordError(f"{each.name}: they have other outcomes than each other", k)
    for name in each.branches:
        if name not in groups:
            raise RecordError(f"'{each.name}' has no outcome '{name}'; it has {_all(groups)}", k)
        if each.branches[name] not in groups[name]:
            raise RecordError(
                f"'{each.branches[name]}' is no outcome of {each.name}/{name}; expected one of "
                f"{_all(groups[name])}",
                k,
            )
    return [
        branches.index(each.branches[name]) if name in each.branches else -1
        for name, branches in groups.items()
    ]


def _check_killed(program: Program, k: int, each: Occurrence, kinds: Sequence[int]) -> None:
    if any(program.arrays.happenings.mark[e] != KILLED for e in kinds):
        raise RecordError(f"'{each.name}' kills nobody; leave out the {each.killed} killed", k)
    if each.killed is not None and each.killed < 0:
        raise RecordError(f"{each.killed} were killed by '{each.name}'; expected 0 or more", k)


def groups_of(program: Program, e: int) -> dict[str, list[str]]:
    """The outcome groups of an event type in order, each with its branches; a group whose branches
    are not written down, a draw of a coalition, has none and is called by its number."""
    groups, branches = program.arrays.groups, program.arrays.branches
    lo, hi = program.arrays.happenings.group_lo[e : e + 2]
    found: dict[str, list[str]] = {}
    for g in range(lo, hi):
        labels = branches.label[groups.branch_lo[g] : groups.branch_lo[g + 1]]
        names = [program.labels[label].rpartition("/")[2] for label in labels if label >= 0]
        group = names[0].partition("=")[0] if names else f"#{g - lo}"
        found[group] = [name.partition("=")[2] for name in names]
    return found


def _all(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names if not name.startswith("#")) or "none"


def _keys(occurrences: Sequence[Occurrence]) -> list[int]:
    """A stream for each, which others that are added leave as it is."""
    seen: dict[str, int] = {}
    keys = []
    for each in occurrences:
        place = f"{each.name}/{each.start:g}/{each.span:g}"
        seen[place] = seen.get(place, 0) + 1
        keys.append(stream_key(f"record/{place}/{seen[place]}"))
    return keys


def _lengths(rows: Sequence[Sequence[int]]) -> np.ndarray:
    return np.cumsum([0, *(len(row) for row in rows)]).astype(np.int64)


def _flat(rows: Sequence[Sequence[int]]) -> np.ndarray:
    return np.array([item for row in rows for item in row], dtype=np.int64)
