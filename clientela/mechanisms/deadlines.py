"""Public ultimatums with a date: attacks become likelier after it, unless it is met or let pass."""

from __future__ import annotations

from pydantic import Field

from clientela.mechanisms.drafting import Draft, Settings, Values, mechanism
from clientela.process import Add, Branch, Choice, logit
from clientela.scenario import Days, Nonnegative, Probability, Share, pert, prior


class DeadlinesSettings(Settings):
    kept: Probability = Field(
        prior(pert(0.2, 0.5, 0.85), "some public ultimatums are acted upon, others let pass"),
        description="Probability that a deadline not met is followed by escalation.",
    )
    lift: Nonnegative = Field(
        prior(pert(0.2, 0.9, 2.0), "no published magnitude"),
        description="Log points by which a deadline that has passed raises the named attacks.",
    )
    allies: Share = Field(
        prior(pert(0.0, 0.4, 0.9), "the call was addressed to others too; no published magnitude"),
        description="Share of the lift that the issuer's allies take over.",
    )
    half_life: Days = Field(
        prior(pert(14.0, 45.0, 120.0), "no published magnitude"),
        description="Half-life of the lift, days.",
    )


@mechanism("deadlines", DeadlinesSettings)
def deadlines(draft: Draft, s: Values) -> None:
    """Public ultimatums with a date: attacks become likelier after it, unless it is let pass.

    A scheduled event `deadline:i>j` is i's public deadline against j. When it comes, i escalates
    with probability `kept`: then the log intensity of attacks i>j rises by `lift`, that of i's
    allies on j by `allies`·lift, fading with `half_life`. Otherwise it lapses without effect.
    Public threats bind their maker by audience costs (Fearon 1994); no published magnitudes here.
    """
    p = draft.process
    for name in dict.fromkeys(e.event for e in draft.scenario.scheduled.values()):
        if not name.startswith("deadline:"):
            continue
        issuer, _, target = name.removeprefix("deadline:").partition(">")
        push = p.variable(f"ultimatum:{issuer}>{target}", half_life=s.half_life, low=0.0,
                          high=4.0, meaning=f"{issuer}'s passed deadline against {target}")  # fmt: skip
        allies = draft.allies(issuer) if issuer in draft.scenario.actors else []
        for actor, share in [(issuer, 1.0), *((ally, s.allies) for ally in allies)]:
            event = p.events.get(f"attack:{actor}>{target}")
            if event:
                event.modulate(push.name, share)
        p.event(
            name,
            meaning=f"the public deadline of {issuer} against {target} passes",
            outcomes=[
                Choice(
                    "answer",
                    [
                        Branch("escalates", logit(s.kept), {}, [Add(push.name, s.lift)]),
                        Branch("lapses"),
                    ],
                )
            ],
        )
