"""What `update` says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from clientela.analysis.words import kind_titles, percent, points

if TYPE_CHECKING:
    from clientela.analysis.updating import Jump, Learned, Update

# Values shown of those that were learned most of, and how far one must have moved to be shown: so
# far, and so many times as far as so many particles move by chance.
VALUES, LEAST, CHANCE = 8, 0.005, 5.0


def print_update(found: Update, questions: Sequence[str] | None, folder: Path) -> None:
    """The answers at the beginning and the end, what moved each most, and what was learned."""
    console = Console(markup=False, emoji=False)
    last, account = found.moments[-1], found.account
    console.print(found.scenario.title, style="bold", soft_wrap=True)
    console.print(
        f"{len(account.entries)} events to {account.chronicle.through}, {len(account.watched)} kinds watched; "
        f"{found.particles:,} particles, {last.forecast.draws:,} histories from each of {len(found.moments)} days, "
        f"seed {last.forecast.seed}",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
    causes: dict[tuple[dt.date, str], int] = {}
    console.print(_answers(found, questions, causes))
    for (date, cause), number in causes.items():
        console.print(f"[{number}] {date}: {cause}", highlight=False, soft_wrap=True)
    console.print(
        "change: percentage points, with the 95 % interval of Monte-Carlo error. most: the largest change "
        "that is told from none between two days looked at, and what happened there.",
        style="dim", soft_wrap=True,
    )  # fmt: skip
    least = max(LEAST, CHANCE / last.effective)
    learned = [each for each in found.learned[:VALUES] if each.distance >= least]
    if learned:
        console.print(_learned(learned))
        console.print("before, after: median, and 5 to 95 %.", style="dim")
    worst = min(found.moments, key=lambda m: m.effective)
    console.print(
        f"\nat worst {worst.effective:,.0f} of {found.particles:,} particles count ({worst.date}); "
        f"log probability of what happened {last.evidence:.1f}",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
    for moment in found.moments:
        if moment.resampled and moment.moved < moment.resampled:
            console.print(
                f"{moment.date}: particles hardly moved when they were resampled ({moment.moved:.1f} moves each); "
                "raise --particles, and trust what was learned less",
                style="yellow", soft_wrap=True,
            )  # fmt: skip
    console.print(f"\n{found.seconds:.1f} s; a run for each day under {folder}; next: clientela report {folder / str(last.date)}", soft_wrap=True)  # fmt: skip


def _answers(
    found: Update, questions: Sequence[str] | None, causes: dict[tuple[dt.date, str], int]
) -> Table:
    """The table; causes that it refers to are numbered and added."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("question")
    for name in (str(found.moments[0].date), str(found.moments[-1].date), "change", "", "most", ""):
        table.add_column(name, justify="right", no_wrap=True)
    titles, asked = kind_titles(found.scenario), ""
    for question, outcome, jumps in found.by_answer(questions):
        sentence = found.scenario.questions[question].ask
        if outcome != "yes" and question != asked:
            table.add_row(sentence)
        asked = question
        whole = found.whole(question, outcome)
        name = sentence if outcome == "yes" else f"  {titles.get(outcome, outcome)}"
        if whole is None:
            table.add_row(name, "–", "–", "", "", "–", "")
            continue
        table.add_row(
            name, percent(whole.before), percent(whole.after), points(whole.change, 1),
            f"±{100 * whole.error:.1f}", *_most(jumps, causes),
        )  # fmt: skip
    return table


def _most(jumps: Sequence[Jump], causes: dict[tuple[dt.date, str], int]) -> tuple[str, str]:
    told = [jump for jump in jumps if jump.told]
    if not told:
        return "–", ""
    most = max(told, key=lambda jump: abs(jump.change))
    number = causes.setdefault((most.date, most.cause), len(causes) + 1)
    return points(most.change, 1), f"[{number}]"


def _learned(learned: Sequence[Learned]) -> Table:
    table = Table(title="\nwhat was learned most of", title_justify="left", title_style="bold",
                  box=None, header_style="bold", pad_edge=False)  # fmt: skip
    for name in ("value", "before", "after"):
        table.add_column(
            name, justify="left" if name == "value" else "right", no_wrap=name != "value"
        )
    for each in learned:
        table.add_row(each.path, _three(each.before), _three(each.after))
    return table


def _three(values: tuple[float, float, float]) -> str:
    middle, low, high = (0.0 if abs(value) < 1e-12 else value for value in values)
    return f"{middle:.3g}, {low:.2g}–{high:.2g}"
