"""A patron's hold over its clients: standing control, visits that call them to order, restraint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from clientela.mechanisms.drafting import Draft, Settings, Values, mechanism
from clientela.mechanisms.indirect_control import add_indirect_control
from clientela.process import Add, Branch, Choice, Effect, EventType, Move, log_weight
from clientela.scenario import (
    Days,
    Nonnegative,
    Positive,
    Rate,
    Real,
    Share,
    lognormal,
    pert,
    prior,
)


class PatronageSettings(Settings):
    only: ClassVar[Mapping[str, frozenset[str]]] = {
        "rates": frozenset(
            {
                "visit_response", "disturbance_half_life", "visit_fatigue", "obey", "obey_control",
                "obey_dependence", "obey_autonomy", "restraint", "restraint_half_life", "sanction",
                "standing_restraint", "sanction_bite", "resentment", "reward",
            }
        ),
        "indirect_control": frozenset(
            {"effort", "effort_cost", "intervening", "intervention_cost", "period", "discount"}
        ),
    }  # fmt: skip

    strategy: Literal["rates", "indirect_control"] = Field(
        "rates",
        description="How visits come about: at `rates` that answer disturbance, or as the patron's interest has it, the equilibrium of `indirect_control`.",
    )
    visit_rate: Rate = Field(
        prior(lognormal(median=0.004, sigma=0.5), "one or two visits a year without a crisis"),
        description="Rate of visits by the patron's envoy without disturbance, per day.",
    )
    visit_response: Rate = Field(
        prior(
            lognormal(median=0.01, sigma=0.6), "a visit follows a grave disturbance within weeks"
        ),
        description="Added rate of visits per unit of recent disturbance, per day.",
    )
    disturbance_half_life: Days = Field(
        prior(pert(7.0, 20.0, 45.0), "crises stay on the patron's desk for weeks"),
        description="Half-life of the disturbance the patron sees in its clients, days.",
    )
    visit_fatigue: Nonnegative = Field(
        prior(pert(0.3, 1.0, 2.0), "envoys rarely return within weeks"),
        description="By how much a visit lowers the log rate of the next; fades with half-life 30 days.",
    )
    control: Share = Field(
        prior(pert(0.4, 0.7, 0.9), "control under an established commander, on a scale of 0 to 1"),
        description="Control that the patron's office tends to, 0 (none) to 1 (full).",
    )
    control_half_life: Days = Field(
        prior(
            pert(300.0, 900.0, 2500.0), "authority over commanders is personal and rebuilt in years"
        ),
        description="Half-life of a departure of control from the level it tends to, days.",
    )
    obey: Real = Field(
        prior(pert(-1.0, 0.2, 1.4), "no published magnitude"),
        description="Log odds that a client complies, at zero control, dependence, autonomy and resentment.",
    )
    obey_control: Nonnegative = Field(
        prior(pert(0.3, 1.2, 3.0), "sign: principal–agent control lowers shirking (Salehyan 2010)"),
        description="Added log odds of complying per unit of control.",
    )
    obey_dependence: Nonnegative = Field(
        prior(
            pert(0.3, 1.2, 3.0),
            "sign: clients with one source of support defect less (Popovic 2017)",
        ),
        description="Added log odds of complying per unit of dependence.",
    )
    obey_autonomy: Nonnegative = Field(
        prior(
            pert(0.3, 1.5, 3.5),
            "sign: own means make clients disobey (Popovic 2017; Berman & Lake 2019)",
        ),
        description="Lowered log odds of complying per unit of autonomy.",
    )
    restraint: Nonnegative = Field(
        prior(pert(0.3, 0.8, 1.8), "no published magnitude"),
        description="By how much complying lowers a client's violence, log points.",
    )
    restraint_half_life: Days = Field(
        prior(pert(14.0, 40.0, 120.0), "calls to order had to be repeated within the year"),
        description="Half-life of restraint, days.",
    )
    standing_restraint: Nonnegative = Field(
        prior(pert(0.0, 0.6, 1.8), "no published magnitude"),
        description="Log points of violence that full control over a wholly dependent client holds back.",
    )
    defiance_cost: Share = Field(
        prior(
            pert(0.0, 0.04, 0.15), "open defiance costs the envoy standing; no published magnitude"
        ),
        description="Share of control lost with each client that defies.",
    )
    sanction: Share = Field(
        prior(pert(0.02, 0.15, 0.5), "the patron seldom punishes openly"),
        description="Probability that defiance is punished (money, arms or office withheld).",
    )
    sanction_bite: Nonnegative = Field(
        prior(
            pert(0.1, 0.4, 1.0),
            "Padró i Miquel & Yared (2012): interventions punish to restore effort",
        ),
        description="Restraint that a sanction adds, log points.",
    )
    resentment: Nonnegative = Field(
        prior(pert(0.0, 0.3, 1.0), "no published magnitude"),
        description="Resentment a sanction adds: log odds off the client's next compliance.",
    )
    reward: Share = Field(
        prior(pert(0.0, 0.3, 0.8), "no published magnitude"),
        description="Share of a client's resentment that a reward for complying takes away.",
    )
    effort: Nonnegative = Field(
        prior(pert(0.3, 0.8, 1.8), "that of `restraint`; no published magnitude"),
        description="With `indirect_control`: log points by which a client's effort lowers its violence.",
    )
    effort_cost: Positive = Field(
        prior(pert(0.005, 0.03, 0.12), "no published magnitude"),
        description="With `indirect_control`: what effort costs a client without autonomy per period, in units of the worst that an intervention can do to it.",
    )
    intervening: Share = Field(
        prior(pert(0.2, 0.5, 0.8), "sign: a patron's own hand holds back less than its client's"),
        description="With `indirect_control`: share of what effort holds back that an intervention holds back by itself.",
    )
    intervention_cost: Positive = Field(
        prior(
            lognormal(median=0.05, sigma=0.6),
            "such that an established commander can hold most clients, as long sponsorship suggests; no published magnitude",
        ),
        description="With `indirect_control`: what a unit of intensity costs the patron per period at full control, in units of what a disturbance costs it.",
    )
    period: Days = Field(
        prior(pert(10.0, 30.0, 60.0), "an envoy's work on one client is taken to last weeks"),
        description="With `indirect_control`: the period for which both sides decide, days.",
    )
    discount: Share = Field(
        prior(pert(0.8, 0.93, 0.98), "no published magnitude"),
        description="With `indirect_control`: what the next period counts for both sides, this one being 1.",
    )


@mechanism("patronage", PatronageSettings)
def patronage(draft: Draft, s: Values) -> None:
    """A patron's hold over its clients: standing control, visits that call them to order, restraint.

    Control κ ∈ [0, 1] of the patron's office relaxes to `control`. Violence by clients adds to
    the disturbance D the patron sees; its envoy visits with intensity

        λ(visit) = (visit_rate + visit_response · D) · exp(−visit_fatigue · F),

    F counting recent visits. At a visit each client i complies with log odds

        obey + obey_control·κ + obey_dependence·d_i − obey_autonomy·a_i − g_i,

    g_i its resentment. Complying adds `restraint` times the client's cohesion to r_i, which lowers the log intensity of all its
    violence and fades; defying costs control and is sometimes sanctioned. Between visits control
    itself holds back violence by standing_restraint·d_i·(1 − a_i)·κ. The shape follows delegated
    control with costly intervention (Padró i Miquel & Yared 2012; Berman & Lake 2019; Salehyan
    2010), the signs of dependence and autonomy Popovic (2017).
    """
    clients: dict[str, list[tuple[str, Values]]] = {}
    for patron, client, tie in draft.ties("sponsorship"):
        clients.setdefault(patron, []).append((client, tie))
    for patron, sponsored in clients.items():
        draft.process.variable(
            f"control:{patron}", start=s.control, baseline=s.control, half_life=s.control_half_life,
            low=0.0, high=1.0, meaning=f"control of {patron} over its clients",
        )  # fmt: skip
        if s.strategy == "indirect_control":
            add_indirect_control(draft, s, patron, sponsored)
            continue
        _office(draft, s, patron)
        for client, tie in sponsored:
            _client(draft, s, patron, client, tie)
            _answer(draft, s, patron, client, tie)


def _office(draft: Draft, s: Values, patron: str) -> None:
    """What the patron sees, and its envoy's visits."""
    p = draft.process
    seen = p.variable(f"disturbance:{patron}", half_life=s.disturbance_half_life, low=0.0,
                      high=30.0, meaning=f"disturbance by clients, as {patron} sees it")  # fmt: skip
    recent = p.variable(f"visited:{patron}", half_life=30.0, low=0.0, high=5.0,
                        meaning=f"recent visits of {patron}'s envoy")  # fmt: skip
    p.event(
        f"visit:{patron}",
        rate=s.visit_rate,
        excitation={seen.name: s.visit_response},
        modulation={recent.name: -s.visit_fatigue},
        effects=[Add(recent.name, 1.0)],
        meaning=f"an envoy of {patron} calls its clients to order",
    )


def _client(draft: Draft, s: Values, patron: str, client: str, tie: Values) -> None:
    """What holds one client's violence back, and how it disturbs the patron."""
    p = draft.process
    restraint = p.variable(f"restraint:{client}@{patron}", half_life=s.restraint_half_life,
                           low=0.0, high=5.0, meaning=f"restraint of {client}, log points")  # fmt: skip
    p.variable(f"resentment:{client}@{patron}", half_life=120.0, low=0.0, high=5.0,
               meaning=f"resentment of {client} against {patron}, log odds")  # fmt: skip
    standing = s.standing_restraint * tie.dependence * (1.0 - draft.actor(client).autonomy)
    for event, attacker, _ in draft.violence():
        if attacker == client:
            event.modulate(restraint.name, -1.0)
            event.modulate(f"control:{patron}", -standing)
            event.then(Add(f"disturbance:{patron}", 1.0))


def _answer(draft: Draft, s: Values, patron: str, client: str, tie: Values) -> None:
    """How one client answers a visit: complies, defies, or defies and is sanctioned."""
    restraint, resentment = f"restraint:{client}@{patron}", f"resentment:{client}@{patron}"
    lost: Effect = Move(f"control:{patron}", s.defiance_cost, 0.0)
    autonomy = draft.actor(client).autonomy
    visit: EventType = draft.process.events[f"visit:{patron}"]
    visit.choose(
        Choice(
            client,
            [
                Branch(
                    "complies",
                    s.obey + s.obey_dependence * tie.dependence - s.obey_autonomy * autonomy,
                    {f"control:{patron}": s.obey_control, resentment: -1.0},
                    [
                        Add(restraint, s.restraint * draft.actor(client).cohesion),
                        Move(resentment, s.reward, 0.0),
                    ],
                ),
                Branch("defies", log_weight(1.0 - s.sanction), {}, [lost]),
                Branch(
                    "sanctioned",
                    log_weight(s.sanction),
                    {},
                    [lost, Add(restraint, s.sanction_bite), Add(resentment, s.resentment)],
                ),
            ],
        )
    )
