"""Scores as a figure: the reliability diagram, and the Brier score of each question."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter

from clientela.analysis.words import kind_titles
from clientela.report.drawing import figure, wrapped
from clientela.report.palette import AMBER, BLUE, GREEN, GREY, INK, MUTED
from clientela.scoring import CLIMATOLOGY, FORECAST, NO_CHANGE, mean_of
from clientela.scoring.calibration import LEVEL

if TYPE_CHECKING:
    from clientela.scoring import Reliability, Row, Scorecard

_MARKS = {
    FORECAST: ("o", BLUE, "forecast"),
    NO_CHANGE: ("s", AMBER, "no change"),
    CLIMATOLOGY: ("^", GREEN, "climatology"),
}
_ROW, _SIDE = 0.4, 3.5
# Inches: left, between and right of the two panels, above and below them.
_LEFT, _LABELS, _SCORES, _RIGHT, _TOP, _BOTTOM = 0.75, 3.7, 3.0, 0.3, 0.8, 0.85


def score_figure(found: Scorecard) -> str:
    """The figure as SVG: how often what was given each probability came true, over all targets and
    days, and beside it what each question lost, the mean over its days."""
    questions = list(dict.fromkeys(row.question for row in found.rows))
    panel = _ROW * len(questions)
    height = max(_SIDE, panel) if found.reliability is not None else panel
    left = _LEFT + _SIDE if found.reliability is not None else 0.0
    whole = left + _LABELS + _SCORES + _RIGHT, _TOP + height + _BOTTOM
    margins = (left + _LABELS, _RIGHT, _TOP, _BOTTOM + height - panel)
    with figure(*whole, margins) as (made, axes, svg):
        _scores(axes, found, questions)
        if found.reliability is not None:
            under = (_BOTTOM + height - _SIDE) / whole[1]
            box = (_LEFT / whole[0], under, _SIDE / whole[0], _SIDE / whole[1])
            _diagram(made.add_axes(box), found.reliability, found)
    return svg[0]


def _diagram(axes: Axes, found: Reliability, scored: Scorecard) -> None:
    """Observed against given, with its band; above and below, what came true and what did not."""
    axes.fill_between(found.probability, found.low, found.high, color=GREY, alpha=0.35, linewidth=0)
    if len(found.probability) == 1:  # which leaves nothing to fill between
        axes.vlines(found.probability, found.low, found.high, color=GREY, alpha=0.35, linewidth=3)
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)))
    axes.plot(
        found.probability, found.observed, color=BLUE, marker="o", markersize=4, linewidth=1.5
    )
    binary = [row for row in scored.rows if row.case.answer.shares is None]
    for came, at in (("yes", 1.07), ("no", -0.07)):
        given = [row.probability for row in binary if row.case.came == came]
        axes.plot(given, np.full(len(given), at), "|", color=INK, markersize=8, markeredgewidth=1.1)
        axes.text(1.04, at, came, fontsize=8, color=INK, va="center")
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.13, 1.13)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks([0, 0.25, 0.5, 0.75, 1.0])
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    axes.set_xlabel("probability given")
    axes.set_ylabel("came true, isotonic fit")
    many = f", {found.forecasts} answers" if found.forecasts != found.questions else ""
    axes.set_title(
        f"Calibration: {found.questions} yes/no question{'s' if found.questions > 1 else ''}{many}\n"
        f"Brier {found.brier:.3f} = miscalibration {found.miscalibration:.3f}\n"
        f"− discrimination {found.discrimination:.3f} + uncertainty {found.uncertainty:.3f}",
        fontsize=8.5, loc="left", color=INK,
    )  # fmt: skip
    handles = [
        Line2D([], [], color=BLUE, marker="o", markersize=4, linewidth=1.5, label="observed"),
        Line2D([], [], color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)), label="as given"),
        Patch(
            facecolor=GREY, alpha=0.35, label=f"{LEVEL:.0%} of cases if right".replace("%", " %")
        ),
    ]
    axes.legend(handles=handles, fontsize=7.5, loc="upper center", bbox_to_anchor=(0.5, -0.14),
                ncols=3, columnspacing=1.0, handlelength=1.6)  # fmt: skip


def _scores(axes: Axes, found: Scorecard, questions: list[tuple[str, str]]) -> None:
    """A row for each question: the Brier scores of forecast, no change and climatology."""
    for at, question in enumerate(questions):
        own = [row for row in found.rows if row.question == question]
        scores = mean_of(own).scores
        values = [scores[name].brier for name in _MARKS]
        axes.plot([min(values), max(values)], [at, at], color=GREY, linewidth=0.8, zorder=1)
        for shift, (name, (mark, color, _)) in zip((0.0, -0.2, 0.2), _MARKS.items(), strict=True):
            # References lie a little above and below, so that no mark hides another.
            axes.plot(scores[name].brier, at + shift, mark, color=color, markersize=6 if name == FORECAST else 5,
                      markerfacecolor=color if name == FORECAST else "white", clip_on=False)  # fmt: skip
        axes.text(-0.03, at, _label(own, len(found.series) > 1), transform=axes.get_yaxis_transform(), ha="right",
                  va="center", fontsize=8, color=INK)  # fmt: skip
    axes.set_ylim(len(questions) - 0.5, -0.5)
    axes.set_xlim(left=0.0)
    axes.set_yticks([])
    axes.grid(visible=True, axis="x")
    axes.spines["left"].set_visible(False)
    several = any(row.case.answer.shares is not None for row in found.rows)
    axes.set_xlabel("Brier score (0: best" + ("; 2: worst, of several outcomes)" if several else "; 1: worst)"))  # fmt: skip
    handles = [
        Line2D([], [], color=color, marker=mark, linestyle="none", label=label,
               markerfacecolor=color if name == FORECAST else "white")
        for name, (mark, color, label) in _MARKS.items()
    ]  # fmt: skip
    axes.legend(handles=handles, loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=3, fontsize=8,
                columnspacing=1.0, handletextpad=0.2)  # fmt: skip


def _label(rows: list[Row], several: bool) -> str:
    """The question, and what came: with a question mark where that is uncertain."""
    case = rows[0].case
    titles = kind_titles(case.series.scenario)
    came = titles.get(case.came, case.came) if case.answer.shares else case.came
    of = f"{PurePath(case.series.name).name}: " if several else ""
    sure = " ?" if case.outcome.uncertain else ""
    return wrapped(f"{of}{case.answer.question} ({came}{sure})", 50, 2)
