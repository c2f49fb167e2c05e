"""Where a run is kept if nothing else is said."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clientela.scenario import Scenario


def default_folder(
    scenario: Scenario, seed: int, until: dt.date | None = None, runs: Path = Path("runs")
) -> Path:
    """The folder, among `runs`, of what decides a run: scenario, branch, end, seed and content."""
    parts = [
        scenario.scenario,
        scenario.branch or "",
        until.strftime("until-%Y-%m-%d") if until else "",
    ]
    return runs / "-".join([*(p for p in parts if p), f"seed{seed}", scenario.digest[:8]])
