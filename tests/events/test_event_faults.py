"""Data that cannot be read: one line each, with the place, what was expected and what to do."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from event_files import ACLED, GDELT, UCDP, written

from clientela.events import check_any_left, read_events
from clientela.reading import ReadingError


def fault(path: Path | str | list[Path], **asked) -> str:
    with pytest.raises(ReadingError) as found:
        read_events(path, **asked)
    return str(found.value)


def test_a_wrong_encoding_is_placed_to_the_byte(tmp_path: Path):
    path = tmp_path / "events.csv"
    path.write_bytes(UCDP.replace("Varen", "Värén").encode("latin-1"))
    line = UCDP[: UCDP.index("Varen")].count("\n") + 1
    byte = len(UCDP[: UCDP.index("Varen")].splitlines()[-1]) + 2
    said = fault(path)
    assert said == (
        f"{path}:{line}:{byte}: byte {byte} of this line is no UTF-8; say --encoding latin-1 (or "
        "cp1252), or save the file as UTF-8"
    )


@pytest.mark.parametrize("before", [0, 1, 7, (1 << 20) - 3, (1 << 20) - 1, 1 << 20, (1 << 20) + 5])
def test_a_wrong_byte_is_found_wherever_blocks_end(tmp_path: Path, before: int):
    path = tmp_path / "events.csv"
    head = b"date,actor\n2030-01-05,"
    path.write_bytes(head + "é".encode() * (before // 2) + b"x" * (before % 2) + b"\xff\n")
    byte = len(b"2030-01-05,") + before // 2 * 2 + before % 2 + 1
    assert fault(path).startswith(f"{path}:2:{byte}: byte {byte} ")
    path.write_bytes(head + b"\nx" * before + b"\xff\n")
    assert fault(path).startswith(f"{path}:{2 + before}:")


def test_utf_16_is_named(tmp_path: Path):
    path = tmp_path / "events.csv"
    path.write_bytes(UCDP.encode("utf-16"))
    assert "is UTF-16; expected UTF-8. Say --encoding utf-16" in fault(path)


@pytest.mark.parametrize("encoding", ["utf8x", "no such"])
def test_an_encoding_that_there_is_not(tmp_path: Path, encoding: str):
    said = fault(written(tmp_path, UCDP), encoding=encoding)
    assert f"there is no encoding '{encoding}'; expected one such as latin-1" in said


def test_bytes_that_the_encoding_has_not(tmp_path: Path):
    said = fault(written(tmp_path, UCDP.replace("Varen", "Värén")), encoding="utf-16")
    assert "is not utf-16: " in said
    assert said.count("\n") == 0


def test_a_missing_column_is_named_with_what_it_may_be(tmp_path: Path):
    path = written(tmp_path, UCDP.replace("side_a", "side_aa").replace("best", "estimate"))
    first, second = fault(path, format="ucdp").splitlines()
    assert first == f"{path}:1:1: the column 'best' of ucdp is missing; there are id, year, type_of_violence, side_aa, side_b, source_article, latitude, longitude, country, date_prec, date_start, date_end and 2 more"  # fmt: skip
    assert second == f"{path}:1:1: the column 'side_a' of ucdp is missing (did you mean 'side_aa'?)"
    said = fault(path, columns={"date": "date_begin"})
    assert (
        said == f"{path}:1:1: the column 'date_begin' of csv is missing (did you mean 'date_end'?)"
    )


def test_a_file_of_no_known_format_says_what_was_tried(tmp_path: Path):
    path = written(tmp_path, ACLED.replace("time_precision", "precise").replace("actor2", "other"))
    said = fault(path)
    assert said.startswith(f"{path}:1:1: is of no known format: ucdp lacks date_start, ")
    assert "; acled lacks actor2, time_precision; " in said
    assert said.endswith("Name its columns, such as --column date=NAME --column actor=NAME")
    assert "is of no known format" in fault(written(tmp_path, "\n".join(GDELT.split("\t", 60))))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"format": "ucpd"}, "--format: there is no format 'ucpd' (did you mean 'ucdp'?)"),
        ({"columns": {"actr": "x"}}, "--column: actr: there is no field 'actr' (did you mean 'actor'?)"),
    ],
)  # fmt: skip
def test_a_format_or_field_that_there_is_not(tmp_path: Path, asked: dict, message: str):
    assert fault(written(tmp_path, UCDP), **asked) == message


@pytest.mark.parametrize("text", ["", "\n", "  \n\n"])
def test_an_empty_file(tmp_path: Path, text: str):
    path = written(tmp_path, text)
    assert fault(path) == (
        f"{path}: is empty; expected a table of events, its columns named on the first line"
    )


def test_what_is_no_file(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    said = fault([tmp_path / "none.csv", tmp_path / "empty", tmp_path / "*.tab"]).splitlines()
    assert said == [
        f"{tmp_path}/*.tab: matches no file",
        f"{tmp_path}/empty: is a folder without data; expected files in .csv, .tsv, .tab, .txt, .gz",
        f"{tmp_path}/none.csv: there is no such file",
    ]


def test_packed_and_broken_files(tmp_path: Path):
    path = tmp_path / "events.csv.gz"
    path.write_bytes(b"PK\x03\x04" + b"x" * 100)
    assert fault(path) == f"{path}: is a ZIP or Excel file; unpack it, or save the table as CSV"
    path.write_bytes(gzip.compress(UCDP.encode() * 1000)[:-200])
    said = fault(path)
    assert said.startswith(f"{path}: cannot be read: ")
    assert said.count("\n") == 0


@pytest.mark.parametrize("cell", ['"Varen" x', '"Varen', 'Varen"', 'Va"ren'])
def test_quotation_marks_that_are_not_in_pairs_are_placed(tmp_path: Path, cell: str):
    path = written(tmp_path, UCDP.replace("Varen", cell))
    assert fault(path) == (
        f"{path}:4:1: the quotation marks of this row are not in pairs; double those within a "
        "cell, or remove them"
    )


def test_files_of_two_formats_are_not_mixed(tmp_path: Path):
    one, other = written(tmp_path, ACLED, "a.csv"), written(tmp_path, UCDP, "b.csv")
    assert fault([one, other]) == (
        f"{other}: is of the format ucdp, but {one} is acled; read them one by one"
    )


def test_a_country_is_asked_of_a_file_without_countries(tmp_path: Path):
    path = written(tmp_path, "date,actor\n2030-01-05,A\n")
    said = fault(path, countries=["Arvenia"])
    assert said == (f"{path}:1:1: has no column for the country; name it with --column place=NAME")


def nothing(path: Path, countries: tuple[str, ...] = (), **asked) -> str:
    table, report = read_events(path, countries=countries, **asked)
    assert table.height == 0
    with pytest.raises(ReadingError) as found:
        check_any_left(report, countries)
    return str(found.value)


def test_nothing_left_says_what_dropped_it(tmp_path: Path):
    path = written(tmp_path, UCDP)
    said = nothing(path, ("Arvania",))
    assert said == (
        f"{path}: no events are left of 6 rows: 6 in another country; there is no country "
        "'Arvania' (did you mean 'Arvenia'?)"
    )
    said = nothing(path, aliases={"Guards": "guards"}, precision=1)
    assert said == (
        f"{path}: no events are left of 6 rows: 1 date cannot be read, 3 date too imprecise, "
        "2 of a name without an alias"
    )
    heading = written(tmp_path, UCDP.splitlines(keepends=True)[0])
    assert nothing(heading) == f"{path}: has a heading and no rows; expected events"
    check_any_left(read_events(written(tmp_path, UCDP))[1])


def test_dates_that_cannot_be_read_at_all(tmp_path: Path):
    path = written(tmp_path, "date,actor\n30 February 2030,A\n2030-02-30,A\n")
    assert nothing(path) == (
        f"{path}: no date can be read, the first at {path}:2: '30 February 2030'; expected dates "
        "such as 2022-01-05, 05 January 2022, 20220105 or 05.01.2022"
    )
