"""A mechanism of one's own: attacks set off rumours, and rumours raise political tension.

clientela run iraq-2021 --plugin docs/examples/rumours.py
clientela run iraq-2021 --plugin docs/examples/rumours.py --set mechanisms.rumours.alarm=0.05
clientela run iraq-2021 --plugin docs/examples/rumours.py --without rumours
"""

from pydantic import Field

from clientela.mechanisms import Draft, Settings, Values, mechanism
from clientela.process import Add, log
from clientela.scenario import Days, Nonnegative, Rate, lognormal, pert, prior


class RumoursSettings(Settings):
    rate: Rate = Field(
        prior(lognormal(median=0.005, sigma=0.7), "an example; no published magnitude"),
        description="Rate of rumours without a recent attack, per day.",
    )
    per_attack: Nonnegative = Field(
        prior(pert(0.0, 0.4, 1.2), "an example; no published magnitude"),
        description="Rumours that one domestic attack or clash sets off, on average.",
    )
    half_life: Days = Field(
        prior(pert(1.0, 4.0, 14.0), "an example; talk of an attack lasts days"),
        description="Half-life of the talk about an attack, days.",
    )
    alarm: Nonnegative = Field(
        prior(pert(0.0, 0.005, 0.02), "an example; no published magnitude"),
        description="Tension that a rumour adds, log points.",
    )


@mechanism("rumours", RumoursSettings)
def rumours(draft: Draft, s: Values) -> None:
    """Attacks set off rumours, and rumours raise political tension.

    Talk R jumps by 1 with each attack or clash between domestic actors and fades with
    `half_life`. Rumours come with intensity rate + per_attack·δ·R, δ = ln 2 / half_life, so that
    `per_attack` is the mean number of rumours one attack sets off; each adds `alarm` to tension.
    """
    p = draft.process
    if "tension" not in p.variables:
        return  # escalation is switched off: there is nothing to raise
    talk = p.variable("talk", half_life=s.half_life, low=0.0, high=30.0, meaning="talk of attacks")
    p.event(
        "rumour",
        rate=s.rate,
        excitation={talk.name: s.per_attack * log(2.0) / s.half_life},
        effects=[Add("tension", s.alarm)],
        meaning="a rumour of more attacks to come goes round",
    )
    for event in [*draft.events("attack:"), *draft.events("clash:")]:
        if "tension" in event.modulation:  # an attack or clash between domestic actors
            event.then(Add(talk.name, 1.0))
