"""A parliament by name or file: a chamber by itself, or that of a scenario."""

from __future__ import annotations

from pathlib import Path

from clientela.chamber.files import bundled_chambers, load_chamber
from clientela.chamber.parliament import Parliament, parliament_of
from clientela.reading import Problem, ReadingError, read_yaml, suggestion
from clientela.scenario import bundled


def find_parliament(target: str) -> Parliament:
    """The parliament in a file, or of the bundled chamber or scenario of that name.

    A file that begins a scenario is read as one. Raises ReadingError with every problem, and
    ValueError for a scenario without a chamber.
    """
    path = Path(target)
    if target in bundled_chambers():
        return load_chamber(target)
    if target in bundled():
        return _of_scenario(target)
    if path.is_file():
        if "scenario" in (read_yaml(path).data or {}):
            return _of_scenario(target)
        return load_chamber(path)
    known = [*bundled_chambers(), *bundled()]
    hint = suggestion(target, known) or f"; bundled: {', '.join(known)}"
    message = f"there is no such file, and no bundled chamber or scenario of that name{hint}"
    raise ReadingError([Problem(target, 0, 0, "", message)])


def _of_scenario(target: str) -> Parliament:
    # The settings of mechanisms are checked with those that are registered.
    from clientela.api import load

    return parliament_of(load(target))
