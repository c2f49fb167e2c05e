"""Chambers too large to enumerate: coalitions drawn from P(S) ∝ exp(β · x_S) by Gibbs sampling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from clientela.chamber.coalitions import seats_of
from clientela.chamber.formation import (
    beta_matrix,
    described,
    log_feasible,
    room,
    space_of,
    utility,
)
from clientela.chamber.lists import Chamber
from clientela.jit import compiled


@dataclass(frozen=True, eq=False)
class Sample:
    """Coalitions drawn by several chains, as bits, shape (chains, draws); with diagnostics.

    `inclusion` is each list's share of the draws and `error` its Monte-Carlo standard error;
    `r_hat` the largest split-R̂ over the lists' inclusion and the utility (near 1 when the chains
    agree; over 1.01 they do not yet), `effective` the smallest effective number of draws. After
    Vehtari et al. (2021), without the ranks that indicators do not need.
    """

    masks: np.ndarray
    inclusion: dict[str, float]
    error: dict[str, float]
    r_hat: float
    effective: float


def sample(
    chamber: Chamber,
    beta: Mapping[str, float] | np.ndarray,
    *,
    seats_needed: int = 1,
    unbound_support: float = 0.0,
    draws: int = 4000,
    chains: int = 4,
    seed: int = 1,
) -> Sample:
    """Coalitions with the probabilities of `form`, for a chamber of any number of blocs.

    Every draw is a sweep: each bloc is put in or left out given the others, then two blocs are
    offered to change sides together. The first half of as many sweeps again is thrown away. A
    coalition is feasible as in `form`. Raises ValueError as `form` does, for several β, and if the
    lists that do not refuse each other cannot reach the seats needed.
    """
    betas = beta_matrix(chamber, beta)
    if len(betas) != 1:
        raise ValueError(f"{len(betas)} draws of beta were given; sampling takes one")
    space = space_of(chamber, seats_needed, unbound_support)
    starts = [_start(chamber, space, np.random.default_rng([seed, c])) for c in range(chains)]
    warm_up = draws // 2
    masks, values = np.zeros((chains, draws), dtype=np.int64), np.zeros((chains, draws))
    x, inside = room(chamber, betas)
    for chain, start in enumerate(starts):
        levels = np.random.default_rng([seed, chains + chain]).random(
            (warm_up + draws, len(space.blocs) + 3)
        )
        kept, heights = np.zeros(len(levels), dtype=np.int64), np.zeros(len(levels))
        _sweep(space, betas, x, inside, start, levels, kept, heights)
        masks[chain], values[chain] = kept[warm_up:], heights[warm_up:]
    return _told(chamber, masks, values)


def _start(chamber: Chamber, space, rng: np.random.Generator) -> int:
    """A feasible coalition: lists are added in a random order, unless one inside refuses them."""
    absolute = [
        int(v) for v, left in zip(space.vetoes, space.log_doubt, strict=True) if left == -np.inf
    ]
    largest_first = np.argsort(-seats_of(chamber, space.blocs), kind="stable")
    for attempt in range(1000):
        mask = 0
        # Every other attempt takes the largest first, each time from another one on: the sets that
        # no list inside refuses reach furthest so.
        order = rng.permutation(len(space.blocs))
        if attempt % 2:
            order = np.roll(largest_first, -(attempt // 2))
        for bit in space.blocs[order]:
            together = mask | int(bit)
            if not any(together & veto == veto for veto in absolute):
                mask = together
        if log_feasible(space, np.int64(mask)) > -np.inf:
            return mask
    raise ValueError("no coalition was found that reaches the seats needed; check seats and vetoes")


@compiled()
def _height(space, betas, x, inside, mask):
    left = described(space, mask, x, inside)
    return left + utility(betas, 0, x) if left > -np.inf else left


@compiled()
def _sweep(space, betas, x, inside, mask, levels, kept, heights):
    """One row of `levels` is one sweep: a uniform number for each bloc, and three for the swap."""
    blocs = space.blocs.shape[0]
    here = _height(space, betas, x, inside, mask)
    for draw in range(levels.shape[0]):
        for i in range(blocs):
            other = mask ^ space.blocs[i]
            there = _height(space, betas, x, inside, other)
            if there > -np.inf and levels[draw, i] * (1.0 + np.exp(here - there)) < 1.0:
                mask, here = other, there
        first = int(levels[draw, blocs] * blocs)
        second = int(levels[draw, blocs + 1] * blocs)
        if first != second:
            other = mask ^ space.blocs[first] ^ space.blocs[second]
            there = _height(space, betas, x, inside, other)
            if there > -np.inf and np.log(levels[draw, blocs + 2]) < there - here:
                mask, here = other, there
        kept[draw], heights[draw] = mask, here


def _told(chamber: Chamber, masks: np.ndarray, values: np.ndarray) -> Sample:
    share, error, worst, fewest = {}, {}, 1.0, float(values.size)
    for i, name in enumerate(chamber.names):
        inside = ((masks >> i) & 1).astype(float)
        share[name] = float(inside.mean())
        r_hat, effective = diagnostics(inside)
        error[name] = float(inside.std() / np.sqrt(effective))
        worst, fewest = max(worst, r_hat), min(fewest, effective)
    r_hat, effective = diagnostics(values)
    return Sample(masks, share, error, max(worst, r_hat), min(fewest, effective))


def diagnostics(values: np.ndarray) -> tuple[float, float]:
    """(split-R̂, effective number of draws) of chains, shape (chains, draws).

    Equations (3) and (10)–(13) of Vehtari, Gelman, Simpson, Carpenter & Bürkner (2021); a quantity
    that never varies has R̂ 1 and as many effective draws as there are.
    """
    half = values.shape[1] // 2
    split = np.concatenate([values[:, :half], values[:, half : 2 * half]])
    chains, draws = split.shape
    within = split.var(axis=1, ddof=1).mean()
    if within == 0:
        return (1.0 if np.ptp(values) == 0 else np.inf), float(values.size)
    between = draws * split.mean(axis=1).var(ddof=1)
    pooled = (draws - 1) / draws * within + between / draws
    centred = split - split.mean(axis=1, keepdims=True)
    size = 1 << (2 * draws - 1).bit_length()
    power = np.abs(np.fft.rfft(centred, size, axis=1)) ** 2
    covariance = np.fft.irfft(power, size, axis=1)[:, :draws].mean(axis=0) / draws
    rho = 1.0 - (within - covariance * draws / (draws - 1)) / pooled
    total, last = 0.0, np.inf
    for k in range(0, draws - 1, 2):  # Geyer's initial monotone sequence of pairs
        pair = min(rho[k] + rho[k + 1], last)
        if pair < 0:
            break
        total, last = total + pair, pair
    tau = max(2.0 * total - 1.0, 1.0 / np.log10(chains * draws))
    return float(np.sqrt(pooled / within)), float(chains * draws / tau)
