"""The matrix of competing hypotheses as a table: signs, what tells, and what speaks against what."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from clientela.analysis.words import percent
from clientela.evidence import Credences, Ledger, competing_hypotheses
from clientela.evidence.contradictions import MUCH, SOME, sign
from clientela.report.naming import spoken

_LOOKS = {"": "none", "·": "little", "+": "for", "++": "for2", "−": "against", "−−": "against2"}


@dataclass(frozen=True)
class Cell:
    """A sign, the class that colours it, and the factor in words."""

    sign: str
    look: str
    factor: str


def cell(log_factor: float | None) -> Cell:
    """The cell of a claim's log factor on a proposition; None: it does not bear on it."""
    factor = "does not bear on it" if log_factor is None else f"odds {times(log_factor)}"
    return Cell(sign(log_factor), _LOOKS[sign(log_factor)], factor)


def times(log_factor: float) -> str:
    """`× 2.2` or, where the odds fall, `÷ 1.3`."""
    return f"{'×' if log_factor >= 0 else '÷'} {math.exp(abs(log_factor)):.2f}"


def _odds(log_factor: float) -> str:
    """The factor in at most four characters, for the narrow columns; a dash where nothing is."""
    factor = math.exp(log_factor)
    return "–" if log_factor == 0 else f"{factor:.2f}" if factor < 10 else f"{factor:.0f}"


def matrix(ledger: Ledger, credences: Credences, order: Sequence[str]) -> dict[str, Any] | None:
    """Rows that tell, rows that hardly do, and the bottom lines; columns in the given order.

    None if no claim bears on a proposition.
    """
    found = competing_hypotheses(credences)
    if not found.rows:
        return None
    place = {column.proposition: k for k, column in enumerate(found.columns)}
    rows = [
        {
            "claim": row.claim,
            "says": ledger.claims[row.claim].says,
            "cells": [cell(row.cells[place[name]]) for name in order],
            "diagnosticity": times(row.diagnosticity),
            "tells": row.diagnosticity >= math.log(SOME),
        }
        for row in found.rows
    ]
    columns = [found.columns[place[name]] for name in order]
    matters = [ledger.propositions[name].one_of for name in order]
    return {
        "telling": [row for row in rows if row["tells"]],
        "faint": [row for row in rows if not row["tells"]],
        "columns": order,
        "matters": [
            (spoken(matter) if matter else "", len(list(group)))
            for matter, group in groupby(matters)
        ],
        "first": [k > 0 and matters[k] != matters[k - 1] for k in range(len(matters))],
        "consistent": [_odds(column.consistent) for column in columns],
        "inconsistent": [_odds(column.inconsistent) for column in columns],
        "credence": [percent(column.credence).removesuffix(" %") for column in columns],
        "some": f"{SOME:g}",
        "much": f"{MUCH:g}",
    }
