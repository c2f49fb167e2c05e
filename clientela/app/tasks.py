"""What worker processes do: each a function of plain arguments that gives a plain result.

A worker keeps what it has read, so that the second question about a file costs only the answer.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clientela.analysis.checking import (
    Findings,
    check_scenario,
    explosion_message,
    refuse_explosion,
)
from clientela.analysis.explaining import explain
from clientela.analysis.explanation import Explanation
from clientela.analysis.forecast import open_run, program_of, run
from clientela.analysis.glance import Glance, glance
from clientela.api import reader
from clientela.chamber.parliament import parliament_of
from clientela.chamber.survey import Survey, survey
from clientela.engine import prepare
from clientela.process import ProcessError
from clientela.reading import Problem, ReadingError
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
    asked: Variation, draws: int, seed: int, folder: Path, progress: Callable[[int, int], None]
) -> None:
    """A run into its folder; what is there already is taken up."""
    scenario = scenario_of(asked)
    refuse_explosion(scenario)
    run(scenario, draws=draws, seed=seed, out=folder, progress=progress)
