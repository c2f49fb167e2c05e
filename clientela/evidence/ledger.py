"""The ledger: documents, the sources that speak in them, and what they claim."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from clientela.reading import Problem, ReadingError, read_yaml, suggestion, validated


def _check_sha256(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise _fault(f"'{text[:60]}' is not a SHA-256; expected 64 digits from 0 to 9 and a to f")
    return text


def _check_span(raw: Any) -> Any:
    if raw is None:
        return raw
    whole = isinstance(raw, list | tuple) and all(type(end) is int for end in raw)
    if not whole or len(raw) != 2 or not 0 <= raw[0] < raw[1]:
        raise _fault("this is not a span; expected [start, end] in characters, 0 or more, rising")
    return raw


def _fault(sentence: str) -> PydanticCustomError:
    """A validation error that reads as written."""
    return PydanticCustomError("evidence", "{sentence}", {"sentence": sentence})


Sha256 = Annotated[str, AfterValidator(_check_sha256)]
Count = Annotated[int, Field(strict=True, ge=1)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=20_000)


class Document(_Entry):
    """A published text or table; the text itself stays with the user."""

    title: str
    publisher: str
    date: Annotated[dt.date | None, Field(description="When it was published.")] = None
    url: str | None = None
    sha256: Sha256 = Field(description="SHA-256 of the file's bytes.")
    paragraphs: Count = Field(description="How many non-empty lines it has.")
    note: str = ""


class Source(_Entry):
    """Who says it: an office or group, by role; reliability A (completely) to F (unknown)."""

    role: str
    affiliation: str | None = Field(None, description="An actor of the scenario.")
    camp: str | None = None
    named: Annotated[bool, Field(strict=True)]
    count: Count = Field(1, description="How many people speak as this source.")
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
    paragraph: Count
    span: Annotated[tuple[int, int] | None, BeforeValidator(_check_span)] = None
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
    credibility: Annotated[int, Field(strict=True, ge=1, le=6)]
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
