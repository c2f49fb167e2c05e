"""The command that opens the workbench: serve."""

from __future__ import annotations

import importlib.util
import webbrowser
from typing import Annotated

import typer

from clientela.cli.common import BAD_INPUT, app, faults, say, stop


@app.command()
def serve(
    target: Annotated[
        str,
        typer.Argument(
            metavar="[NAME|FILE|DIR]",
            help="A folder, a scenario's file, or a bundled scenario, which is copied into a folder of its name.",
        ),
    ] = ".",
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS", help="Listen here; where others can connect, a token is asked for."
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(metavar="P", min=0, max=65535, help="Port (0: any that is free).")
    ] = 8470,
    browser: Annotated[bool, typer.Option(help="Open it in the browser.")] = True,
) -> None:
    """The workbench in the browser: forecasts, what-ifs, chamber, evidence, editing and runs."""
    if importlib.util.find_spec("nicegui") is None:
        stop(BAD_INPUT, "the workbench needs an extra: python -m pip install 'clientela[app]'")
    with faults():
        from clientela.app.guard import Door
        from clientela.app.opening import OpeningError, claimed, free_port, opened
        from clientela.app.server import serve as serve_folder

        def ready() -> None:
            say(f"{folder} is open at {door.address}")
            if door.token:
                say("Whoever has this address can see and change what is in the folder.")
            say("Ctrl-C ends it.")
            if browser:
                webbrowser.open(door.address)

        try:
            folder = opened(target)
            door = Door.at(host, free_port(host, port))
            with claimed(folder, door.address.partition("?")[0]):
                serve_folder(folder, door, ready)
        except OpeningError as error:
            stop(error.code, str(error))
