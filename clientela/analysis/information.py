"""The expected value of perfect information, from an ensemble already drawn.

How much better would one answer, or decide, knowing whether a proposition is true or what value
a parameter has? The pairs of an ensemble are sorted into bins by that input; within a bin the
input is as good as known. With p_b the share of the outcomes in bin b, w_b the share of the
histories in it and p the share overall, the gain is

    Brier score     Σ_b w_b Σ_k (p_bk − p_k)²              (the variance that the input explains)
    log score       Σ_b w_b Σ_k p_bk log₂(p_bk / p_k)      (mutual information, bits)
    a decision      Σ_b w_b max_a Σ_k p_bk u_ak − max_a Σ_k p_k u_ak

(Raiffa & Schlaifer 1961; for single parameters Strong, Oakley & Brennan 2014, Medical Decision
Making 34; for scores Gneiting & Raftery 2007). Shares within bins are noisy and each of these is
convex in them, so the plain sums are too large; the jackknife over ten folds of the ensemble
takes the leading part of that away and gives a standard error (Quenouille 1956; Tukey 1958).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Gain = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Value:
    """An estimate with its Monte-Carlo standard error."""

    estimate: float
    error: float

    @property
    def certain(self) -> bool:
        """Whether it stands out from noise, three standard errors from nothing, and rounding."""
        return abs(self.estimate) > max(3.0 * self.error, 1e-9)


def brier_gain(outcomes: int) -> Gain:
    """Fall of the expected Brier score, summed over the first so many outcomes.

    One for a yes or no, whose score is (p − y)², from 0 to 1; all of them for several kinds. The
    gain maps counts, shape (…, bins, outcomes), to shape (…).
    """

    def gain(counts: np.ndarray) -> np.ndarray:
        weight, within, overall = _shares(counts)
        squares = (within - overall[..., None, :])[..., :outcomes] ** 2
        return np.sum(weight * squares.sum(axis=-1), axis=-1)

    return gain


def log_gain(counts: np.ndarray) -> np.ndarray:
    """Rise of the expected log score, bits; `counts` has shape (…, bins, outcomes)."""
    weight, within, overall = _shares(counts)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = within * np.log2(within / overall[..., None, :])
    return np.sum(weight * np.sum(np.where(within > 0, terms, 0.0), axis=-1), axis=-1)


def decision_gain(payoffs: np.ndarray) -> Gain:
    """Rise of the expected payoff of the best action; payoffs have shape (actions, outcomes)."""

    def gain(counts: np.ndarray) -> np.ndarray:
        weight, within, overall = _shares(counts)
        informed = np.sum(weight * (within @ payoffs.T).max(axis=-1), axis=-1)
        return informed - (overall @ payoffs.T).max(axis=-1)

    return gain


def _shares(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weight of each bin, share of each outcome within it, and overall."""
    total = counts.sum(axis=-1)
    everything = np.maximum(total.sum(axis=-1, keepdims=True), 1)
    within = counts / np.maximum(total, 1)[..., None]
    return total / everything, within, counts.sum(axis=-2) / everything


def jackknife_error(left_out: np.ndarray) -> np.ndarray:
    """The standard error of a statistic from its values with each fold left out, along axis 0."""
    folds = len(left_out)
    if folds < 2:
        return np.full(left_out.shape[1:], np.inf)
    spread = np.sum((left_out - left_out.mean(axis=0)) ** 2, axis=0)
    return np.sqrt((folds - 1) / folds * spread)


def jackknifed(gain: Gain, counts: np.ndarray) -> list[Value]:
    """The gain for each input, less its bias; `counts` is (folds, inputs, bins, outcomes).

    With fewer than two folds that hold anything, the error is infinite.
    """
    whole = counts.sum(axis=0)
    full = gain(whole)
    filled = counts[counts.any(axis=(1, 2, 3))]
    left_out = gain(whole[None] - filled)
    error = jackknife_error(left_out)
    if len(filled) > 1:
        full = len(filled) * full - (len(filled) - 1) * left_out.mean(axis=0)
    estimate = full
    return [Value(max(float(e), 0.0), float(s)) for e, s in zip(estimate, error, strict=True)]
