"""Signed ties that events move; camps as their sign pattern."""

from __future__ import annotations

from pydantic import Field

from clientela.mechanisms.drafting import Draft, Settings, Values, mechanism
from clientela.process import Add, EventType, Move, Proposal
from clientela.scenario import Days, Nonnegative, Share, pert, prior


class AlignmentSettings(Settings):
    rupture: Share = Field(
        prior(pert(0.005, 0.03, 0.1), "no published magnitude"),
        description="Share of the way toward −1 that an attack or clash moves the tie of its sides.",
    )
    balance: Share = Field(
        prior(pert(0.0, 0.03, 0.1), "sign: structural balance (Marvel et al. 2011); no magnitude"),
        description="Weight with which third parties take sides after an attack or clash.",
    )
    half_life: Days = Field(
        prior(pert(90.0, 250.0, 700.0), "camps change over years"),
        description="Half-life of a departure from the tie as written, days.",
    )
    hostility: Nonnegative = Field(
        prior(pert(0.0, 0.8, 2.0), "no published magnitude"),
        description="Log points of violence per unit by which a tie worsens.",
    )
    affinity: Nonnegative = Field(
        prior(
            pert(0.2, 1.0, 2.5),
            "sign: partners of past cabinets govern again (Martin & Stevenson 2001)",
        ),
        description="Log weight of a coalition per unit of the tie between two of its lists.",
    )


@mechanism("alignment", AlignmentSettings)
def alignment(draft: Draft, s: Values) -> None:
    """Signed ties that events move; camps as their sign pattern.

    Every alliance or mutual rivalry between two domestic actors is a tie s_ij ∈ [−1, 1], starting
    at the strength written (rivalry negative). Violence between i and j moves s_ij toward −1, and
    each third party k takes sides as structural balance would have it (Marvel, Kleinberg,
    Kleinberg & Strogatz 2011, dX/dt = X², here one jump per event and saturating at ±1):

        s_ik → s_ik − balance · s_jk,   s_jk → s_jk − balance · s_ik .

    one after the other. Ties relax slowly to what they were. A tie that worsens by one multiplies violence between its
    sides by exp(hostility); a coalition's log weight has affinity·s_ij for each pair of its lists.
    """
    ties = _signed_ties(draft)
    p = draft.process
    for (a, b), start in ties.items():
        p.variable(
            f"tie:{a}~{b}", half_life=s.half_life, low=-1.0 - start, high=1.0 - start,
            meaning=f"tie of {a} and {b}, against its start of {start:+.2f}",
        )  # fmt: skip
    for event in [*draft.events("attack:"), *draft.events("clash:")]:
        first, second = event.name.split(":")[1].replace("~", ">").split(">")
        if _pair(ties, first, second):
            _violence(s, ties, event, first, second)
    _coalitions(draft, s, ties)


def _signed_ties(draft: Draft) -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], float] = {}
    for kind, sign in (("alliance", 1.0), ("rivalry", -1.0)):
        for a, b, tie in draft.ties(kind):
            if kind == "rivalry" and not tie.mutual:
                continue
            if draft.domestic(a) and draft.domestic(b):
                found[a, b] = sign * min(tie.strength, 0.95)
    return found


def _pair(ties: dict[tuple[str, str], float], a: str, b: str) -> tuple[str, str] | None:
    return (a, b) if (a, b) in ties else (b, a) if (b, a) in ties else None


def _violence(
    s: Values, ties: dict[tuple[str, str], float], event: EventType, first: str, second: str
) -> None:
    a, b = _pair(ties, first, second) or (first, second)
    event.modulate(f"tie:{a}~{b}", -s.hostility)
    event.then(Move(f"tie:{a}~{b}", s.rupture, -1.0 - ties[a, b]))
    for third in sorted({x for pair in ties for x in pair} - {first, second}):
        to_first, to_second = _pair(ties, first, third), _pair(ties, second, third)
        if to_first and to_second:
            for moved, other in ((to_first, to_second), (to_second, to_first)):
                # A friend of my enemy, an enemy of my friend: the product of the two ties' signs
                # is to be that of the broken one, −1.
                name, by = f"tie:{moved[0]}~{moved[1]}", f"tie:{other[0]}~{other[1]}"
                event.then(Add(name, -s.balance * ties[other]), Add(name, -s.balance, by=by))


def _coalitions(draft: Draft, s: Values, ties: dict[tuple[str, str], float]) -> None:
    p = draft.process
    if p.assembly is None:
        return
    for (a, b), start in ties.items():
        feature = f"both:{a}+{b}"
        if feature not in p.assembly.feature_names:
            continue
        for event in p.events.values():
            for outcome in event.outcomes:
                if isinstance(outcome, Proposal):
                    outcome.coefficients = {**outcome.coefficients, feature: s.affinity * start}
                    outcome.slopes = {**outcome.slopes, feature: {f"tie:{a}~{b}": s.affinity}}
