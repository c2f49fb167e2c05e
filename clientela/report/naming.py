"""Names that can be read: of parameters by their path, of propositions, camps and sources."""

from __future__ import annotations

import re

from pydantic import BaseModel

from clientela.scenario import Scenario


def spoken(name: str) -> str:
    """An id as words: `two-more-visits` is `Two more visits`."""
    words = name.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def actor_or(scenario: Scenario, name: str) -> str:
    """The name of the actor with this id, or the id as words where there is none."""
    return scenario.actors[name].name if name in scenario.actors else spoken(name)


def parameter_name(scenario: Scenario, path: str) -> str:
    """What a parameter is, as a sentence of the model's documentation, and whose it is."""
    owner, described = _owner(scenario, path.split(".")), _described(scenario, path)
    return f"{owner}: {described[:1].lower()}{described[1:]}" if owner else described


def _owner(scenario: Scenario, steps: list[str]) -> str:
    """The actor, the two sides of the tie or the event that a path belongs to."""
    match steps:
        case ["actors", name, *_]:
            return scenario.actors[name].name
        case ["ties", _, first, second, *_]:
            return f"{scenario.actors[first].name} → {scenario.actors[second].name}"
        case ["scheduled", name, *_]:
            return spoken(name)
        case _:
            return ""


def _described(scenario: Scenario, path: str) -> str:
    """The description of the field that a path ends at, or its name as words."""
    part, found = scenario, ""
    for step in path.split("."):
        if isinstance(part, BaseModel):
            found = type(part).model_fields[step].description or ""
            part = getattr(part, step)
        else:
            part, found = part[step], ""
    found = re.sub(r" \(none: [^)]*\)", "", found)  # what holds if it is left out
    return (found or spoken(path.rpartition(".")[2])).rstrip(".")
