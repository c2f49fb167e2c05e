"""What shared chance buys a comparison, and what a comparison costs beside a run.

    python benchmarks/comparing.py [--draws 20000] [--times 3]

`gain` is the variance of the difference from independent runs over that from shared random numbers,
both estimated in one comparison. `cost` is the time of a comparison of two branches over the mean
time of running each by itself, all in turn in one process; medians of so many rounds.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import time

import clientela as ct

VISITS = "mechanisms.patronage.visit_rate"
MORE = {"if": {"proposition": "two-more-visits-happened",
               "true": {"lognormal": {"median": 0.0063, "sigma": 0.45}},
               "false": {"lognormal": {"median": 0.00315, "sigma": 0.45}}}}  # fmt: skip
SHOWN = ("intra-shia-25", "us-strike", "sadrists-leave", "government-2022-12")


def seconds(work) -> float:
    """How long it takes; what it wrote is removed afterwards."""
    begun = time.perf_counter()
    found = work()
    spent = time.perf_counter() - begun
    runs = [found.base, *(w.forecast for w in found.what_ifs)] if hasattr(found, "what_ifs") else [found]  # fmt: skip
    for run in runs:
        shutil.rmtree(run.folder.path)
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--draws", type=int, default=20_000)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    take = ct.reader("iraq-2021")
    base = take()
    variants = {
        "no visits": take(branch="no-visits"),
        "5 % more visits": take(changes={VISITS: MORE}),
    }
    for name, scenario in variants.items():
        found = ct.compare(base, [ct.Variant(name, name, scenario)], draws=options.draws)
        gains = {d.question: d.gain for d in found.what_ifs[0].differences}
        told = ", ".join(f"{q} {gains[q]:,.0f}×" for q in SHOWN if gains[q])
        print(f"{name}: gain {told}; {found.what_ifs[0].same:.1%} of histories the same")
    for name, scenario in variants.items():
        variant = ct.Variant(name, name, scenario)
        rounds = [
            (
                seconds(lambda: ct.run(base, draws=options.draws)),
                seconds(lambda s=scenario: ct.run(s, draws=options.draws)),
                seconds(lambda v=variant: ct.compare(base, [v], draws=options.draws)),
            )
            for _ in range(options.times)
        ]
        one, other, both = (statistics.median(column) for column in zip(*rounds, strict=True))
        print(
            f"{name}: {one:.2f} s and {other:.2f} s alone, {both:.2f} s compared: cost "
            f"{both / ((one + other) / 2):.2f}, {both / one:.2f} times the base"
        )


if __name__ == "__main__":
    main()
