"""Documents stay with the user: paragraphs, hashes, and claims that no longer match."""

from __future__ import annotations

import hashlib

from clientela.evidence.ledger import Claim, Ledger


def paragraphs(text: str) -> list[str]:
    """The document's paragraphs: its non-empty lines, stripped."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def sha256(text: str) -> str:
    """The hash of a text's UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def span_of(claim: Claim, lines: list[str]) -> str:
    """The text a claim's locator points at, given the document's paragraphs.

    Raises IndexError, saying so, if that lies past the end of the document or the paragraph.
    """
    if claim.paragraph > len(lines):
        raise IndexError(
            f"paragraph {claim.paragraph} is past the document's end; it has {len(lines)}"
        )
    text = lines[claim.paragraph - 1]
    start, end = claim.span or (0, len(text))
    if end > len(text):
        raise IndexError(
            f"the span ends at character {end}, past the end of paragraph {claim.paragraph}, "
            f"which has {len(text)}"
        )
    return text[start:end]


def mismatched(ledger: Ledger, document: str, text: str) -> list[str]:
    """The claims on a document whose span no longer has the hash on record."""
    lines = paragraphs(text)
    found = []
    for name, claim in ledger.claims.items():
        if claim.document != document:
            continue
        try:
            same = sha256(span_of(claim, lines)) == claim.sha256
        except IndexError:
            same = False
        if not same:
            found.append(name)
    return found
