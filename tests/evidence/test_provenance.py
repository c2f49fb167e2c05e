"""The ledger as PROV-JSON comes back whole, is what PROV takes it for, and faults are told."""

from __future__ import annotations

import contextlib
import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledgers import ledgers

from clientela.evidence import Ledger, ledger_of, load_ledger
from clientela.evidence.provenance import from_prov, read_prov, to_prov, write_prov
from clientela.evidence.store import DocumentStoreError
from clientela.reading import ReadingError, Tree
from clientela.scenario import bundled

DIGEST = "a" * 64
SMALL = {
    "documents": {
        "press": {"title": "A report", "publisher": "A paper", "date": "2021-12-22",
                  "sha256": DIGEST, "paragraphs": 3},
        "table": {"title": "A table", "publisher": "An office", "sha256": DIGEST, "paragraphs": 9},
    },
    "sources": {
        "official": {"role": "an official", "named": False, "access": "direct", "reliability": "B"},
        "clerk": {"role": "a clerk", "named": True, "access": "briefed", "reliability": "C"},
    },
    "claims": {
        "no: first": {
            "document": "press", "paragraph": 2, "span": [0, 19], "sha256": DIGEST,
            "sources": ["official", "clerk"], "says": "So it was.", "stance": "denies",
            "about": ["ordered"], "against": ["happened"], "credibility": 2,
        },
    },
    "propositions": {
        "happened": {"says": "It happened.", "prior": 0.5, "welcome_to": ["north"]},
        "ordered": {"says": "It was ordered.", "if": {"proposition": "happened", "true": 0.5, "false": 0.01}},
    },
}  # fmt: skip
CLAIM = "claim:no%3A%20first"


def small() -> Ledger:
    return ledger_of(Tree("small", SMALL))


def data() -> Any:
    return json.loads(json.dumps(to_prov(small())))


def bundled_ledger() -> Ledger:
    return load_ledger(bundled()["iraq-2021"].parent / "evidence.yaml")


@settings(max_examples=40, deadline=None)
@given(ledgers())
def test_any_ledger_comes_back_from_prov(ledger: Ledger):
    text = json.dumps(to_prov(ledger), allow_nan=False)
    assert from_prov(json.loads(text)).as_written() == ledger.as_written()


def test_the_bundled_ledger_comes_back_from_a_file(tmp_path: Path):
    ledger = bundled_ledger()
    write_prov(ledger, tmp_path / "evidence.json")
    assert read_prov(tmp_path / "evidence.json").as_written() == ledger.as_written()


def test_a_claim_is_told_in_the_terms_of_prov():
    found = data()
    assert list(found["entity"]) == [
        "document:press", "document:table", CLAIM, "proposition:happened", "proposition:ordered",
        "clientela:pooling",
    ]  # fmt: skip
    assert found["entity"]["document:press"]["clientela:date"] == {
        "$": "2021-12-22",
        "type": "xsd:date",
    }
    assert list(found["agent"]) == ["source:official", "source:clerk"]
    assert next(iter(found["used"].values())) == {
        "prov:activity": "paraphrasing:press",
        "prov:entity": "document:press",
    }
    assert list(found["wasGeneratedBy"].values()) == [
        {"prov:entity": CLAIM, "prov:activity": "paraphrasing:press"}
    ]
    assert list(found["wasDerivedFrom"].values()) == [
        {"prov:generatedEntity": CLAIM, "prov:usedEntity": "document:press", "prov:activity": "paraphrasing:press"},
        {"prov:generatedEntity": "proposition:ordered", "prov:usedEntity": CLAIM, "clientela:stance": "denies"},
        {"prov:generatedEntity": "proposition:happened", "prov:usedEntity": CLAIM, "clientela:stance": "supports"},
    ]  # fmt: skip
    assert [r["prov:agent"] for r in found["wasAttributedTo"].values()] == [
        "source:official",
        "source:clerk",
    ]
    assert list(found["wasInfluencedBy"].values()) == [
        {
            "prov:influencee": "proposition:ordered", "prov:influencer": "proposition:happened",
            "clientela:true": 0.5, "clientela:false": 0.01,
        }
    ]  # fmt: skip


def through(package: Any, ledger: Ledger) -> tuple[Any, Any]:
    """What the reference library reads, and what it writes of it."""
    document = package.ProvDocument.deserialize(content=json.dumps(to_prov(ledger)), format="json")
    return document, json.loads(document.serialize(format="json"))


def test_the_reference_library_reads_and_writes_it_without_loss():
    package = pytest.importorskip("prov.model")
    ledger = bundled_ledger()
    document, again = through(package, ledger)
    assert len(list(document.get_records(package.ProvAgent))) == len(ledger.sources)
    assert len(list(document.get_records(package.ProvActivity))) == len(ledger.documents)
    derived = len(ledger.claims) + sum(len(list(c.stances())) for c in ledger.claims.values())
    assert len(list(document.get_records(package.ProvDerivation))) == derived
    assert from_prov(again).as_written() == ledger.as_written()


@settings(max_examples=40, deadline=None)
@given(ledgers())
def test_the_reference_library_takes_every_name_and_text(ledger: Ledger):
    package = pytest.importorskip("prov.model")
    document, again = through(package, ledger)
    assert package.ProvDocument.deserialize(content=json.dumps(again), format="json") == document
    back = from_prov(again)
    # Its values of one attribute are a set, so lists of sides that gain lose order and doubles.
    for part in ("pooling", "documents", "sources", "claims"):
        assert getattr(back, part) == getattr(ledger, part)
    assert list(back.propositions) == list(ledger.propositions)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("entity", CLAIM, "clientela:says"), None, "claims.no: first.says: 'says' is missing; add it"),
        (("entity", CLAIM, "clientela:credibility"), 7, "claims.no: first.credibility: 7 is out of range"),
        (("entity", CLAIM, "clientela:credibility"), {"$": "two", "type": "xsd:int"}, "'two' is not a whole number"),
        (("entity", CLAIM, "clientela:start"), None, "claims.no: first.span: this is not a span"),
        (("entity", CLAIM, "clientela:color"), "red", "claims.no: first.color: there is no 'color' here"),
        (("entity", CLAIM, "prov:label"), "red", "there is no 'prov:label' here; expected one of document"),
        (("entity", CLAIM, "clientela:sources"), "clerk", "'clientela:sources' is told by relations, not here"),
        (("entity", CLAIM, "ex:color"), "red", "the prefix of 'ex:color' does not stand under 'prefix'"),
        (("entity", CLAIM), [], f"entity.{CLAIM}: is not an object"),
        (("entity", CLAIM), None, "wasDerivedFrom._:r4: its 'prov:generatedEntity' is the claim 'no: first', which there is not"),
        (("entity", "clientela:other"), {}, "entity.clientela:other: 'clientela:other' is no part of a ledger"),
        (("entity", "claim:%FF"), {}, "'claim:%FF' is not percent-encoded UTF-8"),
        (("entity", "claim:no%3a%20first"), {}, "entity.claim:no%3a%20first: is another record of the claim 'no: first'"),
        (("entity", "source:clerk"), {}, "entity.source:clerk: is not expected under 'entity', which holds: document, claim"),
        (("activity", "paraphrasing:press", "clientela:note"), "x", "there is no 'note' here"),
        (("wasDerivedFrom", "_:r4", "prov:usedEntity"), "document:prss", "its 'prov:usedEntity' is the document 'prss', which there is not"),
        (("wasDerivedFrom", "_:r4", "prov:usedEntity"), None, "wasDerivedFrom._:r4: 'prov:usedEntity' is missing; add it"),
        (("wasDerivedFrom", "_:r4", "prov:usedEntity"), 1, "its 'prov:usedEntity' is not text"),
        (("wasDerivedFrom", "_:r4", "prov:usedEntity"), "document:table", "names the document 'table' where another relation names 'press'"),
        (("wasDerivedFrom", "_:r4", "prov:activity"), "paraphrasing:table", "names the document 'press' where another relation names 'table'"),
        (("wasDerivedFrom", "_:r4", "prov:time"), "x", "there is no 'http://www.w3.org/ns/prov#time' here"),
        (("wasDerivedFrom", "_:r7", "clientela:stance"), None, "wasDerivedFrom._:r7: 'clientela:stance' is missing; add it"),
        (("wasDerivedFrom", "_:r7", "clientela:stance"), "silent", "its 'clientela:stance' is 'silent'; expected 'denies' or 'supports'"),
        (("wasDerivedFrom", "_:r7", "prov:usedEntity"), "proposition:happened", "relates a proposition to a proposition; expected a relation of a claim to a document or of a proposition to a claim"),
        (("wasDerivedFrom", "_:r4"), None, None),
        (("wasAttributedTo",), None, "claims.no: first.sources: 'sources' is missing"),
        (("wasAttributedTo",), [], "wasAttributedTo: is not an object"),
        (("wasInfluencedBy", "_:x"), {"prov:influencee": "proposition:ordered", "prov:influencer": "proposition:happened"}, "'ordered' hangs on another proposition already"),
        (("wasInfluencedBy", "_:r9", "clientela:true"), None, "propositions.ordered.if.true: 'true' is missing"),
        (("wasInfluencedBy", "_:r9", "prov:influencer"), "proposition:ordered", "'ordered' hangs on itself"),
        (("wasInfluencedBy", "_:r9", "prov:influencer"), "clientela:pooling", "relates a proposition to a pooling"),
        (("wasQuotedFrom",), {}, "there is no 'wasQuotedFrom' in a ledger; expected prefix, entity"),
        (("prefix", "claim"), None, f"the prefix of '{CLAIM}' does not stand under 'prefix'"),
        (("prefix", "claim"), 3, "prefix.claim: is not text; expected the address of a namespace"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_by_its_path(path: tuple[str, ...], value: Any, said: str | None):
    changed = data()
    around = changed
    for step in path[:-1]:
        around = around[step]
    if value is None:
        del around[path[-1]]
    else:
        around[path[-1]] = value
    if said is None:  # what another relation tells as well may be left out
        assert from_prov(changed).as_written() == small().as_written()
        return
    with pytest.raises(ReadingError) as caught:
        from_prov(changed, "ledger.json")
    lines = str(caught.value).splitlines()
    assert any(said in line for line in lines), lines
    assert all(line.startswith("ledger.json: ") for line in lines)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", ":1:2: is not JSON: Expecting property name"),
        (b"\xff", ":1:1: is not UTF-8 text; expected PROV-JSON, saved as UTF-8"),
        (b"[]", ": is not an object; expected names with their records, as in PROV-JSON"),
        (b'{"entity": {"a": 1, "a": 2}}', ": is not JSON: an object has the key 'a' twice"),
        (b"[" * 100_000, ": is nested too deeply"),
        (b"9" * 5000, ": is not JSON: "),
    ],
)
def test_a_file_that_is_no_prov_json_is_refused(tmp_path: Path, content: bytes, said: str):
    path = tmp_path / "ledger.json"
    path.write_bytes(content)
    with pytest.raises(ReadingError) as caught:
        read_prov(path)
    assert f"{path}{said}" in str(caught.value)


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
JSON = st.recursive(
    LEAVES | st.sampled_from([CLAIM, "document:press", "clientela:pooling", "source:"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["$", "type", "prov:entity", "clientela:says", "document:x"])
            | st.text(max_size=4),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_whatever_is_done_to_it_it_is_read_or_refused(choice: st.DataObject):
    changed = copy.deepcopy(data())
    around, keys = changed, list(changed)
    while True:
        key = choice.draw(st.sampled_from(keys))
        inner = around[key]
        if not isinstance(inner, dict) or not inner or choice.draw(st.booleans()):
            break
        around, keys = inner, list(inner)
    if choice.draw(st.booleans()):
        around[choice.draw(st.text(max_size=8))] = choice.draw(JSON)
    else:
        around[key] = choice.draw(JSON)
    with contextlib.suppress(ReadingError):
        assert isinstance(from_prov(changed), Ledger)


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DocumentStoreError, match=r"cannot be written .*; choose another file"):
        write_prov(small(), tmp_path / "file" / "ledger.json")
