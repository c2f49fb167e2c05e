"""Memories of several lengths in place of one.

An intensity that an exponential memory excites can be made to follow a mixture of exponentials, as
a power law or a quick echo with a slow tail would be (Hardiman, Bercot & Bouchaud 2013 use such
sums). How much an event sets off on the whole stays what it was; only when is new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from clientela.process import Add, AddMark, Coefficient, Parameter, Process, exp
from clientela.scenario import normal


def split_memories(
    process: Process, variables: Sequence[str], half_lives: Sequence[float], sd: float = 1.0
) -> list[str]:
    """Gives each of these variables copies that fade with the half-lives (days), and returns the
    parameters that say how offspring are shared among them.

    The share of the k-th is exp(s_k) / Σ exp(s_j), with s_0 = 0 and normal priors (standard
    deviation `sd`) for the others, so that a priori all are alike.
    """
    scores = [Parameter(f"memory.{length:g}", normal(0.0, sd)) for length in half_lives[1:]]
    raw: list[Coefficient] = [1.0, *(exp(score) for score in scores)]
    total = raw[0] if len(raw) == 1 else sum(raw[1:], raw[0])
    shares = [each / total for each in raw]
    for name in variables:
        _split(process, name, half_lives, shares)
    return [score.name for score in scores]


def _split(
    process: Process, name: str, half_lives: Sequence[float], shares: Sequence[Coefficient]
) -> None:
    whole = process.variables[name]
    copies = []
    for length in half_lives:
        copy = process.variable(f"{name}@{length:g}", half_life=length, low=whole.low, high=whole.high,
                                meaning=f"{whole.meaning}, half gone in {length:g} days")  # fmt: skip
        copies.append(copy.name)
    for event in process.events.values():
        for effect in list(event.effects):
            if isinstance(effect, Add | AddMark) and effect.variable == name:
                event.effects += [replace(effect, variable=copy) for copy in copies]
        if name in event.excitation:
            # Offspring per event are A / δ, and are kept.
            old = event.excitation.pop(name)
            for copy, length, share in zip(copies, half_lives, shares, strict=True):
                event.excite(copy, old * whole.half_life * share / length)
