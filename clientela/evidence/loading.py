"""From an evidence file to a ledger whose parts fit together."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from clientela.evidence.ledger import Ledger
from clientela.reading import ReadingError, Tree, read_yaml, suggestion, validated

Finding = tuple[tuple[object, ...], str]  # path, sentence


def load_ledger(path: Path, text: str | None = None) -> Ledger:
    """The evidence in a file, or in a text to be read in its place.

    Raises ReadingError with every problem at its line and column.
    """
    return ledger_of(read_yaml(path, text))


def ledger_of(tree: Tree) -> Ledger:
    """The evidence in a tree. Raises ReadingError with every problem at its line and column."""
    # On what is written, so that a mistake in one entry does not hide one between entries.
    problems = [tree.problem(path, sentence) for path, sentence in _references(tree.data)]
    try:
        ledger = validated(Ledger, tree)
    except ReadingError as error:
        raise ReadingError([*problems, *error.problems]) from None
    findings = [*_paragraphs(ledger), *_stances(ledger), *_parents(ledger), *_matters(ledger)]
    problems += [tree.problem(path, sentence) for path, sentence in findings]
    if problems:
        raise ReadingError(problems)
    return ledger.placed(tree)


def _unknown(kind: str, name: str, known: Iterable[str]) -> str:
    known = list(known)
    hint = suggestion(name, known)
    listed = f"; known: {', '.join(known[:12])}" if known and not hint else ""
    return f"there is no {kind} '{name}'{listed}{hint}"


def _references(data: dict[str, Any]) -> Iterator[Finding]:
    """Names that no document, source or proposition has, or that stand twice in a list."""
    known = {group: _mapping(data.get(group)) for group in ("documents", "sources", "propositions")}
    for name, claim in _mapping(data.get("claims")).items():
        for key, kind in _CITED.items():
            given = _mapping(claim).get(key)
            names = given if isinstance(given, list) else [given]
            for i, item in enumerate(names):
                at = ("claims", name, key, *([] if key == "document" else [i]))
                if not isinstance(item, str):
                    continue
                if item not in known[f"{kind}s"]:
                    yield at, _unknown(kind, item, known[f"{kind}s"])
                elif item in names[:i]:
                    yield at, f"'{item}' stands here twice; remove one"
    for name, proposition in known["propositions"].items():
        parent = _mapping(_mapping(proposition).get("if")).get("proposition")
        if isinstance(parent, str) and parent not in known["propositions"]:
            at = ("propositions", name, "if", "proposition")
            yield at, _unknown("proposition", parent, known["propositions"])


# What each list of a claim names.
_CITED = {
    "document": "document", "sources": "source", "about": "proposition", "against": "proposition",
}  # fmt: skip


def _mapping(part: Any) -> dict[str, Any]:
    return part if isinstance(part, dict) else {}


def _paragraphs(ledger: Ledger) -> Iterator[Finding]:
    for name, claim in ledger.claims.items():
        document = ledger.documents.get(claim.document)
        if document is not None and claim.paragraph > document.paragraphs:
            yield (
                ("claims", name, "paragraph"),
                f"paragraph {claim.paragraph} is past the end of '{claim.document}', which "
                f"has {document.paragraphs}",
            )


def _stances(ledger: Ledger) -> Iterator[Finding]:
    for name, claim in ledger.claims.items():
        for i, item in enumerate(claim.against):
            if item in claim.about:
                yield (
                    ("claims", name, "against", i),
                    f"'{item}' is also under 'about'; a claim cannot be for and against it",
                )


def _parents(ledger: Ledger) -> Iterator[Finding]:
    parents = {
        name: [p.given.proposition] if p.given else [] for name, p in ledger.propositions.items()
    }
    try:
        TopologicalSorter(parents).prepare()
    except CycleError as error:
        loop = list(reversed(error.args[1]))
        if len(loop) == 2:
            sentence = f"'{loop[0]}' hangs on itself; give it a plain 'prior'"
        else:
            sentence = (
                f"propositions hang on each other in a circle: {' → '.join(loop)}; give one of "
                "them a plain 'prior'"
            )
        yield ("propositions", loop[0], "if", "proposition"), sentence


def _matters(ledger: Ledger) -> Iterator[Finding]:
    matters: dict[str, list[str]] = {}
    for name, proposition in ledger.propositions.items():
        if proposition.one_of:
            matters.setdefault(proposition.one_of, []).append(name)
    for matter, members in matters.items():
        at = ("propositions", members[0], "one_of")
        total = math.fsum(ledger.propositions[name].prior or 0.0 for name in members)
        if len(members) == 1:
            yield (
                at,
                f"'{members[0]}' is the only answer to '{matter}'; add the others or remove it",
            )
        elif abs(total - 1.0) > 1e-6:
            yield (
                at,
                f"the priors of {', '.join(members)} sum to {total:g}; exactly one of them is "
                f"true ('{matter}'), so expected 1",
            )


def as_yaml(ledger: Ledger) -> str:
    """The ledger as an evidence file, what has its default left out."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width = 100
    yaml.indent(mapping=2, sequence=4, offset=2)
    data = ledger.model_dump(by_alias=True, exclude_defaults=True)
    text = io.StringIO()
    yaml.dump(data, text)
    return text.getvalue()


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of an evidence file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Ledger.model_json_schema(by_alias=True),
        "title": "Clientela evidence",
    }
