"""The chamber as a figure: the half circle of seats, with the likeliest government ringed."""

from __future__ import annotations

import math

from clientela.chamber.hemicycle import hemicycle, seating_order
from clientela.chamber.survey import Survey
from clientela.report.drawing import figure
from clientela.report.palette import INK, MUTED

# Twelve fills that differ in lightness too; marks tell lists apart without colour.
FILLS = ("#1f5f8b", "#d9a441", "#7a9e7e", "#a63d40", "#5c4d7d", "#c98bb9", "#3a8f8f", "#8c6d46",
         "#9bb7d4", "#e07b39", "#55595e", "#b7c26b")  # fmt: skip
MARKS = ("o", "s", "^", "D", "v", "P", "X", "h", "<", ">", "p", "*")


def hemicycle_figure(found: Survey) -> str:
    """The hemicycle as SVG: a colour and a mark for each list, a legend with names and seats.

    Seats of the likeliest government have a dark edge.
    """
    chamber, names = found.parliament.chamber, found.parliament.names
    order = seating_order(chamber)
    seats = [chamber.lists[i].seats for i in order]
    likeliest = found.formation.likeliest[0] if found.formation else None
    governing = set(likeliest.lists) if likeliest else set()
    places = hemicycle(seats)
    size = 17_000 / max(sum(seats), 100)
    with figure(9.6, 4.6) as (_, axes, svg):
        for k, i in enumerate(order):
            own = places[places[:, 2] == k]
            inside = chamber.names[i] in governing
            axes.scatter(
                own[:, 0], own[:, 1], s=size, marker=MARKS[k % len(MARKS)],
                color=FILLS[k % len(FILLS)] if chamber.lists[i].bloc else MUTED,
                edgecolors=INK if inside else "white", linewidths=1.1 if inside else 0.4,
                label=f"{names[chamber.names[i]]} · {chamber.lists[i].seats}",
            )  # fmt: skip
        axes.text(0, 0.06, f"{chamber.seats}", ha="center", fontsize=20, color=INK)
        axes.text(
            0, -0.03, f"seats, majority {chamber.majority}", ha="center", fontsize=9, color=MUTED
        )
        if likeliest:
            share = f"{100 * likeliest.probability:.0f} %"
            axes.text(0, -0.13, f"dark edge: likeliest government ({likeliest.seats} seats, {share})",
                      ha="center", fontsize=8.5, color=INK)  # fmt: skip
        axes.set_xlim(-1.06, 1.06)
        axes.set_ylim(-0.2, 1.06)
        axes.set_aspect("equal")
        axes.axis("off")
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=8,
                    ncols=math.ceil(len(order) / 14), handletextpad=0.4)  # fmt: skip
    return svg[0]
