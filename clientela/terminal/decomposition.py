"""What `decompose` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from clientela.analysis.words import kind_titles, percent

if TYPE_CHECKING:
    from clientela.analysis.decomposing import Decomposition


def print_decomposition(found: Decomposition) -> None:
    """The whole effect, a row per mechanism with its share of it, and what is left out."""
    console = Console(markup=False, emoji=False)
    scenario, effect = found.scenario, found.effect
    against = f", branch {found.against}" if found.against else ""
    console.print(f"{scenario.title}{against}", style="bold")
    console.print(
        f"{found.draws:,} draws of each set, seed {found.seed}, the same random numbers in all"
    )
    console.print(f"\n{found.title}", style="bold", soft_wrap=True)
    sentence = scenario.questions[found.question].ask
    kind = kind_titles(scenario).get(found.outcome, found.outcome)
    asked = sentence if found.outcome == "yes" else f"{sentence} {kind}"
    console.print(
        f"{asked} {percent(effect.base)}, with it {percent(effect.other)}", soft_wrap=True
    )
    if found.shares:
        console.print(_table(found))
    else:
        console.print(f"The effect is {_points(effect.change)} points: no mechanism has a share.")
    for line in _notes(found):
        console.print(line, style="dim", soft_wrap=True, highlight=False)


def _table(found: Decomposition) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("\nmechanism")
    for name in ("share,\npoints", "\n±", "of the\nwhole"):
        table.add_column(name, justify="right", no_wrap=True)
    whole = found.effect.change or 0.0

    def row(
        name: str, share: float, half: float | None, surely: bool = True, style: str = ""
    ) -> None:
        part = "–"
        if found.effect.surely:
            part = f"{100 * share / whole:.0f} %".replace("-", "−").replace("−0 ", "0 ")
        digits = 1 if half is None or half >= 0.0005 else 2
        error = "" if half is None else f"{100 * half:.{digits}f}" if half else "exactly"
        dot = "" if surely or not half else " ·"
        table.add_row(name, _points(share, digits) + dot, error, part, style=style)

    for share in found.shares:
        name = f"{share.mechanism} *" if share.essential else share.mechanism
        row(name, share.share, share.half, share.surely)
    if found.rest:
        row("with none of them", found.rest, None)
    half = (found.effect.high or 0.0) - whole
    row("the whole effect", whole, half, found.effect.surely, "bold")
    return table


def _points(share: float | None, digits: int = 1) -> str:
    """`+5.8`; a plain 0 without a sign."""
    text = f"{100 * (share or 0.0):+.{digits}f}"
    return text.replace("-", "−") if float(text) else f"{0:.{digits}f}"


def _notes(found: Decomposition) -> list[str]:
    lines = []
    if found.shares:
        against = "minus" if (found.effect.change or 0.0) >= 0 else "plus"
        lines.append(
            f"\npoints: of probability, ± 95 %; · not told from none; a {against} dampens the effect"
        )
    if any(share.essential for share in found.shares):
        lines.append("* without it there is no effect at all; all such have the same share")
    if found.null:
        lines.append(
            f"left out: {', '.join(found.null)}; without them not one history has another answer"
        )
    if found.kept:
        lines.append(f"always on: {', '.join(found.kept)}; the scenario does not load without")
    lines.append(_how(found))
    if found.failed:
        lines.append(f"up to {found.failed} draws of a run failed and are left out")
    return lines


def _how(found: Decomposition) -> str:
    if found.orders is None:
        return f"exact; sets drawn: {found.sets:,}; {found.seconds:.1f} s"
    most = 196 * max(share.sampling for share in found.shares)
    return (
        f"{found.orders:,} orders sampled, {found.sets:,} sets drawn, exact with --sets {found.all_sets:,}, {found.seconds:.1f} s; "
        f"of ± at most {most:.1f} is for the orders"
    )
