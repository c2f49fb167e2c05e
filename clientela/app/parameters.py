"""The values that can be moved: which there are, whose, how far they go, and what is written."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
from pydantic import BaseModel

from clientela.analysis.forecast import program_of
from clientela.report.naming import parameter_name, spoken
from clientela.scenario import Scenario, quantities
from clientela.scenario.quantity import Quantity, Support

_STEPS = 200


@dataclass(frozen=True)
class Parameter:
    """A value of the scenario: its path, group and name; the ends of its slider and its step.

    `median`, `low` and `high` are quantiles (½, 5 and 95 %) of what is written; `said` puts that
    in words, `standing` says what it rests on.
    """

    path: str
    group: str
    name: str
    least: float
    most: float
    step: float
    median: float
    low: float
    high: float
    said: str
    standing: str

    @property
    def span(self) -> float:
        """From the slider's one end to its other."""
        return self.most - self.least

    def place(self, value: float) -> float:
        """Where a value lies on the slider, 0 to 1."""
        return min(max((value - self.least) / self.span, 0.0), 1.0) if self.span else 0.0


def parameters(scenario: Scenario) -> list[Parameter]:
    """All that the process uses or the analyst wrote, and the numbers of ties and positions."""
    used = {p.name for p in program_of(scenario).parameters}
    found = [
        _of_quantity(scenario, path, quantity)
        for path, quantity in quantities(scenario)
        if path in used or quantity.origin == "scenario"
    ]
    return sorted([*found, *_plain(scenario)], key=lambda p: _order(scenario, p))


def _order(scenario: Scenario, parameter: Parameter) -> tuple[int, str]:
    """Actors as they are written, then mechanisms, then the rest."""
    root, second = parameter.path.split(".")[:2]
    place = {"actors": 0, "ties": 0, "mechanisms": 100}.get(root, 200)
    names = list(scenario.actors)
    owner = parameter.path.split(".")[2] if root == "ties" else second
    return (place + (names.index(owner) if owner in names else 0), parameter.group)


def _of_quantity(scenario: Scenario, path: str, quantity: Quantity) -> Parameter:
    law = quantity.distribution
    low, median, high = (float(x) for x in law.quantile(np.array([0.05, 0.5, 0.95])))
    support = _support(scenario, path)
    least, most = _ends(support, law)
    step = _step(most - least)
    if support and support.open_low:
        least += step
    return Parameter(
        path, _group(scenario, path), parameter_name(scenario, path), least, most, step,
        median, low, high, law.describe(), quantity.standing,
    )  # fmt: skip


def _ends(support: Support | None, law: Any) -> tuple[float, float]:
    """How far a slider goes: over all that is allowed where that is bounded, else well past what
    is likely."""
    floor, ceiling = (support.low, support.high) if support else (-math.inf, math.inf)
    low, high = (float(x) for x in law.quantile(np.array([0.001, 0.999])))
    reach = max(high - low, abs(high), 1e-6)
    least = floor if math.isfinite(floor) else low - reach / 2
    most = ceiling if math.isfinite(ceiling) else high + reach / 2
    return least, most


def _step(span: float) -> float:
    """A round step that cuts the slider into at least so many."""
    raw = span / _STEPS
    power = 10.0 ** math.floor(math.log10(raw)) if raw > 0 else 1.0
    return next(m * power for m in (5.0, 2.0, 1.0) if m * power <= raw * 1.0000001)


def _plain(scenario: Scenario) -> Iterator[Parameter]:
    """Numbers without a distribution: how close ties are, and positions."""
    for kind, first, second, tie in scenario.ties.each():
        if kind in ("alliance", "rivalry"):
            yield _number(scenario, f"ties.{kind}.{first}.{second}.strength", tie.strength, 0.0, 1.0)  # fmt: skip
    for name, actor in scenario.actors.items():
        for dimension, value in actor.positions.items():
            yield _number(scenario, f"actors.{name}.positions.{dimension}", value, -1.0, 1.0)


def _number(scenario: Scenario, path: str, value: float, least: float, most: float) -> Parameter:
    name = parameter_name(scenario, path)
    return Parameter(path, _group(scenario, path), name, least, most, 0.01, value, value, value, f"{value:g}", "stated")  # fmt: skip


def _group(scenario: Scenario, path: str) -> str:
    match path.split("."):
        case ["actors", name, *_] | ["ties", _, name, *_]:
            return scenario.actors[name].name
        case ["mechanisms", name, *_]:
            return f"Mechanism: {spoken(name).lower()}"
        case [root, *_]:
            return spoken(root)
    return ""


def _support(scenario: Scenario, path: str) -> Support | None:
    """What values the field at a path takes."""
    part: Any = scenario
    found: Support | None = None
    for step in path.split("."):
        if isinstance(part, BaseModel):
            info = type(part).model_fields[step]
            found = next((m for m in info.metadata if isinstance(m, Support)), None)
            found = found or _within(info.annotation)
            part = getattr(part, step)
        else:
            part, found = part[step], None
    return found


def _within(annotation: Any) -> Support | None:
    """The support somewhere within a type, such as of `Rate | None`."""
    if isinstance(annotation, Support):
        return annotation
    metadata = getattr(annotation, "__metadata__", ())
    inside = (_within(part) for part in (*metadata, *get_args(annotation)))
    return next((found for found in inside if found), None)
