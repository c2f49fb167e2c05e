"""What an actor could best do: its levers searched for the best value of what it wants, honestly."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from clientela.analysis.claims import claim_folder
from clientela.analysis.forecast import Progress, program_of
from clientela.analysis.levers import Lever
from clientela.analysis.objectives import Change, Measured, Objective, measure
from clientela.analysis.points import Point, Take, with_values
from clientela.analysis.questions import QuestionError
from clientela.analysis.study import Study, Trial, require_optuna
from clientela.engine import StoreError, prepare
from clientela.scenario import Scenario, quantities

MOST_FAILED = 0.01  # of the histories of a trial; more, and its value is that of those that did not
SEARCH = ("search", "scenario, levers, objectives")
MOST_SHOWN = 8  # points of a front that fresh draws are spent on


class NothingMovesError(QuestionError):
    """A search whose levers change no history's value."""


@dataclass(frozen=True)
class Probe:
    """A lever at its two ends, the others as they are: each objective there. `idle`: no history's
    value is another at either end."""

    lever: Lever
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    idle: bool


@dataclass(frozen=True)
class Search:
    """A search on common draws: the scenario as it is, the probes, the trials in order."""

    base: tuple[float | None, ...]
    probes: list[Probe]
    trials: list[Trial]
    taken_up: int

    @property
    def levers(self) -> list[Lever]:
        """Those that move an objective; the others stay as they are."""
        return [probe.lever for probe in self.probes if not probe.idle]

    def best(self, objective: Objective) -> Trial:
        """The best trial, the first of equals. Raises QuestionError if none counts."""
        return min(_counted(self), key=lambda t: -objective.sign * _of(t)[0])

    def front(self, objectives: Sequence[Objective]) -> list[Trial]:
        """The trials that no other beats in one objective without being worse in another, by the
        first objective; of equals the first."""
        kept: dict[tuple[float, ...], Trial] = {}
        trials = _counted(self)
        signs = np.array([o.sign for o in objectives])
        scores = np.array([_of(t) for t in trials]) * signs
        for trial, score in zip(trials, scores, strict=True):
            beaten = (scores >= score).all(axis=1) & (scores > score).any(axis=1)
            if not beaten.any():
                kept.setdefault(_of(trial), trial)
        return [kept[found] for found in sorted(kept)]


def _of(trial: Trial) -> tuple[float, ...]:
    assert trial.found is not None
    return trial.found


def _counted(search: Search) -> list[Trial]:
    counted = [trial for trial in search.trials if trial.found is not None]
    if not counted:
        raise QuestionError(
            "no trial counts: the question arises in no history, or too many fail; "
            "choose other bounds with --lever"
        )
    return counted


@dataclass(frozen=True)
class Chosen:
    """A trial on fresh draws: for each objective its value, half its 95 % interval and its change
    from the scenario as it is (coupled draws), and by how much the search draws had it higher.
    `beaten`: another one chosen is at least as good in both objectives there."""

    trial: Trial
    values: tuple[float | None, ...]
    halves: tuple[float, ...]
    changes: tuple[Change, ...]
    failed: float
    beaten: bool = False

    def optimism(self, k: int) -> float | None:
        """The value on the search draws less that on fresh draws."""
        fresh = self.values[k]
        return None if fresh is None or self.trial.found is None else self.trial.found[k] - fresh


@dataclass(frozen=True)
class Optimum:
    """What an actor's levers can do for what it wants.

    `chosen` has the best trial of one objective, or up to eight of the front of two by the first,
    each on `final` fresh draws of `final_seed`. `base` and `base_halves` are the scenario as it is
    on the same fresh draws.
    """

    scenario: Scenario
    actor: str
    objectives: list[Objective]
    search: Search
    front: list[Trial]
    chosen: list[Chosen]
    base: tuple[float | None, ...]
    base_halves: tuple[float, ...]
    draws: int
    seed: int
    final: int
    final_seed: int
    folder: Path
    seconds: float

    def as_good(self, lever: Lever) -> tuple[float, float] | None:
        """The least and greatest value of a lever among trials of one objective that are within
        the interval of the final change of the best: what the draws do not tell apart."""
        if len(self.objectives) > 1:
            return None
        best, objective = self.chosen[0], self.objectives[0]
        reach = best.changes[0].half
        near = [
            trial.values[lever.path]
            for trial in self.search.trials
            if trial.found is not None
            and objective.sign * (_of(best.trial)[0] - trial.found[0]) <= reach
        ]
        return min(near), max(near)

    def as_json(self) -> dict[str, Any]:
        """What `clientela optimise --json` prints."""
        return {
            "scenario": self.scenario.scenario,
            "branch": self.scenario.branch,
            "actor": self.actor,
            "objectives": [{"name": o.name, "unit": o.unit, "wanted": "more" if o.sign > 0 else "fewer"} for o in self.objectives],
            "levers": [_probe_json(p) for p in self.search.probes],
            "seed": self.seed, "draws": self.draws, "trials": len(self.search.trials),
            "final_seed": self.final_seed, "final": self.final,
            "base": {"search": self.search.base, "fresh": self.base,
                     "half": self.base_halves},
            "chosen": [chosen_json(c) for c in self.chosen],
            "front": [{"set": t.values, "search": t.found} for t in self.front],
            "folder": str(self.folder),
        }  # fmt: skip


def _probe_json(probe: Probe) -> dict[str, Any]:
    lever = probe.lever
    return {"path": lever.path, "low": lever.low, "high": lever.high, "at_low": probe.low,
            "at_high": probe.high, "idle": probe.idle}  # fmt: skip


def chosen_json(chosen: Chosen) -> dict[str, Any]:
    """A chosen trial as JSON: values set, objectives on search and fresh draws, changes."""
    return {
        "set": chosen.trial.values, "search": chosen.trial.found, "fresh": chosen.values,
        "half": chosen.halves,
        "changes": [{"change": c.change, "low": c.low, "high": c.high} for c in chosen.changes],
        "optimism": [chosen.optimism(k) for k in range(len(chosen.values))],
        "failed": chosen.failed, "beaten_on_fresh_draws": chosen.beaten,
    }  # fmt: skip


def optimise(
    take: Take,
    actor: str,
    levers: Sequence[Lever],
    objectives: Sequence[Objective],
    *,
    out: Path | str,
    trials: int = 60,
    draws: int = 1_000,
    final: int = 20_000,
    seed: int = 1,
    until: dt.date | None = None,
    options: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Optimum:
    """The best values of an actor's levers for one objective, or the front of two.

    `take` gives the scenario with changes (`clientela.api.reader`), `options` its other options.
    Every trial has the same random numbers, so the objective is a deterministic function of the
    levers; the best of many is for that reason too good, and what is reported comes from `final`
    draws of another seed. Trials are kept in the folder `out`, and the same call goes on from them,
    to the same result. Raises QuestionError without Optuna, for numbers out of range and where no
    lever moves an objective; ReadingError for a path or value that does not fit; StoreError.
    """
    require_optuna()
    check_numbers(trials, draws, final, seed)
    started, given = time.perf_counter(), dict(options or {})
    base = take(**given)
    check_levers(take, given, levers)
    what = identity(base, [actor], {actor: levers}, objectives, draws, seed, until)
    folder = claim_folder(out, what, *SEARCH)
    search = search_levers(take, given, levers, objectives, journal=folder / "trials.log", trials=trials,
                           draws=draws, seed=seed, until=until, progress=progress)  # fmt: skip
    front = search.front(objectives) if len(objectives) > 1 else [search.best(objectives[0])]
    final_seed = fresh_seed(seed)
    plain = measure(base, objectives, final, final_seed, until)
    chosen = [
        weigh(
            plain,
            take(**with_values(given, trial.values)),
            trial,
            objectives,
            final,
            final_seed,
            until,
        )
        for trial in _spread(front, MOST_SHOWN)
    ]
    found = Optimum(
        base, actor, list(objectives), search, front, _without_beaten(chosen, objectives),
        tuple(m.value for m in plain), tuple(m.half for m in plain), draws, seed, final, final_seed,
        folder, time.perf_counter() - started,
    )  # fmt: skip
    write_result(folder, found.as_json())
    return found


def search_levers(
    take: Take,
    given: Mapping[str, Any],
    levers: Sequence[Lever],
    objectives: Sequence[Objective],
    *,
    journal: Path,
    trials: int,
    draws: int,
    seed: int,
    until: dt.date | None = None,
    progress: Progress | None = None,
) -> Search:
    """The trials of a search, those that the journal holds taken up.

    First each lever is tried at its two ends, and those that change no history's value are left as
    they are. Then come the middle, the corner of each lever's better end, the two outermost
    corners, and what the tree-structured Parzen estimator proposes (Bergstra et al. 2011; of two
    objectives Ozaki et al. 2022). Each proposal's randomness depends on the seed and its number
    alone. Raises NothingMovesError if no lever moves an objective.
    """
    base = take(**given)
    prepare(program_of(base, until))
    plain = measure(base, objectives, draws, seed, until)

    def at(point: Point) -> list[Measured]:
        return measure(take(**with_values(given, point)), objectives, draws, seed, until)

    probes = [_probe(lever, plain, at) for lever in levers]
    moving = [probe for probe in probes if not probe.idle]
    if not moving:
        what = " or ".join(o.name for o in objectives)
        paths = ", ".join(lever.path for lever in levers)
        raise NothingMovesError(
            f"no lever moves {what}: it is the same in all {draws:,} histories at both ends of {paths}"
        )
    kept = Study(journal, [p.lever for p in moving], objectives, seed)
    starts = _starts(base, given, moving, objectives)
    taken_up = len(kept.trials())
    for number in range(taken_up, trials):
        if progress:
            progress(number, trials)
        point = starts[number] if number < len(starts) else kept.propose(number)
        kept.keep(Trial(point, _admitted(at(point))))
    if progress:
        progress(trials, trials)
    return Search(tuple(m.value for m in plain), probes, kept.trials()[:trials], min(taken_up, trials))  # fmt: skip


def _probe(lever: Lever, plain: Sequence[Measured], at: Callable[[Point], list[Measured]]) -> Probe:
    low, high = at({lever.path: lever.low}), at({lever.path: lever.high})
    idle = all(p.same(a) and p.same(b) for p, a, b in zip(plain, low, high, strict=True))
    return Probe(lever, tuple(m.value for m in low), tuple(m.value for m in high), idle)


def _starts(
    base: Scenario, given: Mapping[str, Any], probes: Sequence[Probe], objectives: Sequence[Objective]
) -> list[Point]:  # fmt: skip
    """The points tried first: means, the better end of each lever, all low, all high."""
    means = {path: q.distribution.mean() for path, q in quantities(base)}
    middle, better = {}, {}
    for probe in probes:
        lever = probe.lever
        centre = means.get(lever.path, (lever.low + lever.high) / 2)
        middle[lever.path] = lever.held(float(centre))
        low, high = probe.low[0], probe.high[0]
        ahead = low is None or (high is not None and objectives[0].better(high, low))
        better[lever.path] = lever.high if ahead else lever.low
    all_low = {p.lever.path: p.lever.low for p in probes}
    all_high = {p.lever.path: p.lever.high for p in probes}
    points: list[Point] = []
    for point in (middle, better, all_low, all_high):
        if point not in points:
            points.append(point)
    return points


def _admitted(found: Sequence[Measured]) -> tuple[float, ...] | None:
    if any(m.failed > MOST_FAILED for m in found):
        return None
    values = [m.value for m in found]
    return None if None in values else tuple(v for v in values if v is not None)


def weigh(
    plain: Sequence[Measured], scenario: Scenario, trial: Trial, objectives: Sequence[Objective],
    draws: int, seed: int, until: dt.date | None,
) -> Chosen:  # fmt: skip
    """A trial's scenario on draws that it was not chosen on, beside the scenario as it is."""
    fresh = measure(scenario, objectives, draws, seed, until)
    return Chosen(
        trial,
        tuple(m.value for m in fresh),
        tuple(m.half for m in fresh),
        tuple(p.change_to(m) for p, m in zip(plain, fresh, strict=True)),
        fresh[0].failed,
    )


def _spread(front: Sequence[Trial], most: int) -> list[Trial]:
    """So many at most, evenly by place, the ends included."""
    places = np.unique(np.linspace(0, len(front) - 1, min(most, len(front))).round().astype(int))
    return [front[int(k)] for k in places]


def _without_beaten(chosen: list[Chosen], objectives: Sequence[Objective]) -> list[Chosen]:
    """Those that another of them beats on fresh draws are marked."""
    if len(objectives) == 1:
        return chosen
    signs = [o.sign for o in objectives]

    def beats(one: Chosen, two: Chosen) -> bool:
        pairs = [
            (sign * a, sign * b)
            for sign, a, b in zip(signs, one.values, two.values, strict=True)
            if a is not None and b is not None
        ]
        return all(a >= b for a, b in pairs) and any(a > b for a, b in pairs)

    return [replace(c, beaten=any(beats(other, c) for other in chosen)) for c in chosen]


def fresh_seed(seed: int) -> int:
    """The seed whose draws share nothing with those of the search."""
    return (seed + 1) % 2**63


def check_numbers(trials: int, draws: int, final: int, seed: int) -> None:
    """Raises QuestionError for numbers out of range."""
    for name, value, least in (("trials", trials, 1), ("draws", draws, 4), ("final", final, 4)):
        if value < least:
            raise QuestionError(f"--{name} {value}: expected at least {least}")
    if not 0 <= seed < 2**63:
        raise QuestionError(f"--seed {seed}: expected a whole number from 0 to 2⁶³ − 1")


def check_levers(take: Take, given: Mapping[str, Any], levers: Sequence[Lever]) -> None:
    """Raises ReadingError for a path that is not there, or takes no number between the bounds."""
    for lever in levers:
        between = lever.held(lever.low + 0.618 * (lever.high - lever.low))
        for value in (lever.low, lever.high, between):
            take(**with_values(given, {lever.path: value}))


def identity(
    base: Scenario, actors: Sequence[str], levers: Mapping[str, Sequence[Lever]],
    objectives: Sequence[Objective], draws: int, seed: int, until: dt.date | None,
) -> dict[str, Any]:  # fmt: skip
    """What decides a search's trials; more of them are the same search."""
    return {
        "scenario": base.scenario, "digest": base.digest, "program": program_of(base, until).digest,
        "actors": list(actors), "objectives": [o.name for o in objectives],
        "levers": {a: [[x.path, x.low, x.high] for x in levers[a]] for a in actors},
        "draws": draws, "seed": seed, "clientela": version("clientela"), "optuna": version("optuna"),
    }  # fmt: skip


def write_result(folder: Path, result: Mapping[str, Any]) -> None:
    """Writes `result.json`. Raises StoreError."""
    try:
        (folder / "result.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")  # fmt: skip
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written: {error.strerror}") from error
