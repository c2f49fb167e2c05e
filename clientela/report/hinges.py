"""What answers rest and hang on, told for the page: shares of variance, hinges, retractions.

What cannot be told from noise is counted and left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clientela.analysis import Forecast
from clientela.analysis.explaining import for_decision, for_score, tellings
from clientela.analysis.explanation import STANDINGS, Explanation, Hinge, Retraction
from clientela.analysis.words import kind_titles, percent, points
from clientela.engine import StoreError
from clientela.report.hinge_figures import hinges_figure, rests_figure
from clientela.report.naming import actor_or, parameter_name
from clientela.scenario import Scenario

SHOWN = 8
RETRACTIONS = 6  # of each kind
SMALL = 0.0005  # half of a tenth of a point, under which a change reads as none
_KINDS = {"claim": "Claims", "source": "Sources", "camp": "Camps", "all": "All sources together"}


@dataclass(frozen=True)
class Part:
    """One hinge as shown: what it is in words, and one outcome's share at its low and high end."""

    hinge: Hinge
    name: str
    low: float
    high: float

    @property
    def swing(self) -> float:
        """How far the share moves between the two ends; 0 where one end never came."""
        return 0.0 if math.isnan(self.high - self.low) else abs(self.high - self.low)


def hanging(forecast: Forecast) -> dict[str, Any]:
    """What the templates need; nothing to show where no question is asked."""
    if not forecast.scenario.questions:
        return {"panels": [], "rests": None, "decisions": []}
    scenario = forecast.scenario
    found = {telling.answer.id: telling for telling in tellings(forecast, list(scenario.questions))}
    explained = [for_score(telling) for telling in found.values()]
    return {
        "panels": [_panel(scenario, e) for e in explained],
        "rests": _rests(explained),
        "decisions": [
            _decision(scenario, name, for_decision(found[decision.question], name))
            for name, decision in scenario.decisions.items()
        ],
    }


def _decision(scenario: Scenario, name: str, told: Explanation) -> dict[str, Any]:
    """A decision's payoffs, and what is worth knowing before it is made."""
    certain = [hinge for hinge in told.hinges if hinge.value.certain]
    best = max(told.payoffs.values())
    return {
        "title": scenario.decisions[name].title,
        "explanation": told,
        "actions": [
            (action, scenario.decisions[name].actions[action], payoff, payoff == best)
            for action, payoff in told.payoffs.items()
        ],
        "worth": [(_name(scenario, hinge), hinge) for hinge in certain[:SHOWN]],
        "noise": len(told.hinges) - len(certain),
    }


def write_figures(scenario: Scenario, explained: list[Explanation], path: Path) -> list[Path]:
    """Writes the figure of each question and returns where: `path`, or one beside it for each.

    A question of which nothing stands out from noise has none. Raises StoreError if a file
    cannot be written.
    """
    written = []
    for explanation in explained:
        svg = _panel(scenario, explanation)["figure"]
        if svg is None:
            continue
        one = path if len(explained) == 1 else path.with_stem(f"{path.stem}-{explanation.question}")
        try:
            one.write_text(svg, encoding="utf-8")
        except OSError as error:
            raise StoreError(f"{one}: the figure cannot be written ({error.strerror})") from error
        written.append(one)
    return written


def _panel(scenario: Scenario, explanation: Explanation) -> dict[str, Any]:
    outcome = telling_outcome(explanation)
    certain = [h for h in explanation.hinges if h.value.certain]
    parts = [Part(h, _name(scenario, h), h.low[outcome], h.high[outcome]) for h in certain[:SHOWN]]
    share = explanation.shares[outcome]
    several = len(explanation.outcomes) > 1
    retractions = _retractions(scenario, explanation)
    claims = [row for group in retractions for row in group["rows"] if row["kind"] == "claim"]
    return {
        "explanation": explanation,
        "outcome": kind_titles(scenario).get(explanation.outcomes[outcome]) if several else None,
        "share": share,
        "parts": parts,
        "figure": hinges_figure(parts, share) if parts else None,
        "smaller": len(certain) - len(parts),
        "noise": len(explanation.hinges) - len(certain),
        "retractions": retractions,
        "moving": [row for row in claims[:1] if abs(row["size"]) >= 0.001],
        "retractions_noise": sum(not r.certain for r in explanation.retractions),
    }


def telling_outcome(explanation: Explanation) -> int:
    """The outcome that some hinge moves the most, of those that stand out from noise."""
    swings = [
        max((Part(h, "", h.low[k], h.high[k]).swing for h in explanation.hinges if h.value.certain),
            default=0.0)
        for k in range(len(explanation.outcomes))
    ]  # fmt: skip
    return max(range(len(swings)), key=lambda k: (swings[k], explanation.shares[k]))


def _name(scenario: Scenario, hinge: Hinge) -> str:
    if hinge.kind == "parameter":
        return parameter_name(scenario, hinge.id)
    assert scenario.ledger is not None
    return scenario.ledger.propositions[hinge.id].says


# -- striking out -----------------------------------------------------------------------------


def _retractions(scenario: Scenario, explanation: Explanation) -> list[dict[str, Any]]:
    """The most consequential of each kind: what is struck out, the answer then, the change."""
    titles = kind_titles(scenario)
    groups = []
    for kind, title in _KINDS.items():
        found = [r for r in explanation.retractions if r.kind == kind and r.certain]
        large = [r for r in found if r.size >= SMALL][:RETRACTIONS]
        rows = [_retraction(scenario, explanation, r, titles) for r in large]
        if rows:
            groups.append({"title": title, "rows": rows, "smaller": len(found) - len(rows)})
    return groups


def _retraction(
    scenario: Scenario, explanation: Explanation, retraction: Retraction, titles: dict[str, str]
) -> dict[str, Any]:
    """A row; of several outcomes the one that moves most beyond its error."""
    k = retraction.outcome
    several = len(explanation.outcomes) > 1
    return {
        "kind": retraction.kind,
        "id": retraction.id,
        "name": _struck(scenario, retraction),
        "outcome": titles.get(explanation.outcomes[k]) if several else None,
        "share": percent(retraction.shares[k], 1),
        "size": retraction.changes[k].estimate,
        "change": points(retraction.changes[k].estimate),
        "error": f"{100 * retraction.changes[k].error:.2f}",
        "claims": retraction.claims if retraction.kind in ("source", "camp") else (),
    }


def _struck(scenario: Scenario, retraction: Retraction) -> str:
    assert scenario.ledger is not None
    match retraction.kind:
        case "claim":
            return scenario.ledger.claims[retraction.id].says
        case "source":
            return scenario.ledger.sources[retraction.id].role
        case "camp":
            return actor_or(scenario, retraction.id)
        case _:
            return "everything that any source says"


# -- what variance rests on -------------------------------------------------------------------


def _rests(explained: list[Explanation]) -> dict[str, Any] | None:
    """The figure, the table's rows, and the shares over all questions, each counted alike."""
    varying = [e for e in explained if e.rests_on]
    if not varying:
        return None
    known = [*STANDINGS, "unresolved", "chance"]
    kinds = [k for k in known if any(e.rests_on[k] >= 0.0005 for e in varying)]
    mean = {k: sum(e.rests_on[k] for e in varying) / len(varying) for k in known}
    unknown = 1.0 - mean["chance"]
    return {
        "figure": rests_figure([(e.sentence, e.rests_on) for e in varying], kinds),
        "kinds": kinds,
        "rows": [
            (e.question, e.sentence, [e.rests_on[k] for k in kinds], _judged(e.rests_on))
            for e in varying
        ],
        "fixed": [e.sentence for e in explained if not e.rests_on],
        "mean": mean,
        "mean_judged": _judged(mean),
        "of_unknown": {k: round(mean[k] / unknown, 6) for k in known} if unknown > 0 else None,
    }


def _judged(shares: dict[str, float]) -> float:
    """The share that rests on magnitudes nobody has measured."""
    return shares["elicited"] + shares["default prior"]
