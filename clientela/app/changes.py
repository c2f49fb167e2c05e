"""What has been moved in a what-if: kept in the page's address, in the folder, or as a branch."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clientela.app.tasks import Variation
from clientela.app.workspace import HIDDEN, Workspace
from clientela.reading import added
from clientela.replacing import replacing
from clientela.scenario import Scenario


@dataclass
class Changes:
    """A branch to start from, values by path, and mechanisms that are switched off."""

    branch: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    without: set[str] = field(default_factory=set)

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
        moved = json.dumps(self.values, separators=(",", ":"))
        return {"b": self.branch or "", "c": moved, "w": ",".join(sorted(self.without))}

    @classmethod
    def of_query(cls, asked: Mapping[str, str | None]) -> Changes:
        """From an address, or what was kept of one; what is no change is left out."""
        try:
            values = json.loads(asked.get("c") or "{}")
        except ValueError:
            values = {}
        without = {name for name in (asked.get("w") or "").split(",") if name}
        return cls(asked.get("b") or None, values if isinstance(values, dict) else {}, without)

    def keep(self, workspace: Workspace, page: str, file: Path) -> None:
        """Writes them into the folder, so that they are there when the page is opened again."""
        path = _kept(workspace, page, file)
        with contextlib.suppress(OSError):  # a convenience, no edit of a file
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with replacing(path) as temporary:
                temporary.write_text(json.dumps(self.as_query()), encoding="utf-8")


def kept(workspace: Workspace, page: str, file: Path) -> Changes:
    """What was moved on a page when it was last open."""
    try:
        found = json.loads(_kept(workspace, page, file).read_text(encoding="utf-8"))
        return Changes.of_query({key: str(value) for key, value in found.items()})
    except (OSError, ValueError, AttributeError):
        return Changes()


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

    return added(text, ("branches",), name, branch, block=True)


def _kept(workspace: Workspace, page: str, file: Path) -> Path:
    return workspace.root / HIDDEN / page / workspace.journal(file).with_suffix(".json").name
