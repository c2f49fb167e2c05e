"""Analysis of competing hypotheses: which claims contradict which propositions, and which tell.

Rows are claims, columns propositions. What counts in a cell is what the claim does to the odds in
the pool, so an echo of what has been said before weighs as little here as there. Following Heuer
(1999, ch. 8) hypotheses are compared by what speaks against them, and a claim is diagnostic if it
is likelier under one answer than under another, whatever it says.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from clientela.evidence.credence import Credences

# What multiplies the odds by this much, or divides them, has one sign, or two.
SOME, MUCH = 1.2, 2.0


def sign(log_factor: float | None) -> str:
    """`++` from double the odds, `+` from a fifth more, `·` for less either way; `−`, `−−` down.

    Empty where the claim does not bear on the proposition.
    """
    if log_factor is None:
        return ""
    strength = abs(log_factor)
    count = (strength >= math.log(SOME)) + (strength >= math.log(MUCH))
    return ("+" if log_factor > 0 else "−") * count or "·"


@dataclass(frozen=True)
class Row:
    """One claim: its log factor on each proposition it bears on (None: it does not).

    `diagnosticity` is the largest difference it makes between two answers to one matter, in log
    odds; a proposition on its own is true or false.
    """

    claim: str
    cells: tuple[float | None, ...]
    diagnosticity: float


@dataclass(frozen=True)
class Column:
    """One proposition: the sums of what is consistent and of what is inconsistent with it.

    Of answers that exclude each other, what speaks for one is inconsistent with the others.
    """

    proposition: str
    consistent: float
    inconsistent: float
    credence: float


@dataclass(frozen=True)
class Matrix:
    """The whole matrix; rows from the most to the least diagnostic."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def competing_hypotheses(credences: Credences) -> Matrix:
    """The matrix of all claims that bear on a proposition."""
    names = list(credences)
    cells: dict[str, dict[str, float]] = {}
    for name in names:
        for claim, _, log_factor in credences.contributions(name):
            row = cells.setdefault(claim, {})
            row[name] = row.get(name, 0.0) + log_factor
    matters: dict[str, list[str]] = {}
    for name in names:
        matter = credences.ledger.propositions[name].one_of
        matters.setdefault(f"one of {matter}" if matter else name, []).append(name)
    rows = [
        Row(
            claim,
            tuple(row.get(name) for name in names),
            max(_spread(row, answers) for answers in matters.values()),
        )
        for claim, row in cells.items()
    ]
    columns = []
    for answers in matters.values():
        for name in answers:
            fits = [_against_and_for(row, name, answers) for row in cells.values()]
            columns.append(
                Column(name, sum(f for _, f in fits), sum(a for a, _ in fits), credences[name])
            )
    in_order = {column.proposition: column for column in columns}
    return Matrix(
        tuple(in_order[name] for name in names),
        tuple(sorted(rows, key=lambda row: (-row.diagnosticity, row.claim))),
    )


def _values(row: dict[str, float], name: str, answers: list[str]) -> tuple[float, list[float]]:
    """The claim's log factor on a proposition, and those on its alternatives."""
    others = [row.get(other, 0.0) for other in answers if other != name]
    return row.get(name, 0.0), others or [0.0]


def _against_and_for(row: dict[str, float], name: str, answers: list[str]) -> tuple[float, float]:
    """How much likelier the claim is under the best alternative, and how much less likely."""
    own, others = _values(row, name, answers)
    return max(max(others) - own, 0.0), max(own - max(others), 0.0)


def _spread(row: dict[str, float], answers: list[str]) -> float:
    own, others = _values(row, answers[0], answers)
    return max(own, *others) - min(own, *others)
