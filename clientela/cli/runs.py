"""Commands that draw histories and tell what they say: run, report, explain, trace."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clientela.cli.common import (
    DRAWS,
    BranchOption,
    FolderOption,
    JsonOption,
    PluginOption,
    QuestionsOption,
    SeedOption,
    SetOption,
    SourceOption,
    Target,
    UntilOption,
    WithoutOption,
    app,
    faults,
    load_plugins,
    progress,
    read_scenario,
    say,
)
from clientela.folders import default_folder

if TYPE_CHECKING:
    from clientela.analysis import Forecast
    from clientela.scenario import Scenario


@app.command()
def run(
    target: Target,
    draws: Annotated[int, typer.Option(metavar="N", help="Histories to draw.")] = DRAWS,
    seed: SeedOption = 1,
    until: UntilOption = None,
    branch: BranchOption = None,
    without: WithoutOption = None,
    without_source: SourceOption = None,
    set_: SetOption = None,
    out: FolderOption = None,
    json_: JsonOption = False,
    plugin: PluginOption = None,
) -> None:
    """Draw histories, answer the questions, keep everything in the run's folder."""
    with faults():
        scenario = read_scenario(target, branch, without, without_source, set_, plugin)
        forecast = _drawn(
            scenario, draws, seed, until, out or default_folder(scenario, seed, until)
        )
        if json_:
            typer.echo(json.dumps(forecast.as_json(), ensure_ascii=False))
            return
        from clientela.terminal import print_forecast

        print_forecast(forecast)


def _drawn(
    scenario: Scenario, draws: int, seed: int, until: dt.datetime | None, folder: Path
) -> Forecast:
    """The forecast, drawn with a progress bar as far as the run's folder does not hold it."""
    from clientela.analysis import run as forecast_of
    from clientela.analysis.checking import refuse_explosion

    refuse_explosion(scenario)
    with progress(draws) as advance:
        return forecast_of(
            scenario,
            draws=draws,
            seed=seed,
            until=until.date() if until else None,
            out=folder,
            progress=advance,
        )


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a finished run.")],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it (default: in DIR).")
    ] = None,
    plugin: PluginOption = None,
) -> None:
    """The self-contained HTML report of a run."""
    with faults():
        load_plugins(plugin)
        from clientela.analysis import open_run

        forecast: Forecast = open_run(folder)
        path = forecast.report(out or folder / "report.html")
    typer.echo(f"{path}: written; open it in a browser")


@app.command()
def explain(
    target: Target,
    question: QuestionsOption = None,
    score: Annotated[
        str, typer.Option(metavar="brier|log", help="What knowing more is worth: by which score.")
    ] = "brier",
    decision: Annotated[
        str | None, typer.Option(metavar="D", help="… or for this decision of the scenario.")
    ] = None,
    top: Annotated[int, typer.Option(metavar="N", min=1, help="Rows of each table.")] = 8,
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Also draw it, a panel a question.")
    ] = None,
    draws: Annotated[
        int | None,
        typer.Option(metavar="N", help="Histories (default: those of the run, else 20,000)."),
    ] = None,
    seed: SeedOption = 1,
    until: UntilOption = None,
    branch: BranchOption = None,
    without: WithoutOption = None,
    without_source: SourceOption = None,
    set_: SetOption = None,
    out: FolderOption = None,
    json_: JsonOption = False,
    plugin: PluginOption = None,
) -> None:
    """What the answers hang on: propositions, claims, sources, values. Uses a run that is there."""
    with faults():
        scenario = read_scenario(target, branch, without, without_source, set_, plugin)
        from clientela.analysis import explain as explanations_of
        from clientela.analysis.explaining import requested

        requested(scenario, question, score=score, decision=decision)  # before anything is drawn
        forecast = found_or_drawn(scenario, draws, seed, until, out)
        found = explanations_of(forecast, question, score=score, decision=decision)
        if figure is not None:
            from clientela.report.hinges import write_figures

            for path in write_figures(scenario, found, figure):
                say(f"{path}: written")
        if json_:
            told = [explanation.as_json() for explanation in found]
            whole = {"scenario": scenario.scenario, "explanations": told}
            typer.echo(json.dumps(whole, ensure_ascii=False))
            return
        from clientela.terminal import print_explanations

        print_explanations(scenario, found, top)


@app.command()
def trace(
    target: Target,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[PATH|QUESTION]",
            help="A value's path, a question, proposition, claim or source (none: what has no evidence).",
        ),
    ] = None,
    seed: SeedOption = 1,
    branch: BranchOption = None,
    without: WithoutOption = None,
    without_source: SourceOption = None,
    set_: SetOption = None,
    out: FolderOption = None,
    plugin: PluginOption = None,
) -> None:
    """From a number back to distribution, proposition, claims, sources, document and paragraph."""
    with faults():
        scenario = read_scenario(target, branch, without, without_source, set_, plugin)
        from clientela.analysis.tracing import Auditor
        from clientela.terminal import print_bare_values, print_trace

        if name is None:
            print_bare_values(scenario)
            return
        auditor = Auditor(scenario)
        if name not in scenario.questions:
            print_trace(auditor.trace(name))
            return
        from clientela.analysis import explain as explanations_of

        forecast = found_or_drawn(scenario, None, seed, None, out)
        print_trace(auditor.answer(explanations_of(forecast, [name])[0]))


def found_or_drawn(
    scenario: Scenario,
    draws: int | None,
    seed: int,
    until: dt.datetime | None,
    out: Path | None,
) -> Forecast:
    """The forecast of the run that is there, or of one drawn now."""
    from clientela.analysis import finished_run

    folder = out or default_folder(scenario, seed, until)
    day = until.date() if until else None
    found = finished_run(folder, scenario, seed=seed, until=day, draws=draws)
    if found is not None:
        return found
    say(f"{folder}: holds no finished run of this; drawing {draws or DRAWS:,} histories")
    return _drawn(scenario, draws or DRAWS, seed, until, folder)
