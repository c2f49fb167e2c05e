"""How long a user waits: wall time of whole commands, the interpreter's start included.

    python benchmarks/startup.py [--scenario iraq-2021] [--draws 10000] [--times 5]

Each command runs once unmeasured, so that compiled code is in its cache, as it is for a user
from the second command on.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table


def wall_time(arguments: list[str], folder: str) -> float:
    """Seconds from start to end of `python -m clientela …`; exits if it fails."""
    command = [sys.executable, "-m", "clientela", *arguments]
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    spent = time.perf_counter() - begun
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr.strip()}")
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures the command line, start to end.")
    parser.add_argument("--scenario", default="iraq-2021", help="a bundled name or a file")
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    file = Path(given.scenario)
    scenario = str(file.resolve()) if file.exists() else given.scenario
    commands = (["--help"], ["run", scenario, "--draws", str(given.draws)])
    table = Table(title=f"Wall time, {given.times} runs", title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("command", no_wrap=True)
    for heading in ("median", "fastest", "slowest"):
        table.add_column(heading, justify="right", no_wrap=True)
    for arguments in commands:
        spent = []
        for number in range(given.times + 1):
            # A folder of its own for each run: none finds what another has written.
            with tempfile.TemporaryDirectory() as folder:
                took = wall_time(arguments, folder)
            if number > 0:
                spent.append(took)
        middle = statistics.median(spent)
        row = (f"{seconds:.2f} s" for seconds in (middle, min(spent), max(spent)))
        table.add_row(f"clientela {' '.join(arguments)}", *row)
    Console().print(table)


if __name__ == "__main__":
    main()
