"""Coefficients that depend on uncertain parameters.

A coefficient of the process is a number or an `Expression`: arithmetic over parameters, or what a
solver makes of them, evaluated for a whole block of draws at once and printable, so
that documentation and audit show the same formula that the engine computes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from clientela.scenario.conditional import Conditional
    from clientela.scenario.distributions import Distribution

_FUNCTIONS = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "exp": np.exp,
    "log": np.log,
    "max": np.maximum,
    "min": np.minimum,
}
_INFIX = {"+", "-", "*", "/"}


class Expression(ABC):
    """Arithmetic over parameters: `+ - * /` with numbers and each other, and `exp`, `log`, …"""

    @abstractmethod
    def evaluate(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """The value for every draw, shape (draws,), given each parameter's draws by name."""

    @abstractmethod
    def parameters(self) -> Iterator[Parameter]:
        """The parameters it depends on, in the order they appear, possibly repeated."""

    def __add__(self, other: Coefficient) -> Expression:
        return Operation("+", (self, other))

    def __radd__(self, other: Coefficient) -> Expression:
        return Operation("+", (other, self))

    def __sub__(self, other: Coefficient) -> Expression:
        return Operation("-", (self, other))

    def __rsub__(self, other: Coefficient) -> Expression:
        return Operation("-", (other, self))

    def __mul__(self, other: Coefficient) -> Expression:
        return Operation("*", (self, other))

    def __rmul__(self, other: Coefficient) -> Expression:
        return Operation("*", (other, self))

    def __truediv__(self, other: Coefficient) -> Expression:
        return Operation("/", (self, other))

    def __rtruediv__(self, other: Coefficient) -> Expression:
        return Operation("/", (other, self))

    def __neg__(self) -> Expression:
        return Operation("*", (-1.0, self))


Coefficient: TypeAlias = float | Expression


class Drawn(dict[str, np.ndarray]):
    """Each parameter's draws by name, and what has been solved for them so far."""

    def __init__(self, values: Mapping[str, np.ndarray]) -> None:
        super().__init__(values)
        self.solved: dict[Solver, Mapping[str, np.ndarray]] = {}


@dataclass(frozen=True)
class Parameter(Expression):
    """An uncertain number, drawn from its own random stream.

    `name` is the dotted path where the analyst writes it; it also names the stream, so adding
    a parameter leaves all others' draws alone. A `shared` one is a quantity nobody knows, drawn
    once per pair of histories; one that is not, such as the date of an event, is chance, drawn
    for each. Its distribution may hang on a proposition.
    """

    name: str
    distribution: Distribution | Conditional
    shared: bool = True

    def evaluate(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        return values[self.name]

    def parameters(self) -> Iterator[Parameter]:
        yield self

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Operation(Expression):
    """A function of coefficients, at least one of which is an expression."""

    function: str
    arguments: tuple[Coefficient, ...]

    def evaluate(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        return _FUNCTIONS[self.function](*(evaluate(a, values) for a in self.arguments))

    def parameters(self) -> Iterator[Parameter]:
        for argument in self.arguments:
            if isinstance(argument, Expression):
                yield from argument.parameters()

    def __str__(self) -> str:
        shown = [_shown(argument) for argument in self.arguments]
        if self.function in _INFIX:
            return f"({shown[0]} {self.function} {shown[1]})"
        return f"{self.function}({', '.join(shown)})"


@dataclass(frozen=True)
class Solver:
    """What several coefficients are the solution of, such as a game, solved once for all of them.

    `solve` gets the arguments by name, each a number or of shape (draws,), and returns every
    output by name, likewise.
    """

    name: str
    solve: Callable[..., Mapping[str, np.ndarray]]
    arguments: tuple[tuple[str, Coefficient], ...]

    def given(self, values: Mapping[str, np.ndarray]) -> dict[str, np.ndarray | float]:
        """The arguments at each parameter's draws."""
        return {name: evaluate(argument, values) for name, argument in self.arguments}

    def solution(self, values: Mapping[str, np.ndarray]) -> Mapping[str, np.ndarray]:
        """The outputs at each parameter's draws."""
        known = values.solved if isinstance(values, Drawn) else {}
        if self not in known:
            known[self] = self.solve(**self.given(values))
        return known[self]


@dataclass(frozen=True)
class Solved(Expression):
    """One output of a solver."""

    solver: Solver
    output: str

    def evaluate(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        return self.solver.solution(values)[self.output]

    def parameters(self) -> Iterator[Parameter]:
        for _, argument in self.solver.arguments:
            if isinstance(argument, Expression):
                yield from argument.parameters()

    def __str__(self) -> str:
        given = (f"{name}={_shown(argument)}" for name, argument in self.solver.arguments)
        return f"{self.solver.name}({', '.join(given)}).{self.output}"


def _shown(coefficient: Coefficient) -> str:
    """A coefficient as text that no other one has: numbers are as short as they can be."""
    if isinstance(coefficient, Expression):
        return str(coefficient)
    short = format(coefficient, "g")
    return short if float(short) == coefficient else repr(float(coefficient))


def evaluate(coefficient: Coefficient, values: Mapping[str, np.ndarray]) -> np.ndarray | float:
    """The coefficient for every draw: a number stays a number."""
    if isinstance(coefficient, Expression):
        return coefficient.evaluate(values)
    return float(coefficient)


def _call(function: str, *arguments: Coefficient) -> Coefficient:
    if any(isinstance(a, Expression) for a in arguments):
        return Operation(function, arguments)
    return float(_FUNCTIONS[function](*arguments))


def exp(coefficient: Coefficient) -> Coefficient:
    """e to the power of a coefficient."""
    return _call("exp", coefficient)


def log(coefficient: Coefficient) -> Coefficient:
    """Natural logarithm of a coefficient."""
    return _call("log", coefficient)


def total(coefficients: Iterable[Coefficient]) -> Coefficient:
    """The sum of coefficients."""
    found: Coefficient = 0.0
    for coefficient in coefficients:
        found = found + coefficient
    return found


def largest(first: Coefficient, second: Coefficient) -> Coefficient:
    """The larger of two coefficients."""
    return _call("max", first, second)


def smallest(first: Coefficient, second: Coefficient) -> Coefficient:
    """The smaller of two coefficients."""
    return _call("min", first, second)


def log_weight(share: Coefficient) -> Coefficient:
    """The log weight of a branch that has this share of those beside it, finite for a share of 0."""
    return log(largest(share, 1e-9))


def logit(share: Coefficient) -> Coefficient:
    """Log odds of a share, kept finite for shares of 0 and 1."""
    inside = smallest(largest(share, 1e-9), 1.0 - 1e-9)
    return log(inside / (1.0 - inside))
