"""A patron's commander is lost, and the successor commands less."""

from __future__ import annotations

from pydantic import Field

from clientela.mechanisms.drafting import Draft, Settings, Values, mechanism
from clientela.process import Fire, Move
from clientela.scenario import Rate, Share, lognormal, pert, prior


class SuccessionSettings(Settings):
    loss_rate: Rate = Field(
        prior(lognormal(median=0.00008, sigma=0.8), "such a loss once in decades"),
        description="Rate at which the patron's commander is lost in the time ahead, per day.",
    )
    drop: Share = Field(
        prior(
            pert(0.15, 0.45, 0.8),
            "no published magnitude; reported as harder control after the loss",
        ),
        description="Share of control that goes with the commander.",
    )


@mechanism("succession", SuccessionSettings)
def succession(draft: Draft, s: Values) -> None:
    """A patron's commander is lost, and the successor commands less.

    The event `loss:PATRON` takes the share `drop` of control κ, which then recovers with the
    slow half-life of the patron's office (`patronage.control_half_life`):

        κ → (1 − drop) κ,   dκ/dt = δ (control − κ).

    A loss in the past is written under `past` and still weighs on control at the start (the seed
    of this form is reporting on the change of the patron's commander in January 2020). The
    principal's personal authority as the means of control: Salehyan (2010).
    """
    for patron in draft.actors("patron"):
        if f"control:{patron}" not in draft.process.variables:
            continue
        loss = draft.process.event(
            f"loss:{patron}",
            rate=s.loss_rate,
            effects=[Move(f"control:{patron}", s.drop, 0.0)],
            meaning=f"the commander of {patron}'s envoy office is lost and replaced",
        )
        if f"reckoning:{patron}" in draft.process.events:
            loss.then(Fire(f"reckoning:{patron}"))
