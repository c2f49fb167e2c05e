"""From an evidence file to a ledger whose parts fit together."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from clientela.evidence.ledger import Ledger
from clientela.reading import Problem, ReadingError, Tree, read_yaml, suggestion, validated

Finding = tuple[tuple[object, ...], str]  # path, sentence


def load_ledger(path: Path) -> Ledger:
    """The evidence in a file. Raises ReadingError with every problem at its line and column."""
    return ledger_of(read_yaml(path))


def ledger_of(tree: Tree) -> Ledger:
    """The evidence in a tree. Raises ReadingError with every problem at its line and column."""
    ledger = validated(Ledger, tree)
    findings = [
        *_references(ledger),
        *_stances(ledger),
        *_parents(ledger),
        *_matters(ledger),
    ]
    problems: list[Problem] = [tree.problem(path, sentence) for path, sentence in findings]
    if problems:
        raise ReadingError(problems)
    return ledger.placed(tree)


def _unknown(kind: str, name: str, known: Iterable[str]) -> str:
    known = list(known)
    hint = suggestion(name, known)
    listed = f"; known: {', '.join(known[:12])}" if known and not hint else ""
    return f"there is no {kind} '{name}'{listed}{hint}"


def _references(ledger: Ledger) -> Iterator[Finding]:
    for name, claim in ledger.claims.items():
        at = ("claims", name)
        document = ledger.documents.get(claim.document)
        if document is None:
            yield (*at, "document"), _unknown("document", claim.document, ledger.documents)
        elif claim.paragraph > document.paragraphs:
            yield (
                (*at, "paragraph"),
                f"paragraph {claim.paragraph} is past the end of '{claim.document}', which "
                f"has {document.paragraphs}",
            )
        for key, names, kind, known in (
            ("sources", claim.sources, "source", ledger.sources),
            ("about", claim.about, "proposition", ledger.propositions),
            ("against", claim.against, "proposition", ledger.propositions),
        ):
            for i, item in enumerate(names):
                if item not in known:
                    yield (*at, key, i), _unknown(kind, item, known)
                elif item in names[:i]:
                    yield (*at, key, i), f"'{item}' stands here twice; remove one"
    for name, proposition in ledger.propositions.items():
        if proposition.given and proposition.given.proposition not in ledger.propositions:
            at = ("propositions", name, "if", "proposition")
            yield at, _unknown("proposition", proposition.given.proposition, ledger.propositions)


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
