"""What each history was given before it began, and what became of the questions, pair by pair.

Propositions and parameters are drawn from counter-based streams, so they are made again here
rather than read: only the questions' outcomes come from the run's folder. Draws 2k and 2k + 1
share all of this, so a pair is the unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from clientela.analysis.questions import AskedQuestion, WhichKind
from clientela.engine import RunFolder, block_ranges, draw_propositions, levels_of, map_blocks
from clientela.process import Parameter, Program

Result = TypeVar("Result")


@dataclass(frozen=True)
class Outcomes:
    """A question's outcomes: its id, their names, and the number each has in the folder."""

    question: str
    names: tuple[str, ...]
    codes: tuple[int, ...]

    @classmethod
    def of(cls, question: AskedQuestion) -> Outcomes:
        """Yes and no for most questions; the kinds of government for that one."""
        if isinstance(question, WhichKind):
            return cls(question.id, question.names, tuple(range(len(question.names))))
        return cls(question.id, ("yes", "no"), (1, 0))

    @property
    def shown(self) -> int:
        """How many of the outcomes say something of their own: not the 'no'."""
        return 1 if self.names == ("yes", "no") else len(self.names)


@dataclass(frozen=True)
class Pairs:
    """Some pairs of draws.

    `first` is the number of the first pair; `truth` holds each proposition's, shape (pairs,);
    `levels` the uniform numbers that shared parameters were drawn from, shape (pairs,
    parameters); `counts` how often each outcome came in the two draws of a pair, shape (pairs,
    outcomes of all questions).
    """

    first: int
    truth: dict[str, np.ndarray]
    levels: np.ndarray
    counts: np.ndarray


def unknown(program: Program) -> list[Parameter]:
    """The parameters that nobody knows; the others are matters of chance."""
    return [p for p in program.parameters if p.shared]


@dataclass(frozen=True)
class Ensemble:
    """The draws of a run, and the questions that are asked of them."""

    folder: RunFolder
    program: Program
    seed: int
    draws: int
    asked: Sequence[Outcomes]

    def each(self, work: Callable[[Pairs], Result]) -> Iterator[Result]:
        """What `work` makes of each block of pairs, in order; it is called on all processors.

        Raises StoreError if the run does not hold the outcomes.
        """

        def task(first: int, count: int) -> Result:
            return work(self._pairs(first, count))

        yield from map_blocks(task, block_ranges(self.draws))

    def _pairs(self, first: int, count: int) -> Pairs:
        outcomes = self.folder.load_outcomes(first, count, [a.question for a in self.asked])
        index = np.arange(first // 2, (first + count + 1) // 2)
        return Pairs(
            first // 2,
            draw_propositions(self.program, self.seed, index),
            levels_of(self.seed, index, [p.name for p in unknown(self.program)]),
            _counted(outcomes, self.asked, len(index)),
        )


def _counted(outcomes: np.ndarray, asked: Sequence[Outcomes], pairs: int) -> np.ndarray:
    came = np.concatenate(
        [outcomes[:, [i]] == np.array(a.codes) for i, a in enumerate(asked)], axis=1
    )
    whole = np.zeros((2 * pairs, came.shape[1]), dtype=np.int64)
    whole[: len(came)] = came
    return whole[0::2] + whole[1::2]
