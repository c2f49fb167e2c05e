"""From a scenario's actors with seats to the assembly that the process draws coalitions from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from clientela.chamber import (
    Assembly,
    Cabinet,
    Chamber,
    GovernmentRule,
    PartyList,
    Veto,
    build_assembly,
    seats_needed,
)

if TYPE_CHECKING:
    from clientela.mechanisms.drafting import Draft
    from clientela.scenario import Actor, Scenario

# Members who sit one by one are counted on for this share when a coalition is judged feasible;
# whether they do vote for it is drawn at each session.
UNBOUND_SUPPORT = 0.5


def chamber_of(scenario: Scenario) -> Chamber:
    """The scenario's lists as a chamber, positions on the dimension the scenario names."""
    assert scenario.chamber is not None
    lists = scenario.lists
    rules = scenario.chamber
    return Chamber(
        tuple(_party(name, actor) for name, actor in lists.items()),
        tuple(
            Veto(of, against, veto.probability.distribution.mean())
            for of, others in rules.vetoes.items()
            for against, veto in others.items()
        ),
        _pairs(scenario.ties.rivalry, lists),
        _pairs(scenario.ties.alliance, lists),
        rules.seats,
        rules.dimension,
        tuple(Cabinet(c.since, frozenset(c.lists), c.leads) for c in rules.cabinets),
    )


def _pairs(
    ties: Mapping[str, Mapping[str, object]], lists: Collection[str]
) -> frozenset[frozenset[str]]:
    """The ties between lists, whichever way they are written."""
    return frozenset(
        frozenset((a, b)) for a, others in ties.items() for b in others if a in lists and b in lists
    )


def _party(name: str, actor: Actor) -> PartyList:
    assert actor.seats is not None
    return PartyList(
        id=name,
        seats=actor.seats.now,
        positions=actor.positions,
        camp=actor.camp,
        community=actor.community,
        force=actor.force.distribution.mean(),
        bloc=actor.bloc,
        incumbent=actor.incumbent,
        leads=actor.leads,
    )


def assembly_of(draft: Draft) -> Assembly:
    """All feasible coalitions by phase, with the pairs whose ties alignment follows."""
    scenario = draft.scenario
    assert scenario.chamber is not None
    lists = scenario.lists
    heirs = {n: a.runners_up for n, a in lists.items() if a.runners_up}
    pairs = [
        (a, b)
        for kind in ("alliance", "rivalry")
        for a, b, _ in draft.ties(kind)
        if a in lists and b in lists and lists[a].bloc and lists[b].bloc
    ]
    sponsored = {client for _, client, _ in draft.ties("sponsorship")}
    chamber = chamber_of(scenario)
    return build_assembly(
        chamber,
        seats_needed(scenario.chamber.procedure, chamber),
        unbound_support=UNBOUND_SUPPORT,
        heirs=heirs if "participation" in draft.active else {},
        kinds={
            name: GovernmentRule(tuple(k.includes), tuple(k.includes_any), tuple(k.excludes))
            for name, k in scenario.chamber.governments.items()
        },
        clients=sponsored,
        pairs=pairs,
    )
