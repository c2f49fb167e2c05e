"""What an answer hangs on: propositions, parameters, and the claims and sources behind them.

Everything is counted from an ensemble already drawn, block by block, in memory that does not
grow with it. The answer with a proposition true is the share among the histories in which it is
true; the answer without a source is the share with each history weighted by how much likelier,
or less likely, its propositions are without what the source says.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from clientela.analysis.answers import Answer
from clientela.analysis.counting import Counts
from clientela.analysis.explanation import Explanation
from clientela.analysis.forecast import Forecast, asked_questions, program_of
from clientela.analysis.information import brier_gain, decision_gain, log_gain
from clientela.analysis.inputs import Ensemble, Outcomes, unknown
from clientela.analysis.questions import QuestionError
from clientela.analysis.retraction import options
from clientela.analysis.surrogate import Features, Fitting
from clientela.analysis.telling import Telling
from clientela.reading import suggestion
from clientela.scenario import Scenario

SCORES = ("brier", "log")


def explain(
    forecast: Forecast,
    questions: Sequence[str] | None = None,
    *,
    score: str = "brier",
    decision: str | None = None,
) -> list[Explanation]:
    """What the answers of a run hang on, a question each (none given: all).

    The value of information is for the `brier` or `log` score, or for a `decision` that the
    scenario states (then its question alone). Raises QuestionError for an unknown name and
    StoreError if the run's outcomes are not there.
    """
    names = requested(forecast.scenario, questions, score=score, decision=decision)
    found = tellings(forecast, names)
    if decision is not None:
        return [for_decision(telling, decision) for telling in found]
    return [for_score(telling, score) for telling in found]


def tellings(forecast: Forecast, questions: Sequence[str]) -> list[Telling]:
    """All that can be told of some questions of a run, counted once for every score and decision.

    Raises StoreError if the run's outcomes are not there.
    """
    scenario, draws = forecast.scenario, forecast.draws
    program = program_of(scenario, forecast.until)
    asked = [Outcomes.of(q) for q in asked_questions(scenario, program)[0] if q.id in questions]
    answers = {answer.id: answer for answer in forecast.answers}
    counted = Counts(program, asked, list(options(program, scenario.ledger)), draws)
    features = Features(program.beliefs, [p.name for p in unknown(program)])
    fitting = Fitting(features, asked, _totals(asked, answers))
    ensemble = Ensemble(forecast.folder, program, forecast.seed, draws, asked)
    for part, sums in ensemble.each(lambda b: (counted.part(b), fitting.first_pass(b))):
        counted.add(part)
        fitting.add_first(sums)
    fitting.choose_products()
    for sums in ensemble.each(fitting.second_pass):
        fitting.add_second(sums)
    return [
        Telling(scenario, counted, i, surrogate, answers[asked[i].question], draws)
        for i, surrogate in enumerate(fitting.surrogates())
    ]


def for_score(telling: Telling, score: str = "brier") -> Explanation:
    """The explanation whose values of information are gains of a score."""
    gain = brier_gain(telling.asked.shown) if score == "brier" else log_gain
    return telling.explanation(score, gain)


def for_decision(telling: Telling, name: str) -> Explanation:
    """The explanation whose values of information are payoffs of a decision on the question."""
    actions = telling.scenario.decisions[name].actions
    payoffs = np.array([[a[outcome] for outcome in telling.asked.names] for a in actions.values()])
    told = telling.explanation(name, decision_gain(payoffs))
    totals = telling.counted.totals[telling.columns]
    expected = payoffs @ (totals / max(totals.sum(), 1))
    return dataclasses.replace(told, payoffs=dict(zip(actions, expected.tolist(), strict=True)))


def requested(
    scenario: Scenario,
    questions: Sequence[str] | None = None,
    *,
    score: str = "brier",
    decision: str | None = None,
) -> list[str]:
    """The questions that `explain` will explain. Raises QuestionError for an unknown name."""
    if score not in SCORES:
        raise QuestionError(f"--score {score}: expected brier or log")
    for name in questions or []:
        _named("question", name, scenario.questions)
    if decision is not None:
        question = _named("decision", decision, scenario.decisions).question
        if questions and set(questions) != {question}:
            raise QuestionError(f"--decision {decision}: is about {question}; leave --question out")
        return [question]
    return list(questions or scenario.questions)


def _named(kind: str, name: str, known: Mapping[str, Any]) -> Any:
    if name not in known:
        hint = suggestion(name, known) or f"; known: {', '.join(known) or 'none'}"
        raise QuestionError(f"--{kind} {name}: there is no such {kind}{hint}")
    return known[name]


def _totals(asked: Sequence[Outcomes], answers: Mapping[str, Answer]) -> np.ndarray:
    """How often each outcome came, over all draws."""
    found: list[float] = []
    for question in asked:
        answer = answers[question.question]
        yes = answer.probability or 0.0
        shares = [yes, 1.0 - yes] if answer.shares is None else list(answer.shares.values())
        found += [share * answer.arose for share in shares]
    return np.array(found)
