"""A process as flat arrays: what the engine, its oracle, the C loop and the stability check read.

Names become indices, coefficients become positions in one vector that every draw fills in, and
everything of variable length is a run `lo:hi` in a longer array.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from clientela.evidence import Belief
from clientela.process.expression import (
    Coefficient,
    Drawn,
    Expression,
    Operation,
    Parameter,
)

# Effect operations.
ADD, ADD_BY, ADD_MARK, MOVE, LOOK_UP, REBASE, RAISE, LOWER, FIRE, FIRE_AFTER, FIRE_AT = range(11)
# Outcome groups.
CHOICE, PROPOSAL, VOTE, MEMBERSHIP, KIND = range(5)
# What the streams and columns of propositions are called by.
PROPOSITIONS = "propositions"
# Marks.
NO_MARK, KILLED, COALITION = range(3)


class Variables(NamedTuple):
    """Per variable: positions of its coefficients, and its bounds."""

    start: np.ndarray
    baseline: np.ndarray
    decay: np.ndarray
    low: np.ndarray
    high: np.ndarray


class Rates(NamedTuple):
    """Per event: its condition on the flags, its intensity's terms, and its stream's key."""

    rate: np.ndarray
    need: np.ndarray
    value: np.ndarray
    add_lo: np.ndarray
    add_var: np.ndarray
    add_coef: np.ndarray
    log_lo: np.ndarray
    log_var: np.ndarray
    log_coef: np.ndarray
    key: np.ndarray


class Graph(NamedTuple):
    """Which events' intensities depend on a variable, how and with which coefficient; on a flag."""

    var_lo: np.ndarray
    var_event: np.ndarray
    var_coef: np.ndarray
    var_log: np.ndarray  # 1 where the term stands in the exponent
    flag_lo: np.ndarray
    flag_event: np.ndarray


class Happenings(NamedTuple):
    """Per event: its own effects, its outcome groups and its mark."""

    effect_lo: np.ndarray
    effect_hi: np.ndarray
    group_lo: np.ndarray
    mark: np.ndarray
    none: np.ndarray
    mean: np.ndarray
    dispersion: np.ndarray
    mark_key: np.ndarray


class Groups(NamedTuple):
    """Per outcome group: its kind, stream, branches, and the numbers its kind needs."""

    kind: np.ndarray
    key: np.ndarray
    branch_lo: np.ndarray
    # (groups, 10): present, in favour (least, share's numerator and denominator, strict), against
    # (the same; denominator 0: never defeated), most
    seats: np.ndarray
    coef: np.ndarray  # (groups, 4): opposed, neutral, unbound, swayed; or first feature
    member: np.ndarray  # the list asked for; of a vote, the lists that may hold the office as bits


class Branches(NamedTuple):
    """Per branch: its weight, slopes, effects and label (−1: not recorded)."""

    weight: np.ndarray
    slope_lo: np.ndarray
    slope_var: np.ndarray
    slope_coef: np.ndarray
    effect_lo: np.ndarray
    effect_hi: np.ndarray
    label: np.ndarray


class Effects(NamedTuple):
    """Per effect: operation, target, coefficient (or table), and a second coefficient or variable."""

    op: np.ndarray
    target: np.ndarray
    first: np.ndarray
    second: np.ndarray


class Tables(NamedTuple):
    """Per table that is looked up: positions of what holds below, its points and its levels."""

    below: np.ndarray
    point_lo: np.ndarray
    point: np.ndarray
    level: np.ndarray


class Features(NamedTuple):
    """Per feature of a proposal's utility: its coefficient and slopes, group after group."""

    coef: np.ndarray
    slope_lo: np.ndarray
    slope_var: np.ndarray
    slope_coef: np.ndarray


class Assembly(NamedTuple):
    """The coalitions of the assembly by phase; features are (feature, coalition)."""

    pointer: np.ndarray
    masks: np.ndarray
    features: np.ndarray
    kinds: np.ndarray
    opposed: np.ndarray
    seats: np.ndarray
    camps: np.ndarray
    unbound: np.ndarray
    resigned: np.ndarray  # per phase bit: the flag that says the list has left


class Times(NamedTuple):
    """The schedule (positions of days), the timers, and the history (days, and branch per group or −1)."""

    schedule_event: np.ndarray
    schedule_at: np.ndarray
    timer_event: np.ndarray  # per timer: the event it lets happen
    past_event: np.ndarray
    past_day: np.ndarray
    past_mark: np.ndarray
    past_lo: np.ndarray
    past_branch: np.ndarray


class Arrays(NamedTuple):
    """Everything of a compiled process that a history is drawn from."""

    variables: Variables
    rates: Rates
    graph: Graph
    happenings: Happenings
    groups: Groups
    branches: Branches
    effects: Effects
    tables: Tables
    features: Features
    assembly: Assembly
    times: Times


@dataclass(frozen=True)
class Program:
    """A compiled process.

    `labels` names everything a history records: the events, then the branches of outcome
    groups as `event/group=branch`. `base` is the coefficient vector with constants filled in;
    `expressions` are the positions that each draw fills in from its parameters; `beliefs` are
    the propositions that some parameter hangs on, each after the one it hangs on itself.
    """

    name: str
    horizon: float
    labels: tuple[str, ...]
    event_names: tuple[str, ...]
    variable_names: tuple[str, ...]
    flag_names: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    base: np.ndarray
    expressions: tuple[tuple[int, Expression], ...]
    flags: int
    arrays: Arrays
    beliefs: tuple[Belief, ...] = ()

    @property
    def propositions(self) -> tuple[str, ...]:
        """The propositions that are drawn, in the order of the beliefs."""
        return tuple(member for belief in self.beliefs for member in belief.members)

    @property
    def columns(self) -> tuple[str, ...]:
        """What is drawn for every history before its path: propositions, then parameters."""
        propositions = (f"{PROPOSITIONS}.{name}" for name in self.propositions)
        return (*propositions, *(p.name for p in self.parameters))

    def coefficients(self, drawn: np.ndarray) -> np.ndarray:
        """The uncertain coefficients, shape (draws, len(expressions)).

        `drawn` has shape (draws, columns), in the order of `self.columns`.
        """
        values = Drawn({name: drawn[:, i] for i, name in enumerate(self.columns)})
        filled = np.empty((len(drawn), len(self.expressions)))
        for column, (_, expression) in enumerate(self.expressions):
            filled[:, column] = expression.evaluate(values)
        return filled

    def filled(self, drawn: np.ndarray) -> np.ndarray:
        """The whole coefficient vector of every draw, shape (draws, coefficients); `drawn` as for
        `coefficients`."""
        found = np.tile(self.base, (len(drawn), 1))
        found[:, self.positions] = self.coefficients(drawn)
        return found

    @property
    def positions(self) -> np.ndarray:
        """Where the columns of `coefficients` go in the coefficient vector."""
        return np.array([position for position, _ in self.expressions], dtype=np.int64)

    @property
    def digest(self) -> str:
        """SHA-256 of all that decides what a history is, so that stored draws can be trusted."""
        state = hashlib.sha256(repr((self.name, self.horizon, self.labels, self.flags)).encode())
        state.update(repr([(p.name, p.distribution, p.shared) for p in self.parameters]).encode())
        state.update(repr(self.beliefs).encode())
        state.update(";".join(f"{i}={e}" for i, e in self.expressions).encode())
        state.update(self.base.tobytes())
        for group in self.arrays:
            for array in group:
                state.update(repr((array.shape, array.dtype.str)).encode())
                state.update(np.ascontiguousarray(array).tobytes())
        return state.hexdigest()


def stream_key(name: str) -> int:
    """The 64-bit key of a named random stream: the first 8 bytes of BLAKE2b of its name."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


class Coefficients:
    """Collects coefficients and gives each its position; equal constants share one."""

    def __init__(self) -> None:
        self.values: list[float] = []
        self.expressions: list[tuple[int, Expression]] = []
        self._known: dict[Coefficient, int] = {}

    def position(self, coefficient: Coefficient) -> int:
        """Where the coefficient stands in the vector."""
        key = coefficient if isinstance(coefficient, Expression) else float(coefficient)
        if key not in self._known:
            self._known[key] = len(self.values)
            if isinstance(key, Expression):
                self.expressions.append((len(self.values), key))
                self.values.append(math.nan)
            else:
                self.values.append(key)
        return self._known[key]

    def decay(self, half_life: Coefficient) -> int:
        """Position of ln 2 / half_life."""
        if isinstance(half_life, Expression):
            return self.position(Operation("/", (math.log(2.0), half_life)))
        return self.position(math.log(2.0) / half_life)
