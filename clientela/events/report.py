"""What reading kept and what it dropped, by which rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from clientela.events.cells import DATES
from clientela.reading import refuse, unknown

# In this order: a row is counted under the first rule that it falls under.
RULES = {
    "unparsed": "empty, or more cells than columns",
    "no-violence": "neither an attack nor a clash",
    "country": "in another country",
    "date": "date cannot be read",
    "precision": "date too imprecise",
    "dates": "not wholly between the dates asked for",
    "ignored": "of a name that the aliases ignore",
    "unmapped": "of a name without an alias",
    "itself": "both sides are one actor",
    "duplicate": "there is another such row",
}


@dataclass(frozen=True)
class Dropped:
    """How many rows a rule dropped; where the first was, for rows that cannot be read."""

    rule: str
    rows: int
    first: str | None = None

    @property
    def says(self) -> str:
        return RULES[self.rule]


@dataclass(frozen=True)
class Named:
    """A name in the data that has no alias, and the number of events with it on a side."""

    name: str
    events: int


@dataclass(frozen=True)
class ReadReport:
    """What was read: `rows` is `kept` and all that was dropped.

    Of the rows kept, `without_killed` have no number of people killed, `without_actor` nobody who
    did it, `without_target` nobody whom it was done to, and `inexact` more than one possible day.
    `unmapped` are names without an alias, and `nobody` those that stand for nobody in particular.
    `persons`: names may be those of persons. `places` are other countries that there are rows of.
    """

    files: tuple[str, ...]
    format: str
    rows: int
    kept: int
    dropped: tuple[Dropped, ...]
    without_killed: int
    without_actor: int
    without_target: int
    inexact: int
    unmapped: tuple[Named, ...]
    nobody: tuple[Named, ...]
    places: tuple[str, ...]
    persons: bool

    def count(self, rule: str) -> int:
        """How many rows the rule dropped."""
        return next(each.rows for each in self.dropped if each.rule == rule)

    def as_json(self) -> dict[str, Any]:
        """The report as plain data; of names that may be those of persons only how many."""
        data = asdict(self)
        data["dropped"] = {each.rule: each.rows for each in self.dropped}
        data["first"] = {each.rule: each.first for each in self.dropped if each.first}
        data["nobody"] = {each.name: each.events for each in self.nobody}
        data["unmapped"] = {each.name: each.events for each in self.unmapped}
        if self.persons:
            data["unmapped"] = len(self.unmapped)
        del data["places"], data["persons"]
        return data


def check_any_left(report: ReadReport, countries: Iterable[str] = ()) -> None:
    """Raises ReadingError if no event is left, with what dropped them.

    `countries` are those that were asked for.
    """
    if report.kept:
        return
    file = report.files[0] if len(report.files) == 1 else f"{len(report.files)} files"
    if not report.rows:
        refuse(file, "has a heading and no rows; expected events")
    by_rule = ", ".join(f"{d.rows:,} {d.says}" for d in report.dropped if d.rows)
    message = f"no events are left of {report.rows:,} rows: {by_rule}"
    known = {place.lower() for place in report.places}
    if report.count("date") == report.rows:
        first = report.dropped[[*RULES].index("date")].first
        message = f"no date can be read, the first at {first}; expected dates such as {DATES}"
    elif lacking := [c for c in countries if report.count("country") and c.lower() not in known]:
        message += "; " + "; ".join(unknown("country", c, report.places) for c in lacking)
    refuse(file, message)
