"""A chamber with all that is said of it: names, procedure, kinds of government, sources."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clientela.chamber.governments import GovernmentRule
from clientela.chamber.lists import Cabinet, Chamber, PartyList, Veto
from clientela.scenario import Rules, Step

if TYPE_CHECKING:
    from clientela.scenario import Actor, Scenario


@dataclass(frozen=True)
class Parliament:
    """A chamber as a file or a scenario describes it."""

    title: str
    date: dt.date | None
    chamber: Chamber
    names: Mapping[str, str]
    rules: Rules
    sources: tuple[str, ...] = ()

    @property
    def procedure(self) -> list[Step]:
        """The steps by which a government is voted in."""
        return self.rules.procedure

    @property
    def kinds(self) -> dict[str, GovernmentRule]:
        """The kinds of government that are told apart; the first that fits counts."""
        return {
            name: GovernmentRule(tuple(k.includes), tuple(k.includes_any), tuple(k.excludes))
            for name, k in self.rules.governments.items()
        }


def parliament_of(scenario: Scenario) -> Parliament:
    """The parliament of a scenario. Raises ValueError if it has none."""
    if scenario.chamber is None:
        raise ValueError(f"scenario {scenario.scenario!r} has no chamber")
    return Parliament(
        title=scenario.title,
        date=scenario.as_of,
        chamber=chamber_of(scenario),
        names={name: actor.name for name, actor in scenario.lists.items()},
        rules=scenario.chamber,
    )


def chamber_of(scenario: Scenario) -> Chamber:
    """A scenario's actors with seats as a chamber."""
    assert scenario.chamber is not None
    lists, rules = scenario.lists, scenario.chamber
    return Chamber(
        tuple(_party(name, actor) for name, actor in lists.items()),
        vetoes_of(rules),
        _pairs(scenario.ties.rivalry, lists),
        _pairs(scenario.ties.alliance, lists),
        rules.seats,
        rules.dimension,
        cabinets_of(rules),
        scenario.as_of,
    )


def vetoes_of(rules: Rules) -> tuple[Veto, ...]:
    """Who refuses whom as written, an uncertain probability by its mean."""
    return tuple(
        Veto(of, against, veto.probability.distribution.mean())
        for of, others in rules.vetoes.items()
        for against, veto in others.items()
    )


def cabinets_of(rules: Rules) -> tuple[Cabinet, ...]:
    """The past governments as written."""
    return tuple(Cabinet(c.since, frozenset(c.lists), c.leads, c.minority) for c in rules.cabinets)


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


def _pairs(
    ties: Mapping[str, Mapping[str, object]], lists: Collection[str]
) -> frozenset[frozenset[str]]:
    """The ties between lists, whichever way they are written."""
    return frozenset(
        frozenset((a, b)) for a, others in ties.items() for b in others if a in lists and b in lists
    )
