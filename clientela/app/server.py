"""The server: the door, the pages, and the end of everything when it stops."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable
from pathlib import Path

from nicegui import app, ui
from starlette.responses import PlainTextResponse

from clientela.app.bench import Workbench
from clientela.app.guard import BodyTooLargeError, Door, Guard
from clientela.app.workspace import Workspace

_HERE = Path(__file__).parent
_PAGES = ("start", "crisis", "what_if", "chamber", "evidence", "scenario", "runs")


def serve(folder: Path, door: Door, ready: Callable[[], None]) -> None:
    """Serves the workbench of a folder until it is interrupted; `ready` is called once it listens."""
    bench = Workbench(Workspace(folder), door)
    for name in _PAGES:
        importlib.import_module(f"clientela.app.pages.{name}").add(bench)
    app.add_static_files("/static", str(_HERE / "static"))
    app.add_middleware(Guard, door=door)
    app.add_exception_handler(BodyTooLargeError, _too_large)
    app.on_startup(ready)
    app.on_startup(lambda: _warm(bench))
    app.on_shutdown(bench.stop)
    ui.run(
        host=door.host, port=door.port, show=False, reload=False, title="Clientela", dark=None,
        favicon=_HERE / "static" / "favicon.svg", tailwind=False, show_welcome_message=False,
        reconnect_timeout=10.0, language="en-GB",
    )  # fmt: skip


async def _warm(bench: Workbench) -> None:
    """Lets every worker read the first scenario, so that the first look is not slower than others."""
    found = await asyncio.to_thread(bench.workspace.scenarios)
    if found:
        await bench.warm(found[0].path)


async def _too_large(request: object, error: Exception) -> PlainTextResponse:
    return PlainTextResponse("This is more than is taken.\n", 413)
