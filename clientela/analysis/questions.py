"""Questions as the analyst asks them, resolved against the labels of a compiled process.

Each becomes a statement about one history: a day on which it came true (infinite: never), or a
kind. Everything that is then said of an ensemble is counted from these.
"""

from __future__ import annotations

import difflib
import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clientela.analysis import passage
from clientela.engine.block import Block


class QuestionError(ValueError):
    """A question that the process cannot answer; the message says why and what is near."""


@dataclass(frozen=True)
class Passed:
    """Per history: the day it came true, and whether the question arose at all."""

    day: np.ndarray
    arose: np.ndarray


@dataclass(frozen=True)
class Kinds:
    """Per history: which of the question's outcomes came, the last being 'none'."""

    day: np.ndarray
    kind: np.ndarray


@dataclass(frozen=True)
class Happens:
    """Did something among the wanted labels happen `times` times by the deadline?"""

    id: str
    sentence: str
    deadline: float
    wanted: np.ndarray
    times: int = 1

    def ask(self, block: Block) -> Passed:
        day = passage.passage_by_count(block, self.wanted, self.times)
        return Passed(day, np.ones(block.count, dtype=bool))


@dataclass(frozen=True)
class Killed:
    """Were `least` people or more killed within `window` days, in events among the wanted?"""

    id: str
    sentence: str
    deadline: float
    wanted: np.ndarray
    least: int
    window: float | None

    def ask(self, block: Block) -> Passed:
        day = passage.passage_by_sum(block, self.wanted, self.least, self.window)
        return Passed(day, np.ones(block.count, dtype=bool))


@dataclass(frozen=True)
class Obeys:
    """When first called to order by the deadline, does the client comply? Asked of those called."""

    id: str
    sentence: str
    deadline: float
    kind_of: np.ndarray

    def ask(self, block: Block) -> Passed:
        day, kind = passage.first_kind(block, self.kind_of)
        return Passed(np.where(kind == 0, day, np.inf), day <= self.deadline)


@dataclass(frozen=True)
class WhichKind:
    """Which kind of government formed first, if any by the deadline?"""

    id: str
    sentence: str
    deadline: float
    kind_of: np.ndarray
    names: tuple[str, ...]

    def ask(self, block: Block) -> Kinds:
        day, kind = passage.first_kind(block, self.kind_of)
        none = len(self.names) - 1
        kind = np.where((kind >= 0) & (day <= self.deadline), kind, none)
        return Kinds(day, kind)


AskedQuestion = Happens | Killed | Obeys | WhichKind

GOVERNMENT = "government"
KIND_LABEL = "government/kind="


def resolve(question_id: str, question, labels: Sequence[str], horizon: float, as_of):
    """The question as asked of this process. Raises QuestionError if it names nothing there."""
    deadline = horizon if question.by is None else float((question.by - as_of).days) + 1.0
    ask, n = question.ask, len(labels)
    if question.happens is not None:
        wanted = matching(question.happens, labels)
        return Happens(question_id, ask, deadline, wanted, question.times)
    if question.killed is not None:
        wanted = matching(question.killed, labels)
        return Killed(question_id, ask, deadline, wanted, question.at_least, question.within)
    if question.obeys is not None:
        kind_of = np.full(n, -1)
        for i, label in enumerate(labels):
            if label.startswith("visit:") and label.endswith(f"/{question.obeys}=complies"):
                kind_of[i] = 0
            elif label.startswith("visit:") and f"/{question.obeys}=" in label:
                kind_of[i] = 1
        return Obeys(question_id, ask, deadline, kind_of)
    if question.government is not None:
        wanted = _government(question.government, labels)
        return Happens(question_id, ask, deadline, wanted)
    names = [label.removeprefix(KIND_LABEL) for label in labels if label.startswith(KIND_LABEL)]
    kind_of = np.full(n, -1)
    for i, name in enumerate(names):
        kind_of[labels.index(KIND_LABEL + name)] = i
    return WhichKind(question_id, ask, deadline, kind_of, (*names, "none"))


def matching(patterns: Sequence[str], labels: Sequence[str]) -> np.ndarray:
    """Which labels match any pattern (`*` stands for anything), shape (labels,) of bool.

    Raises QuestionError for a pattern that matches none, with what is near it.
    """
    wanted = np.zeros(len(labels), dtype=bool)
    for pattern in patterns:
        # A bare `attack:*` means the attacks, not also the outcomes each of them has.
        whole = "/" in pattern
        hits = [fnmatch.fnmatchcase(label, pattern) and whole == ("/" in label) for label in labels]
        if not any(hits):
            near = difflib.get_close_matches(pattern, labels, 3, 0.4)
            hint = f"; near it: {', '.join(near)}" if near else ""
            raise QuestionError(f"no event or outcome is called {pattern!r}{hint}")
        wanted |= np.array(hits)
    return wanted


def _government(kinds: Sequence[str], labels: Sequence[str]) -> np.ndarray:
    """Which labels say that a government of one of the kinds took office."""
    return matching([GOVERNMENT if k == "any" else KIND_LABEL + k for k in kinds], labels)
