"""How likely a government is to win a vote: who attends, who stays away, who votes how."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
from scipy.stats import binom

from clientela.chamber.governments import opposed
from clientela.chamber.lists import Chamber
from clientela.process import Needs


@dataclass(frozen=True)
class Attendance:
    """Probabilities: that lists opposed to a government attend a vote that needs a quorum, that
    other lists outside it do, that a member who sits alone does, and then votes in favour. The
    defaults are the means of the priors of the mechanism `formation`; none is measured."""

    opposed: float = 0.15
    neutral: float = 0.73
    unbound: float = 0.6
    swayed: float = 0.6


def pass_probability(
    chamber: Chamber, lists: tuple[str, ...], needs: Needs, attendance: Attendance | None = None
) -> float:
    """The probability that a vote on the government of these lists passes, exactly.

    Its lists attend and vote in favour; each camp decides as one whether to attend; opposed lists
    that attend vote against. Where no quorum is set, nobody gains by staying away, and all lists
    attend. Raises ValueError if a list is unknown.
    """
    odds = attendance or Attendance()
    mask = chamber.mask(*lists)
    if needs.office and not needs.office & set(lists):
        return 0.0
    against = int(opposed(chamber, np.array([mask]))[0])
    own = sum(p.seats for p in chamber.lists_in(mask))
    alone = sum(p.seats for i, p in enumerate(chamber.lists) if not p.bloc and not mask >> i & 1)
    present, swayed = np.arange(alone + 1)[:, None], np.arange(alone + 1)[None]
    joint = binom.pmf(present, alone, odds.unbound) * binom.pmf(swayed, present, odds.swayed)
    total = 0.0
    for chance, there, hostile in _outside(chamber, mask, against, needs, odds):
        favour, opposing = own + swayed, hostile + present - swayed
        attending = own + there + present
        total += chance * float(joint[needs.are_met(favour, opposing, attending)].sum())
    return total


def _outside(chamber: Chamber, mask: int, against: int, needs: Needs, odds: Attendance):
    """(probability, seats present, of these opposed) by what the camps outside decide.

    Within a camp, opposed and other lists share one decision: who is likelier to come does so
    whenever the other does.
    """
    camps: dict[str, list[tuple[float, int, int]]] = {}
    for i, party in enumerate(chamber.lists):
        if mask >> i & 1 or not party.bloc or not party.seats:
            continue
        hostile = against >> i & 1
        chance = (odds.opposed if hostile else odds.neutral) if needs.present else 1.0
        key = f"camp {party.camp}" if party.camp else f"list {party.id}"
        camps.setdefault(key, []).append((chance, party.seats, party.seats * hostile))
    for outcome in product(*(_decisions(lists) for lists in camps.values())):
        chance = float(np.prod([c for c, _, _ in outcome]))
        yield chance, sum(s for _, s, _ in outcome), sum(h for _, _, h in outcome)


def _decisions(lists: list[tuple[float, int, int]]) -> list[tuple[float, int, int]]:
    levels = sorted({0.0, 1.0, *(chance for chance, _, _ in lists)})
    found = []
    for low, high in pairwise(levels):
        coming = [(s, h) for chance, s, h in lists if chance >= high]
        found.append((high - low, sum(s for s, _ in coming), sum(h for _, h in coming)))
    return [part for part in found if part[0] > 0]
