"""How well days are told that were not learned from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import logsumexp

from clientela.engine import Record
from clientela.inference.likelihood import Likelihood

# Days that the rates of the last weeks are counted over.
LATELY = 28.0


@dataclass(frozen=True)
class HeldOut:
    """Log densities of the days held out, per event, in nats: higher is better.

    `model` averages the density over the posterior; `poisson` has each type's rate over all days
    learned from, `lately` over the last four weeks of them (half an event added to either count, so
    that a type without any is not impossible).
    """

    events: int
    days: float
    model: float
    poisson: float
    lately: float

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {
            "events": self.events, "days": self.days, "model": self.model, "poisson": self.poisson,
            "lately": self.lately,
        }  # fmt: skip


def held_out(learned: Likelihood, whole: Likelihood, record: Record, z: np.ndarray) -> HeldOut:
    """The comparison, with `z` draws of scores from what was learned by `learned.day`."""
    gained = whole.values(z) - learned.values(z)
    model = float(logsumexp(gained) - np.log(len(z)))
    kinds = record.kind[record.kind_lo[:-1]]
    weighed = record.weighed[kinds]
    begin, end = learned.day, whole.day
    tested = weighed & (record.start > begin) & (record.start <= end)
    count = int(tested.sum())

    def density(since: float) -> float:
        total = 0.0
        for e in np.flatnonzero(record.weighed):
            before = (kinds == e) & (record.start > since) & (record.start <= begin)
            rate = (before.sum() + 0.5) / (begin - since)
            total += float((tested & (kinds == e)).sum() * np.log(rate) - rate * (end - begin))
        return total

    per = max(count, 1)
    return HeldOut(
        count, end - begin, model / per, density(0.0) / per, density(max(begin - LATELY, 0.0)) / per
    )
