"""Random ledgers whose parts fit together, in odd words: what a format must bring back."""

from __future__ import annotations

import hashlib
from typing import Any

from hypothesis import strategies as st

from clientela.evidence import Ledger, ledger_of
from clientela.reading import Tree

ODD = st.sampled_from([
    "", " ", "'", "''", "'=1", "=HYPERLINK(1)", "+1", "-1", "@x", "\t=1", "\u00a0=1", "＝1", "-", ".",
    "a; b", ";", ' "a"; b', '"', '""', "a,b", 'say "so"', "one\ntwo", "one\r\ntwo", "\r", "\n", " b ",
    "\0", "\ufeff", "a:b", "a.b.", "%41", "%", "true", "TRUE", "null", "007", "2021-10-10", "1e5",
    "_:r1", "prov:type", "document:press", "$", "الصدر", "é☃", "a/b?c#d", "\u2028",
])  # fmt: skip
TEXTS = st.one_of(ODD, st.text(max_size=12))
DIGESTS = TEXTS.map(lambda text: hashlib.sha256(text.encode()).hexdigest())
CHANCES = st.floats(min_value=0.001, max_value=0.999)
FLAGS = st.booleans()
MAYBE = st.none() | TEXTS
DATES = st.none() | st.dates().map(str)


def _ids(least: int, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(TEXTS, min_size=least, max_size=most, unique=True)


def _entries(draw: Any, names: list[str], **fields: st.SearchStrategy) -> dict[str, dict]:
    return {name: {key: draw(values) for key, values in fields.items()} for name in names}


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """A ledger with at least a document and a source; it may lack the rest."""
    documents = _entries(
        draw, draw(_ids(1, 3)), title=TEXTS, publisher=TEXTS, date=DATES, url=MAYBE, note=TEXTS,
        sha256=DIGESTS, paragraphs=st.integers(1, 100_000),
    )  # fmt: skip
    sources = _entries(
        draw, draw(_ids(1, 3)), role=TEXTS, affiliation=MAYBE, camp=MAYBE, named=FLAGS,
        count=st.integers(1, 100_000), briefing=MAYBE, retracted=FLAGS, note=TEXTS,
        access=st.sampled_from(["direct", "briefed", "second-hand", "unknown"]),
        reliability=st.sampled_from("ABCDEF"),
    )  # fmt: skip
    propositions = _propositions(draw)
    return ledger_of(
        Tree(
            "generated",
            {
                "pooling": _pooling(draw),
                "documents": documents,
                "sources": sources,
                "claims": _claims(draw, documents, list(sources), list(propositions)),
                "propositions": propositions,
            },
        )
    )


def _pooling(draw: Any) -> dict[str, Any]:
    share = st.floats(min_value=0, max_value=0.33)
    return {
        "method": draw(st.sampled_from(["tempered", "partial-information"])),
        **{f"same_{what}": draw(share) for what in ("camp", "briefing", "document")},
        "information": draw(st.floats(min_value=0.001, max_value=0.999)),
    }


def _claims(
    draw: Any, documents: dict[str, dict], sources: list[str], propositions: list[str]
) -> dict[str, dict]:
    found = _entries(
        draw, draw(_ids(0, 4)), sha256=DIGESTS, says=TEXTS, credibility=st.integers(1, 6),
        said=DATES, event=DATES, note=TEXTS,
        stance=st.sampled_from(["supports", "denies", "declines", "silent"]),
    )  # fmt: skip
    for claim in found.values():
        name = draw(st.sampled_from(list(documents)))
        claim["document"] = name
        claim["paragraph"] = draw(st.integers(1, documents[name]["paragraphs"]))
        ends = draw(st.none() | st.sets(st.integers(0, 10**6), min_size=2, max_size=2))
        claim["span"] = sorted(ends) if ends else None
        claim["sources"] = draw(st.lists(st.sampled_from(sources), min_size=1, unique=True))
        some = draw(st.permutations(propositions))
        one, two = sorted(draw(st.integers(0, len(some))) for _ in range(2))
        claim["about"] = some[:one]
        answers = claim["stance"] in ("supports", "denies")
        claim["against"] = some[one:two] if answers else []
    return found


def _propositions(draw: Any) -> dict[str, dict]:
    """Alone, hanging on an earlier one, or two or three answers to one matter."""
    found = _entries(
        draw, draw(_ids(0, 7)), says=TEXTS, elicited=TEXTS, note=TEXTS,
        welcome_to=st.lists(TEXTS, max_size=3), unwelcome_to=st.lists(TEXTS, max_size=3),
    )  # fmt: skip
    names = list(found)
    matters = draw(_ids(7, 7))
    at = 0
    while at < len(names):
        size = draw(st.integers(1, min(3, len(names) - at)))
        group = names[at : at + size]
        weights = [draw(st.integers(1, 9)) for _ in group]
        for name, weight in zip(group, weights, strict=True):
            if size > 1:
                # An empty name is no matter.
                found[name]["one_of"] = matters[at] or "matter"
                found[name]["prior"] = weight / sum(weights)
            elif at and draw(st.booleans()):
                given = {"proposition": draw(st.sampled_from(names[:at]))}
                found[name]["if"] = {**given, "true": draw(CHANCES), "false": draw(CHANCES)}
            else:
                found[name]["prior"] = draw(CHANCES)
        at += size
    return found
