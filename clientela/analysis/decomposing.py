"""How much of the effect of a what-if on an answer goes through which mechanism.

The players of a game are the mechanisms, the worth v(S) of a set of them is the effect (the answer
with the what-if less the answer without, from the same draws) when all others are switched off in
both. A mechanism's share is its Shapley value (Shapley 1953): what it adds to the effect, averaged
over all orders in which the mechanisms could be switched on. The shares add up to the effect.

A share says how much of the effect needs the mechanism, alone or together with others; where the
effect needs several at once, each gets an equal part of what they make together. It is no path
through which so much flows and no effect of the mechanism itself. The mechanism that the what-if
changes has a share of everything, for without it there is no effect; a negative share says that
the mechanism dampens. And v(S) is of a world in which mechanisms are missing, which the scenario was
not written for: a share is a statement about the model (cf. Owen 2014 on Shapley values for parts of a
variance, Heskes et al. 2020 for effects).
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from clientela.analysis.differences import Difference, Share, clustered_error, difference
from clientela.analysis.forecast import Progress, asked_questions, program_of
from clientela.analysis.points import Take
from clientela.analysis.questions import (
    AskedQuestion,
    Obeys,
    QuestionError,
    WhichKind,
    matching,
    resolve,
)
from clientela.analysis.shapley import (
    Set,
    Weights,
    alike,
    exact_weights,
    order_weights,
    sampled_orders,
    sets_of,
    weighted,
)
from clientela.analysis.side_by_side import side_by_side
from clientela.analysis.unkept import outcomes_of
from clientela.engine import prepare
from clientela.mechanisms import REGISTRY, build
from clientela.process import ProcessError, Program
from clientela.reading import ReadingError, unknown
from clientela.scenario import Scenario
from clientela.scenario.model import Question

SETS = 128  # as many as the subsets of seven mechanisms


@dataclass(frozen=True)
class MechanismShare:
    """A mechanism's share of the effect, in units of probability.

    `half` is half the 95 % interval of `share`: of Monte-Carlo error, and of `sampling`, the
    standard error of the orders sampled (0: all sets were drawn). `essential`: without the
    mechanism there is no effect, so that the shares of all such are the same.
    """

    mechanism: str
    share: float
    half: float
    sampling: float
    essential: bool

    @property
    def surely(self) -> bool:
        """Whether the interval leaves out no share at all."""
        return abs(self.share) > self.half


@dataclass(frozen=True)
class Decomposition:
    """The effect of a what-if on one answer by mechanism.

    `effect` is the difference as `compare` has it. `shares` are those of the players, the largest
    first; `rest` is the effect with none of them, so that shares and rest add up to the effect.
    `null` are the mechanisms that are left out, since without them not one history of either run
    has another outcome; `kept` those that stay on in every set, since the scenario does not load
    without them. `sets` is how many sets were drawn, `all_sets` how many there are that have all
    essential mechanisms; `orders` how many orders were
    sampled (None: exact), `failed` the most draws of a run that failed; they are left out.
    """

    scenario: Scenario
    against: str | None
    title: str
    question: str
    outcome: str
    effect: Difference
    shares: list[MechanismShare]
    rest: float
    null: tuple[str, ...]
    kept: tuple[str, ...]
    sets: int
    all_sets: int
    orders: int | None
    failed: int
    draws: int
    seed: int
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """What `clientela decompose --json` prints."""
        plain = {k: v for k, v in vars(self).items() if k not in ("scenario", "effect", "shares")}
        return {
            "scenario": self.scenario.scenario,
            **plain,
            "effect": asdict(self.effect),
            "shares": [asdict(share) for share in self.shares],
        }


def decompose(
    take: Take,
    question: str,
    *,
    branch: str | None = None,
    changes: Mapping[str, Any] | None = None,
    against: str | None = None,
    outcome: str | None = None,
    draws: int = 2_000,
    seed: int = 1,
    until: dt.date | None = None,
    sets: int = SETS,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Decomposition:
    """The effect of a branch, or of changes, on an answer, shared out among the mechanisms.

    `take` gives the scenario with options (`clientela.api.reader`); `against` is the branch to
    compare with, `outcome` the kind looked for if the question has several. First each mechanism is
    switched off alone. Those without which there is no effect (the what-if changes nothing, or the
    question cannot come true) are essential: v(S) = 0 for each set S that lacks one, so only sets
    with all of them are drawn. If these are not more than `sets`, values are exact; else orders are
    sampled in pairs, about so many as ask for that many sets, and `sampling` is the error of that.

    Every set has the same draws, so φ is a mean over draws of one combination of outcomes, and its
    error that of pairs of draws, as in `differences`. Where a conditional question arises in no
    history of one of the two runs, the effect of that set counts as 0. Raises ReadingError,
    ProcessError, and QuestionError for what cannot be asked.
    """
    started = time.perf_counter()
    if draws < 4:
        raise QuestionError(f"--draws {draws}: expected at least 4")
    if sets < 1:
        raise QuestionError(f"--sets {sets}: expected at least 1")
    if branch is None and not changes:
        raise QuestionError("there is no effect to decompose; name a branch or set a value")
    base = {"branch": against}
    other = {"branch": branch or against, "changes": dict(changes or {})}
    game = _Game(take, base, other, question, outcome, draws, seed, until, executor, progress)
    effect = game.effect()
    kept, essential, null = game.screened()
    players = [m for m in game.mechanisms if m not in kept and m not in null]
    game.settle(kept, essential)
    weights, pairs = _plan(players, essential, sets, seed)
    game.draw({*sets_of(weights), frozenset()})
    return Decomposition(
        scenario=game.scenarios[0],
        against=against,
        title=_title(game.scenarios[1], branch, changes),
        question=question,
        outcome=game.outcome or "yes",
        effect=effect,
        shares=_shares(game, weights, pairs, essential),
        rest=game.worth(frozenset()),
        null=tuple(null),
        kept=tuple(kept),
        sets=sum(not found.idle for found in game.found.values()),
        all_sets=2 ** (len(players) - len(essential)),
        orders=2 * len(pairs) if pairs else None,
        failed=max(found.failed for found in game.found.values()),
        draws=draws,
        seed=seed,
        seconds=time.perf_counter() - started,
    )


def _plan(
    players: list[str], essential: Collection[str], sets: int, seed: int
) -> tuple[Weights, list[Weights]]:
    """The weights of the values, and those of each pair of orders if values are sampled."""
    free = len(players) - len(essential)
    if 2**free <= sets or free < 2:
        return exact_weights(players), []
    pairs = sampled_orders(players, lambda s: s.issuperset(essential), sets, seed)
    both = order_weights([order for pair in pairs for order in pair])
    return alike(both, essential), [alike(order_weights(pair), essential) for pair in pairs]


def _shares(
    game: _Game, weights: Weights, pairs: list[Weights], essential: Collection[str]
) -> list[MechanismShare]:
    found = []
    for mechanism, mine in weights.items():
        drawn = clustered_error(weighted(mine, game.influence) + np.zeros(game.draws))
        sampling = 0.0
        if pairs:
            each = [weighted(pair[mechanism], game.worth) for pair in pairs]
            sampling = float(np.std(each, ddof=1) / np.sqrt(len(each)))
        share = float(weighted(mine, game.worth))
        half = 1.96 * float(np.hypot(drawn, sampling))
        # No draw has a share, but for rounding: what none in so many pairs allows, as in differences.
        if drawn < 1e-12:
            half = 3.0 / (game.draws // 2)
        found.append(MechanismShare(mechanism, share, half, sampling, mechanism in essential))
    return sorted(found, key=lambda s: -s.share)


def _title(scenario: Scenario, branch: str | None, changes: Mapping[str, Any] | None) -> str:
    words = [f"{path}={value}" for path, value in (changes or {}).items()]
    named = [f"{branch}: {scenario.branches[branch].title}"] if branch else []
    return "; ".join([*named, *([", ".join(words)] if words else [])])


@dataclass(frozen=True)
class _Run:
    """A process and the question as asked of it; None: nothing happens, or it never comes true."""

    program: Program | None
    asked: AskedQuestion | None
    question: Question

    def same(self, other: _Run) -> bool:
        """Whether every outcome of the two is bound to be the same."""
        if self.asked is None or other.asked is None:
            return self.asked is other.asked
        assert self.program is not None
        assert other.program is not None
        return self.question == other.question and self.program.digest == other.program.digest


@dataclass(frozen=True)
class _Found:
    """Of one set: both runs' outcomes by draw, 1 where the one looked for came, −1 not arisen.

    Nothing is drawn where the two are bound to be the same (`idle`).
    """

    idle: bool
    base: np.ndarray
    other: np.ndarray
    failed: int = 0

    def unlike(self, other: _Found) -> bool:
        """Whether the outcome of any draw is another, or one of the two was not drawn."""
        pairs = ((self.base, other.base), (self.other, other.other))
        return not all(np.array_equal(a, b) for a, b in pairs)

    @cached_property
    def worth(self) -> float:
        """The effect; 0 where the question arises in no history of a run."""
        one, two = Share.of(self.base, 1).share, Share.of(self.other, 1).share
        return 0.0 if one is None or two is None else two - one

    @property
    def influence(self) -> np.ndarray | float:
        """The linear part of the effect by draw."""
        one, two = Share.of(self.base, 1), Share.of(self.other, 1)
        if one.share is None or two.share is None:
            return 0.0
        return two.influence - one.influence


_IDLE = _Found(True, np.zeros(0, np.int8), np.zeros(0, np.int8))


class _Game:
    """The worth of sets of mechanisms, each drawn once."""

    def __init__(
        self, take: Take, base: dict[str, Any], other: dict[str, Any], question: str,
        outcome: str | None, draws: int, seed: int, until: dt.date | None,
        executor: Executor | None, progress: Progress | None,
    ) -> None:  # fmt: skip
        self._take, self._options = take, (base, other)
        self.scenarios = (take(**base), take(**other))
        self.question, self.outcome = question, outcome
        self.draws, self.seed, self.until = draws, seed, until
        self._executor, self._progress = executor, progress
        self.found: dict[Set, _Found] = {}
        self.kept: Set = frozenset()
        self.essential: Set = frozenset()
        self._same = False
        active = {name for scenario in self.scenarios for name in scenario.active}
        self.mechanisms = [name for name in REGISTRY if name in active]
        self.all = frozenset(self.mechanisms)
        self._refuse()

    def _refuse(self) -> None:
        """Raises QuestionError or ReadingError for what cannot be asked of the whole."""
        for scenario in self.scenarios:
            if self.question not in scenario.questions:
                known = unknown("question", self.question, scenario.questions)
                raise QuestionError(f"--question {self.question}: {known}")
            asked, _ = asked_questions(scenario, program_of(scenario, self.until))
            mine = next(q for q in asked if q.id == self.question)
            if not isinstance(mine, WhichKind):
                if self.outcome is not None:
                    raise QuestionError(
                        f"--outcome {self.outcome}: {self.question} is answered with yes or no"
                    )
            elif self.outcome is None:
                raise QuestionError(
                    f"{self.question} has several outcomes; name one with --outcome: {', '.join(mine.names)}"
                )
            elif self.outcome not in mine.names:
                known = unknown("kind", self.outcome, mine.names)
                raise QuestionError(f"--outcome {self.outcome}: {known}")

    # -- the three steps: the whole, each mechanism switched off alone, and the sets asked for

    def effect(self) -> Difference:
        """The effect with all mechanisms. Raises QuestionError if there is none to speak of."""
        one, two = (self._run(scenario) for scenario in self.scenarios)
        if one.program is not None:
            prepare(one.program)
        whole = self._both(one, two)
        self.found[self.all], self._same = whole, one.same(two)
        name = self.outcome or "yes"
        found = difference(self.question, name, 1, whole.base, whole.other, self._same)
        for share, where in ((found.base, "the base"), (found.other, "the what-if")):
            if share is None:
                raise QuestionError(
                    f"--question {self.question}: it arises in no history of {where}, so there is no effect"
                )
        return found

    def screened(self) -> tuple[list[str], list[str], list[str]]:
        """(kept, essential, null) mechanisms, as each switched off alone shows."""
        if self._same:
            return [], [], list(self.mechanisms)
        alone = self.draw((self.all - {m} for m in self.mechanisms), refused_ok=True)
        kept, essential, null = [], [], []
        for m in self.mechanisms:
            found = alone[self.all - {m}]
            if found is None:
                kept.append(m)
            elif found.idle:
                essential.append(m)
            elif not found.unlike(self.found[self.all]):
                null.append(m)
        return kept, essential, self._nothing(null, frozenset([*kept, *essential]))

    def _nothing(self, null: list[str], least: Set) -> list[str]:
        """Those of the mechanisms that change no outcome beside the essential ones alone either.

        And all of these together neither there nor beside all the others, else none: two of which
        each can stand in for the other change nothing alone and something together.
        """
        if not null:
            return []
        few = self.draw([least, *(least | {m} for m in null)])
        null = [m for m in null if not self._apart(few[least], few[least | {m}])]
        more, without = least | set(null), self.all - set(null)
        found = self.draw([least, more, without])
        together = self._apart(found[least], found[more])
        return [] if together or self._apart(self.found[self.all], found[without]) else null

    @staticmethod
    def _apart(one: _Found | None, two: _Found | None) -> bool:
        return one is None or two is None or one.unlike(two)

    def settle(self, kept: Iterable[str], essential: Iterable[str]) -> None:
        """From here on sets are of players: `kept` are on in each, without `essential` v(S) = 0."""
        self.kept, self.essential = frozenset(kept), frozenset(essential)

    def worth(self, players: Set) -> float:
        """v(S)."""
        return self._of(players).worth

    def influence(self, players: Set) -> np.ndarray | float:
        """The linear part of v(S) by draw."""
        return self._of(players).influence

    def _of(self, players: Set) -> _Found:
        if not players >= self.essential:
            return _IDLE
        return self.found[players | self.kept]

    # -- drawing

    def draw(self, sets: Iterable[Set], *, refused_ok: bool = False) -> dict[Set, _Found | None]:
        """What is found of each set, drawn if it has not been; None if it does not load."""
        wanted = {s | self.kept for s in sets if s >= self.essential}
        missing = sorted(wanted - self.found.keys(), key=lambda s: (-len(s), sorted(s)))
        refused: dict[Set, _Found | None] = {}

        def at(on: Set) -> _Found | None:
            try:
                return self._at(on)
            except (ReadingError, ProcessError) as error:
                if refused_ok:
                    return None
                off = ", ".join(m for m in self.mechanisms if m not in on)
                first = str(error).splitlines()[0]
                raise QuestionError(f"the scenario does not load without {off}: {first}") from error

        before = len(self.found)
        for number, (on, found) in enumerate(side_by_side(at, missing, self._executor), 1):
            if found is None:
                refused[on] = None
            else:
                self.found[on] = found
            if self._progress:
                self._progress(before + number, before + len(missing))
        return {**{s: self.found.get(s) for s in wanted}, **refused}

    def _at(self, on: Set) -> _Found:
        off = [m for m in self.mechanisms if m not in on]
        one, two = (self._run(self._take(**given, without=off)) for given in self._options)
        return _IDLE if one.same(two) else self._both(one, two)

    def _run(self, scenario: Scenario) -> _Run:
        question = scenario.questions[self.question]
        try:
            program = program_of(scenario, self.until)
        except ProcessError:
            if build(scenario).events:
                raise
            return _Run(None, None, question)  # the mechanisms left make no events at all
        return _Run(program, _asked(self.question, question, program, scenario), question)

    def _both(self, one: _Run, two: _Run) -> _Found:
        (base, failed), (other, more) = self._outcomes(one), self._outcomes(two)
        return _Found(False, base, other, max(failed, more))

    def _outcomes(self, run: _Run) -> tuple[np.ndarray, int]:
        """Each draw's outcome (1 the one looked for, 0 another, −1 not arisen), and failed draws."""
        program, asked = run.program, run.asked
        if program is None or asked is None:
            never = -1 if run.question.obeys else int(self.outcome == "none")
            return np.full(self.draws, never, np.int8), 0
        summary, outcomes = outcomes_of(program, [asked], self.draws, self.seed)
        drawn = outcomes[asked.id]
        if isinstance(asked, WhichKind):
            drawn = np.where(drawn < 0, -1, np.array(asked.names)[drawn] == self.outcome)
        return drawn.astype(np.int8), len(summary.failures)


def _asked(
    name: str, question: Question, program: Program, scenario: Scenario
) -> AskedQuestion | None:
    """The question of what is left of a process; None if it cannot come true there.

    Patterns that match no event any more are left out: attacks are still counted where strikes
    are switched off.
    """
    for form in ("happens", "killed"):
        patterns = getattr(question, form)
        if patterns is not None:
            there = [p for p in patterns if _matches(p, program.labels)]
            if not there:
                return None
            question = question.model_copy(update={form: there})
    try:
        asked = resolve(name, question, program.labels, program.horizon, scenario.as_of)
    except QuestionError:
        return None
    if isinstance(asked, WhichKind):
        return asked if len(asked.names) > 1 else None
    if isinstance(asked, Obeys):
        return asked if (asked.kind_of >= 0).any() else None
    return asked


def _matches(pattern: str, labels: tuple[str, ...]) -> bool:
    try:
        return bool(matching([pattern], labels).any())
    except QuestionError:
        return False
