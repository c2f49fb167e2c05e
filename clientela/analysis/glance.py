"""A glance: the answers from a few thousand histories, none of which is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from clientela.analysis import answers as an
from clientela.analysis.differences import Difference, difference
from clientela.analysis.forecast import asked_questions, program_of
from clientela.analysis.questions import AskedQuestion, WhichKind
from clientela.analysis.tally import Summary
from clientela.analysis.unkept import outcomes_of
from clientela.scenario import Scenario


@dataclass(frozen=True)
class Glance:
    """All counts of some histories, and what became of each question in each of them.

    `outcomes` has an array per question as `tally` gives it, `digest` is that of the process,
    `labels` are the names of what it records, `notes` what is to be said of a question beside its
    answer.
    """

    summary: Summary
    outcomes: Mapping[str, np.ndarray]
    asked: Sequence[AskedQuestion]
    notes: Mapping[str, str]
    labels: tuple[str, ...]
    lists: tuple[str, ...]
    digest: str

    @property
    def answers(self) -> list[an.Answer]:
        """The answer to each question."""
        counted, notes = self.summary.questions, self.notes
        return [an.answer(q, counted[q.id], notes.get(q.id, "")) for q in self.asked]

    @property
    def obedience(self) -> list[an.Obedience]:
        """How often each client complied when it was called to order."""
        return an.obedience(self.summary, self.labels)

    @property
    def governments(self) -> list[an.Government]:
        """The coalitions that took office most often."""
        return an.likeliest_governments(self.summary, self.lists)

    def differences(self, base: Glance) -> list[Difference]:
        """What the answers are less those of the base, drawn with the same seed: a row for each
        question, for each kind where it asks which. Questions that the base has not are left out."""
        same = base.digest == self.digest
        found: list[Difference] = []
        for question in self.asked:
            if question.id not in base.outcomes:
                continue
            one, two = base.outcomes[question.id], self.outcomes[question.id]
            several = isinstance(question, WhichKind)
            for k, outcome in enumerate(question.names if several else ("yes",)):
                number = k if several else 1
                found.append(difference(question.id, outcome, number, one, two, same))
        return found


def glance(
    scenario: Scenario,
    draws: int,
    seed: int,
    *,
    first: int = 0,
    until: dt.date | None = None,
    questions: Sequence[str] | None = None,
) -> Glance:
    """What `draws` histories from number `first` (even) on say to some questions (none: all).

    The histories are those of `run` with this seed, so parts that are drawn side by side and
    `joined` are what `run` counts.
    """
    program = program_of(scenario, until)
    asked, notes = asked_questions(scenario, program)
    chosen = [q for q in asked if questions is None or q.id in questions]
    summary, drawn = outcomes_of(program, chosen, draws, seed, first)
    return Glance(
        summary, drawn, chosen, notes, program.labels, tuple(scenario.lists), program.digest
    )


def joined(parts: Sequence[Glance]) -> Glance:
    """Parts of one ensemble, in order, as one."""
    summary = Summary()
    for part in parts:
        summary.add(part.summary)
    first = parts[0]
    outcomes = {q.id: np.concatenate([part.outcomes[q.id] for part in parts]) for q in first.asked}
    return Glance(
        summary, outcomes, first.asked, first.notes, first.labels, first.lists, first.digest
    )
