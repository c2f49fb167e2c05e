"""What `games` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from clientela.analysis.games import Games, Hold, Standoff


def print_games(found: Games) -> None:
    """A table per patron, a row per client; and one per victim, a row per suspect."""
    console = Console(markup=False, emoji=False)
    console.print(found.scenario.title, style="bold", soft_wrap=True)
    console.print(
        f"{found.draws:,} draws, seed {found.seed}; medians, and below them 5 to 95 % of draws"
    )
    for patron in dict.fromkeys(hold.patron for hold in found.holds):
        console.print(f"\n{_name(found, patron)} and its clients, at day 0", style="bold")
        console.print(_holds(found, [h for h in found.holds if h.patron == patron]))
        for line in _HOLD_NOTES:
            console.print(line, style="dim", soft_wrap=True)
    for standoff in found.standoffs:
        console.print(f"\n{_name(found, standoff.victim)} and its suspects", style="bold")
        console.print(_suspects(found, standoff))
        alarms = _spread(standoff.alarms, "{:.2f}").replace("\n", ", ")
        console.print(f"False alarms a year: {alarms}.", highlight=False)
        share = standoff.unique.mean()
        console.print(
            f"The equilibrium is provably the only one in {100 * share:.0f} % of the draws"
            + ("." if share == 1.0 else "; elsewhere it is that reached from the fewest attacks."),
            highlight=False, soft_wrap=True,
        )  # fmt: skip
        for line in _SUSPECT_NOTES:
            console.print(line, style="dim", soft_wrap=True)


_HOLD_NOTES = (
    "held: share of draws in which the patron controls the client. fails under: control under which "
    "it cannot, on a scale of 0 to 1 (never: not even at 1). Of draws in which it does: probability "
    "that a disturbance starts an intervention, its intensity, its length in periods.",
    "Runs play this with mechanisms.patronage.strategy=indirect_control.",
)
_SUSPECT_NOTES = (
    "attacks: probability given the opportunity, now and at the usual attribution. Where it is "
    "named: belief that it was behind the attack, and probability of retaliation against it; and where another is.",
    "Runs play this with mechanisms.attribution.strategy=deterrence.",
)


def _name(found: Games, actor: str) -> str:
    return found.scenario.actors[actor].name


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(columns[0], min_width=16)
    for column in columns[1:]:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _holds(found: Games, holds: list[Hold]) -> Table:
    table = _table("\nclient", "\nheld", "fails\nunder", "\nstarts", "\nintensity", "\nlength")
    for hold in holds:
        some = hold.held
        cells = [
            _spread(values[some], form)
            for values, form in ((hold.start, "{:.2f}"), (hold.intensity, "{:.1f}"), (hold.length, "{:.1f}"))
        ]  # fmt: skip
        table.add_row(
            _name(found, hold.client), f"{100 * some.mean():.0f} %", _floor(hold.floor), *cells
        )
    return table


def _suspects(found: Games, standoff: Standoff) -> Table:
    table = _table("\nsuspect", "\nattacks", "\nusually", "behind it\nif named", "answered\nif named", "answered if\nanother is")  # fmt: skip
    for s in standoff.suspects:
        values = (s.attack, s.usual, s.named, s.answer, s.astray)
        table.add_row(_name(found, s.name), *(_spread(v, "{:.2f}") for v in values))
    return table


def _floor(floor: np.ndarray) -> str:
    low, middle, high = np.quantile(floor, [0.05, 0.5, 0.95], method="nearest")

    def shown(value: float) -> str:
        return "never" if value > 1.0 else f"{value:.2f}"

    return f"{shown(middle)}\n{shown(low)}–{shown(high)}"


def _spread(values: np.ndarray, form: str) -> str:
    """`0.42` and below it `0.10–0.93`, a dash for none."""
    if not len(values) or np.isnan(values).all():
        return "–"
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    if form.format(low) == form.format(high):
        return form.format(middle)
    return f"{form.format(middle)}\n{form.format(low)}–{form.format(high)}"
