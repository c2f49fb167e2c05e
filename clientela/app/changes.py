"""What has been moved in a what-if: kept in the page's address, in the folder, or as a branch."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clientela.app.tasks import Variation
from clientela.app.workspace import HIDDEN, Workspace
from clientela.replacing import replacing
from clientela.scenario import Scenario


@dataclass
class Changes:
    """A branch to start from, values by path, and mechanisms that are switched off."""

    branch: str | None
    values: dict[str, float]
    without: set[str]

    def __bool__(self) -> bool:
        return bool(self.branch or self.values or self.without)

    def on(self, written: Variation) -> Variation:
        """The scenario with them."""
        values = json.dumps(self.values, sort_keys=True)
        return Variation(
            written.file, written.stamp, self.branch, values, tuple(sorted(self.without))
        )

    def as_query(self) -> dict[str, str]:
        """As parts of an address; empty ones are said too, since they say that nothing is moved."""
        moved = {**self.values, **dict.fromkeys(sorted(self.without), False)}
        return {"b": self.branch or "", "c": json.dumps(moved, separators=(",", ":"))}

    def keep(self, workspace: Workspace, file: Path) -> None:
        """Writes them into the folder, so that they are there when the page is opened again."""
        path = _kept(workspace, file)
        with contextlib.suppress(OSError):  # a convenience, no edit of a file
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with replacing(path) as temporary:
                temporary.write_text(json.dumps(self.as_query()), encoding="utf-8")


def restored(workspace: Workspace, file: Path, branch: str | None, moved: str | None) -> Changes:
    """From a page's address, or what was kept last where that says nothing."""
    if branch is None and moved is None:
        try:
            kept = json.loads(_kept(workspace, file).read_text(encoding="utf-8"))
            branch, moved = kept["b"], kept["c"]
        except (OSError, ValueError, KeyError, TypeError):
            return Changes(None, {}, set())
    try:
        values = json.loads(moved or "{}")
    except ValueError:
        values = {}
    values = values if isinstance(values, dict) else {}
    numbers = {p: float(v) for p, v in values.items() if isinstance(v, int | float) and not isinstance(v, bool)}  # fmt: skip
    return Changes(branch or None, numbers, {p for p, v in values.items() if v is False})


def branch_of(scenario: Scenario, changes: Changes, title: str) -> dict[str, Any]:
    """The entry of a branch: what the branch started from sets, and what was moved over it."""
    start = scenario.branches.get(changes.branch or "")
    values = {**(start.set if start else {}), **changes.values}
    off = sorted({*(start.without if start else ()), *changes.without})
    branch: dict[str, Any] = {"title": title}
    if values:
        branch["set"] = values
    if off:
        branch["without"] = off
    return branch


def with_branch(text: str, name: str, branch: dict[str, Any]) -> str:
    """A scenario's text with a branch more. Raises ReadingError if it cannot be put there."""
    from clientela.reading.splicing import added

    return added(text, ("branches",), name, branch, block=True)


def _kept(workspace: Workspace, file: Path) -> Path:
    name = workspace.journal(file).with_suffix(".json").name
    return workspace.root / HIDDEN / "what-if" / name
