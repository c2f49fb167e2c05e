"""Command that moves a forecast on with what has happened: update."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Annotated

import typer

from clientela.cli.common import (
    BranchOption,
    FolderOption,
    JsonOption,
    PluginOption,
    QuestionsOption,
    SeedOption,
    SetOption,
    SourceOption,
    Target,
    WithoutOption,
    app,
    faults,
    folder_for,
    progress,
    read_scenario,
    write_figure,
)


@app.command()
def update(
    target: Target,
    events: Annotated[
        Path, typer.Option(metavar="FILE", help="What happened: YAML, or a log as CSV.")
    ],
    through: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="The last day that it covers."),
    ] = None,
    watch: Annotated[
        list[str] | None,
        typer.Option(
            metavar="EVENT", help="Every occurrence of it is in FILE (repeatable; * for anything)."
        ),
    ] = None,
    each: Annotated[
        str,
        typer.Option(metavar="event|week|month|end", help="The days on which answers are given."),
    ] = "event",
    question: QuestionsOption = None,
    particles: Annotated[
        int, typer.Option(metavar="N", help="Draws of what is unknown that are weighed.")
    ] = 4_000,
    draws: Annotated[
        int, typer.Option(metavar="N", help="Histories that go on from each day.")
    ] = 8_000,
    seed: SeedOption = 1,
    branch: BranchOption = None,
    without: WithoutOption = None,
    without_source: SourceOption = None,
    set_: SetOption = None,
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Also draw the answers over the days.")
    ] = None,
    out: FolderOption = None,
    json_: JsonOption = False,
    plugin: PluginOption = None,
) -> None:
    """Answers given what has happened since the scenario's date: weighed, and drawn on from there."""
    with faults():
        scenario = read_scenario(target, branch, without, without_source, set_, plugin)
        from clientela.analysis.questions import QuestionError
        from clientela.analysis.updating import update as updated

        for name in question or []:
            if name not in scenario.questions:
                raise QuestionError(
                    f"there is no question '{name}'; it has {', '.join(scenario.questions)}"
                )
        said = events.read_bytes() if events.is_file() else b""
        folder = out or folder_for(
            scenario, seed, None, "update", said, through, watch, each, particles, draws
        )
        with progress(1, "days") as advance:
            found = updated(
                scenario, events, through=through.date() if through else None, watched=watch or [],
                each=each, particles=particles, draws=draws, seed=seed, out=folder, progress=advance,
            )  # fmt: skip
        if json_:
            typer.echo(json.dumps(found.as_json(question), ensure_ascii=False))
        else:
            from clientela.terminal.update import print_update

            print_update(found, question, folder)
        if figure:
            from clientela.report.update_figure import update_figure

            write_figure(figure, update_figure(found, question))
