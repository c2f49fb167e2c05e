"""The evidence file: references hold, spans carry the hashes of the user's documents."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from clientela.evidence import load_ledger, mismatched, paragraphs
from clientela.reading import ReadingError
from clientela.scenario import bundled

DOCUMENT = "A first paragraph.\n\nA second one, with a statement in it.\n"


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def ledger_text(**changes: str) -> str:
    values = {
        "paragraph": "2", "document": "report", "source": "office", "credibility": "2",
        "span": "null", "sha": sha("A second one, with a statement in it."), "stance": "supports",
        **changes,
    }  # fmt: skip
    return f"""\
documents:
  report: {{title: A report, publisher: A paper, sha256: {sha(DOCUMENT)}, paragraphs: 2}}
sources:
  office: {{role: an office, named: true, access: direct, reliability: B}}
claims:
  stated:
    document: {values["document"]}
    paragraph: {values["paragraph"]}
    span: {values["span"]}
    sha256: {values["sha"]}
    sources: [{values["source"]}]
    says: It was stated.
    stance: {values["stance"]}
    credibility: {values["credibility"]}
"""


def load(tmp_path: Path, **changes: str):
    path = tmp_path / "evidence.yaml"
    path.write_text(ledger_text(**changes), encoding="utf-8")
    return load_ledger(path)


def test_a_claim_matches_the_document_it_was_taken_from(tmp_path: Path):
    ledger = load(tmp_path)
    assert mismatched(ledger, "report", DOCUMENT) == []
    assert mismatched(ledger, "report", DOCUMENT.replace("statement", "claim")) == ["stated"]
    assert mismatched(ledger, "report", "A first paragraph.\n") == ["stated"]


def test_a_span_is_of_characters_within_the_paragraph(tmp_path: Path):
    ledger = load(tmp_path, span="[0, 12]", sha=sha("A second one"))
    assert mismatched(ledger, "report", DOCUMENT) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"document": "reprot"}, "there is no document 'reprot' (did you mean 'report'?)"),
        ({"source": "offfice"}, "there is no source 'offfice' (did you mean 'office'?)"),
        ({"paragraph": "3"}, "paragraph 3 is past the end of 'report', which has 2"),
        ({"paragraph": "0"}, "expected a number at least 1"),
        ({"credibility": "7"}, "expected a number at most 6"),
        ({"stance": "supprots"}, "did you mean 'supports'?"),
    ],
)
def test_a_wrong_entry_is_named_at_its_place(tmp_path: Path, changes, expected: str):
    with pytest.raises(ReadingError) as caught:
        load(tmp_path, **changes)
    assert expected in str(caught.value)
    assert "evidence.yaml:" in str(caught.value)


def test_the_bundled_claims_match_the_report_where_it_is_at_hand():
    shared = Path(__file__).parents[3] / "shared"
    texts = sorted((shared / "seed").glob("*.txt"))
    if not texts:
        pytest.skip("the report is not part of the project")
    ledger = load_ledger(bundled()["iraq-2021"].parent / "evidence.yaml")
    by_hash = {document.sha256: name for name, document in ledger.documents.items()}
    checked = 0
    for path in [*texts, *sorted((shared / "data" / "iraq_elections").glob("*.csv"))]:
        content = path.read_bytes()
        name = by_hash[hashlib.sha256(content).hexdigest()]
        text = content.decode("utf-8")
        assert ledger.documents[name].paragraphs == len(paragraphs(text))
        assert mismatched(ledger, name, text) == []
        checked += sum(claim.document == name for claim in ledger.claims.values())
    assert checked == len(ledger.claims)
