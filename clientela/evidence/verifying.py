"""Whether claims still match the documents they were taken from, as far as these are at hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from clientela.evidence.documents import check_locators, unchecked
from clientela.evidence.ledger import Ledger
from clientela.evidence.store import Attached, attached, read_utf8, text_of
from clientela.reading import Problem, ReadingError


@dataclass(frozen=True)
class Verification:
    """What is known of one document of a ledger.

    `state` is `not attached`, `unchanged`, `changed` (the file is another than the one attached)
    or `gone` (only its index is left, so spans within paragraphs cannot be told). `problems` has
    what no longer matches, `doubtful` the claims concerned, `untold` those that cannot be told.
    """

    state: str
    path: Path | None = None
    problems: tuple[Problem, ...] = ()
    doubtful: dict[str, str] = field(default_factory=dict)
    untold: tuple[str, ...] = ()

    def of(self, claim: str) -> str:
        """In words, for one claim."""
        if claim in self.doubtful:
            return f"NO LONGER MATCHES: {self.doubtful[claim]}"
        if self.state == "not attached" or claim in self.untold:
            return "not checked: " + (
                "the document is not attached"
                if self.state == "not attached"
                else "the file is gone"
            )
        return "matches"


def verify(ledger: Ledger) -> dict[str, Verification]:
    """By document: whether its claims match what the user has attached.

    Raises DocumentStoreError if a record of the store cannot be read.
    """
    return {name: _verified(ledger, name) for name in ledger.documents}


def _verified(ledger: Ledger, document: str) -> Verification:
    record = attached(ledger.documents[document].sha256)
    if record is None:
        return Verification("not attached")
    text = text_of(record)
    if text is not None:
        return _checked(ledger, document, "unchanged", record, text)
    try:
        now = read_utf8(record.path, "the attached document")
    except ReadingError:
        problems = check_locators(ledger, document, record.index)
        untold = tuple(unchecked(ledger, document, record.index))
        return Verification("gone", record.path, tuple(problems), _doubtful(problems), untold)
    return _checked(ledger, document, "changed", record, now)


def _checked(
    ledger: Ledger, document: str, state: str, record: Attached, text: str
) -> Verification:
    problems = check_locators(ledger, document, text)
    return Verification(state, record.path, tuple(problems), _doubtful(problems))


def _doubtful(problems: list[Problem]) -> dict[str, str]:
    """The sentence on each claim that no longer matches."""
    parts = [(p.path.split("."), p.message) for p in problems]
    return {path[1]: message for path, message in parts if path[0] == "claims"}
