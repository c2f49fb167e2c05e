"""Leaving the political process: boycott threats, mediated returns, resignations from parliament."""

from __future__ import annotations

from pydantic import Field

from clientela.mechanisms.drafting import Draft, Settings, Values, mechanism
from clientela.mechanisms.shared import GOVERNMENT, NEW_ELECTIONS, RATIFIED
from clientela.process import Add, Branch, Choice, Fire, Lower, Raise
from clientela.scenario import Nonnegative, Rate, Real, lognormal, pert, prior


class ParticipationSettings(Settings):
    threat: Rate = Field(
        prior(lognormal(median=0.0008, sigma=0.8), "one such announcement in about three years"),
        description="Background rate at which a list that may leave announces that it will, per day.",
    )
    frustration: Rate = Field(
        prior(lognormal(median=0.0015, sigma=0.8), "no published magnitude"),
        description="Added rate per failed session of the assembly, per day.",
    )
    reversed: Real = Field(
        prior(pert(-1.0, 0.3, 1.5), "the one case on record was reversed"),
        description="Log odds that the announcement is reversed, without mediation or advice.",
    )
    mediation: Nonnegative = Field(
        prior(
            pert(0.0, 0.6, 1.6),
            "mediation by the patron is reported to have worked once; no magnitude",
        ),
        description="Added log odds of a reversal per unit of the patron's control.",
    )
    advice: Nonnegative = Field(
        prior(pert(0.2, 0.8, 1.8), "the senior cleric's advice was sought; no magnitude"),
        description="Added log odds of a reversal per unit of calm after an authority's statement.",
    )
    weariness: Nonnegative = Field(
        prior(pert(0.0, 0.15, 0.5), "no published magnitude"),
        description="Log odds off a reversal per failed session.",
    )
    departure_tension: Nonnegative = Field(
        prior(
            pert(0.1, 0.5, 1.2), "leaving politics moves the contest to the street; no magnitude"
        ),
        description="Tension that a resignation adds, log points.",
    )


@mechanism("participation", ParticipationSettings)
def participation(draft: Draft, s: Values) -> None:
    """Leaving the political process: boycott threats, mediated returns, resignations.

    A list that has named who would get its seats (`runners_up`) may announce that it leaves, with
    intensity threat + frustration·N, N the sessions that have failed. The announcement is
    reversed with log odds reversed + mediation·κ + advice·C − weariness·N (κ the patron's
    control, C the calm after an authority's statement); else the list resigns, its seats pass to
    the runners-up, the standing proposal lapses and tension rises. From reporting: the boycott
    announced and reversed in July 2021.
    """
    p = draft.process
    for name, actor in draft.scenario.actors.items():
        if not actor.runners_up or actor.seats is None:
            continue
        out = p.flag(f"out:{name}")
        helps = {f"control:{patron}": s.mediation for patron in draft.actors("patron")}
        helps |= {f"calm:{voice}": s.advice for _, voice, _ in draft.ties("deference")}
        p.event(
            f"resignation:{name}",
            when={out: False},
            effects=[Raise(out)],
            meaning=f"{name} leaves parliament; its seats pass to the runners-up",
        )
        p.event(
            f"boycott:{name}",
            rate=s.threat,
            when={out: False} | {f: False for f in (GOVERNMENT, NEW_ELECTIONS) if f in p.flags},
            meaning=f"{name} announces that it leaves the political process",
            outcomes=[
                Choice(
                    "course",
                    [
                        Branch(
                            "reversed",
                            s.reversed,
                            {v: c for v, c in helps.items() if v in p.variables},
                        ),
                        Branch("carried-out", 0.0, {}, [Fire(f"resignation:{name}")]),
                    ],
                )
            ],
        )
        _link_to_formation(draft, s, name)


def _link_to_formation(draft: Draft, s: Values, name: str) -> None:
    """Failed sessions wear patience down; a resignation ends the standing proposal."""
    p = draft.process
    boycott, resignation = p.events[f"boycott:{name}"], p.events[f"resignation:{name}"]
    if "tension" in p.variables:
        resignation.then(Add("tension", s.departure_tension))
    if "failed sessions" in p.variables:
        boycott.excite("failed sessions", s.frustration)
        course = boycott.outcomes[0]
        assert isinstance(course, Choice)
        course.branches[0].slopes = {
            **course.branches[0].slopes,
            "failed sessions": -s.weariness,
        }
        resignation.then(Lower("proposal standing"))
    if RATIFIED in p.flags:
        for event in (boycott, resignation):
            event.when[RATIFIED] = True  # there are no seats to resign before
