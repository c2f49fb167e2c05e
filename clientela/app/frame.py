"""What every page has: the head with its links, the scenario that is open, and what it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from nicegui import ui
from nicegui.element import Element

from clientela.app.bench import Workbench
from clientela.app.buttons import Button
from clientela.app.fragments import fragment
from clientela.app.jobs import Job
from clientela.app.workers import WorkerLostError
from clientela.app.workspace import OutsideError, ScenarioFile
from clientela.reading import Problem, ReadingError

PAGES = {
    "crisis": "Crisis",
    "what-if": "What if",
    "chamber": "Chamber",
    "evidence": "Evidence",
    "scenario": "Scenario",
    "runs": "Runs",
}
# The theme that was chosen, if any; else the system's. Quasar follows.
_THEME = """<script>
  window.theme = {
    set(dark) { localStorage.setItem("dark", dark); Quasar.Dark.set(dark); theme.tell(); },
    toggle() { theme.set(!Quasar.Dark.isActive); },
    tell() {
      for (const b of document.querySelectorAll(".theme"))
        b.textContent = Quasar.Dark.isActive ? "Light" : "Dark";
    },
    start() {
      const chosen = localStorage.getItem("dark");
      if (chosen !== null) Quasar.Dark.set(chosen === "true");
      theme.tell();
    },
  };
</script>"""


def link(page: str, file: Path | None, bench: Workbench, **rest: str) -> str:
    """The address of a page for a scenario."""
    options = {"s": bench.workspace.shown(file)} if file else {}
    asked = "&".join(f"{k}={quote(v, safe='')}" for k, v in {**options, **rest}.items())
    return f"/{page}" + (f"?{asked}" if asked else "")


@contextmanager
def frame(bench: Workbench, page: str, file: Path | None) -> Iterator[Element]:
    """A page within its frame; what is made inside stands in its main part."""
    ui.add_head_html(_THEME)
    for script in ("network", "document", "choosing", "editor"):
        ui.add_head_html(f'<script src="/static/{script}.js"></script>')
    ui.add_head_html('<link rel="stylesheet" href="/static/style.css">')
    ui.page_title(f"{PAGES.get(page, 'Clientela')} · Clientela")
    ui.html('<a class="skip" href="#main">Skip to the page</a>', sanitize=False)
    with ui.element("header").classes("top"):
        with ui.element("div").classes("row1"):
            ui.html('<a class="brand" href="/">Clientela</a>', sanitize=False)
            _picker(bench, page, file)
            ui.html('<button class="theme chip" onclick="theme.toggle()" title="Light or dark">Dark</button>', sanitize=False)  # fmt: skip
        links = [(name, link(name, file, bench), name == page) for name in PAGES] if file else []
        ui.html(fragment("nav", links=links, titles=PAGES), sanitize=False)
    with ui.element("div").classes("page").props('id=main tabindex="-1"') as main:
        _under_way(bench)
        yield main
    ui.run_javascript("theme.start()")


def _picker(bench: Workbench, page: str, file: Path | None) -> None:
    known = bench.workspace.scenarios()
    options = {bench.workspace.shown(s.path): f"{s.name}: {s.title}" for s in known}
    with ui.element("div").classes("scenario-pick"):
        if file is None or not options:
            return
        ui.select(
            options,
            value=bench.workspace.shown(file),
            label="Scenario",
            on_change=lambda e: ui.navigate.to(link(page, bench.workspace.within(e.value), bench)),
        ).props("dense borderless options-dense").classes("w-full")


def _under_way(bench: Workbench) -> None:
    """The long work under way, with a way to stop it, on every page."""
    place = ui.element("div").props("role=status aria-live=polite")
    shown: dict[str, object] = {}

    def look() -> None:
        running = [job for job in bench.jobs.all if not job.over]
        state = [(job.number, job.state) for job in running]
        if state != shown.get("state"):
            shown["state"] = state
            place.clear()
            with place:
                shown["bars"] = [_progress(bench, job) for job in running]
        for bar, words, job in shown.get("bars", []):  # pyright: ignore
            bar.set_value(round(job.share, 3))
            words.set_text(f"{job.title}: {_how_far(job)}")

    look()
    ui.timer(0.4, look)


def _progress(bench: Workbench, job: Job) -> tuple[ui.linear_progress, ui.label, Job]:
    with ui.element("div").classes("panel").style("margin-bottom: .8rem"):
        with ui.element("div").classes("bar-of-actions").style("margin: 0 0 .3rem"):
            words = ui.label("")
            Button("Stop", on_click=lambda: bench.jobs.cancel(job)).props("dense").classes("danger").mark("stop")  # fmt: skip
        bar = ui.linear_progress(job.share, show_value=False).props(
            f'aria-label="{job.total} draws"'
        )
    return bar, words, job


def _how_far(job: Job) -> str:
    if job.state == "waiting":
        return "waiting for what is before it"
    return f"{job.done:,} of {job.total:,} drawn"


# -- faults -------------------------------------------------------------------------------------


def notice(text: str, kind: str = "") -> None:
    """A sentence that is seen where it stands."""
    ui.html(fragment("notice", text=text, kind=kind), sanitize=False)


@contextmanager
def faults(bench: Workbench, file: Path | None, place: Element | None = None) -> Iterator[None]:
    """Shows expected faults where the work would have been: what, where, what to do."""
    try:
        yield
    except ReadingError as error:
        _tell(bench, file, error.problems, place)
    except (OutsideError, ValueError, WorkerLostError, OSError) as error:
        _tell(bench, file, [Problem("", 0, 0, "", str(error))], place)


def _tell(
    bench: Workbench, file: Path | None, problems: list[Problem], place: Element | None
) -> None:
    rows = [
        {
            "problem": p,
            "where": f"{Path(p.file).name}, line {p.line}" if p.line else "",
            "link": link("scenario", file, bench, line=str(p.line), f=Path(p.file).name)
            if file and p.line
            else None,
        }
        for p in problems[:40]
    ]
    with place or ui.element("div"):
        ui.html(fragment("problems", rows=rows), sanitize=False)


def tab() -> str:
    """What the browser's tab is called here; it stays the same when a page is loaded again."""
    return ui.context.client.tab_id or ui.context.client.id


async def file_of(bench: Workbench, asked: str) -> Path | None:
    """The scenario that a page is asked for: by its path in the folder, else the first there is.

    Raises OutsideError for a path that leads out of the folder, or to no scenario.
    """
    known: list[ScenarioFile] = await asyncio.to_thread(bench.workspace.scenarios)
    if not asked:
        return known[0].path if known else None
    path = bench.workspace.within(asked)
    if path not in [s.path for s in known]:
        raise OutsideError(f"'{asked[:80]}' is no scenario of the folder that is open")
    return path
