"""Talks between the patron and an outside power, which make unrest costlier to the patron."""

from __future__ import annotations

from pydantic import Field

from clientela.mechanisms.drafting import Draft, Settings, Values, mechanism
from clientela.mechanisms.shared import flag
from clientela.process import Lower, Move
from clientela.scenario import Nonnegative, Rate, lognormal, pert, prior


class NegotiationSettings(Settings):
    round_rate: Rate = Field(
        prior(lognormal(median=0.04, sigma=0.4), "a round every few weeks while talks are on"),
        description="Rate of rounds of talks, per day.",
    )
    breakdown_rate: Rate = Field(
        prior(lognormal(median=0.002, sigma=0.6), "such talks last many months"),
        description="Rate at which talks break down, per day.",
    )
    deal_rate: Rate = Field(
        prior(lognormal(median=0.0015, sigma=0.7), "such talks last many months"),
        description="Rate at which talks end in a deal, per day.",
    )
    attention: Nonnegative = Field(
        prior(
            pert(0.0, 0.4, 1.0),
            "unrest is reported as an unwelcome distraction during talks; no magnitude",
        ),
        description="Log points by which talks raise the patron's response to disturbance (visits).",
    )
    moderation: Nonnegative = Field(
        prior(pert(0.0, 0.4, 1.0), "no published magnitude"),
        description="Log points by which talks lower dependent clients' attacks on the outside power.",
    )
    forbearance: Nonnegative = Field(
        prior(pert(0.0, 0.3, 0.8), "no published magnitude"),
        description="Log points by which talks lower the outside power's strikes.",
    )
    deal: Nonnegative = Field(
        prior(pert(0.5, 1.3, 2.0), "a deal has more to lose than talks have"),
        description="Stakes after a deal, where talks in progress are 1 and no talks 0.",
    )


@mechanism("negotiation", NegotiationSettings)
def negotiation(draft: Draft, s: Values) -> None:
    """Talks between the patron and an outside power, which make unrest costlier to the patron.

    Stakes z are 1 while talks are on, 0 after a breakdown, `deal` after a deal. They multiply the
    rate of visits by exp(attention·z), a client's attacks on the outside power by
    exp(−moderation·d_i·z), d_i its dependence, and the outside power's strikes by
    exp(−forbearance·z). Background rates are those of a time with talks, so effects enter as
    departures z − 1. From reporting that unrest disturbed the patron's talks; no magnitudes.
    Only where the scenario has both a patron and an outside power.
    """
    powers = set(draft.actors("outside-power"))
    if not powers or not draft.actors("patron"):
        return
    p = draft.process
    talks = flag(draft, "talks on", initially=True)
    stakes = p.variable("stakes", low=-1.0, high=3.0, meaning="stakes of talks, less 1").name
    on = {talks: True}
    p.event("talks-round", rate=s.round_rate, when=on, meaning="a round of talks")
    p.event("talks-breakdown", rate=s.breakdown_rate, when=on,
            effects=[Lower(talks), Move(stakes, 1.0, -1.0)], meaning="talks break down")  # fmt: skip
    p.event("talks-deal", rate=s.deal_rate, when=on,
            effects=[Lower(talks), Move(stakes, 1.0, s.deal - 1.0)], meaning="talks end in a deal")  # fmt: skip
    for visit in draft.events("visit:"):
        visit.modulate(stakes, s.attention)
    for strike in draft.events("strike:"):
        strike.modulate(stakes, -s.forbearance)
    for event, attacker, target in draft.violence():
        if target in powers:
            for _, tie in draft.patrons(attacker):
                event.modulate(stakes, -(s.moderation * tie.dependence))
