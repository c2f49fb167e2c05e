"""Differences of answers as rows of a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from clientela.analysis.differences import Difference
from clientela.analysis.words import kind_titles
from clientela.scenario import Scenario


def difference_rows(scenario: Scenario, found: Iterable[Difference]) -> list[dict[str, Any]]:
    """Each with its question as a sentence and, where it asks which, the outcome's title."""
    titles, asked = kind_titles(scenario), scenario.questions
    return [
        {
            "d": d,
            "question": asked[d.question].ask if d.question in asked else d.question,
            "outcome": None if d.outcome == "yes" else titles.get(d.outcome, d.outcome),
        }
        for d in found
    ]
