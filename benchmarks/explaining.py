"""How long an explanation takes after a run, and that its memory does not grow with the run.

    python benchmarks/explaining.py [--scenario iraq-2021] [--draws 25000 100000 400000]

Each size is drawn into a folder and explained in two fresh processes, so that the peak memory of
one is not the other's. `explain` is the call in Python, everything but SALib loaded; `command` is
`clientela explain`, start to end.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table


def measured(step: str, scenario: str, folder: str, draws: int) -> dict[str, float]:
    """Seconds and peak megabytes of one step, made in a process of its own."""
    command = [sys.executable, __file__, "--step", step, "--scenario", scenario,
               "--folder", folder, "--draws", str(draws)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def step(name: str, scenario_name: str, folder: str, draws: int) -> dict[str, float]:
    """Runs one step here and tells what it took."""
    import clientela as ct
    from clientela.analysis import explain, finished_run

    scenario = ct.load(scenario_name)
    found = finished_run(folder, scenario) if name == "explain" else None
    begun = time.perf_counter()
    if name == "run":
        ct.run(scenario, draws=draws, seed=1, out=folder)
    else:
        assert found is not None
        explain(found)
    seconds = time.perf_counter() - begun
    return {
        "seconds": seconds,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
    }


def whole_command(scenario: str, folder: str) -> float:
    """Seconds of `clientela explain`, interpreter included."""
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "clientela", "explain", scenario, "--out", folder],
        capture_output=True, check=True,
    )  # fmt: skip
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures explanations after runs.")
    parser.add_argument("--scenario", default="iraq-2021", help="a bundled name or a file")
    parser.add_argument("--draws", type=int, nargs="+", default=[25_000, 100_000, 400_000])
    parser.add_argument("--step", choices=["run", "explain"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        print(json.dumps(step(given.step, given.scenario, given.folder, given.draws[0])))
        return
    table = Table("draws", "run, s", "explain, s", "explain / run", "command, s", "run, MB",
                  "explain, MB", box=box.MARKDOWN)  # fmt: skip
    for draws in given.draws:
        with tempfile.TemporaryDirectory() as temporary:
            folder = str(Path(temporary) / "run")
            run = measured("run", given.scenario, folder, draws)
            whole_command(given.scenario, folder)  # compiled code is in its cache afterwards
            explained = measured("explain", given.scenario, folder, draws)
            table.add_row(
                f"{draws:,}", f"{run['seconds']:.1f}", f"{explained['seconds']:.2f}",
                f"{explained['seconds'] / run['seconds']:.2f}",
                f"{whole_command(given.scenario, folder):.2f}",
                f"{run['megabytes']:.0f}", f"{explained['megabytes']:.0f}",
            )  # fmt: skip
    Console().print(table)


if __name__ == "__main__":
    main()
