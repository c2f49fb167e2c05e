"""The audit: every number of the bundled scenario leads back to what it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import clientela as ct
from clientela.analysis import QuestionError, program_of
from clientela.analysis.tracing import Auditor, Trace, without_evidence
from clientela.evidence.store import attach
from clientela.scenario import Scenario, quantities

REPORTS = sorted((Path(__file__).parents[3] / "shared" / "seed").glob("*.txt"))


def audited(scenario: Scenario, folder: Path, report: Path | None = None) -> Auditor:
    """An auditor who has no document but this one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLIENTELA_DOCUMENTS", str(folder / "store"))
        if report is not None:
            attach(report)
        return Auditor(scenario)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return ct.load("iraq-2021")


@pytest.fixture(scope="module")
def auditor(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Auditor:
    return audited(scenario, tmp_path_factory.mktemp("audit"))


def texts(trace: Trace) -> Iterator[str]:
    yield trace.text
    for part in trace.rests_on:
        yield from texts(part)


def test_every_value_can_be_traced_to_its_distribution(auditor: Auditor):
    for path, quantity in auditor.values.items():
        told = list(texts(auditor.trace(path)))
        assert told[0] == path
        assert told[1].endswith(quantity.distribution.describe())
        assert told[2].startswith(quantity.standing)


def test_a_value_of_the_file_is_traced_to_where_it_is_written(auditor: Auditor):
    lines = Path(str(auditor.scenario.source)).read_text(encoding="utf-8").splitlines()
    found = 0
    for path, quantity in auditor.values.items():
        told = list(texts(auditor.trace(path)))[1]
        place = re.match(r"\S*scenario\.yaml:(\d+):(\d+): ", told)
        assert bool(place) == (quantity.origin == "scenario"), path
        if place:
            line, column = (int(number) for number in place.groups())
            # A number of seats may stand in place of what it is now and was expected to be.
            assert lines[line - 1][column - 1 :].startswith(path.split(".")[-1]), path
            found += 1
    assert found > 40


def test_a_value_that_rests_on_claims_reaches_their_paragraphs(auditor: Auditor):
    cited = {path: q.because for path, q in auditor.values.items() if q.because}
    assert len(cited) > 10
    for path, claims in cited.items():
        told = list(texts(auditor.trace(path)))
        for name in claims:
            claim = auditor.ledger.claims[name]
            assert any(text.startswith(f"claim {name} (") for text in told), path
            place = re.compile(rf"document {claim.document} \(.*\), ¶{claim.paragraph}[,:]")
            assert any(place.match(text) for text in told), path
            for source in claim.sources:
                assert any(text.startswith(f"source {source} (") for text in told), path


def test_a_value_that_hangs_on_a_proposition_reaches_every_claim_on_it(auditor: Auditor):
    hanging = {path: q.proposition for path, q in auditor.values.items() if q.proposition}
    assert hanging
    for path, name in hanging.items():
        told = list(texts(auditor.trace(path)))
        for claim, _, stance in auditor.ledger.bearing_on(name):
            assert any(text.startswith(f"claim {claim} ({stance}, ") for text in told), path
        assert f"values that hang on it: {', '.join(p for p in hanging if hanging[p] == name)}" in told  # fmt: skip


def test_values_without_evidence_are_those_whose_trace_ends_before_any_claim(auditor: Auditor):
    bare = {path for values in without_evidence(auditor.scenario).values() for path, _ in values}
    drawn = {parameter.name for parameter in program_of(auditor.scenario).parameters}
    ends = {
        path
        for path, _ in quantities(auditor.scenario)
        if path in drawn
        and not any(t.startswith(("claim ", "proposition ")) for t in texts(auditor.trace(path)))
    }
    assert bare == ends
    assert bare
    for standing, values in without_evidence(auditor.scenario).items():
        assert all(quantity.standing == standing for _, quantity in values)


def test_every_proposition_claim_and_source_can_be_traced_by_its_name(auditor: Auditor):
    for kind, names in (
        ("proposition", auditor.ledger.propositions),
        ("claim", auditor.ledger.claims),
        ("source", auditor.ledger.sources),
    ):
        for name in names:
            assert re.match(f"{kind} {name}[ ,]", auditor.trace(f"{kind}s.{name}").text)
            bare = auditor.trace(name)  # all that have the name
            heads = [bare.text, *(part.text for part in bare.rests_on)]
            assert any(re.match(f"{kind} {name}[ ,]", head) for head in heads)


def test_every_actor_tie_and_event_that_rests_on_claims_can_be_traced(auditor: Auditor):
    scenario = auditor.scenario
    parts = {
        f"{group}.{name}": part.because
        for group in ("actors", "past", "scheduled")
        for name, part in getattr(scenario, group).items()
    } | {f"ties.{kind}.{a}.{b}": tie.because for kind, a, b, tie in scenario.ties.each()}
    cited = {name: claims for name, claims in parts.items() if claims}
    assert len(cited) > 10
    for name, claims in cited.items():
        told = [trace.text.split(" ")[1] for trace in auditor.trace(name).rests_on]
        assert told == claims, name


def test_a_proposition_names_the_propositions_that_hang_on_it(auditor: Auditor):
    for name, proposition in auditor.ledger.propositions.items():
        if proposition.given:
            assert any(name in t for t in texts(auditor.trace(proposition.given.proposition))), name


def test_a_retracted_source_is_marked_wherever_it_speaks(scenario: Scenario, tmp_path: Path):
    auditor = audited(ct.load("iraq-2021", without_sources=["camp:tehran"]), tmp_path)
    struck = set(scenario.ledger.camps["tehran"]) if scenario.ledger else set()
    for name in auditor.ledger.propositions:
        for text in texts(auditor.trace(f"propositions.{name}")):
            if text.startswith("source "):
                assert ("; RETRACTED)" in text) == (text.split(" ")[1] in struck)
    assert "; RETRACTED)" in auditor.trace("iran-media").text


def test_a_misspelt_name_is_told_the_nearest(auditor: Auditor):
    for name, near in (
        ("mechanisms.patronage.visit_rat", "mechanisms.patronage.visit_rate"),
        ("visit-took-palce", "visit-took-place"),
        ("iran-medai", "iran-media"),
        ("actors.fatha", "actors.fatah"),
    ):
        with pytest.raises(QuestionError, match=re.escape(f"(did you mean '{near}'?)")):
            auditor.trace(name)


def test_no_claim_is_said_to_match_a_document_that_is_not_attached(auditor: Auditor):
    places = [t for name in auditor.ledger.claims for t in texts(auditor.claim(name)) if "¶" in t]
    assert len(places) == len(auditor.ledger.claims)
    assert all(t.endswith(": not checked: the document is not attached") for t in places)


@pytest.mark.skipif(not REPORTS, reason="the report is not part of the project")
def test_every_claim_on_the_report_matches_it_once_it_is_attached(
    scenario: Scenario, tmp_path: Path
):
    auditor = audited(scenario, tmp_path, REPORTS[0])
    for name, claim in auditor.ledger.claims.items():
        ends = ": matches" if claim.document == "press" else "the document is not attached"
        assert auditor.claim(name).rests_on[-1].text.endswith(ends), name
