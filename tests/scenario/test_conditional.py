"""Values that depend on a proposition: how they are drawn, written, refused and kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from arvenia import ARVENIA, MECHANISMS, changed, loaded, problems
from hypothesis import given, settings
from hypothesis import strategies as st

import clientela as ct
from clientela.analysis import Forecast
from clientela.reading import read_yaml
from clientela.scenario import (
    Conditional,
    Quantity,
    Scenario,
    beta,
    discrete,
    fixed,
    json_schema,
    lognormal,
    normal,
    pert,
    uniform,
)

EVIDENCE = f"""\
documents:
  report: {{title: A report, publisher: A paper, sha256: {"a" * 64}, paragraphs: 3}}
sources:
  witness: {{role: a witness, named: true, access: direct, reliability: B}}
  envoy: {{role: an envoy, camp: east, named: false, access: briefed, reliability: C}}
  guest: {{role: a guest, camp: east, named: false, access: direct, reliability: C}}
claims:
  seen: {{document: report, paragraph: 1, sha256: {"b" * 64}, sources: witness, says: It was seen., stance: supports, about: visit, credibility: 2}}
  heard: {{document: report, paragraph: 2, sha256: {"c" * 64}, sources: [envoy, guest], says: It was heard., stance: supports, about: order, credibility: 3}}
propositions:
  visit: {{says: The visit took place., prior: 0.5}}
  order: {{says: An order was given., if: {{proposition: visit, true: 0.4, false: 0.05}}}}
"""
CITING = changed("as_of:", "evidence: evidence.yaml\nas_of:")
PLAIN = "autonomy: {low: 0.3, high: 0.8}"
VALUE = "{if: {proposition: visit, true: {low: 0.6, high: 0.8}, false: {low: 0.1, high: 0.3}}}"
HANGING = CITING.replace(PLAIN, f"autonomy: {VALUE}")
AUTONOMY = "arvenia.yaml:8:48: actors.front.autonomy: "
FORM = "expected if: {proposition: NAME, true: VALUE, false: VALUE}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the evidence in it."""
    (tmp_path / "evidence.yaml").write_text(EVIDENCE, encoding="utf-8")
    return tmp_path


def written(folder: Path, value: str, **options: Any) -> Quantity:
    """The autonomy of the front, so written."""
    scenario = loaded(folder, CITING.replace(PLAIN, f"autonomy: {value}"), **options)
    return scenario.actors["front"].autonomy


def refused(folder: Path, value: str) -> list[str]:
    return problems(folder, CITING.replace(PLAIN, f"autonomy: {value}"))


def struck(scenario: Scenario) -> list[str]:
    """The sources that do not count."""
    assert scenario.ledger is not None
    return [name for name, source in scenario.ledger.sources.items() if source.retracted]


# -- the distribution -------------------------------------------------------------------------

LEVELS = (np.arange(200_000) + 0.5) / 200_000
PAIRS = [
    (uniform(0, 1), uniform(1, 3)),
    (pert(0.2, 0.5, 0.9), beta(mean=0.3, sd=0.1)),
    (normal(5, 1), fixed(2)),
    (lognormal(1, 0.5), discrete([0, 1, 4], [0.2, 0.5, 0.3])),
    (fixed(1), fixed(2)),
]


@pytest.mark.parametrize(("true", "false"), PAIRS)
def test_a_draw_is_the_quantile_of_the_part_that_holds(true, false):
    level, truth = np.array([0.1, 0.1, 0.5, 0.9]), np.array([True, False, False, True])
    drawn = Conditional("visit", true, false, 0.3).draw(level, truth)
    holding = [(true, 0.1), (false, 0.1), (false, 0.5), (true, 0.9)]
    assert drawn.tolist() == [float(part.quantile(at)) for part, at in holding]


@pytest.mark.parametrize("credence", [0.002, 0.3, 0.9])
@pytest.mark.parametrize(("true", "false"), PAIRS)
def test_on_its_own_it_is_the_mixture_by_the_credence(true, false, credence):
    mixed = Conditional("visit", true, false, credence)
    cut = round(credence * len(LEVELS))
    order = np.random.default_rng(1).permutation(len(LEVELS))  # a truth that no level decides
    truth = order < cut
    sample = mixed.draw(LEVELS, truth)
    spread = float(np.std(sample))
    assert mixed.mean() == pytest.approx(float(np.mean(sample)), abs=0.01 * spread)
    for level in (0.1, 0.5, 0.77):
        # As many of the sample lie under the quantile as should; atoms count whole.
        at = mixed.quantile(level)
        assert np.mean(sample < at - 1e-9) - 0.005 <= level <= np.mean(sample <= at + 1e-9) + 0.005
    assert mixed.median() == mixed.quantile(0.5)
    low, high = mixed.support()
    assert low == min(true.support()[0], false.support()[0])
    assert high == max(true.support()[1], false.support()[1])
    assert low <= mixed.quantile(0.0) <= mixed.quantile(1.0) <= high


def test_the_median_of_two_uniforms_is_where_half_of_the_mixture_lies():
    mixed = Conditional("visit", uniform(0, 1), uniform(1, 3), 0.25)
    assert mixed.median() == pytest.approx(5 / 3, abs=1e-3)
    assert mixed.mean() == pytest.approx(1.625)
    assert mixed.quantile(np.array([0.125, 0.5])) == pytest.approx([0.5, 5 / 3], abs=1e-3)


def test_in_words_it_says_both_parts():
    assert Conditional("visit", fixed(1), fixed(2), 0.3).describe() == "if visit: 1; if not: 2"


# -- as it is written -------------------------------------------------------------------------


def test_a_value_takes_the_credence_of_its_proposition(folder: Path):
    scenario = loaded(folder, HANGING)
    found = scenario.actors["front"].autonomy
    assert scenario.credences is not None
    credence = scenario.credences["visit"]
    assert found.distribution == Conditional("visit", uniform(0.6, 0.8), uniform(0.1, 0.3), credence)  # fmt: skip
    assert found.proposition == "visit"
    assert credence > 0.5


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (VALUE.replace("visit", "vist"), "there is no proposition 'vist' in the evidence (did you mean 'visit'?)"),
        (VALUE.replace("visit", "x"), "there is no proposition 'x' in the evidence; known: visit, order"),
        ("{if: {proposition: visit, false: 0.2}}", f"'true' is missing; {FORM}"),
        ("{if: {proposition: visit, true: 0.1, false: 0.2, maybe: 0.3}}", FORM),
        ("{if: {proposition: visit, yes: 0.1, no: 0.2}}", FORM),
        ("{if: visit}", f"'visit' is not a condition; {FORM}"),
        ("{if: }", f"an empty value is not a condition; {FORM}"),
        ("{if: {proposition: 7, true: 0.1, false: 0.2}}", f"7 is not the name of a proposition; {FORM}"),
        (f"{VALUE[:-1]}, low: 0.1, likely: 0.2}}", f"beside 'if' there is 'low', 'likely'; {FORM}"),
        (VALUE.replace("{low: 0.1, high: 0.3}", VALUE), "under 'false' there is another 'if'; expected a plain value"),
        (VALUE.replace("{low: 0.1, high: 0.3}", "often"), "'often' is not a number; expected a number, {low, high}"),
        (VALUE.replace("{low: 0.1, high: 0.3}", "true"), "true is not a number"),
        (VALUE.replace("{low: 0.1, high: 0.3}", "{}"), "no number is given"),
        (VALUE.replace("high: 0.3", "hihg: 0.3"), "there is no 'hihg' in a value"),
        ("{iff: {proposition: visit, true: 0.1, false: 0.2}}", "(did you mean 'if'?)"),
    ],
)  # fmt: skip
def test_what_is_no_condition_is_told_what_was_expected(folder: Path, value: str, said: str):
    (line,) = refused(folder, value)
    assert line.startswith(AUTONOMY)
    assert said in line


@pytest.mark.parametrize("part", ["1.7", "{low: 0.2, high: 2.5}", "{normal: {mean: 0.5, sd: 0.1}}"])
def test_a_part_outside_the_field_is_shown(folder: Path, part: str):
    (line,) = refused(folder, VALUE.replace("{low: 0.1, high: 0.3}", part))
    assert line.startswith(AUTONOMY)
    assert "is not a share; expected a number between 0 and 1" in line
    assert part in line


def test_an_atom_at_an_open_bound_is_refused_in_either_part(tmp_path: Path):
    for case in ("true", "false"):
        value = {"proposition": "visit", "true": 5, "false": 5, case: 0}
        text = ARVENIA.replace("date: 2024-02-01", f"after: {{if: {json.dumps(value)}}}")
        text = text.replace("as_of:", "evidence: evidence.yaml\nas_of:", 1)
        (tmp_path / "evidence.yaml").write_text(EVIDENCE)
        (line,) = problems(tmp_path, text)
        assert "is not a number of days; expected a number over 0" in line


def test_without_evidence_no_proposition_is_known(tmp_path: Path):
    (line,) = problems(tmp_path, changed(PLAIN, f"autonomy: {VALUE}"))
    assert line.startswith("arvenia.yaml:7:48: actors.front.autonomy: 'visit' is not known")
    assert "names no evidence file" in line


def test_the_settings_of_a_mechanism_may_hang_on_a_proposition(folder: Path):
    hanging = "visit_rate: {if: {proposition: order, true: 0.02, false: 0.01}}"
    scenario = loaded(folder, CITING.replace("visit_rate: 0.01", hanging))
    found = scenario.mechanisms["patronage"].visit_rate
    assert found.proposition == "order"
    assert found.distribution.mean() == pytest.approx(0.01 * (1 + scenario.credences["order"]))
    (line,) = problems(folder, CITING.replace("visit_rate: 0.01", hanging.replace("order", "ordr")))
    assert line.startswith("arvenia.yaml:23:15: mechanisms.patronage.visit_rate: ")
    assert "(did you mean 'order'?)" in line


def test_claims_and_reasons_of_the_parts_are_added_up(folder: Path):
    found = written(folder, "{if: {proposition: visit, true: {value: 0.1, because: seen, elicited: read off}, false: {value: 0.2, because: [heard, seen], elicited: a guess}}, because: seen, elicited: judged}")  # fmt: skip
    assert found.because == ("seen", "heard")
    assert found.elicited == "judged; read off (if true); a guess (if false)"
    assert found.standing == "elicited"
    cited = written(folder, "{if: {proposition: visit, true: {value: 0.1, because: seen}, false: 0.2}}")  # fmt: skip
    assert cited.standing == "cited"
    unknown = refused(folder, "{if: {proposition: visit, true: {value: 0.1, because: sen}, false: 0.2}}")  # fmt: skip
    assert "there is no claim 'sen' (did you mean 'seen'?)" in unknown[0]


def test_a_change_may_hang_on_a_proposition_and_reach_into_one(folder: Path):
    path = "actors.front.autonomy"
    whole = loaded(folder, CITING, changes={path: VALUE}).actors["front"].autonomy
    assert whole == loaded(folder, HANGING).actors["front"].autonomy
    part = loaded(folder, HANGING, changes={f"{path}.if.false": "0.5"}).actors["front"].autonomy
    assert isinstance(part.distribution, Conditional)
    assert part.distribution.false == fixed(0.5)
    assert part.distribution.true == uniform(0.6, 0.8)
    for value, said in (
        (VALUE.replace("visit", "vist"), "(did you mean 'visit'?)"),
        ("{if: {proposition: visit}}", FORM),
        (VALUE.replace("0.3", "3"), "is not a share"),
    ):
        (line,) = problems(folder, CITING, changes={path: value})
        assert line.startswith(f"--set {path}: ")
        assert said in line


PARTS = st.one_of(
    st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=4),
    st.sampled_from(["visit", "order", [0.1], {}, {"low": 0.1}, {"if": {}}, {"value": 0.2}]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["proposition", "true", "false", "maybe"]), PARTS, max_size=4
    ) | PARTS,
    st.dictionaries(st.sampled_from(["because", "elicited", "low"]), PARTS, max_size=1),
)  # fmt: skip
def test_whatever_is_written_as_a_condition_is_a_value_or_refused(
    tmp_path_factory, condition, beside
):
    folder = tmp_path_factory.getbasetemp()
    (folder / "evidence.yaml").write_text(EVIDENCE)
    value = {"if": condition, **beside}
    try:
        scenario = loaded(folder, CITING, changes={"actors.front.autonomy": value})
    except ct.ReadingError as error:
        told = str(error)
    else:
        found = scenario.actors["front"].autonomy
        assert 0 <= found.distribution.mean() <= 1
        assert found.proposition in ("visit", "order")
        return
    assert all(line.startswith("--set actors.front.autonomy: ") for line in told.splitlines())


# -- the JSON Schema --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        (VALUE, True),
        (f"{VALUE[:-1]}, because: [seen], elicited: a guess}}", True),
        (VALUE.replace("{low: 0.1, high: 0.3}", "0.2"), True),
        (VALUE.replace("{low: 0.1, high: 0.3}", "{value: 0.2, because: seen}"), True),
        (VALUE.replace("{low: 0.1, high: 0.3}", VALUE), False),
        (VALUE.replace("{low: 0.1, high: 0.3}", "1.7"), False),
        (VALUE.replace("true:", "ture:"), False),
        ("{if: {proposition: visit, false: 0.2}}", False),
        (f"{VALUE[:-1]}, low: 0.1}}", False),
    ],
)
def test_the_schema_takes_a_value_with_a_condition_exactly_if_it_loads(folder, value, valid):
    text = CITING.replace(PLAIN, f"autonomy: {value}")
    data = json.loads(json.dumps(read_yaml("arvenia", text).data, default=str))
    found = list(jsonschema.Draft202012Validator(json_schema(MECHANISMS)).iter_errors(data))
    assert (found == []) is valid
    if valid:
        loaded(folder, text)
    else:
        assert problems(folder, text)


# -- evidence that cannot be read, sources that do not count ------------------------------------


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        (EVIDENCE.replace("reliability: B", "reliability: G"), "evidence.yaml:4:59: sources.witness.reliability: 'G'"),
        ("a: [", "evidence.yaml:1:5: is not valid YAML"),
        (None, "arvenia.yaml:3:1: evidence: there is no file 'evidence.yaml' beside the scenario"),
    ],
)  # fmt: skip
def test_evidence_that_cannot_be_read_is_the_only_complaint(tmp_path: Path, evidence, said: str):
    if evidence is not None:
        (tmp_path / "evidence.yaml").write_text(evidence)
    text = HANGING.replace("visit,", "no-such-proposition,").replace(
        "dependence: 0.5", "dependence: {value: 0.5, because: no-such-claim}"
    )
    (line,) = problems(tmp_path, text)
    assert line.startswith(said)


def test_what_else_is_wrong_is_told_beside_evidence_that_cannot_be_read(tmp_path: Path):
    (tmp_path / "evidence.yaml").write_text(EVIDENCE.replace("reliability: B", "reliability: G"))
    found = problems(tmp_path, HANGING.replace("dependence: 0.5", "dependence: 1.5"))
    assert [line.split(" ")[1] for line in found] == [
        "ties.sponsorship.velia.front.dependence:", "sources.witness.reliability:",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["witnes"], ["--without-source witnes: there is no such source (did you mean 'witness'?)"]),
        (["camp:est"], ["--without-source camp:est: there is no such source (did you mean 'camp:east'?)"]),
        (["zz", "guest", "qq"], ["--without-source qq: there is no such source; known: witness, envoy, guest, camp:east",
                                 "--without-source zz: there is no such source; known: witness, envoy, guest, camp:east"]),
    ],
)  # fmt: skip
def test_an_unknown_source_is_told_the_known(folder: Path, names, said):
    assert problems(folder, CITING, without_sources=names) == said


def test_a_scenario_without_evidence_has_no_source_to_retract(tmp_path: Path):
    (line,) = problems(tmp_path, without_sources=["witness"])
    assert line.startswith("--without-source: the scenario names no evidence file")


def test_a_camp_is_retracted_as_each_of_its_sources_is(folder: Path):
    camp = loaded(folder, HANGING, without_sources=["camp:east"])
    each = loaded(folder, HANGING, without_sources=["guest", "envoy"])
    assert struck(camp) == struck(each) == ["envoy", "guest"]
    assert camp.digest == each.digest


def test_without_its_sources_a_proposition_has_its_prior(folder: Path):
    silent = loaded(folder, HANGING, without_sources=["witness", "camp:east"])
    assert silent.credences is not None
    assert silent.credences["visit"] == pytest.approx(0.5)
    assert silent.credences["order"] == pytest.approx(0.225)
    found = silent.actors["front"].autonomy.distribution
    assert found.mean() == pytest.approx(0.45)


def test_the_digest_follows_the_evidence_in_force_and_nothing_else(folder: Path):
    plain = loaded(folder, HANGING).digest
    assert loaded(folder, HANGING, without_sources=["witness"]).digest != plain
    (folder / "evidence.yaml").write_text("# a comment\n" + EVIDENCE)
    assert loaded(folder, HANGING).digest == plain
    retracted = EVIDENCE.replace("reliability: B", "reliability: B, retracted: true")
    (folder / "evidence.yaml").write_text(retracted)
    assert loaded(folder, HANGING).digest == loaded(folder, HANGING, without_sources=["witness"]).digest  # fmt: skip
    (folder / "evidence.yaml").write_text(EVIDENCE.replace("prior: 0.5", "prior: 0.4"))
    assert loaded(folder, HANGING).digest != plain


# -- a run ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def forecast(tmp_path_factory: pytest.TempPathFactory) -> Forecast:
    folder = tmp_path_factory.mktemp("run")
    (folder / "evidence.yaml").write_text(EVIDENCE)
    (folder / "arvenia.yaml").write_text(HANGING)
    scenario = ct.load(
        folder / "arvenia.yaml", branch="calm", without_sources=["camp:east"],
        changes={"ties.deference.league.elders.strength": "{if: {proposition: order, true: 0.9, false: 0.1}}"},
    )  # fmt: skip
    return ct.run(scenario, draws=2000, seed=4, out=folder / "here")


def test_each_draw_takes_the_part_that_holds_in_it(forecast: Forecast):
    drawn = forecast.parameters.collect()
    visit = drawn["propositions.visit"].to_numpy()
    autonomy = drawn["actors.front.autonomy"].to_numpy()
    assert set(visit) == {0.0, 1.0}
    assert np.all((autonomy >= 0.6) == (visit == 1.0))
    assert forecast.scenario.credences is not None
    # Draws come in pairs with the same parameters.
    assert np.mean(visit) == pytest.approx(forecast.scenario.credences["visit"], abs=0.05)
    order = drawn["propositions.order"].to_numpy() == 1.0
    strength = drawn["ties.deference.league.elders.strength"].to_numpy()
    assert np.array_equal(strength, np.where(order, 0.9, 0.1))


def test_a_run_opened_again_is_of_the_same_scenario(forecast: Forecast):
    kept, now = forecast.scenario, ct.open_run(forecast.folder.path).scenario
    assert now.digest == kept.digest
    assert now.without_sources == ("camp:east",)
    assert struck(now) == struck(kept) == ["envoy", "guest"]
    assert now.branch == "calm"
    assert now.credences is not None
    assert kept.credences is not None
    assert {n: now.credences[n] for n in now.credences} == {
        n: kept.credences[n] for n in kept.credences
    }
    assert now.actors["front"].autonomy == kept.actors["front"].autonomy


# -- decisions --------------------------------------------------------------------------------

DECISION = """\
decisions:
  stay: {title: Stay?, question: violence, actions: {stay: {yes: -1, no: 0}, go: {yes: 0, no: -0.2}}}
"""


def test_a_decision_gives_each_action_a_payoff_by_outcome(folder: Path):
    found = loaded(folder, HANGING + DECISION).decisions["stay"]
    assert found.actions == {"stay": {"yes": -1, "no": 0}, "go": {"yes": 0, "no": -0.2}}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("violence", "violnce", "24: decisions.stay.question: there is no question 'violnce' (did you mean 'violence'?)"),
        ("violence", "weather", "24: decisions.stay.question: there is no question 'weather'; known: violence, government"),
        ("{yes: -1, no: 0}", "{yes: -1}", "54: decisions.stay.actions.stay: 'stay' has no payoff for no; add it"),
        ("no: 0}", "no: 0, mabe: 1}", "77: decisions.stay.actions.stay.mabe: there is no outcome 'mabe'; known: yes, no"),
        (", go: {yes: 0, no: -0.2}", "", "44: decisions.stay.actions: has too few entries; expected at least 2"),
        ("yes: -1", "yes: .nan", "61: decisions.stay.actions.stay.yes: nan is not a number"),
    ],
)  # fmt: skip
def test_a_decision_that_cannot_be_taken_is_told(folder: Path, old: str, new: str, said: str):
    (line,) = problems(folder, HANGING + DECISION.replace(old, new, 1))
    assert line == f"arvenia.yaml:37:{said}"


def test_a_question_of_kinds_takes_their_payoffs(folder: Path):
    text = HANGING.replace("government: any", "kinds: true") + DECISION.replace(
        "question: violence", "question: government"
    )
    found = problems(folder, text)
    for said in (
        "actions.stay: 'stay' has no payoff for front-led, other, none; add it",
        "actions.go.yes: there is no outcome 'yes'; known: front-led, other, none",
    ):
        assert any(said in line for line in found), found
