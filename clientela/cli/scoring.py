"""Command that scores forecasts by what came true: score."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clientela.cli.common import (
    JsonOption,
    PluginOption,
    QuestionsOption,
    app,
    faults,
    load_plugins,
    read_scenario,
    write_figure,
)
from clientela.cli.runs import found_or_drawn

if TYPE_CHECKING:
    from clientela.scoring import Series


@app.command()
def score(
    targets: Annotated[
        list[str],
        typer.Argument(
            metavar="DIR|FILE|NAME...",
            help="The folder of a run or of an update, or a scenario's file or name.",
        ),
    ],
    outcomes: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="What came true (repeatable; default: beside the scenario)."
        ),
    ] = None,
    question: QuestionsOption = None,
    settled: Annotated[
        bool, typer.Option("--settled", help="Leave out outcomes that are uncertain.")
    ] = False,
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Also draw calibration and scores.")
    ] = None,
    json_: JsonOption = False,
    plugin: PluginOption = None,
) -> None:
    """How good the answers were, by what came true, beside what would have been said without them."""
    with faults():
        load_plugins(plugin)
        from clientela.scoring import outcomes_for
        from clientela.scoring import score as scored

        series = [_series(target) for target in dict.fromkeys(targets)]
        came = outcomes_for([one.scenario for one in series], outcomes or [])
        found = scored(series, came, questions=question or [], settled=settled)
        if json_:
            typer.echo(json.dumps(found.as_json(), ensure_ascii=False))
        else:
            from clientela.terminal.score import print_scores

            print_scores(found)
        if figure:
            from clientela.report.score_figure import score_figure

            write_figure(figure, score_figure(found))


def _series(target: str) -> Series:
    """The forecasts in a folder, or that of a scenario's run, which is drawn if there is none."""
    from clientela.scoring import Series, series_in

    found = series_in(target)
    if found is not None:
        return found
    scenario = read_scenario(target, None, None, None, None, None)
    return Series(target, (found_or_drawn(scenario, None, 1, None, None),))
