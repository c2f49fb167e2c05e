"""Where it was learned: documents, sources, claims, propositions, and credences from them.

The project keeps paraphrases, paragraph numbers and hashes; the text of documents stays with
the user.
"""

from clientela.evidence.contradictions import Matrix, competing_hypotheses
from clientela.evidence.credence import Belief, Credences, Step
from clientela.evidence.documents import mismatched, paragraphs
from clientela.evidence.ledger import (
    Claim,
    Document,
    Ledger,
    Pooling,
    Proposition,
    Source,
)
from clientela.evidence.loading import json_schema, ledger_of, load_ledger
from clientela.evidence.pooling import partial_information
from clientela.evidence.verifying import verify

__all__ = [
    "Belief",
    "Claim",
    "Credences",
    "Document",
    "Ledger",
    "Matrix",
    "Pooling",
    "Proposition",
    "Source",
    "Step",
    "competing_hypotheses",
    "json_schema",
    "ledger_of",
    "load_ledger",
    "mismatched",
    "paragraphs",
    "partial_information",
    "verify",
]
