"""The games of a scenario, solved for many draws: what patrons, clients and suspects would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from clientela.analysis.points import Take, with_values
from clientela.analysis.questions import QuestionError
from clientela.engine import draw_until
from clientela.mechanisms import build, deterrence, indirect_control
from clientela.process import Process, compile_process
from clientela.scenario import Scenario
from clientela.strategy import control
from clientela.strategy.deterrence import certainly_unique

BY_INTEREST = {
    "mechanisms.patronage.strategy": "indirect_control",
    "mechanisms.attribution.strategy": "deterrence",
}


@dataclass(frozen=True)
class Hold:
    """A patron's hold over a client at day 0, arrays by draw.

    `control` is that of the patron's commander and `floor` the control under which it cannot hold
    the client, 2 if full control is not enough. `start` is the probability that a disturbance
    starts an intervention, `intensity` its intensity in the units of `intervention_cost` and
    `length` its mean length in periods; all three are NaN where control fails.
    """

    patron: str
    client: str
    control: np.ndarray
    floor: np.ndarray
    start: np.ndarray
    intensity: np.ndarray
    length: np.ndarray

    @property
    def held(self) -> np.ndarray:
        """In which draws the patron controls the client at day 0."""
        return self.control >= self.floor


@dataclass(frozen=True)
class Suspicion:
    """A suspect in the game of a victim, arrays by draw.

    `attack` is the probability that it attacks given the opportunity and `usual` that at the usual
    attribution. `named` is the belief in its guilt if it is named, `answer` the probability of
    retaliation against it then, and `astray` that if another suspect is named, on average over the
    others (NaN if there are none).
    """

    name: str
    attack: np.ndarray
    usual: np.ndarray
    named: np.ndarray
    answer: np.ndarray
    astray: np.ndarray


@dataclass(frozen=True)
class Standoff:
    """The game of a victim and its suspects: false alarms per year by draw, and in which draws the
    equilibrium is provably the only one."""

    victim: str
    suspects: tuple[Suspicion, ...]
    alarms: np.ndarray
    unique: np.ndarray


@dataclass(frozen=True)
class Games:
    """The games of a scenario in so many draws."""

    scenario: Scenario
    draws: int
    seed: int
    holds: tuple[Hold, ...]
    standoffs: tuple[Standoff, ...]

    def as_json(self) -> dict[str, Any]:
        """Shares, and quantiles over draws at 5, 50 and 95 %; null where there are none, and for a
        floor that full control does not reach."""
        return {
            "scenario": self.scenario.scenario,
            "draws": self.draws,
            "seed": self.seed,
            "control": [
                {
                    "patron": h.patron,
                    "client": h.client,
                    "held": float(h.held.mean()),
                    "never": float((h.floor > 1.0).mean()),
                    "floor": _floors(h.floor),
                    "start": _quantiles(h.start[h.held]),
                    "intensity": _quantiles(h.intensity[h.held]),
                    "length": _quantiles(h.length[h.held]),
                }
                for h in self.holds
            ],
            "deterrence": [
                {
                    "victim": each.victim,
                    "unique": float(each.unique.mean()),
                    "alarms": _quantiles(each.alarms),
                    "suspects": [
                        {k: v if k == "name" else _quantiles(v) for k, v in vars(s).items()}
                        for s in each.suspects
                    ],
                }
                for each in self.standoffs
            ],
        }


def _floors(floor: np.ndarray) -> list[float | None]:
    found = np.quantile(floor, [0.05, 0.5, 0.95], method="nearest").round(6)
    return [float(each) if each <= 1.0 else None for each in found]


def _quantiles(values: np.ndarray) -> list[float] | None:
    known = values[~np.isnan(values)]
    return np.quantile(known, [0.05, 0.5, 0.95]).round(6).tolist() if len(known) else None


def games(
    take: Take, options: Mapping[str, Any] | None = None, *, draws: int = 2_000, seed: int = 1
) -> Games:
    """The games that runs with `strategy: indirect_control` and `deterrence` play, at day 0.

    `take` gives the scenario (`clientela.reader`), with `options` such as `branch` and `changes`;
    whatever strategies it has, these are set. Raises QuestionError if nobody plays.
    """
    options = dict(options or {})
    scenario = take(**with_values(options, _strategies(take, options)))
    process = build(scenario)
    if not process.solvers:
        raise QuestionError(
            "nobody plays here: there is no patron whose clients attack anyone, and no outside "
            "power that suspects attack; add ties under 'sponsorship' and 'rivalry'"
        )
    program = compile_process(process)
    block, states = draw_until(program, seed, 0, draws, 0.0)
    values = dict(zip(program.columns, block.parameters.T, strict=True))
    stood = dict(zip(program.variable_names, states.value.T, strict=True))
    holds, standoffs = [], []
    for name in process.solvers:
        kind, _, who = name.partition(":")
        if kind == "indirect_control":
            client, _, patron = who.partition("@")
            holds.append(_hold(process, name, patron, client, values, stood[f"control:{patron}"]))
        else:
            standoffs.append(_standoff(process, name, who, values, draws))
    return Games(scenario, draws, seed, tuple(holds), tuple(standoffs))


def _strategies(take: Take, options: Mapping[str, Any]) -> dict[str, str]:
    """The strategies of the mechanisms that are switched on once all changes are made."""
    switches = {k: v for k, v in options.get("changes", {}).items() if k.count(".") == 1}
    active = take(**{**options, "changes": switches}).active
    return {path: s for path, s in BY_INTEREST.items() if path.split(".")[1] in active}


def _hold(
    process: Process,
    name: str,
    patron: str,
    client: str,
    values: Mapping[str, np.ndarray],
    stood: np.ndarray,
) -> Hold:
    solver = process.solvers[name]
    floor = np.broadcast_to(solver.solution(values)["floor"], stood.shape)
    game = indirect_control.problem(**solver.given(values))
    weakness = 1.0 / np.maximum(stood, 1e-9) - 1.0
    solved = control.indirect_control(replace(game, weakness=weakness))
    return Hold(patron, client, stood, floor, solved.start, solved.intensity, solved.length)  # pyright: ignore


def _standoff(
    process: Process, name: str, victim: str, values: Mapping[str, np.ndarray], draws: int
) -> Standoff:
    solver = process.solvers[name]
    given = solver.given(values)
    now, usual = deterrence.settle(**given)
    del given["usual"]
    suspects = [
        event.removeprefix("attack:").partition(">")[0]
        for event in process.events
        if event.startswith("attack:") and event.endswith(f">{victim}")
    ]
    n = len(suspects)
    found = []
    for i, suspect in enumerate(suspects):
        others = [now.retaliation[..., i, k] for k in range(n) if k != i]
        parts = (
            now.attacks[..., i], usual.attacks[..., i], now.beliefs[..., i, i],
            now.retaliation[..., i, i], np.mean(others, axis=0) if others else np.nan,
        )  # fmt: skip
        found.append(Suspicion(suspect, *(np.broadcast_to(part, (draws,)) for part in parts)))
    alarms = 365.25 * np.asarray(solver.solution(values)["alarms"])
    game = deterrence.problem(known=given.pop("identified"), **given)
    return Standoff(
        victim,
        tuple(found),
        np.broadcast_to(alarms, (draws,)),
        np.broadcast_to(certainly_unique(game), (draws,)),
    )
