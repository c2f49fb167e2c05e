"""Formations as cases, from the table of Golder (2010)."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from validation.command import DataError

GOLDER, MARTIN_VANBERG = "govtform.csv", "martinvanberg.csv"
HERE = Path(__file__).parents[3] / "shared" / "data" / "formation_duration"


@dataclass(frozen=True)
class Case:
    """A government that took office. `days` are whole ones; `date` is when it took office.

    Known beforehand: whether it was formed after an election, the effective number of
    parliamentary parties, whether one party has a majority of seats, the parties' polarization
    (None: no data), and of the country whether its governments go on by rule until they resign
    (`continuation`) and whether they need a vote to take office (`investiture`).
    """

    country: str
    date: datetime.date
    days: int
    post_election: bool
    parties: float
    majority: bool
    polarization: float | None
    continuation: bool
    investiture: bool


def cases(folder: Path) -> list[Case]:
    """All formations whose duration and parties are known, by country and date.

    A formation within the day is 0.01 days in the table, and 0 here. All dates are of the 1900s.
    """
    found = []
    for row in rows(folder / GOLDER):
        if not (row["bargainingdays"] and row["legislative_parties"]):
            continue
        stamp = int(row["datein"])
        found.append(
            Case(
                country=row["countryname"],
                date=datetime.date(1900 + stamp // 10_000, stamp // 100 % 100, stamp % 100),
                days=round(float(row["bargainingdays"])),
                post_election=row["postelection"] == "1",
                parties=float(row["legislative_parties"]),
                majority=row["singleparty_majority"] == "1",
                polarization=float(row["polarization"]) if row["polarization"] else None,
                continuation=row["continuation"] == "1",
                investiture=float(row["positive_parl"]) == 1.0,
            )
        )
    return sorted(found, key=lambda case: (case.country, case.date))


def same_kind(case: Case, history: Sequence[Case]) -> list[Case]:
    """Those of earlier formations that were, like this one, after an election or within a term."""
    return [c for c in history if c.post_election == case.post_election]


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a table. Raises DataError if it is not there."""
    if not path.is_file():
        raise DataError(f"{path}: no such file; give the folder that holds {GOLDER} and {MARTIN_VANBERG} with --data")  # fmt: skip
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def complete(path: Path, outcome: str, covariates: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """(x, durations) of the rows of a table in which nothing is missing."""
    whole = [r for r in rows(path) if all(r[name] for name in [outcome, *covariates])]
    x = np.array([[float(r[name]) for name in covariates] for r in whole])
    return x, np.array([float(r[outcome]) for r in whole])
