"""Documents stay with the user: paragraphs, hashes, and claims that no longer match.

A document is its text or, where that is not at hand, its index: the length and hash of each
paragraph, against which whole paragraphs and the bounds of spans can still be checked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from clientela.evidence.ledger import Claim, Ledger
from clientela.reading import Problem

Span = tuple[int, int]


@dataclass(frozen=True)
class Paragraph:
    """How many characters a paragraph has, and the hash of its text."""

    length: int
    sha256: str


@dataclass(frozen=True)
class DocumentIndex:
    """The hash of a document, and of each of its paragraphs: enough to see that it changed."""

    sha256: str
    paragraphs: tuple[Paragraph, ...]


def paragraphs(text: str) -> list[str]:
    """The document's paragraphs: its non-empty lines, stripped."""
    # A byte-order mark is no part of the first line, though Python does not strip it.
    lines = text.removeprefix("\ufeff").splitlines()
    return [line.strip() for line in lines if line.strip()]


def sha256(text: str) -> str:
    """The hash of a text's UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def index_of(text: str) -> DocumentIndex:
    """The index of a document, given its text as it stands in the file."""
    lines = paragraphs(text)
    return DocumentIndex(sha256(text), tuple(Paragraph(len(line), sha256(line)) for line in lines))


def extent(index: DocumentIndex, paragraph: int, span: Span | None) -> Span:
    """Where the text begins and ends, within its paragraph, that a locator points at.

    Raises IndexError, saying so, if that lies outside the document or the paragraph.
    """
    count = len(index.paragraphs)
    if not 1 <= paragraph <= count:
        raise IndexError(f"there is no paragraph {paragraph}; the document at hand has {count}")
    length = index.paragraphs[paragraph - 1].length
    start, end = span or (0, length)
    if not 0 <= start < end <= length:
        raise IndexError(
            f"{start} to {end} is no span of paragraph {paragraph}, which has {length} characters"
        )
    return start, end


def locate(text: str, paragraph: int, span: Span | None = None) -> tuple[Span, str]:
    """The span (without one, the whole paragraph's) and the hash to write into a claim.

    Raises IndexError, saying so, if the document has no such paragraph or span.
    """
    start, end = extent(index_of(text), paragraph, span)
    return (start, end), sha256(paragraphs(text)[paragraph - 1][start:end])


def mismatched(ledger: Ledger, document: str, text: str) -> list[str]:
    """The claims on a document whose span no longer has the hash on record."""
    index, lines = index_of(text), paragraphs(text)
    return [
        name
        for name, claim in _claims_on(ledger, document)
        if _fault(claim, index, lines) is not None
    ]


def check_locators(ledger: Ledger, document: str, at_hand: str | DocumentIndex) -> list[Problem]:
    """Where the ledger and a document, at hand as text or as an index, do not fit together.

    Each problem has its place in the ledger; none quotes the document. With an index, the hash
    of a part of a paragraph cannot be told: see `unchecked`. Raises KeyError if the ledger has
    no such document.
    """
    if isinstance(at_hand, str):
        index, lines = index_of(at_hand), paragraphs(at_hand)
    else:
        index, lines = at_hand, None
    found = list(_changes(ledger, document, index))
    for name, claim in _claims_on(ledger, document):
        fault = _fault(claim, index, lines)
        if fault is not None:
            key, sentence = fault
            found.append(ledger.tree.problem(("claims", name, key), sentence))
    return found


def unchecked(ledger: Ledger, document: str, index: DocumentIndex) -> list[str]:
    """The claims on a part of a paragraph, whose hash only the document's text could confirm."""
    return [
        name
        for name, claim in _claims_on(ledger, document)
        if _fault(claim, index, None) is None and _hash_at(claim, index, None) is None
    ]


def _claims_on(ledger: Ledger, document: str) -> Iterator[tuple[str, Claim]]:
    return ((name, claim) for name, claim in ledger.claims.items() if claim.document == document)


def _changes(ledger: Ledger, document: str, index: DocumentIndex) -> Iterator[Problem]:
    """What differs in the document as a whole."""
    known = ledger.documents[document]
    if index.sha256 != known.sha256:
        yield ledger.tree.problem(
            ("documents", document, "sha256"),
            f"the document at hand has the SHA-256 {index.sha256}, not this one; find the version "
            "that was read, or read this one again and write its hash here",
        )
    if len(index.paragraphs) != known.paragraphs:
        yield ledger.tree.problem(
            ("documents", document, "paragraphs"),
            f"the document at hand has {len(index.paragraphs)} paragraphs, not {known.paragraphs}",
        )


def _fault(claim: Claim, index: DocumentIndex, lines: list[str] | None) -> tuple[str, str] | None:
    """The key of a claim's locator that is wrong, and a sentence; None if none is seen to be."""
    try:
        start, end = extent(index, claim.paragraph, claim.span)
    except IndexError as error:
        key = "span" if claim.paragraph <= len(index.paragraphs) else "paragraph"
        return key, f"{error}; the document has changed, or the locator is wrong"
    found = _hash_at(claim, index, lines)
    if found is None or found == claim.sha256:
        return None
    length = index.paragraphs[claim.paragraph - 1].length
    return (
        "sha256",
        f"characters {start} to {end} of the {length} in paragraph {claim.paragraph} have the "
        f"SHA-256 {found}, not this one; the document has changed there, or the locator is wrong. "
        "Read the place again before correcting it",
    )


def _hash_at(claim: Claim, index: DocumentIndex, lines: list[str] | None) -> str | None:
    """The hash of the text a claim points at; None if that takes the text and it is not there."""
    paragraph = index.paragraphs[claim.paragraph - 1]
    start, end = extent(index, claim.paragraph, claim.span)
    if (start, end) == (0, paragraph.length):
        return paragraph.sha256
    return None if lines is None else sha256(lines[claim.paragraph - 1][start:end])
