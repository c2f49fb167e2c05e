"""Events of organised violence in Iraq by dyad, 2004 to 2014 (UCDP GED; Sundberg & Melander 2013)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np

from clientela.events import days_of, read_events
from validation.command import DataError
from validation.events.attacks import Stretch
from validation.events.models import Events, Terms

HERE = Path(__file__).parents[1] / "data" / "ucdp_ged_iraq"
STRETCH = Stretch("dyads, 2004–14", dt.date(2004, 1, 1), dt.date(2012, 1, 1), dt.date(2014, 12, 31))
DYADS = {
    ("Government of Iraq", "IS"): "state and IS",
    ("IS", None): "IS and civilians",
    ("Government of Iraq", "al-Mahdi Army"): "state and Mahdi Army",
    ("Government of Iraq", "Ansar al-Islam"): "state and Ansar al-Islam",
    ("Government of Iraq", "RJF"): "state and RJF",
}
QUICK, SLOW = (1.0, 7.0, 45.0), (7.0,)
MODELS = (
    Terms("no excitation, constant background"),
    Terms("no excitation, spline", pieces=16),
    Terms("Hawkes, constant background", SLOW),
    Terms("three memories, constant background", QUICK),
    Terms("three memories, spline", QUICK, pieces=16),
    Terms("three memories, spline, refitted", QUICK, pieces=16, refitted=26),
    Terms("no excitation, spline, refitted", pieces=16, refitted=26),
    Terms("… each dyad by itself", QUICK, across=False, pieces=16),
)


def read(folder: Path, seed: int = 1) -> Events:
    """The events of five dyads, each at a random time of the days on which it may have been.

    Events known to the week are in, coarser ones are not. Raises DataError.
    """
    path = folder / "events.csv.gz"
    if not path.exists():
        raise DataError(f"{path}: there is no such file; give its folder with --dyads")
    table, _ = read_events(path, since=STRETCH.first, until=STRETCH.last, precision=3)
    table = days_of(table, STRETCH.first)
    names = {pair: k for k, pair in enumerate(DYADS)}
    pairs = list(zip(table["actor"], table["target"], strict=True))
    kept = np.array([pair in names for pair in pairs])
    kind = np.array([names[pair] for pair, keep in zip(pairs, kept, strict=True) if keep])
    begins, ends = (table[c].to_numpy()[kept] for c in ("begins", "ends"))
    day = begins + (ends - begins) * np.random.default_rng(seed).random(len(kind))
    order = np.argsort(day)
    days = float((STRETCH.last - STRETCH.first).days + 1)
    return Events(tuple(DYADS.values()), (), kind[order], day[order], days)
