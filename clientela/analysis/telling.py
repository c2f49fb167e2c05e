"""From counts to what is said of one question: hinges, retractions, shares of the variance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from clientela.analysis.answers import Answer
from clientela.analysis.counting import BINS, Counts
from clientela.analysis.explanation import STANDINGS, Explanation, Hinge, Retraction
from clientela.analysis.information import Gain, Value, jackknife_error, jackknifed
from clientela.analysis.inputs import Outcomes
from clientela.analysis.sensitivity import Indices, indices_of
from clientela.analysis.surrogate import Surrogate
from clientela.scenario import Scenario, quantities

_EIGHTH = BINS // 8


@dataclass(frozen=True)
class Telling:
    """Tells of question number `i` of those counted."""

    scenario: Scenario
    counted: Counts
    i: int
    surrogate: Surrogate
    answer: Answer
    draws: int

    @property
    def asked(self) -> Outcomes:
        """The question's outcomes."""
        return self.counted.asked[self.i]

    @property
    def columns(self) -> slice:
        """Where they stand among the counts."""
        return self.counted.columns(self.i)

    @property
    def shares(self) -> np.ndarray:
        """The share of each outcome that is shown."""
        totals = self.counted.totals[self.columns]
        return totals[: self.asked.shown] / max(totals.sum(), 1)

    @property
    def variance(self) -> float:
        """Of a history's outcome, over the outcomes shown."""
        return float(np.sum(self.shares * (1 - self.shares)))

    def explanation(self, worth: str, gain: Gain) -> Explanation:
        """All that is said; `worth` names the score or decision that `gain` is for."""
        return Explanation(
            question=self.answer.id,
            sentence=self.answer.question,
            outcomes=self.asked.names[: self.asked.shown],
            shares=tuple(self.shares.tolist()),
            worth=worth,
            hinges=tuple(self.hinges(gain)),
            retractions=tuple(self.retractions()),
            rests_on=self.rests_on(),
            draws=self.draws,
        )

    # -- hinges -------------------------------------------------------------------------------

    def hinges(self, gain: Gain) -> list[Hinge]:
        """Every proposition and parameter, those worth most first."""
        values = jackknifed(gain, self.counted.binned[..., self.columns])
        found = [*self._propositions(values), *self._parameters(values)]
        return sorted(found, key=lambda h: -h.value.estimate if h.value.certain else 0.0)

    def _propositions(self, values: list[Value]) -> list[Hinge]:
        credences, ledger = self.scenario.credences, self.scenario.ledger
        if credences is None or ledger is None:
            return []
        home = {m: b.name for b in self.counted.program.beliefs for m in b.members}
        return [
            Hinge(
                kind="proposition",
                id=name,
                standing="propositions",
                credence=credences[name],
                low=self._among(row, slice(0, 1)),
                high=self._among(row, slice(1, 2)),
                value=values[row],
                index=self._indices.get(home[name]),
                claims=tuple(claim for claim, _, _ in ledger.bearing_on(name)),
            )
            for row, name in enumerate(self.counted.propositions)
        ]

    def _parameters(self, values: list[Value]) -> list[Hinge]:
        known = dict(quantities(self.scenario))
        found = []
        for row, parameter in enumerate(self.counted.parameters, len(self.counted.propositions)):
            quantity = known[parameter.name]
            found.append(
                Hinge(
                    kind="parameter",
                    id=parameter.name,
                    standing=quantity.standing,
                    credence=None,
                    low=self._among(row, slice(0, _EIGHTH)),
                    high=self._among(row, slice(BINS - _EIGHTH, BINS)),
                    value=values[row],
                    index=self._indices.get(parameter.name),
                    claims=tuple(c for c in quantity.because if c not in self.scenario.data),
                    proposition=quantity.proposition,
                )
            )
        return found

    def _among(self, row: int, bins: slice) -> tuple[float, ...]:
        """Shares of the outcomes among the histories in some bins of an input; NaN if in none."""
        counts = self.counted.binned[:, row, bins, self.columns].sum(axis=(0, 1))
        if not counts.sum():
            return (float("nan"),) * self.asked.shown
        return tuple((counts / counts.sum())[: self.asked.shown].tolist())

    @cached_property
    def _indices(self) -> dict[str, Indices]:
        """Indices as shares of all that is unknown, not only of what the surrogate has found."""
        unknown = (self.answer.parameter_share or 0.0) * self.variance
        explained = float(self.surrogate.squares.sum())
        scale = min(explained / unknown, 1.0) if unknown > 0 else 1.0
        return {
            name: Indices(index.first * scale, index.total * scale, index.error * scale)
            for name, index in indices_of(self.surrogate).items()
        }

    # -- retractions --------------------------------------------------------------------------

    def retractions(self) -> list[Retraction]:
        """The answer without each thing that may be struck out, the largest change first."""
        filled = self.counted.plain[:, self.columns].any(axis=1)
        plain = self.counted.plain[filled, self.columns]
        weighted = self.counted.weighted[filled][..., self.columns]
        before = plain.sum(axis=0)
        if not before.sum():
            return []
        found = []
        for k, option in enumerate(self.counted.options):
            after = weighted[:, k].sum(axis=0)
            shares = _in_shares(after)
            changes = shares - _in_shares(before)
            left_out = _in_shares(after - weighted[:, k]) - _in_shares(before - plain)
            errors = jackknife_error(left_out)
            told = zip(changes.tolist(), errors.tolist(), strict=True)
            found.append(
                Retraction(
                    kind=option.kind,
                    id=option.id,
                    shares=tuple(shares[: self.asked.shown].tolist()),
                    changes=tuple(Value(c, e) for c, e in told)[: self.asked.shown],
                    claims=option.claims,
                )
            )
        return sorted(found, key=lambda r: -r.size)

    # -- variance -----------------------------------------------------------------------------

    def rests_on(self) -> dict[str, float]:
        """Shares of the answer's variance by what it rests on; {} if that cannot be told."""
        unknown = self.answer.parameter_share
        if self.variance <= 0 or unknown is None:
            return {}
        standing = self._standings()
        found: dict[str, float] = dict.fromkeys(STANDINGS, 0.0)
        for term, square in zip(self.surrogate.terms, self.surrogate.squares, strict=True):
            kinds = {standing[i] for i in self.surrogate.inputs_of(term)}
            kind = kinds.pop() if len(kinds) == 1 else "together"
            found[kind] += float(square.sum()) / self.variance
        resolved = sum(found.values())
        if resolved > unknown > 0:  # by noise
            found = {kind: part * unknown / resolved for kind, part in found.items()}
        found["unresolved"] = max(unknown - sum(found.values()), 0.0)
        found["chance"] = 1.0 - unknown
        return found

    def _standings(self) -> list[str]:
        features, known = self.surrogate.features, dict(quantities(self.scenario))
        return [
            *("propositions" for _ in features.beliefs),
            *(known[name].standing for name in features.parameters),
        ]


def _in_shares(counts: np.ndarray) -> np.ndarray:
    total = counts.sum(axis=-1, keepdims=True)
    return np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)
