"""Each format is recognised and means what its publisher says."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import polars as pl
import pytest
from event_files import ACLED, GDELT, PLAIN, PLAIN_COLUMNS, SAMPLES, UCDP, written

from clientela.events import read_events
from clientela.events.formats import FORMATS
from clientela.events.formats import GDELT as GDELT_FORMAT
from clientela.events.formats import UCDP as UCDP_FORMAT


def day(month: int, number: int) -> dt.date:
    return dt.date(2030, month, number)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_tells_its_format(tmp_path: Path, name: str):
    _, report = read_events(written(tmp_path, SAMPLES[name]))
    assert report.format == name


def test_ucdp_has_battles_between_two_and_violence_against_civilians(tmp_path: Path):
    table, _ = read_events(written(tmp_path, UCDP))
    assert table.rows() == [
        (day(1, 5), day(1, 5), "Government of Arvenia", "National Front", "clash", 7, "11", "Arvenia"),
        (day(1, 6), day(1, 8), "Home Guards", None, "attack", 0, "12", "Arvenia"),
        (day(2, 1), day(2, 28), "Home Guards", "National Front", "clash", None, "13", "Varen"),
    ]  # fmt: skip


def test_acled_dates_are_of_a_day_a_week_or_a_month(tmp_path: Path):
    table, report = read_events(written(tmp_path, ACLED))
    assert table.rows() == [
        (day(1, 5), day(1, 5), "Home Guards", "Military Forces of Arvenia", "clash", 2, "ARV1", "Arvenia"),
        (day(1, 6), day(1, 12), None, None, "attack", 1, "ARV2", "Arvenia"),
        (day(2, 1), day(2, 28), "Home Guards", None, "attack", 0, "ARV3", "Arvenia"),
    ]  # fmt: skip
    assert report.count("no-violence") == 1
    assert [each.name for each in report.nobody] == [
        "Civilians (Arvenia)", "Unidentified Armed Group (Arvenia)",
    ]  # fmt: skip


def test_gdelt_violence_is_cameo_18_to_20_without_blockade_and_occupation(tmp_path: Path):
    table, report = read_events(written(tmp_path, GDELT))
    assert table.select("id", "kind", "actor", "target", "place").rows() == [
        ("900", "clash", "HOME GUARDS", "ARVENIA", "AV"),
        ("901", "attack", "HOME GUARDS", None, "AV"),
        ("902", "attack", "VAREN", "ARVENIA", "VR"),
    ]
    assert report.count("no-violence") == 2
    assert report.without_killed == 3


def test_gdelt_files_are_read_as_a_folder_or_a_pattern(tmp_path: Path):
    lines = GDELT.splitlines(keepends=True)
    for number, line in enumerate(lines):
        written(tmp_path, line, f"2030010{number}.export.CSV")
    whole, report = read_events(tmp_path)
    assert (report.rows, report.kept) == (5, 3)
    assert len(report.files) == 5
    assert read_events(tmp_path / "*.export.CSV")[0].equals(whole)
    assert read_events([tmp_path, *tmp_path.iterdir()])[1].rows == 5


def test_icews_and_polecat_are_tables_with_tabs(tmp_path: Path):
    table, report = read_events(written(tmp_path, SAMPLES["icews"]))
    assert table.select("date", "kind", "actor", "target", "place").rows() == [
        (day(1, 5), "clash", "Home Guards", "Reform League", "Arvenia"),
        (day(1, 6), "attack", "Home Guards", None, "Arvenia"),
    ]
    assert report.persons
    table, _ = read_events(written(tmp_path, SAMPLES["polecat"], "polecat.txt"))
    assert table.select("id", "kind", "actor", "target", "place").rows() == [
        ("P1", "attack", "Home Guards", "Reform League", "ARV")
    ]


def test_any_table_is_read_by_the_names_of_its_columns(tmp_path: Path):
    table, report = read_events(written(tmp_path, PLAIN), columns=PLAIN_COLUMNS)
    assert report.format == "csv"
    assert table.drop("id", "place").rows() == [
        (day(1, 5), day(1, 5), "Home Guards", "Reform League", "attack", 2),
        (day(1, 6), day(1, 6), "Home Guards", None, "attack", None),
    ]


def test_columns_that_are_named_take_the_place_of_those_of_the_format(tmp_path: Path):
    table, _ = read_events(written(tmp_path, UCDP), format="ucdp", columns={"killed": "deaths_a"})
    assert table["killed"].to_list() == [1, 0, 0]


def test_a_file_without_a_heading_is_known_by_its_width_and_dates(tmp_path: Path):
    assert len(UCDP_FORMAT.heading) == 49
    assert len(GDELT_FORMAT.heading) == len(set(GDELT_FORMAT.heading)) == 61
    cells = dict.fromkeys(UCDP_FORMAT.heading, "") | {
        "id": "7", "type_of_violence": "1", "side_a": "A", "side_b": "B", "best": "4",
        "country": "Arvenia", "date_prec": "1", "date_start": "2030-01-05", "date_end": "2030-01-05",
    }  # fmt: skip
    table, report = read_events(written(tmp_path, ",".join(cells.values()) + "\n"))
    assert (report.format, report.rows) == ("ucdp", 1)
    assert table.row(0) == (day(1, 5), day(1, 5), "A", "B", "clash", 4, "7", "Arvenia")


@pytest.mark.parametrize("name", ["ucdp", "acled"])
@pytest.mark.parametrize("other", [";", "\t"])
def test_the_separator_is_found(tmp_path: Path, name: str, other: str):
    table = pl.read_csv(SAMPLES[name].encode(), infer_schema=False)
    changed = written(tmp_path, table.write_csv(separator=other), "other.csv")
    plain = written(tmp_path, SAMPLES[name])
    assert read_events(changed)[0].equals(read_events(plain)[0])


@pytest.mark.parametrize("name", SAMPLES)
def test_packed_files_and_other_encodings_give_the_same(tmp_path: Path, name: str):
    text = SAMPLES[name].replace("Home Guards", "Hême Guards").replace("HOME", "HÔME")
    plain, _ = read_events(written(tmp_path, text))
    assert plain["actor"].str.contains("Hême|HÔME").any()
    packed = tmp_path / "packed.csv.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    assert read_events(packed)[0].equals(plain)
    for encoding in ("latin-1", "utf-16", "utf-8-sig"):
        (tmp_path / "other.csv").write_bytes(text.encode(encoding))
        given = "utf-8" if encoding == "utf-8-sig" else encoding
        assert read_events(tmp_path / "other.csv", encoding=given)[0].equals(plain)
    packed.write_bytes(gzip.compress(text.encode("latin-1")))
    assert read_events(packed, encoding="latin-1")[0].equals(plain)


def test_nothing_but_the_events_is_kept(tmp_path: Path):
    for name, text in SAMPLES.items():
        table, _ = read_events(written(tmp_path, text))
        assert table.columns == [
            "date",
            "until",
            "actor",
            "target",
            "kind",
            "killed",
            "id",
            "place",
        ]
        assert set(FORMATS[name].fields) <= {*table.columns, "precision"}
