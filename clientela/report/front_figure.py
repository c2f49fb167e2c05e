"""The trade-off of two objectives as a figure: trials, the front on fresh draws, and the base."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.ticker import FuncFormatter, PercentFormatter

from clientela.report.drawing import figure, wrapped
from clientela.report.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    from clientela.analysis.objectives import Objective
    from clientela.analysis.optimising import Optimum


def front_figure(found: Optimum) -> str:
    """The figure as SVG. Small dots are trials on the search draws, numbered circles the front on
    fresh draws (hollow: another is at least as good in both), the diamond is the scenario as it
    is; bars are 95 % Monte-Carlo intervals."""
    with figure(8.2, 5.6, (0.9, 0.35, 0.6, 0.75)) as (_, axes, svg):
        tried = [t.found for t in found.search.trials if t.found is not None]
        axes.plot([x for x, _ in tried], [y for _, y in tried], ".", color=GREY, markersize=5, alpha=0.7,
                  label=f"trials, {found.draws:,} search draws each")  # fmt: skip
        label = f"front, {found.final:,} fresh draws"
        for number, chosen in enumerate(found.chosen, 1):
            x, y = chosen.values
            if x is None or y is None:
                continue
            axes.errorbar(x, y, xerr=1.96 * chosen.errors[0], yerr=1.96 * chosen.errors[1], fmt="o",
                          color=BLUE, markersize=7, elinewidth=0.9, capsize=2, label=label,
                          markerfacecolor="white" if chosen.beaten else BLUE)  # fmt: skip
            axes.annotate(f"{number}", (x, y), xytext=(6, 6), textcoords="offset points", fontsize=8, color=BLUE)  # fmt: skip
            label = "_"
        x, y = found.base
        if x is not None and y is not None:
            axes.errorbar(x, y, xerr=1.96 * found.base_errors[0], yerr=1.96 * found.base_errors[1], fmt="D",
                          color=ORANGE, markersize=8, elinewidth=0.9, capsize=2,
                          label="the scenario as it is, fresh draws")  # fmt: skip
        for objective, axis, label in zip(
            found.objectives, (axes.xaxis, axes.yaxis), (axes.set_xlabel, axes.set_ylabel), strict=True
        ):  # fmt: skip
            label(wrapped(_axis(objective), 90 if axis is axes.xaxis else 62, 2), fontsize=8.5)
            plain = FuncFormatter(lambda value, _: f"{value:g}")
            axis.set_major_formatter(PercentFormatter(1.0, symbol=" %") if objective.is_share else plain)
        axes.grid(visible=True, axis="both")
        axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=3, fontsize=8)
    return svg[0]


def _axis(objective: Objective) -> str:
    better = "right or up is better" if objective.sign > 0 else "left or down is better"
    return f"{objective.sentence} ({objective.unit}; {better})"
