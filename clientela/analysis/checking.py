"""`check`: what a scenario says, what it rests on, and whether it is stable."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from clientela.analysis.forecast import asked_questions, program_of
from clientela.engine import draw_parameters
from clientela.process import Program
from clientela.process.stability import (
    Stability,
    branching_matrices,
    spectral_radius,
    stability,
)
from clientela.scenario import Scenario, quantities

SAMPLES = 400


class UnstableError(Exception):
    """A scenario whose violence explodes at its typical parameters."""


@dataclass(frozen=True)
class Findings:
    """Sizes of the process, its stability, and what its parameters rest on.

    `radius_95` is the 95 % quantile of the spectral radius over parameter draws, and `exploding`
    the share of draws in which it is 1 or more.
    """

    variables: int
    events: int
    parameters: int
    coalitions: int
    stability: Stability
    radius_95: float
    exploding: float
    standing: dict[str, int]

    @property
    def explodes(self) -> bool:
        """Whether it does at the medians of its parameters."""
        return self.stability.radius >= 1.0


def check_scenario(scenario: Scenario) -> Findings:
    """What there is to say of a scenario that loaded. Raises ReadingError if it does not fit."""
    program = program_of(scenario)
    asked_questions(scenario, program)
    radii = _radii(program)
    used = {p.name for p in program.parameters}
    standing = Counter(q.standing for path, q in quantities(scenario) if path in used)
    phase = program.arrays.assembly.pointer
    return Findings(
        variables=len(program.variable_names),
        events=len(program.event_names),
        parameters=len(program.parameters),
        coalitions=int(phase[1] - phase[0]),
        stability=stability(program, typical_coefficients(program)),
        radius_95=float(np.quantile(radii, 0.95)),
        exploding=float(np.mean(radii >= 1.0)),
        standing=dict(standing),
    )


def typical_coefficients(program: Program) -> np.ndarray:
    """The coefficient vector with every parameter at its median."""
    medians = [p.distribution.median() for p in program.parameters]
    return program.filled(np.array([[*(0.0 for _ in program.propositions), *medians]]))[0]


def _radii(program: Program) -> np.ndarray:
    values = draw_parameters(program, 0, 0, 2 * SAMPLES)[::2]
    return spectral_radius(branching_matrices(program, program.filled(values)))


def refuse_explosion(scenario: Scenario) -> None:
    """Raises UnstableError if the scenario explodes at its typical parameters."""
    program = program_of(scenario)
    typical = typical_coefficients(program)
    if spectral_radius(branching_matrices(program, typical[None, :]))[0] >= 1.0:
        raise UnstableError(explosion_message(scenario, stability(program, typical)))


def explosion_message(scenario: Scenario, found: Stability) -> str:
    """What explodes, through which loop, and what to do."""
    return (
        f"{scenario.scenario}: the scenario explodes: each event sets off {found.radius:.2f} more "
        f"(spectral radius of the branching matrix; expected under 1). The loop that does it: "
        f"{' → '.join(found.loop)}. Lower the excitation along it, such as "
        "mechanisms.escalation.own, retaliation or clash"
    )
