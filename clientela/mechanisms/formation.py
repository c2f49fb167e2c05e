"""Sessions under the chamber's procedure until a government forms."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from clientela.chamber import Assembly, Chamber, best_fit, fitted
from clientela.chamber.covariates import NAMES
from clientela.chamber.fit import PRIORS
from clientela.mechanisms.drafting import Draft, Settings, Values, coefficient, mechanism
from clientela.mechanisms.first_talks import add_first_talks, usual_wait
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
from clientela.reading import unknown
from clientela.scenario import (
    Conditional,
    Distribution,
    Nonnegative,
    Probability,
    Rate,
    Real,
    Scenario,
    discrete,
    lognormal,
    normal,
    parts,
    pert,
    prior,
)
from clientela.scenario.fields import fault

# Log weight off a coalition that a refusal rules out: e^-60 of what it had.
NEVER = 60.0

FITTED = "fitted to ParlGov's hung parliaments since 1945 (Döring & Manow 2024): docs/validation/coalitions.md"
FITTED_COVARIATES = fitted("full").covariates


def _covariate(name: str) -> str:
    if name not in NAMES:
        raise fault(unknown("covariate", name, NAMES))
    return name


def _fitted_covariate(name: str) -> str:
    if name not in FITTED_COVARIATES:
        raise fault(unknown("fitted covariate", name, FITTED_COVARIATES))
    return name


Covariate = Annotated[str, AfterValidator(_covariate)]
FittedCovariate = Annotated[str, AfterValidator(_fitted_covariate)]


class FormationSettings(Settings):
    wait: Nonnegative | None = Field(
        None,
        description="Days after results stand until talks first bring forward a coalition (none: what is left of the fitted time to formation once the votes have had theirs; as `talks` if `chamber.elected` is not given).",
    )
    talks: Rate = Field(
        prior(
            lognormal(median=0.03, sigma=0.4), "a coalition takes about a month to be put together"
        ),
        description="Rate at which talks bring forward a coalition when none stands, after the first, per day.",
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
    fitted: dict[FittedCovariate, Real] = Field(
        {name: prior(normal(0.0, 1.0), FITTED) for name in FITTED_COVARIATES},
        description="How far the weight of each covariate lies from that of the average country, in standard deviations of what the fit leaves open.",
    )
    weights: dict[Covariate, Real] = Field(
        {},
        description="Log weights of covariates that are to replace the fitted ones.",
    )
    communities_missing: Real = Field(
        prior(
            normal(*PRIORS["communities_missing"]),
            "power-sharing by community has had no exception since 2005 in Iraq; other countries should set 0",
        ),
        description="Log weight per share of the communities that the coalition leaves out (0–1).",
    )
    armed_core: Real = Field(
        prior(
            normal(*PRIORS["armed_core"]),
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

    def completed(self, scenario: Scenario) -> FormationSettings:
        """With the usual wait, if none is set."""
        if self.wait is not None:
            return self
        return self.model_copy(update={"wait": usual_wait(scenario, self.session)})


@mechanism("formation", FormationSettings)
def formation(draft: Draft, s: Values) -> None:
    """Sessions under the chamber's procedure until a government forms.

    Once results stand, talks bring forward a coalition S: after a time from the country's own past
    and that of others (fitted after Golder 2010), given the days that have gone by since the
    election, less the time of the votes. It is drawn with

        P(S) ∝ exp(β · x_S)

    over all feasible coalitions: covariates fitted to past governments, drawn with all that the fit
    leaves open (after Martin & Stevenson 2001; Glasgow, Golder & Golder 2012), the armed ruling
    coalition Φ (Acemoglu, Egorov & Sonin 2008), communities left out, and the patron's
    endorsement, which scales with its control. Sessions then take the steps of the procedure, a
    state machine; a step passes if enough members vote in favour and, where a quorum is set, enough
    are present: lists opposed to S stay away for as long as S stands, and a third of the members
    can so block two thirds.
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
    begun = add_first_talks(draft, s, waiting)
    p.event("talks", rate=s.talks, when={**waiting, **begun, standing: False}, effects=[Raise(standing)],
            outcomes=[proposal], meaning="talks bring forward a coalition")  # fmt: skip
    p.event("new-talks", excitation={failed: s.rethink}, when={**waiting, standing: True},
            effects=[Lower(standing), Fire("talks")], meaning="talks give up the coalition")  # fmt: skip
    p.event("dissolution", excitation={failed: s.dissolution}, when=waiting,
            effects=[new_elections(draft)], meaning="parliament dissolves itself")  # fmt: skip
    add_procedure(draft, s, table.phases[0], waiting, standing)
    _government(draft, s, table)


def _proposal(draft: Draft, s: Values, table: Assembly) -> Proposal:
    beta = _weights(s, table.phases[0])
    beta |= {name: getattr(s, name) for name in ("communities_missing", "armed_core")}
    for name, weight in s.weights.items():
        beta[name] = coefficient(weight, f"mechanisms.formation.weights.{name}")
    beta |= _vetoes(draft)
    slopes: dict[str, dict[str, Coefficient]] = {}
    for control in (f"control:{patron}" for patron in draft.actors("patron")):
        if control in draft.process.variables:
            slopes.setdefault("client_seats", {})[control] = s.endorsement
    return Proposal("coalition", beta, slopes)


def _weights(s: Values, chamber: Chamber) -> dict[str, Coefficient]:
    """β = mean + root · z by covariate, z standard normal: what the fit says of a new country.

    The z belong to covariates, so that those that only the full fit has change nothing else.
    """
    fit, standard = best_fit(chamber), prior(normal(0.0, 1.0), FITTED)
    z = [
        coefficient(s.fitted.get(name, standard), f"mechanisms.formation.fitted.{name}")
        for name in fit.covariates
    ]
    beta: dict[str, Coefficient] = {}
    for name, mean, row in zip(fit.covariates, fit.mean, fit.root, strict=True):
        weight: Coefficient = float(mean)
        for share, deviation in zip(row, z, strict=True):
            weight = weight + float(share) * deviation
        beta[name] = weight
    return beta


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
