"""The ledger: what it takes, what it refuses and where, and documents that have changed."""

from __future__ import annotations

import hashlib

import pytest

from clientela.evidence import load_ledger, mismatched, paragraphs
from clientela.reading import ReadingError

DOCUMENT = "A headline\n\n  The first sentence. The second.  \n\nThe end.\n"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


LEDGER = f"""\
documents:
  press:
    title: A report
    publisher: A paper
    date: 2021-12-09
    sha256: {digest(DOCUMENT)}
    paragraphs: 3
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
    sources: [official]
    says: There is a first sentence.
    stance: supports
    credibility: 3
"""


def ledger_of(folder, text=LEDGER):
    file = folder / "evidence.yaml"
    file.write_text(text)
    return load_ledger(file)


def test_paragraphs_are_the_lines_that_say_something():
    assert paragraphs(DOCUMENT) == ["A headline", "The first sentence. The second.", "The end."]


def test_a_right_ledger_loads(tmp_path):
    ledger = ledger_of(tmp_path)
    assert list(ledger.claims) == ["headline", "first"]
    assert ledger.claims["headline"].sources == ["official"]
    assert ledger.claims["first"].span == (0, 19)


def test_only_claims_on_what_has_changed_are_mismatched(tmp_path):
    ledger = ledger_of(tmp_path)
    assert mismatched(ledger, "press", DOCUMENT) == []
    assert mismatched(ledger, "press", DOCUMENT.replace("The second", "A second")) == []
    assert mismatched(ledger, "press", DOCUMENT.replace("The first", "A first")) == ["first"]
    assert mismatched(ledger, "press", "A headline") == ["first"]
    assert mismatched(ledger, "other", "") == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("document: press", "document: pres", "12:5: claims.headline.document: there is no document 'pres' (did you mean 'press'?)"),
        ("paragraph: 2", "paragraph: 4", "paragraph 4 is past the end of 'press', which has 3"),
        ("paragraph: 2", "paragraph: 0", "claims.first.paragraph: 0 is out of range"),
        ("paragraph: 2", "paragraph: true", "claims.first.paragraph:"),
        ("sources: [official]", "sources: [offical]", "there is no source 'offical' (did you mean 'official'?)"),
        ("span: [0, 19]", "span: [19, 0]", "claims.first.span: this is not a span"),
        ("span: [0, 19]", "span: [-1, 19]", "this is not a span"),
        ("span: [0, 19]", "span: [0]", "this is not a span"),
        ("span: [0, 19]", "span: all", "this is not a span"),
        ("credibility: 3", "credibility: 7", "claims.first.credibility: 7 is out of range"),
        ("stance: supports", "stance: suports", "(did you mean 'supports'?)"),
        ("reliability: B", "reliability: G", "sources.official.reliability: 'G' is not accepted"),
        ("named: false", "named: maybe", "sources.official.named:"),
        ("paragraphs: 3", "paragraphs: three", "documents.press.paragraphs: 'three' is not a whole number"),
        (digest(DOCUMENT), "abc", "'abc' is not a SHA-256; expected 64 digits"),
        ("    title: A report\n", "", "'title' is missing; add it"),
        ("publisher: A paper", "publsher: A paper", "(did you mean 'publisher'?)"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_at_its_place(tmp_path, old, new, said):
    assert LEDGER.count(old) >= 1
    with pytest.raises(ReadingError) as caught:
        ledger_of(tmp_path, LEDGER.replace(old, new, 1))
    lines = str(caught.value).replace(f"{tmp_path}/", "").splitlines()
    assert any(said in line for line in lines), lines
    assert "Input should" not in str(caught.value)
