"""Counts of outcomes by what each history was given: all that is said of inputs, in little memory."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clientela.analysis.inputs import Outcomes, Pairs, unknown
from clientela.analysis.retraction import Option, Weights
from clientela.jit import compiled
from clientela.process import Program
from clientela.scenario import Conditional

FOLDS = 10  # of the ensemble, for standard errors
BINS = 16  # of a parameter's values, equally likely
_LONGEST_RUN = 200  # of pairs in a row that belong to one fold


@compiled()
def add_counts(bins, fold, counts, out):
    """out[fold, input, bin, outcome] += counts, over pairs; bins has shape (pairs, inputs)."""
    for i in range(bins.shape[0]):
        for j in range(bins.shape[1]):
            for k in range(counts.shape[1]):
                out[fold[i], j, bins[i, j], k] += counts[i, k]


@dataclass(frozen=True)
class Part:
    """The counts of one block of pairs."""

    binned: np.ndarray
    weighted: np.ndarray
    plain: np.ndarray


class Counts:
    """Counts of outcomes by fold, input and bin, and weighted counts by retraction.

    `binned` has shape (folds, inputs, bins, outcomes), inputs being propositions, then
    parameters; `weighted` (folds, options, outcomes); `plain` (folds, outcomes).
    """

    def __init__(
        self,
        program: Program,
        asked: Sequence[Outcomes],
        options: Sequence[Option],
        draws: int,
    ) -> None:
        self.program, self.asked = program, asked
        self.parameters = unknown(program)
        self.propositions = program.propositions
        width = sum(len(a.names) for a in asked)
        inputs = len(self.propositions) + len(self.parameters)
        self.binned = np.zeros((FOLDS, inputs, BINS, width), dtype=np.int32)
        self.options = options
        # Folds take turns at least twice, in runs so that what is added to stays in the cache.
        self._run = min(max(draws // (4 * FOLDS), 1), _LONGEST_RUN)
        self._weights = Weights(program, options)
        self.weighted = np.zeros((FOLDS, len(self.options), width))
        self.plain = np.zeros((FOLDS, width))
        # These are binned by their value, others by their level, which is the same and cheaper.
        self._conditional = [
            (column, p.distribution, p.distribution.quantile(np.arange(1, BINS) / BINS))
            for column, p in enumerate(self.parameters)
            if isinstance(p.distribution, Conditional)
        ]

    @property
    def totals(self) -> np.ndarray:
        """How often each outcome came, over all draws."""
        return self.plain.sum(axis=0)

    def columns(self, i: int) -> slice:
        """Where question i's outcomes stand."""
        at = sum(len(a.names) for a in self.asked[:i])
        return slice(at, at + len(self.asked[i].names))

    def add(self, part: Part) -> None:
        """Takes in the counts of a block."""
        self.binned += part.binned
        self.weighted += part.weighted
        self.plain += part.plain

    def part(self, block: Pairs) -> Part:
        """The counts of a block of pairs."""
        made = Part(*(np.zeros_like(a) for a in (self.binned, self.weighted, self.plain)))
        fold = (block.first + np.arange(len(block.counts))) // self._run % FOLDS
        counts = block.counts.astype(np.int32)
        add_counts(self._bins(block), fold, counts, made.binned)
        weights = self._weights.of(block.truth, len(block.counts))
        ends = [*(np.flatnonzero(np.diff(fold)) + 1), len(fold)]
        for start, end in itertools.pairwise([0, *ends]):
            run = block.counts[start:end]
            made.weighted[fold[start]] += weights[start:end].T @ run
            made.plain[fold[start]] += run.sum(axis=0)
        return made

    def _bins(self, block: Pairs) -> np.ndarray:
        """Which bin each input falls in, shape (pairs, inputs)."""
        first = len(self.propositions)
        bins = np.empty((len(block.counts), first + len(self.parameters)), dtype=np.int32)
        for column, name in enumerate(self.propositions):
            bins[:, column] = block.truth[name]
        bins[:, first:] = block.levels * BINS
        for column, law, edges in self._conditional:
            value = law.draw(block.levels[:, column], block.truth[law.proposition])
            bins[:, first + column] = np.searchsorted(edges, value, side="right")
        return bins
