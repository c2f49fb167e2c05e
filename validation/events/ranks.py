"""Ranks of true values among posterior draws: are they uniform?

Three looks at one table. A χ² test of binned ranks, corrected by Holm (1979) for looking at many; the
ranks' distribution function beside a band that holds all of it in 95 % of cases (Säilynoja, Bürkner &
Vehtari 2022); and how often 90 % intervals held the truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.stats import binom, chisquare

RANKS = 99  # posterior draws that a truth is ranked among
BINS = 20
HELD = 0.95  # the share of uniform samples that stay inside the band
LOWEST, HIGHEST = 5, 95  # ranks from the one to below the other are in the central 90 %


@dataclass(frozen=True)
class Ranked:
    """Ranks of true values among posterior draws, shape (data sets, names), 0 to RANKS."""

    title: str
    names: tuple[str, ...]
    ranks: np.ndarray

    @property
    def covered(self) -> np.ndarray:
        """How often central 90 % intervals held the truth, shape (names,)."""
        return ((self.ranks >= LOWEST) & (self.ranks < HIGHEST)).mean(axis=0)

    @property
    def p_values(self) -> np.ndarray:
        """Of a χ² test of uniformity in BINS bins, shape (names,)."""
        counts = [np.bincount(column * BINS // (RANKS + 1), minlength=BINS) for column in self.ranks.T]  # fmt: skip
        return np.array([chisquare(count).pvalue for count in counts])

    @property
    def adjusted(self) -> np.ndarray:
        """The same, corrected for looking at all names."""
        return holm(self.p_values)

    @property
    def departures(self) -> np.ndarray:
        """The share of ranks below each less that of the uniform law, shape (RANKS + 1, names)."""
        counts = [np.bincount(column, minlength=RANKS + 1) for column in self.ranks.T]
        return np.cumsum(np.array(counts).T, axis=0) / len(self.ranks) - PLACES[:, None]

    @property
    def outside(self) -> list[str]:
        """The names whose ranks leave the band somewhere."""
        low, high = band(len(self.ranks))
        found = self.departures
        left = ((found < low[:, None] - 1e-12) | (found > high[:, None] + 1e-12)).any(axis=0)
        return [name for name, out in zip(self.names, left, strict=True) if out]


PLACES = np.arange(1, RANKS + 2) / (RANKS + 1)


def ranks_among(truth: np.ndarray, drawn: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """How many draws, of shape (draws, names), are below the truth, of shape (names,).

    Of those that are equal to it a random number counts as below, or else ranks of what takes few
    values would not be uniform (Modrák et al. 2023).
    """
    below, equal = (drawn < truth).sum(axis=0), (drawn == truth).sum(axis=0)
    return below + random.integers(0, equal + 1)


def holm(p_values: np.ndarray) -> np.ndarray:
    """Holm's p-values: all that stay under 5 % are refuted, with a chance of 5 % of any error."""
    order, count = np.argsort(p_values), len(p_values)
    raised = np.maximum.accumulate(p_values[order] * np.arange(count, 0, -1))
    found = np.empty(count)
    found[order] = np.minimum(raised, 1.0)
    return found


@cache
def band(sets: int, samples: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """How far the ranks' distribution function of so many data sets may be below and above that of
    the uniform law at each rank: binomial limits, at the level at which a share `HELD` of uniform
    samples stays inside all of them. Shape (RANKS + 1,) each."""
    ranks = np.random.default_rng(4).integers(0, RANKS + 1, (samples, sets))
    counts = np.array([np.cumsum(np.bincount(row, minlength=RANKS + 1)) for row in ranks])
    every = np.arange(sets + 1)[:, None]  # counts that there may be
    tails = 2.0 * np.minimum(binom.cdf(every, sets, PLACES), binom.sf(every - 1, sets, PLACES))
    tail = tails[counts, np.arange(RANKS + 1)][:, :RANKS].min(axis=1)
    # Samples whose tail is just this are inside.
    level = float(np.quantile(tail, 1.0 - HELD)) * (1.0 - 1e-9)
    low, high = (binom.ppf(q, sets, PLACES) / sets for q in (level / 2.0, 1.0 - level / 2.0))
    return low - PLACES, high - PLACES
