"""The store remembers documents without keeping them; claims are checked against what is there."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from ledgers import TEXTS

from clientela.evidence import Ledger, load_ledger, mismatched, paragraphs
from clientela.evidence.documents import DocumentIndex, check_locators, index_of, locate, unchecked
from clientela.evidence.store import (
    DocumentStoreError,
    attach,
    attached,
    by_path,
    snippet,
    text_of,
)
from clientela.reading import ReadingError

TEXT = "A headline\r\n\r\n  The first sentence. The second.  \r\n\r\nThe end.\r\n"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


LEDGER = f"""\
documents:
  press: {{title: A report, publisher: A paper, sha256: {digest(TEXT)}, paragraphs: 3}}
  other: {{title: Another, publisher: A paper, sha256: {digest("")}, paragraphs: 1}}
sources:
  official: {{role: an official, named: false, access: direct, reliability: B}}
claims:
  headline:
    document: press
    paragraph: 1
    sha256: {digest("A headline")}
    sources: official
    says: There is a headline.
    stance: supports
    credibility: 2
  first:
    document: press
    paragraph: 2
    span: [0, 19]
    sha256: {digest("The first sentence.")}
    sources: official
    says: There is a first sentence.
    stance: supports
    credibility: 3
  end:
    document: press
    paragraph: 3
    span: [0, 8]
    sha256: {digest("The end.")}
    sources: official
    says: It ends.
    stance: supports
    credibility: 3
"""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLIENTELA_DOCUMENTS", str(tmp_path / "store"))
    return tmp_path / "store"


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "A report.txt"
    path.write_bytes(TEXT.encode())
    return path


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    path = tmp_path / "evidence.yaml"
    path.write_text(LEDGER)
    return load_ledger(path)


def contents(folder: Path) -> str:
    return "".join(path.read_text() for path in sorted(folder.iterdir()))


# -- what is remembered -----------------------------------------------------------------------


def test_a_document_is_remembered_without_its_text(store: Path, report: Path):
    record = attach(report)
    assert attached(digest(TEXT)) == record
    assert (record.sha256, record.size, record.path) == (digest(TEXT), len(TEXT), report)
    assert abs(record.date - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)
    assert [p.length for p in record.index.paragraphs] == [10, 31, 8]
    assert [p.sha256 for p in record.index.paragraphs] == [digest(p) for p in paragraphs(TEXT)]
    assert [path.name for path in store.iterdir()] == [f"{digest(TEXT)}.json"]
    assert all(line not in contents(store) for line in paragraphs(TEXT))


def test_the_text_is_read_where_it_was_as_long_as_it_is_the_same(store: Path, report: Path):
    record = attach(report)
    assert text_of(record) == TEXT
    report.write_text(TEXT.replace("second", "SECOND"), newline="")
    assert text_of(record) is None
    report.unlink()
    assert text_of(record) is None


def test_a_kept_text_outlives_the_file(store: Path, report: Path):
    record = attach(report, keep_text=True)
    report.unlink()
    assert text_of(record) == TEXT
    (store / f"{record.sha256}.txt").write_text("Something else.")
    assert text_of(record) is None


def test_a_kept_text_stays_when_the_file_is_attached_again(store: Path, report: Path):
    attach(report, keep_text=True)
    record = attach(report)
    report.unlink()
    assert text_of(record) == TEXT


def test_a_changed_file_gives_a_record_beside_the_old_one(store: Path, report: Path):
    first = attach(report)
    report.write_text("Another text.")
    second = attach(report)
    assert by_path(report) == [first, second]
    assert attached(first.sha256) == first
    assert by_path(report.with_name("other.txt")) == []


def test_one_content_in_two_places_is_found_from_each(store: Path, report: Path):
    first = attach(report)
    copy = Path(shutil.copy(report, report.with_name("copy.txt")))
    second = attach(copy)
    assert [place.path for place in second.places] == [str(report), str(copy)]
    assert [(r.path, r.date) for r in by_path(report)] == [(report, first.date)]
    assert [(r.path, r.date) for r in by_path(copy)] == [(copy, second.date)]
    copy.unlink()
    assert text_of(second) == TEXT


def test_a_relative_path_is_the_same_file(store: Path, report: Path, monkeypatch):
    monkeypatch.chdir(report.parent)
    record = attach(Path(report.name))
    assert record.path == report
    assert by_path(report) == by_path(Path(report.name)) == [record]


def test_what_was_never_attached_is_not_known(store: Path):
    assert attached("0" * 64) is None
    assert attached("../../etc/passwd") is None
    assert by_path(store / "x.txt") == []


# -- where it is remembered -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({"CLIENTELA_DOCUMENTS": "{}/own", "XDG_DATA_HOME": "{}/data"}, "own"),
        ({"XDG_DATA_HOME": "{}/data"}, "data/clientela/documents"),
        ({"HOME": "{}/home", "XDG_DATA_HOME": "relative"}, "home/.local/share/clientela/documents"),
        ({"HOME": "{}/home"}, "home/.local/share/clientela/documents"),
    ],
)
def test_records_are_among_the_users_data(report, tmp_path, monkeypatch, variables, folder):
    for name in ("CLIENTELA_DOCUMENTS", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(tmp_path))
    attach(report)
    assert [path.suffix for path in (tmp_path / folder).iterdir()] == [".json"]


def test_a_folder_that_cannot_be_written_is_told_with_the_way_out(store: Path, report: Path):
    store.write_text("")
    with pytest.raises(DocumentStoreError) as caught:
        attach(report)
    assert str(caught.value).startswith(f"{store}: cannot be written (")
    assert str(caught.value).endswith("set CLIENTELA_DOCUMENTS to a folder that can be written")


def test_a_write_that_fails_leaves_the_earlier_record(store: Path, report: Path, monkeypatch):
    record = attach(report)
    before = contents(store)

    def full(path: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(DocumentStoreError, match="No space left on device"):
        attach(report)
    assert contents(store) == before
    assert attached(record.sha256) == record


@pytest.mark.parametrize("change", ["", "{}", '{"places": []}'])
def test_a_spoilt_record_is_told(store: Path, report: Path, change: str):
    record = attach(report)
    path = store / f"{record.sha256}.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | json.loads(change)) if change else "")
    if change == "{}":
        assert attached(record.sha256) == record
        return
    message = "cannot be read .it is not a record.; remove it and attach the document again"
    for look in (lambda: attached(record.sha256), lambda: by_path(report), lambda: attach(report)):
        with pytest.raises(DocumentStoreError, match=message):
            look()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, ": there is no such file"),
        (b"%PDF-1.7\n\xe2\xe3", ":2:1: is not UTF-8 text; expected a document as plain text; convert a PDF"),
        ("Schön".encode("utf-16"), ":1:1: is not UTF-8 text"),
        (b"a\0b", ": is binary; expected a document as plain text"),
        (b"\xef\xbb\xbf \n\n", ": is empty; expected a document as plain text"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_refused(store: Path, tmp_path: Path, content: bytes | None, said: str):
    path = tmp_path / "document"
    if content is not None:
        path.write_bytes(content)
    for take in (attach, snippet):
        with pytest.raises(ReadingError) as caught:
            take(path)
        assert f"{path}{said}" in str(caught.value)
    assert not store.exists()


def test_a_folder_is_no_document(store: Path, tmp_path: Path):
    with pytest.raises(ReadingError, match="is not a file; expected a document as plain text"):
        attach(tmp_path)


def test_a_name_that_is_not_utf_8_is_remembered_nonetheless(store: Path, tmp_path: Path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt"))
    path.write_text("A text.")
    record = attach(path, keep_text=True)
    assert by_path(path) == [record]
    assert text_of(record) == "A text."


# -- claims against a document ----------------------------------------------------------------


def lines(ledger: Ledger, at_hand: str | DocumentIndex, folder: Path) -> list[str]:
    found = check_locators(ledger, "press", at_hand)
    return [str(problem).replace(f"{folder}/", "") for problem in found]


def test_the_right_document_has_nothing_wrong(ledger: Ledger):
    assert check_locators(ledger, "press", TEXT) == []
    assert check_locators(ledger, "press", index_of(TEXT)) == []


def test_a_changed_place_is_told_with_hashes_and_lengths_only(ledger: Ledger, tmp_path: Path):
    changed = TEXT.replace("The first", "A first")
    found = lines(ledger, changed, tmp_path)
    assert found == [
        f"evidence.yaml:2:48: documents.press.sha256: the document at hand has the SHA-256 {digest(changed)}, "
        "not this one; find the version that was read, or read this one again and write its hash here",
        f"evidence.yaml:19:5: claims.first.sha256: characters 0 to 19 of the 29 in paragraph 2 have the "
        f"SHA-256 {digest('A first sentence. T')}, not this one; the document has changed there, or the "
        "locator is wrong. Read the place again before correcting it",
    ]  # fmt: skip


def test_a_place_past_the_end_is_told(ledger: Ledger, tmp_path: Path):
    found = lines(ledger, "A headline\nThe first.", tmp_path)
    assert [line.partition(" ")[0] for line in found] == [
        "evidence.yaml:2:48:", "evidence.yaml:2:122:", "evidence.yaml:18:5:", "evidence.yaml:26:5:",
    ]  # fmt: skip
    assert "the document at hand has 2 paragraphs, not 3" in found[1]
    assert (
        "claims.first.span: 0 to 19 is no span of paragraph 2, which has 10 characters" in found[2]
    )
    assert "claims.end.paragraph: there is no paragraph 3; the document at hand has 2" in found[3]


def test_with_an_index_whole_paragraphs_and_bounds_are_checked(ledger: Ledger, tmp_path: Path):
    changed = TEXT.replace("A headline", "The headline").replace("The end.", "An end!.")
    found = lines(ledger, index_of(changed.replace("The first", "A first")), tmp_path)
    assert [line.split(": ")[1] for line in found] == [
        "documents.press.sha256", "claims.headline.sha256", "claims.end.sha256",
    ]  # fmt: skip
    assert unchecked(ledger, "press", index_of(changed)) == ["first"]


def test_a_document_the_ledger_lacks_is_a_key_error(ledger: Ledger):
    with pytest.raises(KeyError, match="prss"):
        check_locators(ledger, "prss", TEXT)


def test_what_is_mismatched_is_what_is_told_of_claims(ledger: Ledger):
    for text in (TEXT, TEXT.replace("The first", "A first"), "A headline", TEXT.replace("A", "An")):
        told = [p.path.split(".")[1] for p in check_locators(ledger, "press", text)]
        assert mismatched(ledger, "press", text) == [name for name in told if name != "press"]


# -- help with writing ------------------------------------------------------------------------


def test_a_place_is_located_as_a_claim_writes_it():
    assert locate(TEXT, 2, (0, 19)) == ((0, 19), digest("The first sentence."))
    assert locate(TEXT, 3) == ((0, 8), digest("The end."))


@pytest.mark.parametrize(
    ("paragraph", "span", "said"),
    [
        (0, None, "there is no paragraph 0; the document at hand has 3"),
        (4, None, "there is no paragraph 4"),
        (3, (0, 9), "0 to 9 is no span of paragraph 3, which has 8 characters"),
        (3, (4, 4), "4 to 4 is no span"),
        (3, (-1, 4), "-1 to 4 is no span"),
    ],
)
def test_a_place_that_is_not_there_cannot_be_located(paragraph, span, said):
    with pytest.raises(IndexError, match=said):
        locate(TEXT, paragraph, span)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("A report.txt", "a-report"),
        ("2021-12-22.txt", "document-2021-12-22"),
        ("تقرير.txt", "تقرير"),
        ("---", "document"),
    ],
)
def test_a_snippet_is_an_entry_of_the_ledger(tmp_path: Path, name: str, key: str):
    path = tmp_path / name
    path.write_bytes(TEXT.encode())
    evidence = tmp_path / "evidence.yaml"
    evidence.write_text(f"documents:\n{snippet(path)}", encoding="utf-8")
    documents = load_ledger(evidence).documents
    assert list(documents) == [key]
    assert (documents[key].sha256, documents[key].paragraphs) == (digest(TEXT), 3)
    assert documents[key].title == documents[key].publisher == "(fill in)"


def test_a_byte_order_mark_is_no_part_of_the_first_paragraph():
    assert paragraphs("\ufeffA headline\n") == ["A headline"]


@settings(max_examples=40, deadline=None)
@given(TEXTS, TEXTS)
def test_every_paragraph_is_found_where_the_index_says(one: str, two: str):
    text = f"{one}\n{two}"
    index = index_of(text)
    assert len(index.paragraphs) == len(paragraphs(text))
    for number, (paragraph, line) in enumerate(
        zip(index.paragraphs, paragraphs(text), strict=True), 1
    ):
        assert locate(text, number) == ((0, paragraph.length), paragraph.sha256)
        assert paragraph.sha256 == digest(line)
