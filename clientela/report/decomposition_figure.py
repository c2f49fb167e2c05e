"""A decomposition as a figure: a waterfall from nothing to the whole effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from clientela.analysis.words import kind_titles
from clientela.report.drawing import figure, wrapped
from clientela.report.palette import AMBER, BLUE, GREY, INK, MUTED

if TYPE_CHECKING:
    from clientela.analysis.decomposing import Decomposition

_ROW = 0.36
# Colour and hatch of a bar: what raises the answer, what lowers it, what is no share.
_RAISES, _LOWERS, _WHOLE = (BLUE, ""), (AMBER, "///"), (GREY, "...")


def decomposition_figure(found: Decomposition) -> str:
    """The figure as SVG: a bar per mechanism that begins where the one before it ends."""
    rows = _rows(found)
    height = _ROW * len(rows) + 1.75
    with figure(8.6, height, (1.9, 1.25, 0.95, 0.6)) as (_, axes, svg):
        before = 0.0
        for k, (name, share, half, plain) in enumerate(rows):
            last = k == len(rows) - 1
            start = 0.0 if last else before
            color, hatch = _WHOLE if plain else _RAISES if share >= 0 else _LOWERS
            axes.barh(k, share, left=start, height=0.6, color=color, hatch=hatch,
                      edgecolor="white", linewidth=0)  # fmt: skip
            axes.plot([start, start], [k - 0.3, k + 0.3], color=INK, linewidth=0.8)
            end = start + share
            if half is not None:
                axes.plot([end - half, end + half], [k, k], color=INK, linewidth=1.1)
            if not last:
                axes.plot([end, end], [k + 0.3, k + 0.7], color=MUTED, linewidth=0.7)
            _said(axes, k, name, share, half, last)
            before = end
        axes.axvline(0.0, color=INK, linewidth=0.8)
        axes.set_ylim(len(rows) - 0.45, -0.6)
        axes.set_yticks([])
        axes.margins(x=0.04)
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(_axis(found), fontsize=8, color=MUTED)
        _heading(axes, found)
    return svg[0]


def _rows(found: Decomposition) -> list[tuple[str, float, float | None, bool]]:
    """(name, points, half the interval, whether it is no mechanism's) from top to bottom."""
    whole = found.effect.change or 0.0
    half = (found.effect.high or 0.0) - whole
    rows: list[tuple[str, float, float | None, bool]] = [
        (f"{s.mechanism} *" if s.essential else s.mechanism, 100 * s.share, 100 * s.half, False)
        for s in found.shares
    ]
    if found.rest:
        rows.append(("with none of them", 100 * found.rest, None, True))
    return [*rows, ("the whole effect", 100 * whole, 100 * half, True)]


def _said(axes: Axes, row: int, name: str, share: float, half: float | None, last: bool) -> None:
    """The name at the left and the number at the right, in columns, so that none is on a bar."""
    weight = "bold" if last else "normal"
    across = axes.get_yaxis_transform()
    axes.text(-0.02, row, wrapped(name, 24, 1), transform=across, ha="right", va="center",
              fontsize=8.5, fontweight=weight)  # fmt: skip
    digits = 1 if half is None or half >= 0.05 else 2
    error = "" if half is None else f" ±{half:.{digits}f}"
    number = f"{share:+.{digits}f}" if round(share, digits) else "0"
    axes.text(1.02, row, (number + error).replace("-", "−"), transform=across, ha="left",
              va="center", fontsize=8, color=INK, fontweight=weight)  # fmt: skip


def _heading(axes: Axes, found: Decomposition) -> None:
    scenario = found.scenario
    sentence = scenario.questions[found.question].ask
    if found.outcome != "yes":
        sentence = f"{sentence} {kind_titles(scenario).get(found.outcome, found.outcome)}"
    over = axes.get_figure()
    assert over is not None
    text = f"{wrapped(sentence, 100, 1)}\n{wrapped(found.title, 100, 1)}"
    axes.annotate(text, (0, 1), (10, -10), xycoords="figure fraction", textcoords="offset points",
                  ha="left", va="top", fontsize=9, linespacing=1.4)  # fmt: skip
    handles = [
        Patch(facecolor=color, hatch=hatch, edgecolor="white", linewidth=0, label=label)
        for (color, hatch), label in (
            (_RAISES, "raises the answer"), (_LOWERS, "lowers it"), (_WHOLE, "in all"),
        )
    ]  # fmt: skip
    axes.legend(handles=handles, loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=3, fontsize=8)


def _axis(found: Decomposition) -> str:
    starred = "; * no effect without it" if any(s.essential for s in found.shares) else ""
    return f"percentage points (line: 95 % interval of the share{starred})"
