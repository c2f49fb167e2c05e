"""A senior cleric, or a similar authority, speaks when blood flows, and followers hold back."""

from __future__ import annotations

from pydantic import Field

from clientela.mechanisms.drafting import Draft, Settings, Values, mechanism
from clientela.process import Add, AddMark
from clientela.scenario import Days, Nonnegative, Rate, lognormal, pert, prior


class AuthoritySettings(Settings):
    statement_rate: Rate = Field(
        prior(lognormal(median=0.002, sigma=0.7), "an authority above politics speaks seldom"),
        description="Rate of statements without alarm, per day.",
    )
    response: Rate = Field(
        prior(lognormal(median=0.006, sigma=0.7), "no published magnitude"),
        description="Added rate of statements per unit of alarm (one killed, or one attack), per day.",
    )
    alarm_half_life: Days = Field(
        prior(pert(4.0, 10.0, 30.0), "statements follow bloodshed within weeks"),
        description="Half-life of alarm, days.",
    )
    calm: Nonnegative = Field(
        prior(pert(0.1, 0.6, 1.5), "no published magnitude"),
        description="Log points by which a statement lowers the violence of a wholly deferent follower.",
    )
    calm_half_life: Days = Field(
        prior(pert(10.0, 25.0, 60.0), "no published magnitude"),
        description="Half-life of the calm after a statement, days.",
    )


@mechanism("authority", AuthoritySettings)
def authority(draft: Draft, s: Values) -> None:
    """A senior cleric, or a similar authority, speaks when blood flows, and followers hold back.

    Alarm Y grows by 1 and by the number killed with each act of domestic violence. Statements
    come with intensity statement_rate + response·Y; each raises calm C by 1, which fades, and a
    follower's violence is multiplied by exp(−calm·strength·C), strength that of its deference.
    Calm also helps a threatened boycott to be reversed (see `participation`). From reporting: a
    boycott in July 2021 was reversed after the senior cleric's advice; no published magnitudes.
    """
    followers: dict[str, list[tuple[str, Values]]] = {}
    for follower, voice, tie in draft.ties("deference"):
        followers.setdefault(voice, []).append((follower, tie))
    for voice, listening in followers.items():
        _voice(draft, s, voice)
        for follower, tie in listening:
            for event, attacker, _ in draft.violence():
                if attacker == follower:
                    event.modulate(f"calm:{voice}", -(s.calm * tie.strength))


def _voice(draft: Draft, s: Values, voice: str) -> None:
    p = draft.process
    alarm = p.variable(f"alarm:{voice}", half_life=s.alarm_half_life, low=0.0, high=100.0,
                       meaning=f"recent bloodshed as {voice} sees it")  # fmt: skip
    calm = p.variable(f"calm:{voice}", half_life=s.calm_half_life, low=0.0, high=3.0,
                      meaning=f"calm after statements of {voice}")  # fmt: skip
    p.event(
        f"statement:{voice}",
        rate=s.statement_rate,
        excitation={alarm.name: s.response},
        effects=[Add(calm.name, 1.0)],
        meaning=f"{voice} calls for restraint",
    )
    for event in [*draft.events("attack:"), *draft.events("clash:")]:
        first = event.name.split(":")[1].replace("~", ">").split(">")
        if all(draft.domestic(side) for side in first):
            event.then(Add(alarm.name, 1.0), AddMark(alarm.name, 1.0))
