"""Evidence, explanations and traces on the command line, as a user meets them."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

import clientela as ct
from clientela.evidence import Credences, ledger_of, load_ledger
from clientela.reading import read_yaml
from clientela.scenario.starter import starter

PARAGRAPHS = (
    "The envoy was seen at the airport.",
    "The Guards deny that they were given an order.",
    "Two clerks have heard of an order from the envoy.",
    "The Guards were asked about the visit and gave no answer.",
    "The clerks speak of a plot against the Guards.",
)
DOCUMENT = "\n\n".join(PARAGRAPHS) + "\n"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def claim(paragraph: int, sources: str, stance: str, rest: str, end: int | None = None) -> str:
    span = f"span: [0, {end}], " if end else ""
    sha = digest(PARAGRAPHS[paragraph - 1][:end])
    return f"{{document: press, paragraph: {paragraph}, {span}sha256: {sha}, sources: {sources}, stance: {stance}, {rest}}}"


EVIDENCE = f"""\
documents:
  press: {{title: A report, publisher: A paper, date: 2030-02-20, sha256: {digest(DOCUMENT)}, paragraphs: 5}}
sources:
  reporter: {{role: a reporter, named: true, access: direct, reliability: B}}
  officer: {{role: an officer of the Guards, affiliation: guards, named: false, access: direct, reliability: C}}
  clerks: {{role: clerks of the cabinet, camp: palace, named: false, count: 2, access: second-hand, reliability: C}}
claims:
  seen: {claim(1, "reporter", "supports", "says: The envoy was seen., about: visit, credibility: 2")}
  denied: {claim(2, "officer", "denies", "says: The Guards deny an order., about: ordered, credibility: 3", 15)}
  heard: {claim(3, "[clerks, reporter]", "supports", "says: An order was heard of., about: ordered, credibility: 3")}
  unanswered: {claim(4, "officer", "silent", "says: No answer was given., about: visit, credibility: 6")}
  plot: {claim(5, "clerks", "supports", "says: There is a plot., about: framed, against: ordered, credibility: 4")}
propositions:
  visit: {{says: The envoy came., prior: 0.5, elicited: taken as even}}
  ordered: {{says: The Guards were given an order., if: {{proposition: visit, true: 0.4, false: 0.1}}, unwelcome_to: guards}}
  framed: {{says: Somebody wants to discredit the Guards., prior: 0.2}}
"""
HANGING = "{if: {proposition: ordered, true: {low: 0.1, high: 0.3}, false: {low: 0.7, high: 0.9}}, because: denied, elicited: no scale is published}"
SCENARIO = (
    starter("my-crisis")
    .replace("horizon:", "evidence: evidence.yaml\nhorizon:", 1)
    .replace("autonomy: {low: 0.3, likely: 0.6, high: 0.9}", f"autonomy: {HANGING}")
    .replace("dependence: 0.4}", "dependence: {low: 0.3, high: 0.5, because: seen}}")
    + "decisions:\n  wait: {title: Wait for the Guards?, question: guards-obey, "
    "actions: {wait: {yes: 1, no: -1}, act: {yes: 0, no: 0}}}\n"
)
NAMES = ("visit", "ordered", "framed")


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Documents are recorded in a folder of the test's own; lines are wide enough to be read."""
    monkeypatch.setenv("CLIENTELA_DOCUMENTS", str(tmp_path / "store"))
    monkeypatch.setenv("COLUMNS", "160")
    return tmp_path / "store"


@pytest.fixture(autouse=True)
def crisis(tmp_path: Path) -> Path:
    """A small crisis with evidence, and the document that it was taken from."""
    for name, text in {
        "my-crisis.yaml": SCENARIO, "evidence.yaml": EVIDENCE, "press.txt": DOCUMENT,
    }.items():  # fmt: skip
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / "my-crisis.yaml"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run of the crisis."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "my-crisis.yaml").write_text(SCENARIO, encoding="utf-8")
    (folder / "evidence.yaml").write_text(EVIDENCE, encoding="utf-8")
    return ct.run(ct.load(folder / "my-crisis.yaml"), draws=4000, out=folder / "run").folder.path


def overview(text: str) -> dict[str, tuple[float, float]]:
    """Prior and credence by proposition, from the table on top."""
    rows = re.findall(r"^(\S+) +(0\.\d\d) +(0\.\d\d) +\d+ +\d+ *$", text, re.MULTILINE)
    return {name: (float(prior), float(credence)) for name, prior, credence in rows}


def ordered() -> float:
    """How far it is believed that the Guards were given an order."""
    return Credences(ledger_of(read_yaml("evidence.yaml", EVIDENCE)))["ordered"]


# -- evidence show ----------------------------------------------------------------------------


DENIED = EVIDENCE.replace(
    "stance: silent, says: No answer was given.", "stance: denies, says: The Guards deny a visit."
).replace("[clerks, reporter], stance: supports", "[clerks, reporter], stance: denies")


@pytest.mark.parametrize("evidence", [EVIDENCE, DENIED], ids=["believed", "denied"])
def test_the_arithmetic_of_each_credence_can_be_followed(clientela, tmp_path: Path, evidence: str):
    (tmp_path / "evidence.yaml").write_text(evidence)
    told = clientela("evidence", "my-crisis.yaml")
    assert told.returncode == 0, told.stderr
    found = overview(told.stdout)
    assert list(found) == [*NAMES]
    for name in NAMES:
        section = re.split(rf"^{name}: ", told.stdout, flags=re.MULTILINE)[1].split("\n\n")[0]
        credence = float(re.search(r"^prior.* (0\.\d+) *$", section, re.MULTILINE)[1])
        assert credence == pytest.approx(found[name][0], abs=0.005)
        lines = re.findall(
            r"(?:(\d+\.\d+) +([\^÷×]) (\d+\.\d+) +)?× (\d+\.\d+) +(0\.\d+) *$", section, re.MULTILINE
        )  # fmt: skip
        assert lines
        for alone, sign, number, factor, after in lines:
            odds = credence / (1 - credence) * float(factor)
            assert float(after) == pytest.approx(odds / (1 + odds), abs=0.002)
            if alone:
                by, of = float(number), float(alone)
                result = {"^": of**by, "÷": of / by, "×": of * by}[sign]
                assert float(factor) == pytest.approx(result, abs=0.004)
            credence = float(after)
        assert credence == pytest.approx(found[name][1], abs=0.006)
    assert "what is known of other propositions" in told.stdout
    assert "through ordered" in told.stdout


def test_show_may_be_left_out_and_one_proposition_asked_for(clientela):
    short = clientela("evidence", "my-crisis.yaml", "--proposition", "framed")
    assert short.stdout == clientela("evidence", "show", "my-crisis.yaml", "--proposition", "framed").stdout  # fmt: skip
    assert list(overview(short.stdout)) == ["framed"]
    assert "plot (¶ press 5)" in short.stdout
    assert "seen" not in short.stdout


def test_without_a_source_its_reports_are_gone_and_it_is_named(clientela):
    told = clientela("evidence", "my-crisis.yaml", "--without-source", "camp:palace")
    assert told.returncode == 0, told.stderr
    assert "Retracted: clerks." in " ".join(told.stdout.split())
    assert not re.search(r"^ +clerks:", told.stdout, re.MULTILINE)
    assert overview(told.stdout)["framed"] == (0.2, 0.2)


def test_the_matrix_has_claims_by_propositions(clientela):
    told = clientela("evidence", "my-crisis.yaml", "--matrix")
    rows = [line.split() for line in told.stdout.splitlines() if line]
    assert ["A", "visit:", "The", "envoy", "came."] in rows
    claims = [row for row in rows if row[0] in ("seen", "denied", "heard", "unanswered", "plot")]
    told_apart = [float(row[-1]) for row in claims]
    assert len(claims) == 5
    assert told_apart == sorted(told_apart, reverse=True)
    assert claims[0][:2] == ["seen", "++"]
    last = next(row for row in rows if row[0] == "credence")
    shown = clientela("evidence", "my-crisis.yaml").stdout
    assert last[1:] == [f"{overview(shown)[name][1]:.2f}" for name in NAMES]


def test_an_evidence_file_is_not_taken_for_a_wrong_scenario(clientela):
    told = clientela("evidence", "evidence.yaml")
    assert told.returncode == 0 or "evidence file" in told.stderr


def test_what_is_written_is_printed_as_it_is(clientela, tmp_path: Path):
    says = "The [/bold] envoy [red]came :fire:"
    (tmp_path / "evidence.yaml").write_text(EVIDENCE.replace("The envoy came.", f"'{says}'"))
    for command in ("evidence", "trace"):
        told = clientela(command, "my-crisis.yaml", *(["visit"] if command == "trace" else []))
        assert told.returncode == 0, told.stderr
        assert says in told.stdout


# -- documents --------------------------------------------------------------------------------


def test_a_document_is_attached_changes_and_is_noticed(clientela, tmp_path: Path, store: Path):
    right = clientela("evidence", "attach", "press.txt", "--to", "my-crisis.yaml")
    assert right.returncode == 0, right.stderr
    assert "It is document 'press' of my-crisis.yaml" in right.stdout
    assert "Every claim on it matches." in right.stdout
    (record,) = store.iterdir()
    assert not any(paragraph in record.read_text() for paragraph in PARAGRAPHS)
    traced = clientela("trace", "my-crisis.yaml", "actors.guards.autonomy").stdout
    assert "¶2, characters 0 to 15: matches" in traced

    (tmp_path / "press.txt").write_text(DOCUMENT.replace("Guards deny", "Guards DENY"))
    traced = clientela("trace", "my-crisis.yaml", "actors.guards.autonomy").stdout
    assert "¶2, characters 0 to 15: NO LONGER MATCHES: " in traced
    assert "¶3: matches" in traced
    shown = clientela("evidence", "my-crisis.yaml")
    assert shown.returncode == 2
    assert "press.txt has changed since it was attached" in " ".join(shown.stderr.split())
    assert re.search(r"evidence\.yaml:9:\d+: claims\.denied\.sha256: ", shown.stderr)

    again = clientela("evidence", "attach", "press.txt", "--to", "evidence.yaml")
    assert again.returncode == 2
    assert "It has changed since it was attached on" in again.stdout
    assert "evidence.yaml:2:66: documents.press.sha256: " in again.stderr
    assert "claims.denied.sha256: characters 0 to 15" in again.stderr
    assert "claims.seen" not in again.stderr
    assert len(list(store.iterdir())) == 2


def test_a_text_that_is_kept_outlives_its_file(clientela, tmp_path: Path, store: Path):
    kept = clientela(
        "evidence", "attach", "press.txt", "--keep-text", "--to", "my-crisis.yaml", "--document", "press"
    )  # fmt: skip
    assert kept.returncode == 0, kept.stderr
    assert f"recorded in {store}, with its text" in kept.stdout
    assert (store / f"{digest(DOCUMENT)}.txt").read_text() == DOCUMENT
    (tmp_path / "press.txt").unlink()
    assert "characters 0 to 15: matches" in clientela("trace", "my-crisis.yaml", "denied").stdout


def test_an_unknown_document_gets_the_entry_that_would_cite_it(clientela, tmp_path: Path):
    (tmp_path / "other.txt").write_text("Something else.\n")
    told = clientela("evidence", "attach", "other.txt")
    assert told.returncode == 0, told.stderr
    assert "No document of a bundled scenario has this hash." in told.stdout
    assert f"    sha256: {digest('Something else.' + chr(10))}\n    paragraphs: 1" in told.stdout
    wrong = clientela("evidence", "attach", "other.txt", "--to", "my-crisis.yaml", "--document", "pres")  # fmt: skip
    assert wrong.returncode == 2
    assert "--document pres: there is no such document in my-crisis.yaml" in wrong.stderr
    assert "(did you mean 'press'?)" in wrong.stderr


def test_a_locator_can_be_pasted_into_a_claim(clientela):
    told = clientela("evidence", "locate", "press.txt", "2", "--span", "0", "15")
    assert told.stdout == (
        f"    paragraph: 2\n    span: [0, 15]\n    sha256: {digest('The Guards deny')}\n"
    )


# -- exchange ---------------------------------------------------------------------------------


def test_the_ledger_goes_out_and_comes_back_whole(clientela, tmp_path: Path):
    ledger = load_ledger(tmp_path / "evidence.yaml").as_written()
    for out in ("tables", "ledger.json"):
        gone = clientela("evidence", "export", "my-crisis.yaml", out)
        assert gone.returncode == 0, gone.stderr
        assert f"{out}{'/claims.csv' if out == 'tables' else ''}: written" in gone.stdout
        back = clientela("evidence", "import", out, f"{out}.yaml")
        assert back.returncode == 0, back.stderr
        assert back.stdout.startswith(f"{out}.yaml: written")
        assert load_ledger(tmp_path / f"{out}.yaml").as_written() == ledger


def test_an_import_replaces_nothing(clientela, tmp_path: Path):
    clientela("evidence", "export", "evidence.yaml", "tables")
    told = clientela("evidence", "import", "tables", "evidence.yaml")
    assert told.returncode == 4
    assert told.stderr == "evidence.yaml: is there already; choose another name or move it\n"
    assert (tmp_path / "evidence.yaml").read_text() == EVIDENCE


# -- explain ----------------------------------------------------------------------------------


def test_explain_draws_if_there_is_no_run_and_uses_one_that_is_there(clientela, tmp_path: Path):
    first = clientela("explain", "my-crisis.yaml", "--draws", "300", "--top", "1")
    assert first.returncode == 0, first.stderr
    assert "holds no finished run of this; drawing 300 histories" in first.stderr
    (folder,) = (tmp_path / "runs").iterdir()
    again = clientela("explain", "my-crisis.yaml", "--top", "1")
    assert again.stdout == first.stdout
    assert again.stderr == ""
    assert [f.name for f in (tmp_path / "runs").iterdir()] == [folder.name]


def test_one_question_is_explained_in_one_object(clientela, finished: Path):
    told = clientela(
        "explain", "my-crisis.yaml", "--out", str(finished), "--question", "guards-obey", "--json"
    )
    assert told.stderr == ""
    (explanation,) = json.loads(told.stdout, parse_constant=pytest.fail)["explanations"]
    assert explanation["question"] == "guards-obey"
    assert explanation["draws"] == 4000
    assert sum(explanation["rests_on"].values()) == pytest.approx(1.0)
    by_id = {hinge["id"]: hinge for hinge in explanation["hinges"]}
    assert by_id["ordered"]["credence"] == pytest.approx(ordered())
    assert by_id["ordered"]["claims"] == ["denied", "heard", "plot"]
    # Guards under orders have less autonomy, and obey more.
    assert by_id["ordered"]["high"] > by_id["ordered"]["low"]
    assert by_id["actors.guards.autonomy"]["proposition"] == "ordered"
    struck = {(r["kind"], r["id"]) for r in explanation["retractions"]}
    assert {("claim", "heard"), ("source", "officer"), ("camp", "palace")} <= struck


def test_top_limits_the_rows_of_each_table(clientela, finished: Path):
    told = clientela(
        "explain", "my-crisis.yaml", "--out", str(finished), "--question", "guards-obey", "--top", "2"
    )  # fmt: skip
    assert re.findall(r"^(\d+)  ", told.stdout, re.MULTILINE) == ["1", "2"] * 2


def test_knowledge_that_changes_no_decision_is_worth_nothing(clientela, finished: Path):
    told = clientela("explain", "my-crisis.yaml", "--out", str(finished), "--decision", "wait")
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("Do the Guards obey the next envoy?")
    assert "expected gain of decision 'wait'" in told.stdout
    assert not re.search(r"\de-\d\d", told.stdout)  # rounding of a gain that is 0


def test_a_share_from_few_draws_is_not_said_not_to_vary(clientela):
    told = clientela("explain", "my-crisis.yaml", "--draws", "50", "--question", "guards-obey")
    share = int(re.match(r"Do the Guards obey the next envoy\? (\d+) %", told.stdout)[1])
    assert 0 < share < 100
    assert "it does not vary" not in told.stdout


def test_a_wrong_name_is_told_before_anything_is_drawn(clientela, tmp_path: Path):
    told = clientela("explain", "my-crisis.yaml", "--draws", "100", "--question", "guards-obei")
    assert told.returncode == 2
    assert "did you mean 'guards-obey'?" in told.stderr
    assert "drawing" not in told.stderr


# -- trace ------------------------------------------------------------------------------------


def test_a_value_is_traced_to_its_line_its_claims_and_their_paragraphs(clientela):
    told = clientela("trace", "my-crisis.yaml", "ties.sponsorship.varen.front.dependence")
    assert told.returncode == 0, told.stderr
    line = next(n for n, text in enumerate(SCENARIO.splitlines(), 1) if "sponsorship:" in text)
    for part in (
        f"my-crisis.yaml:{line}:", "cited", "claim seen (supports, credibility 2)",
        "source reporter (reliability B, direct, named): a reporter",
        "document press (A paper, 2030-02-20), ¶1: not checked: the document is not attached",
    ):  # fmt: skip
        assert part in told.stdout


def test_a_question_is_traced_through_what_it_hangs_on(clientela, finished: Path):
    told = clientela("trace", "my-crisis.yaml", "guards-obey", "--out", str(finished))
    assert told.returncode == 0, told.stderr
    assert re.match(
        r"Do the Guards obey the next envoy\? yes \d+ % of 4,000 histories", told.stdout
    )
    assert "its variance is" in told.stdout
    for part in ("actors.guards.autonomy", f"proposition ordered, credence {ordered():.2f}", "¶3"):
        assert part in told.stdout


def test_without_a_name_the_values_without_evidence_are_listed(clientela):
    told = clientela("trace", "my-crisis.yaml")
    assert "2 values rest on claims or propositions." in told.stdout
    assert "\nstated: 2 " in told.stdout
    assert "ties.sponsorship.varen.guards.dependence" in told.stdout
    assert "actors.guards.autonomy" not in told.stdout


def test_what_was_retracted_is_marked(clientela):
    told = clientela("trace", "my-crisis.yaml", "officer", "--without-source", "camp:guards")
    lines = told.stdout.splitlines()
    assert lines[0].startswith("source officer (reliability C, direct, unnamed, guards; RETRACTED)")
    assert [line for line in lines if line.startswith(("├── claim", "└── claim"))] == [
        "├── claim denied (denies, credibility 3): The Guards deny an order.",
        "└── claim unanswered (silent, credibility 6): No answer was given.",
    ]


def test_a_misspelt_name_is_told_the_right_one_and_how_to_see_all(clientela):
    told = clientela("trace", "my-crisis.yaml", "actors.gards.autonomy")
    assert told.returncode == 2
    assert "(did you mean 'actors.guards.autonomy'?)" in told.stderr
    assert "'clientela trace' without a name lists the values" in told.stderr
    assert clientela("trace", "my-crisis.yaml").returncode == 0


def test_an_actor_without_claims_is_said_to_have_none(clientela):
    told = clientela("trace", "my-crisis.yaml", "actors.guards")
    assert told.returncode == 0, told.stderr
    assert told.stdout.strip() != "actors.guards"


# -- run, and whatever is wrong ---------------------------------------------------------------


def test_a_run_without_a_source_is_another_run_and_says_so(clientela, tmp_path: Path):
    told = clientela(
        "run", "my-crisis.yaml", "--draws", "60", "--without-source", "officer",
        "--without-source", "camp:palace", "--out", "here", "--json",
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    manifest = json.loads((tmp_path / "here" / "manifest.json").read_text())
    assert manifest["without_sources"] == ["officer", "camp:palace"]
    evidence = json.loads((tmp_path / "here" / "evidence.json").read_text())
    assert [s for s, found in evidence["sources"].items() if found["retracted"]] == [
        "officer", "clerks",
    ]  # fmt: skip
    with_it = clientela("run", "my-crisis.yaml", "--draws", "60", "--out", "here")
    assert with_it.returncode == 4
    assert "holds a run of something else" in with_it.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        ("run my-crisis.yaml --without-source oficer", 2, "--without-source oficer: there is no such source (did you mean 'officer'?)"),
        ("run my-crisis.yaml --without-source camp:x", 2, "known: reporter, officer, clerks, camp:guards, camp:palace"),
        ("evidence my-crisis.yaml --proposition visti", 2, "--proposition visti: there is no such proposition (did you mean 'visit'?)"),
        ("evidence bare.yaml", 2, "bare.yaml: the scenario names no evidence file; add 'evidence: FILE'"),
        ("evidence attach binary", 2, "binary:1:1: is not UTF-8 text; expected a document as plain text"),
        ("evidence attach .", 2, "is not a file; expected a document as plain text"),
        ("evidence attach press.txt --to none.yaml", 2, "none.yaml: there is no such file"),
        ("evidence locate press.txt 9", 2, "press.txt: there is no paragraph 9; the document at hand has 5"),
        ("evidence locate press.txt 1 --span 0 900", 2, "0 to 900 is no span of paragraph 1, which has 34 characters"),
        ("evidence export my-crisis.yaml /proc/none", 4, "cannot be written"),
        ("evidence import none new.yaml", 2, "none: there is no such folder; expected one with documents.csv"),
        ("evidence import press.txt new.yaml", 2, "press.txt"),
        ("explain my-crisis.yaml --out RUN --question guards-obei", 2, "--question guards-obei: there is no such question (did you mean 'guards-obey'?)"),
        ("explain my-crisis.yaml --out RUN --decision wate", 2, "--decision wate: there is no such decision (did you mean 'wait'?)"),
        ("explain my-crisis.yaml --out RUN --score bier", 2, "--score bier: expected brier or log"),
        ("explain my-crisis.yaml --top 0", 2, "--top"),
        ("trace my-crisis.yaml guards-obei", 2, "(did you mean 'guards-obey'?)"),
    ],
)  # fmt: skip
def test_a_fault_is_one_message_and_a_documented_code(
    clientela, tmp_path: Path, finished: Path, arguments: str, code: int, expected: str
):
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00\x01")
    (tmp_path / "bare.yaml").write_text(starter("bare"))
    told = clientela(*arguments.replace("RUN", str(finished)).split())
    assert told.returncode == code, told.stderr
    assert expected in told.stderr
    assert "Traceback" not in told.stderr
    assert not (tmp_path / "new.yaml").exists()
