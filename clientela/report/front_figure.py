"""The trade-off of two objectives as a figure: trials, the front on fresh draws, and the base."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from clientela.report.drawing import figure, wrapped
from clientela.report.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    from clientela.analysis.objectives import Objective
    from clientela.analysis.optimising import Optimum


def front_figure(found: Optimum) -> str:
    """The figure as SVG. Small dots are trials on the search draws, numbered circles the front on
    fresh draws (hollow: another is at least as good in both), the diamond is the scenario as it
    is; bars are 95 % Monte-Carlo intervals."""
    with figure(8.2, 5.6, (1.15, 0.35, 0.45, 0.75)) as (_, axes, svg):
        tried = [t.found for t in found.search.trials if t.found is not None]
        axes.plot(
            [x for x, _ in tried], [y for _, y in tried], ".", color=GREY, markersize=5, alpha=0.7
        )
        for number, chosen in enumerate(found.chosen, 1):
            x, y = chosen.values
            if x is None or y is None:
                continue
            axes.errorbar(x, y, xerr=chosen.halves[0], yerr=chosen.halves[1], fmt="o", color=BLUE,
                          markersize=7, elinewidth=0.9, capsize=2,
                          markerfacecolor="white" if chosen.beaten else BLUE)  # fmt: skip
            axes.annotate(f"{number}", (x, y), xytext=(6, 6), textcoords="offset points", fontsize=8, color=BLUE)  # fmt: skip
        x, y = found.base
        if x is not None and y is not None:
            axes.errorbar(x, y, xerr=found.base_halves[0], yerr=found.base_halves[1], fmt="D",
                          color=ORANGE, markersize=8, elinewidth=0.9, capsize=2)  # fmt: skip
        for objective, axis, label in zip(
            found.objectives, (axes.xaxis, axes.yaxis), (axes.set_xlabel, axes.set_ylabel), strict=True
        ):  # fmt: skip
            label(wrapped(_axis(objective), 90 if axis is axes.xaxis else 60, 2), fontsize=8.5)
            axis.set_major_formatter(_ticks(objective))
        axes.grid(visible=True, axis="both")
        marks = (
            (".", GREY, 5, f"trials, {found.draws:,} search draws each"),
            ("o", BLUE, 7, f"front, {found.final:,} fresh draws (95 %)"),
            ("D", ORANGE, 8, "the scenario as it is, fresh draws"),
        )
        handles = [Line2D([], [], linestyle="", marker=mark, color=color, markersize=size, label=label)
                   for mark, color, size, label in marks]  # fmt: skip
        axes.legend(
            handles=handles, loc="lower left", bbox_to_anchor=(-0.12, 1.0), ncols=3, fontsize=8
        )
    return svg[0]


def _ticks(objective: Objective) -> FuncFormatter:
    """Per cent with no more decimals than it takes, or the number."""
    if objective.is_share:
        return FuncFormatter(lambda value, _: f"{round(100 * value, 6):g} %")
    return FuncFormatter(lambda value, _: f"{value:g}")


def _axis(objective: Objective) -> str:
    return f"{objective.sentence} ({objective.unit}; {'more' if objective.sign > 0 else 'less'} is better)"
