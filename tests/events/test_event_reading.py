"""Every row is kept or counted under one rule, as a slow and obvious reader does it."""

from __future__ import annotations

import csv
import datetime as dt
import re
import tempfile
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from event_files import SAMPLES, UCDP, ucdp, written
from hypothesis import given
from hypothesis import strategies as st

from clientela.events import FORMATS, ReadReport, files, read_events
from clientela.events.report import RULES
from clientela.reading import ReadingError

IRAQ = Path(__file__).parents[2].parent / "shared/data/ucdp_ged_iraq/ged_iraq_1989_2014.csv"

# -- the slow reader --------------------------------------------------------------------------


def slowly(path: Path, **asked) -> tuple[list[tuple], Counter[str]]:
    """UCDP events by the csv module, row by row: what is kept, in order, and counts by rule."""
    kept: list[tuple] = []
    counts: Counter[str] = Counter()
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rule, event = slow_row(row, **asked)
            if rule:
                counts[rule] += 1
            else:
                kept.append(event)
    once: dict[str, tuple] = {}
    for event in sorted(kept, key=lambda e: [(v is None, v) for v in e]):
        if event[6] in once:
            counts["duplicate"] += 1
        else:
            once[event[6]] = event[:8]
    return list(once.values()), counts


def slow_row(row, countries=(), since=None, until=None, precision=4, aliases=None):
    kind = {"1": "clash", "2": "clash", "3": "attack"}.get(row["type_of_violence"].split(".")[0])
    if kind is None:
        return "no-violence", None
    if countries and row["country"].lower() not in [c.lower() for c in countries]:
        return "country", None
    try:
        first, last = (dt.date.fromisoformat(row[c][:10]) for c in ("date_start", "date_end"))
    except ValueError:
        return "date", None
    if last < first:
        return "date", None
    if int(float(row["date_prec"])) > precision:
        return "precision", None
    if (since and first < since) or (until and last > until):
        return "dates", None
    names = [row["side_a"], row["side_b"]]
    nobody = re.compile(r"(?i)civilians|unidentified.*|unk|$")
    sides = [None if nobody.fullmatch(n) and n not in (aliases or {}) else n for n in names]
    ids = sides
    if aliases is not None:
        if any(n is not None and n in aliases and aliases[n] is None for n in sides):
            return "ignored", None
        if any(n is not None and n not in aliases for n in sides):
            return "unmapped", None
        ids = [n and aliases[n] for n in sides]
        if ids[0] is not None and ids[0] == ids[1]:
            return "itself", None
    killed = int(float(row["best"])) if row["best"] else None
    number = re.sub(r"\.0$", "", row["id"])
    return None, (first, last, *ids, kind, killed, number, row["country"], *sides)


# -- rows and questions -----------------------------------------------------------------------

DATES = st.one_of(
    st.dates(dt.date(2030, 1, 1), dt.date(2030, 3, 31)).map(str),
    st.just("2030-02-30"),
    st.just("x"),
)
NAMES = st.sampled_from(
    ["Home Guards", "National Front", "Civilians", "UNK", 'The "League"', "Güler"]
)
ROW = st.tuples(
    st.integers(1, 12), st.sampled_from(["1", "2", "3", "1.0", "4"]), NAMES, NAMES,
    st.just("1.5"), st.just("2.5"), st.sampled_from(["Arvenia", "Varen"]), st.integers(1, 5),
    DATES, DATES, st.just("0"), st.sampled_from(["", "0", "7", "3.0"]),
)  # fmt: skip
ROWS = st.lists(ROW, min_size=1, max_size=30)
ASKED = st.fixed_dictionaries(
    {},
    optional={
        "countries": st.sampled_from([["arvenia"], ["Varen"], ["Arvenia", "Varen"]]),
        "since": st.dates(dt.date(2030, 1, 1), dt.date(2030, 2, 15)),
        "until": st.dates(dt.date(2030, 2, 15), dt.date(2030, 3, 31)),
        "precision": st.integers(1, 5),
        "aliases": st.dictionaries(NAMES, st.sampled_from(["guards", "front", None])),
    },
)


def read(rows, **asked) -> tuple[pl.DataFrame, ReadReport]:
    with tempfile.TemporaryDirectory() as folder:
        return read_events(written(Path(folder), ucdp(rows)), **asked)


def counted(report: ReadReport) -> Counter[str]:
    return Counter({each.rule: each.rows for each in report.dropped if each.rows})


@given(rows=ROWS, asked=ASKED)
def test_the_fast_reader_does_what_the_slow_one_does(rows, asked):
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), ucdp(rows))
        table, report = read_events(path, **asked)
        kept, counts = slowly(path, **asked)
    assert sorted(table.rows(), key=repr) == sorted(kept, key=repr)
    assert counted(report) == counts


@given(rows=ROWS, asked=ASKED)
def test_kept_and_dropped_make_up_the_rows(rows, asked):
    table, report = read(rows, **asked)
    assert report.rows == len(rows)
    assert report.kept == table.height
    assert report.kept + sum(each.rows for each in report.dropped) == report.rows
    assert [each.rule for each in report.dropped] == list(RULES)


@given(rows=ROWS, asked=ASKED, data=st.data())
def test_the_order_of_rows_does_not_matter(rows, asked, data):
    other = data.draw(st.permutations(rows))
    table, report = read(rows, **asked)
    again, as_well = read(other, **asked)
    assert table.equals(again)
    assert counted(report) == counted(as_well)
    assert report.unmapped == as_well.unmapped


@given(rows=ROWS, asked=ASKED)
def test_filtering_later_gives_the_same(rows, asked):
    # A number stands for one event here, as it should in the data.
    rows = list({row[0]: row for row in rows}.values())
    asked.pop("aliases", None)
    later, _ = read(rows, precision=asked.get("precision", 4))
    for side, name in (("since", "date"), ("until", "until")):
        if side in asked:
            beyond = pl.col(name) >= asked[side] if side == "since" else pl.col(name) <= asked[side]
            later = later.filter(beyond)
    if "countries" in asked:
        wanted = [country.lower() for country in asked["countries"]]
        later = later.filter(pl.col("place").str.to_lowercase().is_in(wanted))
    assert read(rows, **asked)[0].equals(later)


@given(rows=ROWS, cut=st.integers(0, 30))
def test_one_file_or_two_is_the_same(rows, cut):
    with tempfile.TemporaryDirectory() as folder:
        parts = [rows[:cut], rows[cut:]]
        files = [written(Path(folder), ucdp(part), f"{i}.csv") for i, part in enumerate(parts)]
        whole = written(Path(folder), ucdp(rows), "whole.csv")
        one, two = read_events(whole), read_events(files)
    assert one[0].equals(two[0])
    assert counted(one[1]) == counted(two[1])


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("size", [1, 60, 150])
def test_where_blocks_end_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, size: int
):
    path = written(tmp_path, SAMPLES[name] + "\n\n")
    whole = read_events(path)
    monkeypatch.setattr(files, "BLOCK", size)
    parts = [*files.blocks(path, FORMATS[name].quote)]
    assert len(parts) > 1
    assert b"".join(parts) == path.read_bytes()
    table, report = read_events(path)
    assert table.equals(whole[0])
    assert report == whole[1]


def test_a_row_without_an_end_is_not_gathered_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(files, "BLOCK", 60)
    monkeypatch.setattr(files, "LONGEST_ROW", 300)
    path = written(tmp_path, UCDP.replace("Varen", '"Varen') + UCDP.partition("\n")[2] * 9)
    with pytest.raises(ReadingError, match=r":4:1: the quotation marks of this row are not in"):
        read_events(path)


# -- rules one by one -------------------------------------------------------------------------


def test_rows_that_cannot_be_read_are_counted_and_the_first_is_placed(tmp_path: Path):
    text = UCDP + "\n" + UCDP.splitlines()[1].replace("11.0", "90") + ",1,2\n"
    path = written(tmp_path, text)
    _, report = read_events(path)
    assert (report.count("unparsed"), report.count("date"), report.count("precision")) == (2, 1, 1)
    first = {each.rule: each.first for each in report.dropped if each.first}
    # The text of the third row takes two lines.
    assert first == {"unparsed": f"{path}:9", "date": f"{path}:7: '2030-02-30 to 2030-02-30'"}


def test_an_id_stands_for_one_event(tmp_path: Path):
    _, report = read_events(written(tmp_path, UCDP))
    assert report.count("duplicate") == 1


def test_without_ids_the_same_day_sides_and_number_are_one_event(tmp_path: Path):
    rows = "2030-01-05,A,B,2\n2030-01-05,A,B,2\n2030-01-05,A,B,3\n2030-01-05,,B,2\n2030-01-05,UNK,B,2\n"
    table, report = read_events(written(tmp_path, "date,actor,target,killed\n" + rows))
    assert (report.kept, report.count("duplicate")) == (4, 1)
    assert table["killed"].to_list() == [2, 3, 2, 2]


@pytest.mark.parametrize(
    ("cell", "killed"),
    [("7", 7), ("7.0", 7), (" 7 ", 7), ("", None), ("-1", None), ("2.5", None), ("many", None), ("inf", None), ("nan", None), ("1e300", None)],
)  # fmt: skip
def test_a_number_killed_is_whole_or_missing(tmp_path: Path, cell: str, killed: int | None):
    table, report = read_events(written(tmp_path, f"date,killed\n2030-01-05,{cell}\n"))
    assert table["killed"].to_list() == [killed]
    assert report.without_killed == (killed is None)


@pytest.mark.parametrize(
    ("cell", "date"),
    [
        ("2030-01-05", dt.date(2030, 1, 5)), ("2030-1-5", dt.date(2030, 1, 5)),
        ("2030-01-05T10:00:00Z", dt.date(2030, 1, 5)), ("05 January 2030", dt.date(2030, 1, 5)),
        ("5-January-2030", dt.date(2030, 1, 5)), ("20300105", dt.date(2030, 1, 5)),
        ("05.01.2030", dt.date(2030, 1, 5)), ("29.02.2032", dt.date(2032, 2, 29)),
        ("2030-02-30", None), ("29.02.2030", None), ("01/05/2030", None), ("2030", None), ("", None),
    ],
)  # fmt: skip
def test_a_date_is_read_or_counted(tmp_path: Path, cell: str, date: dt.date | None):
    table, report = read_events(written(tmp_path, f"date,actor\n{cell},A\n"))
    assert table["date"].to_list() == ([date] if date else [])
    assert report.count("date") == (date is None)


@pytest.mark.parametrize(
    ("name", "nobody"),
    [
        ("Unidentified armed group (Iraq)", True), ("UNK", True), ("unknown", True),
        ("Civilians (Arvenia)", True), ("Citizen (Arvenia)", True), ("None", True), ("-", True),
        ("Civilian Joint Task Force", False), ("Citizens' League", False), ("Unkar", False),
        ("Non", False), ("United Front", False),
    ],
)  # fmt: skip
def test_who_is_nobody_in_particular(tmp_path: Path, name: str, nobody: bool):
    path = written(tmp_path, f"date,actor\n2030-01-05,{name}\n")
    table, report = read_events(path)
    assert table["actor"].to_list() == [None if nobody else name]
    assert report.without_actor == nobody
    assert [n.name for n in (report.nobody if nobody else report.unmapped)] == [name]
    assert read_events(path, aliases={name: "x"})[0]["actor"].to_list() == ["x"]


@pytest.mark.parametrize(
    ("precision", "days"),
    [("1", 1), ("2", 7), ("3", 7), ("4", 28), ("5", 365), ("", 1), ("x", 365)],
)
def test_where_there_is_no_last_day_the_precision_says_how_far(
    tmp_path: Path, precision: str, days: int
):
    path = written(tmp_path, f"date,precision\n2030-02-10,{precision}\n")
    table, _ = read_events(path, precision=5)
    begins, ends = table.row(0)[:2]
    assert (ends - begins).days + 1 == days
    assert begins <= dt.date(2030, 2, 10) <= ends


def test_unmapped_names_are_counted_by_events(tmp_path: Path):
    aliases = {"Home Guards": "guards", "Government of Arvenia": None}
    table, report = read_events(written(tmp_path, UCDP), aliases=aliases)
    assert table["actor"].to_list() == ["guards"]
    assert (report.count("ignored"), report.count("unmapped")) == (2, 1)
    assert [(n.name, n.events) for n in report.unmapped] == [("National Front", 1)]


@pytest.mark.parametrize("name", SAMPLES)
def test_the_report_is_plain_data_without_names_of_persons(tmp_path: Path, name: str):
    import json

    _, report = read_events(written(tmp_path, SAMPLES[name]))
    data = json.loads(json.dumps(report.as_json()))
    assert data["rows"] == data["kept"] + sum(data["dropped"].values())
    assert isinstance(data["unmapped"], int) == FORMATS[name].persons


@pytest.mark.skipif(not IRAQ.exists(), reason="the data set is not at hand")
def test_real_events_of_iraq_are_read_as_the_slow_reader_does():
    for asked in (
        {},
        {"since": dt.date(2006, 1, 1), "until": dt.date(2008, 12, 31), "precision": 2},
        {"countries": ["Iraq"], "aliases": {"IS": "is", "Government of Iraq": "gov", "PKK": None}},
    ):
        table, report = read_events(IRAQ, **asked)
        kept, counts = slowly(IRAQ, **asked)
        assert table.rows() == kept
        assert counted(report) == counts
        assert report.rows == 5208
