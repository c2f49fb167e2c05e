"""A process that excites itself, drawn and weighed: what tests of fits share."""

from __future__ import annotations

import numpy as np

from clientela.engine import Record, draw_block
from clientela.inference.likelihood import Likelihood, likelihood_of
from clientela.inference.record import record_of_times
from clientela.inference.scores import Scores
from clientela.process import Add, Parameter, Process, compile_process
from clientela.scenario import lognormal

DAYS = 400.0


def hawkes(rate: float = 0.3, own: float = 0.5, half_life: float = 3.0) -> Process:
    """One type with `own` direct offspring per event and a rate that is all but known."""
    p = Process(DAYS)
    p.variable("heat", half_life=half_life)
    p.event("a", rate=Parameter("rate", lognormal(rate, 0.01)), effects=[Add("heat", 1.0)],
            excitation={"heat": own * np.log(2.0) / half_life})  # fmt: skip
    return p


def drawn(process: Process, seed: int = 1) -> np.ndarray:
    """The days of type a in one history."""
    program = compile_process(process)
    block = draw_block(program, seed, 0, 1)
    return block.day[block.label == program.labels.index("a")]


def record_of(process: Process, days: np.ndarray) -> Record:
    return record_of_times(compile_process(process), ["a"] * len(days), days, watched=["a"])


def likelihood(process: Process, days: np.ndarray, until: float = DAYS) -> Likelihood:
    program = compile_process(process)
    scores = Scores(program, [p.name for p in program.parameters])
    return likelihood_of(program, record_of(process, days), scores, until)
