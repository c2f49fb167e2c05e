"""Figures of what answers rest on, and of what each hangs on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, PercentFormatter

from clientela.analysis.words import percent
from clientela.report.drawing import figure, wrapped
from clientela.report.palette import AMBER, BLUE, INK, MUTED, STANDINGS

if TYPE_CHECKING:
    from clientela.report.hinges import Part

_STYLES = {"proposition": (BLUE, "", "o"), "parameter": (AMBER, "////", "s")}
# Columns of numbers at the right of the bars, in inches from the bars' end.
_COLUMNS = (0.72, 1.22, 1.72)


def rests_figure(rows: Sequence[tuple[str, Mapping[str, float]]], kinds: Sequence[str]) -> str:
    """A bar per question, its variance split by what it rests on."""
    height = 0.34 * len(rows)
    with figure(8.2, height + 0.85, (3.25, 0.3, 0.5, 0.35)) as (_, axes, svg):
        for row, (sentence, shares) in enumerate(rows):
            left = 0.0
            for kind in kinds:
                color, hatch = STANDINGS[kind]
                axes.barh(row, shares[kind], 0.66, left, color=color, hatch=hatch,
                          edgecolor="white", linewidth=0.4)  # fmt: skip
                if shares[kind] >= 0.055:
                    _inside(axes, percent(shares[kind]), left + shares[kind] / 2, row)
                left += shares[kind]
            _label(axes, wrapped(sentence, 56, 2), row)
        axes.set_xlim(0, 1)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
        _bare(axes)
        axes.legend(
            handles=[Patch(facecolor=STANDINGS[k][0], hatch=STANDINGS[k][1], edgecolor="white",
                           label=_STANDING_WORDS.get(k, k)) for k in kinds],
            loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4, fontsize=7.5,
            handlelength=1.6, columnspacing=1.2, borderaxespad=0.3,
        )  # fmt: skip
    return svg[0]


_STANDING_WORDS = {
    "propositions": "propositions (evidence)",
    "cited": "cited values",
    "stated": "stated values",
    "elicited": "elicited values",
    "default prior": "default priors",
    "together": "several together",
}


def hinges_figure(parts: Sequence[Part], share: float) -> str:
    """A bar per hinge from the answer at its low end to that at its high, beside the answer."""
    height = 0.46 * len(parts)
    with figure(8.2, height + 0.98, (3.35, 2.0, 0.5, 0.48)) as (made, axes, svg):
        for row, part in enumerate(parts):
            _bar(axes, part, row, share)
            _label(axes, wrapped(part.name, 58, 2), row, part.hinge.id)
            _numbers(axes, part, row)
        axes.axvline(share, color=INK, linewidth=1.0, zorder=1)
        _text_above(axes, share, f"the answer: {percent(share)}")
        _head(axes)
        _span(axes, parts, share)
        axes.set_ylim(len(parts) - 0.5, -0.5)
        _bare(axes)
        _legend(made, parts)
    return svg[0]


def _bar(axes: Axes, part: Part, row: int, share: float) -> None:
    """The bar with a hollow mark where it is false or low, a full one where true or high."""
    color, hatch, mark = _STYLES[part.hinge.kind]
    ends = [x for x in (part.low, part.high) if np.isfinite(x)]
    if not ends:
        return
    left, right = min(*ends, share), max(*ends, share)
    axes.barh(row, right - left, 0.34, left, color=color, alpha=0.55, hatch=hatch,
              edgecolor="white", linewidth=0.4, zorder=2)  # fmt: skip
    for x, fill in ((part.low, "white"), (part.high, color)):
        axes.plot(x, row, mark, color=fill, markeredgecolor=color, markeredgewidth=1.4,
                  markersize=6.5, zorder=3, clip_on=False)  # fmt: skip


def _numbers(axes: Axes, part: Part, row: int) -> None:
    index, value = part.hinge.index, part.hinge.value.estimate
    texts = [f"{value:.4f}" if value < 0.01 else f"{value:.3f}"]
    texts += [f"{index.first:.2f}", f"{index.total:.2f}"] if index else ["–", "–"]
    for x, text in zip(_COLUMNS, texts, strict=True):
        axes.annotate(text, (1, row), (x * 72, 0), ("axes fraction", "data"), "offset points",
                      ha="right", va="center", fontsize=8, annotation_clip=False)  # fmt: skip


def _head(axes: Axes) -> None:
    for x, text in zip(_COLUMNS, ("worth\nknowing", "Sobol\nalone", "Sobol\ntotal"), strict=True):
        axes.annotate(text, (1, 1), (x * 72, 4), "axes fraction", "offset points", ha="right",
                      va="bottom", fontsize=7.5, color=MUTED, annotation_clip=False)  # fmt: skip


def _span(axes: Axes, parts: Sequence[Part], share: float) -> None:
    """An axis wide enough for all ends, and no wider than probabilities go."""
    ends = [x for p in parts for x in (p.low, p.high) if np.isfinite(x)] + [share]
    room = max(0.06 * (max(ends) - min(ends)), 0.005)
    axes.set_xlim(max(min(ends) - room, -0.002), min(max(ends) + room, 1.002))
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    decimals = 1 if max(ends) - min(ends) < 0.04 else 0
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=decimals, symbol=" %"))


def _text_above(axes: Axes, x: float, text: str) -> None:
    axes.annotate(text, (x, 1), (0, 4), ("data", "axes fraction"), "offset points",
                  ha="center", va="bottom", fontsize=8, annotation_clip=False)  # fmt: skip


def _legend(made: Figure, parts: Sequence[Part]) -> None:
    handles: list[Line2D | Patch] = []
    for kind, ends in (("proposition", ("if false", "if true")),
                       ("parameter", ("among its lowest eighth", "among its highest eighth"))):  # fmt: skip
        if any(part.hinge.kind == kind for part in parts):
            color, _, mark = _STYLES[kind]
            for fill, end in zip(("white", color), ends, strict=True):
                handles.append(Line2D([], [], marker=mark, color=fill, markeredgecolor=color,
                                      markersize=6, linestyle="", label=f"{kind}: {end}"))  # fmt: skip
    made.legend(handles=handles, loc="lower right", ncols=4, fontsize=7.5, columnspacing=1.2,
                handletextpad=0.2, borderaxespad=0.1)  # fmt: skip


def _label(axes: Axes, text: str, row: int, small: str | None = None) -> None:
    """Words at the left of a row, with an id in small letters under them."""
    lines = text.count("\n") + 1
    at = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points",
          "ha": "right", "annotation_clip": False}  # fmt: skip
    rise = 4.0 if small else 0.0
    axes.annotate(text, (0, row), xytext=(-9, rise), va="center", fontsize=7.5, linespacing=1.15,
                  **at)  # fmt: skip
    if small:
        axes.annotate(small, (0, row), xytext=(-9, rise - 4.6 * lines - 1.5), va="top",
                      fontsize=6.5, color=MUTED, **at)  # fmt: skip


def _inside(axes: Axes, text: str, x: float, y: float) -> None:
    axes.text(x, y, text, ha="center", va="center", fontsize=7.5,
              bbox={"boxstyle": "round,pad=0.12", "fc": "white", "ec": "none", "alpha": 0.85})  # fmt: skip


def _bare(axes: Axes) -> None:
    """No frame and no ticks at the left, where words stand."""
    axes.set_yticks([])
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="x", length=0, labelsize=8)
