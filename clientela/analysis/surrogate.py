"""The probability of an outcome as a function of what nobody knows, fitted to an ensemble.

The probability given propositions and parameters, p(θ) = P(Y | θ), is expanded in functions that
are orthonormal under their distribution (polynomial chaos; Sudret 2008, Reliability Engineering &
System Safety 93):

    p(θ) ≈ p + Σ_i c_i φ_i(θ) + Σ_{i<j} c_ij φ_i(θ) φ_j(θ),     c = E[Y φ(θ)].

For a parameter drawn at level u the φ are the shifted Legendre polynomials √3 (2u − 1) and
√5 (6u² − 6u + 1); for a proposition, whether it is true, less its chance given what it hangs on,
in units of its standard deviation. Coefficients are means over the ensemble; those that noise
explains are left out. The variance of p(θ) is then the sum of the squares, term by term.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from clientela.analysis.inputs import Outcomes, Pairs
from clientela.evidence import Belief

MAIN_Z, CROSS_Z = 3.0, 4.0  # standard errors from 0 at which a term is kept
CROSSED = 24  # features, the strongest, whose products are tried

Term = tuple[int, ...]  # features that are multiplied


class Features:
    """The orthonormal functions of the inputs: beliefs first, then parameters."""

    def __init__(self, beliefs: Sequence[Belief], parameters: Sequence[str]) -> None:
        self.beliefs = tuple(beliefs)
        self.parameters = tuple(parameters)
        self.inputs = (*(b.name for b in self.beliefs), *self.parameters)
        self._deviations = _deviations(self.beliefs)
        owners = [i for i, b in enumerate(self.beliefs) for _ in range(_steps(b))]
        first = len(self.beliefs)
        owners += [first + i for i in range(len(self.parameters)) for _ in range(2)]
        self.owner = np.array(owners, dtype=np.int64)

    def __call__(self, truth: Mapping[str, np.ndarray], levels: np.ndarray) -> np.ndarray:
        """Their values, shape (pairs, features), given truth and the parameters' levels."""
        out = np.empty((len(levels), len(self.owner)))
        column = 0
        for belief, deviations in zip(self.beliefs, self._deviations, strict=True):
            for values, deviation in zip(_surprises(belief, truth), deviations, strict=True):
                out[:, column] = values / deviation if deviation > 0 else 0.0
                column += 1
        v = 2.0 * levels - 1.0
        out[:, column::2] = np.sqrt(3.0) * v
        out[:, column + 1 :: 2] = np.sqrt(1.25) * (3.0 * v * v - 1.0)
        return out


def _steps(belief: Belief) -> int:
    return max(len(belief.members) - 1, 1)


def _surprises(belief: Belief, truth: Mapping[str, np.ndarray]) -> Iterable[np.ndarray]:
    """Per member, in turn: is it true, less its chance given that none before it is."""
    parent = truth[belief.given].astype(np.int64) if belief.given else 0
    table = np.array(belief.chances)
    still = 1.0
    for k, member in enumerate(belief.members[: _steps(belief)]):
        chance = _chance_in_turn(table, k)[parent]
        yield still * (truth[member] - chance)
        still = still * ~truth[member]


def _chance_in_turn(table: np.ndarray, k: int) -> np.ndarray:
    left = 1.0 - table[:, :k].sum(axis=1)
    return np.divide(table[:, k], left, out=np.zeros(2), where=left > 0)


def _deviations(beliefs: Sequence[Belief]) -> list[list[float]]:
    """Standard deviations of the surprises."""
    marginal: dict[str, float] = {}
    found: list[list[float]] = []
    for belief in beliefs:
        table = np.array(belief.chances)
        parent = marginal[belief.given] if belief.given else 0.0
        weights = np.array([1.0 - parent, parent])
        for k, member in enumerate(belief.members):
            marginal[member] = float(weights @ table[:, k])
        spread: list[float] = []
        for k in range(_steps(belief)):
            chance = _chance_in_turn(table, k)
            left = 1.0 - table[:, :k].sum(axis=1)
            spread.append(float(np.sqrt(weights @ (left * chance * (1.0 - chance)))))
        found.append(spread)
    return found


@dataclass(frozen=True)
class Surrogate:
    """The expansion of one question's outcomes.

    `coefficients` has shape (terms, outcomes shown); `squares` are those less what noise adds on
    average, the terms' parts of the variance of p(θ).
    """

    features: Features
    terms: tuple[Term, ...]
    coefficients: np.ndarray
    squares: np.ndarray

    def inputs_of(self, term: Term) -> frozenset[int]:
        """The inputs that a term depends on."""
        return frozenset(int(self.features.owner[f]) for f in term)

    def reduced(self) -> Surrogate:
        """The same function of only those parameters that it depends on."""
        beliefs = len(self.features.beliefs)
        used = sorted({i for t in self.terms for i in self.inputs_of(t) if i >= beliefs})
        names = [self.features.parameters[i - beliefs] for i in used]
        smaller = Features(self.features.beliefs, names)
        kept = np.flatnonzero(np.isin(self.features.owner, [*range(beliefs), *used]))
        place = {int(feature): new for new, feature in enumerate(kept)}
        terms = tuple(tuple(place[f] for f in term) for term in self.terms)
        return Surrogate(smaller, terms, self.coefficients, self.squares)

    def departures(self, features: np.ndarray) -> np.ndarray:
        """p(θ) − p for each row of features, shape (rows, outcomes)."""
        out = np.zeros((len(features), self.coefficients.shape[1]))
        for term, coefficient in zip(self.terms, self.coefficients, strict=True):
            out += np.prod(features[:, list(term)], axis=1)[:, None] * coefficient
        return out


class Fitting:
    """Fits the surrogates of some questions in two passes over an ensemble.

    `totals` counts each outcome of every question in all draws.
    """

    def __init__(self, features: Features, asked: Sequence[Outcomes], totals: np.ndarray) -> None:
        self.features = features
        self._response = _Responses(asked, totals)
        self._main = _Means([(f,) for f in range(len(features.owner))])
        self._products = _Means([])

    def first_pass(self, block: Pairs) -> Sums:
        """The sums of a block of pairs for the terms of one feature."""
        return self._main.of(self.features(block.truth, block.levels), self._response(block.counts))

    def add_first(self, sums: Sums) -> None:
        """Takes in the sums of a first pass over a block."""
        self._main.add(sums)

    def choose_products(self) -> None:
        """Ends the first pass: the strongest features are to be multiplied, two and two."""
        strength = np.abs(self._main.z).max(axis=1, initial=0.0)
        strongest = sorted(np.argsort(-strength, kind="stable")[:CROSSED].tolist())
        owner = self.features.owner
        pairs = [(f, g) for f, g in combinations(strongest, 2) if owner[f] != owner[g]]
        self._products = _Means(pairs)

    def second_pass(self, block: Pairs) -> Sums:
        """The sums of a block of pairs for the products, once the first pass is over."""
        return self._products.of(
            self.features(block.truth, block.levels), self._response(block.counts)
        )

    def add_second(self, sums: Sums) -> None:
        """Takes in the sums of a second pass over a block."""
        self._products.add(sums)

    def surrogates(self) -> list[Surrogate]:
        """The surrogate of each question."""
        kept = ((self._main, MAIN_Z), (self._products, CROSS_Z))
        return [_selected(self.features, kept, columns) for columns in self._response.columns]


class _Responses:
    """What is averaged: for each shown outcome, how far a pair's counts are from the mean."""

    def __init__(self, asked: Sequence[Outcomes], totals: np.ndarray) -> None:
        self.asked, self.totals = asked, totals
        self.columns: list[slice] = []
        at = 0
        for question in asked:
            self.columns.append(slice(at, at + question.shown))
            at += question.shown

    def __call__(self, counts: np.ndarray) -> np.ndarray:
        """Shape (pairs, outcomes shown): (hits − p · arose) / share that arises, per draw."""
        parts, at = [], 0
        for question in self.asked:
            own = counts[:, at : at + len(question.names)]
            total = self.totals[at : at + len(question.names)]
            arose, everything = own.sum(axis=1, keepdims=True), max(int(total.sum()), 1)
            parts.append((own - arose * total / everything)[:, : question.shown] / everything)
            at += len(question.names)
        return np.concatenate(parts, axis=1)


@dataclass(frozen=True)
class Sums:
    """Over the pairs of a block: term times response, and the square of that."""

    products: np.ndarray
    squares: np.ndarray


class _Means:
    """Coefficients of some terms for all outcomes, added up block by block."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.terms = terms
        self._first = np.array([t[0] for t in terms], dtype=np.int64)
        self._second = np.array([t[1] for t in terms if len(t) > 1], dtype=np.int64)
        self.sums: np.ndarray = np.zeros((1, 1))
        self.variances: np.ndarray = np.zeros((1, 1))

    def of(self, features: np.ndarray, response: np.ndarray) -> Sums:
        """The sums of a block of pairs."""
        values = features[:, self._first]
        if len(self._second):
            values = values * features[:, self._second]
        return Sums(values.T @ response, (values**2).T @ response**2)

    def add(self, sums: Sums) -> None:
        """Takes in the sums of a block."""
        self.sums = self.sums + sums.products
        self.variances = self.variances + sums.squares

    @property
    def z(self) -> np.ndarray:
        """Each coefficient in units of its standard error, shape (terms, outcomes)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.nan_to_num(self.sums / np.sqrt(self.variances))


def _selected(
    features: Features, kept: Iterable[tuple[_Means, float]], columns: slice
) -> Surrogate:
    terms: list[Term] = []
    rows, squares = [], []
    for means, threshold in kept:
        if not len(means.terms):
            continue
        z = means.z[:, columns]
        for i in np.flatnonzero((np.abs(z) > threshold).any(axis=1)).tolist():
            terms.append(means.terms[i])
            rows.append(means.sums[i, columns])
            squares.append(rows[-1] ** 2 - means.variances[i, columns])
    width = columns.stop - columns.start
    return Surrogate(
        features,
        tuple(terms),
        np.array(rows).reshape(len(terms), width),
        np.maximum(np.array(squares).reshape(len(terms), width), 0.0),
    )
