"""What an answer hangs on: propositions, parameters, and the claims and sources behind them.

Everything is counted from an ensemble already drawn, block by block, in memory that does not
grow with it. The answer with a proposition true is the share among the histories in which it is
true; the answer without a source is the share with each history weighted by how much likelier,
or less likely, its propositions are without what the source says.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clientela.analysis.answers import Answer
from clientela.analysis.counting import BINS, Counts
from clientela.analysis.forecast import Forecast, asked_questions, program_of
from clientela.analysis.information import (
    Value,
    brier_gain,
    decision_gain,
    jackknife_error,
    jackknifed,
    log_gain,
)
from clientela.analysis.inputs import Outcomes, pairs_of, unknown
from clientela.analysis.questions import QuestionError
from clientela.analysis.retraction import options
from clientela.analysis.sensitivity import Indices, indices_of, preload
from clientela.analysis.surrogate import Features, Fitting, Surrogate
from clientela.reading import suggestion
from clientela.scenario import Quantity, Scenario, quantities

SCORES = ("brier", "log")
STANDINGS = ("propositions", "cited", "stated", "elicited", "default prior", "together")


@dataclass(frozen=True)
class Hinge:
    """A proposition or parameter, and what knowing it would be worth to one question.

    `low` and `high` are the shares of each outcome where the proposition is false and true, or
    among the lowest and highest eighth of the parameter's values; `value` is the expected value
    of perfect information in the units of the score or decision, `index` the Sobol indices
    (None: not told apart from noise), as shares of what parameters and propositions explain.
    """

    kind: str  # proposition or parameter
    id: str
    standing: str
    credence: float | None
    low: tuple[float, ...]
    high: tuple[float, ...]
    value: Value
    index: Indices | None
    claims: tuple[str, ...]
    proposition: str | None = None


@dataclass(frozen=True)
class Retraction:
    """The answer if a claim, source or camp were struck out: shares, and their change."""

    kind: str  # claim, source, camp or all
    id: str
    shares: tuple[float, ...]
    changes: tuple[Value, ...]
    claims: tuple[str, ...]

    @property
    def size(self) -> float:
        """The largest change of any outcome's share."""
        return max(abs(change.estimate) for change in self.changes)

    @property
    def certain(self) -> bool:
        """Whether a change stands out from noise."""
        return any(change.certain for change in self.changes)


@dataclass(frozen=True)
class Explanation:
    """What one question's answer hangs on.

    `rests_on` splits the variance of the answer: `chance`, `propositions`, the standings of
    parameters (`cited`, `elicited`, `default prior`, `stated`), `together` (terms that combine
    several of these) and `unresolved` (unknown, but not told apart by this many draws).
    """

    question: str
    sentence: str
    outcomes: tuple[str, ...]
    shares: tuple[float, ...]
    score: str
    unit: str
    hinges: tuple[Hinge, ...]
    retractions: tuple[Retraction, ...]
    rests_on: dict[str, float]
    draws: int

    def as_json(self) -> dict[str, Any]:
        """What `explain --json` prints of it; numbers that are not known are null."""
        return _known(dataclasses.asdict(self))


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
    scenario = forecast.scenario
    chosen_names = requested(scenario, questions, score=score, decision=decision)
    preload()
    program = program_of(scenario, forecast.until)
    asked_all, _ = asked_questions(scenario, program)
    chosen = [q for q in asked_all if q.id in chosen_names]
    asked = [Outcomes.of(question) for question in chosen]
    answers = {answer.id: answer for answer in forecast.answers}
    counted = Counts(program, asked, list(options(program, scenario.ledger)), forecast.draws)
    features = Features(program.beliefs, [p.name for p in unknown(program)])
    fitting = Fitting(features, asked, _totals(asked, answers))
    ensemble = (forecast.folder, program, forecast.seed, forecast.draws, asked)
    for block in pairs_of(*ensemble):
        counted.add(block)
        fitting.first_pass(block)
    for block in pairs_of(*ensemble):
        fitting.second_pass(block)
    surrogates = fitting.surrogates()
    return [
        _explanation(scenario, counted, i, surrogate, answers[a.question].parameter_share, score, decision,
                     chosen[i].sentence, forecast.draws)
        for i, (a, surrogate) in enumerate(zip(asked, surrogates, strict=True))
    ]  # fmt: skip


def _known(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _known(value) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_known(value) for value in part]
    return None if isinstance(part, float) and not math.isfinite(part) else part


def _totals(asked: Sequence[Outcomes], answers: Mapping[str, Answer]) -> np.ndarray:
    """How often each outcome came, over all draws."""
    found: list[float] = []
    for question in asked:
        answer = answers[question.question]
        yes = answer.probability or 0.0
        shares = [yes, 1.0 - yes] if answer.shares is None else list(answer.shares.values())
        found += [share * answer.arose for share in shares]
    return np.array(found)


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


def _named(kind: str, name: str, known):
    if name not in known:
        hint = suggestion(name, known) or f"; known: {', '.join(known) or 'none'}"
        raise QuestionError(f"--{kind} {name}: there is no such {kind}{hint}")
    return known[name]


# -- telling ----------------------------------------------------------------------------------


def _explanation(
    scenario: Scenario,
    counted: Counts,
    i: int,
    surrogate: Surrogate,
    parameter_share: float | None,
    score: str,
    decision: str | None,
    sentence: str,
    draws: int,
) -> Explanation:
    asked, columns = counted.asked[i], counted.columns(i)
    gain = brier_gain(asked.shown) if score == "brier" else log_gain
    unit = "of the Brier score" if score == "brier" else "bits"
    if decision is not None:
        actions = scenario.decisions[decision].actions.values()
        gain = decision_gain(np.array([[a[name] for name in asked.names] for a in actions]))
        score, unit = decision, "payoff"
    totals = counted.totals[columns]
    shares = totals / max(totals.sum(), 1)
    return Explanation(
        question=asked.question,
        sentence=sentence,
        outcomes=asked.names[: asked.shown],
        shares=tuple(shares[: asked.shown].tolist()),
        score=score,
        unit=unit,
        hinges=tuple(_hinges(scenario, counted, i, surrogate, gain, parameter_share)),
        retractions=tuple(_retractions(counted, columns, asked.shown)),
        rests_on=_rests_on(scenario, surrogate, shares[: asked.shown], parameter_share),
        draws=draws,
    )


def _hinges(scenario, counted: Counts, i: int, surrogate: Surrogate, gain, share) -> list[Hinge]:
    asked = counted.asked[i]
    binned = counted.binned[..., counted.columns(i)]
    values = jackknifed(gain, binned)
    whole = binned.sum(axis=0)
    indices = _scaled(surrogate, counted.totals[counted.columns(i)], share, asked.shown)
    home = {m: b.name for b in counted.program.beliefs for m in b.members}
    known = dict(quantities(scenario))
    found: list[Hinge] = []
    for row, name in enumerate(counted.propositions):
        assert scenario.credences is not None
        found.append(
            Hinge(
                "proposition", name, "propositions", scenario.credences[name],
                _shares_in(whole[row, :1], asked.shown), _shares_in(whole[row, 1:2], asked.shown),
                values[row], indices.get(home[name]), _claims_on(scenario, name),
            )
        )  # fmt: skip
    for row, parameter in enumerate(counted.parameters, len(counted.propositions)):
        quantity = known[parameter.name]
        eighth = BINS // 8
        found.append(
            Hinge(
                "parameter", parameter.name, quantity.standing, None,
                _shares_in(whole[row, :eighth], asked.shown),
                _shares_in(whole[row, -eighth:], asked.shown),
                values[row], indices.get(parameter.name), quantity.because, quantity.proposition,
            )
        )  # fmt: skip
    return sorted(found, key=lambda h: -h.value.estimate if h.value.certain else 0.0)


def _shares_in(counts: np.ndarray, shown: int) -> tuple[float, ...]:
    total = counts.sum(axis=0)
    if not total.sum():
        return (float("nan"),) * shown
    return tuple((total / total.sum())[:shown].tolist())


def _claims_on(scenario: Scenario, proposition: str) -> tuple[str, ...]:
    assert scenario.ledger is not None
    return tuple(name for name, _, _ in scenario.ledger.bearing_on(proposition))


def _scaled(surrogate: Surrogate, totals, share, shown: int) -> dict[str, Indices]:
    """Indices as shares of all that is unknown, not only of what the surrogate has found."""
    found = indices_of(surrogate)
    part = totals[:shown] / max(totals.sum(), 1)
    unknown_variance = (share or 0.0) * float(np.sum(part * (1 - part)))
    explained = float(surrogate.squares.sum())
    scale = min(explained / unknown_variance, 1.0) if unknown_variance > 0 else 1.0
    return {
        name: Indices(index.first * scale, index.total * scale, index.error * scale)
        for name, index in found.items()
    }


def _retractions(counted: Counts, columns: slice, shown: int) -> list[Retraction]:
    found = []
    filled = counted.plain[:, columns].any(axis=1)
    plain, weighted = counted.plain[filled, columns], counted.weighted[filled][..., columns]
    before = plain.sum(axis=0)
    if not before.sum():
        return []
    for k, option in enumerate(counted.options):
        after = weighted[:, k].sum(axis=0)
        shares = after / after.sum()
        change = shares - before / before.sum()
        left_out = _in_shares(after - weighted[:, k]) - _in_shares(before - plain)
        error = jackknife_error(left_out)
        found.append(
            Retraction(
                option.kind, option.id, tuple(shares[:shown].tolist()),
                tuple(Value(float(c), float(e)) for c, e in zip(change[:shown], error[:shown], strict=True)),
                option.claims,
            )
        )  # fmt: skip
    return sorted(found, key=lambda r: -r.size)


def _in_shares(counts: np.ndarray) -> np.ndarray:
    total = counts.sum(axis=-1, keepdims=True)
    return np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)


def _rests_on(
    scenario: Scenario, surrogate: Surrogate, shares: np.ndarray, parameter_share: float | None
) -> dict[str, float]:
    """Shares of the answer's variance by what it rests on."""
    total = float(np.sum(shares * (1 - shares)))
    if total <= 0 or parameter_share is None:
        return {}
    standing = _standings(scenario, surrogate.features)
    found: dict[str, float] = dict.fromkeys(STANDINGS, 0.0)
    for term, square in zip(surrogate.terms, surrogate.squares, strict=True):
        kinds = {standing[i] for i in surrogate.inputs_of(term)}
        found[kinds.pop() if len(kinds) == 1 else "together"] += float(square.sum()) / total
    resolved = sum(found.values())
    if resolved > parameter_share > 0:  # by noise
        found = {kind: part * parameter_share / resolved for kind, part in found.items()}
    found["unresolved"] = max(parameter_share - sum(found.values()), 0.0)
    found["chance"] = 1.0 - parameter_share
    return found


def _standings(scenario: Scenario, features: Features) -> list[str]:
    known: dict[str, Quantity] = dict(quantities(scenario))
    return [
        *("propositions" for _ in features.beliefs),
        *(known[name].standing for name in features.parameters),
    ]
