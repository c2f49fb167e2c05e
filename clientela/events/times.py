"""When within its window an event was: nothing is said of that unless it is asked for."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter

import polars as pl


def days_of(table: pl.DataFrame, origin: dt.date) -> pl.DataFrame:
    """The table with `begins` and `ends`, each event's window in days since `origin`.

    An event was at some time from the start of its first possible day to the end of its last, so
    that events of one day are ties. Which came first is not told.
    """
    return table.with_columns(
        begins=(pl.col("date") - origin).dt.total_days().cast(pl.Float64),
        ends=(pl.col("until") - origin).dt.total_days().cast(pl.Float64) + 1.0,
    )


def spread(table: pl.DataFrame, seed: int, origin: dt.date) -> pl.DataFrame:
    """The table with `time`, days since `origin`, uniform in each event's window, in its order.

    The time depends on the seed, the id and the window alone, and so not on what else is read;
    where there is no id, what is known of the event stands for it, with a number for each repeat.
    """
    repeats: Counter[str] = Counter()
    times: list[float] = []
    for row in days_of(table, origin).iter_rows(named=True):
        begins, ends = row.pop("begins"), row.pop("ends")
        key = row["id"]
        if key is None:
            what = repr([str(value) for value in row.values()])
            repeats[what] += 1
            key = f"{what} {repeats[what]}"
        times.append(begins + _uniform(seed, key) * (ends - begins))
    timed = table.with_columns(time=pl.Series(times, dtype=pl.Float64))
    return timed.sort("time", maintain_order=True)


def _uniform(seed: int, key: str) -> float:
    """A number from 0 to less than 1 that the seed and the key decide."""
    digest = hashlib.blake2b(f"{seed} {key}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "little") >> 11) * 2.0**-53
