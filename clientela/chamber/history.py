"""Who has governed, with whom: what a parliament's past says of its lists."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clientela.chamber.lists import Chamber

# The weight of a past cabinet falls to 1/e in ten years. Longer and shorter memories, 5 to 20
# years, predict about as well on ParlGov (validation/coalitions).
MEMORY = 10 * 365.25
# Share of cabinets of hung parliaments that are minority cabinets, on ParlGov since 1945. A
# country's own share is drawn toward it as if one more cabinet had been seen.
USUAL_MINORITY = 0.35


@dataclass(frozen=True, eq=False)
class History:
    """By list: `experience` (share of past cabinets it was in) and `never` (1: in none). By pair
    of lists: `familiarity` (share of past cabinets both were in) and `strangers` (1: in none).
    `cabinets` are those whose lists all still sit, as bits; `minority_tradition` is the country's
    share of minority cabinets over the usual. Everything is 0 where no past is given.
    """

    experience: np.ndarray
    never: np.ndarray
    familiarity: np.ndarray
    strangers: np.ndarray
    cabinets: np.ndarray
    minority_tradition: float


def history_of(chamber: Chamber) -> History:
    """The past of a chamber's lists, each cabinet weighted by e^(−age / ten years)."""
    count = len(chamber.lists)
    square = np.zeros((count, count))
    if not chamber.cabinets:
        none = np.zeros(0, dtype=np.int64)
        return History(np.zeros(count), np.zeros(count), square, square, none, 0.0)
    today = chamber.date or max(c.since for c in chamber.cabinets)
    age = np.array([(today - c.since).days for c in chamber.cabinets], dtype=float)
    weight = np.exp(-age / MEMORY)
    inside = np.array(
        [[n in c.lists for n in chamber.names] for c in chamber.cabinets], dtype=float
    )
    both = (inside * weight[:, None]).T @ inside / weight.sum()
    np.fill_diagonal(both, 0.0)
    strangers = (both == 0).astype(float)
    np.fill_diagonal(strangers, 0.0)
    sitting = {p.id for p in chamber.lists if p.bloc and p.seats}
    whole = {chamber.mask(*c.lists) for c in chamber.cabinets if c.lists <= sitting}
    return History(
        experience=weight @ inside / weight.sum(),
        never=(inside.sum(axis=0) == 0).astype(float),
        familiarity=both,
        strangers=strangers,
        cabinets=np.array(sorted(whole), dtype=np.int64),
        minority_tradition=_minority_tradition(chamber, weight),
    )


def _minority_tradition(chamber: Chamber, weight: np.ndarray) -> float:
    known = [
        (w, c.minority)
        for w, c in zip(weight, chamber.cabinets, strict=True)
        if c.minority is not None
    ]
    seen = sum(w for w, _ in known)
    in_minority = sum(w for w, minority in known if minority)
    return (in_minority + USUAL_MINORITY) / (seen + 1.0) - USUAL_MINORITY
