"""The ledger as CSV files for a spreadsheet, and back without loss.

Four files have a row for each entry, its id first; `pooling.csv` has a row for each setting. An
empty cell is what was left out. A text that a spreadsheet would take for a formula, or that is
empty, has an apostrophe before it. The names of a list are joined by "; "; one that holds a
semicolon stands in double quotes.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import re
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from clientela.evidence.ledger import (
    Claim,
    Document,
    Entry,
    Ledger,
    Pooling,
    Proposition,
    Source,
)
from clientela.evidence.loading import ledger_of
from clientela.evidence.store import read_utf8, write_whole
from clientela.reading import Problem, ReadingError, Tree, refuse, suggestion

_MODELS: dict[str, type[Entry]] = {
    "documents": Document,
    "sources": Source,
    "claims": Claim,
    "propositions": Proposition,
}
_POOLING = ("name", "value")
# Spreadsheets run what begins so, also after blanks and in full width, as a formula.
_GUARDED = re.compile(r"'*([\s=+\-@＝＋－＠]|\Z)")
_ITEM = re.compile(r'\s*"([^"]*(?:""[^"]*)*)"\s*(?:;|\Z)|([^;]*)(?:;|\Z)')


@dataclass(frozen=True)
class _Column:
    """A column: its name, where its value stands within an entry, and what kind it is of."""

    name: str
    path: tuple[str, ...]
    kind: type


@dataclass(frozen=True)
class _Row:
    """A row: the line it begins on, and the text and number (from 1) of each cell by heading."""

    line: int
    cells: dict[str, str]
    numbers: dict[str, int]


class _Tables(Tree):
    """The tables of a folder as one tree: a problem lies in the file of the part it is in."""

    def problem(self, path: tuple[Any, ...], message: str) -> Problem:
        problem = super().problem(path, message)
        file = _file(Path(self.file), path[0]) if path else self.file
        return dataclasses.replace(problem, file=str(file))


def write_tables(ledger: Ledger, folder: Path) -> list[Path]:
    """Writes the ledger's tables into a folder, making it, and returns their paths.

    Raises DocumentStoreError if one cannot be written.
    """
    tables: dict[str, list[list[str]]] = {}
    for part, model in _MODELS.items():
        columns = list(_columns(model))
        tables[part] = [["id", *(column.name for column in columns)]]
        for name, entry in getattr(ledger, part).items():
            data = plain(entry)
            cells = (_cell(_at(data, column.path)) for column in columns)
            tables[part].append([_cell(name), *cells])
    settings = ledger.pooling.model_dump().items()
    tables["pooling"] = [[*_POOLING], *([name, _cell(value)] for name, value in settings)]
    return [_write(rows, _file(folder, part)) for part, rows in tables.items()]


def read_tables(folder: Path) -> Ledger:
    """The ledger in a folder of tables. Raises ReadingError with every problem at its cell."""
    if not folder.is_dir():
        listed = ", ".join(f"{part}.csv" for part in (*_MODELS, "pooling"))
        message = f"there is no such folder; expected one with {listed}"
        refuse(folder, message)
    tree = _Tables(str(folder), {})
    problems: list[Problem] = []
    rows: dict[str, list[_Row]] = {}
    headings = {part: ["id", *(c.name for c in _columns(m))] for part, m in _MODELS.items()}
    for part, names in {**headings, "pooling": [*_POOLING]}.items():
        try:
            rows[part] = _read(_file(folder, part), names, problems)
        except ReadingError as error:
            problems += error.problems
    # Where cells are missing altogether, what is said of the rest would mislead.
    if problems:
        raise ReadingError(problems)
    for part, model in _MODELS.items():
        tree.data[part] = _entries(tree, part, list(_columns(model)), rows[part], problems)
    tree.data["pooling"] = _settings(tree, rows["pooling"], problems)
    try:
        ledger = ledger_of(tree)
    except ReadingError as error:
        raise ReadingError([*problems, *error.problems]) from None
    if problems:
        raise ReadingError(problems)
    return ledger


# -- entries as plain data --------------------------------------------------------------------


def plain(entry: Entry) -> dict[str, Any]:
    """The entry without what is left out, its span as `start` and `end`."""
    defaults = {
        field.alias or key: field.default for key, field in type(entry).model_fields.items()
    }
    found = {
        key: value
        for key, value in entry.model_dump(mode="json", by_alias=True).items()
        if value is not None and not (value in ("", []) and value == defaults[key])
    }
    if "span" in found:
        found["start"], found["end"] = found.pop("span")
    return found


def with_span(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry with `start` and `end`, where it has any, as its span."""
    if "start" in entry or "end" in entry:
        entry["span"] = [entry.pop("start", None), entry.pop("end", None)]
    return entry


def _at(data: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        data = data.get(step) if data else None
    return data


def _columns(model: type[BaseModel]) -> Iterator[_Column]:
    """The columns that hold a model's fields."""
    for key, field in model.model_fields.items():
        name, kind = field.alias or key, _kind(field.annotation)
        if kind is tuple:  # the span
            yield _Column("start", ("start",), int)
            yield _Column("end", ("end",), int)
        elif issubclass(kind, BaseModel):
            for inner in _columns(kind):
                yield _Column(f"{name}_{inner.name}", (name, *inner.path), inner.kind)
        else:
            yield _Column(name, (name,), kind)


def _kind(annotation: Any) -> type:
    """bool, int, float, list, tuple or a model; str for whatever is written as text."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return _kind(next(a for a in arguments if a is not type(None)))
    if origin is Annotated:
        return _kind(arguments[0])
    if origin is not None:
        return str if origin is Literal else origin
    known = issubclass(annotation, bool | int | float | list | BaseModel)
    return annotation if known else str


# -- cells ------------------------------------------------------------------------------------


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        value = "; ".join(map(_item, value))
    if isinstance(value, str):
        return f"'{value}" if _GUARDED.match(value) else value
    return repr(value)


def _value(cell: str, kind: type) -> Any:
    """What a cell holds; None if it is empty, its text where that is not of the kind."""
    if not cell:
        return None
    if kind in (int, float):
        try:
            return kind(cell)
        except ValueError:
            return cell
    if kind is bool:  # spreadsheets write them in capitals
        return {"true": True, "false": False}.get(cell.lower(), cell)
    text = cell[1:] if cell.startswith("'") and _GUARDED.match(cell[1:]) else cell
    return list(_items(text)) if kind is list else text


def _item(name: str) -> str:
    bare = name and name == name.strip() and not re.search(r'[;"\r\n]', name)
    return name if bare else '"' + name.replace('"', '""') + '"'


def _items(text: str) -> Iterator[str]:
    for found in _ITEM.finditer(text):
        quoted, bare = found.groups()
        if quoted is not None:
            yield quoted.replace('""', '"')
        elif bare.strip():
            yield bare.strip()


# -- files ------------------------------------------------------------------------------------


def _file(folder: Path, part: str) -> Path:
    return folder / f"{part}.csv"


def _write(rows: list[list[str]], path: Path) -> Path:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    # With a byte-order mark, without which Excel takes UTF-8 for another encoding.
    write_whole(path, text.getvalue().encode("utf-8-sig"), "choose another folder")
    return path


def _read(file: Path, names: list[str], problems: list[Problem]) -> list[_Row]:
    """The rows of a table that hold anything. Raises ReadingError if its columns are others."""
    lines = _parsed(file)
    if not lines:
        refuse(file, f"is empty; expected {','.join(names)}", 1, 1)
    heading = [name.strip() for name in lines[0][1]]
    _check_heading(file, heading, names)
    rows: list[_Row] = []
    for line, cells in lines[1:]:
        for number, cell in enumerate(cells, 1):
            if cell and not "".join(heading[number - 1 : number]):
                message = "this cell has no heading; put a text with commas in double quotes"
                problems.append(Problem(str(file), line, number, "", message))
        padded = [*cells, *[""] * (len(heading) - len(cells))]
        found = {name: (padded[i], i + 1) for i, name in enumerate(heading) if name}
        if any(text for text, _ in found.values()):
            texts = {name: text for name, (text, _) in found.items()}
            rows.append(_Row(line, texts, {name: number for name, (_, number) in found.items()}))
    return rows


def _parsed(file: Path) -> list[tuple[int, list[str]]]:
    """The line that each row begins on, and its cells."""
    text = read_utf8(file, "a table in CSV, saved as UTF-8").removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            found.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise ReadingError([Problem(str(file), line, 1, "", f"is not CSV: {error}")]) from None
    return found


def _check_heading(file: Path, heading: list[str], names: list[str]) -> None:
    if len(heading) == 1 and (other := re.search(r"[;\t]", heading[0])):
        message = f"the columns are parted by {other[0]!r}; save the table with commas between them"
        refuse(file, message, 1, 1)
    problems: list[Problem] = []
    for number, name in enumerate(heading, 1):
        if name and name not in names:
            message = f"there is no column '{name}' here; expected {', '.join(names)}"
            problem = Problem(str(file), 1, number, "", message + suggestion(name, names))
            problems.append(problem)
        elif name and name in heading[: number - 1]:
            message = f"there is another column '{name}'; remove one"
            problems.append(Problem(str(file), 1, number, "", message))
    for name in names:
        if name not in heading:
            message = f"the column '{name}' is missing; add it, with empty cells if need be"
            problems.append(Problem(str(file), 1, 1, "", message))
    if problems:
        raise ReadingError(problems)


# -- rows to a tree ---------------------------------------------------------------------------


def _entries(
    tree: _Tables, part: str, columns: list[_Column], rows: list[_Row], problems: list[Problem]
) -> dict[str, Any]:
    """The entries of a table by id, noting in the tree where each value stands."""
    found: dict[str, Any] = {}
    for name, row in _keyed(tree, part, "id", rows, problems):
        tree.places[part, name] = (row.line, row.numbers["id"])
        entry: dict[str, Any] = {}
        for column in columns:
            place = (row.line, row.numbers[column.name])
            around = "span" if column.name in ("start", "end") else column.path[0]
            tree.places.setdefault((part, name, around), place)
            tree.places[part, name, *column.path] = place
            value = _value(row.cells[column.name], column.kind)
            if value is not None:
                _put(entry, column.path, value)
        found[name] = with_span(entry)
    return found


def _put(entry: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        entry = entry.setdefault(step, {})
    entry[path[-1]] = value


def _settings(tree: _Tables, rows: list[_Row], problems: list[Problem]) -> dict[str, Any]:
    kinds: Mapping[str, type] = {column.name: column.kind for column in _columns(Pooling)}
    found: dict[str, Any] = {}
    for name, row in _keyed(tree, "pooling", "name", rows, problems):
        place = row.numbers["value" if name in kinds else "name"]
        tree.places["pooling", name] = (row.line, place)
        value = _value(row.cells["value"], kinds.get(name, str))
        if value is not None or name not in kinds:
            found[name] = value
    return found


def _keyed(
    tree: _Tables, part: str, key: str, rows: list[_Row], problems: list[Problem]
) -> Iterator[tuple[str, _Row]]:
    """Each row with its key; rows without one, and all but the first of one, are problems."""
    lines: dict[str, int] = {}
    file = str(_file(Path(tree.file), part))
    for row in rows:
        name = _value(row.cells[key], str)
        if name is None:
            message = f"there is no {key} in this row; add one or empty the row"
        elif name in lines:
            message = f"there is another '{name}' on line {lines[name]}; remove one"
        else:
            lines[name] = row.line
            yield name, row
            continue
        problems.append(Problem(file, row.line, row.numbers[key], "", message))
