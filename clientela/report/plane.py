"""The chamber's lists on two dimensions, with the core or the yolk and the uncovered set."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.patches import Circle, Polygon

from clientela.chamber.hemicycle import seating_order
from clientela.chamber.plane import Spatial
from clientela.chamber.survey import Survey
from clientela.report.drawing import figure
from clientela.report.hemicycle import FILLS, MARKS
from clientela.report.palette import INK, MUTED, SKY


def plane_figure(found: Survey) -> str:
    """The plane as SVG; lists have the colours and marks of the hemicycle, areas as their seats.

    Raises ValueError if the chamber has fewer than two dimensions, or too few lists on them.
    """
    space = found.spatial
    if space is None or len(space.dimensions) < 2:
        raise ValueError(
            "the plane takes two dimensions on which a majority of the seats has positions; give "
            "the lists a second one"
        )
    with figure(8.4, 4.8, margins=(0.6, 3.1, 0.2, 0.55)) as (_, axes, svg):
        axes.scatter(*space.uncovered.T, s=14, marker="s", color=SKY, linewidths=0, alpha=0.5, zorder=1,
                     label=f"uncovered set ({100 * space.uncovered_share:.0f} % of the efficient)")  # fmt: skip
        if space.has_core:
            axes.add_patch(
                Polygon(space.core, closed=True, fill=False, edgecolor=INK, hatch="////")
            )
            axes.scatter(*space.core.T, s=70, marker="x", color=INK, zorder=4, label="core")
        else:
            axes.add_patch(Circle(tuple(space.centre), space.radius, fill=False, edgecolor=INK,
                                  linestyle="--", zorder=4))  # fmt: skip
            axes.plot([], [], color=INK, linestyle="--", label=f"yolk, radius {space.radius:.2f}; no core")  # fmt: skip
        _lists(axes, found, space)
        axes.set_xlabel(f"{space.dimensions[0]} (scale as given)")
        axes.set_ylabel(f"{space.dimensions[1]} (scale as given)")
        axes.set_aspect("equal", adjustable="datalim")
        axes.margins(0.08)
        axes.grid(visible=False)
        legend = axes.legend(loc="center left", bbox_to_anchor=(1.02, 0.5), fontsize=8)
        for handle in legend.legend_handles:
            if isinstance(handle, PathCollection):
                handle.set_sizes([34])
    return svg[0]


def _lists(axes: Axes, found: Survey, space: Spatial) -> None:
    chamber, names = found.parliament.chamber, found.parliament.names
    largest = max(p.seats for p in chamber.lists)
    for k, i in enumerate(seating_order(chamber)):
        party = chamber.lists[i]
        if party.id in space.lists:
            x, y = space.places[space.lists.index(party.id)]
            axes.scatter(
                x, y, s=24 + 420 * party.seats / largest, marker=MARKS[k % len(MARKS)],
                color=FILLS[k % len(FILLS)] if party.bloc else MUTED, edgecolors="white",
                linewidths=0.6, zorder=3, label=f"{names[party.id]} · {party.seats}",
            )  # fmt: skip
