"""The command that writes a part of a run for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clientela.cli.common import PluginOption, app, faults, load_plugins


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a finished run.")],
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="report, answers, curves, events, parameters, figures or network.",
        ),
    ],
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="Where to write it: .html, .csv (events, parameters: or .parquet), .zip of "
            "figures, .json or .graphml of the network.",
        ),
    ],
    plugin: PluginOption = None,
) -> None:
    """Write a part of a run for other tools: tables, figures, the network, the report."""
    with faults():
        load_plugins(plugin)
        from clientela.analysis import open_run
        from clientela.report.exports import export as export_part

        path = export_part(open_run(folder), what, file)
    typer.echo(f"{path}: written")
