"""What `optimise` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from clientela.analysis.words import percent

if TYPE_CHECKING:
    from clientela.analysis.best_responses import Responses
    from clientela.analysis.objectives import Change, Objective
    from clientela.analysis.optimising import Chosen, Optimum, Probe


def print_optimum(found: Optimum) -> None:
    """The levers, the best of one objective or the front of two, and how sure that is."""
    console = Console(markup=False, emoji=False)
    scenario = found.scenario
    against = f", branch {scenario.branch}" if scenario.branch else ""
    console.print(f"{scenario.title}{against}", style="bold", soft_wrap=True)
    taken_up = found.search.taken_up
    taken = f", {taken_up} taken up from before" if taken_up else ""
    console.print(
        f"{scenario.actors[found.actor].name}: {len(found.search.trials):,} trials{taken}, {found.draws:,} "
        f"draws each, seed {found.seed}, the same random numbers in all; results from {found.final:,} "
        f"fresh draws, seed {found.final_seed}",
        soft_wrap=True,
    )
    for objective in found.objectives:
        console.print(f"{_wanted(objective)}: {objective.sentence}", soft_wrap=True)
    console.print(_levers(found))
    if len(found.objectives) == 1:
        console.print(_values(found))
        console.print(_verdict(found), soft_wrap=True)
    else:
        console.print(_front(found))
        console.print(_front_words(found), soft_wrap=True)
    if any(chosen.failed for chosen in found.chosen):
        worst = max(chosen.failed for chosen in found.chosen)
        console.print(f"up to {percent(worst)} of the draws failed and are left out")
    outside = sum(trial.found is None for trial in found.search.trials)
    if outside:
        console.print(f"{outside} trials do not count: the question did not arise, or draws failed")
    console.print(
        "\nA setting costs its actor only what the model says it does; money, men and standing outside "
        "it are free here, so a lever at its bound says that more is better, not how much is wise.",
        soft_wrap=False, style="dim",
    )  # fmt: skip
    console.print(f"{found.seconds:.1f} s; trials and result: {found.folder}", soft_wrap=True, highlight=False)  # fmt: skip


def _wanted(objective: Objective) -> str:
    return f"{objective.name}, {'more is better' if objective.sign > 0 else 'less is better'}"


def shown(objective: Objective, value: float | None) -> str:
    """A value of an objective in its unit."""
    if value is None:
        return "–"
    return percent(value, 1) if objective.is_share else f"{value:.1f}"


def _half(objective: Objective, half: float) -> str:
    return f"±{100 * half:.1f}" if objective.is_share else f"±{half:.1f}"


def _change(objective: Objective, change: Change) -> str:
    if change.change is None:
        return "–"
    size = 100 * change.change if objective.is_share else change.change
    return f"{size:+.1f} {_half(objective, change.half)}".replace("-", "−")


def _levers(found: Optimum) -> Table:
    """What each lever does by itself on the search draws, and of one objective where it came to."""
    one = len(found.objectives) == 1
    table = _table("\nlever", "from", "to", "at low", "at high")
    if one:
        for name in ("best", "as good"):
            table.add_column(name, justify="right", no_wrap=True)
    for probe in found.search.probes:
        lever = probe.lever
        cells = [_ends(found, ends) for ends in (probe.low, probe.high)]
        if one:
            cells += _placed(found, probe)
        elif probe.idle:
            cells[0] += " ·"
        table.add_row(lever.path.removeprefix("mechanisms."), f"{lever.low:g}", f"{lever.high:g}", *cells)
    idle = "; · moves nothing, left as it is" if any(p.idle for p in found.search.probes) else ""
    table.caption = f"each lever at its ends, the others as they are{idle}; search draws, as it is {_ends(found, found.search.base)}"
    table.caption_justify = "left"
    return table


def _ends(found: Optimum, values: tuple[float | None, ...]) -> str:
    return ", ".join(shown(o, v) for o, v in zip(found.objectives, values, strict=True))


def _placed(found: Optimum, probe: Probe) -> list[str]:
    if probe.idle:
        return ["·", ""]
    lever = probe.lever
    value = found.chosen[0].trial.values[lever.path]
    bound = " (bound)" if value in (lever.low, lever.high) else ""
    span = found.as_good(lever)
    return [f"{value:g}{bound}", "" if span is None else f"{span[0]:g} to {span[1]:g}"]


def _values(found: Optimum) -> Table:
    best, objective = found.chosen[0], found.objectives[0]
    table = _table(f"\n{objective.unit}", "as it is", "best", "change")
    search = found.search.base[0]
    tried = best.trial.found[0] if best.trial.found else None
    apart = None if search is None or tried is None else tried - search
    size = "–" if apart is None else f"{100 * apart if objective.is_share else apart:+.1f}".replace("-", "−")  # fmt: skip
    table.add_row("search draws", shown(objective, search), shown(objective, tried), size)
    table.add_row(
        "fresh draws",
        f"{shown(objective, found.base[0])} {_half(objective, 1.96 * found.base_errors[0])}",
        f"{shown(objective, best.values[0])} {_half(objective, 1.96 * best.errors[0])}",
        _change(objective, best.changes[0]),
    )
    return table


def _verdict(found: Optimum) -> str:
    best, objective = found.chosen[0], found.objectives[0]
    change, optimism = best.changes[0], best.optimism(0)
    words = []
    if change.change is None:
        words.append("The question did not arise in the fresh draws, so nothing can be said of it.")
    elif not change.surely:
        words.append("The interval includes no change: these levers are not shown to help.")
    elif objective.sign * change.change < 0:
        words.append("On fresh draws it is worse than the scenario as it is: nothing is gained.")
    else:
        words.append("The change is beyond its interval: these levers help, in this model.")
    if optimism is not None:
        size = 100 * optimism if objective.is_share else optimism
        unit = " points" if objective.is_share else ""
        side = "better" if objective.sign * optimism > 0 else "worse"
        words.append(
            "The best was chosen on the search draws, so its value there is optimistic: that value less "
            f"the one on fresh draws is {size:+.1f}{unit}".replace("-", "−") + f" ({side} than it is)."
        )
    settings = " ".join(f"--set {path}={value:g}" for path, value in best.trial.values.items())
    return f"{' '.join(words)}\nbest: {settings}"


def _front(found: Optimum) -> Table:
    """The points of the front on fresh draws: the objectives, changes, and the levers."""
    one, two = found.objectives
    table = _table("\nfront", one.name, "change", two.name, "change", *(x.name for x in found.search.levers))  # fmt: skip
    base = [f"{shown(o, v)} {_half(o, 1.96 * e)}"
            for o, v, e in zip(found.objectives, found.base, found.base_errors, strict=True)]  # fmt: skip
    table.add_row("as it is", base[0], "", base[1], "", *("as it is" for _ in found.search.levers))
    for number, chosen in enumerate(found.chosen, 1):
        cells = []
        for k, o in enumerate(found.objectives):
            cells += [f"{shown(o, chosen.values[k])} {_half(o, 1.96 * chosen.errors[k])}", _change(o, chosen.changes[k])]  # fmt: skip
        values = [f"{chosen.trial.values[x.path]:.3g}" for x in found.search.levers]
        table.add_row(f"{number}{'*' if chosen.beaten else ''}", *cells, *values)
    return table


def _front_words(found: Optimum) -> str:
    words = [
        f"{len(found.front)} of {len(found.search.trials)} trials are on the front of the search draws"
    ]
    if len(found.chosen) < len(found.front):
        words.append(f", {len(found.chosen)} of them shown")
    if any(chosen.beaten for chosen in found.chosen):
        words.append("; * on fresh draws another is at least as good in both")
    better = sum(_helps(found, chosen) for chosen in found.chosen)
    words.append(
        f"; {better} of those shown are better than the scenario as it is in one objective beyond its "
        "interval, and not surely worse in the other"
        if better
        else "; none of those shown is surely better than the scenario as it is without being surely "
        "worse in the other objective"
    )
    return "".join(words)


def _helps(found: Optimum, chosen: Chosen) -> bool:
    surely = [
        o.sign * (c.change or 0.0) * c.surely
        for o, c in zip(found.objectives, chosen.changes, strict=True)
    ]
    return min(surely) >= 0 and max(surely) > 0


def print_responses(found: Responses) -> None:
    """The turns, where they led, and what that leaves open."""
    console = Console(markup=False, emoji=False)
    names = {actor: found.scenario.actors[actor].name for actor in found.objectives}
    console.print(found.scenario.title, style="bold", soft_wrap=True)
    for actor, objective in found.objectives.items():
        console.print(f"{names[actor]}: {_wanted(objective)}: {objective.sentence}", soft_wrap=True)
    console.print(
        f"{found.trials} trials a turn of {found.draws:,} draws, seed {found.seed}; a move is made if it "
        f"helps beyond its interval on {2 * found.draws:,} fresh draws",
        soft_wrap=True,
    )
    table = _table("\nround", "change", "")
    for move in found.moves:
        table.add_row(f"{move.round} {names[move.actor]}", _change(found.objectives[move.actor], move.change),
                      "moves" if move.taken else "stays")  # fmt: skip
    console.print(table)
    table = _table("\npoint reached", "as it is", "there", "change", "left to gain")
    for gain in found.gains:
        outcome, o = found.outcomes[gain.actor], gain.objective
        table.add_row(f"{names[gain.actor]}: {o.unit}", shown(o, outcome.base), shown(o, outcome.other),
                      _change(o, outcome), _change(o, gain.change))  # fmt: skip
    console.print(table)
    for actor, point in found.point.items():
        settings = " ".join(f"--set {path}={value:g}" for path, value in point.items())
        console.print(f"{names[actor]}: {settings or 'as it is'}", soft_wrap=True)
    console.print(_left(found), soft_wrap=True)
    console.print(f"{found.seconds:.1f} s; trials and result: {found.folder}", soft_wrap=True, highlight=False)  # fmt: skip


def _left(found: Responses) -> str:
    words = (
        "Neither moved in the last round."
        if found.settled
        else f"After {found.rounds} rounds they still moved; this is where it was cut off."
    )
    total = found.exploitability
    if total is None:
        words += " Their units differ, so what they would still gain is not added up."
    else:
        objective = found.gains[0].objective
        unit = " points" if objective.is_share else f" {objective.unit}"
        size = 100 * total[0] if objective.is_share else total[0]
        words += (
            f" Left to gain by another best response, both together: {size:.1f} "
            f"{_half(objective, total[1])}{unit} (exploitability)."
        )
    return (
        words + " This is approximate: short searches over these levers alone, and what lies within "
        "the noise is not told from nothing."
    )


def _table(first: str, *columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(first, overflow="fold")
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table
