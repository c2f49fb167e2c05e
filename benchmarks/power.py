"""How long Shapley–Shubik's and Banzhaf's indices take, beside the packages that PyPI has for them.

    python benchmarks/power.py [--limit 60] [--large]

The packages go into an environment of their own that is deleted afterwards; one that cannot be
had is left out with a word why. Each is given the same games in a fresh process, its imports not
counted, and both indices are asked of it; `off by` is its largest difference from the exact
fractions (powerindices counts in 64 bits, which overflow). An error's name stands where a package
fails. `--large` adds 300 players of up to 1000 votes each, for Clientela alone.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

OURS = """
from clientela.chamber.power import Game, Rule
def solve(quota, weights):
    game = Game(Rule(tuple(weights), quota))
    return [float(b) for b in game.banzhaf()], [float(s) for s in game.shapley_shubik()]
"""
# What to install, and how each is asked for both indices.
PEERS = {
    "powerindex 0.3.5": (
        ["powerindex==0.3.5"],
        """
from powerindex import Game
def solve(quota, weights):
    game = Game(quota, weights)
    game.calc_banzhaf()
    game.calc_shapley_shubik()
    return game.banzhaf, game.shapley_shubik
""",
    ),
    "powerindices 1.0.2": (
        ["powerindices==1.0.2", "numpy"],
        """
from powerindices import compute_pbi, compute_ssi
def solve(quota, weights):
    return list(compute_pbi(quota, list(weights))), list(compute_ssi(quota, list(weights)))
""",
    ),
    "power_bdd 1.0.0": (
        ["power_bdd==1.0.0"],
        """
from power_bdd.bdd import BDD, WeightedGame
def solve(quota, weights):
    diagram = BDD(WeightedGame(quota, list(weights)))
    return diagram.calc_banzhaf(), diagram.calc_shapley()
""",
    ),
    # Gives three decimals.
    "power_index_calculator 1.0": (
        ["power_index_calculator==1.0"],
        """
from power_index_calculator import banzhaf, shapley
def solve(quota, weights):
    return list(banzhaf(weights, quota)), list(shapley(weights, quota))
""",
    ),
}
MEASURED = """
import json, statistics, sys, time
given = json.load(sys.stdin)
package = {}
exec(given["code"], package)
spent = []
while len(spent) < 3 and sum(spent) < 10:
    begun = time.perf_counter()
    swings, orders = package["solve"](given["quota"], list(given["weights"]))
    spent.append(time.perf_counter() - begun)
swings = [float(s) / float(sum(swings)) for s in swings]
print(json.dumps([statistics.median(spent), swings, [float(o) for o in orders]]))
"""
# Of the states and the District of Columbia, 2012–2020.
ELECTORS = (
    55, 38, 29, 29, 20, 20, 18, 16, 16, 15, 14, 13, 12, 11, 11, 11, 11, 10, 10, 10, 10, 9, 9, 9, 8,
    8, 7, 7, 7, 6, 6, 6, 6, 6, 6, 5, 5, 5, 4, 4, 4, 4, 4, *(3,) * 8,
)  # fmt: skip


def seats(players: int, total: int) -> tuple[int, ...]:
    """At least one seat each, otherwise by chance, and always the same."""
    cuts = sorted(random.Random(1).sample(range(1, total), players - 1))
    return tuple(b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True))


def games() -> dict[str, tuple[int, tuple[int, ...]]]:
    """Quota and votes by the game's name."""
    return {
        "EEC 1958, 6 players": (12, (4, 4, 4, 2, 2, 1)),
        "Security Council, 15": (39, (7,) * 5 + (1,) * 10),
        "US electors, 51": (270, ELECTORS),
        "100 players, 1000 seats": (501, seats(100, 1000)),
        "300 players, 1000 seats": (501, seats(300, 1000)),
    }


def large_game() -> tuple[int, tuple[int, ...]]:
    draw = random.Random(2)
    votes = tuple(draw.randint(1, 1000) for _ in range(300))
    return sum(votes) // 2 + 1, votes


def installed(packages: list[str], folder: Path) -> str | None:
    """The Python of a new environment with these packages; None, having said so, if it fails."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", *packages],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            reason = (done.stderr.strip() or "no reason given").splitlines()[-1]
            print(f"left out, as {packages[0]} cannot be installed: {reason}")
            return None
    return str(python)


def asked(
    python: str, code: str, quota: int, weights: tuple[int, ...], limit: float
) -> tuple[float, list[float], list[float]] | str:
    """Seconds, Banzhaf's and Shapley–Shubik's indices; or why there are none."""
    given = json.dumps({"code": code, "quota": quota, "weights": weights})
    try:
        done = subprocess.run(
            [python, "-W", "ignore", "-c", MEASURED],
            input=given, capture_output=True, text=True, timeout=limit, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"over {limit:.0f} s"
    if done.returncode != 0:
        return done.stderr.strip().splitlines()[-1].partition(":")[0]
    return tuple(json.loads(done.stdout.splitlines()[-1]))


def compared(table: Table, pythons: dict[str, str], name: str, game: tuple, limit: float) -> None:
    """Adds the rows of one game: Clientela first, then the others by its measure."""
    quota, weights = game
    ours = asked(sys.executable, OURS, quota, weights, 600)
    if isinstance(ours, str):
        sys.exit(f"clientela on {name}: {ours}")
    table.add_row(name, "clientela", f"{ours[0]:.4f}", "1", "exact")
    for peer, python in pythons.items():
        theirs = asked(python, PEERS[peer][1], quota, weights, limit)
        if isinstance(theirs, str):
            table.add_row("", peer, theirs, "", "")
            continue
        off = max(
            abs(a - b)
            for mine, other in zip(ours[1:], theirs[1:], strict=True)
            for a, b in zip(mine, other, strict=True)
        )
        ratio = f"{theirs[0] / ours[0]:.2g}"
        table.add_row("", peer, f"{theirs[0]:.4f}", ratio, f"{off:.0e}")
    table.add_section()


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures power indices beside other packages.")
    parser.add_argument("--limit", type=float, default=60, help="seconds that a package may take")
    parser.add_argument("--large", action="store_true", help="also 300 players of up to 1000 votes")
    given = parser.parse_args()
    table = Table(title="Both indices, median of up to 3", title_justify="left", box=box.SIMPLE)
    table.add_column("game", no_wrap=True)
    table.add_column("package", no_wrap=True)
    for heading in ("seconds", "ratio", "off by"):
        table.add_column(heading, justify="right", no_wrap=True)
    with tempfile.TemporaryDirectory() as folder:
        made = {p: installed(packages, Path(folder) / p) for p, (packages, _) in PEERS.items()}
        pythons = {peer: python for peer, python in made.items() if python}
        for name, game in games().items():
            compared(table, pythons, name, game, given.limit)
        if given.large:
            compared(table, {}, "300 players, 157,534 seats", large_game(), given.limit)
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
