"""From a scenario's actors with seats to the assembly that the process draws coalitions from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clientela.chamber import Assembly, Chamber, GovernmentRule, PartyList, build_assembly

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
    rivalries = {
        frozenset((a, b))
        for a, others in scenario.ties.rivalry.items()
        for b in others
        if a in lists and b in lists
    }
    vetoes = frozenset(frozenset((v.of, v.against)) for v in scenario.chamber.vetoes)
    parties = [_party(name, actor, scenario.chamber.dimension) for name, actor in lists.items()]
    return Chamber(tuple(parties), vetoes, frozenset(rivalries))


def _party(name: str, actor: Actor, dimension: str | None) -> PartyList:
    assert actor.seats is not None
    return PartyList(
        id=name,
        seats=actor.seats.now,
        position=actor.positions.get(dimension) if dimension else None,
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
    needed = max(
        step.in_favour.needed(scenario.chamber.seats) for step in scenario.chamber.procedure
    )
    return build_assembly(
        chamber_of(scenario),
        needed,
        unbound_support=UNBOUND_SUPPORT,
        heirs=heirs if "participation" in draft.active else {},
        kinds={
            name: GovernmentRule(tuple(k.includes), tuple(k.includes_any), tuple(k.excludes))
            for name, k in scenario.chamber.governments.items()
        },
        clients=sponsored,
        pairs=pairs,
    )
