"""What `events` says: what was read and kept, what each rule dropped, names without an alias."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from clientela.events import ReadReport, Suggestion

_MOST_NAMES = 30


def print_reading(report: ReadReport, suggestions: Sequence[Suggestion]) -> None:
    """The report, and the names without an alias beside the actors they are most like."""
    console = Console(markup=False, emoji=False)
    files = report.files[0] if len(report.files) == 1 else f"{len(report.files)} files"
    console.print(f"{files}: {report.format}", style="bold", soft_wrap=True, highlight=False)
    console.print(_counts(report))
    for each in report.dropped:
        if each.first:
            console.print(f"first {each.says}: {each.first}", soft_wrap=True, highlight=False)
    shown = suggestions[:_MOST_NAMES]
    if shown:
        console.print()
        console.print(_names(shown))
    hidden = len(report.unmapped) - len(shown)
    if hidden:
        why = ", which may be those of persons" if report.persons else ""
        console.print(f"and {hidden:,} more names{why}", style="dim")


def _counts(report: ReadReport) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column("", overflow="fold")
    table.add_column("", justify="right", no_wrap=True)
    table.add_row("rows", f"{report.rows:,}", style="bold")
    for each in report.dropped:
        if each.rows:
            table.add_row(f"  dropped: {each.says}", f"{each.rows:,}")
    table.add_row("kept", f"{report.kept:,}", style="bold")
    for what, number in (
        ("more than one possible day", report.inexact),
        ("no number of people killed", report.without_killed),
        ("nobody in particular did it", report.without_actor),
        ("nobody in particular suffered it", report.without_target),
    ):
        if number:
            table.add_row(f"  of which: {what}", f"{number:,}")
    return table


def _names(suggestions: Sequence[Suggestion]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("name without an alias", overflow="fold")
    table.add_column("events", justify="right", no_wrap=True)
    table.add_column("most like (score of 100)", overflow="fold")
    for suggestion in suggestions:
        likely = ", ".join(f"{actor} {score:.0f}" for actor, score in suggestion.actors)
        table.add_row(suggestion.name, f"{suggestion.events:,}", likely)
    return table
