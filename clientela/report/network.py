"""The network of actors and ties, with labels that do not overlap."""

from __future__ import annotations

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch

from clientela.analysis import Forecast
from clientela.report.drawing import figure
from clientela.report.palette import INK, KIND_MARKS, TIE_STYLES
from clientela.report.placing import apart, placed
from clientela.scenario import Scenario

_WORDS = {
    "sponsorship": "sponsors",
    "alliance": "allied with",
    "rivalry": "rival of",
    "deference": "defers to",
}


def network(forecast: Forecast) -> tuple[str, list[str]]:
    """SVG of the actors that have ties, and the names of those that have none."""
    scenario = forecast.scenario
    ties = _ties(scenario)
    tied = [a for a in scenario.actors if any(a in (first, second) for _, first, second, _ in ties)]
    places = _layout(scenario, tied, ties)
    with figure(8.2, 5.6) as (_, axes, svg):
        for kind, first, second, directed in ties:
            color, style, width = TIE_STYLES[kind]
            bend = {"sponsorship": 0.06, "alliance": -0.12, "rivalry": 0.14, "deference": -0.06}[
                kind
            ]
            axes.add_patch(
                FancyArrowPatch(
                    tuple(places[first]), tuple(places[second]), color=color, linestyle=style,
                    linewidth=width, arrowstyle="-|>" if directed else "-", mutation_scale=9,
                    shrinkA=9, shrinkB=9, connectionstyle=f"arc3,rad={bend}", alpha=0.8, zorder=1,
                )
            )  # fmt: skip
        for name in tied:
            actor = scenario.actors[name]
            mark, color = KIND_MARKS[actor.kind]
            size = 9 + 5 * min(actor.force.distribution.mean(), 2.0)
            axes.plot(*places[name], mark, color=color, markersize=size, markeredgecolor=INK,
                      markeredgewidth=0.6, zorder=2)  # fmt: skip
            axes.annotate(
                _wrapped(actor.name), tuple(places[name]), xytext=(0, -9 - size / 2),
                textcoords="offset points", ha="center", va="top", fontsize=8, zorder=3,
                bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.8},
            )  # fmt: skip
        axes.set_axis_off()
        axes.margins(0.1, 0.12)
        _legend(axes, {scenario.actors[a].kind for a in tied}, {kind for kind, *_ in ties})
    return svg[0], [actor.name for name, actor in scenario.actors.items() if name not in tied]


def _ties(scenario: Scenario) -> list[tuple[str, str, str, bool]]:
    """(kind, from, to, directed) of every tie."""
    found: list[tuple[str, str, str, bool]] = []
    for kind, first, second, tie in scenario.ties.each():
        mutual = kind == "alliance" or (kind == "rivalry" and tie.mutual)
        found.append((kind, first, second, not mutual))
    return found


def _layout(
    scenario: Scenario, names: list[str], ties: list[tuple[str, str, str, bool]]
) -> dict[str, np.ndarray]:
    """Stress layout of the ties, then labels' boxes are pushed apart until none overlap."""
    pairs = [(first, second) for _, first, second, _ in ties]
    widths = np.array([max(map(len, _wrapped(scenario.actors[n].name).split("\n"))) for n in names])
    lines = np.array([_wrapped(scenario.actors[n].name).count("\n") for n in names])
    room = np.column_stack([0.030 * widths + 0.08, 0.20 + 0.05 * lines])
    points = apart(placed(names, pairs, np.array([1.35, 1.0])), room)
    return {name: points[i] for i, name in enumerate(names)}


def _wrapped(name: str) -> str:
    """The name in lines of about eighteen letters."""
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + len(word) > 17:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def _legend(axes, kinds: set[str], ties: set[str]) -> None:
    handles: list[Line2D] = []
    for kind, (mark, color) in KIND_MARKS.items():
        if kind in kinds:
            handles.append(Line2D([], [], marker=mark, color=color, linestyle="", markersize=7,
                                  markeredgecolor=INK, markeredgewidth=0.5, label=kind))  # fmt: skip
    for kind, (color, style, width) in TIE_STYLES.items():
        if kind in ties:
            handles.append(Line2D([], [], color=color, linestyle=style, linewidth=width,
                                  label=_WORDS[kind]))  # fmt: skip
    axes.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=6, fontsize=8)
