"""Command that learns values of a scenario from a log of events: fit."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clientela.cli.common import (
    BAD_INPUT,
    CANNOT_STORE,
    BranchOption,
    JsonOption,
    PluginOption,
    SeedOption,
    SetOption,
    SourceOption,
    Target,
    app,
    faults,
    progress,
    read_scenario,
    say,
    stop,
    write_figure,
)

if TYPE_CHECKING:
    from clientela.analysis.fitted import Fit
    from clientela.scenario import Scenario

_DAY = ["%Y-%m-%d"]


@app.command()
def fit(
    target: Target,
    events: Annotated[
        Path, typer.Option(metavar="FILE", help="A log of events before as_of: CSV or YAML.")
    ],
    since: Annotated[
        dt.datetime | None,
        typer.Option(formats=_DAY, metavar="DATE", help="The first day (default: of the log)."),
    ] = None,
    through: Annotated[
        dt.datetime | None,
        typer.Option(formats=_DAY, metavar="DATE", help="The last day (default: of the log)."),
    ] = None,
    test_from: Annotated[
        dt.datetime | None,
        typer.Option(formats=_DAY, metavar="DATE", help="Hold out the days from this one on."),
    ] = None,
    mechanism: Annotated[
        list[str] | None,
        typer.Option(metavar="M", help="Fit this mechanism's part (repeatable; else escalation)."),
    ] = None,
    watch: Annotated[
        list[str] | None,
        typer.Option(
            metavar="EVENT", help="The log has every one (repeatable; else all violence)."
        ),
    ] = None,
    given: Annotated[
        list[str] | None,
        typer.Option(metavar="EVENT", help="Happened as logged, not to be explained (repeatable)."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH", help="Fit these values alone (repeatable; * for anything)."),
    ] = None,
    flat: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH", help="Without its prior (repeatable; * for anything)."),
    ] = None,
    background: Annotated[
        str, typer.Option(metavar="SHAPE", help="constant, piecewise:N or spline:N.")
    ] = "constant",
    memory: Annotated[
        list[float] | None,
        typer.Option(metavar="DAYS", help="Half-lives in place of the one (repeatable)."),
    ] = None,
    method: Annotated[str, typer.Option(metavar="mode|nuts|particles", help="How.")] = "mode",
    draws: Annotated[int, typer.Option(min=50, metavar="N", help="Of each chain of nuts.")] = 500,
    chains: Annotated[int, typer.Option(min=2, metavar="N", help="Chains of nuts.")] = 4,
    accept: Annotated[
        float, typer.Option(min=0.5, max=0.999, metavar="P", help="Acceptance that nuts aims at.")
    ] = 0.9,
    particles: Annotated[int, typer.Option(min=100, metavar="N", help="Of particles.")] = 4_000,
    seed: SeedOption = 1,
    branch: BranchOption = None,
    without_source: SourceOption = None,
    set_: SetOption = None,
    write: Annotated[
        Path | None,
        typer.Option(metavar="FILE.yaml", help="Write the scenario with what was learned."),
    ] = None,
    as_: Annotated[
        str, typer.Option("--as", metavar="NAME", help="What branch and data set are called.")
    ] = "fitted",
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Also draw how it fits.")
    ] = None,
    json_: JsonOption = False,
    plugin: PluginOption = None,
) -> None:
    """Values of a scenario learned from events before its date, how well they fit, and a branch."""
    with faults():
        scenario = read_scenario(target, branch, None, without_source, set_, plugin)
        from clientela.analysis.fitted import MECHANISMS, VIOLENCE, Options
        from clientela.analysis.fitting import fit as fitted

        options = Options(
            since=_day(since), through=_day(through), test_from=_day(test_from),
            mechanisms=tuple(mechanism or MECHANISMS), watched=tuple(watch or VIOLENCE),
            given=tuple(given or ()), only=tuple(only or ()), flat=tuple(flat or ()),
            background=background, memories=tuple(memory or ()), method=method, draws=draws,
            chains=chains, accept=accept, particles=particles, seed=seed,
        )  # fmt: skip
        if write:
            _check_write(scenario, write, as_)
        with progress(chains, "chains") as advance:
            found = fitted(scenario, events, options, progress=advance)
        if json_:
            typer.echo(json.dumps(found.as_json(), ensure_ascii=False))
        else:
            from clientela.terminal.fit import print_fit

            print_fit(found)
        if figure:
            from clientela.report.fit_figure import fit_figure

            write_figure(figure, fit_figure(found))
        if write:
            _write(found, write, as_)


def _check_write(scenario: Scenario, target: Path, name: str) -> None:
    """Stops before the fit, which may take long, if what is learned could not be written."""
    from clientela.analysis.written_back import check_writable

    if target.suffix not in (".yaml", ".yml"):
        stop(BAD_INPUT, f"--write {target}: expected a name that ends in .yaml")
    if not target.parent.is_dir():
        stop(CANNOT_STORE, f"{target}: cannot be written: {os.strerror(errno.ENOENT)}")
    check_writable(scenario, name)


def _write(found: Fit, target: Path, name: str) -> None:
    from clientela.analysis.written_back import write_back

    try:
        count = write_back(found, target, name)
    except OSError as error:
        stop(CANNOT_STORE, f"{target}: cannot be written: {error.strerror or error}")
    say(
        f"{target}: written; {count} values in the branch '{name}': clientela compare {target} --branch {name}"
    )


def _day(value: dt.datetime | None) -> dt.date | None:
    return value.date() if value else None
