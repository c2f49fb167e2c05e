"""An election whose losers refuse it: grievance, protest, and a court that ratifies or annuls."""

from __future__ import annotations

from pydantic import Field

from clientela.mechanisms.drafting import Draft, Settings, Values, coefficient, mechanism
from clientela.mechanisms.shared import RATIFIED, flag, new_elections
from clientela.process import Add, Branch, Choice, Coefficient, Raise, largest, log, logit
from clientela.scenario import Days, Nonnegative, Probability, Rate, lognormal, pert, prior


class DisputeSettings(Settings):
    grievance: Nonnegative = Field(
        prior(pert(0.3, 1.0, 2.0), "no published magnitude"),
        description="Grievance of a list that lost all the seats it expected (it scales with the share lost).",
    )
    grievance_half_life: Days = Field(
        prior(pert(30.0, 90.0, 240.0), "disputes over results last months"),
        description="Half-life of grievance, days.",
    )
    anger: Nonnegative = Field(
        prior(
            pert(0.1, 0.4, 1.0),
            "sign: exclusion and lost power raise violence (Cederman, Wimmer & Min 2010)",
        ),
        description="Log points of domestic violence per unit of grievance.",
    )
    disobedience: Nonnegative = Field(
        prior(pert(0.1, 0.7, 1.6), "no published magnitude"),
        description="Log odds off a client's compliance per unit of grievance.",
    )
    protest: Rate = Field(
        prior(
            lognormal(median=0.03, sigma=0.6),
            "protest camps and marches through the weeks after a vote",
        ),
        description="Rate of protests per unit of grievance, per day.",
    )
    protest_tension: Nonnegative = Field(
        prior(pert(0.0, 0.05, 0.15), "no published magnitude"),
        description="Tension added by a protest, log points.",
    )
    annulled: Probability = Field(
        prior(pert(0.005, 0.03, 0.12), "courts seldom annul a whole national election"),
        description="Probability that the court annuls the results rather than ratifying them.",
    )
    ratified_anger: Nonnegative = Field(
        prior(
            pert(0.0, 0.2, 0.6),
            "ratification is reported as likely to fuel resentment; no magnitude",
        ),
        description="Grievance that ratification adds to each list that lost, per share of seats lost.",
    )


@mechanism("dispute", DisputeSettings)
def dispute(draft: Draft, s: Values) -> None:
    """An election whose losers refuse it: grievance, protest, and a court that ratifies or annuls.

    A list that expected E seats and has S < E starts with grievance g = grievance·(E − S)/E,
    which fades. Grievance multiplies its domestic violence by exp(anger·g), lowers its log odds
    of obeying its patron by disobedience·g, and brings protests with intensity protest·g. The
    scheduled event `ratification` accepts the results or annuls them; accepting lets the
    formation of a government begin and adds to the losers' grievance, annulling calls new
    elections. Where none is scheduled the results stand from the start. Grievance over lost power as a cause of violence: Cederman, Wimmer & Min (2010).
    """
    losers = _losers(draft)
    for name, lost in losers.items():
        _grievance(draft, s, name, lost)
    if draft.scenario.chamber is not None:
        _ratification(draft, s, losers)


def _losers(draft: Draft) -> dict[str, Coefficient]:
    """The share of its expected seats that each list lost, where it lost any."""
    lost: dict[str, Coefficient] = {}
    for name, actor in draft.scenario.actors.items():
        seats = actor.seats
        if seats is None or isinstance(seats, int) or seats.expected is None:
            continue
        if seats.expected.distribution.mean() > seats.now:
            expected = coefficient(seats.expected, f"actors.{name}.seats.expected")
            lost[name] = largest(0.0, (expected - seats.now) / largest(expected, 1.0))
    return lost


def _grievance(draft: Draft, s: Values, name: str, lost: Coefficient) -> None:
    p = draft.process
    grievance = p.variable(f"grievance:{name}", start=s.grievance * lost, low=0.0, high=4.0,
                           half_life=s.grievance_half_life, meaning=f"grievance of {name}")  # fmt: skip
    for event, attacker, target in draft.violence():
        if attacker == name and draft.domestic(target):
            event.modulate(grievance.name, s.anger)
    for visit in draft.events("visit:"):
        for choice in visit.outcomes:
            if choice.name == name and isinstance(choice, Choice):
                complies = choice.branches[0]
                complies.slopes = {**complies.slopes, grievance.name: -s.disobedience}
    protest = p.event(
        f"protest:{name}",
        excitation={grievance.name: s.protest},
        meaning=f"a protest by supporters of {name}",
    )
    if "tension" in p.variables:
        protest.then(Add("tension", s.protest_tension))


def _ratification(draft: Draft, s: Values, losers: dict[str, Coefficient]) -> None:
    awaited = any(e.event == "ratification" for e in draft.scenario.scheduled.values())
    ratified = flag(draft, RATIFIED, initially=not awaited)
    resentment = [
        Add(f"grievance:{name}", s.ratified_anger * lost) for name, lost in losers.items()
    ]
    draft.process.event(
        "ratification",
        meaning="the court decides on the results",
        outcomes=[
            Choice(
                "decision",
                [
                    Branch("accepted", logit(1.0 - s.annulled), {}, [Raise(ratified), *resentment]),
                    Branch("annulled", log(1.0), {}, [new_elections(draft)]),
                ],
            )
        ],
    )
