"""What `sweep` says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from clientela.analysis.sweep_summary import Shown, axes_of, matrix, most_moved, said, slopes
from clientela.analysis.words import percent, points, span

if TYPE_CHECKING:
    from clientela.analysis.sweeping import Sweep

MOST = 4  # answers shown in full


def print_sweep(found: Sweep, shown: Sequence[Shown]) -> None:
    """The answers that move most: a column over one path, a matrix over two, else slopes."""
    console = Console(markup=False, emoji=False)
    console.print(found.scenario.title, style="bold")
    taken = f", {found.taken_up} taken up from before" if found.taken_up else ""
    console.print(
        f"{len(found.points):,} points{taken}, {found.draws:,} draws at each, seed {found.seed}, "
        "the same random numbers in all"
    )
    axes = axes_of(found)
    kept = most_moved(found, shown, MOST)
    for item in kept:
        console.print(f"\n{said(found, item)}", style="bold", soft_wrap=True)
        if len(found.paths) == 1:
            console.print(_column(found, item))
        elif axes is not None and len(axes) == 2 and len(axes[1]) <= 12:
            console.print(_matrix(found, item, axes))
        else:
            console.print(_slopes(found, item))
    if len(kept) < len(shown):
        console.print(
            f"\nof {len(shown)} answers the {len(kept)} that move most; --question shows others"
        )
    failed = int(found.table["failed"].to_numpy().max())
    if failed:
        console.print(f"up to {failed} draws of a point failed and are left out")
    console.print(f"{found.seconds:.1f} s; all answers: {found.folder / 'sweep.parquet'}",
                  soft_wrap=True, highlight=False)  # fmt: skip


def _column(found: Sweep, item: Shown) -> Table:
    table = _table(found.paths[0].rpartition(".")[2], "prob.", "95 % MC", "change, points")
    for row in found.of(*item).iter_rows(named=True):
        change = "–"
        if row["change"] is not None:
            half = 100 * (row["change_high"] - row["change"])
            change = f"{points(row['change'])} ±{half:.1f}"
        table.add_row(f"{row[found.paths[0]]:g}", percent(row["share"]), span(row["low"], row["high"]), change)  # fmt: skip
    return table


def _matrix(found: Sweep, item: Shown, axes: list[list[float]]) -> Table:
    down, across = (path.rpartition(".")[2] for path in found.paths)
    table = _table(f"{down} ↓  {across} →", *(f"{value:g}" for value in axes[1]))
    for value, row in zip(axes[0], matrix(found, item), strict=True):
        table.add_row(f"{value:g}", *("–" if share != share else percent(share) for share in row))
    return table


def _slopes(found: Sweep, item: Shown) -> Table:
    table = _table("path", "low to high, points", "±")
    rows = slopes(found, item)
    for slope in sorted(rows, key=lambda s: -abs(s.rise)):
        table.add_row(slope.path, points(slope.rise), f"{196 * slope.error:.1f}")
    if rows:
        table.caption = f"straight lines explain {percent(rows[0].explained)} of the differences"
        table.caption_justify = "left"
    return table


def _table(first: str, *columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(first)
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table
