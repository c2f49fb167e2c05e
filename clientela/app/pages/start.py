"""The start: straight to the crisis if there is one; else ways to have one."""

from __future__ import annotations

import asyncio
from functools import partial

from nicegui import ui
from starlette.responses import RedirectResponse

from clientela.app.bench import Workbench
from clientela.app.buttons import Button
from clientela.app.frame import frame, link, notice
from clientela.scenario import bundled
from clientela.scenario.starter import StarterError


def add(bench: Workbench) -> None:
    """The address `/`."""

    @ui.page("/")
    async def start() -> RedirectResponse | None:
        known = await asyncio.to_thread(bench.workspace.scenarios)
        if len(known) == 1:
            return RedirectResponse(link("crisis", known[0].path, bench), 303)
        with frame(bench, "start", None):
            ui.html("<h1>Which crisis?</h1>", sanitize=False)
            for entry in known:
                with ui.element("p"):
                    ui.link(entry.title, link("crisis", entry.path, bench))
                    ui.label(bench.workspace.shown(entry.path)).classes("small muted")
            if not known:
                notice("This folder holds no scenario yet.")
            _ways_to_have_one(bench)
        return None


def _ways_to_have_one(bench: Workbench) -> None:
    ui.html("<h2>Begin another</h2>", sanitize=False)
    with ui.element("div").classes("panel"):
        ui.label("A bundled example, copied into this folder with its evidence:")
        with ui.element("div").classes("bar-of-actions"):
            for name in bundled():
                Button(name, on_click=partial(_copied, bench, name)).classes("plain")  # fmt: skip
    with ui.element("div").classes("panel"):
        ui.label("Or a fictional country to write your own from:")
        with ui.element("div").classes("bar-of-actions"):
            name = ui.input("Name", value="my-crisis").props("outlined dense")
            Button("Write it", on_click=lambda: _started(bench, name)).classes("primary")  # fmt: skip


def _copied(bench: Workbench, name: str) -> None:
    ui.navigate.to(link("crisis", bench.workspace.add_bundled(name), bench))


def _started(bench: Workbench, name: ui.input) -> None:
    try:
        ui.navigate.to(
            link("crisis", bench.workspace.add_starter((name.value or "").strip()), bench)
        )
    except FileExistsError:
        name.props('error error-message="there is a file of that name"')
    except StarterError as error:
        name.props("error").props(add=f'error-message="{str(error).partition("; ")[2]}"')
