"""Forecasts to be scored, read back from the folders of runs and updates."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os.path
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clientela.analysis import Answer, Forecast, open_run
from clientela.analysis.updating import UPDATE
from clientela.engine import RunFolder, StoreError
from clientela.scenario import Scenario, bundled


@dataclass(frozen=True)
class Series:
    """A scenario's forecasts under the name of where they were found, in order of their dates.

    A run is a series of one; an update has one for each day on which it gave answers.
    """

    name: str
    forecasts: tuple[Forecast, ...]

    @property
    def scenario(self) -> Scenario:
        """The scenario whose forecasts these are."""
        return self.forecasts[0].scenario

    @property
    def first(self) -> Forecast:
        """The forecast that had seen least."""
        return self.forecasts[0]


def date_of(forecast: Forecast) -> dt.date:
    """The day up to which a forecast knew what had happened."""
    return forecast.gone_on or forecast.scenario.as_of


def days_past(forecast: Forecast) -> int:
    """How many of the days that are asked about were over, the first being that of `as_of`.

    On its own date a scenario knows nothing yet of that day; an update knows its day to the end.
    """
    past = (date_of(forecast) - forecast.scenario.as_of).days
    return past + 1 if past else 0


def series_in(target: str) -> Series | None:
    """The forecasts in a folder of a run or an update; None if the target is no such folder.

    Raises StoreError for a folder that holds neither, and for a run that cannot be read or is no
    forecast.
    """
    folder = Path(target)
    if not os.path.isdir(target):  # which no name is too long or too strange for
        return None
    if (folder / "manifest.json").exists():
        return Series(target, (_opened(folder),))
    if target in bundled() or (folder / "scenario.yaml").exists():
        return None
    days = _days(folder)
    if not days:
        raise StoreError(
            f"{folder}: holds neither a run nor the runs of an update, by date; make one with: "
            f"clientela run NAME --out DIR"
        )
    first = _opened(days[0])
    return Series(target, (first, *(_of_day(first, day) for day in days[1:])))


def _days(folder: Path) -> list[Path]:
    """The sub-folders that are named by a date and hold a run, in order of the dates."""
    inside = sorted(path.parent for path in folder.glob("*/manifest.json"))
    return [path for path in inside if _is_date(path.name)]


def _is_date(name: str) -> bool:
    try:
        return str(dt.date.fromisoformat(name)) == name
    except ValueError:
        return False


@contextmanager
def _damage(folder: Path) -> Iterator[None]:
    """Turns what a manifest or answers lack into one message."""
    try:
        yield
    except (AttributeError, KeyError, TypeError) as error:
        raise StoreError(
            f"{folder}: holds no run that can be read ({type(error).__name__}: {error}); draw it anew"
        ) from error


def _opened(folder: Path) -> Forecast:
    """The run's forecast. Raises StoreError if it has none, or is a branch from a day."""
    with _damage(folder):
        forecast = open_run(folder)
        went_on = forecast.folder.manifest()["identity"].get("gone_on", "").split()
    if went_on and UPDATE not in went_on:
        raise StoreError(
            f"{folder}: is a branch from {went_on[0]}, a what-if and no forecast; score the run "
            "that it came from"
        )
    return forecast


def _of_day(first: Forecast, path: Path) -> Forecast:
    """The forecast of another day of an update. The scenario, which takes long to read, is that of
    the first."""
    folder = RunFolder(path)
    with _damage(path):
        manifest, known = folder.manifest(), first.folder.manifest()
        if not manifest["finished"]:
            raise StoreError(
                f"{path}: the run there was interrupted; finish it with the same 'clientela update'"
            )
        if manifest["scenario_digest"] != known["scenario_digest"]:
            raise StoreError(
                f"{path}: holds a run of something else than {first.folder.path}; expected the "
                "folder that one 'clientela update' wrote"
            )
        answers = [Answer.from_stored(stored) for stored in folder.read("answers.json")["answers"]]
        day = manifest["gone_on"]
        return dataclasses.replace(
            first, answers=answers, draws=manifest["draws"], folder=folder,
            gone_on=dt.date.fromisoformat(day) if day else None,
        )  # fmt: skip
