"""What is wrong with a file, said once, in one line each."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn

MOST_SHOWN = 40


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong: where, and a sentence with what was expected."""

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        parts = [place, self.path, self.message] if self.path else [place, self.message]
        return "".join(_visible(character) for character in ": ".join(parts))


def _visible(character: str) -> str:
    """A line break within a name is shown as written in Python, so that a problem is one line."""
    return character if character.isprintable() else repr(character)[1:-1]


class ReadingError(Exception):
    """Everything that is wrong with what was read, a line each, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__(self.problems)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems[:MOST_SHOWN]]
        if len(self.problems) > MOST_SHOWN:
            lines.append(f"… and {len(self.problems) - MOST_SHOWN} more problems")
        return "\n".join(lines)


def refuse(file: object, message: str, line: int = 0, column: int = 0) -> NoReturn:
    """Raises ReadingError with one problem."""
    raise ReadingError([Problem(str(file), line, column, "", message)])


def suggestion(name: object, known: Iterable[str]) -> str:
    """` (did you mean 'x'?)`, or nothing if nothing is near."""
    near = difflib.get_close_matches(str(name), list(known), 1)
    return f" (did you mean '{near[0]}'?)" if near else ""


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """That there is no such thing of a kind, with the nearest name, or some that there are."""
    known = list(known)
    near = suggestion(name, known)
    listed = f"; known: {', '.join(known[:12])}" if known and not near else ""
    return f"there is no {kind} '{name}'{listed}{near}"
