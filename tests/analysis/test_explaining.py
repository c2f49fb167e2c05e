"""What answers hang on: against known answers, nested runs and enumeration."""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import clientela as ct
from clientela.analysis import Explanation, explain, finished_run, program_of
from clientela.analysis.information import brier_gain, decision_gain, jackknifed, log_gain
from clientela.analysis.questions import QuestionError
from clientela.analysis.retraction import likelihood
from clientela.analysis.sensitivity import sobol_indices
from clientela.evidence import Credences
from clientela.scenario.starter import starter

DAYS = 366  # from 1 January 2030 to 1 January 2031
SHA = "a" * 64

EVIDENCE = f"""\
documents: {{d: {{title: t, publisher: p, sha256: {SHA}, paragraphs: 9}}}}
sources:
  near: {{role: r, named: true, access: direct, reliability: A, camp: x}}
  far: {{role: r, named: false, access: second-hand, reliability: C, camp: y, count: 2}}
  foe: {{role: r, named: true, access: direct, reliability: B, camp: z}}
claims:
  seen: {{document: d, paragraph: 1, sha256: {SHA}, sources: near, says: s, stance: supports, about: armed, credibility: 2}}
  heard: {{document: d, paragraph: 2, sha256: {SHA}, sources: far, says: s, stance: supports, about: armed, credibility: 3}}
  denied: {{document: d, paragraph: 3, sha256: {SHA}, sources: foe, says: s, stance: denies, about: [armed, ready], credibility: 3}}
propositions:
  armed: {{says: They have arms., prior: 0.3}}
  ready: {{says: They are ready., if: {{proposition: armed, true: 0.7, false: 0.2}}}}
  aside: {{says: It does not matter., prior: 0.5}}
"""  # fmt: skip
# Attacks come at rate `low` or `high` a year by the proposition, times what one value says.
SCENARIO = """\
scenario: known
title: A known answer
as_of: 2030-01-01
horizon: 2031-01-01
evidence: evidence.yaml
actors:
  a: {name: A, kind: rival}
  b: {name: B, kind: rival}
  c: {name: C, kind: rival}
ties:
  rivalry:
    a:
      b: {mutual: false, rate: {if: {proposition: ready, true: {low: 0.002, high: 0.006}, false: 0.0005}}}
      c: {mutual: false, rate: {low: 0.0001, high: 0.004}}
mechanisms:
  escalation: {own: 0, retaliation: 0, contagion: 0, clash_rate: 0, clash: 0, spiral: 0}
questions:
  struck: {ask: Is anybody attacked?, happens: "attack:*"}
  b-struck: {ask: Is B attacked?, happens: "attack:a>b"}
decisions:
  leave:
    title: Leave?
    question: struck
    actions:
      stay: {"yes": -10, "no": 0}
      go: {"yes": -7, "no": -5}
"""
DRAWS = 60_000


def written(folder: Path) -> Path:
    (folder / "evidence.yaml").write_text(EVIDENCE, encoding="utf-8")
    path = folder / "known.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def known(path: Path, **options: Any) -> ct.Scenario:
    off = ["alignment", "attribution", "authority", "dispute", "negotiation", "deadlines",
           "formation", "participation", "patronage", "succession"]  # fmt: skip
    return ct.load(path, without=off, **options)


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    return written(tmp_path_factory.mktemp("known"))


@pytest.fixture(scope="module")
def forecast(path: Path) -> ct.Forecast:
    return ct.run(known(path), draws=DRAWS, seed=5)


@pytest.fixture(scope="module")
def found(forecast: ct.Forecast) -> dict[str, Explanation]:
    return {e.question: e for e in explain(forecast)}


def hinge(explanation: Explanation, name: str):
    return next(h for h in explanation.hinges if h.id == name)


B, C = "ties.rivalry.a.b.rate", "ties.rivalry.a.c.rate"


def chance_of_none(ready: bool, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """P(nobody is attacked): Poisson, independent of each other."""
    return np.exp(-DAYS * (np.where(ready, b, 0.0005) + c))


def exact(credence: float) -> dict[str, float]:
    """Brier gains for `struck` by quadrature over the laws of the two rates."""
    u = (np.arange(400) + 0.5) / 400
    b, c = 0.002 + 0.004 * u, 0.0001 + 0.0039 * u
    yes_c = np.exp(-DAYS * c)
    yes_b = np.exp(-DAYS * b)
    none_b = credence * yes_b.mean() + (1 - credence) * math.exp(-DAYS * 0.0005)
    p = 1 - none_b * yes_c.mean()
    by_ready = np.array([math.exp(-DAYS * 0.0005), yes_b.mean()]) * yes_c.mean()
    gain_ready = np.average((1 - by_ready - p) ** 2, weights=[1 - credence, credence])
    by_c = 1 - none_b * yes_c
    by_b = np.append(1 - yes_b * yes_c.mean(), 1 - by_ready[0])
    weights = np.append(np.full(400, credence / 400), 1 - credence)
    both_b = np.append(yes_b, math.exp(-DAYS * 0.0005))
    whole = 1 - both_b[:, None] * yes_c[None, :]
    total = np.average((whole - p) ** 2, weights=np.outer(weights, np.full(400, 1 / 400)))
    return {
        "p": p, "ready": gain_ready, C: np.mean((by_c - p) ** 2),
        B: np.average((by_b - p) ** 2, weights=weights), "all": total,
    }  # fmt: skip


# -- the value of information -----------------------------------------------------------------


def test_values_of_information_are_the_exact_ones(forecast, found):
    """Brier gains of a yes or no are the variances explained."""
    truth = exact(forecast.scenario.credences["ready"])
    struck = found["struck"]
    assert struck.shares[0] == pytest.approx(truth["p"], abs=0.008)
    for name in ("ready", B, C):
        value = hinge(struck, name).value
        assert value.estimate == pytest.approx(
            truth[name], abs=4 * value.error + 0.02 * truth[name]
        )
        assert value.certain
        assert value.error < 0.1 * truth[name]


def test_the_answer_with_a_proposition_true_and_false_is_the_exact_one(found):
    u = (np.arange(400) + 0.5) / 400
    b, c = 0.002 + 0.004 * u, 0.0001 + 0.0039 * u
    ready = hinge(found["struck"], "ready")
    assert ready.high[0] == pytest.approx(1 - np.exp(-DAYS * b).mean() * np.exp(-DAYS * c).mean(), abs=0.01)  # fmt: skip
    assert ready.low[0] == pytest.approx(1 - math.exp(-DAYS * 0.0005) * np.exp(-DAYS * c).mean(), abs=0.01)  # fmt: skip


@pytest.mark.parametrize("score", ["brier", "log", "leave"])
def test_values_of_information_are_those_of_a_nested_run(path: Path, forecast, score):
    """Brute force: fix the value of one rate at eight levels and run each anew."""
    inner = [
        ct.run(known(path, changes={C: float(0.0001 + 0.0039 * (k + 0.5) / 8)}), draws=16_000, seed=11 + k)
        for k in range(8)
    ]  # fmt: skip
    yes = np.array([f.answers[0].probability for f in inner])
    shares = np.column_stack([yes, 1 - yes])
    overall = shares.mean(axis=0)
    if score == "brier":
        nested = np.mean((yes - yes.mean()) ** 2)
    elif score == "log":
        nested = np.mean(np.sum(shares * np.log2(shares / overall), axis=1))
    else:
        payoffs = np.array([[-10, 0], [-7, -5]])
        nested = np.mean((shares @ payoffs.T).max(axis=1)) - (overall @ payoffs.T).max()
    options = {"decision": score} if score == "leave" else {"score": score}
    (told,) = explain(forecast, ["struck"], **options)
    if score == "leave":
        p = told.shares[0]
        assert told.payoffs == pytest.approx({"stay": -10 * p, "go": -7 * p - 5 * (1 - p)})
    value = hinge(told, C).value
    # Eight levels leave out 1/64 of the variance of a value that acts in proportion.
    assert value.estimate == pytest.approx(nested, abs=4 * value.error + 0.05 * nested)
    assert value.estimate > 5 * value.error


def test_what_nothing_hangs_on_is_not_drawn_and_what_does_not_matter_is_noise(found):
    hinges = {h.id for h in found["struck"].hinges}
    assert hinges >= {"armed", "ready", B, C}
    assert "aside" not in hinges
    assert not hinge(found["b-struck"], C).value.certain
    assert hinge(found["b-struck"], C).index is None


def test_gains_of_counts_that_hold_no_information_are_none():
    rng = np.random.default_rng(1)
    counts = rng.multinomial(800, [0.3, 0.7], size=(10, 40, 16))
    for gain in (brier_gain(1), log_gain, decision_gain(np.array([[1.0, 0.0], [0.0, 0.4]]))):
        values = jackknifed(gain, counts)
        assert sum(v.certain for v in values) <= 2
        plain = gain(counts.sum(axis=0)).mean()
        assert np.mean([v.estimate for v in values]) < max(plain, 1e-12)


# -- sources ----------------------------------------------------------------------------------


def test_retracting_every_source_gives_back_the_answer_of_the_priors(path: Path, forecast, found):
    scenario = known(path, without_sources=["near", "far", "foe"])
    assert scenario.credences["armed"] == pytest.approx(0.3)
    assert scenario.credences["ready"] == pytest.approx(0.3 * 0.7 + 0.7 * 0.2)
    again = ct.run(scenario, draws=DRAWS, seed=6).answers[0]
    weighted = next(r for r in found["struck"].retractions if r.kind == "all")
    error = math.hypot(weighted.changes[0].error, (again.high - again.low) / 4)
    assert weighted.shares[0] == pytest.approx(again.probability, abs=4 * error)
    assert weighted.changes[0].estimate < -5 * weighted.changes[0].error


@pytest.mark.parametrize(("kind", "name"), [("source", "near"), ("camp", "z"), ("claim", "denied")])
def test_a_weighted_retraction_is_the_run_without_it(path: Path, forecast, found, kind, name):
    source = {"claim": "foe", "camp": "camp:z"}.get(kind, name)
    again = ct.run(known(path, without_sources=[source]), draws=DRAWS, seed=5).answers[0]
    weighted = next(r for r in found["struck"].retractions if (r.kind, r.id) == (kind, name))
    assert weighted.shares[0] == pytest.approx(again.probability, abs=0.006)
    before = forecast.answers[0].probability
    assert (weighted.shares[0] > before) == (kind != "source")


def test_likelihoods_are_sums_over_all_states(path: Path):
    """`ready` counts and `armed` is summed out, by enumeration."""
    beliefs = [b for b in known(path).credences.beliefs if b.name != "aside"]
    armed, ready = beliefs
    truth = {"ready": np.array([False, True])}
    slow = [
        sum(
            (armed.chances[0][0] if a else 1 - armed.chances[0][0])
            * (ready.chances[a][0] if r else 1 - ready.chances[a][0])
            for a in (0, 1)
        )
        for r in (0, 1)
    ]
    assert likelihood(beliefs, ["ready"], truth) == pytest.approx(slow)
    both = {n: np.array(v) for n, v in zip(("armed", "ready"), zip(*itertools.product([False, True], repeat=2), strict=True), strict=True)}  # fmt: skip
    assert likelihood(beliefs, ["armed", "ready"], both).sum() == pytest.approx(1.0)


# -- variance and indices ---------------------------------------------------------------------


def test_what_an_answer_rests_on_adds_up_to_its_variance(forecast, found):
    for question, explanation in found.items():
        assert sum(explanation.rests_on.values()) == pytest.approx(1.0), question
        assert all(part >= 0 for part in explanation.rests_on.values())
    truth = exact(forecast.scenario.credences["ready"])
    spread = truth["p"] * (1 - truth["p"])
    struck = found["struck"].rests_on
    assert struck["chance"] == pytest.approx(1 - truth["all"] / spread, abs=0.03)
    assert struck["propositions"] == pytest.approx(truth["ready"] / spread, abs=0.02)
    assert struck["unresolved"] < 0.03


def test_sobol_indices_of_the_surrogate_are_those_of_the_answer(forecast, found):
    truth = exact(forecast.scenario.credences["ready"])
    index = hinge(found["struck"], C).index
    assert index.first == pytest.approx(truth[C] / truth["all"], abs=0.06)
    assert index.total > index.first - 0.03
    # What no other input explains: all but what is known with everything else known.
    assert index.total == pytest.approx(1 - truth[B] / truth["all"], abs=0.08)


def test_sobol_indices_of_ishigami():
    """f = sin x₁ + 7 sin² x₂ + x₃⁴ sin x₁ / 10 on (−π, π)³: S₁ = .314, .442, 0; S_T = .558, .442, .244."""

    def ishigami(points: np.ndarray) -> np.ndarray:
        x = (2 * points - 1) * np.pi
        y = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
        return y[:, None]

    told = sobol_indices(["one", "two", "three"], ishigami)
    assert [told[n].first for n in told] == pytest.approx([0.314, 0.442, 0.0], abs=0.04)
    assert [told[n].total for n in told] == pytest.approx([0.558, 0.442, 0.244], abs=0.05)
    # A seed of 0 is a seed: SALib would take it for none.
    first, again = (sobol_indices(["one", "two", "three"], ishigami, seed=0) for _ in range(2))
    assert first == again


def test_values_that_are_not_numbers_are_refused_and_a_constant_has_no_indices():
    with pytest.raises(ValueError, match="are not finite"):
        sobol_indices(["one"], lambda points: np.where(points > 0.5, np.nan, points))
    assert sobol_indices(["one"], lambda points: np.ones((len(points), 1))) == {}
    assert sobol_indices([], lambda points: points) == {}


# -- what is refused, and small runs ----------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"questions": ["strck"]}, "there is no such question (did you mean 'struck'?)"),
        ({"decision": "leaf"}, "there is no such decision (did you mean 'leave'?)"),
        ({"score": "spherical"}, "expected brier or log"),
    ],
)
def test_what_is_not_known_is_refused(forecast, options, said):
    with pytest.raises(QuestionError) as caught:
        explain(forecast, **options)
    assert said in str(caught.value)


@pytest.mark.parametrize("draws", [1, 3, 200, 4097])
def test_few_draws_are_explained_without_complaint(path: Path, draws):
    for explanation in explain(ct.run(known(path), draws=draws, seed=2)):
        assert all(h.value.estimate >= 0 for h in explanation.hinges)
        assert math.isfinite(sum(explanation.shares))


def test_a_scenario_without_evidence_is_explained_by_its_values(tmp_path: Path):
    file = tmp_path / "crisis.yaml"
    file.write_text(starter("crisis"), encoding="utf-8")
    for explanation in explain(ct.run(ct.load(file), draws=20_000, seed=1)):
        assert explanation.retractions == ()
        assert {h.kind for h in explanation.hinges} == {"parameter"}
        assert explanation.rests_on.get("propositions", 0.0) == 0.0


def test_an_explanation_is_the_same_whichever_questions_are_asked(forecast, found):
    (alone,) = explain(forecast, ["b-struck"])
    together = found["b-struck"]
    assert alone.shares == together.shares
    assert [h.value for h in alone.hinges] == [h.value for h in together.hinges]
    assert alone.retractions == together.retractions


def test_a_run_is_used_only_for_the_questions_it_was_asked(path: Path, tmp_path: Path):
    folder = tmp_path / "run"
    ct.run(known(path), draws=300, seed=5, out=folder)
    assert finished_run(folder, known(path), seed=5) is not None
    assert finished_run(folder, known(path), seed=5, draws=300) is not None
    for other in (
        finished_run(folder, known(path), seed=6),
        finished_run(folder, known(path), seed=5, draws=301),
        finished_run(folder, known(path, changes={"questions.struck.times": 2}), seed=5),
        finished_run(folder, known(path, without_sources=["foe"]), seed=5),
        finished_run(tmp_path / "none", known(path), seed=5),
    ):
        assert other is None


def test_propositions_nothing_hangs_on_are_left_out_of_the_process(path: Path):
    scenario = known(path)
    assert program_of(scenario).propositions == ("armed", "ready")
    assert set(scenario.credences) == {"armed", "ready", "aside"}
    assert isinstance(scenario.credences, Credences)
