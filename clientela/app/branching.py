"""What has been moved, saved as a branch of the scenario."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from nicegui import ui

from clientela.app.bench import Workbench
from clientela.app.buttons import Button
from clientela.app.changes import Changes, branch_of, with_branch
from clientela.app.frame import faults, notice, tab
from clientela.app.manuscript import StaleEditError
from clientela.scenario import Scenario


def save_as_branch(
    bench: Workbench, file: Path, scenario: Scenario, changes: Callable[[], Changes]
) -> None:
    """A name, a sentence, and a button that writes the branch into the scenario's file."""
    with ui.element("div").classes("bar-of-actions"):
        name = ui.input("Name of the branch", placeholder="such as fewer-visits").props("outlined dense")  # fmt: skip
        title = ui.input("What if, in a sentence").props("outlined dense")
        button = Button("Save as a branch").classes("primary")
    told = ui.element("div").props("role=status aria-live=polite")
    known = set(scenario.branches)

    async def save() -> None:
        wanted = (name.value or "").strip()
        wrong = _wrong(wanted, known, changes())
        name.error = wrong or None
        told.clear()
        if wrong:
            return
        branch = branch_of(scenario, changes(), (title.value or "").strip() or wanted)
        with told, faults(bench, file):
            try:
                saved = await bench.amend(
                    file, file, tab(), lambda text: with_branch(text, wanted, branch)
                )
            except StaleEditError as error:
                notice(str(error), "warn")
                return
            known.add(wanted)
            if saved:
                notice(f"Saved as the branch {wanted} in {file.name}; every other line is as it was.", "good")  # fmt: skip
            else:
                notice(f"The branch {wanted} is now among the unsaved edits of {file.name}; save them on the Scenario page.", "good")  # fmt: skip

    button.on_click(save)


def _wrong(name: str, known: set[str], changes: Changes) -> str:
    """What speaks against a branch of that name; nothing if none does."""
    if not changes:
        return "nothing is moved yet"
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", name):
        return "lower-case letters, digits and hyphens, beginning with a letter"
    return f"there is a branch {name} already" if name in known else ""
