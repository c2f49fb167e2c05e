"""Real data: models and rules on the days held out, their table and figure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from validation.bootstrap import interval
from validation.events import attacks, dyads
from validation.events.baselines import RULES, judge_rule
from validation.events.models import Events, Terms
from validation.events.trial import WEEK, Judged, judge
from validation.writing import with_interval

# What the others are set beside.
REFERENCE = "last four weeks, negative binomial"


@dataclass(frozen=True)
class Comparison:
    """All models and rules on one set of data; `tested` events in the weeks held out."""

    name: str
    events: int
    tested: int
    weeks: int
    judged: tuple[Judged, ...]

    @property
    def reference(self) -> Judged:
        """The rule that the others are set beside."""
        return next(j for j in self.judged if j.name == REFERENCE)

    def gain(self, judged: Judged) -> tuple[float, float, float]:
        """Log density beyond the reference's, nats an event, with 95 % from a bootstrap of weeks."""
        return self._difference(judged.weekly - self.reference.weekly, self.weeks / self.tested)

    def crps(self, judged: Judged) -> tuple[float, float, float]:
        """Mean CRPS less the reference's, with 95 % from a bootstrap of weeks."""
        return self._difference(judged.crps - self.reference.crps, 1.0)

    def between(self, one: str, other: str) -> tuple[tuple[float, float, float], tuple[float, float, float]]:  # fmt: skip
        """Of two models, by the ends of their names: log density, nats an event, and CRPS of the one
        less the other's."""
        first, second = (next(j for j in self.judged if j.name.endswith(n)) for n in (one, other))
        density = self._difference(first.weekly - second.weekly, self.weeks / self.tested)
        return density, self._difference(first.crps - second.crps, 1.0)

    def _difference(self, each: np.ndarray, scale: float) -> tuple[float, float, float]:
        middle, low, high = interval(each, np.arange(len(each)), seed=7)
        return middle * scale, low * scale, high * scale


def run(said: Callable[[str], None], folders: tuple[Path, Path]) -> list[Comparison]:
    """Every model on both stretches of the attacks and on the dyads. Raises DataError."""
    found = []
    for stretch in attacks.STRETCHES:
        events = attacks.read(folders[0], stretch)
        found.append(_compared(stretch, events, attacks.MODELS, said))
    found.append(_compared(dyads.STRETCH, dyads.read(folders[1]), dyads.MODELS, said))
    return found


def _compared(
    stretch: attacks.Stretch, events: Events, models: Sequence[Terms], said: Callable[[str], None]
) -> Comparison:
    split = float((stretch.split - stretch.first).days)
    weeks = int((events.days - split) // WEEK)
    inside = (events.day > split) & (events.day <= split + WEEK * weeks)
    own = events.kind < len(events.types)
    judged = [judge_rule(name, events, split) for name in RULES]
    for terms in models:
        judged.append(judge(terms, events, split))
        said(f"{stretch.name}: {terms.name}")
    return Comparison(
        stretch.name, int((own & (events.day <= split)).sum()), int((own & inside).sum()), weeks,
        tuple(judged),
    )  # fmt: skip


def block(found: Comparison) -> str:
    """The table of one set of data for the page."""
    rows = [
        f"{found.events:,} events fitted to, {found.tested:,} in {found.weeks} weeks held out.", "",
        "| model | parameters | fit, s | log density, nats an event | beyond the reference (95 %) | CRPS of weekly counts | less the reference's (95 %) | gaps' distance | radius |",
        "|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for each in found.judged:
        gain, crps = found.gain(each), found.crps(each)
        same = each.name == REFERENCE
        rows.append(
            f"| {each.name} | {each.parameters} | {_or_dash(each.seconds, '.1f')} "
            f"| {f'{each.weekly.sum() / found.tested:.4f}'.replace('-', '−')} | {'reference' if same else with_interval(gain, '+.4f')} "
            f"| {each.crps.mean():.2f} | {'reference' if same else with_interval(crps, '+.2f')} "
            f"| {_or_dash(each.distance, '.3f')} | {_or_dash(each.radius, '.2f')} |"
        )
    return "\n".join(rows)


# What excitation adds where the background is the same.
_PAIRS = {
    "constant background": ("memories, constant background", "no excitation, constant background"),
    "spline": ("memories, spline", "no excitation, spline"),
    "spline, refitted": ("memories, spline, refitted", "no excitation, spline, refitted"),
}


def excitation(found: Sequence[Comparison]) -> str:
    """The table of what excitation adds, by background."""
    rows = [
        "| data | background | log density, nats an event (95 %) | CRPS of weekly counts (95 %) |",
        "|---|---|---|---|",
    ]
    for each in found:
        for name, pair in _PAIRS.items():
            density, crps = each.between(*pair)
            rows.append(
                f"| {each.name} | {name} | {with_interval(density, '+.3f')} | {with_interval(crps, '+.2f')} |"
            )
    return "\n".join(rows)


def _or_dash(value: float, form: str) -> str:
    return "–" if np.isnan(value) else format(value, form)


def draw(found: Sequence[Comparison], path: Path) -> None:
    """A row of two panels for each set of data: gains in log density and in CRPS, with 95 %."""
    heights = [len(each.judged) for each in found]
    made = Figure(figsize=(11.0, 0.32 * sum(heights) + 1.3 * len(found)), layout="constrained")
    grid = made.add_gridspec(len(found), 2, height_ratios=[h + 3 for h in heights])
    for row, each in enumerate(found):
        names = [j.name for j in each.judged]
        for column, (of, title, sign) in enumerate((
            (each.gain, "log density beyond the reference's, nats an event (more is better)", 1.0),
            (each.crps, "CRPS of weekly counts less the reference's (less is better)", -1.0),
        )):  # fmt: skip
            axes = made.add_subplot(grid[row, column])
            y = np.arange(len(names))[::-1]
            values = np.array([of(j) for j in each.judged])
            _points(axes, values, y, sign)
            axes.set_yticks(y, names if column == 0 else [""] * len(names), fontsize=8)
            axes.set_title(each.name if column == 0 else "", loc="left", fontsize=10)
            axes.set_xlabel(title, fontsize=8)
            axes.tick_params(axis="x", labelsize=8)
            axes.grid(axis="y", color="#d9e0e6", lw=0.6)
            for side in ("top", "right"):
                axes.spines[side].set_visible(False)
    made.legend(*axes.get_legend_handles_labels(), loc="outside upper right", ncols=2, fontsize=8, frameon=False)  # fmt: skip
    made.savefig(path, dpi=110)


def _points(axes: Axes, values: np.ndarray, y: np.ndarray, sign: float) -> None:
    """A point with its interval for each row; those far off are arrows at the edge with their value."""
    edge = 1.2 * np.sort(np.abs(values[:, 1:]).max(axis=1))[int(0.6 * len(values))]
    far = np.abs(values[:, 0]) > edge
    better = sign * values[:, 0] >= 0.0
    for good, colour, mark, label in ((True, "#0072b2", "o", "better"), (False, "#d55e00", "s", "worse")):  # fmt: skip
        at = (better == good) & ~far
        low, high = np.clip(values[at, 1:].T, -edge, edge)
        axes.hlines(y[at], low, high, color=colour, lw=2)
        axes.plot(values[at, 0], y[at], mark, color=colour, ms=5, label=label)
    for k in np.flatnonzero(far):
        side = np.sign(values[k, 0])
        axes.plot(side * edge, y[k], "<" if side < 0 else ">", color="#d55e00" if not better[k] else "#0072b2", ms=7)  # fmt: skip
        text = f"{values[k, 0]:+.3g}".replace("-", "−")
        axes.annotate(text, (side * edge, y[k]), (-9 * side, 0), textcoords="offset points",
                      ha="right" if side > 0 else "left", va="center", fontsize=8)  # fmt: skip
    axes.axvline(0.0, color="#5d6b78", lw=1.0, ls="--")
    axes.set_xlim(-1.08 * edge, 1.08 * edge)
