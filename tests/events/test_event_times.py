"""Windows in days, times that are drawn only where they are asked for, and the log."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from event_files import UCDP, ucdp, written

from clientela.events import LogError, days_of, read_events, spread, write_log

ORIGIN = dt.date(2030, 1, 1)


@pytest.fixture
def table(tmp_path: Path) -> pl.DataFrame:
    return read_events(written(tmp_path, UCDP))[0]


def many(tmp_path: Path, count: int, offset: int = 0) -> pl.DataFrame:
    """Events of one day, all of them ties."""
    rows = [
        (offset + i, 1, "A", "B", "", "", "Arvenia", 1, "2030-01-11", "2030-01-11", 0, 1)
        for i in range(count)
    ]
    return read_events(written(tmp_path, ucdp(rows), f"{offset}.csv"))[0]


def test_a_window_is_from_the_first_day_to_the_end_of_the_last(table: pl.DataFrame):
    assert days_of(table, ORIGIN).select("begins", "ends").rows() == [(4, 5), (5, 8), (31, 59)]


def test_times_lie_in_their_windows_in_order_and_are_the_same_again(table: pl.DataFrame):
    timed = days_of(spread(table, 1, ORIGIN), ORIGIN)
    assert timed.filter((pl.col("time") < pl.col("begins")) | (pl.col("time") >= pl.col("ends"))).is_empty()  # fmt: skip
    assert timed["time"].is_sorted()
    assert spread(table, 1, ORIGIN).equals(spread(table, 1, ORIGIN))
    assert not spread(table, 2, ORIGIN).equals(spread(table, 1, ORIGIN))


def test_a_time_does_not_depend_on_what_else_is_read(tmp_path: Path):
    few, more = many(tmp_path, 5), pl.concat([many(tmp_path, 5), many(tmp_path, 50, 100)])
    alone = dict(spread(few, 1, ORIGIN).select("id", "time").iter_rows())
    among = dict(spread(more, 1, ORIGIN).select("id", "time").iter_rows())
    assert alone.items() <= among.items()


def test_times_of_one_day_are_uniform(tmp_path: Path):
    times = spread(many(tmp_path, 4000), 3, ORIGIN)["time"] - 10
    assert times.n_unique() == 4000
    # Kolmogorov's distance, of which 1.95 / sqrt(n) is passed once in a thousand times.
    ranks = pl.Series(range(1, 4001)) / 4000
    assert float((times.sort() - ranks).abs().max()) < 1.95 / 4000**0.5


def test_events_that_nothing_tells_apart_have_times_of_their_own(tmp_path: Path):
    table, _ = read_events(written(tmp_path, "date,killed\n" + "2030-01-05,1\n" * 3))
    assert spread(table, 1, ORIGIN)["time"].n_unique() == 3


def test_the_log_has_a_row_for_each_event_and_is_read_again(tmp_path: Path, table: pl.DataFrame):
    path = tmp_path / "new" / "log.csv"
    write_log(table, path)
    assert path.read_text().splitlines()[:2] == [
        "date,until,actor,target,kind,killed,id",
        "2030-01-05,2030-01-05,Government of Arvenia,National Front,clash,7,11",
    ]
    again, report = read_events(path)
    assert again.drop("place").equals(table.drop("place"))
    assert report.kept == report.rows == table.height
    write_log(spread(table, 1, ORIGIN), path)
    assert pl.read_csv(path)["time"].to_list() == spread(table, 1, ORIGIN)["time"].to_list()
    assert [file.name for file in path.parent.iterdir()] == ["log.csv"]


def test_what_is_no_log_is_not_replaced(tmp_path: Path, table: pl.DataFrame):
    path = tmp_path / "mine.csv"
    path.write_text("date,until\n")
    for other in (path, tmp_path):
        with pytest.raises(LogError, match="is there already and no log of events; choose another"):
            write_log(table, other)
    with pytest.raises(LogError, match="cannot be written"):
        write_log(table, path / "log.csv")
    assert path.read_text() == "date,until\n"
