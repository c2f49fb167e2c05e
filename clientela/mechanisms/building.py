"""From a scenario to its process: each mechanism adds its part, then past and schedule."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel

from clientela.mechanisms.drafting import REGISTRY, Draft, Settings, Values, coefficient
from clientela.process import Process, ProcessError
from clientela.reading import Problem, ReadingError
from clientela.scenario import Scenario


def settings_models() -> dict[str, type[BaseModel]]:
    """The settings model of every registered mechanism, in the order they are built."""
    return {name: mechanism.settings for name, mechanism in REGISTRY.items()}


def completed(scenario: Scenario) -> Scenario:
    """The scenario, its mechanisms' settings with the defaults that follow from other parts of it.

    Raises ReadingError if a branch or the user has changed a setting that nothing asks for.
    """
    for name, settings in scenario.mechanisms.items():
        if isinstance(settings, Settings):
            _refuse_unasked(scenario, name, settings)
            scenario.mechanisms[name] = settings.completed(scenario)
    return scenario


def _refuse_unasked(scenario: Scenario, name: str, settings: Settings) -> None:
    """Raises ReadingError for changes to what the mechanism's strategy in force does not ask for.

    What the file itself writes may stay, so that a change of the strategy alone is a what-if.
    """
    branch = scenario.branches[scenario.branch].set if scenario.branch else {}
    changed = [(t, scenario.problem(("branches", str(scenario.branch), "set", t), "")) for t in branch]  # fmt: skip
    changed += [(target, Problem(f"--set {target}", 0, 0, "", "")) for target in scenario.changes]
    path = f"mechanisms.{name}"
    problems = [
        replace(
            at,
            message=f"{target.removeprefix(path + '.')} is not asked for with {path}.strategy: "
            f"{getattr(settings, 'strategy', '')}; remove it, or change the strategy",
        )
        for target, at in changed
        for setting in settings.unasked
        if f"{target}.".startswith(f"{path}.{setting}.")
    ]
    if problems:
        raise ReadingError(problems)


def build(scenario: Scenario) -> Process:
    """The scenario's process. Raises ReadingError or ProcessError if parts do not fit together."""
    active = [name for name in REGISTRY if name in scenario.active]
    process = Process(float(scenario.days), scenario.scenario)
    process.beliefs = scenario.credences.beliefs if scenario.credences else ()
    draft = Draft(scenario, process, frozenset(active))
    for name in active:
        settings = Values(scenario.mechanisms[name], f"mechanisms.{name}")
        REGISTRY[name].add(draft, settings)
    whole = len(active) == len(REGISTRY)
    _history(scenario, process, whole)
    _schedule(scenario, process, whole)
    return process


def _history(scenario: Scenario, process: Process, whole: bool) -> None:
    for name, past in scenario.past.items():
        if past.event not in process.events and not whole:
            continue  # it belongs to a mechanism that is switched off
        _known(scenario, process, past.event, ("past", name, "event"))
        day = float((past.date - scenario.as_of).days)
        groups = {outcome.name for outcome in process.events[past.event].outcomes}
        taken = {g: b for g, b in past.outcome.items() if whole or g in groups}
        process.happened(past.event, day, taken, past.killed)


def _schedule(scenario: Scenario, process: Process, whole: bool) -> None:
    for name, coming in scenario.scheduled.items():
        if coming.event not in process.events and not whole:
            continue
        _known(scenario, process, coming.event, ("scheduled", name, "event"))
        if coming.after is not None:
            after = coefficient(coming.after, f"scheduled.{name}.after", shared=False)
            process.at(coming.event, after)
        else:
            assert coming.date is not None
            # The end of the date: a deadline has to pass before it can be acted on.
            process.at(coming.event, float((coming.date - scenario.as_of).days) + 1.0 - 1e-6)


def _known(scenario: Scenario, process: Process, event: str, path: tuple[str, ...]) -> None:
    try:
        process.find_event(event)
    except ProcessError as error:
        raise ReadingError([scenario.problem(path, str(error))]) from None


def load_plugin(path: Path | str) -> None:
    """Imports a Python file in which mechanisms register themselves.

    Raises FileNotFoundError if it does not exist, and whatever the file itself raises.
    """
    path = Path(path).resolve()
    name = f"clientela_plugin_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.exists():
        raise FileNotFoundError(f"{path}: there is no such Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
