"""The command that searches an actor's levers: optimise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clientela.cli.common import (
    BAD_INPUT,
    BranchOption,
    FolderOption,
    JsonOption,
    PluginOption,
    SeedOption,
    SetOption,
    SourceOption,
    Target,
    UntilOption,
    WithoutOption,
    app,
    changes_of,
    faults,
    folder_for,
    load_plugins,
    progress,
    stop,
    write_figure,
)

if TYPE_CHECKING:
    from clientela.scenario import Scenario


@app.command()
def optimise(
    target: Target,
    actor: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Whose levers; two: best responses in turn."),
    ] = None,
    objective: Annotated[
        list[str] | None,
        typer.Option(
            metavar="OBJ",
            help="fewest-killed (default), own-seats, QUESTION[=KIND] or not:QUESTION; two: the front.",
        ),
    ] = None,
    lever: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH=LOW:HIGH", help="A lever in place of the actor's (repeatable)."),
    ] = None,
    trials: Annotated[
        int | None, typer.Option(metavar="N", help="Points tried (60; of two actors 20 a turn).")
    ] = None,
    draws: Annotated[int, typer.Option(metavar="N", help="Histories of each trial.")] = 1_000,
    final: Annotated[
        int, typer.Option(metavar="N", help="Fresh histories of the result.")
    ] = 20_000,
    seed: SeedOption = 1,
    until: UntilOption = None,
    branch: BranchOption = None,
    without: WithoutOption = None,
    without_source: SourceOption = None,
    set_: SetOption = None,
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Of two objectives: draw the front.")
    ] = None,
    out: FolderOption = None,
    json_: JsonOption = False,
    plugin: PluginOption = None,
) -> None:
    """What an actor could best do for fewer killed, for order or for its seats, with its own levers."""
    with faults():
        from clientela.analysis.study import require_optuna

        require_optuna()
        load_plugins(plugin)
        from clientela.analysis.checking import refuse_explosion
        from clientela.analysis.levers import levers_by_actor
        from clientela.analysis.objectives import FEWEST_KILLED, objective_of
        from clientela.api import reader

        options = {"branch": branch, "without": without or [], "changes": changes_of(set_),
                   "without_sources": without_source or []}  # fmt: skip
        take = reader(target)
        base = take(**options)
        actors, wanted = _asked(base, actor, objective or [FEWEST_KILLED], figure)
        levers = levers_by_actor(base, actors, lever or [])
        whose = actors if len(actors) > 1 else actors * len(wanted)
        goals = [objective_of(o, base, a) for o, a in zip(wanted, whose, strict=True)]
        refuse_explosion(base)
        number = trials if trials is not None else (60 if len(actors) == 1 else 20)
        common: dict[str, Any] = {
            "trials": number, "draws": draws, "final": final, "seed": seed, "options": options,
            "until": until.date() if until else None,
            "out": out or folder_for(base, seed, until, "optimise", actors, levers, wanted, draws, seed,
                                     until, number if len(actors) > 1 else None),
        }  # fmt: skip
        if len(actors) == 1:
            _one(take, actors[0], levers[actors[0]], goals, common, figure, json_)
        else:
            _two(take, levers, dict(zip(actors, goals, strict=True)), common, json_)


def _asked(
    base: Scenario, actors: list[str] | None, objectives: list[str], figure: Path | None
) -> tuple[list[str], list[str]]:
    """The actors and their objectives, or one message on how they do not go together."""
    from clientela.reading import unknown

    if not actors:
        patrons = [name for name, a in base.actors.items() if a.kind == "patron"]
        stop(
            BAD_INPUT, f"whose levers? give --actor ID, such as {(patrons or list(base.actors))[0]}"
        )
    for name in actors:
        if name not in base.actors:
            stop(BAD_INPUT, f"--actor {name}: {unknown('actor', name, base.actors)}")
    if len(actors) > 2 or len(set(actors)) < len(actors):
        stop(BAD_INPUT, "--actor: one actor, or two different ones")
    if len(actors) == 2 and len(objectives) == 1:
        objectives = objectives * 2
    if len(objectives) > 2 or (len(actors) == 1 and len(set(objectives)) < len(objectives)):
        stop(BAD_INPUT, "--objective: one objective, or two different ones")
    if figure is not None and (len(actors) == 2 or len(objectives) == 1):
        stop(
            BAD_INPUT,
            f"--figure {figure}: there is a front to draw with one actor and two objectives",
        )
    return actors, objectives


def _one(take, actor, levers, goals, common, figure: Path | None, json_: bool) -> None:
    from clientela.analysis.optimising import optimise as optimum_of

    with progress(common["trials"], "trials") as advance:
        found = optimum_of(take, actor, levers, goals, progress=advance, **common)
    if json_:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False))
    else:
        from clientela.terminal.optimum import print_optimum

        print_optimum(found)
    if figure is not None:
        from clientela.report.front_figure import front_figure

        write_figure(figure, front_figure(found))


def _two(take, levers, goals, common, json_: bool) -> None:
    from clientela.analysis.best_responses import MOST_ROUNDS, best_responses

    with progress(2 * MOST_ROUNDS + 2, "searches") as advance:
        found = best_responses(take, levers, goals, progress=advance, **common)
    if json_:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False))
    else:
        from clientela.terminal.optimum import print_responses

        print_responses(found)
