"""The command on event data: read it, say what was dropped, write a log of events."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clientela.cli.common import (
    BAD_INPUT,
    CANNOT_STORE,
    JsonOption,
    PluginOption,
    app,
    faults,
    read_scenario,
    say,
    stop,
)

if TYPE_CHECKING:
    import polars as pl

    from clientela.events import ReadReport, Suggestion


@app.command()
def events(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Files, folders or patterns.")
    ],
    format: Annotated[
        str | None,
        typer.Option(
            metavar="F",
            help="ucdp, acled, gdelt, icews, polecat or csv (default: seen from the file).",
        ),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=NAME", help="Which column holds a field (repeatable)."),
    ] = None,
    country: Annotated[
        list[str] | None,
        typer.Option(metavar="C", help="Only this country, as the data write it (repeatable)."),
    ] = None,
    since: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Only from this day on."),
    ] = None,
    until: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Only up to this day."),
    ] = None,
    scenario: Annotated[
        str | None,
        typer.Option(metavar="FILE|NAME", help="The scenario whose actors the names stand for."),
    ] = None,
    aliases: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Names and actors; if it is not there, it is written to be filled in.",
        ),
    ] = None,
    precision: Annotated[
        int, typer.Option(min=1, max=5, metavar="N", help="The coarsest date kept: 1 day … 5 year.")
    ] = 4,
    spread: Annotated[
        int | None,
        typer.Option(metavar="SEED", help="Give each event a time, uniform in its window."),
    ] = None,
    encoding: Annotated[
        str, typer.Option(metavar="E", help="Of the files, such as latin-1.")
    ] = "utf-8",
    out: Annotated[
        Path | None, typer.Option(metavar="LOG.csv", help="Write the events that are kept.")
    ] = None,
    plugin: PluginOption = None,
    json: JsonOption = False,
) -> None:
    """Read event data (UCDP, ACLED, GDELT, ICEWS, POLECAT, any table) and write a log of events."""
    with faults():
        from clientela.events import check_any_left, load_aliases, read_events, suggest

        columns = _columns(column)
        crisis = read_scenario(scenario, None, None, None, None, plugin) if scenario else None
        if aliases and crisis is None:
            stop(BAD_INPUT, "--aliases: say whose actors they are with --scenario FILE|NAME")
        written = aliases if aliases and aliases.exists() else None
        actors = {id_: actor.name for id_, actor in crisis.actors.items()} if crisis else {}
        first = since.date() if since else None
        origin = first or (crisis.as_of if crisis else None)
        if spread is not None and origin is None:
            stop(BAD_INPUT, "--spread: times are days since a date; say --since DATE or --scenario")
        table, report = read_events(
            files,
            format=format,
            columns=columns,
            countries=country or [],
            since=first,
            until=until.date() if until else None,
            precision=precision,
            aliases=load_aliases(written, actors) if written else None,
            encoding=encoding,
        )
        suggestions = suggest(report.unmapped, actors)
        if report.persons:
            suggestions = [s for s in suggestions if s.confident]
        _tell(report, suggestions, json)
        check_any_left(report, country or [])
        if aliases and not written:
            _write_aliases(aliases, suggestions, report, out)
        if out:
            _write(table, report, out, written, spread, origin)


def _columns(pairs: list[str] | None) -> dict[str, str]:
    """The names of columns by field that --column gives."""
    columns: dict[str, str] = {}
    for pair in pairs or []:
        field, equals, name = pair.partition("=")
        if not equals or not field.strip() or not name.strip():
            stop(BAD_INPUT, f"--column {pair}: expected FIELD=NAME, such as date=Datum")
        columns[field.strip()] = name.strip()
    return columns


def _tell(report: ReadReport, suggestions: list[Suggestion], as_json: bool) -> None:
    from clientela.terminal.events import print_reading

    if not as_json:
        print_reading(report, suggestions)
        return
    import json

    data: dict[str, Any] = report.as_json()
    data["suggestions"] = {s.name: dict(s.actors) for s in suggestions if s.actors}
    typer.echo(json.dumps(data, ensure_ascii=False, indent=1))


def _write_aliases(
    path: Path, suggestions: list[Suggestion], report: ReadReport, out: Path | None
) -> None:
    from clientela.events import write_aliases

    try:
        count = write_aliases(path, suggestions, report.nobody)
    except OSError as error:
        stop(CANNOT_STORE, f"{path}: cannot be written: {error.strerror}")
    say(f"{path}: written with {count} names; uncomment what is right, then read again")
    if out:
        stop(BAD_INPUT, f"{out}: not written, for no name has an alias yet")


def _write(
    table: pl.DataFrame,
    report: ReadReport,
    out: Path,
    aliases: Path | None,
    seed: int | None,
    origin: dt.date | None,
) -> None:
    from clientela.events import LogError, spread, write_log

    if report.persons and aliases is None:
        stop(
            BAD_INPUT,
            f"{out}: not written, for names in {report.format} may be those of persons; "
            "say which stand for actors with --aliases FILE",
        )
    if seed is not None and origin is not None:
        table = spread(table, seed, origin)
    try:
        write_log(table, out)
    except LogError as error:
        stop(CANNOT_STORE, f"{error}")
    say(f"{out}: written; events: {table.height}")
