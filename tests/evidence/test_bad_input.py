"""Evidence that does not hold together: what is wrong, where, and what to do; never a traceback."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientela.evidence import Credences, Ledger, ledger_of, load_ledger, verify
from clientela.evidence.store import attach
from clientela.reading import ReadingError, read_yaml
from clientela.scenario import bundled

DOCUMENT = "The council met in spring.\nThe clerk was away.\n"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


LEDGER = f"""\
pooling: {{method: tempered, same_camp: 0.4, same_briefing: 0.3, same_document: 0.1}}
documents:
  report: {{title: A report, publisher: A paper, sha256: {digest(DOCUMENT)}, paragraphs: 2}}
sources:
  office: {{role: an office, named: true, access: direct, reliability: B, count: 2}}
  clerk: {{role: a clerk, named: false, access: briefed, reliability: C}}
claims:
  met:
    document: report
    paragraph: 1
    span: [0, 15]
    sha256: {digest("The council met")}
    sources: [office, clerk]
    says: The council met.
    stance: supports
    about: [meeting]
    against: [absence]
    credibility: 2
  unanswered:
    document: report
    paragraph: 2
    sha256: {digest("The clerk was away.")}
    sources: clerk
    says: The clerk gave no answer on the order.
    stance: silent
    about: [order]
    credibility: 6
propositions:
  meeting: {{says: They met., prior: 0.5}}
  absence: {{says: The clerk was away., prior: 0.5}}
  order: {{says: An order was given., if: {{proposition: meeting, true: 0.4, false: 0.1}}}}
  by-east: {{says: The east wrote it., prior: 0.6, one_of: author}}
  by-west: {{says: The west wrote it., prior: 0.4, one_of: author}}
"""
MEETING, ABSENCE = "{says: They met., prior: 0.5}", "{says: The clerk was away., prior: 0.5}"


def changed(*changes: tuple[str, str]) -> str:
    text = LEDGER
    for old, new in changes:
        assert text.count(old) >= 1
        text = text.replace(old, new, 1)
    return text


def ledger_in(folder: Path, text: str = LEDGER) -> Ledger:
    (folder / "evidence.yaml").write_text(text, encoding="utf-8")
    return load_ledger(folder / "evidence.yaml")


def faults(folder: Path, *changes: tuple[str, str]) -> list[str]:
    """What is said, a line each, from the line and column on."""
    with pytest.raises(ReadingError) as caught:
        ledger_in(folder, changed(*changes))
    return [
        line.removeprefix(f"{folder}/evidence.yaml:") for line in str(caught.value).splitlines()
    ]


def test_the_ledger_is_right_before_it_is_spoilt(tmp_path: Path):
    assert list(ledger_in(tmp_path).claims) == ["met", "unanswered"]


@pytest.mark.parametrize(
    ("old", "new", "place", "remedy"),
    [
        ("[office, clerk]", "[offise]", "13:15: claims.met.sources.0:", "there is no source 'offise' (did you mean 'office'?)"),
        ("[office, clerk]", "[minister]", "13:15: claims.met.sources.0:", "there is no source 'minister'; known: office, clerk"),
        ("[office, clerk]", "[office, clerk, office]", "13:30: claims.met.sources.2:", "'office' stands here twice; remove one"),
        ("[office, clerk]", "[]", "13:5: claims.met.sources:", "too few entries; expected at least 1"),
        ("about: [meeting]", "about: meting", "16:5: claims.met.about.0:", "no proposition 'meting' (did you mean 'meeting'?)"),
        ("[absence]", "[absense]", "17:15: claims.met.against.0:", "no proposition 'absense' (did you mean 'absence'?)"),
        ("[absence]", "[absence, meeting]", "17:24: claims.met.against.1:", "'meeting' is also under 'about'; a claim cannot be for and against it"),
        ("about: [order]", "against: [order]", "19:3: claims.unanswered:", "'silent' says nothing, so it cannot be 'against' anything; write the proposition under 'about'"),
        ("reliability: B", "reliability: G", "5:58: sources.office.reliability:", "expected 'A', 'B', 'C', 'D', 'E' or 'F'"),
        ("count: 2", "count: -2", "5:74: sources.office.count:", "-2 is out of range; expected a number at least 1"),
        ("count: 2", "count: 0", "5:74: sources.office.count:", "0 is out of range; expected a number at least 1"),
        ("count: 2", "count: 1.5", "5:74: sources.office.count:", "1.5 is not a whole number"),
        ("They met., prior: 0.5", "They met., prior: 0", "29:30: propositions.meeting.prior:", "expected a number at least 0.001"),
        ("They met., prior: 0.5", "They met., prior: 1", "29:30: propositions.meeting.prior:", "expected a number at most 0.999"),
        ("They met., prior: 0.5", "They met., prior: true", "29:30: propositions.meeting.prior:", "true is not a number"),
        ("They met., prior: 0.5", "They met., prior: .nan", "29:30: propositions.meeting.prior:", "expected a number at most 0.999"),
        ("given., if", "given., prior: 0.4, if", "31:3: propositions.order:", "needs either 'prior' or 'if' (with two priors), not both"),
        (MEETING, "{says: They met.}", "29:3: propositions.meeting:", "needs either 'prior' or 'if'"),
        ("given., if", "given., one_of: author, if", "31:3: propositions.order:", "'one_of' a matter has a plain 'prior', without 'if'"),
        ("prior: 0.6", "prior: 0.5", "32:51: propositions.by-east.one_of:", "by-east, by-west sum to 0.9; exactly one of them is true ('author'), so expected 1"),
        ("prior: 0.4, one_of: author", "prior: 0.4", "32:51: propositions.by-east.one_of:", "the only answer to 'author'; add the others or remove it"),
        ("true: 0.4, ", "", "31:38: propositions.order.if.true:", "'true' is missing; add it"),
        ("proposition: meeting", "proposition: meting", "31:43: propositions.order.if.proposition:", "(did you mean 'meeting'?)"),
        ("same_camp: 0.4", "same_camp: 0.7", "1:1: pooling:", "the three correlations sum to 1.1; expected at most 0.99"),
        ("method: tempered", "method: temperd", "1:11: pooling.method:", "expected 'tempered' or 'partial-information' (did you mean 'tempered'?)"),
        ("paragraph: 2", "paragraph: 3", "21:5: claims.unanswered.paragraph:", "past the end of 'report', which has 2"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_at_its_place_with_the_remedy(
    tmp_path: Path, old: str, new: str, place: str, remedy: str
):
    (line,) = faults(tmp_path, (old, new))
    assert line.startswith(place)
    assert remedy in line


def test_a_key_misspelt_in_a_condition_is_told_the_right_one(tmp_path: Path):
    assert any("(did you mean 'true'?)" in line for line in faults(tmp_path, ("true:", "ture:")))
    line = next(line for line in faults(tmp_path, ("given., if:", "given., iff:")) if "iff" in line)
    assert "expected one of says, prior, if, elicited" in line


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        ([("proposition: meeting", "proposition: order")], "31:43: propositions.order.if", "'order' hangs on itself; give it a plain 'prior'"),
        ([(MEETING, "{says: They met., if: {proposition: order, true: 0.4, false: 0.1}}")], "29:35: propositions.meeting.if", "in a circle: meeting → order → meeting; give one of them a plain 'prior'"),
        ([(MEETING, "{says: They met., if: {proposition: absence, true: 0.4, false: 0.1}}"),
          (ABSENCE, "{says: Away., if: {proposition: order, true: 0.4, false: 0.1}}")], "29:35: propositions.meeting.if", "in a circle: meeting → absence → order → meeting; give one"),
    ],
)  # fmt: skip
def test_propositions_in_a_circle_are_shown_the_circle(tmp_path: Path, changes, place, said):
    (line,) = faults(tmp_path, *changes)
    assert line.startswith(f"{place}.proposition: ")
    assert said in line


def test_the_second_of_two_claims_with_one_id_is_to_be_removed(tmp_path: Path):
    (line,) = faults(tmp_path, ("  unanswered:", "  met:"))
    assert line.startswith("19:3: ")
    assert "there is another 'met' here; remove one" in line
    assert "The clerk gave no answer" not in line  # the entry is not printed


def test_all_mistakes_in_entries_are_told_in_one_go(tmp_path: Path):
    found = faults(
        tmp_path, ("method: tempered", "method: mean"), ("reliability: B", "reliability: G"),
        ("count: 2", "count: -2"), ("about: [order]", "against: [order]"), ("prior: 0.5", "prior: 0"),
        ("given., if", "given., prior: 0.4, if"),
    )  # fmt: skip
    assert [line.split(": ")[1] for line in found] == [
        "pooling.method", "sources.office.reliability", "sources.office.count", "claims.unanswered",
        "propositions.meeting.prior", "propositions.order",
    ]  # fmt: skip


def test_all_mistakes_between_entries_are_told_in_one_go(tmp_path: Path):
    found = faults(
        tmp_path, ("[office, clerk]", "[offise, clerk, clerk]"), ("[absence]", "[meeting]"),
        ("paragraph: 2", "paragraph: 9"), ("proposition: meeting", "proposition: order"),
        ("prior: 0.6", "prior: 0.5"),
    )  # fmt: skip
    assert [line.split(": ")[1] for line in found] == [
        "claims.met.sources.0", "claims.met.sources.2", "claims.met.against.0",
        "claims.unanswered.paragraph", "propositions.order.if.proposition",
        "propositions.by-east.one_of",
    ]  # fmt: skip


def test_a_mistake_in_an_entry_does_not_hide_one_between_entries(tmp_path: Path):
    found = faults(tmp_path, ("reliability: B", "reliability: G"), ("sources: clerk", "sources: clrk"))  # fmt: skip
    assert [line.split(": ")[1] for line in found] == [
        "sources.office.reliability", "claims.unanswered.sources.0",
    ]  # fmt: skip


# -- documents at hand ------------------------------------------------------------------------


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLIENTELA_DOCUMENTS", str(tmp_path / "store"))
    path = tmp_path / "report.txt"
    path.write_text(DOCUMENT)
    return path


def test_a_span_past_the_end_is_told_at_its_line_once_the_document_is_attached(
    tmp_path: Path, report: Path
):
    ledger = ledger_in(tmp_path, changed(("[0, 15]", "[0, 150]")))
    assert verify(ledger)["report"].of("met") == "not checked: the document is not attached"
    attach(report)
    found = verify(ledger)["report"]
    assert [str(problem).removeprefix(f"{tmp_path}/") for problem in found.problems] == [
        "evidence.yaml:11:5: claims.met.span: 0 to 150 is no span of paragraph 1, which has 26 "
        "characters; the document has changed, or the locator is wrong"
    ]
    assert found.of("met").startswith("NO LONGER MATCHES: 0 to 150 is no span of paragraph 1")
    assert found.of("unanswered") == "matches"


def test_a_document_that_changed_puts_in_doubt_the_claims_on_what_changed(
    tmp_path: Path, report: Path
):
    ledger = ledger_in(tmp_path)
    attach(report)
    assert verify(ledger)["report"].state == "unchanged"
    report.write_text(DOCUMENT.replace("council", "cabinet"))
    found = verify(ledger)["report"]
    assert found.state == "changed"
    assert list(found.doubtful) == ["met"]
    assert [(p.line, p.column, p.path) for p in found.problems] == [
        (3, 49, "documents.report.sha256"), (12, 5, "claims.met.sha256"),
    ]  # fmt: skip
    assert all("read" in p.message.lower() for p in found.problems)  # what to do: read it again
    assert found.of("unanswered") == "matches"


def test_without_the_file_spans_cannot_be_told_and_whole_paragraphs_can(
    tmp_path: Path, report: Path
):
    attach(report)
    report.unlink()
    found = verify(ledger_in(tmp_path))["report"]
    assert found.state == "gone"
    assert found.of("met") == "not checked: the file is gone"
    assert found.of("unanswered") == "matches"


# -- whatever is done to it -------------------------------------------------------------------


def beginning(text: str, claims: int) -> list[str]:
    """The lines of an evidence file with its first claims and the sources that these name."""
    parts: dict[str, list[str]] = {}
    for part in re.split(r"^(?=[a-z]+:)", text, flags=re.MULTILINE)[1:]:
        parts[part.split(":")[0]] = re.split(r"^(?=  [a-z0-9-]+:)", part, flags=re.MULTILINE)
    parts["claims"] = parts["claims"][: claims + 1]
    heading, *sources = parts["sources"]
    told = " ".join(re.findall(r"sources:.*", "".join(parts["claims"])))
    named = [s for s in sources if re.search(rf"\b{s.split(':')[0].strip()}\b", told)]
    parts["sources"] = [heading, *named]
    return "".join(map("".join, parts.values())).splitlines()


BUNDLED = (bundled()["iraq-2021"].parent / "evidence.yaml").read_text(encoding="utf-8")
LINES = beginning(BUNDLED, 12)
POSITIONS = st.integers(0, len(LINES) - 1)


def test_the_lines_to_be_mutated_are_a_ledger():
    ledger = ledger_of(read_yaml("evidence.yaml", "\n".join(LINES)))
    assert len(ledger.claims) == 12
    assert len(ledger.propositions) > 3


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["delete", "duplicate", "replace"]), POSITIONS,
    POSITIONS.map(LINES.__getitem__) | st.text(max_size=12),
)  # fmt: skip
def test_any_line_deleted_duplicated_or_replaced_loads_or_is_told(what: str, at: int, other: str):
    lines = [*LINES]
    lines[at : at + 1] = {"delete": [], "duplicate": [lines[at]] * 2, "replace": [other]}[what]
    text = "\n".join(lines)
    try:
        ledger = ledger_of(read_yaml("evidence.yaml", text))
    except ReadingError as error:
        told = error.problems
    else:
        credences = Credences(ledger)
        assert all(0 < credences[name] < 1 for name in credences)
        return
    assert told
    assert all(p.message.strip() and p.line <= len(text.splitlines()) + 1 for p in told)
