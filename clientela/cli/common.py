"""What the commands share: options, faults as messages and exit codes, the progress bar."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from clientela.folders import default_folder

if TYPE_CHECKING:
    from clientela.scenario import Scenario

# Exit codes, documented in docs/commands.md.
BAD_INPUT = 2  # the command, the scenario or the evidence is wrong
UNSTABLE = 3  # the scenario explodes
CANNOT_STORE = 4  # a file or folder cannot be read or written
INTERRUPTED = 130  # Ctrl-C; finished blocks are kept

DRAWS = 20_000

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
UntilOption = Annotated[
    dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Stop earlier.")
]
SeedOption = Annotated[int, typer.Option(metavar="S", help="Seed of all random streams.")]
FolderOption = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder of the run (default: under runs/).")
]
QuestionsOption = Annotated[
    list[str] | None,
    typer.Option("--question", metavar="Q", help="Only this question (repeatable; default: all)."),
]
AgainstOption = Annotated[
    str | None,
    typer.Option(metavar="B", help="The branch to compare with (default: none, as written)."),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="One JSON object on standard output, nothing else.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Set a value by its path (repeatable)."),
]
PluginOption = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE.py", help="Load mechanisms of your own (repeatable)."),
]


def read_scenario(
    target: str,
    branch: str | None,
    without: list[str] | None,
    sources: list[str] | None,
    changes: list[str] | None,
    plugins: list[Path] | None,
) -> Scenario:
    """The scenario that the options ask for. Raises ReadingError."""
    load_plugins(plugins)
    from clientela.api import load

    return load(
        target,
        branch=branch,
        changes=changes_of(changes),
        without=without or [],
        without_sources=sources or [],
    )


def changes_of(changes: list[str] | None) -> dict[str, Any]:
    """The values by path that --set asks for."""
    pairs: dict[str, Any] = {}
    for change in changes or []:
        path, equals, value = change.partition("=")
        if not equals or not path.strip():
            stop(BAD_INPUT, f"--set {change}: expected PATH=VALUE, such as actors.a.autonomy=0.5")
        pairs[path.strip()] = value
    return pairs


def load_plugins(plugins: list[Path] | None) -> None:
    if not plugins:
        return
    from clientela.mechanisms import load_plugin

    for plugin in plugins:
        try:
            load_plugin(plugin)
        except FileNotFoundError as error:
            stop(BAD_INPUT, f"{error}")
        except Exception as error:
            stop(BAD_INPUT, f"--plugin {plugin}: {type(error).__name__}: {error}")


def folder_for(
    scenario: Scenario, seed: int, until: dt.datetime | None, kind: str, *what: object
) -> Path:
    """The default folder of a sweep or a search, by all that it depends on."""
    import hashlib

    digest = hashlib.sha256(repr((scenario.digest, what)).encode()).hexdigest()
    plain = default_folder(scenario, seed, until)
    return plain.with_name(f"{scenario.scenario}-{kind}-{digest[:8]}")


def write_figure(path: Path, svg: str) -> None:
    """Writes a figure and says so; one message if it cannot be written."""
    try:
        path.write_text(svg, encoding="utf-8")
    except OSError as error:
        stop(CANNOT_STORE, f"{path}: cannot be written: {error.strerror}")
    say(f"{path}: written")


@contextmanager
def faults() -> Iterator[None]:
    """Turns expected faults into one message on standard error and a documented exit code."""
    from clientela.faults import exit_code_of

    try:
        yield
    except typer.Exit:
        raise
    except KeyboardInterrupt:
        stop(
            INTERRUPTED,
            "Interrupted. Finished blocks are kept; the same command goes on from them.",
        )
    except Exception as error:
        code = exit_code_of(error)
        if code is None:
            raise
        stop(code, str(error))


def stop(code: int, message: str) -> NoReturn:
    say(message)
    raise typer.Exit(code)


def say(message: str) -> None:
    typer.echo(message, err=True)


@contextmanager
def progress(total: int, unit: str = "draws") -> Iterator[Callable[[int, int], None] | None]:
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
        task = bar.add_task("", total=total, rate="")

        def advance(done: int, total: int) -> None:
            speed = bar.tasks[0].speed
            rate = f"{speed:,.0f} {unit}/s" if speed else ""
            bar.update(task, completed=done, total=total, rate=rate)

        yield advance
