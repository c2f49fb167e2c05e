"""Attacks on the coalition in Iraq by type, January 2006 to March 2008, airstrikes and special
operations as exogenous events (Papadogeorgou, Imai, Lyall & Li 2022, doi:10.1111/rssb.12548).

There are no data from October 2006 to 22 February 2007, so there are two stretches, each fitted to
its beginning and judged by its end.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from validation.command import DataError
from validation.events.models import Events, Terms

HERE = Path(__file__).parents[1] / "data" / "iraq_attacks"
TYPES = ("IED", "SAF", "other")
GIVEN = ("Airstrike", "SOF")


@dataclass(frozen=True)
class Stretch:
    """Days with data, and the day from which they are held out."""

    name: str
    first: dt.date
    split: dt.date
    last: dt.date


STRETCHES = (
    Stretch("attacks, 2006", dt.date(2006, 1, 1), dt.date(2006, 7, 31), dt.date(2006, 9, 30)),
    Stretch("attacks, 2007–8", dt.date(2007, 2, 23), dt.date(2007, 12, 1), dt.date(2008, 3, 31)),
)
QUICK, SLOW = (0.5, 3.0, 14.0, 60.0), (3.0,)
MODELS = (
    Terms("no excitation, constant background"),
    Terms("no excitation, spline", pieces=10),
    Terms("Hawkes, constant background", SLOW, given=False),
    Terms("four memories, constant background", QUICK, given=False),
    Terms("four memories, spline", QUICK, pieces=10, given=False),
    Terms("… and airstrikes and operations", QUICK, pieces=10),
    Terms("… each type by itself", QUICK, across=False, pieces=10, given=False),
    Terms("four memories, spline, refitted", QUICK, pieces=10, given=False, refitted=4),
    Terms("no excitation, spline, refitted", pieces=10, refitted=4),
)


def read(folder: Path, stretch: Stretch, seed: int = 1) -> Events:
    """The events of one stretch, each at a random time of its day. Raises DataError."""
    path = folder / "daily.csv"
    if not path.exists():
        raise DataError(f"{path}: there is no such file; give its folder with --attacks")
    table = pl.read_csv(path, try_parse_dates=True)
    table = table.filter(pl.col("date").is_between(stretch.first, stretch.last))
    table = table.select(pl.col("date", "type").repeat_by("count").explode())
    number = {name: k for k, name in enumerate((*TYPES, *GIVEN))}
    random = np.random.default_rng(seed)
    day = (table["date"] - stretch.first).dt.total_days().to_numpy() + random.random(table.height)
    kind = table["type"].replace_strict(number, return_dtype=pl.Int64).to_numpy()
    order = np.argsort(day)
    days = float((stretch.last - stretch.first).days + 1)
    return Events(TYPES, GIVEN, kind[order], day[order], days)
