"""Prior and credence of each proposition, as arrows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from clientela.analysis.words import percent
from clientela.report.drawing import figure, wrapped
from clientela.report.naming import spoken
from clientela.report.palette import BLUE, GRID, INK, MUTED, ORANGE

_ROW, _HEAD = 1.0, 0.62
_INDENT = 15  # points for each proposition that it hangs on


@dataclass(frozen=True)
class Arrow:
    """A proposition's way from prior to credence, and where it stands among the others."""

    name: str
    says: str
    prior: float
    credence: float
    depth: int
    matter: str | None


def credence_figure(arrows: Sequence[Arrow]) -> str:
    """A row per proposition, from a hollow dot at the prior to a full one at the credence.

    Answers that exclude each other stand in a box under a head; what hangs on another proposition
    is indented under it.
    """
    places, heads = _places(arrows)
    total = places[-1] + _ROW
    height = 0.35 * total
    with figure(8.2, height + 0.75, (4.25, 1.05, 0.25, 0.5)) as (_, axes, svg):
        for arrow, y in zip(arrows, places, strict=True):
            _draw(axes, arrow, y)
        for matter, y, last in heads:
            axes.axhspan(y - 0.42, last + 0.5, color=GRID, alpha=0.35, linewidth=0, zorder=0)
            _beside(
                axes, f"{spoken(matter)}: exactly one is true", y, 0, color=MUTED, style="italic"
            )
        axes.set_xlim(0, 1)
        axes.set_ylim(total - 0.4, -0.5)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
        axes.set_yticks([])
        axes.grid(visible=False, axis="y")
        axes.grid(visible=True, axis="x")
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="x", length=0)
        axes.annotate("prior → credence", (1, 1), (68, 5), "axes fraction", "offset points",
                      ha="right", fontsize=7.5, color=MUTED, annotation_clip=False)  # fmt: skip
        _legend(axes, height)
    return svg[0]


def _places(arrows: Sequence[Arrow]) -> tuple[list[float], list[tuple[str, float, float]]]:
    """Each arrow's place downwards, and (matter, place of its head, place of its last answer)."""
    places: list[float] = []
    heads: list[tuple[str, float, float]] = []
    y, matter = 0.0, None
    for arrow in arrows:
        inside = arrow.matter if arrow.depth == 0 else matter
        if inside != matter:
            y += 0.25  # air beside a box
            if inside:
                heads.append((inside, y, y))
                y += _HEAD + 0.15
        matter = inside
        places.append(y)
        if matter:
            heads[-1] = (*heads[-1][:2], y)
        y += _ROW
    return places, heads


def _draw(axes: Axes, arrow: Arrow, y: float) -> None:
    color = BLUE if arrow.credence >= arrow.prior else ORANGE
    if abs(arrow.credence - arrow.prior) > 0.05:
        axes.annotate(
            "", (arrow.credence, y), (arrow.prior, y),
            arrowprops={"arrowstyle": "-|>", "color": color, "linewidth": 1.5, "shrinkA": 3,
                        "shrinkB": 3, "mutation_scale": 10},
        )  # fmt: skip
    for x, fill in ((arrow.prior, "white"), (arrow.credence, color)):
        axes.plot(x, y, "o", color=fill, markeredgecolor=color, markeredgewidth=1.3, markersize=6,
                  clip_on=False)  # fmt: skip
    letters = 68 - 4 * arrow.depth
    _beside(axes, wrapped(arrow.says, letters, 2), y, arrow.depth + bool(arrow.matter))
    numbers = f"{percent(arrow.prior)} → {percent(arrow.credence)}"
    axes.annotate(numbers, (1, y), (68, 0), ("axes fraction", "data"), "offset points", ha="right",
                  va="center", fontsize=8, annotation_clip=False)  # fmt: skip


def _beside(axes: Axes, text: str, y: float, depth: int, color: str = INK, style="normal") -> None:
    """Words in the column at the left, indented by depth."""
    start = -4.15 * 72 + _INDENT * depth
    axes.annotate(text, (0, y), (start, 0), ("axes fraction", "data"), "offset points",
                  va="center", fontsize=7.5, linespacing=1.15, color=color, style=style,
                  annotation_clip=False)  # fmt: skip
    if depth and color == INK:
        axes.annotate("└", (0, y), (start - 10, 1),
                      ("axes fraction", "data"), "offset points", va="center", fontsize=7.5,
                      color=MUTED, annotation_clip=False)  # fmt: skip


def _legend(axes: Axes, height: float) -> None:
    marks = [("white", BLUE, "prior"), (BLUE, BLUE, "credence, higher"), (ORANGE, ORANGE, "credence, lower")]  # fmt: skip
    axes.legend(
        handles=[Line2D([], [], marker="o", linestyle="", color=fill, markeredgecolor=edge,
                        markersize=6, label=label) for fill, edge, label in marks],
        loc="upper right", bbox_to_anchor=(1.0, -0.27 / height), ncols=3, fontsize=7.5,
        columnspacing=1.2, handletextpad=0.2, borderaxespad=0.0,
    )  # fmt: skip
