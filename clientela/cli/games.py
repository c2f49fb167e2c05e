"""Command on the games that actors play: games."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from clientela.cli.common import (
    BranchOption,
    JsonOption,
    PluginOption,
    SeedOption,
    SetOption,
    Target,
    app,
    changes_of,
    faults,
    load_plugins,
)


@app.command("games")
def show_games(
    target: Target,
    branch: BranchOption = None,
    set_: SetOption = None,
    draws: Annotated[
        int, typer.Option(metavar="N", min=2, max=100_000, help="Draws of the unknowns.")
    ] = 2_000,
    seed: SeedOption = 1,
    json_: JsonOption = False,
    plugin: PluginOption = None,
) -> None:
    """What patrons, clients, suspects and victims would do if they acted on their interests."""
    with faults():
        load_plugins(plugin)
        from clientela.analysis.games import games
        from clientela.api import reader

        options = {"branch": branch, "changes": changes_of(set_)}
        found = games(reader(target), options, draws=draws, seed=seed)
        if json_:
            typer.echo(json.dumps(found.as_json(), ensure_ascii=False))
        else:
            from clientela.terminal.games import print_games

            print_games(found)
