"""How a fit looks: values before and after, rescaled gaps, events week by week, the background."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import matplotlib.dates as mdates
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from clientela.report.drawing import figure
from clientela.report.palette import GREY, INK, MUTED, SERIES

if TYPE_CHECKING:
    from clientela.analysis.fitted import Estimate, Fit

# Values shown, those learned most of.
SHOWN = 10
# Weeks are put together so that no more than so many steps are drawn.
_STEPS = 60
# Kolmogorov's 95 % band, times √n.
_BAND = 1.36


def fit_figure(found: Fit) -> str:
    """The figure as SVG: four panels, or three where the background is constant."""
    values = [e for e in found.values if not e.flat][:SHOWN]
    with figure(9.4, 7.2 if found.course else 7.0) as (made, first, svg):
        first.remove()
        grid = made.add_gridspec(2, 2, height_ratios=(1.1, 1.0))
        _values(made.add_subplot(grid[0, 0]), values)
        _gaps(made.add_subplot(grid[0, 1]), found)
        weeks = grid[1, 0] if found.course else grid[1, :]
        _weeks(made.add_subplot(weeks), found)
        if found.course:
            _background(made.add_subplot(grid[1, 1]), found)
    return svg[0]


def _values(axes: Axes, values: list[Estimate]) -> None:
    """Each value as a multiple of its prior median: prior thin and hollow, posterior thick."""
    names = [_short(e.path) for e in values]
    for k, each in enumerate(values):
        scale = each.before[0]
        y = len(values) - 1 - k
        axes.plot(np.array(each.before[1:]) / scale, [y + 0.17] * 2, color=GREY, lw=1.4)
        axes.plot(
            1.0, y + 0.17, "o", color=GREY, mfc="white", ms=5, label="before" if k == 0 else None
        )
        axes.plot(np.array(each.after[1:]) / scale, [y - 0.17] * 2, color=SERIES[0], lw=2.4)
        axes.plot(each.after[0] / scale, y - 0.17, "s", color=SERIES[0], ms=5, label="after" if k == 0 else None)  # fmt: skip
    axes.set_xscale("log")
    axes.set_yticks(range(len(values)), names[::-1], fontsize=8)
    axes.set_ylim(-0.7, len(values) - 0.3)
    _plain_log(axes.xaxis)
    axes.set_xlabel("multiple of the prior median (log scale)")
    axes.set_title("Values, with 5 to 95 %", loc="left", fontsize=10)
    if values:
        axes.legend(
            loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, fontsize=8, borderaxespad=0.2
        )


def _short(path: str) -> str:
    parts = path.removeprefix("mechanisms.").removeprefix("ties.").split(".")
    if len(parts) == 4:
        return f"{parts[1]} → {parts[2]}: {parts[3]}"
    return " ".join(parts)


def _gaps(axes: Axes, found: Fit) -> None:
    """Rescaled gaps against the uniform law."""
    r = found.residuals
    u = np.sort(r.levels)
    n = max(len(u), 1)
    band = _BAND / np.sqrt(n)
    x = np.array([0.0, 1.0])
    axes.fill_between(x, x - band, x + band, color=GREY, alpha=0.25, lw=0, label="95 % if it fits")
    axes.plot(x, x, color=MUTED, lw=1.0, ls="--")
    axes.step(np.concatenate([[0.0], u]), np.arange(n + 1) / n, where="post", color=SERIES[0], lw=1.8, label="observed")  # fmt: skip
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel("1 − exp(−rescaled gap)")
    axes.set_ylabel("share of gaps below")
    axes.set_title(
        f"Rescaled gaps, n = {len(u):,}, p = {r.probability:.2f}", loc="left", fontsize=10
    )
    axes.legend(loc="lower right", fontsize=8)


def _weeks(axes: Axes, found: Fit) -> None:
    """Events in weeks, or several weeks: observed, and 5 to 95 % of histories fitted."""
    predicted = found.predicted
    every = max(-(-len(predicted.weeks) // _STEPS), 1)
    steps = len(predicted.weeks) // every
    seen = predicted.weeks[: steps * every].reshape(steps, every).sum(axis=1)
    drawn = predicted.drawn_weeks[:, : steps * every].reshape(-1, steps, every).sum(axis=2)
    low, middle, high = np.quantile(drawn, [0.05, 0.5, 0.95], axis=0)
    days = [found.events.since + dt.timedelta(days=7 * every * k) for k in range(steps + 1)]
    x = mdates.date2num(days)
    axes.stairs(high, x, baseline=low, fill=True, color=GREY, alpha=0.35, label="5 to 95 %")
    axes.stairs(middle, x, baseline=None, color=MUTED, ls="--", lw=1.0, label="median")
    axes.stairs(seen, x, baseline=None, color=SERIES[0], lw=1.3, label="observed")
    axes.set_ylim(0, 1.3 * max(seen.max(initial=1), high.max(initial=1)))
    axes.set_ylabel("events a week" if every == 1 else f"events in {every} weeks")
    axes.set_title("Events, observed and fitted", loc="left", fontsize=10)
    axes.legend(loc="upper left", ncols=3, fontsize=8, columnspacing=1.0, handlelength=1.6)
    _dates(axes)


def _background(axes: Axes, found: Fit) -> None:
    assert found.course is not None
    edges, (middle, low, high) = found.course
    days = [found.events.since + dt.timedelta(days=float(edge)) for edge in edges]
    x = mdates.date2num(days)
    axes.stairs(high, x, baseline=low, fill=True, color=SERIES[0], alpha=0.25, label="5 to 95 %")
    axes.stairs(middle, x, baseline=None, color=SERIES[0], lw=1.8, label="median")
    axes.axhline(1.0, color=INK, lw=0.8, ls=":")
    axes.set_yscale("log")
    _plain_log(axes.yaxis)
    axes.set_ylabel("multiple of the last (log scale)")
    axes.set_title("Background", loc="left", fontsize=10)
    axes.legend(loc="best", fontsize=8)
    _dates(axes)


def _plain_log(axis: Axis) -> None:
    """Ticks at 1, 2 and 5 times powers of ten, as plain numbers."""
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    axis.set_minor_formatter(NullFormatter())


def _dates(axes: Axes) -> None:
    locator = mdates.AutoDateLocator(minticks=3, maxticks=5)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))
