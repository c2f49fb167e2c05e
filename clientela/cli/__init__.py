"""The command line: commands, progress bars, exit codes. No logic."""

from clientela.cli import (
    chamber,
    comparisons,
    decomposing,
    events,
    evidence,
    exporting,
    fitting,
    games,
    optimising,
    runs,
    scenarios,
    scoring,
    serving,
    updating,
)
from clientela.cli.common import app

__all__ = [
    "app",
    "chamber",
    "comparisons",
    "decomposing",
    "events",
    "evidence",
    "exporting",
    "fitting",
    "games",
    "main",
    "optimising",
    "runs",
    "scenarios",
    "scoring",
    "serving",
    "updating",
]


def main() -> None:
    """Runs the command line; every expected fault becomes one message and an exit code."""
    app()
