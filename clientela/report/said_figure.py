"""Who said what when: marks over dates, a row for each source, sources grouped by camp."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

import matplotlib.dates as mdates
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation, Transform

from clientela.evidence import Claim, Ledger
from clientela.report.drawing import figure, wrapped
from clientela.report.naming import actor_or
from clientela.report.palette import GRID, INK, MUTED, ORANGE, STANCES
from clientela.scenario import Scenario


@dataclass(frozen=True)
class Mark:
    """One place of the figure: `dated` by event or saying, or else by the document's date."""

    source: str
    day: dt.date
    stance: str
    dated: bool


def marks_of(ledger: Ledger) -> tuple[Counter[Mark], int]:
    """How many claims stand at each mark, and how many have no date at all."""
    found: Counter[Mark] = Counter()
    undated = 0
    for claim in ledger.claims.values():
        day, dated = _day_of(claim, ledger)
        if day is None:
            undated += 1
            continue
        found.update(Mark(source, day, claim.stance, dated) for source in claim.sources)
    return found, undated


def _day_of(claim: Claim, ledger: Ledger) -> tuple[dt.date | None, bool]:
    known = claim.event or claim.said
    return known or ledger.documents[claim.document].date, known is not None


def said_figure(scenario: Scenario, ledger: Ledger) -> tuple[str | None, int]:
    """The figure (None: nothing has a date), and how many claims have no date."""
    marks, undated = marks_of(ledger)
    if not marks:
        return None, undated
    groups = _groups(ledger, {mark.source for mark in marks})
    places = _places(groups)
    last = max(places.values())
    height = 0.235 * (last + 1)
    with figure(8.2, height + 1.0, (3.75, 0.35, 0.35, 0.65)) as (_, axes, svg):
        _rows(axes, scenario, ledger, groups, places)
        for mark, number in marks.items():
            beside = sum(_same_place(mark, other) for other in marks)
            _draw(axes, mark, number, places[mark.source], 21 * beside)
        as_of = float(mdates.date2num(scenario.as_of))
        axes.axvline(as_of, color=ORANGE, linewidth=1.2, zorder=1)
        axes.annotate(f"as of {scenario.as_of}", (as_of, 1), (0, 4), ("data", "axes fraction"),
                      "offset points", ha="center", fontsize=7.5, color=ORANGE,
                      annotation_clip=False)  # fmt: skip
        _dates(axes, [*(mark.day for mark in marks), scenario.as_of])
        axes.set_ylim(last + 0.7, -1.2)
        _legend(axes, {mark.stance for mark in marks}, height)
    return svg[0], undated


def _groups(ledger: Ledger, speaking: set[str]) -> dict[str | None, list[str]]:
    """The sources that say something dated, by camp; those without a camp last."""
    alone = [name for name, source in ledger.sources.items() if source.circle is None]
    groups: dict[str | None, list[str]] = {**ledger.camps, None: alone}
    kept = {camp: [n for n in names if n in speaking] for camp, names in groups.items()}
    return {camp: names for camp, names in kept.items() if names}


def _places(groups: dict[str | None, list[str]]) -> dict[str, float]:
    """Each source's place downwards; a camp's head takes a place too."""
    places: dict[str, float] = {}
    y = 0.0
    for names in groups.values():
        for name in names:
            y += 1
            places[name] = y
        y += 1.5
    return places


def _rows(
    axes: Axes,
    scenario: Scenario,
    ledger: Ledger,
    groups: dict[str | None, list[str]],
    places: dict[str, float],
) -> None:
    for camp, names in groups.items():
        title = "No camp" if camp is None else actor_or(scenario, camp)
        _words(axes, title, places[names[0]] - 1, 0, weight="bold")
        for name in names:
            retracted = " (retracted)" if ledger.sources[name].retracted else ""
            role = wrapped(ledger.sources[name].role, 60 - len(retracted), 1) + retracted
            _words(axes, role, places[name], 8, color=MUTED if retracted else INK)
            axes.axhline(places[name], color=GRID, linewidth=0.7, zorder=0)


def _words(axes: Axes, text: str, y: float, indent: float, weight="normal", color=INK) -> None:
    axes.annotate(text, (0, y), (-3.65 * 72 + indent, 0), ("axes fraction", "data"),
                  "offset points", va="center", fontsize=7.5, weight=weight, color=color,
                  annotation_clip=False)  # fmt: skip


def _same_place(mark: Mark, other: Mark) -> bool:
    """Whether the other stands at the same place, and first: what is dated, then by stance."""

    def rank(one: Mark) -> tuple[bool, int]:
        return not one.dated, list(STANCES).index(one.stance)

    return (other.source, other.day) == (mark.source, mark.day) and rank(other) < rank(mark)


def _draw(axes: Axes, mark: Mark, number: int, y: float, shift: float) -> None:
    """The mark, hollow if the day is only the document's, with how many claims it stands for.

    Marks at one place stand side by side, `shift` points from where the date is.
    """
    shape, color = STANCES[mark.stance]
    axes.plot(
        mdates.date2num(mark.day), y, shape, markersize=6, markeredgecolor=color,
        color=color if mark.dated else "white", markeredgewidth=1.3, clip_on=False,
        transform=axes.transData + _moved(axes, shift), zorder=3,
    )  # fmt: skip
    if number > 1:
        axes.annotate(f"{number}", (float(mdates.date2num(mark.day)), y), (shift + 5, 0),
                      textcoords="offset points", va="center", fontsize=7, color=color,
                      annotation_clip=False)  # fmt: skip


def _moved(axes: Axes, points: float) -> Transform:
    assert axes.figure is not None
    return ScaledTranslation(points / 72, 0, axes.figure.dpi_scale_trans)


def _dates(axes: Axes, days: list[dt.date]) -> None:
    first, last = float(mdates.date2num(min(days))), float(mdates.date2num(max(days)))
    room = max(0.05 * (last - first), 2.0)
    axes.set_xlim(first - room, last + 2 * room)
    locator = mdates.AutoDateLocator(minticks=3, maxticks=6)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))
    axes.set_yticks([])
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="x", length=0, labelsize=8)


def _legend(axes: Axes, stances: set[str], height: float) -> None:
    handles = [
        Line2D([], [], marker=shape, linestyle="", color=color, markersize=6, label=stance)
        for stance, (shape, color) in STANCES.items()
        if stance in stances
    ]
    handles.append(Line2D([], [], marker="o", linestyle="", color="white", markeredgecolor=MUTED,
                          markersize=6, label="hollow: only the document's date is known"))  # fmt: skip
    axes.legend(handles=handles, loc="upper right", bbox_to_anchor=(1.0, -0.42 / height), ncols=5,
                fontsize=7.5, columnspacing=1.0, handletextpad=0.2, borderaxespad=0.0)  # fmt: skip
