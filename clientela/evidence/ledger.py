"""The ledger: documents, the sources that speak in them, and what they claim."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from clientela.reading import Problem, ReadingError, read_yaml, suggestion, validated

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=20_000)


class Document(_Entry):
    """A published text or table; the text itself stays with the user."""

    title: str
    publisher: str
    date: Annotated[dt.date | None, Field(description="When it was published.")] = None
    url: str | None = None
    sha256: Sha256 = Field(description="SHA-256 of the file's bytes.")
    paragraphs: int = Field(ge=1, description="How many non-empty lines it has.")
    note: str = ""


class Source(_Entry):
    """Who says it: an office or group, by role; reliability A (completely) to F (unknown)."""

    role: str
    affiliation: str | None = Field(None, description="An actor of the scenario.")
    camp: str | None = None
    named: bool
    count: int = Field(1, ge=1, description="How many people speak as this source.")
    access: Literal["direct", "briefed", "second-hand", "unknown"]
    reliability: Literal["A", "B", "C", "D", "E", "F"]
    note: str = ""


class Claim(_Entry):
    """What sources say at one place of a document, in our words.

    `paragraph` counts the document's non-empty lines from 1; `span` is a range of characters
    within it (none: the whole); `sha256` is that of the span's UTF-8 text, so that a changed
    document is noticed without keeping its words. Credibility 1 (confirmed) to 6 (unknown).
    """

    document: str
    paragraph: int = Field(ge=1)
    span: tuple[int, int] | None = None
    sha256: Sha256
    sources: Annotated[
        list[str],
        BeforeValidator(
            lambda raw: [raw] if isinstance(raw, str) else raw,
            json_schema_input_type=str | list[str],
        ),
    ]
    says: str
    stance: Literal["supports", "denies", "declines", "silent"]
    credibility: int = Field(ge=1, le=6)
    said: dt.date | None = None
    event: dt.date | None = None
    note: str = ""


class Ledger(_Entry):
    """An evidence file."""

    documents: dict[str, Document] = {}
    sources: dict[str, Source] = {}
    claims: dict[str, Claim] = {}


def load_ledger(path: Path) -> Ledger:
    """The evidence in a file. Raises ReadingError with every problem at its line and column."""
    tree = read_yaml(path)
    ledger = validated(Ledger, tree)
    problems: list[Problem] = []
    for name, claim in ledger.claims.items():
        at = ("claims", name)
        document = ledger.documents.get(claim.document)
        if document is None:
            hint = suggestion(claim.document, ledger.documents)
            problems.append(
                tree.problem((*at, "document"), f"there is no document '{claim.document}'{hint}")
            )
        elif claim.paragraph > document.paragraphs:
            problems.append(
                tree.problem(
                    (*at, "paragraph"),
                    f"paragraph {claim.paragraph} is past the end of '{claim.document}', which "
                    f"has {document.paragraphs}",
                )
            )
        for i, source in enumerate(claim.sources):
            if source not in ledger.sources:
                hint = suggestion(source, ledger.sources)
                problems.append(
                    tree.problem((*at, "sources", i), f"there is no source '{source}'{hint}")
                )
    if problems:
        raise ReadingError(problems)
    return ledger


def paragraphs(text: str) -> list[str]:
    """The document's paragraphs: its non-empty lines, stripped."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def mismatched(ledger: Ledger, document: str, text: str) -> list[str]:
    """The claims on a document whose span no longer has the hash on record."""
    lines = paragraphs(text)
    found = []
    for name, claim in ledger.claims.items():
        if claim.document != document:
            continue
        if claim.paragraph > len(lines):
            found.append(name)
            continue
        start, end = claim.span or (0, len(lines[claim.paragraph - 1]))
        span = lines[claim.paragraph - 1][start:end]
        if hashlib.sha256(span.encode()).hexdigest() != claim.sha256:
            found.append(name)
    return found
