"""What `fit` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from clientela.analysis.fitted import Estimate, Fit

# Estimates shown, and how far one must have moved to be (nats).
SHOWN, LEAST = 16, 0.005


def print_fit(found: Fit) -> None:
    """What was fitted, the values before and after, how well it fits, and what to beware of."""
    console = Console(markup=False, emoji=False)

    def say(text: str, style: str = "") -> None:
        console.print(text, style=style, highlight=False, soft_wrap=True)

    events, options = found.events, found.options
    say(f"{found.scenario.title}: fitted to {found.title}", "bold")
    say(
        f"{len(events):,} events, {events.since} to {events.through}"
        + (f", held out from {options.test_from}" if options.test_from else "")
        + f"; {', '.join(options.mechanisms)}, background {options.background}; {options.method}"
    )
    left = [f"{count:,} {rule}" for rule, count in events.left_out.items() if count]
    if left:
        names = ", ".join(f"{name} ({n})" for name, n in events.unknown.most_common(3))
        say(f"left out: {', '.join(left)}" + (f"; most often {names}" if names else ""), "dim")
    console.print()
    console.print(_estimates(found))
    say(
        "before, after: median, and 5 to 95 %; learned: in nats, 0.5 is about a standard deviation. Paths without mechanisms. and ties.",
        "dim",
    )
    if found.silent:
        say(f"the log says nothing of: {', '.join(found.silent)}", "dim")
    console.print()
    console.print(_checks(found))
    for line in _warnings(found):
        say(line, "yellow")
    say(f"\n{found.seconds:.1f} s; sha256 {found.sha256[:12]}")


def _estimates(found: Fit) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("value", overflow="fold")
    for name in ("before", "after", "learned"):
        table.add_column(name, justify="right", no_wrap=True)
    shown = [
        e for e in found.estimates
        if (e.distance >= LEAST or e.flat) and not e.path.startswith("background.")
    ]  # fmt: skip
    for each in shown[:SHOWN]:
        table.add_row(each.path.removeprefix("mechanisms.").removeprefix("ties."), _before(each), _interval(each.after), "–" if each.flat else f"{each.distance:.2f}")  # fmt: skip
    if len(shown) > SHOWN:
        table.add_row(f"and {len(shown) - SHOWN} more", "", "", "")
    return table


def _before(each: Estimate) -> str:
    return "no prior" if each.flat else _interval(each.before)


def _interval(values: tuple[float, float, float]) -> str:
    middle, low, high = values
    return f"{_digits(middle)}, {_digits(low)}–{_digits(high)}"


def _digits(value: float) -> str:
    """Two digits that count, without an exponent."""
    return np.format_float_positional(float(f"{value:.2g}"), trim="-")


def _checks(found: Fit) -> Table:
    """Residuals, predicted figures, held-out days."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("how it fits")
    for name in ("observed", "fitted", "5 to 95 %"):
        table.add_column(name, justify="right", no_wrap=True)
    for name, (seen, middle, low, high) in found.predicted.tails().items():
        mark = "" if low <= seen <= high else " !"
        table.add_row(name, f"{seen:,.3g}", f"{middle:,.3g}", f"{low:,.3g} to {high:,.3g}{mark}")
    r = found.residuals
    table.add_row("rescaled gaps, distance", f"{r.distance:.3f}", "", f"p = {r.probability:.2f}" + (" !" if r.probability < 0.05 else ""))  # fmt: skip
    if found.held_out:
        h = found.held_out
        table.add_row(f"held out ({h.events:,}), nats an event", f"{h.model:.2f}", f"constant {h.poisson:.2f}", f"4 weeks {h.lately:.2f}")  # fmt: skip
    return table


def _warnings(found: Fit) -> list[str]:
    lines = []
    if found.hidden:
        lines.append(
            f"held not to happen, for the log does not tell: {', '.join(found.hidden[:4])}"
            + (f" and {len(found.hidden) - 4} more" if len(found.hidden) > 4 else "")
            + "; --method particles draws them"
        )
    if found.chains:
        lines += found.chains.complaints
    elif found.mode is not None and np.sqrt(np.diag(found.mode.covariance)).max() > 0.7:
        lines.append("intervals are of the normal approximation at the mode; --method nuts draws from the posterior itself")  # fmt: skip
    return lines
