"""Two actors who each hold levers: what each would best do given the other, turn by turn."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clientela.analysis.claims import claim_folder
from clientela.analysis.forecast import Progress
from clientela.analysis.levers import Lever
from clientela.analysis.objectives import Change, Objective, measure
from clientela.analysis.optimising import (
    SEARCH,
    NothingMovesError,
    check_levers,
    check_numbers,
    fresh_seed,
    identity,
    search_levers,
    write_result,
)
from clientela.analysis.points import Point, Take, with_values
from clientela.analysis.study import require_optuna
from clientela.scenario import Scenario

MOST_ROUNDS = 6


@dataclass(frozen=True)
class Move:
    """One actor's turn: its best response, what that changes of its objective on draws that it was
    not chosen on, and whether it was taken, which takes an improvement beyond the interval."""

    round: int
    actor: str
    values: Point
    change: Change
    taken: bool


@dataclass(frozen=True)
class Gain:
    """What an actor would still gain from the point reached by another best response, searched with
    draws of its own: `change` of its objective on fresh draws, `gain` in the direction it wants."""

    actor: str
    objective: Objective
    values: Point
    change: Change

    @property
    def gain(self) -> float:
        """At least 0, since it may stay; in the unit of the objective."""
        return max(self.objective.sign * (self.change.change or 0.0), 0.0)


@dataclass(frozen=True)
class Responses:
    """Where best responses in turn lead from the scenario as it is.

    `settled`: in the last round neither moved. `outcomes` has for each actor its objective at the
    scenario as it is and at the point reached, on fresh draws. It is an approximate equilibrium at
    best: searches are short, and a move within the noise is not made.
    """

    scenario: Scenario
    objectives: dict[str, Objective]
    moves: list[Move]
    point: dict[str, Point]
    settled: bool
    rounds: int
    outcomes: dict[str, Change]
    gains: list[Gain]
    trials: int
    draws: int
    seed: int
    final: int
    folder: Path
    seconds: float

    @property
    def exploitability(self) -> tuple[float, float] | None:
        """The sum over actors of what they would still gain, and half its interval, added up so that
        it is not too narrow; None if their units differ."""
        if len({gain.objective.unit for gain in self.gains}) > 1:
            return None
        return sum(g.gain for g in self.gains), sum(g.change.half for g in self.gains)

    def as_json(self) -> dict[str, Any]:
        """What `clientela optimise --json` prints for two actors."""
        total = self.exploitability
        return {
            "scenario": self.scenario.scenario,
            "branch": self.scenario.branch,
            "actors": {a: {"objective": o.name, "unit": o.unit, "set": self.point[a],
                           "outcome": _change_json(self.outcomes[a])}
                       for a, o in self.objectives.items()},
            "moves": [{"round": m.round, "actor": m.actor, "set": m.values, "taken": m.taken,
                       **_change_json(m.change)} for m in self.moves],
            "settled": self.settled, "rounds": self.rounds,
            "gains": [{"actor": g.actor, "set": g.values, "gain": g.gain, **_change_json(g.change)}
                      for g in self.gains],
            "exploitability": None if total is None else {"sum": total[0], "half": total[1]},
            "trials": self.trials, "draws": self.draws, "seed": self.seed, "final": self.final,
            "folder": str(self.folder),
        }  # fmt: skip


def _change_json(change: Change) -> dict[str, Any]:
    return {"before": change.base, "after": change.other, "change": change.change,
            "change_low": change.low, "change_high": change.high}  # fmt: skip


def best_responses(
    take: Take,
    levers: Mapping[str, Sequence[Lever]],
    objectives: Mapping[str, Objective],
    *,
    out: Path | str,
    trials: int = 20,
    draws: int = 1_000,
    final: int = 20_000,
    seed: int = 1,
    until: dt.date | None = None,
    options: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Responses:
    """Iterated best responses of two actors from the scenario as it is.

    In each round each actor in turn searches its own levers with the other's held, `trials` trials
    of `draws` common draws, and moves if that improves its objective beyond the 95 % interval of
    the change on as many fresh draws. It ends when neither moves, or after six rounds. Then each
    actor's best response to the point reached is searched with draws of another seed; what it would
    gain, on `final` fresh draws, is what the point leaves open (its exploitability). The folder
    keeps all trials. Raises as `optimise` does.
    """
    require_optuna()
    check_numbers(trials, draws, final, seed)
    started, given = time.perf_counter(), dict(options or {})
    base = take(**given)
    actors = list(levers)
    for actor in actors:
        check_levers(take, given, levers[actor])
    wanted = [objectives[actor] for actor in actors]
    what = identity(base, actors, levers, wanted, draws, seed, until)
    folder = claim_folder(out, {**what, "trials": trials}, *SEARCH)
    point: dict[str, Point] = {actor: {} for actor in actors}

    def options_at(at: Mapping[str, Point]) -> dict[str, Any]:
        values = {path: value for held in at.values() for path, value in held.items()}
        return with_values(given, values)

    def respond(
        actor: str, name: str, seed: int, check: int, check_seed: int
    ) -> tuple[Point, Change]:
        try:
            values = search_levers(
                take, options_at(point), levers[actor], [objectives[actor]], journal=folder / f"{name}-{actor}.log",
                trials=trials, draws=draws, seed=seed, until=until,
            ).best(objectives[actor]).values  # fmt: skip
        except NothingMovesError:
            if not any(point.values()):
                raise
            values = {}  # where the other has gone, this one's levers no longer matter
        moved = {**point, actor: {**point[actor], **values}}
        before, after = (
            measure(take(**options_at(at)), [objectives[actor]], check, check_seed, until)[0]
            for at in (point, moved)
        )
        return moved[actor], before.change_to(after)

    moves: list[Move] = []
    settled, rounds, done = False, 0, 0
    total = MOST_ROUNDS * len(actors) + len(actors)
    while not settled and rounds < MOST_ROUNDS:
        rounds, settled = rounds + 1, True
        for actor in actors:
            values, change = respond(actor, f"round{rounds}", seed, 2 * draws, fresh_seed(seed))
            taken = change.surely and objectives[actor].sign * (change.change or 0.0) > 0
            moves.append(Move(rounds, actor, values, change, taken))
            if taken:
                point[actor], settled = values, False
            done += 1
            if progress:
                progress(done, total)
    last = fresh_seed(fresh_seed(seed))
    gains = []
    for actor in actors:
        values, change = respond(actor, "still", last, final, fresh_seed(last))
        gains.append(Gain(actor, objectives[actor], values, change))
        if progress:
            progress(total - len(actors) + len(gains), total)
    plain = measure(base, wanted, final, fresh_seed(last), until)
    reached = measure(take(**options_at(point)), wanted, final, fresh_seed(last), until)
    outcomes = {a: p.change_to(r) for a, p, r in zip(actors, plain, reached, strict=True)}
    found = Responses(
        base, dict(objectives), moves, point, settled, rounds, outcomes, gains, trials, draws, seed,
        final, folder, time.perf_counter() - started,
    )  # fmt: skip
    write_result(folder, found.as_json())
    return found
