"""Violence between rivals that feeds on itself, spreads to allies, and can tip into a spiral."""

from __future__ import annotations

from pydantic import Field

from clientela.mechanisms.drafting import Draft, Settings, Values, mechanism
from clientela.process import Add, Killed, Move, log
from clientela.scenario import (
    Days,
    Nonnegative,
    Positive,
    Probability,
    Rate,
    Share,
    lognormal,
    pert,
    prior,
)


class EscalationSettings(Settings):
    rate: Rate = Field(
        prior(
            lognormal(median=0.006, sigma=0.7),
            "about two attacks a year on a rival unless known better",
        ),
        description="Background attacks by one side of a rivalry on the other, events per day.",
    )
    own: Share = Field(
        prior(
            pert(0.03, 0.10, 0.25),
            "Lewis et al. (2012) found 37–50 % of attacks in Iraqi districts self-excited; a constant background overstates it, and a dyad is less than a district",
        ),
        description="Further attacks on the same target that one attack sets off directly, on average.",
    )
    retaliation: Share = Field(
        prior(pert(0.02, 0.07, 0.20), "no magnitude published for factions inside one bloc"),
        description="Attacks in the other direction that one attack sets off directly, on average.",
    )
    contagion: Share = Field(
        prior(pert(0.0, 0.03, 0.12), "allies join in rarely; no published magnitude"),
        description="Attacks by each ally of the attacker on the same target set off directly, on average.",
    )
    half_life: Days = Field(
        prior(
            pert(2.0, 7.0, 20.0),
            "Lewis et al. (2012): excitation in Iraq lasts two to six weeks at most",
        ),
        description="Half-life of the memory of an attack, days.",
    )
    clash_rate: Rate = Field(
        prior(
            lognormal(median=0.0015, sigma=0.8),
            "one armed clash in about two years per mutual rivalry",
        ),
        description="Background two-sided clashes of a mutual rivalry, events per day.",
    )
    clash: Share = Field(
        prior(pert(0.01, 0.04, 0.12), "few attacks grow into open clashes; no published magnitude"),
        description="Clashes that one attack on either side sets off directly, on average.",
    )
    spiral: Rate = Field(
        prior(
            lognormal(median=0.01, sigma=0.8),
            "spirals follow a few per cent of clashes; no published magnitude",
        ),
        description="Rate per day, for each remembered attack or clash, at which a dyad tips into a spiral.",
    )
    policing: Days = Field(
        prior(
            pert(4.0, 12.0, 40.0),
            "factions of one community usually rein in their own within weeks (Fearon & Laitin 1996)",
        ),
        description="Half-life of a spiral under in-group policing, days.",
    )
    spiral_factor: Positive = Field(
        prior(pert(1.2, 1.6, 2.5), "no published magnitude"),
        description="By how much a spiral multiplies the dyad's violence.",
    )
    tension_half_life: Days = Field(
        prior(
            pert(14.0, 40.0, 90.0), "political tension over an election outlasts single incidents"
        ),
        description="Half-life of political tension, days.",
    )
    deadly: Probability = Field(
        prior(pert(0.2, 0.4, 0.7), "most rocket and drone attacks reported kill nobody"),
        description="Probability that an attack can kill at all.",
    )
    killed: Nonnegative = Field(
        prior(pert(0.5, 1.5, 4.0), "assassinations and small attacks"),
        description="Mean number killed by an attack that can kill.",
    )
    clash_killed: Nonnegative = Field(
        prior(pert(2.0, 8.0, 25.0), "street fighting between armed organisations"),
        description="Mean number killed by a clash.",
    )
    dispersion: Positive = Field(
        prior(pert(0.3, 0.7, 2.0), "deaths per event are strongly over-dispersed"),
        description="Dispersion r of the negative binomial law of deaths (variance = mean + mean²/r).",
    )


@mechanism("escalation", EscalationSettings)
def escalation(draft: Draft, s: Values) -> None:
    """Violence between rivals that feeds on itself, spreads to allies, and can tip into a spiral.

    For a rivalry i → j, heat h_ij jumps by 1 with each attack i>j and fades with `half_life`:

        λ(attack i>j) = (rate + own·δ·h_ij + retaliation·δ·h_ji + contagion·δ·Σ_k h_kj)
                        · exp(log(spiral_factor)·spiral_ij + tension)

    with k the allies of i, so that own, retaliation and contagion are the mean numbers of direct
    offspring (branching ratios) of an exponential Hawkes process (Lewis, Mohler, Brantingham &
    Bertozzi 2012). Mutual rivalries also clash, with rate clash_rate + clash·δ·(h_ij + h_ji); a
    clash heats both directions. A dyad tips into a *spiral* (spiral_ij = 1) at rate spiral·(h_ij + h_ji); *policing* by
    leaders of their own side wears it down with half-life `policing` (Fearon & Laitin 1996, who show that both
    are equilibria). Domestic dyads feel a common
    political tension, in log points, that other mechanisms raise.
    """
    p = draft.process
    p.variable("tension", half_life=s.tension_half_life, low=0.0, high=1.5,
               meaning="political tension, log points of violence")  # fmt: skip
    rivalries = [(a, b, tie) for a, b, tie in draft.ties("rivalry")]
    directed = [(a, b, tie) for a, b, tie in rivalries]
    directed += [(b, a, tie) for a, b, tie in rivalries if tie.mutual]
    for a, b, _ in directed:
        p.variable(f"heat:{a}>{b}", half_life=s.half_life, low=0.0, high=30.0,
                   meaning=f"remembered attacks by {a} on {b}")  # fmt: skip
    for a, b, tie in directed:
        _attack(draft, s, a, b, tie)
    for a, b, tie in rivalries:
        if tie.mutual:
            _clash(draft, s, a, b)
    for a, b, tie in rivalries:
        _spiral(draft, s, a, b, tie.mutual)
    for event, a, b in draft.violence():
        if draft.domestic(a) and draft.domestic(b):
            event.modulation["tension"] = 1.0


def _per_offspring(s: Values, mean):
    """The jump in intensity whose integral over its exponential memory is `mean`."""
    return mean * log(2.0) / s.half_life


def _attack(draft: Draft, s: Values, a: str, b: str, tie: Values) -> None:
    p = draft.process
    event = p.event(
        f"attack:{a}>{b}",
        rate=s.rate if tie.rate is None else tie.rate,
        effects=[Add(f"heat:{a}>{b}", 1.0)],
        mark=Killed(1.0 - s.deadly, s.killed if tie.killed is None else tie.killed, s.dispersion),
        meaning=f"an attack by {a} on {b}",
    )
    event.excite(f"heat:{a}>{b}", _per_offspring(s, s.own))
    if tie.mutual:
        event.excite(f"heat:{b}>{a}", _per_offspring(s, s.retaliation))
    for ally in draft.allies(a):
        if f"heat:{ally}>{b}" in p.variables:
            event.excite(f"heat:{ally}>{b}", _per_offspring(s, s.contagion))


def _clash(draft: Draft, s: Values, a: str, b: str) -> None:
    heats = [f"heat:{a}>{b}", f"heat:{b}>{a}"]
    draft.process.event(
        f"clash:{a}~{b}",
        rate=s.clash_rate,
        excitation={heat: _per_offspring(s, s.clash) for heat in heats},
        effects=[Add(heat, 1.0) for heat in heats],
        mark=Killed(0.0, s.clash_killed, s.dispersion),
        meaning=f"an armed clash between {a} and {b}",
    )


def _spiral(draft: Draft, s: Values, a: str, b: str, mutual: bool) -> None:
    """The regime of one dyad: a spiral begins at once and is worn down by in-group policing."""
    p = draft.process
    pair = f"{a}~{b}"
    level = p.variable(f"spiral:{pair}", half_life=s.policing, low=0.0, high=1.0,
                       meaning=f"spiral of {a} and {b}: 1 at its height, 0 under policing").name  # fmt: skip
    heats = [f"heat:{a}>{b}", f"heat:{b}>{a}"] if mutual else [f"heat:{a}>{b}"]
    p.event(
        f"spiral:{pair}",
        excitation={heat: s.spiral for heat in heats},
        effects=[Move(level, 1.0, 1.0)],
        meaning=f"violence between {a} and {b} tips into a spiral",
    )
    names = [f"attack:{a}>{b}"] + ([f"attack:{b}>{a}", f"clash:{pair}"] if mutual else [])
    for name in names:
        p.events[name].modulate(level, log(s.spiral_factor))
