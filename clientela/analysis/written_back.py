"""What was learned from data, written into the scenario as a branch of it."""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import re
from pathlib import Path
from typing import Any

import numpy as np

from clientela.analysis.fitted import Estimate, Fit
from clientela.reading import ReadingError, Tree, read_yaml, refuse
from clientela.replacing import replacing
from clientela.scenario import Scenario
from clientela.scenario.conditional import parts
from clientela.scenario.quantity import quantities

# Values are written that have moved by more than this (in nats: a tenth of a standard deviation
# has 0.005); others keep what they rest on.
LEAST = 0.005


def write_back(found: Fit, target: Path, name: str) -> int:
    """Writes the scenario's file to `target` with the data set and a branch `name` in which the
    values learned have their posteriors; returns how many.

    Every other line stays as it is; `target` may be the file itself. What was set beside the file
    for the fit becomes part of the branch. A correlation between two values in the posterior is not
    kept. Raises ReadingError if the branch or the data set is there already or cannot be called so,
    or the scenario is of no file, and OSError if the file cannot be written.
    """
    source, tree = check_writable(found.scenario, name)
    values = _values(found, name)
    lines = source.read_text(encoding="utf-8-sig").splitlines()
    branch = [
        f"title: {_text(f'Fitted to {found.title}, {found.events.since} to {found.events.through}')}",
        *([f"without: {_json(found.scenario.without)}"] if found.scenario.without else []),
        "set:",
        *(f"  {path}: {written}" for path, written in {**_set_before(found, tree), **values}.items()),
    ]  # fmt: skip
    # From the end of the file on up, so that line numbers hold.
    for block, part in sorted((("data", _data_set(found)), ("branches", branch)), key=lambda b: -tree.place((b[0],))[0]):  # fmt: skip
        _insert(lines, tree, block, name, part)
    if target.resolve().parent != source.resolve().parent:
        _repoint(lines, tree, source.resolve().parent, target.resolve().parent)
    ending = "\r\n" if b"\r\n" in source.read_bytes() else "\n"
    with replacing(target) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8", newline=ending)
    return len(values)


def check_writable(scenario: Scenario, name: str) -> tuple[Path, Tree]:
    """The scenario's file and what it holds, if a branch and a data set of that name can be added.

    Raises ReadingError if one is there already or cannot be called so, the file leaves no room for
    them, or the scenario is of no file.
    """
    source = scenario.source
    if source is None:
        refuse("--write", "the scenario was not read from a file")
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", name):
        message = (
            "expected lower-case letters, digits and hyphens, beginning with a letter, at most 40"
        )
        refuse(f"--as {name}", message)
    tree = read_yaml(source)
    lines = source.read_text(encoding="utf-8-sig").splitlines()
    for block in ("data", "branches"):
        entries = tree.data.get(block)
        if name in (entries or {}):
            message = f"there is '{name}' already; choose another with --as NAME"
            raise ReadingError([tree.problem((block, name), message)])
        if not entries:
            continue
        start, _ = tree.place((block,))
        in_line = tree.place((block, next(iter(entries))))[0] == start
        if in_line or not re.match(rf"{block}:\s*(#.*)?$", lines[start - 1]):
            message = (
                f"stands in brackets; write each of its entries on its own to have '{name}' added"
            )
            raise ReadingError([tree.problem((block,), message)])
    return source, tree


def _insert(lines: list[str], tree: Tree, block: str, name: str, part: list[str]) -> None:
    """Puts an entry at the head of a block, indented as its others; makes the block if need be."""
    entries = tree.data.get(block)
    indent = 2
    if entries:
        indent = tree.place((block, next(iter(entries))))[1] - 1
        at, _ = tree.place((block,))
    else:
        kept = [line for line in lines if not re.match(rf"{block}:\s*(\{{\s*\}})?\s*(#.*)?$", line)]
        lines[:] = [*kept, "", f"{block}:"]
        at = len(lines)
    blank = " " * indent
    lines[at:at] = [f"{blank}{name}:", *(f"{blank}  {line}" for line in part)]


def _repoint(lines: list[str], tree: Tree, old: Path, new: Path) -> None:
    """Lets files named beside the scenario be found from another folder."""
    for key in ("evidence", "outcomes"):
        named = tree.data.get(key)
        if isinstance(named, str):
            path = os.path.relpath(old / named, new)
            place = next(k for k, line in enumerate(lines) if line.startswith(f"{key}:"))
            lines[place] = f"{key}: {_text(path)}"


def _set_before(found: Fit, tree: Tree) -> dict[str, str]:
    """What the branch that was taken and the user had set, as YAML in a line."""
    scenario = found.scenario
    branch = tree.data["branches"][scenario.branch].get("set", {}) if scenario.branch else {}
    before = {path: _json(value) for path, value in branch.items()}
    return before | {path: _line(value) for path, value in scenario.changes.items()}


def _data_set(found: Fit) -> list[str]:
    fitted, events = found.options, found.events
    last = fitted.test_from - dt.timedelta(days=1) if fitted.test_from else events.through
    count = int((events.days < (last - events.since).days + 1).sum())
    note = (
        f"Fitted by {fitted.method}, background {fitted.background}, mechanisms "
        f"{', '.join(fitted.mechanisms)}; priors as written, or as documented where nothing is."
    )
    return [
        f"title: {_text(found.title)}", f"sha256: {_text(found.sha256)}", f"events: {count}",
        f"since: {events.since}", f"through: {last}", f"note: {_text(note)}",
    ]  # fmt: skip


def _values(found: Fit, name: str) -> dict[str, str]:
    """The posteriors by path, as YAML in a line."""
    known = dict(quantities(found.scenario))
    values = {}
    for each in found.values:
        if each.distance > LEAST and each.path in known:
            support = [part.support() for part in parts(known[each.path].distribution)]
            law = _law(each, min(low for low, _ in support), max(high for _, high in support))
            values[each.path] = f"{{{law}, because: {name}}}"
    return values


def _law(each: Estimate, low: float, high: float) -> str:
    """A distribution of the language with the posterior's mean and standard deviation: a beta for
    what lies between 0 and 1, a lognormal (by its logarithm) for what is positive, else a normal."""
    draws = each.draws
    if low >= 0.0 and high <= 1.0:
        return f"beta: {{mean: {draws.mean():.4g}, sd: {draws.std():.4g}}}"
    if low >= 0.0:
        logs = np.log(np.maximum(draws, 1e-300))
        return f"lognormal: {{median: {math.exp(logs.mean()):.4g}, sigma: {logs.std():.4g}}}"
    return f"normal: {{mean: {draws.mean():.4g}, sd: {draws.std():.4g}}}"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _line(value: Any) -> str:
    """JSON, which YAML reads; text given with --set is YAML already."""
    return value if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
