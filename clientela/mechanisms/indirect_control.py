"""A patron that acts on its interest: visits as the equilibrium of indirect control has them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from clientela.mechanisms.drafting import Draft, Values
from clientela.mechanisms.shared import flag
from clientela.process import (
    Branch,
    Choice,
    Coefficient,
    Effect,
    Fire,
    FireAfter,
    FireAt,
    LookUp,
    Lower,
    Move,
    Raise,
    total,
)
from clientela.strategy.control import ControlProblem, dearest, indirect_control

# Levels of control at which the game is solved, from where it fails to full control: near the
# former they lie closer, as the patron's policy there changes with the root of the distance.
LEVELS = 12
SPREAD = tuple((k / (LEVELS - 1)) ** 3 for k in range(LEVELS))
# Log odds that are taken for certainty; and the probability that a table has for it, since lines
# between its levels must not be steep.
CERTAIN, NEARLY = 30.0, 1e-4

Coefficients: TypeAlias = tuple[Coefficient, ...]


def add_indirect_control(
    draft: Draft, s: Values, patron: str, sponsored: list[tuple[str, Values]]
) -> None:
    """Adds the visits of a patron's envoy, what brings them about, and how clients answer."""
    p = draft.process
    p.event(f"visit:{patron}", rate=s.visit_rate,
            meaning=f"an envoy of {patron} calls its clients to order")  # fmt: skip
    reckoning = p.event(f"reckoning:{patron}", meaning=f"whom {patron} controls is seen anew")
    p.at(reckoning.name, 0.0)
    for client, tie in sponsored:
        held = p.variable(f"slack:{client}@{patron}", start=-1.0, low=-1.0, high=0.0,
                          meaning=f"-1 while {patron} controls {client}, 0 where it does not").name  # fmt: skip
        if any(attacker == client for _, attacker, _ in draft.violence()):
            tables = _tables(draft, s, patron, client, tie)
            _effort(draft, s, patron, client)
            _interventions(draft, s, patron, client, tables)
            reckoning.then(tables[held], FireAt(f"given-up:{client}@{patron}", held, 0.0))
        _answer(draft, s, patron, client)


def _tables(draft: Draft, s: Values, patron: str, client: str, tie: Values) -> dict[str, LookUp]:
    """Per variable of the game: what it is at each level of control."""
    violence = {e.name: e.rate for e, attacker, _ in draft.violence() if attacker == client}
    outputs = draft.process.solver(
        f"indirect_control:{client}@{patron}",
        play,
        ["floor", *(f"{what}{k}" for what in ("call", "stay") for k in range(LEVELS))],
        rate=total(violence.values()),
        effort=s.effort,
        intervening=s.intervening,
        period=s.period,
        discount=s.discount,
        intervention_cost=s.intervention_cost,
        effort_cost=s.effort_cost,
        dependence=tie.dependence,
        autonomy=draft.actor(client).autonomy,
    )

    floor = outputs["floor"]
    points = tuple(floor + (1.0 - floor) * share for share in SPREAD)

    def table(what: str, points: Coefficients, levels: Coefficients, below: float) -> LookUp:
        return LookUp(f"{what}:{client}@{patron}", f"control:{patron}", points, levels, below)

    found = [table("slack", (floor, 2.0), (-1.0, -1.0), 0.0)]
    for what in ("call", "stay"):
        levels = tuple(outputs[f"{what}{k}"] for k in range(LEVELS))
        found.append(table(what, points, levels, -CERTAIN))
    return {each.variable: each for each in found}


def problem(
    *,
    rate: Any,
    effort: Any,
    intervening: Any,
    period: Any,
    discount: Any,
    intervention_cost: Any,
    effort_cost: Any,
    dependence: Any,
    autonomy: Any,
) -> ControlProblem:
    """The game of a patron and one client at full control.

    `rate` is the client's background violence without effort, events per day; the others are
    settings of `patronage`, the tie's dependence and the client's autonomy. The commander's
    weakness at control κ is 1/κ − 1: what a unit of intensity costs goes with 1/κ.
    """

    def disturbed(held_back: Any) -> Any:
        return -np.expm1(-rate * np.exp(-held_back) * period)

    return ControlProblem(
        discount=np.clip(discount, 1e-6, 1.0 - 1e-6),
        disturbance_cost=1.0,
        disturbed_idle=disturbed(0.0),
        disturbed_effort=disturbed(effort),
        disturbed_intervening=disturbed(effort * intervening),
        intervention_cost=intervention_cost,
        effort_cost=effort_cost,
        sharpness=dependence,
        autonomy=autonomy,
    )


def play(**given: Any) -> dict[str, Any]:
    """What the arguments of `problem` come to, by name, each a number or of shape (draws,).

    `floor` is the control under which the patron cannot hold the client, 2 if full control is not
    enough. `call0`, … are the log odds that a disturbance starts an intervention, and `stay0`, …
    that an intervention goes on for another period, from the floor to full control by `SPREAD`.
    """
    game = problem(**given)
    with np.errstate(divide="ignore"):
        floor = np.minimum(game.intervention_cost / np.asarray(dearest(game)), 2.0)
    found: dict[str, Any] = {"floor": floor}
    for k, share in enumerate(SPREAD):
        # Just above the floor, lest rounding put the lowest level under it.
        control = np.minimum(floor + (1.0 - floor) * max(share, 1e-6), 1.0)
        solved = indirect_control(replace(game, weakness=1.0 / control - 1.0))
        found[f"call{k}"] = _log_odds(solved.start)
        found[f"stay{k}"] = _log_odds(solved.persistence)
    return found


def _log_odds(chance: Any) -> Any:
    """Log odds, 0 and 1 nearly certain; NaN, of a patron without control, is 0."""
    kept = np.clip(np.nan_to_num(chance), NEARLY, 1.0 - NEARLY)
    return np.log(kept / (1.0 - kept))


def _effort(draft: Draft, s: Values, patron: str, client: str) -> None:
    """What the client's violence is with effort, without, and while the patron intervenes."""
    p = draft.process
    tied = f"{client}@{patron}"
    p.variable(f"idle:{tied}", low=0.0, high=1.0,
               meaning=f"1 while {patron} intervenes against {client}")  # fmt: skip
    for event, attacker, _ in draft.violence():
        if attacker == client:
            event.modulate(f"slack:{tied}", s.effort)
            event.modulate(f"idle:{tied}", s.effort * (1.0 - s.intervening))


def _interventions(
    draft: Draft, s: Values, patron: str, client: str, tables: dict[str, LookUp]
) -> None:
    """What a disturbance by the client may start, and how that ends."""
    p = draft.process
    tied = f"{client}@{patron}"
    on, over, idle = flag(draft, f"intervention:{tied}"), f"period-over:{tied}", f"idle:{tied}"
    for name in ("call", "stay"):
        p.variable(f"{name}:{tied}", start=-CERTAIN, low=-CERTAIN, high=CERTAIN,
                   meaning=f"log odds that an intervention against {client} {'starts' if name == 'call' else 'goes on'}")  # fmt: skip
    begins = [Raise(on), Move(idle, 1.0, 1.0), tables[f"stay:{tied}"], Fire(f"visit:{patron}"), FireAfter(over, s.period)]  # fmt: skip
    disturbance = p.event(f"disturbance:{tied}", when={on: False},
                          meaning=f"{patron} decides on what {client} has done")  # fmt: skip
    disturbance.choose(
        Choice(
            "decision",
            [
                Branch("intervenes", 0.0, {f"call:{tied}": 1.0}, begins),
                Branch("lets-pass"),
            ],
        )
    )
    ends: list[Effect] = [Lower(on), Move(idle, 1.0, 0.0)]
    p.event(f"given-up:{tied}", when={on: True}, effects=ends,
            meaning=f"{patron} has lost control of {client} and ends its intervention")  # fmt: skip
    period_over = p.event(over, when={on: True},
                          meaning=f"a period of intervention against {client} is over")  # fmt: skip
    period_over.choose(
        Choice(
            "then",
            [
                Branch("goes-on", 0.0, {f"stay:{tied}": 1.0}, [FireAfter(over, s.period)]),
                Branch("ends", effects=ends),
            ],
        )
    )
    for event, attacker, _ in draft.violence():
        if attacker == client:
            event.then(tables[f"slack:{tied}"], tables[f"call:{tied}"], Fire(disturbance.name))


def _answer(draft: Draft, s: Values, patron: str, client: str) -> None:
    """At a visit the client goes back to work if the patron controls it, and defies it if not."""
    lost: list[Effect] = [Move(f"control:{patron}", s.defiance_cost, 0.0), Fire(f"reckoning:{patron}")]  # fmt: skip
    draft.process.events[f"visit:{patron}"].choose(
        Choice(
            client,
            [
                Branch("complies", -CERTAIN / 2.0, {f"slack:{client}@{patron}": -CERTAIN}),
                Branch("defies", effects=lost),
            ],
        )
    )
