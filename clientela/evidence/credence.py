"""Credences: what the claims make of each proposition, and how far to believe what hangs on it.

Propositions form trees: one may hang on another. Claims on a proposition multiply its odds; they
also tell of the proposition it hangs on, by the ratio

    (p₁ F + 1 − p₁) / (p₀ F + 1 − p₀),

F the factor of the claims, p₁ and p₀ its prior credence if the other is true and if it is false
(Bayes' rule; Pearl 1988, ch. 4, messages in a tree). Nobody is heard twice on the other: what its
sources have already said on it, or implied, is taken off. Answers to one matter (`one_of`) exclude
each other: each one's prior is multiplied by its factor, and all are divided by their sum.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from clientela.evidence.grades import log_ratio
from clientela.evidence.ledger import Claim, Ledger, Proposition, Stance
from clientela.evidence.pooling import (
    Report,
    bounded,
    in_order,
    pooled_log_factor,
    strongest,
    tempered,
    tempered_sides,
)


@dataclass(frozen=True)
class Belief:
    """How one matter is drawn: a proposition, or the answers that exclude each other.

    `chances[0]` are the members' probabilities if the proposition `given` is false, `chances[1]`
    if it is true (alike without one). One uniform number decides: member k is true if it falls
    between the sums of the chances up to k.
    """

    name: str
    members: tuple[str, ...]
    given: str | None
    chances: tuple[tuple[float, ...], tuple[float, ...]]

    def draw(self, level: np.ndarray, truth: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Whether each member is true, by a uniform number per draw, given what it hangs on."""
        edges = np.cumsum(np.array(self.chances), axis=1)
        if len(self.members) > 1:
            edges[:, -1] = 1.0
        parent = truth[self.given].astype(np.int64) if self.given else 0
        found: dict[str, np.ndarray] = {}
        before = np.zeros(len(level), dtype=bool)
        for k, member in enumerate(self.members):
            reached = level < edges[:, k][parent]
            found[member] = reached & ~before
            before = reached
        return found


@dataclass(frozen=True)
class Step:
    """One line of a credence's arithmetic.

    `kind` is `report` (of `source` in claim `what`), `through` (proposition `what`, which hangs
    on this one) or `elsewhere` (what this one hangs on, or the other answers to its matter).
    `alone` is the factor of one person's word, or of all that is below, on its own; `people` how
    many say it; `added` the power it is raised to, how many independent people they add (None
    with partial information); `echo` what has been heard before of all that is below, a factor it
    is divided by. `factor` is what the odds are multiplied by and `credence` what results.
    `cut`: the factor was held to the largest allowed.
    """

    kind: str
    what: str | None = None
    source: str | None = None
    people: int = 0
    alone: float | None = None
    added: float | None = None
    echo: float | None = None
    factor: float = 1.0
    credence: float = math.nan
    cut: bool = False


class Credences:
    """The credences of a ledger's propositions. `name in credences`, `credences[name]`."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def __contains__(self, name: object) -> bool:
        return name in self.ledger.propositions

    def __getitem__(self, name: str) -> float:
        return self._marginals[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.ledger.propositions)

    # -- claims on one proposition ------------------------------------------------------------

    def reports(self, name: str) -> list[Report]:
        """Each source's strongest word for the proposition and its strongest against it.

        A source that repeats itself says nothing new; retracted sources say nothing.
        """
        return list(self._reports[name])

    @cached_property
    def _reports(self) -> dict[str, list[Report]]:
        return {
            name: strongest(self._words(self.ledger.propositions[name], bearing))
            for name, bearing in self.ledger.bearing().items()
        }

    def _words(
        self, proposition: Proposition, bearing: list[tuple[str, Claim, Stance]]
    ) -> Iterator[Report]:
        """Everything that a source says on a proposition, claims in the order of their names."""
        for name, claim, stance in sorted(bearing, key=lambda item: item[0]):
            for source_name in claim.sources:
                source = self.ledger.sources[source_name]
                if not source.retracted:
                    yield Report(
                        claim=name,
                        source=source_name,
                        log_ratio=log_ratio(source, claim, proposition, stance),
                        people=source.count,
                        circle=source.circle or f"source {source_name}",
                        briefing=source.briefing,
                        documents=frozenset({claim.document}),
                        answers=stance in ("supports", "denies"),
                    )

    # -- the trees of propositions ------------------------------------------------------------

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {name: [] for name in self}
        for name, proposition in self.ledger.propositions.items():
            if proposition.given:
                found[proposition.given.proposition].append(name)
        return found

    @cached_property
    def _log_factors(self) -> dict[str, float]:
        """The log factor on each proposition: its own claims, and what hangs on it."""
        found: dict[str, float] = {}
        for name in reversed(self.in_order):
            own = pooled_log_factor(self.reports(name), self.ledger.pooling)
            through = (
                _less(self._message(child, found[child]), echo)
                for child, echo in self._echoes(name, found)
            )
            found[name] = bounded(own + math.fsum(through))
        return found

    def _message(self, child: str, log_factor: float) -> float:
        """The log factor that a proposition puts on the one it hangs on."""
        given = self.ledger.propositions[child].given
        assert given is not None
        f = math.exp(log_factor)
        return math.log((given.true * f + 1 - given.true) / (given.false * f + 1 - given.false))

    def _echoes(self, name: str, factors: Mapping[str, float]) -> Iterator[tuple[str, float]]:
        """(proposition that hangs on this one, how much of its message has been heard before).

        Each source's strongest word counts, be it on this proposition or implied by one on
        another below. What the words implied by a proposition add to the pool is news; what they
        would be worth alone, less that, is an echo. The largest message is heard first.
        """
        pooling = self.ledger.pooling
        messages = {child: self._message(child, factors[child]) for child in self._children[name]}
        heard = self.reports(name)
        for child in sorted(messages, key=lambda c: (-abs(messages[c]), c)):
            implied = self._implied(child)
            side = 0 if messages[child] >= 0 else 1
            both = strongest([*heard, *implied])
            before, alone, together = (
                abs(tempered_sides(reports, pooling)[side]) for reports in (heard, implied, both)
            )
            yield child, max(before + alone - together, 0.0)
            heard = both

    def _implied(self, child: str) -> list[Report]:
        """What each source that speaks on a proposition, or below it, implies for the one above."""
        below = (
            report for grandchild in self._children[child] for report in self._implied(grandchild)
        )
        words = strongest([*self.reports(child), *below])
        return [
            dataclasses.replace(word, log_ratio=self._message(child, word.log_ratio))
            for word in words
        ]

    @cached_property
    def in_order(self) -> list[str]:
        """The propositions, each after the one it hangs on."""
        ordered: list[str] = []
        waiting = [n for n, p in self.ledger.propositions.items() if p.given is None]
        while waiting:
            ordered += waiting
            waiting = [child for name in waiting for child in self._children[name]]
        return ordered

    @cached_property
    def beliefs(self) -> tuple[Belief, ...]:
        """How every matter is drawn, each after the proposition it hangs on."""
        found: dict[str, Belief] = {}
        for name in self.in_order:
            proposition = self.ledger.propositions[name]
            matter = f"one of {proposition.one_of}" if proposition.one_of else name
            if matter in found:
                continue
            if proposition.one_of:
                answers = self._answers(proposition.one_of)
                chances = tuple(answers.values())
                found[matter] = Belief(matter, tuple(answers), None, (chances, chances))
            elif proposition.given:
                given = proposition.given
                if_false = (self._posterior(name, given.false),)
                if_true = (self._posterior(name, given.true),)
                found[matter] = Belief(matter, (name,), given.proposition, (if_false, if_true))
            else:
                assert proposition.prior is not None
                chance = (self._posterior(name, proposition.prior),)
                found[matter] = Belief(matter, (name,), None, (chance, chance))
        return tuple(found.values())

    def _posterior(self, name: str, prior: float) -> float:
        return _credence_of(_log_odds(prior) + self._log_factors[name])

    def _answers(self, matter: str) -> dict[str, float]:
        """The credence of each answer to a matter; they sum to 1."""
        weights = {
            name: (p.prior or 0.0) * math.exp(self._log_factors[name])
            for name, p in self.ledger.propositions.items()
            if p.one_of == matter
        }
        total = math.fsum(weights.values())
        return {name: weight / total for name, weight in weights.items()}

    @cached_property
    def _marginals(self) -> dict[str, float]:
        found: dict[str, float] = {}
        for belief in self.beliefs:
            parent = found[belief.given] if belief.given else 0.0
            for k, member in enumerate(belief.members):
                false, true = belief.chances[0][k], belief.chances[1][k]
                found[member] = false + parent * (true - false)
        return found

    def prior(self, name: str) -> float:
        """The credence before any claim, on any proposition."""
        proposition = self.ledger.propositions[name]
        if proposition.given is None:
            assert proposition.prior is not None
            return proposition.prior
        given, parent = proposition.given, self.prior(proposition.given.proposition)
        return parent * given.true + (1 - parent) * given.false

    def contributions(self, name: str) -> list[tuple[str, str, float]]:
        """(claim, source, log of what it multiplies the odds by in the pool) of each report."""
        return [(s.what or "", s.source or "", f) for s, f in self._own_steps(name)]

    # -- the arithmetic, line by line ---------------------------------------------------------

    def steps(self, name: str) -> list[Step]:
        """How the credence comes about from `prior(name)`, a line for each thing that moves it.

        First what is known of other propositions, then each report for it and each against, the
        strongest first, then what hangs on it. Each line multiplies the odds by its factor, and
        the last credence is `self[name]`.
        """
        before = _log_odds(self[name]) - self._log_factors[name]
        lines: list[Step] = []
        if abs(before - _log_odds(self.prior(name))) > 1e-9:
            factor = math.exp(before - _log_odds(self.prior(name)))
            lines.append(Step("elsewhere", factor=factor, credence=_credence_of(before)))
        total = 0.0
        for step, log_factor in [*self._own_steps(name), *self._steps_below(name)]:
            held, total = bounded(total), total + log_factor
            lines.append(
                dataclasses.replace(
                    step,
                    factor=math.exp(bounded(total) - held),
                    credence=_credence_of(before + bounded(total)),
                    cut=abs(bounded(total) - total) > 1e-9,
                )
            )
        return lines

    def _own_steps(self, name: str) -> Iterator[tuple[Step, float]]:
        """Each report in the order it counts, with the log of what it multiplies the odds by."""
        pooling, reports = self.ledger.pooling, in_order(self.reports(name))
        pooled = tempered(reports, pooling) if pooling.method == "tempered" else None
        for k, report in enumerate(reports):
            added = pooled[k][1] if pooled else None
            if added is not None:
                log_factor = added * report.log_ratio
            else:
                now, held = reports[: k + 1], reports[:k]
                log_factor = pooled_log_factor(now, pooling) - pooled_log_factor(held, pooling)
            alone = math.exp(report.log_ratio)
            yield (
                Step("report", report.claim, report.source, report.people, alone, added),
                log_factor,
            )

    def _steps_below(self, name: str) -> Iterator[tuple[Step, float]]:
        for child, echo in self._echoes(name, self._log_factors):
            message = self._message(child, self._log_factors[child])
            news = _less(message, echo)
            yield (
                Step("through", child, alone=math.exp(message), echo=math.exp(message - news)),
                news,
            )


def _less(message: float, echo: float) -> float:
    """The message without what has been heard before; never turned round."""
    return math.copysign(max(abs(message) - echo, 0.0), message)


def _log_odds(chance: float) -> float:
    return math.log(chance / (1.0 - chance))


def _credence_of(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-log_odds))
