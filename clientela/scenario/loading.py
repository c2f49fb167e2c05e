"""From a file, a bundled name or a mapping to a checked scenario, with a branch and changes."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from clientela.evidence import Ledger, load_ledger
from clientela.reading import (
    Problem,
    ReadingError,
    Tree,
    parse_value,
    read_text,
    read_yaml,
    suggestion,
    validated,
)
from clientela.scenario.checks import cross_check
from clientela.scenario.model import Scenario


def load(
    source: str | Path | Mapping[str, Any],
    *,
    mechanisms: Mapping[str, type[BaseModel]],
    branch: str | None = None,
    changes: Mapping[str, Any] | None = None,
    without: Sequence[str] = (),
) -> Scenario:
    """The scenario with the branch taken, the changes made and the mechanisms switched off.

    `source` is a file, a bundled scenario's name, or a mapping. `mechanisms` gives the settings
    model of each known mechanism; `changes` maps dotted paths to values (text is read as YAML).
    Raises ReadingError with every problem found.
    """
    tree, path = _read(source)
    without = list(without)
    applied: dict[str, Any] = {}
    if branch is not None:
        taken = _branch(tree, branch)
        without += [m for m in taken.get("without") or [] if isinstance(m, str)]
        for target, value in (taken.get("set") or {}).items():
            _set(tree, target, copy.deepcopy(value), f"branches.{branch}.set")
    for target, value in (changes or {}).items():
        parsed = parse_value(value) if isinstance(value, str) else value
        _set(tree, target, parsed, f"--set {target}")
        applied[target] = parsed
    _switch_off(tree, without, mechanisms)
    scenario = validated(Scenario, tree)
    problems = _settings(scenario, tree, mechanisms)
    ledger = _evidence(scenario, path, tree, problems)
    problems += cross_check(scenario, tree, ledger, mechanisms)
    if problems:
        raise ReadingError(problems)
    scenario._ledger, scenario._source, scenario._written = ledger, path, tree.data
    scenario.restore(branch, applied, without)
    return scenario


def bundled() -> dict[str, Path]:
    """The scenarios that come with Clientela: name and file."""
    library = Path(str(resources.files("clientela"))) / "library"
    return {f.parent.name: f for f in sorted(library.glob("*/scenario.yaml"))}


def _read(source: str | Path | Mapping[str, Any]) -> tuple[Tree, Path | None]:
    if isinstance(source, Mapping):
        return Tree("scenario", copy.deepcopy(dict(source))), None
    known = bundled()
    if isinstance(source, str) and source in known:
        path = known[source]
    else:
        path = Path(source)
        if path.is_dir() and (path / "scenario.yaml").exists():
            path = path / "scenario.yaml"
        if not path.exists():
            hint = suggestion(source, known) or f"; bundled: {', '.join(known)}"
            message = f"there is no such file, and no bundled scenario of that name{hint}"
            raise ReadingError([Problem(str(source), 0, 0, "", message)])
    return read_yaml(path, read_text(path)), path


def _branch(tree: Tree, name: str) -> dict[str, Any]:
    branches = tree.data.get("branches")
    branches = branches if isinstance(branches, dict) else {}
    if not isinstance(branches.get(name), dict):
        hint = suggestion(name, branches)
        known = f"; known: {', '.join(branches)}" if branches and not hint else ""
        raise ReadingError(
            [tree.problem(("branches",), f"there is no branch '{name}'{known}{hint}")]
        )
    return branches[name]


# Where a new entry may only be made whole, since a single value in it would be a misspelt name.
_WHOLE = {("actors",), ("branches",), ("questions",), ("past",), ("scheduled",)}


def _set(tree: Tree, target: str, value: Any, blame: str) -> None:
    """Puts a value at a dotted path; steps of the procedure are addressed by their names.

    Parts that the file leaves out are made, except where a name must be known already. Raises
    ReadingError with the nearest name for a path that leads nowhere.
    """
    parts = target.split(".")
    here: Any = tree.data
    for depth, part in enumerate(parts):
        walked = parts[:depth]
        known = _known_parts(here, walked, last=depth == len(parts) - 1, value=value)
        if known is not None and part not in known:
            raise ReadingError([_nowhere(tree, blame, part, walked, known)])
        key: Any = known.index(part) if isinstance(here, list) and known else part
        if depth == len(parts) - 1:
            here[key] = value
            return
        here = _opened(here, key)


def _known_parts(here: Any, walked: list[str], *, last: bool, value: Any) -> list[str] | None:
    """The names that may come next, or None if any may."""
    if isinstance(here, list):
        return [str(item.get("step")) if isinstance(item, dict) else "" for item in here]
    if not isinstance(here, dict):
        return []
    if not walked:
        return list(Scenario.model_fields)
    whole = tuple(walked) in _WHOLE or (walked[0] == "ties" and len(walked) in (2, 3))
    if whole and not (last and isinstance(value, dict)):
        return [str(key) for key in here]
    return None


def _opened(here: Any, key: Any) -> Any:
    """The part below, made if it is not there; `seats: 73` opens up to take `expected`."""
    below = here[key] if isinstance(here, list) else here.get(key)
    if isinstance(here, dict) and not isinstance(below, dict | list):
        if key == "seats" and isinstance(below, int):
            here[key] = below = {"now": below}
        elif below is None or below is False:
            here[key] = below = {}
    return below


def _nowhere(tree: Tree, blame: str, part: str, walked: list[str], known: list[str]) -> Problem:
    where = ".".join(walked) or "the scenario"
    message = f"{blame}: there is no '{part}' in {where}{suggestion(part, known)}"
    return Problem(tree.file, 0, 0, "", message)


def _switch_off(tree: Tree, names: Sequence[str], mechanisms: Mapping[str, Any]) -> None:
    unknown = [name for name in names if name not in mechanisms]
    if unknown:
        raise ReadingError(
            Problem(
                tree.file, 0, 0, "", f"--without {name}: there is no mechanism '{name}'"
                f"{suggestion(name, mechanisms) or '; known: ' + ', '.join(mechanisms)}",
            )
            for name in unknown
        )  # fmt: skip
    if names:
        block = tree.data.setdefault("mechanisms", {})
        if isinstance(block, dict):
            block.update(dict.fromkeys(names, False))


def _settings(
    scenario: Scenario, tree: Tree, mechanisms: Mapping[str, type[BaseModel]]
) -> list[Problem]:
    """Replaces each block of settings by its model, defaults included; collects problems."""
    problems: list[Problem] = []
    written = dict(scenario.mechanisms)
    scenario.mechanisms.clear()
    scenario.mechanisms.update({name: written.pop(name, None) for name in mechanisms} | written)
    for name, model in mechanisms.items():
        given = scenario.mechanisms[name]
        if given is False:
            continue
        if given is None or given is True:
            scenario.mechanisms[name] = model()
            continue
        try:
            scenario.mechanisms[name] = validated(model, tree, ("mechanisms", name))
        except ReadingError as error:
            problems += error.problems
    return problems


def _evidence(
    scenario: Scenario, path: Path | None, tree: Tree, problems: list[Problem]
) -> Ledger | None:
    if scenario.evidence is None:
        return None
    folder = path.parent if path else Path()
    try:
        return load_ledger(folder / scenario.evidence)
    except ReadingError as error:
        problems += error.problems
        return None
