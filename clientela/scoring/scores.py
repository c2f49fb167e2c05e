"""Proper scores of one answer: Brier, logarithmic, and of the day on which it comes true.

All are losses, smallest in expectation for whoever says what they believe (Gneiting & Raftery
2007). A probability that was counted over draws is kept off 0 and 1 first where a logarithm is
taken.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

YES_NO = {"yes", "no"}


@dataclass(frozen=True)
class Scores:
    """What one answer loses: `brier`, `log` in nats, and `crps` in days, None without a curve."""

    brier: float
    log: float
    crps: float | None


def brier_score(shares: Mapping[str, float], came: str) -> float:
    """The squared error of the shares, summed over the outcomes, 0 to 2 (Brier 1950).

    Of a yes or no it is half that sum, (p − y)², 0 to 1.
    """
    total = sum((share - (outcome == came)) ** 2 for outcome, share in shares.items())
    return total / 2.0 if shares.keys() == YES_NO else total


def log_score(shares: Mapping[str, float], came: str, draws: int | None = None) -> float:
    """−log p of what came, nats (Good 1952); p is that of `kept` if counted over so many draws."""
    return -math.log(shares[came] if draws is None else kept(shares[came], draws))


def kept(share: float, draws: int) -> float:
    """A share of draws kept within 1 / (n + 2) and 1 − 1 / (n + 2).

    These are what Laplace's rule of succession makes of none and of all: that something happened
    in none of n histories does not say that it cannot.
    """
    least = 1.0 / (draws + 2.0)
    return min(max(share, least), 1.0 - least)


def crps(curve: np.ndarray, day: float) -> float:
    """The continuous ranked probability score of the day it comes true, in days.

    `curve`, of shape (days,), is F: the probability that it has come true by the end of each day;
    `day` counts the same days from 0, infinite if it did not come by the last. The score is
    ∫ (F(t) − 1{day ≤ t})² dt over these days (Matheson & Winkler 1976; Gneiting & Raftery 2007,
    eq. 20). Days are whole, so that F is a step function and the integral a sum. Cut off at the
    last day it is that of min(day, last + 1), and still proper.
    """
    came = np.arange(len(curve)) >= day
    return float(np.sum((curve - came) ** 2))
