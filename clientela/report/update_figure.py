"""Answers over the days on which they were given, with what happened."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import matplotlib.dates as mdates
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from clientela.analysis.words import kind_titles
from clientela.report.drawing import figure, wrapped
from clientela.report.palette import GREY, INK, MUTED, SERIES

if TYPE_CHECKING:
    from clientela.analysis.updating import Jump, Update

_MARKS = ("o", "s", "^", "D", "v", "P")
# Panels shown, those that moved most; and jumps that are named.
PANELS, NAMED = 8, 8
# An outcome of several is left out that never was as likely as this.
_LEAST = 0.02
# Numbers nearer to each other than this share of the days shown are put together.
_NEAR = 0.07
# Inches below the panels: a line, and all that is not a line.
_LINE, _FREE = 0.19, 0.55

Cause = tuple[dt.date, str]


def update_figure(found: Update, questions: Sequence[str] | None = None) -> str:
    """The figure as SVG: a panel for each question, the ones that moved most, and below them what
    happened by number. Bands are 95 % Monte-Carlo intervals."""
    table = _shown(found, questions)
    shown = table["question"].unique(maintain_order=True).to_list()
    jumps = [j for j in found.jumps() if j.question in shown and j.told and j.entries]
    causes = _causes(jumps)
    rows = -(-len(shown) // 2)
    below = _FREE + _LINE * (len(causes) + 1)
    height = 2.35 * rows + below
    with figure(9.4, height) as (made, first, svg):
        first.remove()
        layout: Any = made.get_layout_engine()
        layout.set(rect=(0, below / height, 1, 1 - below / height))
        for k, question in enumerate(shown):
            axes = made.add_subplot(rows, min(len(shown), 2), k + 1)
            answers = table.filter(question=question)
            lines = _lines(axes, found, answers)
            _events(axes, found, causes, [j for j in jumps if j.question == question], lines)
            _frame(axes, found, question)
        _said(made, causes, below, height)
    return svg[0]


def _shown(found: Update, questions: Sequence[str] | None) -> pl.DataFrame:
    """The answers of the questions that moved furthest between any two days, in the order of the
    scenario, without outcomes that hardly ever are."""
    table = found.table().drop_nans("probability")
    if questions:
        table = table.filter(pl.col("question").is_in([*questions]))
    several = pl.col("outcome").n_unique().over("question") > 1
    most = pl.col("probability").max().over("question", "outcome")
    table = table.filter(~several | (most >= _LEAST))
    p = pl.col("probability")
    reach = table.group_by("question", "outcome").agg(reach=p.max() - p.min())
    reach = reach.group_by("question").agg(pl.col("reach").max()).sort("reach", "question")
    kept = reach.tail(PANELS)["question"].to_list()
    order = pl.Enum([*found.scenario.questions])
    table = table.filter(pl.col("question").is_in(kept))
    return table.sort(pl.col("question").cast(order), maintain_order=True)


def _causes(jumps: Sequence[Jump]) -> list[Cause]:
    """What happened at the largest jumps, in order of time."""
    found: dict[Cause, None] = {}
    for jump in sorted(jumps, key=lambda j: -abs(j.change)):
        if len(found) < NAMED:
            found[(jump.date, jump.cause)] = None
    return sorted(found)


def _lines(axes: Axes, found: Update, answers: pl.DataFrame) -> pl.DataFrame:
    """Draws the answers, a line for each outcome with a mark of its own; returns what is drawn."""
    titles = kind_titles(found.scenario)
    outcomes = answers["outcome"].unique(maintain_order=True).to_list()
    for k, outcome in enumerate(outcomes):
        rows = answers.filter(outcome=outcome)
        p, half = rows["probability"].to_numpy(), rows["half"].to_numpy()
        date = [*map(_number, rows["date"])]
        color = SERIES[k % len(SERIES)]
        axes.fill_between(date, p - half, p + half, color=color, alpha=0.18, linewidth=0)
        axes.plot(date, p, color=color, marker=_MARKS[k % len(_MARKS)], markersize=3.2, linewidth=1.3,
                  label=titles.get(outcome, outcome))  # fmt: skip
    if len(outcomes) > 1:
        axes.legend(fontsize=6.5, loc="best", ncols=2)
    return answers


def _events(
    axes: Axes, found: Update, causes: list[Cause], jumps: Sequence[Jump], answers: pl.DataFrame
) -> None:
    """Draws a line on each day on which something happened, and the numbers of what moved this
    answer above it; those of neighbouring days as one."""
    for entry in found.account.entries:
        axes.axvline(_number(entry.last), color=GREY, linewidth=0.5, alpha=0.6)
    near = _NEAR * (found.moments[-1].date - found.moments[0].date)
    numbers = sorted({causes.index(c) for j in jumps if (c := (j.date, j.cause)) in causes})
    while numbers:
        together = [numbers.pop(0)]
        while numbers and causes[numbers[0]][0] - causes[together[-1]][0] <= near:
            together.append(numbers.pop(0))
        first, last = causes[together[0]][0], causes[together[-1]][0]
        around = answers.filter(pl.col("date").is_between(first - near, last + near))
        middle = (_number(first) + _number(last)) / 2
        top = around["probability"].max()
        axes.annotate(_range(together), (middle, top), xytext=(0, 5), textcoords="offset points",  # pyright: ignore[reportArgumentType]
                      fontsize=8, weight="bold", ha="center", color=INK)  # fmt: skip


def _range(places: Sequence[int]) -> str:
    """Places from 0 as numbers from 1: `2`, `2–4` or `2, 5`."""
    numbers = [place + 1 for place in places]
    whole = numbers == [*range(numbers[0], numbers[-1] + 1)]
    if len(numbers) > 1 and whole:
        return f"{numbers[0]}–{numbers[-1]}"
    return ", ".join(map(str, numbers))


def _frame(axes: Axes, found: Update, question: str) -> None:
    """Title, and axes from 0 to 100 % and from the first day to the last."""
    sentence = found.scenario.questions[question].ask
    axes.set_title(wrapped(sentence, 62, 2), fontsize=8.5, loc="left", color=INK)
    axes.set_ylim(-0.03, 1.1)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    first, last = found.moments[0].date, found.moments[-1].date
    margin = max(0.03 * (last - first).days, 0.5)
    axes.set_xlim(_number(first) - margin, _number(last) + margin)
    ticks = _ticks(first, last)
    axes.set_xticks([_number(day) for day in ticks], _labels(ticks))
    axes.tick_params(labelsize=7.5)


def _ticks(first: dt.date, last: dt.date) -> list[dt.date]:
    """At most six days, the first of a month where there is room for no others."""
    if first == last:
        return [first]
    locator: Any = mdates.AutoDateLocator(minticks=3, maxticks=6)
    ends = (dt.datetime(day.year, day.month, day.day) for day in (first, last))
    found = {day.date() for day in mdates.num2date(locator.tick_values(*ends))}
    return sorted(day for day in found if first <= day <= last)


def _number(day: dt.date) -> float:
    """The day as Matplotlib counts them."""
    return float(mdates.date2num(day))


def _labels(days: Sequence[dt.date]) -> list[str]:
    """`15 Dec`, with the year below the first and wherever it is another."""
    said = [f"{day.day} {day:%b}" for day in days]
    new = [True, *(one.year != other.year for one, other in itertools.pairwise(days))]
    return [
        f"{text}\n{day.year}" if is_new else text
        for text, day, is_new in zip(said, days, new, strict=True)
    ]


def _said(made: Figure, causes: Sequence[Cause], below: float, height: float) -> None:
    """Writes what happened by number, below the panels, and how the figure is read."""
    place = itertools.count(1)

    def line(x: float, row: int, text: str, **style: Any) -> None:
        y = (below - _FREE + _LINE - _LINE * row) / height
        made.text(x, y, text, fontsize=8, **style)

    for k, (date, cause) in enumerate(causes, 1):
        row = next(place)
        line(0.02, row, f"{k}", color=INK, weight="bold")
        line(0.045, row, f"{date}  {wrapped(cause, 120, 1)}", color=MUTED)
    text = "Grey lines: the days on which something happened. Bands: 95 % Monte-Carlo intervals."
    line(0.02, next(place), text, color=MUTED, style="italic")
