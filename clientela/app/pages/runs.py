"""Runs: what has been drawn, two of them side by side, drawn again, taken elsewhere."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from urllib.parse import quote

from fastapi import HTTPException
from nicegui import app, ui
from starlette.background import BackgroundTask
from starlette.responses import FileResponse

from clientela.app.bench import Workbench
from clientela.app.buttons import Button
from clientela.app.differing import difference_rows
from clientela.app.fragments import fragment
from clientela.app.frame import faults, file_of, frame, notice
from clientela.app.jobs import Job
from clientela.app.tasks import Variation
from clientela.app.workspace import OutsideError, RunEntry
from clientela.engine import StoreError

# What can be taken, by how it is called, and the name of its file.
EXPORTS = {
    "report.html": ("report", "the whole report (HTML)"),
    "answers.csv": ("answers", "the answers (CSV)"),
    "curves.csv": ("curves", "the answers day by day (CSV)"),
    "events.csv": ("events", "every event of every history (CSV)"),
    "events.parquet": ("events", "every event (Parquet)"),
    "parameters.csv": ("parameters", "the values drawn (CSV)"),
    "parameters.parquet": ("parameters", "the values drawn (Parquet)"),
    "figures.zip": ("figures", "the figures (SVG and PNG)"),
    "network.json": ("network", "the network (JSON)"),
    "network.graphml": ("network", "the network (GraphML)"),
}


def add(bench: Workbench) -> None:
    """The address `/runs`, and `/export/RUN/FILE` for what is taken."""

    @ui.page("/runs")
    async def runs(s: str = "", a: str = "", b: str = "") -> None:
        file: Path | None = None
        with faults(bench, None):
            file = await file_of(bench, s)
        with frame(bench, "runs", file):
            if file is None:
                return
            place = ui.element("div")
            await ui.context.client.connected()
            with faults(bench, file, place):
                scenario = await bench.scenario(bench.variation(file))
                with place:
                    page = RunsPage(bench, file, scenario.scenario)
                    page.build([name for name in (a, b) if name])

    @app.get("/export/{run}/{name}")
    async def export(run: str, name: str) -> FileResponse:
        try:
            folder = bench.workspace.within(bench.workspace.runs_folder / run)
        except OutsideError:
            raise HTTPException(404) from None
        if name not in EXPORTS or not (folder / "manifest.json").is_file():
            raise HTTPException(404)
        made = Path(tempfile.mkdtemp(prefix="clientela-")) / name
        try:
            await bench.export(folder, EXPORTS[name][0], made)
        except StoreError as error:
            raise HTTPException(409, str(error)) from None
        return FileResponse(made, filename=f"{run}-{name}", background=BackgroundTask(_forget, made))  # fmt: skip


def _forget(made: Path) -> None:
    made.unlink(missing_ok=True)
    made.parent.rmdir()


class RunsPage:
    """The page of one tab."""

    def __init__(self, bench: Workbench, file: Path, scenario: str) -> None:
        self.bench, self.file, self.scenario = bench, file, scenario
        self.chosen: list[str] = []

    def build(self, chosen: list[str]) -> None:
        """The page."""
        self.chosen = chosen
        ui.html("<h1>Runs</h1>", sanitize=False)
        ui.html(fragment("runs_lead"), sanitize=False)
        self.list = ui.element("div")
        self.message = ui.element("div").props("role=status aria-live=polite")
        self.compared = ui.html("", sanitize=False)
        self.show()

        def over(job: Job) -> None:
            self.list.client.safe_invoke(self.show)

        self.bench.jobs.finished.append(over)
        self.list.client.on_delete(lambda: self.bench.jobs.finished.remove(over))
        if len(self.chosen) == 2:
            ui.timer(0, self._compare, once=True)

    def show(self) -> None:
        """The runs as the folder has them now."""
        found = self.bench.workspace.runs(self.scenario)
        self.list.clear()
        with self.list:
            if not found:
                notice("Nothing has been drawn yet: draw on the Crisis page.")
                return
            for run in found:
                self._run(run)
            with ui.element("div").classes("bar-of-actions"):
                Button("Compare the two that are chosen", self._compare).classes("primary")

    def _run(self, run: RunEntry) -> None:
        name = run.folder.name
        with ui.element("article").classes("panel").mark(name):
            ui.html(fragment("run", run=run, when=run.written), sanitize=False)
            with ui.element("div").classes("bar-of-actions").style("margin: .3rem 0 0"):
                if run.finished:
                    ui.checkbox("compare", value=name in self.chosen, on_change=lambda e: self._choose(name, bool(e.value))).props(f'aria-label="Compare {name}"')  # fmt: skip
                Button("Draw again" if run.finished else "Go on", lambda: self._again(run)).classes("plain")  # fmt: skip
                if run.finished:
                    with Button("Take …").classes("plain"), ui.menu():
                        for file, (_, said) in EXPORTS.items():
                            address = f"/export/{quote(name)}/{file}"
                            ui.menu_item(said, on_click=partial(ui.navigate.to, address))

    def _choose(self, name: str, chosen: bool) -> None:
        self.chosen = [*[n for n in self.chosen if n != name], *([name] if chosen else [])][-2:]

    async def _again(self, run: RunEntry) -> None:
        """Draws a run again as the scenario is now, with the changes that it had."""
        self.message.clear()
        with self.message, faults(self.bench, self.file):
            asked = self.bench.variation(self.file)
            changed = Variation(
                asked.file, asked.stamp, run.branch, "{}", run.without, run.without_sources
            ).with_changes(run.changes)
            await self.bench.draw([changed], run.draws or 20_000, run.seed)

    async def _compare(self) -> None:
        self.message.clear()
        with self.message, faults(self.bench, self.file):
            if len(self.chosen) != 2:
                notice("Choose two runs, with their boxes, to see how their answers differ.", "warn")  # fmt: skip
                return
            known = {r.folder.name: r for r in self.bench.workspace.runs(self.scenario)}
            one, two = (known[name] for name in self.chosen)
            if one.seed != two.seed or one.draws != two.draws:
                notice("These two differ in seed or number of draws, so the differences have the error of both; drawn alike, they would share all chance.", "warn")  # fmt: skip
            found = await self.bench.compared(one.folder, two.folder)
            scenario = await self.bench.scenario(self.bench.variation(self.file))
            rows = difference_rows(scenario, found)
            origin = f"From {one.folder.name} to {two.folder.name}"
            self.compared.set_content(fragment("runs_compared", rows=rows, origin=origin, moved=True, one=one, two=two))  # fmt: skip
