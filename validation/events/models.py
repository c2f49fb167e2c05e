"""Processes of several types of events that excite each other, with terms that can be left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clientela.inference.course import add_course
from clientela.inference.memories import split_memories
from clientela.process import Add, Parameter, Process
from clientela.scenario import lognormal

LN2 = float(np.log(2.0))


@dataclass(frozen=True)
class Terms:
    """What is in a model.

    `memories` are half-lives in days, none: nothing excites anything. `across`: types excite each
    other, not only themselves. `pieces` of the background's spline, 1: it is constant. `given`:
    exogenous events excite types too.
    `refitted`: every so many weeks of the days held out, to all that had happened by then; 0: never.
    """

    name: str
    memories: tuple[float, ...] = ()
    across: bool = True
    pieces: int = 1
    given: bool = True
    refitted: int = 0


@dataclass(frozen=True)
class Events:
    """Events of several types at times in days, and exogenous ones (`given`)."""

    types: tuple[str, ...]
    given: tuple[str, ...]
    kind: np.ndarray
    day: np.ndarray
    days: float

    def until(self, day: float) -> np.ndarray:
        """Which are by a day."""
        return self.day <= day


def process_of(terms: Terms, events: Events, days: float) -> Process:
    """The process, to be fitted to the first `days`; priors are wide.

    λ_k = background_k(t) + Σ_j n_kj Σ_m s_m δ_m Σ_{events of j} exp(−δ_m (t − t_i)): n_kj offspring,
    shared among memories by s_m, which all pairs have in common.
    """
    p = Process(events.days)
    on = bool(terms.memories)
    whole = terms.memories[0] if on else 1.0
    sources = [*events.types, *(events.given if terms.given else ())] if on else []
    for source in sources:
        p.variable(f"of {source}", half_life=whole)
    for k, kind in enumerate(events.types):
        seen = float(((events.kind == k) & (events.day <= days)).sum()) / days
        # The prior's middle is the mean rate, and its width a factor of twenty: it says little.
        rate = Parameter(f"rate.{kind}", lognormal(0.5 * max(seen, 1e-3), 1.5))
        event = p.event(kind, rate=rate)
        for source in sources:
            if source == kind or terms.across or source in events.given:
                middle = 0.3 if source == kind else 0.05
                offspring = Parameter(f"offspring.{source}.{kind}", lognormal(middle, 1.2))
                event.excite(f"of {source}", offspring * (LN2 / whole))
        if kind in sources:
            event.then(Add(f"of {kind}", 1.0))
    for g, kind in enumerate(events.given):
        # So many come in days that nobody has seen; those seen are given.
        lately = float(((events.kind == len(events.types) + g) & (events.day <= days)).sum()) / days
        event = p.event(kind, rate=lately)
        if kind in sources:
            event.then(Add(f"of {kind}", 1.0))
    if len(terms.memories) > 1:
        split_memories(p, [f"of {s}" for s in sources], terms.memories)
    add_course(p, events.types, shape="spline" if terms.pieces > 1 else "constant",
               pieces=terms.pieces, days=days, sd=0.3)  # fmt: skip
    return p


def names_of(events: Events) -> Sequence[str]:
    return [*events.types, *events.given]
