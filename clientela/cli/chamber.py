"""The command on parliaments: chamber."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from clientela.cli.common import BAD_INPUT, CANNOT_STORE, JsonOption, app, faults, stop


@app.command("chamber")
def show_chamber(
    target: Annotated[
        str, typer.Argument(metavar="FILE|NAME", help="A chamber's or a scenario's file or name.")
    ],
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Draw the hemicycle here.")
    ] = None,
    top: Annotated[int, typer.Option(metavar="N", min=1, max=100, help="Governments shown.")] = 8,
    as_json: JsonOption = False,
) -> None:
    """Who can govern, who can block, who will: seats, power, procedure, likeliest governments."""
    with faults():
        from clientela.chamber.finding import find_parliament
        from clientela.chamber.survey import survey

        try:
            found = survey(find_parliament(target), top)
        except ValueError as error:
            stop(BAD_INPUT, f"{target}: {error}")
        if as_json:
            typer.echo(json.dumps(_plain(found), ensure_ascii=False, indent=2))
        else:
            from clientela.terminal.chamber import print_survey

            print_survey(found)
        if figure is not None:
            from clientela.report.hemicycle import draw_hemicycle

            try:
                draw_hemicycle(found, figure)
            except OSError as error:
                stop(CANNOT_STORE, f"{figure}: cannot be written: {error.strerror}")
            typer.echo(f"{figure}: written", err=True)


def _plain(found: Any) -> dict[str, Any]:
    """The survey as plain data: what was found, not the parliament it was found for."""
    parts = {f.name: getattr(found, f.name) for f in dataclasses.fields(found)}
    parliament = parts.pop("parliament")
    parts.pop("sampled")
    told = {"title": parliament.title, "seats": {p.id: p.seats for p in parliament.chamber.lists}}
    return told | {name: _value(part) for name, part in parts.items()}


def _value(part: Any) -> Any:
    from clientela.chamber.formation import Likely

    if isinstance(part, Likely):
        return {k: _value(v) for k, v in part._asdict().items()}
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        return {f.name: _value(getattr(part, f.name)) for f in dataclasses.fields(part)}
    if isinstance(part, dict):
        return {k: _value(v) for k, v in part.items()}
    return [_value(v) for v in part] if isinstance(part, list | tuple) else part
