"""A process under construction: what mechanisms, or a user by hand, add variables and events to."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Protocol

import numpy as np

from clientela.evidence import Belief
from clientela.process.expression import Coefficient, Expression, Parameter, Solved, Solver
from clientela.process.model import (
    Choice,
    Effect,
    EventType,
    KindOfGovernment,
    Mark,
    Membership,
    Outcome,
    Past,
    Proposal,
    Scheduled,
    Variable,
    Vote,
)


class ProcessError(ValueError):
    """A process that cannot be run; the message names the part and the remedy."""


class SeatTable(Protocol):
    """What the process needs of an assembly: its coalitions, by phase, with their features.

    A phase is the set of resigning lists that have left: bit r of the phase is list
    `resigning[r]`. Coalitions of phase p are rows `pointer[p]:pointer[p + 1]`.
    """

    @property
    def list_ids(self) -> Sequence[str]: ...
    @property
    def resigning(self) -> Sequence[str]: ...
    @property
    def feature_names(self) -> Sequence[str]: ...
    @property
    def kind_names(self) -> Sequence[str]: ...
    @property
    def pointer(self) -> np.ndarray: ...
    @property
    def seats(self) -> np.ndarray: ...
    @property
    def masks(self) -> np.ndarray: ...
    @property
    def features(self) -> np.ndarray: ...
    @property
    def kinds(self) -> np.ndarray: ...
    @property
    def opposed(self) -> np.ndarray: ...
    @property
    def camps(self) -> np.ndarray: ...
    @property
    def unbound(self) -> np.ndarray: ...


class Process:
    """A marked, piecewise-deterministic point process on days [0, horizon].

    >>> import clientela as ct
    >>> p = ct.Process(horizon=365)
    >>> heat = p.variable("heat", half_life=7)
    >>> attack = p.event("attack", rate=0.05, excitation={"heat": 0.05})
    >>> attack.then(ct.Add("heat", 1.0))
    """

    def __init__(self, horizon: float, name: str = "process") -> None:
        if not (math.isfinite(horizon) and horizon > 0):
            raise ProcessError(f"the horizon is {horizon}; expected a positive number of days")
        self.name = name
        self.horizon = float(horizon)
        self.variables: dict[str, Variable] = {}
        self.flags: dict[str, bool] = {}
        self.events: dict[str, EventType] = {}
        self.schedule: list[Scheduled] = []
        self.history: list[Past] = []
        self.assembly: SeatTable | None = None
        self.beliefs: tuple[Belief, ...] = ()
        self.solvers: dict[str, Solver] = {}

    def variable(
        self,
        name: str,
        *,
        start: Coefficient = 0.0,
        baseline: Coefficient = 0.0,
        half_life: Coefficient = math.inf,
        low: float = -math.inf,
        high: float = math.inf,
        meaning: str = "",
    ) -> Variable:
        """The new variable. Raises ProcessError if the name is taken or the bounds are crossed."""
        _refuse_duplicate("variable", name, self.variables)
        if low >= high:
            raise ProcessError(f"variable {name!r}: its lower bound {low:g} is not under {high:g}")
        added = Variable(name, start, baseline, half_life, low, high, meaning)
        self.variables[name] = added
        return added

    def flag(self, name: str, *, initially: bool = False) -> str:
        """The flag's name. Raises ProcessError if it is taken or the 63rd flag is passed."""
        _refuse_duplicate("flag", name, self.flags)
        if len(self.flags) == 63:
            raise ProcessError("a process holds at most 63 flags; use a variable for the rest")
        self.flags[name] = initially
        return name

    def event(
        self,
        name: str,
        *,
        rate: Coefficient = 0.0,
        excitation: Mapping[str, Coefficient] | None = None,
        modulation: Mapping[str, Coefficient] | None = None,
        when: Mapping[str, bool] | None = None,
        effects: Sequence[Effect] = (),
        outcomes: Sequence[Outcome] = (),
        mark: Mark = None,
        meaning: str = "",
    ) -> EventType:
        """The new event type, which later mechanisms may amend. Raises ProcessError if taken."""
        _refuse_duplicate("event", name, self.events)
        added = EventType(
            name,
            rate,
            dict(excitation or {}),
            dict(modulation or {}),
            dict(when or {}),
            list(effects),
            list(outcomes),
            mark,
            meaning,
        )
        self.events[name] = added
        return added

    def solver(
        self,
        name: str,
        solve: Callable[..., Mapping[str, Any]],
        outputs: Iterable[str],
        **arguments: Coefficient,
    ) -> dict[str, Coefficient]:
        """The outputs of a new solver (see `Solver`) by name, numbers if all arguments are.

        Raises ProcessError if the name is taken.
        """
        _refuse_duplicate("solver", name, self.solvers)
        solver = self.solvers[name] = Solver(name, solve, tuple(arguments.items()))
        if any(isinstance(argument, Expression) for argument in arguments.values()):
            return {output: Solved(solver, output) for output in outputs}
        found = solver.solution({})
        return {output: float(np.squeeze(found[output])) for output in outputs}

    def at(self, event: str, day: Coefficient) -> None:
        """Schedules an event at a day, which may be uncertain (infinite: never)."""
        self.schedule.append(Scheduled(event, day))

    def happened(
        self, event: str, day: float, branches: Mapping[str, str] | None = None, mark: int = 0
    ) -> None:
        """States that an event happened at a day at or before 0; it sets the state at day 0."""
        if not day <= 0:
            raise ProcessError(f"past event {event!r} is on day {day:g}; expected day 0 or earlier")
        self.history.append(Past(event, day, dict(branches or {}), mark))

    def parameters(self) -> dict[str, Parameter]:
        """Every uncertain parameter that some coefficient depends on, by name, sorted."""
        found: dict[str, Parameter] = {}
        for coefficient in _coefficients(self):
            for parameter in coefficient.parameters():
                known = found.setdefault(parameter.name, parameter)
                if known != parameter:
                    raise ProcessError(
                        f"parameter {parameter.name!r} has two different distributions: "
                        f"{known.distribution} and {parameter.distribution}; give each its own name"
                    )
        return dict(sorted(found.items()))

    def find_event(self, name: str) -> EventType:
        """The event of that name. Raises ProcessError with a suggestion if there is none."""
        return lookup("event", name, self.events)


def lookup(kind: str, name: str, known: Mapping[str, Any]) -> Any:
    """The item of that name; raises ProcessError naming the nearest known one."""
    try:
        return known[name]
    except KeyError:
        near = difflib.get_close_matches(name, list(known), 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ProcessError(f"there is no {kind} {name!r}{hint}") from None


def _refuse_duplicate(kind: str, name: str, known: Mapping[str, Any]) -> None:
    if name in known:
        raise ProcessError(f"there is already a {kind} {name!r}; names are unique in a process")


def _coefficients(part: Any) -> Iterator[Expression]:
    """Every expression anywhere in a process, found by walking its dataclasses."""
    if isinstance(part, Expression):
        yield part
    elif isinstance(part, Process):
        for group in (part.variables, part.events, part.schedule):
            yield from _coefficients(group)
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from _coefficients(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _coefficients(value)
    elif is_dataclass(part) and not isinstance(part, type):
        for item in fields(part):
            yield from _coefficients(getattr(part, item.name))


def branch_names(outcome: Outcome, kinds: Sequence[str] = ()) -> list[str]:
    """The branches of an outcome group, in the order the engine numbers them."""
    match outcome:
        case Choice(branches=branches):
            return [branch.name for branch in branches]
        case Proposal():
            return ["made"]
        case Vote():
            return ["passed", "failed"]
        case Membership():
            return ["inside", "outside"]
        case KindOfGovernment():
            return [*kinds, "other"]
