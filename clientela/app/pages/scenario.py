"""Scenario: the text with its errors by line, the form beside it, what differs, and undo."""

from __future__ import annotations

import asyncio
import contextlib
import difflib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fastapi import Request
from nicegui import app, ui

from clientela.analysis.checking import Findings
from clientela.app.bench import Workbench
from clientela.app.buttons import Button
from clientela.app.describing import schema_of
from clientela.app.form import Form
from clientela.app.fragments import fragment
from clientela.app.frame import faults, file_of, frame, link, notice, tab
from clientela.app.latest import Latest
from clientela.app.manuscript import ChangedOnDiskError, Manuscript, StaleEditError
from clientela.app.tasks import Checked
from clientela.app.workspace import OutsideError
from clientela.process import ProcessError
from clientela.reading import Problem, ReadingError, read_yaml
from clientela.scenario.completing import completions, names_of

_MOST = 80  # completions
_PAUSE = 0.3  # seconds without typing until the text is checked


def add(bench: Workbench) -> None:
    """The address `/scenario`; `f` names the evidence file in place of the scenario's, `line` a
    line to begin at."""

    @ui.page("/scenario")
    async def scenario(s: str = "", f: str = "", line: int = 0) -> None:
        file: Path | None = None
        with faults(bench, None):
            file = await file_of(bench, s)
        with frame(bench, "scenario", file):
            if file is None:
                return
            place = ui.element("div")
            await ui.context.client.connected()
            with faults(bench, file, place):
                beside = _files(bench, file)
                shown = next((path for path in beside if path.name == f), file)
                manuscript = bench.manuscript(shown)
                with place:
                    Editor(bench, file, shown, beside, manuscript, tab()).build(line)

    @app.post("/complete")
    async def complete(request: Request) -> dict[str, Any]:
        asked = await request.json()
        kind, text, units = str(asked["kind"]), str(asked["text"]), int(asked["offset"])
        scenario = evidence = None
        events: list[str] = []
        with contextlib.suppress(ReadingError, OutsideError, ProcessError):
            file = await file_of(bench, str(asked["scenario"]))
            if file is not None:
                scenario = bench.manuscript(file).saved
                beside = bench.evidence(file)
                evidence = bench.manuscript(beside).saved if beside else None
                events = await bench.events(bench.variation(file))
        return await asyncio.to_thread(_completed, kind, text, units, scenario, evidence, events)


def _completed(
    kind: str, text: str, units: int, scenario: str | None, evidence: str | None, events: list[str]
) -> dict[str, Any]:
    """What an editor offers; places are counted in UTF-16 units, as browsers do. The names are
    those of the files as they were last saved, since what is being written may not parse."""
    offset = len(text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore"))
    names = names_of(_data(scenario), _data(evidence), events)
    found = completions(text, offset, schema_of(kind), names)
    options = [asdict(option) for option in found.options[:_MOST]]
    for option in options:
        option["type"] = option.pop("kind")  # as CodeMirror calls it
    return {"from": len(text[: found.start].encode("utf-16-le")) // 2, "options": options}


def _data(text: str | None) -> Any:
    with contextlib.suppress(ReadingError):
        return read_yaml("the text", text).data if text else {}
    return {}


def _files(bench: Workbench, file: Path) -> list[Path]:
    """The scenario's file and that of its evidence, if it has one that can be told."""
    with contextlib.suppress(Exception):
        evidence = bench.evidence(file)
        return [file, evidence] if evidence else [file]
    return [file]


class Editor:
    """One tab's editor of one file."""

    def __init__(
        self, bench: Workbench, scenario: Path, file: Path, beside: list[Path],
        manuscript: Manuscript, who: str,
    ) -> None:  # fmt: skip
        self.bench, self.scenario, self.file, self.beside = bench, scenario, file, beside
        self.manuscript, self.who = manuscript, who
        self.kind = "scenario" if file == scenario else "evidence"
        self.revision = manuscript.revision
        self.latest = Latest(self._look)

    # -- what is seen ---------------------------------------------------------------------------

    def build(self, line: int) -> None:
        """The page."""
        has_pen = self.manuscript.ask_pen(self.who)
        ui.html("<h1>Scenario</h1>", sanitize=False)
        with ui.element("div").classes("bar-of-actions"):
            for path in self.beside:
                here = path == self.file
                ui.link(path.name, link("scenario", self.scenario, self.bench, f=path.name)).classes("chip").props('aria-current="page"' if here else "")  # fmt: skip
            self.save_button = Button("Save", on_click=self.save).classes("primary")  # fmt: skip
            self.undo_button = Button("Undo", on_click=lambda: self._step(self.manuscript.undo)).classes("plain")  # fmt: skip
            self.redo_button = Button("Redo", on_click=lambda: self._step(self.manuscript.redo)).classes("plain")  # fmt: skip
            self.state = ui.label("").props("role=status aria-live=polite").classes("muted small")
        self.banner = ui.element("div")
        with ui.element("div").classes("columns side"):
            with ui.element("section").props('aria-label="Form"').classes("panel"):
                self.form = Form(self.kind, lambda: self.manuscript.text, self._by_form)
            with ui.element("section").props('aria-label="Text"'):
                self._text()
        with ui.expansion("What differs from the file as last saved").props("dense").classes("w-full") as self.differs:  # fmt: skip
            self.diff = ui.html("", sanitize=False)
        self.differs.on_value_change(self._show_diff)
        self.manuscript.listeners[self.key] = self._changed
        ui.context.client.on_delete(self._leave)
        self._show_state(has_pen)
        self.form.show()
        ui.timer(0, self._check, once=True)
        if line:
            ui.timer(0.3, lambda: self._reveal(line), once=True)

    @property
    def key(self) -> str:
        """What this page is called among those that look at the file."""
        return f"{self.who} {id(self)}"

    def _text(self) -> None:
        keys = {"Mod-s": self.save, "Mod-z": lambda: self._step(self.manuscript.undo),
                "Mod-y": lambda: self._step(self.manuscript.redo), "Mod-Shift-z": lambda: self._step(self.manuscript.redo)}  # fmt: skip
        self.editor = ui.codemirror(
            self.manuscript.text, language="YAML", on_change=self._typed, indent="  ", keymap=keys, line_wrapping=True,
        ).classes("editor")  # fmt: skip
        ui.run_javascript(
            f"readyEditor({self.editor.id}, {self.kind!r}, {json.dumps(self.bench.workspace.shown(self.scenario))})"
        )
        ui.label("Ctrl-Space completes, Ctrl-S saves, Ctrl-Z takes back; Escape, then Tab leaves the text.").classes("small muted")  # fmt: skip
        self.problems = ui.element("div").props("role=status aria-live=polite")

    def _show_state(self, has_pen: bool | None = None) -> None:
        m = self.manuscript
        mine = m.pen == self.who if has_pen is None else has_pen
        self.state.set_text("edits not saved yet, but kept: no crash loses them" if m.unsaved else "saved")  # fmt: skip
        self.save_button.set_enabled(m.unsaved and mine)
        self.undo_button.set_enabled(m.can_undo and mine)
        self.redo_button.set_enabled(m.can_redo and mine)
        self.editor.set_enabled(mine)
        if self.form.frozen == mine:
            self.form.frozen = not mine
            self.form.show(anew=True)
        self._show_banner(mine)

    def _show_banner(self, mine: bool) -> None:
        m, name = self.manuscript, self.file.name
        self.banner.clear()
        with self.banner:
            if not mine:
                notice(f"{name} is being edited in another tab. What is typed there shows here; nothing can be changed here.", "warn")  # fmt: skip
                Button("Edit here instead", on_click=lambda: m.take_pen(self.who)).classes("plain")  # fmt: skip
            elif m.unsaved and m.changed_on_disk:
                notice(f"{name} was changed by another program since it was opened here. Your edits are kept; neither was overwritten.", "bad")  # fmt: skip
                with ui.element("div").classes("bar-of-actions"):
                    Button("Take the file as it is now", on_click=self._reread).classes("plain")  # fmt: skip
                    Button("Save mine over it", on_click=lambda: self.save(over=True)).classes("danger")  # fmt: skip
            elif m.recovered:
                notice("Edits that had not been saved when the workbench ended are in place again. Undo takes them back one by one.", "good")  # fmt: skip

    # -- what is done ---------------------------------------------------------------------------

    def _typed(self, event: Any) -> None:
        if event.value == self.manuscript.text:
            self.revision = self.manuscript.revision
            return
        try:
            self.revision = self.manuscript.edit(event.value, self.revision, self.who)
        except StaleEditError as error:
            ui.notify(f"{error}; your edit was not taken", type="negative")
        except OSError as error:
            ui.notify(f"The journal cannot be written ({error.strerror}): the edit is not kept. Make room, then type again.", type="negative")  # fmt: skip

    def _by_form(self, text: str) -> None:
        try:
            self.manuscript.edit(text, self.manuscript.revision, self.who)
        except StaleEditError as error:
            ui.notify(str(error), type="negative")

    def _step(self, step: Any) -> None:
        if self.manuscript.pen == self.who:
            step()

    def save(self, over: bool = False) -> None:
        """Saves the text into the file."""
        try:
            self.manuscript.save(over=over is True)
        except ChangedOnDiskError:
            self._show_state()
        except OSError as error:
            ui.notify(f"{self.file.name} cannot be written: {error.strerror}. Your edits are kept.", type="negative")  # fmt: skip

    def _reread(self) -> None:
        with faults(self.bench, self.scenario, self.banner):
            self.manuscript.reread()

    def _changed(self) -> None:
        """The manuscript has changed, here or elsewhere."""
        if self.editor.is_deleted:
            return
        with self.editor.client:
            if self.editor.value != self.manuscript.text:
                self.editor.set_value(self.manuscript.text)
            self.revision = self.manuscript.revision
            self._show_state()
            ui.timer(_PAUSE, self._check, once=True)

    def _leave(self) -> None:
        self.manuscript.listeners.pop(self.key, None)
        others = [key for key in self.manuscript.listeners if key.startswith(f"{self.who} ")]
        if not others:
            self.manuscript.drop_pen(self.who)

    async def _check(self) -> None:
        """Checks the text when nothing has been typed for a moment; only the last text counts."""
        await self.latest.ask()

    async def _look(self) -> None:
        mine = self.latest.asked
        found = await self.bench.check(self.scenario)
        if mine == self.latest.asked:
            self._show_check(found)

    def _show_check(self, found: Checked) -> None:
        mine = [p for p in found.problems if Path(p.file).name == self.file.name]
        others = [p for p in found.problems if p not in mine]
        lines = self.manuscript.text.count("\n") + 1
        self.editor.decorations = [
            {"kind": "line", "line": line, "class": "problem-line"}
            for line in sorted({p.line for p in mine if 1 <= p.line <= lines})
        ]
        self.editor.line_tooltips = {p.line: p.message for p in mine if p.line}
        self.form.show(mine)
        self._list_problems(found, mine, others)
        self._show_diff()

    def _list_problems(self, found: Checked, mine: list[Problem], others: list[Problem]) -> None:
        self.problems.clear()
        with self.problems:
            if found.problems:
                shown = ui.html(fragment("editor_problems", mine=mine[:40], others=others[:20]), sanitize=False)  # fmt: skip
                shown.classes("choices").on("chosen", lambda e: self._reveal(int(e.args)), js_handler="(e) => emit(e.detail)")  # fmt: skip
            elif found.findings is not None:
                notice(found.warning or _well(found.findings), "warn" if found.warning else "good")  # fmt: skip

    def _reveal(self, line: int) -> None:
        self.editor.reveal_line(line)
        ui.run_javascript(f"goToLine({self.editor.id}, {line})")

    def _show_diff(self, _: Any = None) -> None:
        if not self.differs.value:
            return
        told = difflib.unified_diff(self.manuscript.saved.splitlines(), self.manuscript.text.splitlines(), "saved", "now", lineterm="")  # fmt: skip
        self.diff.set_content(fragment("diff", lines=list(told)))


def _well(found: Findings) -> str:
    """What there is to say of a scenario without problems."""
    rest = ", ".join(f"{n} {what}" for what, n in found.standing.items())
    return (
        f"It holds together and is stable: each event sets off {found.stability.radius:.2f} more. "
        f"{found.parameters} uncertain values ({rest})."
    )
