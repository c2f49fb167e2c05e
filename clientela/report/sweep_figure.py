"""A sweep as a figure: lines over one path, maps over two, slopes over more."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from clientela.analysis.sweep_summary import Shown, axes_of, matrix, most_moved, said, slopes
from clientela.analysis.sweeping import Sweep
from clientela.report.drawing import figure, wrapped
from clientela.report.palette import INK, MUTED, SERIES

_MARKS = ("o", "s", "^", "D", "v", "P")
LINES, MAPS = 6, 4


def sweep_figure(found: Sweep, shown: Sequence[Shown]) -> str:
    """The answers that move most, as SVG."""
    axes = axes_of(found)
    if len(found.paths) == 1:
        return _lines(found, most_moved(found, shown, LINES))
    if axes is not None and len(axes) == 2:
        return _maps(found, most_moved(found, shown, MAPS), axes)
    return _slopes(found, most_moved(found, shown, MAPS))


def _lines(found: Sweep, items: Sequence[Shown]) -> str:
    path = found.paths[0]
    with figure(8.6, 4.6 + 0.2 * len(items), (0.7, 0.3, 0.25 + 0.22 * len(items), 0.55)) as (
        _,
        axes,
        svg,
    ):
        for k, item in enumerate(items):
            rows = found.of(*item).sort(path)
            x, color = rows[path].to_numpy(), SERIES[k % len(SERIES)]
            low, high = rows["low"].to_numpy().astype(float), rows["high"].to_numpy().astype(float)
            axes.fill_between(x, low, high, color=color, alpha=0.15, linewidth=0)
            axes.plot(x, rows["share"].to_numpy().astype(float), color=color, marker=_MARKS[k % len(_MARKS)],
                      markersize=4.5, linewidth=1.5, label=wrapped(said(found, item), 110, 1))  # fmt: skip
        axes.set_xlabel(f"{path} (band: 95 % Monte-Carlo interval)")
        axes.set_ylabel("probability")
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
        axes.set_ylim(bottom=0)
        axes.legend(loc="lower left", bbox_to_anchor=(-0.07, 1.0), fontsize=8)
    return svg[0]


def _panels(made: Figure, first: Axes, count: int) -> list[Axes]:
    """So many panels, two a row, in place of the one."""
    first.remove()
    rows = -(-count // 2)
    return [made.add_subplot(rows, min(count, 2), k + 1) for k in range(count)]


def _maps(found: Sweep, items: Sequence[Shown], values: list[list[float]]) -> str:
    rows = -(-len(items) // 2)
    with figure(4.6 * min(len(items), 2) + 0.6, 3.7 * rows + 0.3) as (made, first, svg):
        for axes, item in zip(_panels(made, first, len(items)), items, strict=True):
            shares = matrix(found, item).T
            shown = axes.imshow(shares, origin="lower", aspect="auto", cmap="cividis")
            _numbers(axes, shares, shown.norm)
            for ticks, labels, side in (
                (axes.set_xticks, values[0], 0),
                (axes.set_yticks, values[1], 1),
            ):
                step = -(-len(labels) // 9)
                ticks(range(0, len(labels), step), [f"{v:g}" for v in labels[::step]], fontsize=7.5)
                (axes.set_xlabel if side == 0 else axes.set_ylabel)(found.paths[side], fontsize=8)
            axes.grid(visible=False)
            axes.set_title(
                wrapped(f"{said(found, item)} (%)", 58, 2), fontsize=8.5, loc="left", color=INK
            )
    return svg[0]


def _numbers(axes: Axes, shares: np.ndarray, norm) -> None:
    """The per cent in each cell, where cells are large enough, so that colour is not the only sign."""
    if max(shares.shape) > 12:
        axes.contour(shares, levels=5, colors="white", linewidths=0.8)
        return
    for (y, x), share in np.ndenumerate(shares):
        if np.isfinite(share):
            light = float(norm(share)) > 0.55
            axes.text(x, y, f"{100 * share:.0f}", ha="center", va="center", fontsize=7,
                      color=INK if light else "white")  # fmt: skip


def _slopes(found: Sweep, items: Sequence[Shown]) -> str:
    rows = -(-len(items) // 2)
    height = (0.32 * len(found.paths) + 1.3) * rows
    with figure(5.0 * min(len(items), 2) + 0.6, height) as (made, first, svg):
        for axes, item in zip(_panels(made, first, len(items)), items, strict=True):
            for k, slope in enumerate(slopes(found, item)):
                axes.errorbar(100 * slope.rise, k, xerr=196 * slope.error, fmt="o", color=SERIES[0],
                              capsize=2, markersize=5)  # fmt: skip
            axes.axvline(0.0, color=MUTED, linewidth=0.8)
            axes.set_yticks(range(len(found.paths)), found.paths, fontsize=7.5)
            axes.set_ylim(len(found.paths) - 0.5, -0.5)
            axes.set_xlabel("low to high, percentage points (95 %)", fontsize=8)
            axes.set_title(wrapped(said(found, item), 62, 2), fontsize=8.5, loc="left", color=INK)
    return svg[0]
