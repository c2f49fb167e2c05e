"""Where it was learned: documents, sources and claims, with locators and hashes.

The project keeps paraphrases, paragraph numbers and hashes; the text of documents stays with
the user.
"""

from clientela.evidence.ledger import (
    Claim,
    Document,
    Ledger,
    Source,
    load_ledger,
    mismatched,
    paragraphs,
)

__all__ = [
    "Claim",
    "Document",
    "Ledger",
    "Source",
    "load_ledger",
    "mismatched",
    "paragraphs",
]
