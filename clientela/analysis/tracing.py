"""The audit: from a number back to its distribution, propositions, claims, sources, paragraphs."""

from __future__ import annotations

from dataclasses import dataclass

from clientela.analysis.explanation import Explanation
from clientela.analysis.forecast import program_of
from clientela.analysis.questions import QuestionError
from clientela.analysis.words import percent
from clientela.evidence import Ledger, verify
from clientela.evidence.verifying import Verification
from clientela.reading import suggestion
from clientela.scenario import Quantity, Scenario, quantities

MOST_HINGES = 6


@dataclass(frozen=True)
class Trace:
    """A statement and what it rests on."""

    text: str
    rests_on: tuple[Trace, ...] = ()


class Auditor:
    """Traces parts of one scenario. Documents are compared with the user's where attached."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.ledger = scenario.ledger or Ledger()
        self.values = dict(quantities(scenario))
        self._verified: dict[str, Verification] = verify(self.ledger)

    def trace(self, name: str) -> Trace:
        """A value, proposition, claim, source, actor, tie or event, or all of that name.

        `propositions.NAME`, `claims.NAME` and `sources.NAME` mean one of them. Raises
        QuestionError if there is none.
        """
        cited = {".".join(path): claims for path, claims in self.scenario.facts()}
        found = [
            tell(name.removeprefix(prefix))
            for prefix, known, tell in (
                ("", self.values, self.value),
                ("propositions.", self.ledger.propositions, self.proposition),
                ("claims.", self.ledger.claims, self.claim),
                ("sources.", self.ledger.sources, self.source),
                ("", cited, lambda path: self._fact(path, cited[path])),
            )
            if name.removeprefix(prefix) in known
        ]
        if not found:
            known = [*self.values, *self.ledger.propositions, *self.ledger.claims,
                     *self.ledger.sources, *cited, *self.scenario.questions]  # fmt: skip
            raise QuestionError(
                f"{name}: there is no question, value, proposition, claim or source of that name"
                f"{suggestion(name, known)}; 'clientela trace' without a name lists the values"
            )
        return found[0] if len(found) == 1 else Trace(name, tuple(found))

    def _fact(self, path: str, claims: list[str]) -> Trace:
        """A part that is no value, with the claims it rests on."""
        return Trace(
            path, tuple(self.claim(claim) for claim in claims) or (Trace("rests on no claim"),)
        )

    def answer(self, found: Explanation) -> Trace:
        """An answer, with what it hangs on most."""
        shares = ", ".join(
            f"{name} {percent(share)}" for name, share in zip(found.outcomes, found.shares, strict=True)
        )  # fmt: skip
        split = ", ".join(
            f"{part:.0%} {kind}" for kind, part in found.rests_on.items() if part >= 0.005
        )
        hinges = [h for h in found.hinges if h.value.certain][:MOST_HINGES]
        parts = [
            Trace(f"its variance is {split or 'nothing: it does not vary'}"),
            *(self.trace(hinge.id) for hinge in hinges),
        ]
        return Trace(f"{found.sentence} {shares} of {found.draws:,} histories", tuple(parts))

    def value(self, path: str) -> Trace:
        """A value by its dotted path."""
        quantity = self.values[path]
        told = [
            Trace(f"{self._place(path)}{quantity.distribution.describe()}"),
            Trace(_standing(quantity)),
            *(self.claim(claim) for claim in quantity.because),
        ]
        if quantity.proposition is not None:
            told.append(self.proposition(quantity.proposition))
        return Trace(path, tuple(told))

    def proposition(self, name: str) -> Trace:
        """A proposition with every claim on it and what hangs on it."""
        credences = self.scenario.credences
        assert credences is not None
        proposition = self.ledger.propositions[name]
        told = [Trace(f"prior {credences.prior(name):.2f}" + (f": {proposition.elicited}" if proposition.elicited else ""))]  # fmt: skip
        if proposition.given:
            told.append(Trace(f"hangs on proposition {proposition.given.proposition}"))
        if proposition.one_of:
            others = [n for n, p in self.ledger.propositions.items() if p.one_of == proposition.one_of and n != name]  # fmt: skip
            told.append(Trace(f"excludes {', '.join(others)}"))
        told += [self.claim(claim, stance) for claim, _, stance in self.ledger.bearing_on(name)]
        below = [
            n
            for n, p in self.ledger.propositions.items()
            if p.given and p.given.proposition == name
        ]
        if below:
            told.append(Trace(f"propositions that hang on it: {', '.join(below)}"))
        hanging = [path for path, q in self.values.items() if q.proposition == name]
        told.append(Trace(f"values that hang on it: {', '.join(hanging) or 'none'}"))
        return Trace(
            f"proposition {name}, credence {credences[name]:.2f}: {proposition.says}", tuple(told)
        )

    def claim(self, name: str, stance: str | None = None) -> Trace:
        """A claim with its sources and its place; or a data set."""
        if name in self.scenario.data:
            return self._data_set(name)
        claim = self.ledger.claims[name]
        start, end = claim.span or (None, None)
        span = f", characters {start} to {end}" if claim.span else ""
        document = self.ledger.documents[claim.document]
        dated = f", {document.date}" if document.date else ""
        place = Trace(
            f"document {claim.document} ({document.publisher}{dated}), ¶{claim.paragraph}{span}: "
            f"{self._verified[claim.document].of(name)}"
        )
        said = f"claim {name} ({stance or claim.stance}, credibility {claim.credibility}): {claim.says}"
        return Trace(said, (*(self._told_by(s) for s in claim.sources), place))

    def _data_set(self, name: str) -> Trace:
        data = self.scenario.data[name]
        told = [
            Trace(f"{data.events:,} events, {data.since} to {data.through}; SHA-256 {data.sha256}")
        ]
        return Trace(
            f"data {name}: {data.title}", (*told, *([Trace(data.note)] if data.note else []))
        )

    def source(self, name: str) -> Trace:
        """A source with all it says."""
        claims = [c for c, claim in self.ledger.claims.items() if name in claim.sources]
        return Trace(self._told_by(name).text, tuple(self.claim(claim) for claim in claims))

    def _told_by(self, name: str) -> Trace:
        source = self.ledger.sources[name]
        people = f", {source.count} people" if source.count > 1 else ""
        circle = f", {source.circle}" if source.circle else ""
        named = "named" if source.named else "unnamed"
        struck = "; RETRACTED" if source.retracted else ""
        return Trace(
            f"source {name} (reliability {source.reliability}, {source.access}, {named}{people}"
            f"{circle}{struck}): {source.role}"
        )

    def _place(self, path: str) -> str:
        """`file:line:column: ` of a value that the file holds."""
        if self.values[path].origin == "default":
            return ""
        problem = self.scenario.problem(tuple(path.split(".")), "")
        return f"{problem.file}:{problem.line}:{problem.column}: "


def without_evidence(scenario: Scenario) -> dict[str, list[tuple[str, Quantity]]]:
    """By standing, the uncertain values whose magnitude no claim and no proposition bears on.

    Only those that the process uses: what no mechanism reads changes no answer.
    """
    used = {parameter.name for parameter in program_of(scenario).parameters}
    found: dict[str, list[tuple[str, Quantity]]] = {}
    for path, quantity in quantities(scenario):
        if path in used and not quantity.because and quantity.proposition is None:
            found.setdefault(quantity.standing, []).append((path, quantity))
    return found


def _standing(quantity: Quantity) -> str:
    reason = f": {quantity.elicited}" if quantity.elicited else ""
    return f"{quantity.standing}{reason}"
