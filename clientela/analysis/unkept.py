"""What became of questions in every history, where the histories themselves are not kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clientela.analysis.questions import AskedQuestion
from clientela.analysis.tally import Summary, summarise
from clientela.engine import block_ranges, draw_block
from clientela.process import Program


def outcomes_of(
    program: Program, asked: Sequence[AskedQuestion], draws: int, seed: int, first: int = 0
) -> tuple[Summary, dict[str, np.ndarray]]:
    """All counts of so many histories from number `first` (even) on, and each question's outcome
    by draw, as `tally` has it."""
    summary, parts = Summary(), []
    for start, count in block_ranges(draws):
        block = draw_block(program, seed, first + start, count)
        counted, outcomes = summarise(block, list(asked), program.labels, program.horizon)
        summary.add(counted)
        parts.append(outcomes)
    return summary, {q.id: np.concatenate([part[q.id] for part in parts]) for q in asked}
