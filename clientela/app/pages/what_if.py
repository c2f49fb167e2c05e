"""What if: any value on a slider, and the answers move with it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from nicegui import ui

from clientela.analysis.differences import Difference
from clientela.app.bench import QUICK, Workbench
from clientela.app.branching import save_as_branch
from clientela.app.buttons import Button
from clientela.app.changes import Changes, kept
from clientela.app.differing import difference_rows
from clientela.app.fragments import fragment
from clientela.app.frame import faults, file_of, frame, link, notice
from clientela.app.jobs import Job
from clientela.app.latest import Latest
from clientela.app.parameters import Parameter
from clientela.app.sliding import Slider
from clientela.scenario import Scenario

_WRITTEN = "as written"


def add(bench: Workbench) -> None:
    """The address `/what-if`; `b` is the branch to start from, `c` the values moved, as JSON."""

    @ui.page("/what-if")
    async def what_if(
        s: str = "", b: str | None = None, c: str | None = None, w: str | None = None
    ) -> None:
        file: Path | None = None
        with faults(bench, None):
            file = await file_of(bench, s)
        with frame(bench, "what-if", file):
            if file is None:
                return
            place = ui.element("div")
            await ui.context.client.connected()
            with faults(bench, file, place):
                asked = bench.variation(file)
                scenario = await bench.scenario(asked)
                found = await bench.parameters(asked)
                again = b is None and c is None
                changes = kept(bench.workspace, "what-if", file) if again else Changes.of_query({"b": b, "c": c, "w": w})  # fmt: skip
                with place:
                    page = WhatIf(bench, file, scenario, found, changes)
                    page.build(again)
                await page.look()


class WhatIf:
    """The page of one tab: what has been moved, and what comes of it."""

    def __init__(
        self, bench: Workbench, file: Path, scenario: Scenario, found: Sequence[Parameter],
        changes: Changes,
    ) -> None:  # fmt: skip
        self.bench, self.file, self.scenario = bench, file, scenario
        self.parameters = {p.path: p for p in found}
        # Paths that the scenario no longer has are left out.
        self.changes = Changes(
            changes.branch if changes.branch in scenario.branches else None,
            {
                path: float(value)
                for path, value in changes.values.items()
                if path in self.parameters and isinstance(value, int | float)
            },
            {name for name in changes.without if name in scenario.active},
        )
        self.rows: dict[str, list[ParameterRow]] = {}
        self.latest = Latest(self._look)

    # -- what is seen ---------------------------------------------------------------------------

    def build(self, again: bool) -> None:
        """The page's two sides: what can be moved, and what comes of it."""
        ui.html("<h1>What if …</h1>", sanitize=False)
        ui.html(fragment("what_if_lead", draws=QUICK), sanitize=False)
        if again and self.changes:
            notice("The values you had moved here before are in place again. “All as written” takes them back.")  # fmt: skip
        with ui.element("div").classes("columns results-first"):
            with ui.element("section").props('aria-label="What can be moved"'):
                self._controls()
            with ui.element("section").classes("sticky").props('aria-label="What comes of it"'):
                self.moved = ui.element("div")
                self.message = ui.element("div").props("role=status aria-live=polite")
                self.results = ui.html("", sanitize=False)
                self._ways_on()
        self._show_moved()

    def _controls(self) -> None:
        options = {_WRITTEN: "the scenario as written"}
        options |= {name: f"{name}: {b.title}" for name, b in self.scenario.branches.items()}
        ui.select(
            options, value=self.changes.branch or _WRITTEN, label="Start from",
            on_change=lambda e: self._start_from(e.value),
        ).props("outlined dense options-dense").classes("w-full").mark("start-from")  # fmt: skip
        self.search = ui.input("Find a value", on_change=lambda e: self._find(e.value)).props('outlined dense clearable debounce="150" type=search').classes("w-full").style("margin-top: .6rem")  # fmt: skip
        self.found = ui.element("div")
        self.groups = ui.element("div")
        with self.groups:
            moved = [self.parameters[path] for path in self.changes.values]
            if moved:
                self._group("Moved", moved)
            for group in dict.fromkeys(p.group for p in self.parameters.values()):
                mine = [p for p in self.parameters.values() if p.group == group]
                self._group(group, mine)
            self._switches()

    def _group(self, group: str, mine: list[Parameter]) -> None:
        box = (
            ui.expansion(f"{group} ({len(mine)})", value=group == "Moved")
            .props("dense")
            .classes("w-full")
        )

        def fill() -> None:  # a hundred sliders at once would take long to come
            if box.value and not list(box):
                with box:
                    for parameter in mine:
                        self._row(parameter)

        box.on_value_change(fill)
        fill()

    def _switches(self) -> None:
        with ui.expansion("Mechanisms on and off").props("dense").classes("w-full"):
            for name in self.scenario.active:
                ui.switch(
                    name.replace("_", " "), value=name not in self.changes.without,
                    on_change=partial(self._switch, name),
                )  # fmt: skip

    def _row(self, parameter: Parameter) -> None:
        row = ParameterRow(parameter, self.changes.values.get(parameter.path), self._move)
        self.rows.setdefault(parameter.path, []).append(row)

    def _find(self, text: str | None) -> None:
        words = (text or "").lower().split()
        self.groups.set_visibility(not words)
        self.found.clear()
        if not words:
            return
        hits = [p for p in self.parameters.values() if all(w in f"{p.name} {p.path}".lower() for w in words)]  # fmt: skip
        with self.found:
            ui.label(f"{len(hits)} found" + (", the first 25 shown" if len(hits) > 25 else "")).classes("small muted")  # fmt: skip
            for parameter in hits[:25]:
                self._row(parameter)

    def _ways_on(self) -> None:
        save_as_branch(self.bench, self.file, self.scenario, lambda: self.changes)
        with ui.element("div").classes("bar-of-actions"):
            self.draws = ui.select({n: f"{n:,} draws of each" for n in (20_000, 100_000)}, value=20_000, label="For the record").props("outlined dense options-dense").style("min-width: 11rem")  # fmt: skip
            Button("Draw both in full", on_click=self._draw).classes("plain").mark("draw-both")  # fmt: skip
            Button("All as written", on_click=self._reset).classes("plain").mark("reset")  # fmt: skip

    def _show_moved(self) -> None:
        self.moved.clear()
        with self.moved:
            if not self.changes:
                ui.label("Nothing is moved yet: every answer is that of the scenario as written.").classes("muted")  # fmt: skip
                return
            with ui.element("div").classes("chips"):
                if self.changes.branch:
                    ui.label(f"branch {self.changes.branch}").classes("chip")
                for path, value in self.changes.values.items():
                    ui.label(f"{self.parameters[path].name} = {value:g}").classes("chip")
                for name in sorted(self.changes.without):
                    ui.label(f"without {name}").classes("chip")

    # -- what is done ---------------------------------------------------------------------------

    async def _move(self, path: str, value: float | None, by: ParameterRow | None = None) -> None:
        if value is None:
            self.changes.values.pop(path, None)
        else:
            self.changes.values[path] = value
        for row in self.rows.get(path, []):
            row.show(value, slide=row is not by)
        await self._changed()

    async def _switch(self, name: str, event: Any) -> None:
        (self.changes.without.discard if event.value else self.changes.without.add)(name)
        await self._changed()

    def _start_from(self, branch: str) -> None:
        self.changes.branch = None if branch == _WRITTEN else branch
        self.changes.keep(self.bench.workspace, "what-if", self.file)
        ui.navigate.to(self._address())

    def _reset(self) -> None:
        self.changes = Changes()
        self.changes.keep(self.bench.workspace, "what-if", self.file)
        ui.navigate.to(self._address())

    async def _changed(self) -> None:
        self.changes.keep(self.bench.workspace, "what-if", self.file)
        ui.run_javascript(f"history.replaceState(null, '', {json.dumps(self._address())})")
        self._show_moved()
        await self.look()

    def _address(self) -> str:
        return link("what-if", self.file, self.bench, **self.changes.as_query())

    async def look(self) -> None:
        """Draws what is asked for now; while that goes on, only the last that is asked counts."""
        await self.latest.ask()

    async def _look(self) -> None:
        self.message.clear()
        with faults(self.bench, self.file, self.message):
            await self._show()

    async def _show(self) -> None:
        began = time.perf_counter()
        written = self.bench.variation(self.file)
        asked = self.changes.on(written)
        base, other = await asyncio.gather(self.bench.glance(written), self.bench.glance(asked))
        took = time.perf_counter() - began
        speed = f", in {1000 * took:.0f} ms" if took > 0.02 else ""
        self._tell(other.differences(base), f"{QUICK:,} histories of each{speed}")

    def _tell(self, found: Sequence[Difference], origin: str) -> None:
        rows = difference_rows(self.scenario, found)
        self.results.set_content(fragment("differences", rows=rows, origin=origin, moved=bool(self.changes)))  # fmt: skip

    async def _draw(self) -> None:
        with faults(self.bench, self.file, self.message):
            self.message.clear()
            written = self.bench.variation(self.file)
            job = await self.bench.draw([written, self.changes.on(written)], self.draws.value)
            client = self.results.client

            def over(done: Job) -> None:
                if done is job:
                    self.bench.jobs.finished.remove(over)
                    client.safe_invoke(lambda: self._drawn(job))

            self.bench.jobs.finished.append(over)

    async def _drawn(self, job: Job) -> None:
        if job.state == "finished":
            found = await self.bench.compared(*job.folders)
            self._tell(found, f"{job.total // 2:,} histories of each, kept under Runs")
            return
        text = job.message if job.state == "failed" else "Stopped; what was drawn is kept, and drawing both again goes on from it."  # fmt: skip
        with self.message:
            notice(text, "bad" if job.state == "failed" else "warn")


class ParameterRow:
    """One value: its name, slider, number, what is written, and the way back to that."""

    def __init__(self, parameter: Parameter, value: float | None, move: Any) -> None:
        self.parameter, self._move = parameter, move
        self.showing = False
        at = parameter.median if value is None else value
        name = json.dumps(parameter.name)
        with ui.element("div").classes("parameter").mark(parameter.path) as self.box:
            ui.label(parameter.name).classes("name")
            self.slider = Slider(
                parameter.name,
                parameter.least,
                parameter.most,
                parameter.step,
                _rounded(at),
                self._by_hand,
            )
            self.number = ui.number(
                value=_rounded(at), min=parameter.least, max=parameter.most,
                on_change=lambda e: None if self.showing else self._by_number(e.value),
            ).props(f"dense borderless hide-bottom-space debounce=300 aria-label={name}")  # fmt: skip
            self.back = Button("↺", on_click=lambda: self._move(parameter.path, None)).props('dense aria-label="Back to what is written"')  # fmt: skip
            ui.html(fragment("prior", p=parameter), sanitize=False).classes("prior")
        self.show(value)

    async def _by_hand(self, value: float) -> None:
        await self._move(self.parameter.path, _rounded(value), self)

    async def _by_number(self, value: float | None) -> None:
        if value is None:
            return
        held = min(max(float(value), self.parameter.least), self.parameter.most)
        self.slider.show(held)
        await self._move(self.parameter.path, _rounded(held), self)

    def show(self, value: float | None, slide: bool = True) -> None:
        """Shows a value; none: that nothing is moved, at the median of what is written.

        `slide`: moves the slider, too; not while a hand is on it.
        """
        at = _rounded(self.parameter.median if value is None else value)
        if slide:
            self.slider.show(at)
        self.showing = True
        self.number.set_value(at)
        self.showing = False
        self.back.set_visibility(value is not None)
        if value is None:
            self.box.classes(remove="moved")
        else:
            self.box.classes(add="moved")


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
