"""Branches beside their base: what differs, how surely, and where histories part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from clientela.analysis.differences import Difference, difference
from clientela.analysis.forecast import Forecast, Progress, program_of, run
from clientela.analysis.parting import days_of_parting
from clientela.analysis.questions import QuestionError
from clientela.engine import block_ranges, map_blocks
from clientela.scenario import Scenario


@dataclass(frozen=True)
class WhatIf:
    """One branch beside the base.

    `differences` has a row per question, or per kind for questions of several. `same` is the
    share of histories that are the same event by event; `parting` holds the days from `as_of`
    within which a quarter, half and three quarters of the others have parted, None if none do.
    """

    name: str
    title: str
    forecast: Forecast
    differences: list[Difference]
    same: float
    parting: tuple[float, float, float] | None


@dataclass(frozen=True)
class Comparison:
    """A base and its what-ifs, drawn with the same seed and number of draws."""

    base: Forecast
    what_ifs: list[WhatIf]

    def asked(self, questions: Sequence[str]) -> Comparison:
        """Only the differences of some questions."""
        kept = [
            replace(w, differences=[d for d in w.differences if d.question in questions])
            for w in self.what_ifs
        ]
        return Comparison(self.base, kept)

    def as_json(self) -> dict[str, Any]:
        """What `clientela compare --json` prints."""
        return {
            "scenario": self.base.scenario.scenario,
            "base": self.base.scenario.branch,
            "seed": self.base.seed,
            "draws": self.base.draws,
            "what_ifs": [
                {
                    "name": w.name,
                    "title": w.title,
                    "same": w.same,
                    "parting_days": w.parting,
                    "differences": [asdict(d) for d in w.differences],
                }
                for w in self.what_ifs
            ],
        }


@dataclass(frozen=True)
class Variant:
    """A scenario to compare with the base: what it is called and what it is about."""

    name: str
    title: str
    scenario: Scenario
    out: Path | None = None


def compare(
    base: Scenario,
    variants: Sequence[Variant],
    *,
    draws: int = 20_000,
    seed: int = 1,
    until: dt.date | None = None,
    out: Path | str | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """The answers of each variant less those of the base, from histories that share all randomness.

    Every event type is thinned from a measure that depends on seed, draw and its name alone, so
    histories are the same until the change first matters, and differences have a fraction of the
    error of independent runs (Glasserman & Yao 1992 on common random numbers). `progress` counts
    the draws of all runs. Raises as `run` does, and QuestionError where there is nothing to compare.
    """
    if not variants:
        raise QuestionError("there is nothing to compare; name a branch or set a value")
    total = draws * (len(variants) + 1)

    def drawn(number: int, scenario: Scenario, folder: Path | str | None) -> Forecast:
        def told(done: int, _: int) -> None:
            if progress:
                progress(number * draws + done, total)

        return run(
            scenario, draws=draws, seed=seed, until=until, out=folder, executor=executor, progress=told
        )  # fmt: skip

    first = drawn(0, base, out)
    found = [
        beside(first, drawn(n, variant.scenario, variant.out), variant)
        for n, variant in enumerate(variants, 1)
    ]
    return Comparison(first, found)


def beside(
    base: Forecast, other: Forecast, variant: Variant, labels: Sequence[str] | None = None
) -> WhatIf:
    """A run of a variant beside the base. `labels` are those of its log, if not its process's."""
    days = _parting(base, other, labels)
    parted = days[np.isfinite(days)]
    early, middle, late = (
        np.quantile(parted, [0.25, 0.5, 0.75]).tolist() if len(parted) else [0] * 3
    )
    return WhatIf(
        variant.name,
        variant.title,
        other,
        differences(base, other),
        float(1.0 - len(parted) / len(days)),
        (early, middle, late) if len(parted) else None,
    )


def differences(base: Forecast, other: Forecast) -> list[Difference]:
    """The differences of all answers that both runs have, in the base's order."""
    there = {answer.id for answer in other.answers}
    common = [answer for answer in base.answers if answer.id in there]
    ids = [answer.id for answer in common]
    one, two = _outcomes(base, ids), _outcomes(other, ids)
    kinds = {a.id: list(a.shares) for a in other.answers if a.shares is not None}
    same = base.folder.manifest()["identity"] == other.folder.manifest()["identity"]
    found: list[Difference] = []
    for column, answer in enumerate(common):
        before, after = one[:, column], two[:, column]
        if answer.shares is None:
            found.append(difference(answer.id, "yes", 1, before, after, same))
            continue
        names = list(answer.shares)
        after = _renumbered(after, kinds[answer.id], names)
        found += [difference(answer.id, k, n, before, after, same) for n, k in enumerate(names)]
    return found


def _outcomes(forecast: Forecast, questions: Sequence[str]) -> np.ndarray:
    parts = [
        forecast.folder.load_outcomes(first, count, questions)
        for first, count in block_ranges(forecast.draws)
    ]
    return np.concatenate(parts)


def _renumbered(outcomes: np.ndarray, names: list[str], wanted: list[str]) -> np.ndarray:
    """Outcomes numbered as the base numbers its kinds; one that it has not is a kind of its own."""
    numbers = [wanted.index(name) if name in wanted else len(wanted) for name in names]
    return np.where(outcomes < 0, -1, np.array(numbers)[outcomes])


def _parting(base: Forecast, other: Forecast, others: Sequence[str] | None) -> np.ndarray:
    labels = program_of(base.scenario, base.until).labels
    others = others or program_of(other.scenario, other.until).labels

    def parted(first: int, count: int) -> np.ndarray:
        one, two = base.folder.load(first, count), other.folder.load(first, count)
        return days_of_parting(one, two, labels, others)

    return np.concatenate(list(map_blocks(parted, block_ranges(base.draws))))
