"""Answers over the days on which they were given, with what happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib.dates as mdates
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from clientela.analysis.words import kind_titles
from clientela.report.drawing import figure, wrapped
from clientela.report.palette import GREY, INK, MUTED, SERIES

if TYPE_CHECKING:
    from clientela.analysis.updating import Jump, Update

_MARKS = ("o", "s", "^", "D", "v", "P")
# Panels shown, those that moved most; and jumps that are named.
PANELS, NAMED = 8, 8


def update_figure(found: Update, questions: Sequence[str] | None = None) -> str:
    """The figure as SVG: a panel for each question, the ones that moved most, and below them what
    happened by number. Bands are 95 % Monte-Carlo intervals."""
    shown = _most_moved(found, questions)
    causes = _causes(found, shown)
    rows = -(-len(shown) // 2)
    below = 0.55 + 0.19 * len(causes)
    height = 2.35 * rows + below
    with figure(9.4, height) as (made, first, svg):
        first.remove()
        made.get_layout_engine().set(rect=(0, below / height, 1, 1 - below / height))  # pyright: ignore
        for k, question in enumerate(shown):
            axes = made.add_subplot(rows, min(len(shown), 2), k + 1)
            _panel(axes, found, question, causes)
        for k, (date, cause) in enumerate(causes):
            made.text(
                0.02,
                (below - 0.42 - 0.19 * k) / height,
                f"{k + 1}",
                fontsize=8,
                color=INK,
                weight="bold",
            )
            made.text(
                0.045,
                (below - 0.42 - 0.19 * k) / height,
                f"{date}  {wrapped(cause, 120, 1)}",
                fontsize=8,
                color=MUTED,
            )
    return svg[0]


def _most_moved(found: Update, questions: Sequence[str] | None) -> list[str]:
    """Questions whose answers moved furthest between any two days, in the order of the scenario."""
    reach: dict[str, float] = {}
    for question, _, jumps in found.by_answer(questions):
        values = [jump.before for jump in jumps] + [jump.after for jump in jumps]
        if values:
            reach[question] = max(reach.get(question, 0.0), max(values) - min(values))
    kept = sorted(reach, key=lambda q: -reach[q])[:PANELS]
    return [q for q in reach if q in kept]


def _causes(found: Update, shown: Sequence[str]) -> list[tuple[dt.date, str]]:
    """What happened at the largest jumps that are told from none, in order of time."""
    jumps: list[Jump] = [j for j in found.jumps() if j.question in shown and j.told and j.entries]
    jumps.sort(key=lambda j: -abs(j.change))
    found_: dict[tuple[dt.date, str], None] = {}
    for jump in jumps:
        if len(found_) < NAMED:
            found_[(jump.date, jump.cause)] = None
    return sorted(found_)


def _panel(axes: Axes, found: Update, question: str, causes: list[tuple[dt.date, str]]) -> None:
    titles = kind_titles(found.scenario)
    table = found.table().filter(question=question)
    outcomes = table["outcome"].unique(maintain_order=True).to_list()
    for entry in found.account.entries:
        axes.axvline(entry.last, color=GREY, linewidth=0.5, alpha=0.6)  # pyright: ignore
    for k, outcome in enumerate(outcomes):
        rows = table.filter(outcome=outcome).drop_nans()
        if rows.is_empty() or (len(outcomes) > 2 and rows["probability"].max() < 0.02):  # pyright: ignore
            continue
        date, p, half = (
            rows["date"].to_list(),
            rows["probability"].to_numpy(),
            rows["half"].to_numpy(),
        )
        color = SERIES[k % len(SERIES)]
        axes.fill_between(date, p - half, p + half, color=color, alpha=0.18, linewidth=0)
        axes.plot(date, p, color=color, marker=_MARKS[k % len(_MARKS)], markersize=3.2, linewidth=1.3,
                  label=titles.get(outcome, outcome))  # fmt: skip
    for number, (date, cause) in enumerate(causes, 1):
        for jump in found.jumps():
            if (jump.question, jump.date, jump.cause) == (question, date, cause) and jump.told:
                axes.annotate(f"{number}", (mdates.date2num(date), jump.after), xytext=(0, 6),
                              textcoords="offset points", fontsize=8, weight="bold", ha="center", color=INK)  # fmt: skip
                break
    axes.set_title(
        wrapped(found.scenario.questions[question].ask, 62, 2), fontsize=8.5, loc="left", color=INK
    )
    axes.set_ylim(-0.03, 1.08)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    axes.xaxis.set_major_locator(mdates.AutoDateLocator(minticks=3, maxticks=5))
    axes.xaxis.set_major_formatter(mdates.DateFormatter("%d %b %Y"))
    axes.tick_params(labelsize=7.5)
    if len(outcomes) > 1:
        axes.legend(fontsize=6.5, loc="upper left", ncols=2)
