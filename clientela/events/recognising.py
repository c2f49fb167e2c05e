"""Which format a file is of, from its first line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clientela.events.files import first_line
from clientela.events.formats import CSV, FIELDS, FORMATS, Format, looks_like_a_date
from clientela.reading import Problem, ReadingError, refuse, suggestion, unknown


@dataclass(frozen=True)
class Layout:
    """How a file is laid out: its format, what parts its columns, and where each field is."""

    format: Format
    separator: str
    columns: int
    places: Mapping[str, int]
    headed: bool


def format_for(name: str | None, columns: Mapping[str, str]) -> Format | None:
    """The format that the user asks for; None if the file is to tell.

    Raises ReadingError for a name or a field that there is not.
    """
    problems = [
        Problem("--column", 0, 0, field, unknown("field", field, FIELDS))
        for field in columns
        if field not in FIELDS
    ]
    if name is not None and name not in FORMATS:
        problems.append(Problem("--format", 0, 0, "", unknown("format", name, FORMATS)))
    if problems:
        raise ReadingError(problems)
    chosen = FORMATS[name] if name else CSV if columns else None
    return chosen.with_columns(columns) if chosen else None


def layout_of(file: Path, shown: Path, asked: Format | None) -> Layout:
    """The layout of a UTF-8 file, whose name is `shown` in messages.

    Raises ReadingError if the file is empty, of no known format, or lacks columns.
    """
    line = first_line(file).rstrip("\r\n")
    if not line.strip():
        refuse(shown, "is empty; expected a table of events, its columns named on the first line")
    for format in [asked] if asked else FORMATS.values():
        layout = _fitting(line, format)
        if layout:
            return layout
    if asked:
        raise ReadingError(_missing(shown, line, asked))
    tried = "; ".join(f"{f.name} lacks {_some(_nearest(line, f)[1])}" for f in FORMATS.values())
    message = f"is of no known format: {tried}. Name its columns, such as --column date=NAME --column actor=NAME"
    raise ReadingError([Problem(str(shown), 1, 1, "", message)])


def _fitting(line: str, format: Format) -> Layout | None:
    for separator in format.separators:
        cells = format.cells(line, separator)
        if not format.missing(cells):
            return Layout(format, separator, len(cells), format.places(cells), headed=True)
        if len(cells) == len(format.heading):
            places = format.places([*format.heading])
            if set(format.required) <= set(places) and looks_like_a_date(cells[places["date"]]):
                return Layout(format, separator, len(cells), places, headed=False)
    return None


def _nearest(line: str, format: Format) -> tuple[list[str], list[str]]:
    """The cells under the separator with which the fewest columns are missing, and these."""
    cells = min(
        (format.cells(line, separator) for separator in format.separators),
        key=lambda cells: (len(format.missing(cells)), -len(cells)),
    )
    return cells, format.missing(cells)


def _missing(shown: Path, line: str, format: Format) -> list[Problem]:
    cells, missing = _nearest(line, format)
    there = f"; there are {_some(cells)}"
    return [
        Problem(
            str(shown), 1, 1, "",
            f"the column '{name}' of {format.name} is missing{suggestion(name, cells) or there}",
        )
        for name in missing
    ]  # fmt: skip


def _some(names: list[str], most: int = 12) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
