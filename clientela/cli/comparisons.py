"""Commands that set what-ifs side by side: compare, branch, diverge, sweep."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clientela.cli.common import (
    BAD_INPUT,
    DRAWS,
    AgainstOption,
    BranchOption,
    FolderOption,
    JsonOption,
    PluginOption,
    QuestionsOption,
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
from clientela.folders import default_folder

if TYPE_CHECKING:
    from clientela.analysis.comparing import Comparison, Variant
    from clientela.analysis.points import Take
    from clientela.scenario import Scenario

BranchesOption = Annotated[
    list[str] | None,
    typer.Option("--branch", metavar="B", help="A what-if to compare (repeatable; default: all)."),
]


@app.command()
def compare(
    target: Target,
    branch: BranchesOption = None,
    set_: SetOption = None,
    without: WithoutOption = None,
    without_source: SourceOption = None,
    against: AgainstOption = None,
    question: QuestionsOption = None,
    draws: Annotated[int, typer.Option(metavar="N", help="Histories of each.")] = DRAWS,
    seed: SeedOption = 1,
    until: UntilOption = None,
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Also draw the differences.")
    ] = None,
    json_: JsonOption = False,
    plugin: PluginOption = None,
) -> None:
    """What would change it: answers of branches less those of the scenario, from shared chance.

    --set, --without and --without-source together are one more what-if.
    """
    with faults():
        load_plugins(plugin)
        from clientela.api import reader

        take = reader(target)
        base = take(branch=against)
        asked = _asked(base, question)
        variants = _variants(
            take, target, base, branch, set_, without, without_source, against, seed, until
        )
        from clientela.analysis.checking import refuse_explosion
        from clientela.analysis.comparing import compare as comparison_of

        for scenario in (base, *(v.scenario for v in variants)):
            refuse_explosion(scenario)
        with progress(draws * (len(variants) + 1)) as advance:
            found = comparison_of(
                base, variants, draws=draws, seed=seed, until=until.date() if until else None,
                out=default_folder(base, seed, until), progress=advance,
            ).asked(asked)  # fmt: skip
        _show(found, json_, figure)


def _show(found: Comparison, json_: bool, figure: Path | None) -> None:
    if json_:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False))
    else:
        from clientela.terminal.comparison import print_comparison

        print_comparison(found)
    if figure is not None:
        from clientela.report.comparison_figure import comparison_figure

        write_figure(figure, comparison_figure(found))


@app.command("branch")
def branch_a_run(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a finished run.")],
    from_: Annotated[
        dt.datetime,
        typer.Option(
            "--from",
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="The change is made as this day begins.",
        ),
    ],
    do: Annotated[
        list[str] | None,
        typer.Option(metavar="EVENT", help="Let this event happen on the day (repeatable)."),
    ] = None,
    branch: Annotated[str | None, typer.Option(metavar="B", help="Take this what-if.")] = None,
    set_: SetOption = None,
    without: WithoutOption = None,
    question: QuestionsOption = None,
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Also draw the differences.")
    ] = None,
    out: FolderOption = None,
    json_: JsonOption = False,
    plugin: PluginOption = None,
) -> None:
    """Go on from a day of a run with a change: what was drawn up to there stays as it is."""
    with faults():
        load_plugins(plugin)
        from clientela.analysis import open_run
        from clientela.analysis.branching import branch_from, doing, folder_of
        from clientela.analysis.comparing import Variant
        from clientela.api import reader

        base = open_run(folder)
        day = from_.date()
        asked = _asked(base.scenario, question)
        changes = {**changes_of(set_), **doing(do or [], day)}
        scenario = reader(folder / "scenario.json")(
            branch=branch, changes=changes, without=[*base.scenario.without, *(without or [])]
        )
        words = [*(do or []), *([f"branch {branch}"] if branch else []), *(set_ or []),
                 *(f"without {name}" for name in without or [])]  # fmt: skip
        title = f"from {day} on: {', '.join(words) or 'no change'}"
        variant = Variant(
            "branch", title, scenario, out or folder_of(base, scenario.digest[:8], day)
        )
        with progress(base.draws) as advance:
            found = branch_from(base, variant, day, progress=advance).asked(asked)
        _show(found, json_, figure)


def _asked(base: Scenario, questions: list[str] | None) -> list[str]:
    from clientela.reading import unknown

    for name in questions or []:
        if name not in base.questions:
            stop(BAD_INPUT, f"--question {name}: {unknown('question', name, base.questions)}")
    return questions or list(base.questions)


def _variants(
    take: Take, target: str, base: Scenario, branches: list[str] | None, changes: list[str] | None,
    without: list[str] | None, sources: list[str] | None, against: str | None, seed: int, until,
) -> list[Variant]:  # fmt: skip
    """The branches asked for, or all; and one more for what the other options change."""
    from clientela.analysis.comparing import Variant

    changed = bool(changes or without or sources)
    names = branches or ([] if changed else [b for b in base.branches if b != against])
    if not names and not changed:
        stop(
            BAD_INPUT, f"{target}: has no branches to compare; name a change with --set PATH=VALUE"
        )
    found = []
    for name in names:
        scenario = take(branch=name)
        title = scenario.branches[name].title
        found.append(Variant(name, title, scenario, default_folder(scenario, seed, until)))
    if changed:
        scenario = take(
            branch=against, changes=changes_of(changes), without=without or [],
            without_sources=sources or [],
        )  # fmt: skip
        words = [
            *(changes or []),
            *(f"without {name}" for name in without or []),
            *(f"without source {name}" for name in sources or []),
        ]
        found.append(Variant("changed", ", ".join(words), scenario, default_folder(scenario, seed, until)))  # fmt: skip
    return found


@app.command()
def diverge(
    target: Target,
    draw: Annotated[int, typer.Option(metavar="N", min=0, help="The draw to look at.")],
    branch: Annotated[str | None, typer.Option(metavar="B", help="The what-if.")] = None,
    set_: SetOption = None,
    without: WithoutOption = None,
    without_source: SourceOption = None,
    against: AgainstOption = None,
    seed: SeedOption = 1,
    until: UntilOption = None,
    top: Annotated[int, typer.Option(metavar="N", min=1, help="Rows after the parting.")] = 12,
    json_: JsonOption = False,
    plugin: PluginOption = None,
) -> None:
    """One history with and without a change: where they part, and what followed in each."""
    with faults():
        if not (branch or set_ or without or without_source):
            stop(BAD_INPUT, "there is nothing to compare with; give --branch, --set or --without")
        load_plugins(plugin)
        from clientela.api import reader

        take = reader(target)
        base = take(branch=against)
        other = take(
            branch=branch or against, changes=changes_of(set_), without=without or [],
            without_sources=without_source or [],
        )  # fmt: skip
        from clientela.analysis.diverging import diverge as divergence_of

        found = divergence_of(base, other, draw, seed=seed, until=until.date() if until else None)
        if json_:
            typer.echo(json.dumps(found.as_json(), ensure_ascii=False))
        else:
            from clientela.terminal.comparison import print_divergence

            print_divergence(found, base, top)


@app.command()
def sweep(
    target: Target,
    over: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH=LOW:HIGH:COUNT", help="Values of a path (repeatable), or PATH=A,B,C."
        ),
    ] = None,
    hypercube: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="So many points of a Latin hypercube, not the grid."),
    ] = None,
    question: QuestionsOption = None,
    outcome: Annotated[
        str | None,
        typer.Option(metavar="KIND", help="Of a question of several kinds: which is shown."),
    ] = None,
    draws: Annotated[
        int, typer.Option(metavar="N", min=2, help="Histories at each point.")
    ] = 2_000,
    seed: SeedOption = 1,
    until: UntilOption = None,
    branch: BranchOption = None,
    without: WithoutOption = None,
    without_source: SourceOption = None,
    set_: SetOption = None,
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Lines over one path, a map over two.")
    ] = None,
    out: FolderOption = None,
    json_: JsonOption = False,
    plugin: PluginOption = None,
) -> None:
    """Answers over a range of values, from the same draws at every point."""
    with faults():
        load_plugins(plugin)
        from clientela.analysis.points import Axis, grid, latin_hypercube
        from clientela.analysis.sweeping import sweep as sweep_of
        from clientela.api import reader

        axes = [Axis.of(text) for text in over or []]
        points = latin_hypercube(axes, hypercube, seed) if hypercube else grid(axes)
        options = {"branch": branch, "without": without or [], "changes": changes_of(set_),
                   "without_sources": without_source or []}  # fmt: skip
        take = reader(target)
        base = take(**options)
        asked = _asked(base, question)
        shown = _shown(base, asked, outcome)
        folder = out or folder_for(base, seed, until, "sweep", axes, points, draws, seed, until, asked)  # fmt: skip
        with progress(len(points), "points") as advance:
            found = sweep_of(
                take, points, out=folder, draws=draws, seed=seed, until=until.date() if until else None,
                questions=asked, options=options, progress=advance,
            )  # fmt: skip
        if json_:
            typer.echo(json.dumps(found.table.to_dicts(), ensure_ascii=False))
        else:
            from clientela.terminal.sweep import print_sweep

            print_sweep(found, shown)
        if figure is not None:
            from clientela.report.sweep_figure import sweep_figure

            write_figure(figure, sweep_figure(found, shown))


def _shown(base: Scenario, asked: list[str], outcome: str | None) -> list[tuple[str, str]]:
    """(question, outcome) of what is shown: of a question of kinds the one asked for, or each."""
    from clientela.reading import unknown

    found: list[tuple[str, str]] = []
    kinds = [*(base.chamber.governments if base.chamber else {}), "other", "none"]
    if outcome is not None and outcome not in kinds:
        stop(BAD_INPUT, f"--outcome {outcome}: {unknown('kind', outcome, kinds)}")
    for name in asked:
        if base.questions[name].kinds is None:
            found.append((name, "yes"))
        else:
            found += [(name, kind) for kind in kinds if outcome in (None, kind)]
    return found
