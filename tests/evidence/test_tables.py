"""The ledger as CSV comes back whole, and each faulty cell is named where it stands."""

from __future__ import annotations

import contextlib
import csv
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers import TEXTS, ledgers

from clientela.evidence import Ledger, ledger_of, load_ledger
from clientela.evidence.store import DocumentStoreError
from clientela.evidence.tables import read_tables, write_tables
from clientela.reading import ReadingError, Tree
from clientela.scenario import bundled

DIGEST = "a" * 64
SMALL = {
    "documents": {
        "press": {"title": "A report", "publisher": "A paper", "sha256": DIGEST, "paragraphs": 3}
    },
    "sources": {
        "official": {"role": "an official", "named": False, "access": "direct", "reliability": "B"}
    },
    "claims": {
        "first": {
            "document": "press", "paragraph": 2, "span": [0, 19], "sha256": DIGEST,
            "sources": ["official"], "says": "One line,\nand another.", "stance": "supports",
            "about": ["happened"], "credibility": 2,
        },
        "second": {
            "document": "press", "paragraph": 3, "sha256": DIGEST, "sources": ["official"],
            "says": "=A1", "stance": "denies", "about": ["ordered"], "credibility": 3,
        },
    },
    "propositions": {
        "happened": {"says": "It happened.", "prior": 0.5},
        "ordered": {"says": "It was ordered.", "if": {"proposition": "happened", "true": 0.5, "false": 0.01}},
    },
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_tables(small(), tmp_path)
    return tmp_path


def small() -> Ledger:
    return ledger_of(Tree("small", SMALL))


def cells(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def edit(path: Path, old: str, new: str) -> None:
    content = path.read_bytes().decode()
    assert content.count(old) >= 1
    path.write_bytes(content.replace(old, new, 1).encode())


def faults(folder: Path) -> list[str]:
    with pytest.raises(ReadingError) as caught:
        read_tables(folder)
    return str(caught.value).replace(f"{folder}/", "").splitlines()


@settings(max_examples=40, deadline=None)
@given(ledgers())
def test_any_ledger_comes_back_from_its_tables(ledger: Ledger):
    with tempfile.TemporaryDirectory() as folder:
        write_tables(ledger, Path(folder))
        assert read_tables(Path(folder)).as_written() == ledger.as_written()


def test_the_bundled_ledger_comes_back_from_its_tables(tmp_path: Path):
    ledger = load_ledger(bundled()["iraq-2021"].parent / "evidence.yaml")
    written = write_tables(ledger, tmp_path / "new" / "folder")
    names = ["claims", "documents", "pooling", "propositions", "sources"]
    assert sorted(path.name for path in written) == [f"{name}.csv" for name in names]
    assert read_tables(tmp_path / "new" / "folder").as_written() == ledger.as_written()


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=5), TEXTS)
def test_no_cell_begins_what_a_spreadsheet_runs(start: str, text: str):
    source = {**SMALL["sources"]["official"], "role": start + text, "note": text, "camp": text}
    ledger = ledger_of(Tree("small", {"sources": {start: source}}))
    with tempfile.TemporaryDirectory() as folder:
        write_tables(ledger, Path(folder))
        rows = cells(Path(folder) / "sources.csv")
    assert all(not cell.lstrip().startswith(tuple("=+-@＝＋－＠")) for row in rows for cell in row)


def test_a_text_with_an_apostrophe_is_written_as_it_is(tmp_path: Path):
    ledger = small()
    claim = ledger.claims["first"].model_copy(update={"says": "'Tis so.", "note": "'=1"})
    changed = ledger.model_copy(update={"claims": {"first": claim}})
    write_tables(changed, tmp_path)
    rows = cells(tmp_path / "claims.csv")
    row = dict(zip(*rows, strict=True))
    assert (row["says"], row["note"]) == ("'Tis so.", "''=1")
    assert read_tables(tmp_path).claims == changed.claims


def test_names_typed_in_a_spreadsheet_may_be_spaced_and_quoted(folder: Path):
    edit(folder / "propositions.csv", "happened,It happened.", '"a; b",It happened.')
    edit(folder / "propositions.csv", ",happened,0.5", ",a; b,0.5")
    edit(folder / "claims.csv", ",happened,", ',"ordered ;""a; b"" ;",')
    assert read_tables(folder).claims["first"].about == ["ordered", "a; b"]


def test_a_spreadsheet_may_reorder_columns_pad_rows_and_write_capitals(folder: Path):
    path = folder / "sources.csv"
    rows = [[*reversed(row), ""] for row in cells(path)]
    rows += [[""] * len(rows[0]), []]
    rows = [[cell.upper() if cell == "false" else cell for cell in row] for row in rows]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    assert read_tables(folder).as_written() == small().as_written()


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        ("claims", ",supports,", ",suports,", "claims.csv:2:9: claims.first.stance: 'suports' is not accepted"),
        ("claims", ",press,3,", ",press,three,", "claims.csv:4:3: claims.second.paragraph: 'three' is not a whole number"),
        ("claims", ",0,19,", ",,19,", "claims.csv:2:4: claims.first.span: this is not a span"),
        ("claims", "official", "offical", "claims.csv:2:7: claims.first.sources.0: there is no source 'offical'"),
        ("claims", ",official,", ",,", "claims.csv:2:7: claims.first.sources: 'sources' is missing; add it"),
        ("claims", "second,", "first,", "claims.csv:4:1: there is another 'first' on line 2; remove one"),
        ("claims", "second,", ",", "claims.csv:4:1: there is no id in this row"),
        ("claims", "paragraph", "pargraph", "claims.csv:1:3: there is no column 'pargraph' here; expected id, document"),
        ("claims", "paragraph", "pargraph", "claims.csv:1:1: the column 'paragraph' is missing; add it"),
        ("claims", ",says,", ",stance,", "there is another column 'stance'; remove one"),
        ("claims", '"One line,\nand another."', "a, b, c, d, e", "claims.csv:2:16: this cell has no heading"),
        ("claims", "'=A1", '"=A1"x', "claims.csv:4:1: is not CSV"),
        ("propositions", ",happened,0.5", ",,0.5", "propositions.csv:3:4: propositions.ordered.if.proposition: 'proposition' is missing"),
        ("propositions", ",0.01", ",2", "propositions.csv:3:6: propositions.ordered.if.false: 2.0 is out of range"),
        ("propositions", "happened,It happened.,0.5", "happened,It happened.,", "propositions.csv:2:1: propositions.happened: a proposition needs either 'prior' or 'if'"),
        ("sources", ",false,", ",no,", "sources.csv:2:5: sources.official.named: 'no' is not a yes or no"),
        ("documents", ",,,", ",10/12/21,,", "documents.csv:2:4: documents.press.date: '10/12/21' is not a date"),
        ("documents", "A report", "", "documents.csv:2:2: documents.press.title: 'title' is missing; add it"),
        ("pooling", "method,", "methods,", "pooling.csv:2:1: pooling.methods: there is no 'methods' here; expected one of method"),
        ("pooling", "tempered", "mean", "pooling.csv:2:2: pooling.method: 'mean' is not accepted"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_at_its_cell(folder: Path, table: str, old: str, new: str, said: str):
    edit(folder / f"{table}.csv", old, new)
    lines = faults(folder)
    assert any(said in line for line in lines), lines


def test_faults_of_all_tables_are_told_at_once(folder: Path):
    edit(folder / "claims.csv", ",supports,", ",suports,")
    edit(folder / "sources.csv", ",direct,", ",drect,")
    edit(folder / "claims.csv", "second,", "first,")
    assert [line.partition(": ")[0] for line in faults(folder)] == [
        "claims.csv:2:9", "claims.csv:4:1", "sources.csv:2:7",
    ]  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_whatever_is_done_to_a_table_it_is_read_or_refused(choice: st.DataObject):
    with tempfile.TemporaryDirectory() as folder:
        path = choice.draw(st.sampled_from(write_tables(small(), Path(folder))))
        content = path.read_bytes()
        at, end = sorted(choice.draw(st.integers(0, len(content))) for _ in range(2))
        new = choice.draw(st.sampled_from(["", ",", '"', '""', "\r", "\n,", ";", "'"]) | TEXTS)
        path.write_bytes(content[:at] + new.encode() + content[end:])
        with contextlib.suppress(ReadingError):
            assert isinstance(read_tables(Path(folder)), Ledger)


def test_missing_tables_are_named(folder: Path):
    (folder / "claims.csv").unlink()
    (folder / "pooling.csv").write_text("")
    (folder / "sources.csv").write_bytes(b"id\xff")
    (folder / "documents.csv").write_text("id;title\n")
    assert faults(folder) == [
        "claims.csv: there is no such file",
        "documents.csv:1:1: the columns are parted by ';'; save the table with commas between them",
        "pooling.csv:1:1: is empty; expected name,value",
        "sources.csv:1:1: is not UTF-8 text; expected a table in CSV, saved as UTF-8",
    ]
    with pytest.raises(ReadingError, match="there is no such folder; expected one with documents"):
        read_tables(folder / "nowhere")


def test_a_ledger_read_from_tables_knows_its_cells(folder: Path):
    problem = read_tables(folder).tree.problem(("claims", "second", "says"), "so")
    assert str(problem) == f"{folder}/claims.csv:4:8: claims.second.says: so"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DocumentStoreError, match=r"cannot be written .*; choose another folder"):
        write_tables(small(), tmp_path / "file")
