"""What is unknown given what has happened: sequential Monte Carlo over the days of a record.

Particles (levels of all that is unknown, and the streams of what is not watched) are weighed by the
likelihood of the record as days go by. Where the weights concentrate on few of them they are
resampled and moved by Metropolis–Hastings steps that leave the posterior as it is. A history is a
function of its particle, so the likelihood of the record in it is exact, and a moved particle keeps
its streams or its levels, so that most of its history stays (Chopin 2002; Del Moral, Doucet &
Jasra 2006).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import logsumexp, ndtr, ndtri, softmax

from clientela.engine import Record
from clientela.inference.particles import Followed, Particles, follow
from clientela.inference.record import RecordError
from clientela.process import Program

# Weights are even enough while the effective number of particles is over this share of them.
ENOUGH = 0.5
# Sweeps over all particles after a resampling: until this many moves each, at most so many.
MOVES, SWEEPS = 3.0, 25
# The share of moves accepted that their length is tuned to.
TARGET = 0.25
# The least power of the likelihood that is taken in at once.
LEAST = 1e-6
# Levels are kept off 0 and 1, where quantiles are infinite; and spreads off 0.
EDGE, NARROWEST = 1e-12, 0.02


@dataclass(frozen=True)
class Conditioned:
    """What is unknown given the record up to a day.

    `weights` are the particles' probabilities, shape (count,), and `followed` their histories.
    `evidence` is the log probability density of the record up to the day, `effective` the effective
    number of particles, `moved` how many moves a particle has had accepted on average on this day,
    after `resampled` resamplings.
    """

    day: float
    particles: Particles
    followed: Followed
    weights: np.ndarray
    evidence: float
    effective: float
    resampled: int
    moved: float

    def pick(self, count: int, seed: int) -> np.ndarray:
        """Numbers of particles drawn by weight, systematically, in rising order."""
        return _systematic(self.weights, count, np.random.default_rng([seed, int(self.day * 1e6)]))


def condition(
    program: Program,
    record: Record,
    days: Sequence[float],
    *,
    particles: int = 4_000,
    seed: int = 1,
) -> Iterator[Conditioned]:
    """Yields what is unknown given the record up to each day, in order.

    Particles begin as those of an unconditional run with the seed. Raises RecordError if what the
    record has is impossible in every one of them.
    """
    cloud = _Cloud(program, record, seed, particles)
    for day in sorted(days):
        yield cloud.to(day)


class _Cloud:
    """Particles on their way through a record."""

    def __init__(self, program: Program, record: Record, seed: int, count: int) -> None:
        self.program, self.record, self.seed = program, record, seed
        self.particles = Particles.of_prior(program, seed, count)
        self.random = np.random.default_rng([seed, 0xC1])
        self.next_number = 2 * count
        self.day = 0.0
        self.stood: Followed | None = None  # at self.day
        self.log = np.zeros(count)  # weights by then, but for a constant
        self.total = np.zeros(count)  # log-likelihood by then
        self.evidence = 0.0
        self.length = 0.5

    def to(self, day: float) -> Conditioned:
        """Goes on to a day, in as many steps as the weights stay even for."""
        followed = follow(self.program, self.seed, self.particles, self.record, day, self.stood)
        share, resampled, moved = 0.0, 0, 0.0
        while share < 1.0:
            gained = followed.weights
            if not np.isfinite(self.log + gained).any():
                raise RecordError(
                    f"what the record has between day {self.day:g} and day {day:g} is impossible in "
                    f"every one of {len(gained):,} histories; look for an event that the scenario "
                    "rules out by then, or watch fewer"
                )
            step = self._step(gained, share)
            before = self.log
            self.log = self.log + _times(step - share, gained)
            self.evidence += _log_mean(self.log) - _log_mean(before)
            share = step
            if share < 1.0:
                resampled += 1
                followed, accepted = self._renew(followed, day, share)
                moved += accepted
        self.total = self.total + followed.weights
        self.day, self.stood = day, followed
        weights = softmax(self.log)
        whole = follow(self.program, self.seed, self.particles, self.record, day)
        return Conditioned(
            day, self.particles, whole, weights, self.evidence, _effective(self.log), resampled, moved,
        )  # fmt: skip

    def _step(self, gained: np.ndarray, share: float) -> float:
        """How much of the new likelihood is taken in when the weights are just even enough, up to 1."""

        def evenness(step: float) -> float:
            return _effective(self.log + _times(step - share, gained)) - ENOUGH * len(gained)

        if evenness(1.0) >= 0.0:
            return 1.0
        least = share + LEAST
        if evenness(least) <= 0.0:  # they were uneven before, or many histories are impossible
            return min(least, 1.0)
        found: Any = brentq(evenness, least, 1.0, xtol=LEAST)
        return float(found)

    def _renew(self, followed: Followed, day: float, share: float) -> tuple[Followed, float]:
        """Resamples, and moves particles; returns their histories and moves accepted for each."""
        count = len(self.particles)
        spread = self._spread()
        which = _systematic(softmax(self.log), count, self.random)
        self.particles, self.total = self.particles[which], self.total[which]
        followed = _chosen(followed, which)
        if self.stood is not None:
            self.stood = _chosen(self.stood, which)
        self.log = np.zeros(count)
        moved = 0.0
        for sweep in range(SWEEPS):
            moves = self._other_levels(spread) if sweep % 2 == 0 else self._other_streams()
            followed, accepted = self._move(followed, day, share, *moves)
            if sweep % 2 == 0:
                self.length = float(np.clip(self.length * np.exp(accepted - TARGET), 0.02, 1.0))
            moved += accepted
            if moved >= MOVES:
                break
        return followed, moved

    def _spread(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of the unknowns' normal scores."""
        z, weights = ndtri(self.particles.levels), softmax(self.log)
        mean = weights @ z
        return mean, np.sqrt(np.maximum(weights @ (z - mean) ** 2, NARROWEST**2))

    def _other_levels(self, spread: tuple[np.ndarray, np.ndarray]) -> tuple[Particles, np.ndarray]:
        """Levels nearby, and the log ratio of prior to proposal: an autoregressive step toward the
        mean of all, which would keep N(mean, sd²) as it is (Neal 1998; Cotter et al. 2013)."""
        mean, sd = spread
        z = ndtri(self.particles.levels)
        noise = self.random.standard_normal(z.shape)
        other = mean + np.sqrt(1.0 - self.length**2) * (z - mean) + self.length * sd * noise

        def ratio(z: np.ndarray) -> np.ndarray:
            return 0.5 * (((z - mean) / sd) ** 2 - z**2).sum(axis=1)

        levels = np.clip(ndtr(other), EDGE, 1.0 - EDGE)
        return Particles(levels, self.particles.numbers), ratio(other) - ratio(z)

    def _other_streams(self) -> tuple[Particles, np.ndarray]:
        """The same levels, everything else drawn anew."""
        count = len(self.particles)
        numbers = np.arange(self.next_number, self.next_number + count)
        self.next_number += count
        return Particles(self.particles.levels, numbers), np.zeros(count)

    def _move(
        self, followed: Followed, day: float, share: float, other: Particles, ratio: np.ndarray
    ) -> tuple[Followed, float]:
        """Accepts or refuses other particles in place of these; returns the share accepted."""
        stood, total = self.stood, np.zeros(len(other))
        if stood is not None:
            stood = follow(self.program, self.seed, other, self.record, self.day)
            total = stood.weights
        found = follow(self.program, self.seed, other, self.record, day, stood)
        gain = total - self.total + ratio
        gain = gain + _times(share, found.weights) - _times(share, followed.weights)
        accept = np.log(self.random.random(len(other))) < np.where(np.isnan(gain), -np.inf, gain)
        self.particles = Particles(
            np.where(accept[:, None], other.levels, self.particles.levels),
            np.where(accept, other.numbers, self.particles.numbers),
        )
        self.total = np.where(accept, total, self.total)
        if stood is not None and self.stood is not None:
            self.stood = _mixed(accept, stood, self.stood)
        return _mixed(accept, found, followed), float(accept.mean())


def _chosen(followed: Followed, which: np.ndarray) -> Followed:
    """The states and weights of some; the blocks are left out, as they are drawn anew at the end."""
    return Followed(followed.weights[which], followed.block, followed.states.picked(which))


def _mixed(accept: np.ndarray, one: Followed, other: Followed) -> Followed:
    """Where accepted the one, else the other."""
    columns = [
        np.where(accept.reshape(-1, *[1] * (a.ndim - 1)), a, b)
        for a, b in zip(one.states[1:], other.states[1:], strict=True)
    ]
    states = one.states._make([one.states.day, *columns])
    return Followed(np.where(accept, one.weights, other.weights), one.block, states)


def _times(share: float, weights: np.ndarray) -> np.ndarray:
    """A power of likelihoods; an impossible one stays so, but for the power 0."""
    return np.zeros_like(weights) if share == 0.0 else share * weights


def _effective(log: np.ndarray) -> float:
    """The effective number of particles, 1 / Σ w² (Kong, Liu & Wong 1994); 0 if all are impossible."""
    return float(1.0 / (softmax(log) ** 2).sum()) if np.isfinite(log).any() else 0.0


def _log_mean(log: np.ndarray) -> float:
    return float(logsumexp(log) - np.log(len(log)))


def _systematic(weights: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    edges = np.cumsum(weights)
    places = (np.arange(count) + random.random()) / count * edges[-1]
    return np.minimum(np.searchsorted(edges, places, side="right"), len(weights) - 1)
