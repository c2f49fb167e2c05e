"""What `compare` and `diverge` say."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from clientela.analysis.words import kind_titles, percent, points

if TYPE_CHECKING:
    from clientela.analysis.comparing import Comparison, WhatIf
    from clientela.analysis.differences import Difference
    from clientela.analysis.diverging import Divergence, Happening
    from clientela.scenario import Scenario


def print_comparison(found: Comparison) -> None:
    """A table per what-if: base, with the change, the difference with its interval."""
    console = Console(markup=False, emoji=False)
    base = found.base
    against = f", branch {base.scenario.branch}" if base.scenario.branch else ""
    console.print(f"{base.scenario.title}{against}", style="bold")
    console.print(
        f"as of {base.scenario.as_of}, to {base.last_day}; {base.draws:,} draws, seed {base.seed}, "
        "the same random numbers in all"
    )
    for what_if in found.what_ifs:
        console.print(_table(base.scenario, what_if))
        console.print(_same(what_if, base.scenario), soft_wrap=True)
    console.print(
        "\nchange: percentage points, with the 95 % interval of Monte-Carlo error; · not told from "
        "none. moved: histories in which it came in one of the two only. gain: how many times the draws independent "
        "runs would take.",
        soft_wrap=False,
        style="dim",
    )


def _table(scenario: Scenario, what_if: WhatIf) -> Table:
    table = Table(
        title=f"\n{what_if.name}: {what_if.title}", title_justify="left", title_style="bold",
        box=None, header_style="bold", pad_edge=False,
    )  # fmt: skip
    table.add_column("question")
    for name in ("base", "with it", "change", "", "moved", "gain"):
        table.add_column(name, justify="right", no_wrap=True)
    titles, before = kind_titles(scenario), ""
    for d in what_if.differences:
        sentence = scenario.questions[d.question].ask
        if d.outcome != "yes" and d.question != before:
            table.add_row(sentence)
        name = sentence if d.outcome == "yes" else f"  {titles.get(d.outcome, d.outcome)}"
        before = d.question
        table.add_row(
            name, percent(d.base), percent(d.other), *_change(d), percent(d.moved), _gain(d)
        )
    return table


def _change(d: Difference) -> tuple[str, str]:
    """`+3.2` and `±0.4`, in points; a dot where no change is not ruled out."""
    if d.change is None or d.high is None:
        return "–", ""
    half = d.high - d.change
    digits = 1 if half >= 0.0005 else 2
    mark = "" if d.surely or half == 0.0 else " ·"
    sign = points(d.change, digits) if d.change else "0"
    return sign + mark, f"±{100 * half:.{digits}f}" if half else "exactly"


def _gain(d: Difference) -> str:
    if d.gain is None:
        return "–"
    return f"{d.gain:,.0f}×" if d.gain >= 10 else f"{d.gain:.1f}×"


def _same(what_if: WhatIf, scenario: Scenario) -> str:
    if what_if.parting is None:
        return "All histories are the same, event by event."
    early, middle, late = (
        scenario.as_of + dt.timedelta(days=int(day)) for day in what_if.parting
    )  # fmt: skip
    return (
        f"{percent(what_if.same)} of histories are the same, event by event; of the others half have "
        f"parted by {middle}, a quarter by {early}, three quarters by {late}."
    )


def print_divergence(found: Divergence, scenario: Scenario, top: int) -> None:
    """The last happenings that both share, and those of each from where they part."""
    console = Console(markup=False, emoji=False)
    console.print(f"{scenario.title}, draw {found.draw}", style="bold")
    if found.day is None:
        console.print(f"Both histories are the same: {len(found.shared)} events.")
        return
    parted = scenario.as_of + dt.timedelta(days=int(found.day))
    console.print(f"The same for {len(found.shared)} events, until {parted}.")
    for title, rows in (
        ("the last that both have", found.shared[-3:]),
        ("without the change", found.base[:top]),
        ("with the change", found.other[:top]),
    ):
        console.print(f"\n{title}", style="bold")
        console.print(_happenings(rows, scenario) if rows else "nothing")
    for title, rows in (("without", found.base), ("with", found.other)):
        killed = sum(h.mark for h in rows if h.event != "government")
        console.print(f"{title}: {len(rows):,} events from there on, {killed:,} killed")


def _happenings(rows: list[Happening], scenario: Scenario) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    for happening in rows:
        date = scenario.as_of + dt.timedelta(days=int(happening.day))
        table.add_row(
            str(date), happening.event, ", ".join(happening.outcomes), _mark(happening, scenario)
        )
    return table


def _mark(happening: Happening, scenario: Scenario) -> str:
    if happening.event == "government":
        lists = [a.name for i, a in enumerate(scenario.lists.values()) if happening.mark >> i & 1]
        return " + ".join(lists)
    return f"{happening.mark} killed" if happening.mark else ""
