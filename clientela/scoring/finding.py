"""Which file says what came true for a scenario."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from clientela.reading import Problem, ReadingError, Tree, unknown
from clientela.scenario import Scenario, bundled
from clientela.scoring.outcomes import Outcomes, outcome_problems, read_outcomes

_Read = tuple[Outcomes, Tree]


def outcomes_for(scenarios: Sequence[Scenario], files: Sequence[Path] = ()) -> list[Outcomes]:
    """What came true for each of the scenarios, in their order.

    A file is for the scenario that its `scenario` names, or without that for the only one there is.
    A scenario without a file has the one that lies beside it under the name of its `outcomes`, or
    `outcomes.yaml`; a run of a bundled scenario, that of the bundle. Raises ReadingError with every
    problem.
    """
    names = [*dict.fromkeys(scenario.scenario for scenario in scenarios)]
    given, problems = _read(files)
    problems += _misplaced(given, names)
    if problems:
        raise ReadingError(problems)
    by_name = {outcomes.scenario or names[0]: (outcomes, tree) for outcomes, tree in given}
    known: dict[Path, _Read] = {}
    found = []
    for scenario in scenarios:
        if scenario.scenario in by_name:
            outcomes, tree = by_name[scenario.scenario]
        else:
            path = _beside(scenario)
            if path not in known:
                known[path] = read_outcomes(path)
            outcomes, tree = known[path]
        problems += outcome_problems(outcomes, tree, scenario)
        found.append(outcomes)
    if problems:
        raise ReadingError(problems)
    return found


def _read(files: Sequence[Path]) -> tuple[list[_Read], list[Problem]]:
    given, problems = [], []
    for file in files:
        try:
            given.append(read_outcomes(file))
        except ReadingError as error:
            problems += error.problems
    return given, problems


def _misplaced(given: Sequence[_Read], names: Sequence[str]) -> Iterator[Problem]:
    """Files that are for no scenario, for one that has a file, or for nobody knows which."""
    taken: dict[str, str] = {}
    for outcomes, tree in given:
        if outcomes.scenario is None and len(names) > 1:
            message = f"say with 'scenario: NAME' which of {', '.join(names)} it is for"
            yield tree.problem((), message)
            continue
        name = outcomes.scenario or names[0]
        if name not in names:
            yield tree.problem(("scenario",), unknown("target of the scenario", name, names))
        elif name in taken:
            yield tree.problem(
                (), f"is for {name}, for which there is {taken[name]}; leave one out"
            )
        taken.setdefault(name, tree.file)


def _beside(scenario: Scenario) -> Path:
    """The file that lies with the scenario. Raises ReadingError if there is none."""
    name = scenario.outcomes or "outcomes.yaml"
    # A run's folder holds the scenario, and not what came true after it.
    places = [scenario.source, bundled().get(scenario.scenario)]
    tried = [place.parent / name for place in places if place is not None]
    for path in tried:
        if path.is_file():
            return path
    message = f"there is no file of what came true at {' or '.join(map(str, tried))}; give one with --outcomes FILE"
    raise ReadingError([Problem(scenario.scenario, 0, 0, "", message)])
