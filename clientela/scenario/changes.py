"""Branches and changes: values put at dotted paths, and whose fault it is if they do not fit."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from clientela.reading import Problem, ReadingError, Tree, parse_value, suggestion
from clientela.scenario.model import Scenario, Ties

Steps = tuple[Any, ...]

# Where a new entry may only be made whole, since a single value in it would be a misspelt name.
_WHOLE = {("actors",), ("branches",), ("questions",), ("past",), ("scheduled",)}


@dataclass(frozen=True)
class Change:
    """A value for a dotted path, by the user or by a branch."""

    target: str
    value: Any
    blame: Problem  # where it was asked for; the message is still to be said

    def fault(self, path: Steps, message: str) -> Problem:
        """The problem with the part at `path`, laid on the change that put it there."""
        written = ".".join(map(str, path))
        about = "" if written == self.target else f"{written}: "
        at = self.blame
        return Problem(at.file, at.line, at.column, at.path, f"{about}{message}")

    def refuse(self, message: str) -> NoReturn:
        """Raises ReadingError with one problem, where the change was asked for."""
        raise ReadingError([self.fault(tuple(self.target.split(".")), message)])


def from_user(changes: Mapping[str, Any]) -> list[Change]:
    """The changes asked for beside the file. Text is read as YAML. Raises ReadingError."""
    made = []
    for target, value in changes.items():
        blame = Problem(f"--set {target}", 0, 0, "", "")
        try:
            parsed = parse_value(value) if isinstance(value, str) else copy.deepcopy(value)
        except ReadingError as error:
            problems = [Problem(blame.file, 0, 0, "", p.message) for p in error.problems]
            raise ReadingError(problems) from None
        made.append(Change(target, parsed, blame))
    return made


def from_branch(tree: Tree, name: str) -> tuple[list[Change], list[str]]:
    """A branch's changes and the mechanisms it switches off. Raises ReadingError if unknown."""
    branches = tree.data.get("branches")
    branches = branches if isinstance(branches, dict) else {}
    branch = branches.get(name)
    if not isinstance(branch, dict):
        hint = suggestion(name, branches)
        known = f"; known: {', '.join(branches)}" if branches and not hint else ""
        message = f"there is no branch '{name}'{known}{hint}"
        raise ReadingError([tree.problem(("branches",), message)])
    at = ("branches", name, "set")
    values, without = branch.get("set"), branch.get("without")
    changes = [
        Change(target, copy.deepcopy(value), tree.problem((*at, target), ""))
        for target, value in (values.items() if isinstance(values, dict) else ())
    ]
    switched_off = [m for m in without if isinstance(m, str)] if isinstance(without, list) else []
    return changes, switched_off


def apply(tree: Tree, changes: Iterable[Change]) -> dict[Steps, Change]:
    """Makes the changes in the tree; returns each by the path it came to stand at."""
    return {_put(tree.data, change): change for change in changes}


def blamed(problems: Iterable[Problem], tree: Tree, made: Mapping[Steps, Change]) -> list[Problem]:
    """The problems, each that lies in a changed value laid on the change."""

    def laid(problem: Problem) -> Problem:
        path = tuple(problem.path.split("."))
        for steps, change in made.items():
            names = tuple(map(str, steps))
            inside = path[: len(names)] == names
            # Around the value, only what the change itself has made: `mechanisms.typo.rate`.
            around = names[: len(path)] == path and not inside and path not in tree.places
            if problem.file == tree.file and (inside or around):
                shown = (*change.target.split("."), *path[len(names) :]) if inside else path
                return change.fault(shown, problem.message)
        return problem

    return [laid(problem) for problem in problems]


def _put(data: Any, change: Change) -> Steps:
    """Puts the value where the target says; steps of the procedure are addressed by name."""
    *around, last = change.target.split(".")
    here, walked = data, ()
    for part, then in itertools.pairwise([*around, last]):
        key = _step(here, walked, part, change)
        if isinstance(here, dict) and not isinstance(here.get(key), dict | list):
            here[key] = _opened(key, here.get(key))
        here, walked = here[key], (*walked, key)
        if not isinstance(here, dict | list):
            change.refuse(f"there is no '{then}' in {'.'.join(map(str, walked))}")
    key = _step(here, walked, last, change, last=True)
    here[key] = change.value
    return (*walked, key)


def _opened(key: Any, value: Any) -> Any:
    """A mapping, if what stands there can open up to take parts; else the value as it is."""
    if key == "seats" and isinstance(value, int):
        return {"now": value}
    return {} if value is None or value is False else value


def _step(here: Any, walked: Steps, part: str, change: Change, *, last: bool = False) -> Any:
    """The key or index that one part of a dotted path means. Raises ReadingError if none."""
    where = ".".join(map(str, walked)) or "the scenario"
    if isinstance(here, list):
        names = [str(item.get("step")) if isinstance(item, dict) else "" for item in here]
        if part in names:
            return names.index(part)
        change.refuse(f"there is no '{part}' in {where}{suggestion(part, names)}")
    if part in here:
        return part
    known = [str(key) for key in here]
    if not walked:
        known = list(Scenario.model_fields)
    elif walked == ("ties",):
        known = list(Ties.model_fields)
    elif walked in _WHOLE or (walked[0] == "ties" and len(walked) in (2, 3)):
        if last and isinstance(change.value, dict):
            return part
    else:
        return part  # a field the file leaves out; the models know whether there is such a one
    if part not in known:
        change.refuse(f"there is no '{part}' in {where}{suggestion(part, known)}")
    return part
