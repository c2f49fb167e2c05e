"""How long this chamber is likely to take: what the fitted times say of it on its day."""

from __future__ import annotations

import datetime as dt

from clientela.chamber.duration import FormationTime, formation_time
from clientela.chamber.lists import Chamber
from clientela.scenario import Rules


def effective_parties(chamber: Chamber) -> float:
    """1 / Σ s², s the shares of the seats filled (Laakso & Taagepera 1979).

    Members who sit alone are a party each.
    """
    held = sum(party.seats for party in chamber.lists)
    squares = sum(p.seats**2 if p.bloc else p.seats for p in chamber.lists)
    return held**2 / squares


def time_to_government(chamber: Chamber, rules: Rules) -> FormationTime:
    """The days from election (or resignation, within a term) to government, in this chamber.

    The country's own times are those of `rules.formed_in`, which are times after elections.
    """
    return formation_time(
        () if chamber.midterm else rules.formed_in,
        post_election=not chamber.midterm,
        parties=effective_parties(chamber),
        majority=any(2 * p.seats > chamber.seats for p in chamber.lists if p.bloc),
    )


def days_gone(rules: Rules, date: dt.date | None) -> float:
    """The days from the election to a date, 0 where either is not given or it is yet to come."""
    if rules.elected is None or date is None:
        return 0.0
    return float(max((date - rules.elected).days, 0))
