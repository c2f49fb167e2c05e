"""What a mechanism is, how it registers itself, and the draft it adds to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from clientela.process import Coefficient, EventType, Parameter, Process
from clientela.scenario import Actor, Quantity, Scenario


class Settings(BaseModel):
    """Base of a mechanism's settings: the block under `mechanisms.<name>` in a scenario.

    `only` names the settings that a mechanism with a `strategy` asks for under one strategy alone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    only: ClassVar[Mapping[str, frozenset[str]]] = {}

    @property
    def unasked(self) -> frozenset[str]:
        """The settings that the strategy in force does not ask for."""
        in_force = getattr(self, "strategy", None)
        return frozenset().union(*(names for s, names in self.only.items() if s != in_force))

    def completed(self, scenario: Scenario) -> Settings:
        """The settings once the whole scenario is known: defaults that follow from other parts of it."""
        return self


@dataclass(frozen=True)
class Mechanism:
    """A named way for a scenario to add variables and events to a process."""

    name: str
    settings: type[Settings]
    add: Callable[[Draft, Values], None]

    @property
    def summary(self) -> str:
        """The first line of its docstring."""
        return (self.add.__doc__ or "").strip().split("\n")[0]


class Values:
    """A model whose quantities read as coefficients of the process.

    `values.rate` is a number if the analyst gave one and a `Parameter`, named by its dotted
    path, if it is uncertain. Everything that is not a quantity reads as it is.
    """

    def __init__(self, model: Any, path: str) -> None:
        self._model = model
        self._path = path

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._model, name)
        return coefficient(value, f"{self._path}.{name}") if isinstance(value, Quantity) else value


def coefficient(quantity: Quantity, path: str, *, shared: bool = True) -> Coefficient:
    """The quantity as a coefficient: a number if it is fixed, else the parameter of that path."""
    if quantity.distribution.is_fixed:
        return quantity.distribution.mean()
    return Parameter(path, quantity.distribution, shared)


class Draft:
    """A process in the making, beside the scenario it is made from."""

    def __init__(self, scenario: Scenario, process: Process, active: frozenset[str]) -> None:
        self.scenario = scenario
        self.process = process
        self.active = active

    def actor(self, name: str) -> Values:
        """The actor, its quantities as coefficients."""
        return Values(self.scenario.actors[name], f"actors.{name}")

    def actors(self, *kinds: str) -> dict[str, Actor]:
        """The actors of the given kinds, in the order written."""
        return {a: actor for a, actor in self.scenario.actors.items() if actor.kind in kinds}

    def ties(self, kind: str) -> Iterator[tuple[str, str, Values]]:
        """(from, to, tie) of every tie of a kind, in the order written."""
        for tied, first, second, tie in self.scenario.ties.each():
            if tied == kind:
                yield first, second, Values(tie, f"ties.{kind}.{first}.{second}")

    def allies(self, name: str) -> list[str]:
        """The actors with which an actor has an alliance tie, in either direction."""
        found = []
        for first, second, _ in self.ties("alliance"):
            if name in (first, second):
                found.append(second if name == first else first)
        return found

    def patrons(self, name: str) -> list[tuple[str, Values]]:
        """The sponsors of an actor, with the tie."""
        return [(patron, tie) for patron, client, tie in self.ties("sponsorship") if client == name]

    def domestic(self, name: str) -> bool:
        """Whether an actor belongs to the country of the crisis."""
        return self.scenario.actors[name].kind not in ("patron", "outside-power")

    def events(self, start: str) -> Iterator[EventType]:
        """The event types so far whose name begins so."""
        for name in list(self.process.events):
            if name.startswith(start):
                yield self.process.events[name]

    def violence(self) -> Iterator[tuple[EventType, str, str]]:
        """(event, attacker, target) of every attack, and both ways round for every clash."""
        for event in self.events("attack:"):
            first, second = event.name.removeprefix("attack:").split(">")
            yield event, first, second
        for event in self.events("clash:"):
            first, second = event.name.removeprefix("clash:").split("~")
            yield event, first, second
            yield event, second, first


REGISTRY: dict[str, Mechanism] = {}


def mechanism(
    name: str, settings: type[Settings]
) -> Callable[..., Callable[[Draft, Values], None]]:
    """Registers a function as a mechanism. Raises ValueError if the name is taken.

    The function gets the draft and its settings, whose quantities read as coefficients; it adds
    variables and events of its own and links to those of mechanisms registered before it.
    """

    def register(add: Callable[[Draft, Values], None]) -> Callable[[Draft, Values], None]:
        known = REGISTRY.get(name)
        if known and known.add.__module__ != add.__module__:
            raise ValueError(f"there is already a mechanism {name!r}, in {known.add.__module__}")
        REGISTRY[name] = Mechanism(name, settings, add)
        return add

    return register
