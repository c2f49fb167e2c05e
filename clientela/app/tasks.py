"""What worker processes do: each a function of plain arguments that gives a plain result.

A worker keeps what it has read, so that the second question about a file costs only the answer.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clientela.analysis.checking import (
    Findings,
    check_scenario,
    explosion_message,
    refuse_explosion,
)
from clientela.analysis.comparing import differences
from clientela.analysis.differences import Difference, apart
from clientela.analysis.explaining import explain
from clientela.analysis.explanation import Explanation
from clientela.analysis.forecast import open_run, program_of, run
from clientela.analysis.glance import Glance, glance
from clientela.api import reader
from clientela.app.parameters import Parameter, parameters
from clientela.chamber.parliament import parliament_of
from clientela.chamber.survey import Survey, survey
from clientela.engine import prepare
from clientela.process import ProcessError
from clientela.reading import Problem, ReadingError
from clientela.report.exports import export
from clientela.scenario import Scenario


@dataclass(frozen=True)
class Variation:
    """A scenario's file, as it stood at `stamp`, and what is set beside it.

    `changes` is JSON of values by path: text is taken as YAML.
    """

    file: Path
    stamp: str
    branch: str | None = None
    changes: str = "{}"
    without: tuple[str, ...] = ()
    without_sources: tuple[str, ...] = ()

    def with_changes(self, changes: Mapping[str, Any]) -> Variation:
        """The same with these values set."""
        text = json.dumps(changes, sort_keys=True)
        return Variation(self.file, self.stamp, self.branch, text, self.without, self.without_sources)  # fmt: skip


@functools.lru_cache(maxsize=8)
def _reader(file: Path, stamp: str) -> Any:
    return reader(file)


@functools.lru_cache(maxsize=8)
def scenario_of(asked: Variation) -> Scenario:
    """The scenario with its branch and changes. Raises ReadingError."""
    return _reader(asked.file, asked.stamp)(
        branch=asked.branch,
        changes=json.loads(asked.changes),
        without=asked.without,
        without_sources=asked.without_sources,
    )


def warm(file: Path, stamp: str) -> None:
    """Reads a scenario and compiles what drawing takes, so that the first answer comes at once."""
    prepare(program_of(scenario_of(Variation(file, stamp))))


def looked_at(asked: Variation, draws: int, seed: int, first: int) -> Glance:
    """A part of a glance."""
    return glance(scenario_of(asked), draws, seed, first=first)


def movable(asked: Variation) -> list[Parameter]:
    """The values of a scenario that can be moved."""
    return parameters(scenario_of(asked))


def event_names(asked: Variation) -> list[str]:
    """What can happen in a scenario, by name."""
    return list(program_of(scenario_of(asked)).event_names)


def differing(base: Path, other: Path) -> list[Difference]:
    """How the answers of two runs differ: by shared chance where they were drawn alike, else as
    two samples of their own."""
    one, two = open_run(base), open_run(other)
    alike = one.seed == two.seed and one.draws == two.draws
    return differences(one, two) if alike else apart(one.answers, two.answers)


def exported(folder: Path, what: str, path: Path) -> None:
    """Writes a part of a run for other tools."""
    export(open_run(folder), what, path)


def surveyed(asked: Variation, top: int) -> Survey:
    """The parliament of a scenario. Raises ValueError if it has none, or nobody could govern."""
    return survey(parliament_of(scenario_of(asked)), top)


def explained(folder: Path, questions: tuple[str, ...] | None) -> list[Explanation]:
    """What the answers of a run hang on."""
    return explain(open_run(folder), questions)


@dataclass(frozen=True)
class Checked:
    """What `check` says of a text: problems with their places, or what was found."""

    problems: tuple[Problem, ...]
    findings: Findings | None = None
    warning: str = ""


def checked(file: Path, texts: Mapping[Path, str]) -> Checked:
    """The check of a scenario whose files are being edited."""
    try:
        scenario = reader(file, texts)()
        found = check_scenario(scenario)
    except ReadingError as error:
        return Checked(tuple(error.problems))
    except ProcessError as error:
        return Checked((Problem(str(file), 0, 0, "", str(error)),))
    warning = explosion_message(scenario, found.stability) if found.explodes else ""
    return Checked((), found, warning)


def drawn(
    asked: Sequence[tuple[Variation, Path]],
    draws: int,
    seed: int,
    progress: Callable[[int, int], None],
) -> None:
    """A run of each into its folder; what is there already is taken up."""
    scenarios = [(scenario_of(one), folder) for one, folder in asked]
    for scenario, _ in scenarios:
        refuse_explosion(scenario)
    for number, (scenario, folder) in enumerate(scenarios):
        before, total = number * draws, draws * len(scenarios)
        run(
            scenario, draws=draws, seed=seed, out=folder,
            progress=lambda done, _, before=before, total=total: progress(before + done, total),
        )  # fmt: skip
