"""How long it takes to score every coalition of a chamber with all covariates, and how much memory.

    python benchmarks/coalitions.py [--lists 16 18 20 22]

`form` streams over the coalitions. Beside it stands the plain way: the table of all covariates in
memory, times the weights, with NumPy. Each runs in a fresh process, after a small chamber that has
everything loaded and compiled; memory is the process's peak, with all that it had loaded. `off by`
is the largest difference in the probability that a list is in the government.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

from rich import box
from rich.console import Console
from rich.table import Table

COMMON = """
import datetime, json, resource, sys, time
import numpy as np
from clientela.chamber import Cabinet, Chamber, covariate_table, fitted, form
from clientela.chamber.covariates import covariate_names

def chamber(lists):
    rng = np.random.default_rng(lists)
    names = [f"p{i}" for i in range(lists)]
    past = [Cabinet(datetime.date(1990 + 3 * k, 1, 1), frozenset(rng.choice(names, 3, replace=False).tolist()))
            for k in range(8)]
    return Chamber.of(dict(zip(names, rng.integers(3, 60, lists).tolist())),
                      positions={n: float(rng.normal()) for n in names}, incumbents=names[:3],
                      leader=names[0], cabinets=past)

def beta(c):
    fit, found = fitted("full"), np.zeros(len(covariate_names(c)))
    found[[covariate_names(c).index(n) for n in fit.covariates]] = fit.mean
    return found
"""
WAYS = {
    "form": """
def inclusion(c):
    found = form(c, beta(c)[None], seats_needed=1)
    return [found.inclusion[n] for n in c.names]
""",
    "table": """
def inclusion(c):
    masks = np.arange(1, 1 << len(c.lists), dtype=np.int64)
    _, values = covariate_table(c, masks, 1)
    utility = values @ beta(c)
    weight = np.exp(utility - utility.max())
    return [float(weight[(masks >> i) & 1 == 1].sum() / weight.sum()) for i in range(len(c.lists))]
""",
}
MEASURED = """
inclusion(chamber(8))
c = chamber(int(sys.argv[1]))
begun = time.perf_counter()
found = inclusion(c)
spent = time.perf_counter() - begun
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"s": spent, "whole": peak / 1024, "found": found}))
"""


def measure(way: str, lists: int) -> dict:
    """What one way takes in a process of its own: seconds, MB, inclusion."""
    told = subprocess.run(
        [sys.executable, "-c", COMMON + WAYS[way] + MEASURED, str(lists)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(told.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lists", type=int, nargs="+", default=[16, 18, 20, 22])
    table = Table("lists", "coalitions", "form, s", "MB", "table, s", "MB", "faster",
                  "off by", box=box.SIMPLE)  # fmt: skip
    for lists in parser.parse_args().lists:
        ours, plain = measure("form", lists), measure("table", lists)
        apart = max(abs(a - b) for a, b in zip(ours["found"], plain["found"], strict=True))
        table.add_row(
            str(lists), f"{(1 << lists) - 1:,}", f"{ours['s']:.2f}",
            f"{ours['whole']:.0f}", f"{plain['s']:.2f}",
            f"{plain['whole']:.0f}", f"{plain['s'] / ours['s']:.1f}×", f"{apart:.0e}",
        )  # fmt: skip
    Console().print(table)


if __name__ == "__main__":
    main()
