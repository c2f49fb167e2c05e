"""The command on parliaments: chamber."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clientela.cli.common import BAD_INPUT, JsonOption, app, faults, stop, write_figure

if TYPE_CHECKING:
    from clientela.chamber.survey import Survey


@app.command("chamber")
def show_chamber(
    target: Annotated[
        str, typer.Argument(metavar="FILE|NAME", help="A chamber's or a scenario's file or name.")
    ],
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Draw the hemicycle here.")
    ] = None,
    plane: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.svg",
            help="Draw the lists on two dimensions here, and what majorities can agree on.",
        ),
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
            typer.echo(json.dumps(_plain(found), default=_simple, ensure_ascii=False, indent=2))
        else:
            from clientela.terminal.chamber import print_survey

            print_survey(found)
        if figure is not None:
            from clientela.report.hemicycle import hemicycle_figure

            write_figure(figure, hemicycle_figure(found))
        if plane is not None:
            from clientela.report.plane import plane_figure

            try:
                write_figure(plane, plane_figure(found))
            except ValueError as error:
                stop(BAD_INPUT, f"{target}: {error}")


def _plain(found: Survey) -> dict[str, Any]:
    """What was found, not the parliament it was found for, nor every coalition sampled.

    The days to a government are its quantiles.
    """
    import numpy as np

    parts = {f.name: getattr(found, f.name) for f in dataclasses.fields(found)}
    parliament = parts.pop("parliament")
    parts.pop("sampled")
    levels = np.array([0.1, 0.25, 0.5, 0.75, 0.9])
    days = parts.pop("time").left(found.gone, levels) + found.gone
    parts["days_to_government"] = dict(zip(levels.tolist(), days.round(1).tolist(), strict=True))
    seats = {p.id: p.seats for p in parliament.chamber.lists}
    return {"title": parliament.title, "seats": seats, **parts}


def _simple(value: Any) -> Any:
    """What JSON has no notion of: records and arrays."""
    return value.tolist() if hasattr(value, "tolist") else dataclasses.asdict(value)
