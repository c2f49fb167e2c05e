"""The evidence in the report: grades, arithmetic, the matrix, who said what, and what is missing."""

from __future__ import annotations

import hashlib
import math
import re
from pathlib import Path

import pytest
from pages import Page, element, rows, section, words

import clientela as ct
from clientela.analysis.explaining import explain
from clientela.analysis.words import kind_titles, percent
from clientela.evidence import Credences
from clientela.evidence.store import attach, by_path, text_of
from clientela.report import render
from clientela.report.evidence import CREDIBILITY, RELIABILITY, arrows_of
from clientela.report.hinges import points, telling_outcome
from clientela.report.matrix import MUCH, SOME, cell
from clientela.report.said_figure import marks_of
from clientela.scenario import quantities

TEXT = "A sentence that stays with its publisher.\nAnother one, from the Governor's memoirs.\n"
SCENARIO = """\
scenario: feud
title: A feud
as_of: 2030-03-01
horizon: 2030-12-31
evidence: evidence.yaml
actors:
  a: {name: A, kind: rival}
  b: {name: B, kind: rival}
ties:
  rivalry: {a: {b: {rate: {if: {proposition: armed, true: 0.02, false: 0.0001}, because: seen, elicited: a guess}}}}
questions:
  clash: {ask: Is there an attack?, happens: "attack:*", by: 2030-04-30}
"""


def ledger(method: str = "tempered") -> str:
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    return f"""\
pooling: {{method: {method}}}
documents:
  d: {{title: "A <i>report</i>", publisher: P, date: 2030-02-01, url: "https://example.org/d", sha256: {digest}, paragraphs: 2}}
sources:
  near: {{role: "<script>near</script>", named: true, access: direct, reliability: A, camp: x}}
  far: {{role: two far away, named: false, access: second-hand, reliability: C, camp: y, count: 2}}
  gone: {{role: who took it back, named: true, access: direct, reliability: B, retracted: true}}
claims:
  seen: {{document: d, paragraph: 1, span: [0, 10], sha256: {digest}, sources: near, says: "They <b>have</b> arms.", stance: supports, about: armed, credibility: 1, event: 2030-01-15, note: "a & b"}}
  heard: {{document: d, paragraph: 2, sha256: {digest}, sources: [near, far], says: s, stance: denies, about: [armed, ready], credibility: 3, said: 2030-01-20}}
  asked: {{document: d, paragraph: 2, sha256: {digest}, sources: far, says: s, stance: silent, about: by-a, credibility: 6}}
  taken: {{document: d, paragraph: 2, sha256: {digest}, sources: gone, says: s, stance: supports, about: armed, credibility: 1}}
propositions:
  ready: {{says: "They are <u>ready</u>.", if: {{proposition: armed, true: 0.7, false: 0.2}}}}
  armed: {{says: They have arms., prior: 0.3, elicited: a guess}}
  by-a: {{says: A did it., prior: 0.6, one_of: author, welcome_to: a}}
  by-b: {{says: B did it., prior: 0.4, one_of: author, unwelcome_to: [b, y]}}
"""  # fmt: skip


def written(folder: Path, method: str = "tempered") -> Path:
    (folder / "evidence.yaml").write_text(ledger(method), encoding="utf-8")
    path = folder / "feud.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def feud(tmp_path_factory) -> ct.Forecast:
    path = written(tmp_path_factory.mktemp("feud"))
    return ct.run(ct.load(path), draws=4000, seed=1)


@pytest.fixture(scope="module")
def page(feud: ct.Forecast) -> str:
    return render(feud)


@pytest.fixture(scope="module")
def iraq() -> ct.Forecast:
    return ct.run(ct.load("iraq-2021"), draws=4000, seed=3)


@pytest.fixture(scope="module")
def whole(iraq: ct.Forecast) -> str:
    return render(iraq)


def credences_of(forecast: ct.Forecast) -> Credences:
    assert forecast.scenario.credences is not None
    return forecast.scenario.credences


# -- sources, claims, documents ---------------------------------------------------------------


def test_every_source_is_there_with_its_grade(iraq: ct.Forecast, whole: str):
    for name, source in credences_of(iraq).ledger.sources.items():
        row = words(element(whole, f"source-{name}", "tr"))
        assert source.role in row
        assert f"{source.reliability} {RELIABILITY[source.reliability]} {source.access}" in row
        assert ("unnamed" in row) == (not source.named)


def test_sources_say_how_many_people_and_claims_they_are(page: str):
    cells = rows(element(page, "source-far", "tr") + "</tr>")[0]
    assert cells == ["two far away far", "C fairly reliable", "second-hand", "unnamed", "2", "–", "2", ""]  # fmt: skip


def test_who_retracted_is_marked_and_the_others_are_not(page: str):
    assert "retracted" in words(element(page, "source-gone", "tr"))
    assert "retracted" not in words(element(page, "source-near", "tr"))
    assert "who took it back" in words(section(page, "evidence")).split("no longer counts")[1]
    assert "retracted" in words(element(page, "claim-taken", "tr"))


def test_retracting_a_camp_marks_its_sources(tmp_path: Path):
    path = written(tmp_path)
    shown = render(ct.run(ct.load(path, without_sources=["camp:y"]), draws=50))
    assert "retracted" in words(element(shown, "source-far", "tr"))
    assert "--without-source camp:y" in words(section(shown, "again"))


def test_every_claim_says_who_says_it_of_what_and_where(iraq: ct.Forecast, whole: str):
    known = credences_of(iraq).ledger
    for name, claim in known.claims.items():
        row = element(whole, f"claim-{name}", "tr")
        assert claim.says in words(row)
        assert f"¶{claim.paragraph}" in words(row)
        assert CREDIBILITY[claim.credibility] in row
        targets = re.findall(r'href="#([^"]*)"', row)
        wanted = [f"source-{s}" for s in claim.sources]
        wanted += [f"proposition-{p}" for p in (*claim.about, *claim.against)]
        assert targets == [*wanted, f"document-{claim.document}"]


def test_a_claims_dates_and_characters_are_given_where_known(page: str):
    seen, heard = (
        words(element(page, "claim-seen", "tr")),
        words(element(page, "claim-heard", "tr")),
    )
    assert "of 2030-01-15" in seen
    assert "characters 0–10" in seen
    assert "said 2030-01-20" in heard
    assert "characters" not in heard


def test_documents_are_told_by_their_first_digits_and_never_linked(page: str):
    row = words(element(page, "document-d", "tr"))
    assert hashlib.sha256(TEXT.encode()).hexdigest()[:12] in row
    assert "https://example.org/d" in row
    assert rows(element(page, "document-d", "tr") + "</tr>")[0][3:5] == ["4", "2"]
    assert all(link.startswith("#") for link in Page(page).links)


def test_the_text_of_documents_appears_nowhere(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("CLIENTELA_DOCUMENTS", str(tmp_path / "store"))
    path = written(tmp_path)
    document = tmp_path / "d.txt"
    document.write_text(TEXT, encoding="utf-8")
    attach(document, keep_text=True)
    assert text_of(by_path(document)[0])
    shown = words(render(ct.run(ct.load(path), draws=50)))
    for sentence in TEXT.splitlines():
        assert sentence[:20] not in shown


def test_names_in_the_evidence_are_text_and_never_markup(page: str):
    for markup in ("<script", "<b>have", "<i>report", "<u>ready"):
        assert markup not in page
    assert "They &lt;b&gt;have&lt;/b&gt; arms." in page
    assert "They are &lt;u&gt;ready&lt;/u&gt;." in page


def test_links_lead_somewhere_and_ids_are_unique(page: str):
    parsed = Page(page)
    assert len(parsed.ids) == len(set(parsed.ids))
    assert {link[1:] for link in parsed.links} <= set(parsed.ids)


# -- propositions -----------------------------------------------------------------------------


def arithmetic(page: str, name: str) -> list[list[str]]:
    start = page.index(f'<div id="proposition-{name}"')
    table = page[start : page.index("</table>", start)]
    return rows(table)[1:]


def number(cell: str) -> float:
    return float(cell.split()[0])


def test_each_propositions_arithmetic_begins_at_the_prior_and_ends_at_its_credence(
    iraq: ct.Forecast, whole: str
):
    credences = credences_of(iraq)
    for name in credences:
        lines = arithmetic(whole, name)
        assert lines[0][-1].replace("\xa0", " ") == percent(credences.prior(name), 1)
        assert lines[-1][-1].replace("\xa0", " ") == percent(credences[name], 1)
        assert len(lines) == 1 + len(credences.steps(name))


def test_the_printed_factors_lead_from_prior_to_credence_by_hand(iraq: ct.Forecast, whole: str):
    credences = credences_of(iraq)
    for name in credences:
        prior = credences.prior(name)
        odds = prior / (1 - prior)
        for line in arithmetic(whole, name)[1:]:
            odds *= number(line[5])
        assert odds / (1 + odds) == pytest.approx(credences[name], abs=0.001)


def test_a_reports_factor_is_its_own_to_the_power_of_the_people_it_adds(whole: str):
    lines = [line for line in arithmetic(whole, "visit-took-place") if "¶" in line[0]]
    assert len(lines) == 7
    for line in lines:
        assert number(line[3]) ** number(line[4]) == pytest.approx(number(line[5]), abs=0.002)


def test_partial_information_has_no_exponents(tmp_path: Path):
    shown = render(ct.run(ct.load(written(tmp_path, "partial-information")), draws=50))
    lines = [line for line in arithmetic(shown, "armed") if "¶" in line[0]]
    assert lines
    assert {line[4] for line in lines} == {"–"}


def test_a_proposition_names_the_parameters_that_differ_by_it(iraq: ct.Forecast, whole: str):
    found = 0
    for path, quantity in quantities(iraq.scenario):
        if quantity.proposition:
            start = whole.index(f'<div id="proposition-{quantity.proposition}"')
            assert (
                f'href="#parameter-{path}"' in whole[start : whole.index("</div></details>", start)]
            )
            found += 1
    assert found > 10


def test_answers_to_one_matter_stand_together_and_children_under_what_they_hang_on(
    feud: ct.Forecast,
):
    credences = credences_of(feud)
    arrows = arrows_of(credences.ledger, credences)
    assert [(a.name, a.depth) for a in arrows] == [
        ("armed", 0),
        ("ready", 1),
        ("by-a", 0),
        ("by-b", 0),
    ]
    assert [a.matter for a in arrows] == [None, None, "author", "author"]


# -- competing hypotheses ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("odds", "sign"),
    [(MUCH, "++"), (1.99, "+"), (SOME, "+"), (1.19, "·"), (1.0, "·"), (1 / 1.19, "·"),
     (1 / SOME, "−"), (1 / MUCH, "−−")],
)  # fmt: skip
def test_signs_stand_for_what_the_odds_are_multiplied_by(odds: float, sign: str):
    assert cell(math.log(odds) * (1 + 1e-9)).sign == sign


def test_the_matrix_shows_what_each_claim_does_to_each_proposition(iraq: ct.Forecast, whole: str):
    credences = credences_of(iraq)
    part = section(whole, "matrix")
    columns = re.findall(r'class="head"><a href="#proposition-([^"]*)"', part)
    half = len(columns) // 2
    assert columns[:half] == columns[half:]
    assert sorted(columns[:half]) == sorted(credences)
    shown = {row[0].split()[0]: row[2:] for row in rows(part) if row[0] and len(row) == half + 2}
    for place, name in enumerate(columns[:half]):
        total: dict[str, float] = {}
        for claim, _, log_factor in credences.contributions(name):
            total[claim] = total.get(claim, 0.0) + log_factor
        for claim, log_factor in total.items():
            assert shown[claim][place] == cell(log_factor).sign
        assert shown["credence,"][place] == percent(credences[name]).removesuffix(" %")


def test_a_claim_that_bears_on_nothing_has_no_row_in_the_matrix(page: str):
    part = section(page, "matrix")
    assert 'href="#claim-seen"' in part
    assert 'href="#claim-taken"' not in part  # its source has retracted


# -- who said what when -----------------------------------------------------------------------


def test_every_word_of_every_source_is_on_the_timeline(iraq: ct.Forecast):
    known = credences_of(iraq).ledger
    marks, undated = marks_of(known)
    assert undated == 0
    assert sum(marks.values()) == sum(len(claim.sources) for claim in known.claims.values())


def test_a_mark_stands_at_the_event_then_the_saying_then_the_document(feud: ct.Forecast):
    marks, _ = marks_of(credences_of(feud).ledger)
    days = {(m.source, m.stance): (m.day.isoformat(), m.dated) for m in marks}
    assert days["near", "supports"] == ("2030-01-15", True)
    assert days["near", "denies"] == ("2030-01-20", True)
    assert days["far", "silent"] == ("2030-02-01", False)


# -- what answers rest and hang on ------------------------------------------------------------


def test_a_proposition_that_decides_the_answer_is_what_it_hangs_on_most(page: str):
    table = rows(section(page, "hinges"))
    row = next(row for row in table if row[0].startswith("Is there an attack?"))
    assert row[2] in ("They have arms.", "A → B: background attacks by each side, events per day")
    assert 'href="#proposition-armed"' in section(page, "hinges")
    assert row[4].startswith("seen")
    assert "−" in row[4]


def test_the_shares_an_answer_rests_on_sum_to_the_whole(whole: str):
    head, *lines, total = rows(section(whole, "rests"))
    assert head[-1] == "elicited and default"
    for line in [*lines, total]:
        shares = [float(re.sub(r"[^\d.]", "", share)) for share in line[1:-1]]
        assert sum(shares) == pytest.approx(100, abs=len(shares))


def test_a_decision_shows_what_each_action_is_worth_and_what_to_find_out(iraq, whole: str):
    shown = section(whole, "decisions")
    assert iraq.scenario.decisions["staff-in-baghdad"].title in words(shown)
    (told,) = explain(iraq, decision="staff-in-baghdad")
    table = rows(shown)
    for action, payoff in told.payoffs.items():
        row = next(row for row in table if row[0].startswith(action))
        assert row[-1] == f"{payoff:.2f}".replace("-", "−")
        assert ("(best now)" in row[0]) == (payoff == max(told.payoffs.values()))
    for hinge in [h for h in told.hinges if h.value.certain][:3]:
        assert hinge.id in shown


def test_every_question_has_its_panel(iraq: ct.Forecast, whole: str):
    for name in iraq.scenario.questions:
        assert whole.count(f'id="hinges-{name}"') == 1


def test_of_several_outcomes_the_one_that_moves_most_is_named(iraq: ct.Forecast, whole: str):
    (found,) = explain(iraq, ["government-kind"])
    title = kind_titles(iraq.scenario)[found.outcomes[telling_outcome(found)]]
    assert f"the one shown is “{title}”" in words(section(whole, "hinges"))
    shown = [r for r in found.retractions if r.certain]
    assert 0 < len(shown) < len(found.retractions)


def test_changes_are_in_points_with_a_true_minus():
    assert points(-0.0123) == "−1.2"
    assert points(0.0123) == "+1.2"
