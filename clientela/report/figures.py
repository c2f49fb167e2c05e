"""The figures of the report, each a function from a forecast to SVG."""

from __future__ import annotations

import datetime as dt

import matplotlib.dates as mdates
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from clientela.analysis import Forecast
from clientela.analysis.answers import Answer
from clientela.analysis.words import kind_titles, percent
from clientela.chamber import chamber_of
from clientela.report.drawing import figure
from clientela.report.palette import AMBER, BLUE, GREY, HATCHES, INK, ORANGE, SERIES


def question_curve(forecast: Forecast, answer: Answer) -> str:
    """The share of histories in which it has come true, by day, up to the deadline."""
    days, shown = _days(forecast, answer)
    share = np.array(answer.curve["yes"])[shown]
    with figure(3.9, 1.75) as (_, axes, svg):
        axes.fill_between(days, share, step="post", color=BLUE, alpha=0.15, linewidth=0)
        axes.step(days, share, where="post", color=BLUE, linewidth=1.6)
        axes.plot(days[-1:], share[-1:], "o", color=BLUE, markersize=4, clip_on=False)
        _shares_axis(axes)
        _dates_axis(axes, days)
    return svg[0]


def kinds_curve(forecast: Forecast, answer: Answer) -> str:
    """Shares of each kind over time, stacked, labelled at the right."""
    days, shown = _days(forecast, answer)
    titles = kind_titles(forecast.scenario)
    with figure(8.2, 2.9) as (_, axes, svg):
        floor = np.zeros(len(days))
        for (name, curve), color, hatch in zip(answer.curve.items(), SERIES, HATCHES, strict=False):
            top = floor + np.array(curve)[shown]
            axes.fill_between(
                days, floor, top, step="post", facecolor=color, alpha=0.75, hatch=hatch,
                edgecolor="white", linewidth=0.4,
            )  # fmt: skip
            share = (answer.shares or {}).get(name, 0.0)
            if share >= 0.03:
                text = f"{titles.get(name, name)} {percent(share)}"
                _beside(axes, text, days[-1], (floor[-1] + top[-1]) / 2)
            floor = top
        none = (answer.shares or {}).get("none", 0.0)
        if none >= 0.03:
            _beside(axes, f"{titles['none']} {percent(none)}", days[-1], (1 + floor[-1]) / 2)
        _shares_axis(axes)
        _dates_axis(axes, days)
        axes.set_ylabel("share of histories")
    return svg[0]


def obedience_bars(forecast: Forecast) -> str:
    """Share of calls to order that each client complies with."""
    actors = forecast.scenario.actors
    items = sorted(forecast.obedience, key=lambda item: item.complied)
    with figure(8.2, 0.5 + 0.34 * len(items)) as (_, axes, svg):
        names = [actors[item.client].name for item in items]
        shares = [item.complied for item in items]
        axes.barh(names, shares, color=BLUE, height=0.62)
        for row, share in enumerate(shares):
            _beside(axes, percent(share), share, row)
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
        axes.set_xlabel("visits at which it complies")
        axes.grid(visible=False, axis="y")
        axes.tick_params(axis="y", length=0, labelcolor=INK)
    return svg[0]


def timeline(forecast: Forecast) -> str:
    """Past and scheduled events, a row each; a bar where the date is uncertain."""
    scenario = forecast.scenario
    rows = _timeline_rows(forecast)
    with figure(8.2, 0.6 + 0.3 * len(rows)) as (_, axes, svg):
        for row, (_, first, last, coming) in enumerate(rows):
            color, mark = (AMBER, "D") if coming else (BLUE, "o")
            if last > first:
                axes.plot([first, last], [row, row], color=color, linewidth=5, alpha=0.5,
                          solid_capstyle="round")  # fmt: skip
            axes.plot([first + (last - first) / 2], [row], mark, color=color, markersize=6)
        axes.axvline(_day(scenario.as_of), color=ORANGE, linewidth=1.2)
        axes.annotate(f"as of {scenario.as_of} ", (_day(scenario.as_of), -0.85), color=ORANGE,
                      ha="right", va="center", annotation_clip=False)  # fmt: skip
        axes.set_yticks(range(len(rows)), [label for label, *_ in rows])
        axes.set_ylim(len(rows) - 0.4, -1.3)
        axes.tick_params(axis="y", length=0, labelcolor=INK)
        axes.grid(visible=True, axis="x")
        axes.xaxis.set_major_locator(mdates.AutoDateLocator(maxticks=8))
        axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(axes.xaxis.get_major_locator()))
    return svg[0]


def _timeline_rows(forecast: Forecast) -> list[tuple[str, float, float, bool]]:
    """(label, first day, last day, whether it is to come), in order of time."""
    scenario = forecast.scenario
    rows = [(_label(name), _day(e.date), _day(e.date), False) for name, e in scenario.past.items()]
    for name, event in scenario.scheduled.items():
        if event.date is not None:
            rows.append((_label(name), _day(event.date), _day(event.date), True))
        elif event.after is not None:
            low, high = event.after.distribution.quantile(np.array([0.05, 0.95]))
            last = min(high, forecast.horizon)
            if low <= forecast.horizon:
                start = _day(scenario.as_of)
                rows.append((f"{_label(name)} (90 %)", start + low, start + last, True))
    return sorted(rows, key=lambda row: row[1])


def seats_bars(forecast: Forecast) -> str:
    """Seats by list; filled by camp, with what was expected where it differs."""
    scenario = forecast.scenario
    lists = sorted(
        scenario.lists.items(), key=lambda item: item[1].seats.now if item[1].seats else 0
    )
    camps = list(dict.fromkeys(a.camp for _, a in lists if a.camp))
    with figure(8.2, 0.7 + 0.28 * len(lists)) as (_, axes, svg):
        for row, (_, actor) in enumerate(lists):
            assert actor.seats is not None
            style = camps.index(actor.camp) if actor.camp else None
            axes.barh(
                row, actor.seats.now, height=0.66,
                color=GREY if style is None else SERIES[style],
                hatch="" if style is None else HATCHES[style + 1], edgecolor="white",
                label=None,
            )  # fmt: skip
            text, at = f"{actor.seats.now}", float(actor.seats.now)
            if actor.seats.expected is not None:
                expected = actor.seats.expected.distribution.mean()
                axes.plot([expected, expected], [row - 0.38, row + 0.38], color=INK, linewidth=2)
                text, at = f"{text} (expected about {expected:.0f})", max(at, expected)
            _beside(axes, text, at, row)
        for number, camp in enumerate(camps):
            axes.barh(np.nan, np.nan, color=SERIES[number], hatch=HATCHES[number + 1],
                      edgecolor="white", label=f"camp {camp}")  # fmt: skip
        axes.barh(np.nan, np.nan, color=GREY, label="no camp")
        axes.set_yticks(range(len(lists)), [actor.name for _, actor in lists])
        axes.tick_params(axis="y", length=0, labelcolor=INK)
        axes.set_ylim(-0.6, len(lists) - 0.4)
        axes.grid(visible=False, axis="y")
        axes.set_xlabel("seats")
        axes.legend(loc="lower right")
    return svg[0]


def coalitions_grid(forecast: Forecast) -> str:
    """The likeliest governments: which lists are in each, its seats and its share."""
    scenario = forecast.scenario
    chamber = chamber_of(scenario)
    seats = {party.id: party.seats for party in chamber.lists if party.bloc}
    lists = sorted(seats, key=lambda name: -seats[name])
    shown = forecast.governments[:8]
    titles = kind_titles(scenario)
    with figure(8.2, 1.7 + 0.3 * len(shown)) as (_, axes, svg):
        for row, government in enumerate(shown):
            for column, name in enumerate(lists):
                inside = name in government.members
                axes.plot(column, row, "o", markersize=9 if inside else 4,
                          color=BLUE if inside else "#d9e0e6")  # fmt: skip
            held = sum(seats.get(name, 0) for name in government.members)
            axes.annotate(
                f"{percent(government.share):>5}   {held} seats   "
                f"{titles.get(government.kind, government.kind)}",
                (len(lists) - 0.3, row), va="center", annotation_clip=False,
            )  # fmt: skip
        axes.set_xlim(-0.6, len(lists) + 4.2)
        axes.set_ylim(len(shown) - 0.4, -0.6)
        names = [scenario.actors[name].name for name in lists]
        axes.set_xticks(range(len(lists)), names, rotation=40, ha="left", rotation_mode="anchor")
        axes.xaxis.tick_top()
        axes.tick_params(axis="x", length=0, labelcolor=INK, labelsize=8)
        axes.set_yticks([])
        axes.grid(visible=False)
        for side in ("left", "bottom"):
            axes.spines[side].set_visible(False)
    return svg[0]


def _days(forecast: Forecast, answer: Answer) -> tuple[np.ndarray, np.ndarray]:
    """Matplotlib dates up to the answer's deadline, and their days: at most some 130 of them."""
    last = int(min(answer.deadline, forecast.horizon)) - 1
    shown = np.unique(np.append(np.arange(0, last, last // 130 + 1), last))
    return _day(forecast.scenario.as_of) + shown, shown


def _beside(axes: Axes, text: str, x: float, y: float) -> None:
    """Text just right of a bar's end."""
    axes.annotate(text, (x, y), xytext=(5, 0), textcoords="offset points", va="center",
                  annotation_clip=False)  # fmt: skip


def _day(date: dt.date) -> float:
    return float(mdates.date2num(date))


def _label(name: str) -> str:
    return name.replace("-", " ").capitalize()


def _shares_axis(axes: Axes) -> None:
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.5, 1])
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))


def _dates_axis(axes: Axes, days: np.ndarray) -> None:
    axes.set_xlim(days[0], days[-1])
    locator = mdates.AutoDateLocator(minticks=2, maxticks=4)
    short = days[-1] - days[0] < 120
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(mdates.DateFormatter("%d %b" if short else "%b %Y"))
