"""Sessions under the chamber's procedure until a government forms."""

from __future__ import annotations

from pydantic import Field

from clientela.chamber import Assembly
from clientela.mechanisms.drafting import Draft, Settings, Values, mechanism
from clientela.mechanisms.seating import assembly_of
from clientela.mechanisms.sessions import add_procedure
from clientela.mechanisms.shared import GOVERNMENT, RATIFIED, flag, new_elections, still_forming
from clientela.process import (
    Add,
    Coefficient,
    Effect,
    Fire,
    KindOfGovernment,
    Lower,
    Membership,
    Move,
    Parameter,
    Proposal,
    Raise,
    StandingCoalition,
)
from clientela.scenario import (
    Conditional,
    Distribution,
    Nonnegative,
    Probability,
    Rate,
    Real,
    discrete,
    lognormal,
    normal,
    parts,
    pert,
    prior,
)

# Log weight off a coalition that a refusal rules out: e^-60 of what it had.
NEVER = 60.0

PARLGOV = "estimated on ParlGov's hung parliaments since 1945 (Döring & Manow 2024); spread widened for a country outside the pool"


class FormationSettings(Settings):
    talks: Rate = Field(
        prior(
            lognormal(median=0.03, sigma=0.4), "a coalition takes about a month to be put together"
        ),
        description="Rate at which talks bring forward a coalition when none stands, per day.",
    )
    rethink: Rate = Field(
        prior(lognormal(median=0.003, sigma=0.6), "blocked coalitions are held on to for months"),
        description="Rate per failed session at which talks replace the standing coalition, per day.",
    )
    session: Rate = Field(
        prior(lognormal(median=0.04, sigma=0.4), "a decisive session every few weeks"),
        description="Rate of sessions that take the next step of the procedure, per day.",
    )
    dissolution: Rate = Field(
        prior(lognormal(median=0.0001, sigma=1.0), "parliaments seldom dissolve themselves"),
        description="Rate per failed session at which new elections are called, per day.",
    )
    opposed: Probability = Field(
        prior(pert(0.02, 0.12, 0.4), "a camp that can block by absence mostly stays away"),
        description="Probability that lists opposed to the coalition attend a session that needs a quorum.",
    )
    neutral: Probability = Field(
        prior(pert(0.4, 0.75, 0.95), "lists outside both camps mostly attend"),
        description="Probability that other lists outside the coalition attend.",
    )
    unbound: Probability = Field(
        prior(pert(0.3, 0.6, 0.9), "staying away is open to them too; no published magnitude"),
        description="Probability that a member who sits alone attends.",
    )
    swayed: Probability = Field(
        prior(pert(0.3, 0.6, 0.9), "no published magnitude"),
        description="Probability that such a member, attending, votes in favour.",
    )
    minority: Real = Field(
        prior(normal(-1.77, 0.6), PARLGOV),
        description="Log weight of a coalition without a majority of its own.",
    )
    minimal_winning: Real = Field(
        prior(normal(0.76, 0.5), PARLGOV), description="Log weight of a minimal winning coalition."
    )
    number_of_lists: Real = Field(
        prior(normal(-0.20, 0.15), PARLGOV), description="Log weight per list in the coalition."
    )
    contains_largest: Real = Field(
        prior(normal(1.23, 0.5), PARLGOV), description="Log weight of containing the largest list."
    )
    contains_median: Real = Field(
        prior(normal(0.72, 0.5), PARLGOV), description="Log weight of containing the median list."
    )
    range: Real = Field(
        prior(
            normal(-3.0, 1.5),
            "half the −6.1 estimated on ParlGov: the dimension here is elicited, not measured",
        ),
        description="Log weight per unit of range (0–1) on the chamber's dimension.",
    )
    incumbent_coalition: Real = Field(
        prior(
            normal(1.5, 1.0),
            "half the 2.75 estimated on ParlGov: outgoing cabinets here were of all parties",
        ),
        description="Log weight of the outgoing coalition.",
    )
    incumbent_leader: Real = Field(
        prior(normal(-0.04, 0.4), PARLGOV),
        description="Log weight of containing the outgoing head's list.",
    )
    communities_missing: Real = Field(
        prior(
            normal(-6.0, 2.0),
            "power-sharing by community has had no exception since 2005 in Iraq; other countries should set 0",
        ),
        description="Log weight per share of the communities that the coalition leaves out (0–1).",
    )
    armed_core: Real = Field(
        prior(
            normal(0.6, 0.6),
            "sign: Acemoglu, Egorov & Sonin (2008); no magnitude for mixed polities",
        ),
        description="Log weight of containing the armed ruling coalition.",
    )
    endorsement: Nonnegative = Field(
        prior(pert(0.0, 3.0, 8.0), "no published magnitude"),
        description="Log weight per unit of the patron's control times its clients' share of seats in the coalition.",
    )
    inclusion: Nonnegative = Field(
        prior(
            pert(0.2, 0.6, 0.95), "sign: inclusion lowers violence (Cederman, Wimmer & Min 2010)"
        ),
        description="Share of its grievance that a list loses by entering government.",
    )
    exclusion: Nonnegative = Field(
        prior(
            pert(0.0, 0.15, 0.4), "sign: exclusion raises violence (Cederman, Wimmer & Min 2010)"
        ),
        description="Tension that an armed list's exclusion from government adds, log points.",
    )
    deadlock: Nonnegative = Field(
        prior(pert(0.0, 0.05, 0.15), "no published magnitude"),
        description="Tension that a failed session adds, log points.",
    )


@mechanism("formation", FormationSettings)
def formation(draft: Draft, s: Values) -> None:
    """Sessions under the chamber's procedure until a government forms.

    Once results stand, talks bring forward a coalition S, drawn with

        P(S) ∝ exp(β · x_S)

    over all feasible coalitions: the covariates of Martin & Stevenson (2001), the armed ruling
    coalition Φ (Acemoglu, Egorov & Sonin 2008), communities left out, and the patron's
    endorsement, which scales with its control. Sessions then take the steps of the procedure in
    turn; a step passes if enough members vote in favour and, where a quorum is set, enough are
    present: lists opposed to S may stay away, and a third of the members can so block two thirds.
    Failed sessions add tension, make talks reconsider the coalition, and may lead to new
    elections. After the last step the government forms; members lose grievance, armed lists left
    out raise tension.
    """
    if draft.scenario.chamber is None:
        return
    p = draft.process
    table = assembly_of(draft)
    p.assembly = table
    waiting = still_forming(draft)
    if RATIFIED in p.flags:
        waiting[RATIFIED] = True
    failed = p.variable("failed sessions", low=0.0, high=100.0, meaning="sessions that failed").name
    standing = flag(draft, "proposal standing")
    proposal = _proposal(draft, s, table)
    p.event("talks", rate=s.talks, when={**waiting, standing: False}, effects=[Raise(standing)],
            outcomes=[proposal], meaning="talks bring forward a coalition")  # fmt: skip
    p.event("new-talks", excitation={failed: s.rethink}, when={**waiting, standing: True},
            effects=[Lower(standing), Fire("talks")], meaning="talks give up the coalition")  # fmt: skip
    p.event("dissolution", excitation={failed: s.dissolution}, when=waiting,
            effects=[new_elections(draft)], meaning="parliament dissolves itself")  # fmt: skip
    add_procedure(draft, s, waiting, standing)
    _government(draft, s, table)


def _proposal(draft: Draft, s: Values, table: Assembly) -> Proposal:
    names = ("minority", "minimal_winning", "number_of_lists", "contains_largest", "contains_median", "range",
             "incumbent_coalition", "incumbent_leader", "communities_missing", "armed_core")  # fmt: skip
    known = set(table.feature_names)
    beta: dict[str, Coefficient] = {n: getattr(s, n) for n in names if n in known}
    beta |= _vetoes(draft)
    slopes: dict[str, dict[str, Coefficient]] = {}
    patrons = [
        c for c in (f"control:{a}" for a in draft.actors("patron")) if c in draft.process.variables
    ]
    if "client_seats" in known and patrons:
        for control in patrons:
            slopes.setdefault("client_seats", {})[control] = s.endorsement
    return Proposal("coalition", beta, slopes)


def _upheld(probability: Distribution | Conditional) -> Distribution | Conditional:
    """Whether a refusal is upheld, 0 or 1: of an uncertain probability only the mean counts."""
    if isinstance(probability, Conditional):
        true, false = (_yes_or_no(part.mean()) for part in parts(probability))
        return Conditional(probability.proposition, true, false, probability.credence)
    return _yes_or_no(probability.mean())


def _yes_or_no(chance: float) -> Distribution:
    return discrete([0.0, 1.0], [1.0 - chance, chance])


def _vetoes(draft: Draft) -> dict[str, Coefficient]:
    """The log weights that keep apart who refuse each other, in the draws in which they do."""
    assert draft.scenario.chamber is not None
    beta: dict[str, Coefficient] = {}
    for of, others in draft.scenario.chamber.vetoes.items():
        for against, veto in others.items():
            probability = veto.probability.distribution
            if not (probability.is_fixed and probability.mean() in (0.0, 1.0)):
                name = f"chamber.vetoes.{of}.{against}.probability"
                beta[f"veto:{of}>{against}"] = -NEVER * Parameter(name, _upheld(probability))
    return beta


def _government(draft: Draft, s: Values, table: Assembly) -> None:
    p = draft.process
    government = p.event(
        "government",
        effects=[Raise(GOVERNMENT), Lower("proposal standing")],
        mark=StandingCoalition(),
        outcomes=[KindOfGovernment("kind")],
        meaning="a government takes office",
    )
    for name in table.list_ids:
        inside: list[Effect] = []
        outside: list[Effect] = []
        if f"grievance:{name}" in p.variables:
            inside.append(Move(f"grievance:{name}", s.inclusion, 0.0))
        if draft.scenario.actors[name].force.distribution.mean() > 0 and "tension" in p.variables:
            outside.append(Add("tension", s.exclusion))
        if inside or outside:
            government.choose(Membership(name, name, inside, outside))
