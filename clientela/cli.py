"""The command line: commands, progress bars, exit codes. No logic."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from clientela.analysis import Forecast
    from clientela.scenario import Scenario

# Exit codes, documented in docs/commands.md.
BAD_INPUT = 2  # the command, the scenario or the evidence is wrong
UNSTABLE = 3  # the scenario explodes
CANNOT_STORE = 4  # a file or folder cannot be read or written
INTERRUPTED = 130  # Ctrl-C; finished blocks are kept

app = typer.Typer(
    name="clientela",
    help="Forecasts, what-ifs and an audit trail for crises of patrons, armed clients and a state.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Target = Annotated[str, typer.Argument(metavar="FILE|NAME", help="A scenario's file or name.")]
BranchOption = Annotated[str | None, typer.Option(metavar="B", help="Take this what-if.")]
WithoutOption = Annotated[
    list[str] | None, typer.Option(metavar="MECHANISM", help="Switch a mechanism off (repeatable).")
]
SourceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--without-source",
        metavar="ID",
        help="Retract a source, or camp:NAME (repeatable).",
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Set a value by its path (repeatable)."),
]
PluginOption = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE.py", help="Load mechanisms of your own (repeatable)."),
]


def main() -> None:
    """Runs the command line; every expected fault becomes one message and an exit code."""
    app()


@app.command("list")
def list_scenarios() -> None:
    """Bundled scenarios, a line each."""
    from clientela.reading import read_yaml
    from clientela.scenario import bundled

    for name, path in bundled().items():
        typer.echo(f"{name:<16} {read_yaml(path).data['title']}")


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Its name: lower-case letters, digits, hyphens.")],
) -> None:
    """A commented scenario to start from, that already runs."""
    from clientela.scenario.starter import starter

    with _faults():
        path = Path(f"{name}.yaml")
        text = starter(name)
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            _stop(CANNOT_STORE, f"{path}: is there already; choose another name or move it")
        except OSError as error:
            _stop(CANNOT_STORE, f"{path}: cannot be written: {error.strerror}")
    typer.echo(f"{path}: written. Next: clientela check {path}; clientela run {path}")


@app.command()
def check(
    target: Target,
    branch: BranchOption = None,
    without: WithoutOption = None,
    without_source: SourceOption = None,
    set_: SetOption = None,
    plugin: PluginOption = None,
) -> None:
    """Is it right? What does it say? Is it stable?"""
    with _faults():
        scenario = _scenario(target, branch, without, without_source, set_, plugin)
        from clientela.analysis.checking import check_scenario
        from clientela.terminal import print_check

        findings = check_scenario(scenario)
        print_check(scenario, findings)
        if findings.explodes:
            raise typer.Exit(UNSTABLE)


@app.command()
def run(
    target: Target,
    draws: Annotated[int, typer.Option(metavar="N", help="Histories to draw.")] = 20_000,
    seed: Annotated[int, typer.Option(metavar="S", help="Seed of all random streams.")] = 1,
    until: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Stop earlier.")
    ] = None,
    branch: BranchOption = None,
    without: WithoutOption = None,
    without_source: SourceOption = None,
    set_: SetOption = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the run (default: under runs/).")
    ] = None,
    json_: Annotated[
        bool, typer.Option("--json", help="One JSON object on standard output, nothing else.")
    ] = False,
    plugin: PluginOption = None,
) -> None:
    """Draw histories, answer the questions, keep everything in the run's folder."""
    with _faults():
        scenario = _scenario(target, branch, without, without_source, set_, plugin)
        from clientela.analysis import run as forecast_of
        from clientela.analysis.checking import refuse_explosion

        refuse_explosion(scenario)
        folder = out or _default_folder(scenario, seed, until)
        with _progress(draws) as advance:
            forecast = forecast_of(
                scenario,
                draws=draws,
                seed=seed,
                until=until.date() if until else None,
                out=folder,
                progress=advance,
            )
        if json_:
            typer.echo(json.dumps(forecast.as_json(), ensure_ascii=False))
            return
        from clientela.terminal import print_forecast

        print_forecast(forecast)


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a finished run.")],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it (default: in DIR).")
    ] = None,
    plugin: PluginOption = None,
) -> None:
    """The self-contained HTML report of a run."""
    with _faults():
        _load_plugins(plugin)
        from clientela.analysis import open_run

        forecast: Forecast = open_run(folder)
        path = forecast.report(out or folder / "report.html")
    typer.echo(f"{path}: written; open it in a browser")


@app.command()
def schema(plugin: PluginOption = None) -> None:
    """JSON Schema of the scenario language, so that editors complete and check it."""
    with _faults():
        _load_plugins(plugin)
        from clientela.mechanisms import settings_models
        from clientela.scenario import json_schema

        typer.echo(json.dumps(json_schema(settings_models()), indent=1, ensure_ascii=False))


# -- between the commands and the library ---------------------------------------------------------


def _scenario(
    target: str,
    branch: str | None,
    without: list[str] | None,
    sources: list[str] | None,
    changes: list[str] | None,
    plugins: list[Path] | None,
) -> Scenario:
    _load_plugins(plugins)
    from clientela.api import load

    pairs: dict[str, Any] = {}
    for change in changes or []:
        path, equals, value = change.partition("=")
        if not equals or not path.strip():
            _stop(BAD_INPUT, f"--set {change}: expected PATH=VALUE, such as actors.a.autonomy=0.5")
        pairs[path.strip()] = value
    return load(
        target,
        branch=branch,
        changes=pairs,
        without=without or [],
        without_sources=sources or [],
    )


def _load_plugins(plugins: list[Path] | None) -> None:
    if not plugins:
        return
    from clientela.mechanisms import load_plugin

    for plugin in plugins:
        try:
            load_plugin(plugin)
        except FileNotFoundError as error:
            _stop(BAD_INPUT, f"{error}")
        except Exception as error:
            _stop(BAD_INPUT, f"--plugin {plugin}: {type(error).__name__}: {error}")


def _default_folder(scenario: Scenario, seed: int, until: dt.datetime | None) -> Path:
    parts = [
        scenario.scenario,
        scenario.branch or "",
        until.strftime("until-%Y-%m-%d") if until else "",
    ]
    return Path("runs") / "-".join([*(p for p in parts if p), f"seed{seed}", scenario.digest[:8]])


@contextmanager
def _faults() -> Iterator[None]:
    """Turns expected faults into one message on standard error and a documented exit code."""
    from clientela.faults import exit_code_of

    try:
        yield
    except typer.Exit:
        raise
    except KeyboardInterrupt:
        _stop(
            INTERRUPTED,
            "Interrupted. Finished blocks are kept; the same command goes on from them.",
        )
    except Exception as error:
        code = exit_code_of(error)
        if code is None:
            raise
        _stop(code, str(error))


def _stop(code: int, message: str) -> None:
    _say(message)
    raise typer.Exit(code)


def _say(message: str) -> None:
    typer.echo(message, err=True)


@contextmanager
def _progress(draws: int) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on standard error, where that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = [
        TextColumn("drawing"), BarColumn(), TextColumn("{task.completed:,.0f} of {task.total:,.0f}"),
        TextColumn("{task.fields[rate]}"), TimeRemainingColumn(),
    ]  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=draws, rate="")

        def advance(done: int, total: int) -> None:
            speed = bar.tasks[0].speed
            rate = f"{speed:,.0f} draws/s" if speed else ""
            bar.update(task, completed=done, total=total, rate=rate)

        yield advance
