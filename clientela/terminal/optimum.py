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
        console.print()
        console.print(_places(found))
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


def _signed(objective: Objective, size: float, beside: float = 1.0) -> str:
    """A difference with its sign, in points or in the objective's unit, with as many decimals as
    the half interval beside it needs."""
    scale = 100 if objective.is_share else 1
    return f"{scale * size:+.{_decimals(scale * beside)}f}".replace("-", "−")


def _half(objective: Objective, half: float) -> str:
    scaled = half * (100 if objective.is_share else 1)
    return f"±{scaled:.{_decimals(scaled)}f}"


def _decimals(half: float) -> int:
    return 1 if half >= 0.095 or half == 0 else 2 if half >= 0.0095 else 3


def _change(objective: Objective, change: Change) -> str:
    if change.change is None:
        return "–"
    return f"{_signed(objective, change.change, change.half)} {_half(objective, change.half)}"


def _with_half(objective: Objective, value: float | None, half: float) -> str:
    return "–" if value is None else f"{shown(objective, value)} {_half(objective, half)}"


def _levers(found: Optimum) -> Table:
    """What each lever does by itself on the search draws, and of one objective where it came to."""
    one = len(found.objectives) == 1
    table = _table(
        "\nlever", "from", "to", "at low", "at high", *(("best", "as good") if one else ())
    )
    for probe in found.search.probes:
        lever = probe.lever
        cells = [_ends(found, ends) for ends in (probe.low, probe.high)]
        cells += _placed(found, probe) if one else []
        idle = " ·" if probe.idle else ""
        name = lever.path.removeprefix("mechanisms.") + idle
        table.add_row(name, f"{lever.low:.3g}", f"{lever.high:.3g}", *cells)
    notes = [
        f"Each lever at its ends, the others as they are, search draws; as it is {_ends(found, found.search.base)}."
    ]
    if one:
        notes.append("| at its bound. As good: over trials within the interval of the best.")
    if any(probe.idle for probe in found.search.probes):
        notes.append("· moves nothing and is left as it is.")
    table.caption, table.caption_justify = " ".join(notes), "left"
    return table


def _ends(found: Optimum, values: tuple[float | None, ...]) -> str:
    return ", ".join(shown(o, v) for o, v in zip(found.objectives, values, strict=True))


def _placed(found: Optimum, probe: Probe) -> list[str]:
    if probe.idle:
        return ["", ""]
    lever = probe.lever
    value = found.chosen[0].trial.values[lever.path]
    bound = "|" if value in (lever.low, lever.high) else " "
    span = found.as_good(lever)
    return [f"{value:.3g}{bound}", "" if span is None else f"{span[0]:.3g} to {span[1]:.3g}"]


def _values(found: Optimum) -> Table:
    best, objective = found.chosen[0], found.objectives[0]
    table = _table(f"\n{objective.unit}", "as it is", "best", "change")
    search, half = found.search.base[0], best.changes[0].half
    tried = best.trial.found[0] if best.trial.found else None
    apart = "–" if search is None or tried is None else _signed(objective, tried - search, half)
    table.add_row("search draws", shown(objective, search), shown(objective, tried), apart)
    table.add_row(
        "fresh draws",
        _with_half(objective, found.base[0], found.base_halves[0]),
        _with_half(objective, best.values[0], best.halves[0]),
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
    before, after = found.search.base[0], found.base[0]
    if optimism is not None and before is not None and after is not None:
        half = change.half
        words.append(
            f"Optimism of choosing the best on the search draws: its value there less that on fresh draws is "
            f"{_signed(objective, optimism, half)}, and the same for the scenario as it is "
            f"{_signed(objective, before - after, half)}, which leaves "
            f"{_signed(objective, optimism - before + after, half)}."
        )
    settings = " ".join(f"--set {path}={value:g}" for path, value in best.trial.values.items())
    return f"{' '.join(words)}\nbest: {settings}"


def _front(found: Optimum) -> Table:
    """The points of the front on fresh draws: objectives and changes."""
    one, two = found.objectives
    table = _table("\nfront", one.name, "change", two.name, "change")
    base = [_with_half(o, v, h) for o, v, h in zip(found.objectives, found.base, found.base_halves, strict=True)]  # fmt: skip
    table.add_row("as it is", base[0], "", base[1], "")
    for number, chosen in enumerate(found.chosen, 1):
        cells = []
        for k, o in enumerate(found.objectives):
            cells += [
                _with_half(o, chosen.values[k], chosen.halves[k]),
                _change(o, chosen.changes[k]),
            ]
        table.add_row(f"{number}{'*' if chosen.beaten else ''}", *cells)
    return table


def _places(found: Optimum) -> Table:
    """The levers at the points of the front."""
    table = _table("lever", *(f"{n}" for n in range(1, len(found.chosen) + 1)))
    for lever in found.search.levers:
        values = (f"{chosen.trial.values[lever.path]:.2g}" for chosen in found.chosen)
        table.add_row(lever.path.removeprefix("mechanisms."), *values)
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
        size, half = (100 * part if objective.is_share else part for part in total)
        words += (
            f" Left to gain by another best response, both together: {size:.{_decimals(half)}f} "
            f"{_half(objective, total[1])}{unit} (exploitability)."
        )
    return (
        words
        + " This is approximate: short searches over these levers alone, and what lies within "
        "the noise is not told from nothing."
    )


def _table(first: str, *columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(first, overflow="fold")
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table
