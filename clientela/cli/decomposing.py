"""Command that shares the effect of a what-if out among the mechanisms: decompose."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from clientela.cli.common import (
    BAD_INPUT,
    INTERRUPTED,
    AgainstOption,
    BranchOption,
    JsonOption,
    PluginOption,
    SeedOption,
    SetOption,
    Target,
    UntilOption,
    app,
    changes_of,
    faults,
    load_plugins,
    progress,
    stop,
    write_figure,
)


@app.command()
def decompose(
    target: Target,
    question: Annotated[str, typer.Option(metavar="Q", help="The question looked at.")],
    branch: BranchOption = None,
    set_: SetOption = None,
    against: AgainstOption = None,
    outcome: Annotated[
        str | None,
        typer.Option(metavar="KIND", help="Of a question of several kinds: the one looked for."),
    ] = None,
    draws: Annotated[
        int, typer.Option(metavar="N", min=4, help="Histories of each set, in both runs.")
    ] = 2_000,
    sets: Annotated[
        int,
        typer.Option(
            metavar="N", min=1, help="Exact up to so many sets of mechanisms, else sampled."
        ),
    ] = 128,
    seed: SeedOption = 1,
    until: UntilOption = None,
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Also draw the shares.")
    ] = None,
    json_: JsonOption = False,
    plugin: PluginOption = None,
) -> None:
    """How much of the effect of a what-if on an answer goes through which mechanism."""
    with faults():
        if not (branch or set_):
            stop(BAD_INPUT, "there is no effect to decompose; give --branch or --set PATH=VALUE")
        load_plugins(plugin)
        from clientela.analysis.checking import refuse_explosion
        from clientela.analysis.decomposing import decompose as decomposition_of
        from clientela.api import reader

        changes, take = changes_of(set_), reader(target)
        for scenario in (take(branch=against), take(branch=branch or against, changes=changes)):
            refuse_explosion(scenario)
        try:
            with progress(sets, "sets") as advance:
                found = decomposition_of(
                    take, question, branch=branch, changes=changes, against=against, outcome=outcome,
                    draws=draws, seed=seed, until=until.date() if until else None, sets=sets,
                    progress=advance,
                )  # fmt: skip
        except KeyboardInterrupt:
            stop(INTERRUPTED, "Interrupted. Nothing is kept of a decomposition.")
        if json_:
            typer.echo(json.dumps(found.as_json(), ensure_ascii=False))
        else:
            from clientela.terminal.decomposition import print_decomposition

            print_decomposition(found)
        if figure is not None:
            from clientela.report.decomposition_figure import decomposition_figure

            write_figure(figure, decomposition_figure(found))
