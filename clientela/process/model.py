"""The nouns of a process: variables, events with their outcomes and effects, a schedule.

Time is in days from the scenario's `as_of` date; rates are events per day.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from clientela.process.expression import Coefficient


@dataclass(frozen=True)
class Variable:
    """A number that relaxes toward a baseline: dx/dt = −(ln 2 / half_life) (x − baseline).

    `start` is its value at day 0, to which past events add what is left of their effects;
    `half_life` is in days (infinite: constant between events); `low` and `high` bound its value
    and baseline after every effect.
    """

    name: str
    start: Coefficient = 0.0
    baseline: Coefficient = 0.0
    half_life: Coefficient = math.inf
    low: float = -math.inf
    high: float = math.inf
    meaning: str = ""


@dataclass(frozen=True)
class Add:
    """Adds `amount` to a variable, times the value of another variable `by`, if named, just before."""

    variable: str
    amount: Coefficient
    by: str | None = None


@dataclass(frozen=True)
class AddMark:
    """Adds `per_unit` times the event's mark (say, people killed) to a variable."""

    variable: str
    per_unit: Coefficient


@dataclass(frozen=True)
class Move:
    """Moves a variable the given fraction of the way toward a value."""

    variable: str
    fraction: Coefficient
    toward: Coefficient


@dataclass(frozen=True)
class LookUp:
    """Sets a variable to what a table gives for another one's value.

    `levels` are the table's values at as many `points` in rising order, two or more, with straight
    lines between; above them the last one holds, under them `below`.
    """

    variable: str
    of: str
    points: tuple[Coefficient, ...]
    levels: tuple[Coefficient, ...]
    below: Coefficient


@dataclass(frozen=True)
class Rebase:
    """Adds `amount` to a variable's baseline; its value then drifts to the new one."""

    variable: str
    amount: Coefficient


@dataclass(frozen=True)
class Raise:
    """Sets a flag."""

    flag: str


@dataclass(frozen=True)
class Lower:
    """Clears a flag."""

    flag: str


@dataclass(frozen=True)
class Fire:
    """Makes another event happen at once, if its condition holds."""

    event: str


@dataclass(frozen=True)
class FireAfter:
    """Makes another event happen so many days later, if its condition holds then.

    An event waits for one time at most: asked for again, it waits for the later request's.
    """

    event: str
    days: Coefficient


@dataclass(frozen=True)
class FireAt:
    """Makes another event happen at once, if a variable has reached a level by then."""

    event: str
    variable: str
    level: Coefficient


Effect: TypeAlias = (
    Add | AddMark | Move | LookUp | Rebase | Raise | Lower | Fire | FireAfter | FireAt
)


@dataclass
class Branch:
    """One possible outcome; its weight is w + Σ W_v x_v on the log scale of the softmax."""

    name: str
    weight: Coefficient = 0.0
    slopes: Mapping[str, Coefficient] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)


@dataclass
class Choice:
    """An outcome group: one branch is drawn with softmax probabilities, before any effect."""

    name: str
    branches: list[Branch]


@dataclass
class Proposal:
    """An outcome group that draws a coalition: P(S) ∝ exp(Σ_k β_k F_Sk).

    `coefficients` give β for each feature of the assembly's table; `slopes[feature]` lets β
    depend on variables. The coalition drawn becomes the assembly's standing proposal.
    """

    name: str
    coefficients: Mapping[str, Coefficient]
    slopes: Mapping[str, Mapping[str, Coefficient]] = field(default_factory=dict)


Members: TypeAlias = int | np.ndarray


@dataclass(frozen=True)
class Hurdle:
    """So many votes: at least `least`, and at least a share of those present.

    `share` is a numerator and a denominator; if `strict`, the share must be passed. A majority
    of those present is `Hurdle(share=(1, 2), strict=True)`.
    """

    least: int = 0
    share: tuple[int, int] = (0, 1)
    strict: bool = False

    def is_reached(self, votes: Members, present: Members) -> Any:
        """Whether so many votes reach it with so many members present; arrays give an array."""
        numerator, denominator = self.share
        share = votes * denominator >= numerator * present + self.strict
        return (votes >= self.least) & share


@dataclass(frozen=True)
class Needs:
    """What a vote takes to pass.

    `in_favour` must be reached; `against`, if given, must not be; `present` is the quorum in
    members; with `most`, votes in favour must outnumber those against; `office` names lists of
    which the coalition must have one (none: it need not).
    """

    in_favour: Hurdle = Hurdle()
    against: Hurdle | None = None
    present: int = 0
    most: bool = False
    office: frozenset[str] = frozenset()

    def are_met(self, favour: Members, against: Members, present: Members) -> Any:
        """Whether a vote passes with so many members; the office is looked at elsewhere.

        Arrays, which broadcast, give an array.
        """
        met = (present >= self.present) & self.in_favour.is_reached(favour, present)
        if self.against:
            met = met & np.logical_not(self.against.is_reached(against, present))
        return met & (favour > against) if self.most else met


@dataclass
class Vote:
    """An outcome group decided by counting seats for the standing proposal.

    The proposal's lists attend and vote in favour. Lists opposed to it attend with probability
    `opposed` and vote against; other lists attend with `neutral` and abstain. A camp decides as
    one, and once for each proposal: who stays away from a coalition's first session stays away
    from the next. Members who sit one by one attend each session with `unbound`; a share `swayed`
    of them votes in favour, the others against.
    """

    name: str
    needs: Needs
    opposed: Coefficient
    neutral: Coefficient
    unbound: Coefficient
    swayed: Coefficient
    passed: list[Effect] = field(default_factory=list)
    failed: list[Effect] = field(default_factory=list)


@dataclass
class Membership:
    """An outcome group that asks whether a list is in the standing proposal."""

    name: str
    member: str
    inside: list[Effect] = field(default_factory=list)
    outside: list[Effect] = field(default_factory=list)


@dataclass
class KindOfGovernment:
    """An outcome group whose branch is the kind of the standing proposal."""

    name: str
    effects: Mapping[str, list[Effect]] = field(default_factory=dict)


Outcome: TypeAlias = Choice | Proposal | Vote | Membership | KindOfGovernment


@dataclass(frozen=True)
class Killed:
    """A mark with a zero-inflated negative binomial law.

    With probability `none` it is 0, else negative binomial with the given mean and dispersion r
    (variance = mean + mean²/r). `none`, `mean` and `dispersion` may be uncertain.
    """

    none: Coefficient
    mean: Coefficient
    dispersion: Coefficient


@dataclass(frozen=True)
class StandingCoalition:
    """A mark that stores the assembly's standing proposal as a bitmask of its lists."""


Mark: TypeAlias = Killed | StandingCoalition | None


@dataclass
class EventType:
    """An event with intensity λ = open · (rate + Σ A_v x_v) · exp(Σ C_v x_v), in events per day.

    `excitation` holds A (≥ 0), `modulation` holds C, `when` the flags that must be set or clear.
    Its own `effects` apply first, then those of the branches drawn, in order; all draws are made
    with the state just before the event.
    """

    name: str
    rate: Coefficient = 0.0
    excitation: dict[str, Coefficient] = field(default_factory=dict)
    modulation: dict[str, Coefficient] = field(default_factory=dict)
    when: dict[str, bool] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    mark: Mark = None
    meaning: str = ""

    def excite(self, variable: str, coefficient: Coefficient) -> None:
        """Adds A · x to the additive part of the intensity."""
        known = self.excitation.get(variable)
        self.excitation[variable] = coefficient if known is None else known + coefficient

    def modulate(self, variable: str, coefficient: Coefficient) -> None:
        """Adds C · x to the exponent of the intensity."""
        known = self.modulation.get(variable)
        self.modulation[variable] = coefficient if known is None else known + coefficient

    def then(self, *effects: Effect) -> None:
        """Appends effects that every occurrence has."""
        self.effects.extend(effects)

    def choose(self, outcome: Outcome) -> None:
        """Appends an outcome group."""
        self.outcomes.append(outcome)


@dataclass(frozen=True)
class Scheduled:
    """An event at a known time, or at an uncertain one; it happens if its condition holds then."""

    event: str
    at: Coefficient


@dataclass(frozen=True)
class Past:
    """An event that has happened: day (≤ 0), the branches it took, and its mark.

    Past events set the state at day 0; groups without a stated branch have no effect.
    """

    event: str
    day: float
    branches: Mapping[str, str] = field(default_factory=dict)
    mark: int = 0
