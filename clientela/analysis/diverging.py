"""One history with and without a change: the same up to a day, and what followed in each."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from clientela.analysis.forecast import program_of
from clientela.analysis.questions import QuestionError
from clientela.engine import draw_block, prepare
from clientela.process import Program
from clientela.scenario import Scenario


@dataclass(frozen=True)
class Happening:
    """Something that happened: the day from as_of, the event, its outcomes and its mark.

    The mark is how many were killed; of a government the bits of its lists.
    """

    day: float
    event: str
    outcomes: tuple[str, ...]
    mark: int


@dataclass(frozen=True)
class Divergence:
    """A history in two branches: what they share, and what each has after they part.

    `day` is that of the first difference, None if there is none. `shared` are the happenings
    before it; `base` and `other` each branch's from then on.
    """

    draw: int
    day: float | None
    shared: list[Happening]
    base: list[Happening]
    other: list[Happening]

    def as_json(self) -> dict[str, Any]:
        """What `clientela diverge --json` prints."""
        return asdict(self)


def diverge(
    base: Scenario, other: Scenario, draw: int, *, seed: int = 1, until: dt.date | None = None
) -> Divergence:
    """The history of one draw in both. Raises QuestionError if it failed in either."""
    one = _history(program_of(base, until), seed, draw)
    two = _history(program_of(other, until), seed, draw)
    at = next((k for k, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), None)
    if at is None:
        at = min(len(one), len(two))
    after, then = one[at:], two[at:]
    first = min((h.day for h in (*after[:1], *then[:1])), default=None)
    return Divergence(draw, first, one[:at], after, then)


def _history(program: Program, seed: int, draw: int) -> list[Happening]:
    prepare(program)
    block = draw_block(program, seed, draw, 1)
    if block.failed:
        raise QuestionError(f"draw {draw} failed: {block.failed[draw]}; look at another")
    found: list[Happening] = []
    rows = zip(block.day.tolist(), block.label.tolist(), block.mark.tolist(), strict=True)
    for day, label, mark in rows:
        event, _, outcome = program.labels[label].partition("/")
        # An event's outcomes are recorded right after it.
        if outcome and found and found[-1].event == event and found[-1].day == day:
            last = found.pop()
            found.append(Happening(day, event, (*last.outcomes, outcome), last.mark))
        else:
            found.append(Happening(day, event, (outcome,) if outcome else (), mark))
    return found
