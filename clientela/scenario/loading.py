"""From a file, a bundled name or a mapping to a checked scenario, with a branch and changes."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from clientela.evidence import Credences, Ledger, load_ledger
from clientela.reading import (
    Problem,
    ReadingError,
    Tree,
    read_yaml,
    refuse,
    suggestion,
    validated,
)
from clientela.scenario.changes import Change, apply, blamed, from_branch, from_user
from clientela.scenario.checks import cross_check
from clientela.scenario.model import Scenario

R = TypeVar("R")


class Reader:
    """A scenario's file read once, to be taken with as many branches and changes as one likes."""

    def __init__(
        self,
        source: str | Path | Mapping[str, Any],
        mechanisms: Mapping[str, type[BaseModel]],
        texts: Mapping[Path, str] | None = None,
    ) -> None:
        """`source` is a file, a bundled scenario's name, or a mapping; `mechanisms` gives the
        settings model of each known mechanism; `texts` are read in place of what files hold,
        such as edits that are not saved. Raises ReadingError if it cannot be read."""
        texts = texts or {}
        self._tree, self._path = _read(source, texts)
        self._mechanisms = mechanisms
        self._ledger = functools.cache(lambda file: load_ledger(file, texts.get(file)))

    def scenario(
        self,
        *,
        branch: str | None = None,
        changes: Mapping[str, Any] | None = None,
        without: Sequence[str] = (),
        without_sources: Sequence[str] = (),
    ) -> Scenario:
        """The scenario with the branch taken, the changes made and the mechanisms switched off.

        `changes` maps dotted paths to values (text is read as YAML); `without_sources` retracts
        sources of the evidence, `camp:NAME` a whole camp's. Raises ReadingError with every
        problem found.
        """
        tree = Tree(self._tree.file, copy.deepcopy(self._tree.data), self._tree.places)
        taken, switched_off = from_branch(tree, branch) if branch is not None else ([], [])
        asked = from_user(changes or {})
        _refuse_unknown("--without", "there is no mechanism '{name}'", without, self._mechanisms)
        off = [*without, *switched_off]
        evidence = functools.cache(
            lambda file: Credences(_retracted(self._ledger(file), without_sources))
        )
        rest = _Surroundings(self._path, self._mechanisms, evidence)
        scenario = _checked(tree, rest, [*taken, *asked], off)
        if without_sources and scenario.ledger is None:
            message = "the scenario names no evidence file, so there is no source to retract"
            refuse("--without-source", message)
        if not taken and not asked and not off:
            _check_branches(self._tree, rest)
        scenario._source, scenario._tree = self._path, tree
        values = {change.target: change.value for change in asked}
        scenario.restore(branch, values, off, without_sources)
        return scenario


def load(
    source: str | Path | Mapping[str, Any],
    *,
    mechanisms: Mapping[str, type[BaseModel]],
    branch: str | None = None,
    changes: Mapping[str, Any] | None = None,
    without: Sequence[str] = (),
    without_sources: Sequence[str] = (),
) -> Scenario:
    """The scenario of a `Reader`, with these options of its `scenario`."""
    return Reader(source, mechanisms).scenario(
        branch=branch, changes=changes, without=without, without_sources=without_sources
    )


def bundled() -> dict[str, Path]:
    """The scenarios that come with Clientela: name and file."""
    library = Path(str(resources.files("clientela"))) / "library"
    return {f.parent.name: f for f in sorted(library.glob("*/scenario.yaml"))}


def _read(
    source: str | Path | Mapping[str, Any], texts: Mapping[Path, str]
) -> tuple[Tree, Path | None]:
    if isinstance(source, Mapping):
        try:
            return Tree("scenario", _plain(source)), None
        except RecursionError:
            message = "is nested too deeply, or holds itself"
            raise ReadingError([Problem("scenario", 0, 0, "", message)]) from None
    known = bundled()
    if isinstance(source, str) and source in known:
        path = known[source]
    else:
        path = Path(source)
        if _is_file(path / "scenario.yaml"):
            path = path / "scenario.yaml"
        if not _is_file(path):
            hint = suggestion(source, known) or f"; bundled: {', '.join(known)}"
            message = f"there is no such file, and no bundled scenario of that name{hint}"
            refuse(source, message)
    return read_yaml(path, texts.get(path)), path


@dataclass(frozen=True)
class _Surroundings:
    """What a scenario is checked against beside itself."""

    path: Path | None
    mechanisms: Mapping[str, type[BaseModel]]
    evidence: Callable[[Path], Credences]


def _checked(
    tree: Tree, rest: _Surroundings, changes: Sequence[Change], without: Sequence[str]
) -> Scenario:
    """The changed tree as a scenario with its evidence. Raises ReadingError with every problem."""
    made = apply(tree, changes)
    block = tree.data.get("mechanisms")
    if without and (block is None or isinstance(block, dict)):
        tree.data["mechanisms"] = {**(block or {}), **dict.fromkeys(without, False)}
    problems: list[Problem] = []
    credences = _collected(problems, lambda: _evidence(tree, rest))
    # A claim or proposition of a file that cannot be read is not to be called unknown as well.
    unread = credences is None and isinstance(tree.data.get("evidence"), str)
    context = {"credences": _Anything() if unread else credences}
    scenario = _collected(problems, lambda: validated(Scenario, tree, context=context))
    settings = _settings(tree, rest.mechanisms, problems, context)
    if scenario is not None:
        # In the order of the registry, so that how the file orders its blocks changes nothing.
        others = {n: given for n, given in scenario.mechanisms.items() if n not in rest.mechanisms}
        scenario.mechanisms.clear()
        scenario.mechanisms.update({n: settings.get(n, False) for n in rest.mechanisms} | others)
        ledger = credences.ledger if credences else None
        found = cross_check(scenario, tree, ledger, rest.mechanisms)
        problems += [p for p in found if not (unread and "there is no claim" in p.message)]
    if scenario is None or problems:
        raise ReadingError(blamed(problems, tree, made))
    scenario._credences = credences
    return scenario


class _Anything:
    """Credences of evidence that cannot be read: every proposition, so that none is blamed."""

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __getitem__(self, name: str) -> float:
        return 0.5


def _retracted(ledger: Ledger, sources: Sequence[str]) -> Ledger:
    """The ledger without what some sources say. Raises ReadingError for each that is unknown."""
    known = [*ledger.sources, *(f"camp:{camp}" for camp in ledger.camps)]
    _refuse_unknown("--without-source", "there is no such source", sources, known)
    return ledger.without(sources)


def _check_branches(tree: Tree, rest: _Surroundings) -> None:
    """Takes every branch in turn. Raises ReadingError with all that would not load."""
    problems: list[Problem] = []
    for name in tree.data.get("branches") or {}:
        trial = Tree(tree.file, copy.deepcopy(tree.data), tree.places)
        changes, without = from_branch(trial, name)
        _collected(problems, lambda t=trial, c=changes, w=without: _checked(t, rest, c, w))
    if problems:
        raise ReadingError(problems)


def _collected(problems: list[Problem], read: Callable[[], R]) -> R | None:
    """What is read; None if it cannot be, its problems added to the list."""
    try:
        return read()
    except ReadingError as error:
        problems += error.problems
        return None


def _refuse_unknown(
    option: str, message: str, names: Sequence[str], known: Collection[str]
) -> None:
    """Raises ReadingError for each name after the option that is unknown: the message, and a hint."""
    problems = [
        Problem(f"{option} {name}", 0, 0, "", message.format(name=name) + hint)
        for name in names
        if name not in known
        for hint in [suggestion(name, known) or f"; known: {', '.join(known) or 'none'}"]
    ]
    if problems:
        raise ReadingError(problems)


def _settings(
    tree: Tree,
    mechanisms: Mapping[str, type[BaseModel]],
    problems: list[Problem],
    context: Mapping[str, Any],
) -> dict[str, BaseModel]:
    """The settings of each mechanism that is not switched off, defaults included."""
    written = tree.data.get("mechanisms")
    written = written if isinstance(written, dict) else {}
    settings: dict[str, BaseModel] = {}
    for name, model in mechanisms.items():
        given = written.get(name)
        if given is False:
            continue
        if given is None or given is True:
            settings[name] = model()
            continue
        at = ("mechanisms", name)
        read = _collected(problems, lambda m=model, p=at: validated(m, tree, p, context))
        if read is not None:
            settings[name] = read
    return settings


def _evidence(tree: Tree, rest: _Surroundings) -> Credences | None:
    name = tree.data.get("evidence")
    if not isinstance(name, str):
        return None
    file = (rest.path.parent if rest.path else Path()) / name
    if not _is_file(file):
        message = (
            f"there is no file '{name[:80]}' beside the scenario; write its name, or remove this"
        )
        raise ReadingError([tree.problem(("evidence",), message)])
    return rest.evidence(file)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long, or with characters no name can have
        return False


def _plain(value: Any) -> Any:
    """A mapping from Python as YAML would give it: text for keys, lists for sequences."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
