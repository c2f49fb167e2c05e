"""What has happened since a scenario's date, as the analyst writes it down."""

from __future__ import annotations

import datetime as dt
import difflib
import fnmatch
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import polars as pl
from pydantic import BeforeValidator, Field

from clientela.engine import Record
from clientela.inference.record import Occurrence, RecordError, compile_record, recordable
from clientela.process import Program
from clientela.reading import Problem, ReadingError, Tree, read_yaml, refuse, validated
from clientela.scenario import Scenario
from clientela.scenario.fields import Count, Date, Model, listed

Names = Annotated[list[str], BeforeValidator(listed), Field(min_length=1)]


class Entry(Model):
    """Something that happened, as written."""

    date: Date = Field(description="The day, or the first on which it may have been.")
    until: Date | None = Field(None, description="The last day on which it may have been.")
    event: Names = Field(description="Its name, or those of which it was one; `*` for anything.")
    killed: Annotated[Count, Field(ge=0)] | None = Field(None, description="How many it killed.")
    outcomes: dict[str, str] = Field({}, description="Branches of its outcome groups, as known.")
    source: str = Field("", description="Where this was learned.")
    note: str = Field("", description="A sentence on it.")

    @property
    def last(self) -> dt.date:
        """The last day on which it may have been."""
        return self.until or self.date


class Chronicle(Model):
    """What has happened, and of which events it is a complete account up to a day."""

    title: str = Field("", description="The title shown.")
    through: Date = Field(description="The last day that it covers.")
    watched: list[str] = Field(
        [],
        description="Events whose every occurrence is here; `*` for anything (none: those here).",
    )
    events: list[Entry] = Field([], description="What happened.")


@dataclass(frozen=True)
class Account:
    """A chronicle in the terms of a scenario's process.

    `record` is for the engine, `entries` what it has, in order of their last day.
    """

    chronicle: Chronicle
    record: Record
    watched: tuple[str, ...]
    entries: tuple[Entry, ...]
    day: float

    @property
    def digest(self) -> str:
        """SHA-256 of what it says happened."""
        said = (
            self.watched,
            [entry.model_dump(exclude={"source", "note"}) for entry in self.entries],
        )
        return hashlib.sha256(repr((said, self.day)).encode()).hexdigest()


def load_chronicle(
    path: Path,
    through: dt.date | None = None,
    watched: Sequence[str] = (),
    *,
    to_last: bool = False,
) -> tuple[Chronicle, Tree]:
    """The chronicle in a YAML file, or of a log of events as CSV, and where its parts stand.

    A log has columns date, until, actor, target, kind (attack or clash) and killed; it does not say
    up to which day it is complete, so that `through` is needed, or with `to_last` it is the last day
    that the log has. `through` and `watched` replace what the file says. Raises ReadingError with
    every problem.
    """
    if not path.is_file():
        refuse(path, "there is no such file")
    tree = _of_log(path) if path.suffix == ".csv" else read_yaml(path)
    if isinstance(tree.data, dict):
        tree.data |= {"through": str(through)} if through else {}
        tree.data |= {"watched": list(watched)} if watched else {}
        if path.suffix == ".csv" and "through" not in tree.data:
            days = [e.get("until", e["date"]) for e in tree.data["events"]] if to_last else []
            if not any(days):
                refuse(
                    path,
                    "a log of events does not say up to which day it is complete; add --through DATE",
                )
            tree.data["through"] = max(filter(None, days))
    return validated(Chronicle, tree), tree


def account_of(chronicle: Chronicle, tree: Tree, scenario: Scenario, program: Program) -> Account:
    """The chronicle as a record of the process. Raises ReadingError with every problem."""
    may = recordable(program)
    problems = list(_date_problems(chronicle, tree, scenario))
    days_hold = not problems
    watched, found = _watched(chronicle, tree, program, may)
    problems += found
    order = sorted(range(len(chronicle.events)), key=lambda k: (chronicle.events[k].last, k))
    occurrences = []
    for k in order:
        entry = chronicle.events[k]
        try:
            kinds = kinds_meant(entry.event, program.event_names, may)
            occurrence = _occurrence(entry, kinds, scenario.as_of)
            if days_hold:  # with other days than its own there is nothing to check
                compile_record(program, [occurrence], [*watched, *kinds])
        except RecordError as error:
            problems.append(tree.problem(("events", k), str(error)))
            continue
        occurrences.append(occurrence)
        watched += [kind for kind in kinds if kind not in watched and not chronicle.watched]
        for kind in kinds:
            if kind not in watched:
                sentence = f"'{kind}' happened but is not among what is watched; add it there"
                problems.append(tree.problem(("events", k, "event"), sentence))
    if problems:
        raise ReadingError(problems)
    if not watched:
        raise ReadingError([tree.problem((), "nothing happened and nothing is watched; add events or 'watched'")])  # fmt: skip
    day = float((chronicle.through - scenario.as_of).days + 1)
    entries = tuple(chronicle.events[k] for k in order)
    return Account(chronicle, compile_record(program, occurrences, watched), tuple(watched), entries, day)  # fmt: skip


def _occurrence(entry: Entry, kinds: Sequence[str], as_of: dt.date) -> Occurrence:
    """The entry with its days as a window: a date is the whole of its day."""
    return Occurrence(
        kinds[0] if len(kinds) == 1 else tuple(kinds),
        float((entry.date - as_of).days),
        float((entry.last - entry.date).days + 1),
        entry.killed,
        entry.outcomes,
    )


def backward(chronicle: Chronicle, tree: Tree) -> Iterator[Problem]:
    """Events that end before they begin."""
    for k, entry in enumerate(chronicle.events):
        if entry.last < entry.date:
            yield tree.problem(
                ("events", k, "until"), f"{entry.until} is before {entry.date}, its date"
            )


def _date_problems(chronicle: Chronicle, tree: Tree, scenario: Scenario) -> Iterator[Problem]:
    first, last, through = scenario.as_of, scenario.horizon, chronicle.through
    if not first <= through <= last:
        yield tree.problem(
            ("through",),
            f"{through} is not between the scenario's as_of, {first}, and its horizon, {last}",
        )
    elif through == first and chronicle.events:
        yield tree.problem(
            ("through",),
            f"answers of the scenario's as_of, {first}, are those before that day; expected a later one",
        )
    yield from backward(chronicle, tree)
    for k, entry in enumerate(chronicle.events):
        if entry.last < entry.date:
            continue
        if entry.date < first:
            yield tree.problem(
                ("events", k, "date"),
                f"{entry.date} is before {first}, the scenario's as_of; what was before it belongs under "
                "'past' in the scenario",
            )
        elif entry.last > through:
            yield tree.problem(
                ("events", k, "date"),
                f"{entry.last} is after {through}, the last day covered ('through')",
            )


def _watched(
    chronicle: Chronicle, tree: Tree, program: Program, may: Sequence[str]
) -> tuple[list[str], list[Problem]]:
    found: list[str] = []
    problems = []
    for k, pattern in enumerate(chronicle.watched):
        try:
            found += [n for n in _watchable(pattern, program, may) if n not in found]
        except RecordError as error:
            problems.append(tree.problem(("watched", k), str(error)))
    return found, problems


def _watchable(pattern: str, program: Program, may: Sequence[str]) -> list[str]:
    """The recordable events that a pattern means; if it means none, those that others bring about,
    which are watched for not having happened."""
    names = program.event_names
    return _meant(pattern, may) or _meant(pattern, names) or kinds_meant([pattern], names, may)


def kinds_meant(patterns: Sequence[str], names: Sequence[str], may: Sequence[str]) -> list[str]:
    """The recordable events that patterns mean. Raises RecordError if one means none."""
    found: list[str] = []
    for pattern in patterns:
        hits = _meant(pattern, may)
        if not hits and _meant(pattern, names):
            raise RecordError(
                f"'{pattern}' happens only because of another event; record that one, with its outcome"
            )
        if not hits:
            near = difflib.get_close_matches(pattern, may, 3, 0.5)
            hint = f"; near it: {', '.join(near)}" if near else ""
            raise RecordError(f"there is no event '{pattern}'{hint}")
        found += [name for name in hits if name not in found]
    return found


def _meant(pattern: str, names: Sequence[str]) -> list[str]:
    """The names that a pattern means; a clash is of two, in either order."""
    forms = [pattern]
    if pattern.startswith("clash:"):
        one, _, other = pattern.removeprefix("clash:").partition("~")
        forms.append(f"clash:{other}~{one}")
    return [name for name in names if any(fnmatch.fnmatchcase(name, form) for form in forms)]


def _of_log(path: Path) -> Tree:
    """A log of attacks and clashes as CSV, in the form of a chronicle."""
    try:
        table = pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        message = f"cannot be read as a log of events: {str(error).splitlines()[0]}"
        raise ReadingError([Problem(str(path), 0, 0, "", message)]) from None
    missing = [name for name in ("date", "actor", "target", "kind") if name not in table.columns]
    if missing:
        message = f"has no column {', '.join(missing)}; expected a log such as 'clientela events --out' writes"
        refuse(path, message)
    lines = {("events", k): (k + 2, 1) for k in range(table.height)}
    wrong = [
        Problem(
            str(path), k + 2, 1, "kind", f"{kind!r} is no kind of event; expected attack or clash"
        )
        for k, kind in enumerate(table["kind"])
        if kind not in ("attack", "clash")
    ]
    if wrong:
        raise ReadingError(wrong)
    events = [_of_row(row) for row in table.iter_rows(named=True)]
    return Tree(str(path), {"title": path.stem, "events": events}, lines)


def _of_row(row: dict[str, Any]) -> dict[str, Any]:
    actor, target = row["actor"] or "*", row["target"] or "*"
    named = f"clash:{actor}~{target}" if row["kind"] == "clash" else f"attack:{actor}>{target}"
    entry: dict[str, Any] = {"date": row["date"], "event": named}
    if row.get("until"):
        entry["until"] = row["until"]
    if row.get("killed"):
        entry["killed"] = int(row["killed"]) if row["killed"].isdigit() else row["killed"]
    return entry
