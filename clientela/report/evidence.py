"""The evidence told for the page: sources and grades, propositions and their arithmetic.

The text of documents has no part in it: what is shown are the ledger's paraphrases, paragraph
numbers and hashes.
"""

from __future__ import annotations

from typing import Any

from clientela.analysis.words import percent
from clientela.evidence import Claim, Credences, Ledger, Source, Step
from clientela.evidence.pooling import LARGEST_FACTOR
from clientela.report.evidence_figures import Arrow, credence_figure
from clientela.report.matrix import matrix
from clientela.report.naming import actor_or, parameter_name, spoken
from clientela.report.said_figure import said_figure
from clientela.scenario import Scenario, quantities

RELIABILITY = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "not reliable",
    "F": "cannot be judged",
}
CREDIBILITY = {
    1: "confirmed",
    2: "probably true",
    3: "possibly true",
    4: "doubtful",
    5: "improbable",
    6: "cannot be judged",
}


def evidence(scenario: Scenario) -> dict[str, Any] | None:
    """What the templates need; None without an evidence file."""
    ledger, credences = scenario.ledger, scenario.credences
    if ledger is None or credences is None:
        return None
    drawn, undated = said_figure(scenario, ledger)
    arrows = arrows_of(ledger, credences)
    return {
        "ledger": ledger,
        "groups": _sources(scenario, ledger),
        "retracted": {n: s for n, s in ledger.sources.items() if s.retracted},
        "arrows": credence_figure(arrows) if arrows else None,
        "propositions": [_proposition(scenario, credences, arrow) for arrow in arrows],
        "tempered": ledger.pooling.method == "tempered",
        "largest": f"{LARGEST_FACTOR:,.0f}",
        "matrix": matrix(ledger, credences, [arrow.name for arrow in arrows]),
        "said": drawn,
        "undated": undated,
        "claims": {name: _claim(claim) for name, claim in ledger.claims.items()},
        "told": _by_document(ledger),
        "credibility": CREDIBILITY,
    }


# -- sources and documents --------------------------------------------------------------------


def _sources(scenario: Scenario, ledger: Ledger) -> list[dict[str, Any]]:
    """The sources by camp or affiliation, those without one last."""
    told = dict.fromkeys(ledger.sources, 0)
    for claim in ledger.claims.values():
        for source in claim.sources:
            told[source] += 1
    alone = [name for name, source in ledger.sources.items() if source.circle is None]
    groups = {**ledger.camps, **({None: alone} if alone else {})}
    return [
        {
            "title": "No camp" if camp is None else actor_or(scenario, camp),
            "rows": [_source(scenario, name, ledger.sources[name], told[name]) for name in names],
        }
        for camp, names in groups.items()
    ]


def _source(scenario: Scenario, name: str, source: Source, told: int) -> dict[str, Any]:
    return {
        "name": name,
        "source": source,
        "grade": RELIABILITY[source.reliability],
        "affiliation": actor_or(scenario, source.affiliation) if source.affiliation else None,
        "told": told,
    }


def _by_document(ledger: Ledger) -> dict[str, int]:
    told = dict.fromkeys(ledger.documents, 0)
    for claim in ledger.claims.values():
        told[claim.document] += 1
    return told


def _claim(claim: Claim) -> dict[str, Any]:
    """The claim with its dates in words: when it happened, and when it was said if that is known."""
    dates = (("of", claim.event), ("said", claim.said))
    return {"claim": claim, "dates": [f"{word} {day}" for word, day in dates if day]}


# -- propositions -----------------------------------------------------------------------------


def arrows_of(ledger: Ledger, credences: Credences) -> list[Arrow]:
    """Every proposition: answers to one matter together, each after what it hangs on."""
    found: dict[str, Arrow] = {}
    below: dict[str, list[str]] = {name: [] for name in credences}
    for name, proposition in ledger.propositions.items():
        if proposition.given:
            below[proposition.given.proposition].append(name)

    def add(name: str, depth: int, matter: str | None) -> None:
        says = ledger.propositions[name].says
        found[name] = Arrow(name, says, credences.prior(name), credences[name], depth, matter)
        for child in below[name]:
            add(child, depth + 1, None)

    for name, proposition in ledger.propositions.items():
        if proposition.one_of and name not in found:
            for other, answer in ledger.propositions.items():
                if answer.one_of == proposition.one_of:
                    add(other, 0, proposition.one_of)
        elif proposition.given is None and name not in found:
            add(name, 0, None)
    return list(found.values())


def _proposition(scenario: Scenario, credences: Credences, arrow: Arrow) -> dict[str, Any]:
    """One proposition with its arithmetic, what bears on it and what hangs on it."""
    proposition = credences.ledger.propositions[arrow.name]
    given = proposition.given
    others = [
        name
        for name, other in credences.ledger.propositions.items()
        if proposition.one_of and other.one_of == proposition.one_of and name != arrow.name
    ]
    return {
        "arrow": arrow,
        "proposition": proposition,
        "matter": spoken(proposition.one_of) if proposition.one_of else None,
        "others": others,
        "given": given,
        "welcome": [actor_or(scenario, name) for name in proposition.welcome_to],
        "unwelcome": [actor_or(scenario, name) for name in proposition.unwelcome_to],
        "steps": [_step(step) for step in credences.steps(arrow.name)],
        "hanging": [
            (path, parameter_name(scenario, path))
            for path, quantity in quantities(scenario)
            if quantity.proposition == arrow.name
        ],
        "below": [
            name
            for name, other in credences.ledger.propositions.items()
            if other.given and other.given.proposition == arrow.name
        ],
    }


def _step(step: Step) -> dict[str, Any]:
    """A line with its numbers as text, fine enough to be followed by hand."""
    return {
        "kind": step.kind,
        "what": step.what,
        "source": step.source,
        "people": step.people or "",
        "alone": factor(step.alone) if step.alone is not None else "–",
        "added": _power(step),
        "factor": factor(step.factor),
        "credence": percent(step.credence, 1),
        "cut": step.cut,
    }


def _power(step: Step) -> str:
    if step.echo is not None:
        return f"÷ {step.echo:.3f} heard before"
    return f"{step.added:.3f}" if step.added is not None else "–"


def factor(number: float) -> str:
    """A factor on the odds with four digits that count, as in `2.240` and `0.8187`."""
    return f"{number:#.4g}".rstrip(".")
