"""What `clientela chamber` says."""

from __future__ import annotations

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from clientela.chamber.hemicycle import hemicycle, seating_order
from clientela.chamber.plane import Spatial
from clientela.chamber.survey import StepPower, Survey
from clientela.scenario import Step

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
COLOURS = ("blue", "yellow", "green", "red", "magenta", "cyan", "bright_blue", "bright_red",
           "bright_green", "bright_magenta", "bright_yellow", "bright_cyan")  # fmt: skip
WIDE, HIGH, DOTS = 63, 14, 110
MOST_LINES = 8


def print_survey(found: Survey) -> None:
    """The hemicycle, who can govern, who can block, who will."""
    console = Console(markup=False, emoji=False)
    parliament, chamber = found.parliament, found.parliament.chamber
    when = f", {parliament.date}" if parliament.date else ""
    console.print(f"{parliament.title}{when}", style="bold")
    console.print(f"{chamber.seats} seats, {chamber.majority} are a majority\n")
    for line in _hemicycle(found):
        console.print(line)
    console.print(_lists(found))
    console.print(_minimal(found))
    console.print(_power(found))
    console.print(_procedure(found))
    console.print(_governments(found))
    console.print(_posts(found))
    _notes(console, found)


def _letters(found: Survey) -> dict[str, str]:
    chamber = found.parliament.chamber
    return {chamber.names[i]: LETTERS[k] for k, i in enumerate(seating_order(chamber))}


def _hemicycle(found: Survey) -> list[Text]:
    """A grid of letters, one for a few seats where there are many."""
    chamber = found.parliament.chamber
    order = seating_order(chamber)
    per_dot = max(1, -(-chamber.seats // DOTS))
    seats = [max(1, round(chamber.lists[i].seats / per_dot)) for i in order]
    grid = [[" "] * WIDE for _ in range(HIGH)]
    for x, y, owner in hemicycle(seats, rows=5):
        column, row = round((x + 1) / 2 * (WIDE - 1)), round((1 - y) * (HIGH - 1))
        grid[row][column] = LETTERS[int(owner)]
    colour = {LETTERS[k]: COLOURS[k % len(COLOURS)] for k in range(len(order))}
    lines = []
    for row in grid:
        line = Text("  ")
        for letter in row:
            line.append(letter, style=colour.get(letter, ""))
        lines.append(line)
    if per_dot > 1:
        lines.append(Text(f"  each letter stands for about {per_dot} seats\n", style="dim"))
    return lines


def _lists(found: Survey) -> Table:
    chamber, letters = found.parliament.chamber, _letters(found)
    table = _table(
        "Lists, from left to right", "", "list", "seats", "camp", "community", "in government"
    )
    inclusion = found.formation.inclusion if found.formation else found.sampled.inclusion if found.sampled else {}  # fmt: skip
    for i in seating_order(chamber):
        party = chamber.lists[i]
        marks = {
            "refuses some": any(v.of == party.id for v in chamber.vetoes),
            "incumbent": party.incumbent,
            "led": party.leads,
            "one by one": not party.bloc,
        }
        note = ", ".join(mark for mark, is_so in marks.items() if is_so)
        name = found.parliament.names[party.id] + (f" ({note})" if note else "")
        chance = f"{100 * inclusion[party.id]:.0f} %" if party.bloc else "–"
        table.add_row(letters[party.id], name, str(party.seats), party.camp or "–", party.community or "–", chance)  # fmt: skip
    return table


def _minimal(found: Survey) -> Table:
    count = len(found.minimal_winning)
    shown = min(count, 5)
    title = f"Minimal winning coalitions: {count}" + (
        f", the smallest {shown}" if count > shown else ""
    )
    table = _table(title, "lists", "seats", "which is")
    for coalition in found.minimal_winning[:shown]:
        marks = {
            "of minimum size": coalition.minimum_size,
            "of minimum range": coalition.minimum_range,
            "connected": coalition.connected,
        }
        which = ", ".join(mark for mark, is_so in marks.items() if is_so)
        table.add_row(_names(found, coalition.lists), str(coalition.seats), which or "–")
    return table


def _power(found: Survey) -> Table:
    """Indices by how many seats a step takes: steps that take the same are one game."""
    games: dict[int, list[StepPower]] = {}
    for step in found.steps:
        games.setdefault(step.quota, []).append(step)
    columns = [f"{', '.join(s.step for s in steps)} ({quota})" for quota, steps in games.items()]
    title = "Power: Shapley–Shubik and Banzhaf index, by the seats that pass a step whatever others do; ! blocks it alone"
    table = _table(title, "list", *columns)
    first = [steps[0] for steps in games.values()]
    ranked = sorted(first[0].shapley_shubik, key=lambda n: -first[0].shapley_shubik[n])
    for name in ranked:
        cells = [
            f"{s.shapley_shubik[name]:.3f}  {s.banzhaf[name]:.3f} {'!' if s.blocks_alone[name] else ' '}"
            for s in first
        ]
        if any(s.shapley_shubik[name] > 0 for s in first):
            table.add_row(found.parliament.names[name], *cells)
    return table


def _procedure(found: Survey) -> Table:
    table = _table(
        "Procedure", "step", "needs", "otherwise", "smallest groups that block by staying away"
    )
    for step, written in zip(found.steps, found.parliament.procedure, strict=True):
        groups = [_names(found, group) for group in (step.blocking or [])[:3]]
        none = "–" if step.blocking is None else "none of up to five lists"
        table.add_row(step.step, step.needs, _otherwise(written), "; ".join(groups) or none)
    return table


def _otherwise(step: Step) -> str:
    """What follows if the step fails."""
    parts = [step.failed.replace("-", " ")]
    if step.attempts:
        parts.append(f"after {step.attempts} attempts {step.exhausted}")
    if step.within:
        parts.append(f"after {step.within:g} days {step.lapsed}")
    return "; ".join(parts)


def _governments(found: Survey) -> Table:
    likeliest = found.formation.likeliest if found.formation else []
    steps = [step.step for step in found.steps]
    table = _table(
        "Likeliest governments, and the probability that each step passes",
        "lists",
        "seats",
        "prob.",
        *steps,
    )
    for coalition, passing in zip(likeliest, found.passing, strict=False):
        table.add_row(
            _names(found, coalition.lists),
            str(coalition.seats),
            f"{100 * coalition.probability:.1f} %",
            *(f"{100 * passing[step]:.0f} %" for step in steps),
        )
    return table


def _posts(found: Survey) -> Table:
    posts = found.posts
    table = _table("Shares of the posts, in per cent", "list", "likeliest, by seats", "expected, by seats",
                   "Baron–Ferejohn", "Shapley–Shubik")  # fmt: skip
    order = sorted(posts.expected, key=lambda n: -posts.expected[n])
    for name in order[:MOST_LINES]:
        bargained = posts.baron_ferejohn
        table.add_row(
            found.parliament.names[name],
            *(f"{100 * share[name]:.0f}" for share in (posts.likeliest, posts.expected)),
            f"{100 * bargained[name]:.0f}" if bargained else "–",
            f"{100 * posts.shapley_shubik[name]:.0f}",
        )
    return table


def _notes(console: Console, found: Survey) -> None:
    if found.ruling:
        cores = " or ".join(_names(found, core) for core in found.ruling)
        console.print(
            f"Armed ruling coalition (Acemoglu, Egorov & Sonin 2008): {cores}", soft_wrap=True
        )
    if found.spatial:
        console.print(_in_space(found, found.spatial), soft_wrap=True)
    if found.formation:
        console.print(
            f"{found.formation.coalitions:,} coalitions can reach {found.seats_needed} seats; "
            f"a minority government has {100 * found.formation.minority:.0f} %, "
            f"{found.formation.size:.1f} lists are expected.",
            soft_wrap=True,
        )
    elif found.sampled:
        console.print(
            f"Sampled: R-hat {found.sampled.r_hat:.3f}, {found.sampled.effective:,.0f} effective draws."
        )
    console.print(_time(found), soft_wrap=True)
    console.print(f"Weights: {found.fit}", soft_wrap=True, style="dim")
    for source in found.parliament.sources:
        console.print(f"Source: {source}", soft_wrap=True, style="dim")


def _time(found: Survey) -> str:
    """When a government is likely, given the days that have gone by."""
    low, middle, high = found.time.left(found.gone, np.array([0.1, 0.5, 0.9])) + found.gone
    since = "the outgoing one's end" if found.parliament.chamber.midterm else "the election"
    after = f", {found.gone:.0f} of which have gone by" if found.gone else ""
    own = len(found.parliament.rules.formed_in)
    past = (
        f"the country's own {own} times and other countries'" if own else "other countries' times"
    )
    return (
        f"By {past}, a government takes office within {middle:.0f} days of {since} as likely as not, "
        f"and eight times in ten between {low:.0f} and {high:.0f} days{after}."
    )


def _in_space(found: Survey, space: Spatial) -> str:
    """What majorities can agree on, in a sentence or two."""
    at = [f"({', '.join(f'{value:.2f}' for value in corner)})" for corner in space.core]
    where = f"By {' and '.join(space.dimensions)}"
    if len(at) == 1:
        return f"{where}, one policy beats or ties every other, the core: {at[0]}."
    if len(space.dimensions) == 1 and at:
        low, high = sorted(space.core[:, 0])
        return f"{where}, no majority moves policy from between {low:.2f} and {high:.2f}, the core."
    if at:
        return f"{where}, no majority moves policy from within {', '.join(at)}, the core."
    middle = ", ".join(f"{value:.2f}" for value in space.centre)
    return (
        f"{where}, a majority prefers something to any policy: there is no core. The yolk is "
        f"{space.radius:.2f} about ({middle}); {100 * space.uncovered_share:.0f} % of the "
        "efficient policies are uncovered."
    )


def _names(found: Survey, lists: tuple[str, ...]) -> str:
    return " + ".join(found.parliament.names[name] for name in lists)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=f"\n{title}", title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0), header_style="dim")  # fmt: skip
    for column in columns:
        right = (
            column in ("seats", "prob.", "in government", "Shapley–Shubik", "Banzhaf")
            or "%" in column
        )
        table.add_column(column, justify="right" if right else "left", overflow="fold")
    return table
