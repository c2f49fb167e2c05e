"""Differences of branches as a figure: a dot with its interval for each question and branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.lines import Line2D

from clientela.analysis.words import kind_titles
from clientela.report.drawing import figure, wrapped
from clientela.report.palette import INK, MUTED, SERIES

if TYPE_CHECKING:
    from clientela.analysis.comparing import Comparison

_MARKS = ("o", "s", "^", "D", "v", "P", "X", "*")
_ROW, _STEP = 0.42, 0.16


def comparison_figure(found: Comparison) -> str:
    """The figure as SVG; hollow marks are differences not told from none."""
    scenario, titles = found.base.scenario, kind_titles(found.base.scenario)
    rows = list(
        dict.fromkeys((d.question, d.outcome) for w in found.what_ifs for d in w.differences)
    )
    spread = max(_ROW, _STEP * len(found.what_ifs) + 0.12)
    height = spread * len(rows)
    with figure(9.2, height + 1.1, (3.7, 0.3, 0.25 + 0.2 * len(found.what_ifs), 0.55)) as (
        _,
        axes,
        svg,
    ):
        for number, (question, outcome) in enumerate(rows):
            sentence = scenario.questions[question].ask
            words = sentence if outcome == "yes" else f"{sentence} {titles.get(outcome, outcome)}"
            axes.text(-0.02, number, wrapped(words, 58, 2), transform=axes.get_yaxis_transform(),
                      ha="right", va="center", fontsize=8)  # fmt: skip
        for k, what_if in enumerate(found.what_ifs):
            color, mark = SERIES[k % len(SERIES)], _MARKS[k % len(_MARKS)]
            shift = (k - (len(found.what_ifs) - 1) / 2) * _STEP / spread
            for d in what_if.differences:
                if d.change is None or d.low is None or d.high is None:
                    continue
                at = rows.index((d.question, d.outcome)) + shift
                axes.plot([100 * d.low, 100 * d.high], [at, at], color=color, linewidth=1.6)
                axes.plot([100 * d.change], [at], mark, color=color, markersize=5,
                          markerfacecolor=color if d.surely else "white")  # fmt: skip
        axes.axvline(0.0, color=INK, linewidth=0.8)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_yticks([])
        axes.grid(visible=True, axis="x")
        axes.spines["left"].set_visible(False)
        axes.set_xlabel("change, percentage points (95 % Monte-Carlo interval; hollow: not told from none)",
                        fontsize=8, color=MUTED)  # fmt: skip
        handles = [
            Line2D([], [], color=SERIES[k % len(SERIES)], marker=_MARKS[k % len(_MARKS)],
                   label=wrapped(f"{w.name}: {w.title}", 90, 1))
            for k, w in enumerate(found.what_ifs)
        ]  # fmt: skip
        axes.legend(handles=handles, loc="lower left", bbox_to_anchor=(-0.7, 1.0), fontsize=8)
    return svg[0]
