"""Objectives: what an actor wants fewer or more of, as a number per history. Of restraint only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clientela.analysis.differences import Difference, clustered_error, difference
from clientela.analysis.forecast import asked_questions, program_of
from clientela.analysis.questions import AskedQuestion, QuestionError, WhichKind
from clientela.analysis.tally import summarise
from clientela.analysis.words import kind_titles
from clientela.engine import BLOCK, draw_block, map_blocks
from clientela.engine.block import Block
from clientela.engine.ensemble import cores
from clientela.process import Program
from clientela.process.program import KILLED
from clientela.reading import unknown
from clientela.scenario import Scenario

FEWEST_KILLED, OWN_SEATS = "fewest-killed", "own-seats"
# Violence, and the loss of a commander: nobody's levers are searched for more of it.
_VIOLENT = ("attack:", "clash:", "strike:", "spiral:", "loss:")


@dataclass(frozen=True)
class Objective:
    """A number per history whose mean is to be low (`sign` −1) or high (+1).

    `question` and `outcome` say which answer it is, `holders` whose seats count; of those killed
    it has neither. `sentence` and `unit` are for readers.
    """

    name: str
    sign: int
    sentence: str
    unit: str
    question: str | None = None
    outcome: str = "yes"
    holders: tuple[str, ...] = ()

    @property
    def is_share(self) -> bool:
        """Whether it is a share, from 0 to 1, and not a count."""
        return self.name != FEWEST_KILLED

    def better(self, one: float, two: float) -> bool:
        """Whether the first value is better than the second."""
        return self.sign * (one - two) > 0


@dataclass(frozen=True)
class Measured:
    """An objective in every history: `values`, and `counted`, whether the history counts at all.

    `codes` are the outcomes as `difference` takes them, and `number` the one looked for; None
    for a mean. `failed` is the share of histories that failed.
    """

    values: np.ndarray
    counted: np.ndarray
    failed: float
    digest: str
    codes: np.ndarray | None = None
    number: int = 1

    @property
    def value(self) -> float | None:
        """The mean over the histories that count; None if none does."""
        if not self.counted.any():
            return None
        return float(self.values[self.counted].sum() / self.counted.sum())

    @property
    def half(self) -> float:
        """Half the 95 % Monte-Carlo interval of the mean; where all histories are alike, what none
        in so many pairs allows, in the unit of the greatest value seen or 1."""
        return 1.96 * clustered_error(self._influence()) or self._unseen()

    def same(self, other: Measured) -> bool:
        """Whether every history has the same value."""
        return np.array_equal(self.values, other.values) and np.array_equal(self.counted, other.counted)  # fmt: skip

    def _influence(self) -> np.ndarray:
        if not self.counted.any():
            return np.zeros(len(self.values))
        centred = np.where(self.counted, self.values - self.value, 0.0)
        return centred / self.counted.mean()

    def _unseen(self) -> float:
        most = max(float(self.values.max(initial=0.0)), 1.0)
        return 3.0 / max(len(self.values) // 2, 1) * most

    def change_to(self, other: Measured) -> Change:
        """By how much the other is more than this one; both have the same random numbers.

        A share is compared as `compare` does. A mean has the error of its linear part over pairs of
        draws, which is what is independent; where no history's value is another, the interval is
        three in so many pairs times the greatest value seen, and exactly 0 if the processes are
        the same.
        """
        same = self.digest == other.digest
        if self.codes is not None and other.codes is not None:
            found = difference("", "", self.number, self.codes, other.codes, same)
            return Change.of(found)
        one, two = self.value, other.value
        if one is None or two is None:
            return Change(one, two, None, None, None)
        half = 1.96 * clustered_error(other._influence() - self._influence())
        if half == 0.0 and not same:
            half = self._unseen()
        change = two - one
        return Change(one, two, change, change - half, change + half)


@dataclass(frozen=True)
class Change:
    """A value, another, the second less the first, and the 95 % Monte-Carlo interval of that."""

    base: float | None
    other: float | None
    change: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, found: Difference) -> Change:
        """From a difference of answers."""
        return cls(found.base, found.other, found.change, found.low, found.high)

    @property
    def half(self) -> float:
        """Half the width of the interval; 0 if there is none."""
        return 0.0 if self.low is None or self.high is None else (self.high - self.low) / 2

    @property
    def surely(self) -> bool:
        """Whether the interval leaves out no change at all."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def objective_of(text: str, scenario: Scenario, actor: str) -> Objective:
    """The objective that is written `fewest-killed`, `own-seats`, `QUESTION` or `not:QUESTION`, the
    last two with `=KIND` for a question of several kinds.

    Raises QuestionError if it is none of these, or is to have more violence.
    """
    if text == FEWEST_KILLED:
        return Objective(text, -1, "People killed in all events", "killed per history")
    if text == OWN_SEATS:
        return _own_seats(text, scenario, actor)
    sign = -1 if text.startswith("not:") else 1
    question, equals, outcome = text.removeprefix("not:").partition("=")
    if question not in scenario.questions:
        known = [FEWEST_KILLED, OWN_SEATS, *scenario.questions]
        raise QuestionError(f"--objective {text}: {unknown('objective', question, known)}")
    program = program_of(scenario)
    asked = next(q for q in asked_questions(scenario, program)[0] if q.id == question)
    if sign > 0 and _violent(scenario, question, asked, program):
        raise QuestionError(
            f"--objective {text}: asks for more violence, which is never searched for; "
            f"not:{question} asks for less"
        )
    said = asked.sentence
    if isinstance(asked, WhichKind):
        if outcome not in asked.names:
            kind = unknown("kind", outcome, asked.names) if equals else "has several kinds"
            raise QuestionError(f"--objective {text}: {kind}; say which, {question}={asked.names[0]}")  # fmt: skip
        said = f"{said} {kind_titles(scenario).get(outcome, outcome)}"
    elif equals:
        raise QuestionError(f"--objective {text}: {question} has no kinds; leave ={outcome} out")
    return Objective(text, sign, said, "probability", question, outcome if equals else "yes")


def _own_seats(text: str, scenario: Scenario, actor: str) -> Objective:
    clients = scenario.ties.sponsorship.get(actor, {})
    holders = tuple(name for name in (actor, *clients) if name in scenario.lists)
    if scenario.chamber is None or not holders:
        who = f"{actor} and its clients hold" if clients else f"{actor} holds"
        raise QuestionError(f"--objective {text}: {who} no seats in a chamber")
    whose = ", ".join(scenario.actors[name].name for name in holders)
    said = f"Share of the government's seats held by {whose}; 0 where none forms"
    return Objective(text, 1, said, "share of seats", holders=holders)


def _violent(scenario: Scenario, name: str, asked: AskedQuestion, program: Program) -> bool:
    """Whether yes to a question means violence; by its patterns too, which may have been switched
    off with their mechanism."""
    question = scenario.questions[name]
    if question.killed is not None:
        return True
    wanted = getattr(asked, "wanted", np.zeros(0, dtype=bool))
    labels = [program.labels[i] for i in np.flatnonzero(wanted)]
    return any(label.startswith(_VIOLENT) for label in (*(question.happens or ()), *labels))


def measure(
    scenario: Scenario,
    objectives: Sequence[Objective],
    draws: int,
    seed: int,
    until: dt.date | None = None,
) -> list[Measured]:
    """Each objective in each of `draws` histories of a scenario; same arguments, same numbers."""
    program = program_of(scenario, until)
    ids = {o.question for o in objectives}
    asked = [q for q in asked_questions(scenario, program)[0] if q.id in ids]

    def part(first: int, count: int) -> tuple[np.ndarray, dict[str, np.ndarray], list[np.ndarray]]:
        block = draw_block(program, seed, first, count)
        _, outcomes = summarise(block, asked, program.labels, program.horizon)
        means = [
            _killed(block, program) if o.name == FEWEST_KILLED else _seats(block, program, scenario, o.holders)
            for o in objectives
            if o.question is None
        ]  # fmt: skip
        return block.good, outcomes, means

    parts = list(map_blocks(part, _pieces(draws)))
    good = np.concatenate([p[0] for p in parts])
    failed, digest = float(1.0 - good.mean()), program.digest
    kinds = {q.id: q.names for q in asked if isinstance(q, WhichKind)}
    found: list[Measured] = []
    means = 0
    for o in objectives:
        if o.question is None:
            values = np.concatenate([p[2][means] for p in parts])
            means += 1
            found.append(Measured(np.where(good, values, 0.0), good, failed, digest))
            continue
        codes = np.concatenate([p[1][o.question] for p in parts])
        number = kinds[o.question].index(o.outcome) if o.question in kinds else 1
        came = (codes == number).astype(float)
        found.append(Measured(came, codes >= 0, failed, digest, codes, number))
    return found


def _pieces(draws: int) -> list[tuple[int, int]]:
    """(first, count) for all processors; pairs of draws stay together, and a history does not
    depend on the piece that it is drawn in."""
    size = min(BLOCK, max(2 * -(-draws // (2 * cores())), 2))
    return [(first, min(size, draws - first)) for first in range(0, draws, size)]


def _killed(block: Block, program: Program) -> np.ndarray:
    """The number killed in each history, in all events."""
    kills = np.zeros(len(program.labels), dtype=bool)
    kills[: len(program.event_names)] = program.arrays.happenings.mark == KILLED
    rows = kills[block.label]
    return np.bincount(
        block.draw[rows] - block.first, weights=block.mark[rows], minlength=block.count
    )


def _seats(
    block: Block, program: Program, scenario: Scenario, holders: Sequence[str]
) -> np.ndarray:
    """The share of the seats of the first government that the holders have, 0 where none formed;
    lists that have left the chamber by then have passed theirs on."""
    out = np.zeros(block.count)
    if "government" not in program.labels:
        return out
    rows = np.flatnonzero(block.label == program.labels.index("government"))
    history, first = np.unique(block.draw[rows] - block.first, return_index=True)
    formed = rows[first]
    assembly = program.arrays.assembly
    phase = np.zeros(block.count, dtype=np.int64)
    day = np.full(block.count, np.inf)
    day[history] = block.day[formed]
    for bit, flag in enumerate(assembly.resigned):
        label = f"resignation:{program.flag_names[flag].removeprefix('out:')}"
        left = np.flatnonzero(block.label == program.labels.index(label))
        left = left[block.day[left] <= day[block.draw[left] - block.first]]
        phase[np.unique(block.draw[left] - block.first)] |= 1 << bit
    names = list(scenario.lists)
    inside = (block.mark[formed, None] >> np.arange(len(names))) & 1
    seats = assembly.seats[phase[history]] * inside
    own = seats[:, [names.index(name) for name in holders]].sum(axis=1)
    out[history] = own / np.maximum(seats.sum(axis=1), 1)
    return out
