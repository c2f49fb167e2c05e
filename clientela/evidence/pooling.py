"""From many reports to one factor on the odds, without counting an echo as a voice.

A `Report` is one source's strongest word for, or against, a proposition. Reports that share a
camp, a briefing or a document are correlated, and n people with mutual correlation ρ are worth

    n_eff = n / (1 + (n − 1) ρ)

independent ones. For unequal sharing this is n_eff = 1ᵀ R⁻¹ 1, R the correlation matrix of the
people: the precision, in units of one person's, of their best linear pool. With the Cholesky
factor R = L Lᵀ and L y = 1, the first k people are worth y₁² + … + y_k², so the k-th adds y_k²
(never less than nothing).
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from scipy import linalg, special

from clientela.evidence.ledger import Pooling

# All claims together multiply the odds of a proposition by at most this, up or down: nobody
# should be surer than that because of what was said to a newspaper.
LARGEST_FACTOR = 1000.0
_LARGEST_LOG = math.log(LARGEST_FACTOR)
_MOST_INFORMATION = 0.9  # of all there is to know, that all people together may hold


@dataclass(frozen=True)
class Report:
    """`people` of one source saying the same: the log likelihood ratio of each, on its own.

    `circle`, `briefing` and `documents` are what it may share with others; None shares nothing.
    The documents are all those in which the source says so, whichever word was the strongest.
    `answers`: it says something, rather than giving no answer.
    """

    claim: str
    source: str
    log_ratio: float
    people: int
    circle: str
    briefing: str | None
    documents: frozenset[str]
    answers: bool = True


def bounded(log_factor: float) -> float:
    """The log factor, at most a thousandfold either way."""
    return min(max(log_factor, -_LARGEST_LOG), _LARGEST_LOG)


def correlations(reports: Sequence[Report], pooling: Pooling) -> np.ndarray:
    """V, shape (reports, reports): correlation of the mean of each report's people with others'.

    Between reports it is what they share; on the diagonal (1 − r) / people + r, r what people of
    one report share. This is R averaged over people of one kind, so 1ᵀ V⁻¹ 1 = 1ᵀ R⁻¹ 1.
    """
    v = pooling.same_document * _shared_documents(reports)
    for weight, keys in (
        (pooling.same_camp, [r.circle for r in reports]),
        (pooling.same_briefing, [r.briefing for r in reports]),
    ):
        codes = np.unique([str(key) for key in keys], return_inverse=True)[1]
        known = np.array([key is not None for key in keys])
        v += weight * ((codes[:, None] == codes[None, :]) & known[:, None] & known[None, :])
    people = np.array([report.people for report in reports], dtype=float)
    within = np.diag(v).copy()
    np.fill_diagonal(v, (1.0 - within) / people + within)
    return v


def _shared_documents(reports: Sequence[Report]) -> np.ndarray:
    """1 for the same documents, 0 for others: |A ∩ B| / √(|A| |B|), which keeps R positive."""
    names = sorted(frozenset[str]().union(*(report.documents for report in reports)))
    spoken = np.array([[name in r.documents for name in names] for r in reports], dtype=float)
    spoken /= np.sqrt(spoken.sum(axis=1, keepdims=True))
    return spoken @ spoken.T


def effective_numbers(reports: Sequence[Report], pooling: Pooling) -> np.ndarray:
    """How many independent people each report adds to those before it, shape (reports,)."""
    if not reports:
        return np.zeros(0)
    factor = linalg.cholesky(correlations(reports, pooling), lower=True)
    return linalg.solve_triangular(factor, np.ones(len(reports)), lower=True) ** 2


def in_order(reports: Sequence[Report]) -> list[Report]:
    """Those for before those against, each from the strongest to the weakest.

    The strongest is counted first and so in full; who comes after only adds what is new. That
    makes the pool independent of the order in which claims are written, and a further report
    never takes from what the others said.
    """
    return sorted(reports, key=lambda r: (r.log_ratio < 0, -abs(r.log_ratio), r.source, r.claim))


def tempered(reports: Sequence[Report], pooling: Pooling) -> list[tuple[Report, float]]:
    """Each report, in order, with the number of independent people it adds.

    The log factor of all is Σ added · log_ratio, for and against pooled apart; with equal
    reports that is n_eff · log_ratio.
    """
    found: list[tuple[Report, float]] = []
    ordered = in_order(reports)
    for side in (True, False):
        half = [r for r in ordered if (r.log_ratio >= 0) == side]
        found += zip(half, effective_numbers(half, pooling).tolist(), strict=True)
    return found


def tempered_sides(reports: Sequence[Report], pooling: Pooling) -> tuple[float, float]:
    """The log factors of those for and of those against, the second 0 or less."""
    return _tempered_sides(tuple(reports), cast(Any, pooling))


# Remembered, because leaving one claim out leaves most propositions' reports as they were.
@functools.lru_cache(maxsize=16_384)
def _tempered_sides(reports: tuple[Report, ...], pooling: Any) -> tuple[float, float]:
    parts = [(n * r.log_ratio) for r, n in tempered(reports, pooling)]
    return math.fsum(p for p in parts if p > 0), math.fsum(p for p in parts if p < 0)


def strongest(reports: Iterable[Report]) -> list[Report]:
    """Of each source the strongest report for and the strongest against; of equals the first."""
    found: dict[tuple[str, bool], Report] = {}
    for report in reports:
        key = (report.source, report.log_ratio < 0)
        known = found.get(key)
        if known is None or abs(report.log_ratio) > abs(known.log_ratio):
            kept, other = report, known
        else:
            kept, other = known, report
        documents = kept.documents | (other.documents if other else frozenset())
        found[key] = dataclasses.replace(kept, documents=documents)
    return list(found.values())


def partial_information(
    probabilities: Sequence[float] | np.ndarray, overlap: np.ndarray, information: float
) -> float:
    """The pool of several people's probabilities by Gaussian partial information.

    Whether the event happens is the sign of a standard normal total; each person knows a share
    `information` (δ) of it and two share the part `overlap` of theirs (1 on the diagonal, or the
    inverse number of people for the mean of several). Then

        p = Φ( 1ᵀ R⁻¹ x / √(1 − δ 1ᵀ R⁻¹ 1) ),   x_i = √(1 − δ) Φ⁻¹(p_i).

    The revealed aggregator of Satopää, Pemantle & Ungar (2016, JASA 111), with equal shares. The
    sum of what they know is held to 0.9 of what there is.
    """
    ones = np.ones(len(probabilities))
    # The least-squares solution: where people are copies of each other, R has no inverse.
    weights = np.linalg.lstsq(overlap, ones, rcond=None)[0]
    number = float(ones @ weights)
    share = min(information, _MOST_INFORMATION / number)
    x = math.sqrt(1.0 - share) * special.ndtri(np.asarray(probabilities, dtype=float))
    return float(special.ndtr(weights @ x / math.sqrt(1.0 - share * number)))


def pooled_log_factor(reports: Sequence[Report], pooling: Pooling) -> float:
    """The log of what all reports together multiply the odds by, bounded.

    With `partial-information`, each report's odds on their own are read as a probability and the
    pool is read back as odds. Non-answers inform of nothing, so they are left out of that pool
    and keep their small tempered odds.
    """
    if pooling.method == "tempered":
        return bounded(sum(tempered_sides(reports, pooling)))
    silent = [report for report in reports if not report.answers]
    answers = tuple(report for report in in_order(reports) if report.answers)
    informed = _informed(answers, cast(Any, pooling))
    return bounded(informed + sum(tempered_sides(silent, pooling)))


@functools.lru_cache(maxsize=16_384)
def _informed(reports: tuple[Report, ...], pooling: Any) -> float:
    """The log odds of the pool by partial information; 0 of none."""
    if not reports:
        return 0.0
    alone = special.expit(np.array([report.log_ratio for report in reports]))
    pool = partial_information(alone, correlations(reports, pooling), pooling.information)
    pool = min(max(pool, 1e-12), 1.0 - 1e-12)
    return math.log(pool / (1.0 - pool))
