"""The closed form against the engine, numerical integration, and what it refuses."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from clientela.engine import Record
from clientela.inference.course import add_course
from clientela.inference.likelihood import ByEngine, likelihood_of
from clientela.inference.linear import Linear, NotLinearError
from clientela.inference.memories import split_memories
from clientela.inference.record import Occurrence, compile_record, record_of_times
from clientela.inference.scores import Scores
from clientela.process import (
    Add,
    AddMark,
    Branch,
    Choice,
    Fire,
    FireAfter,
    FireAt,
    Killed,
    Move,
    Parameter,
    Process,
    Raise,
    Rebase,
    compile_process,
)
from clientela.process.expression import evaluate
from clientela.scenario import beta, lognormal, normal, uniform

DAYS = 60.0
# What happens as the record has it, and is not explained.
GIVEN = ("raid", "sermon")

# -- processes --------------------------------------------------------------------------------


def plain(types: str = "ab", fitted_half_life: bool = False) -> Process:
    """Each type excites itself and the next; variables start above their baseline."""
    p = Process(DAYS)
    half_life = Parameter("half", lognormal(4.0, 0.5)) if fitted_half_life else 4.0
    for name in types:
        p.variable(f"heat {name}", half_life=half_life, start=Parameter("start", uniform(0.0, 2.0)))
    for k, name in enumerate(types):
        p.event(name, rate=Parameter(f"rate {name}", lognormal(0.2, 1.0)),
                excitation={f"heat {name}": Parameter("own", lognormal(0.05, 1.0))},
                effects=[Add(f"heat {name}", 1.0)])  # fmt: skip
        if len(types) > 1:
            p.events[name].excite(f"heat {types[k - 1]}", 0.01)
    return p


def marked() -> Process:
    """What an event adds hangs on its mark; a variable that relaxes to a baseline of its own."""
    p = Process(DAYS)
    p.variable("fear", half_life=9.0, start=1.0, baseline=0.3)
    p.variable("calm", half_life=5.0, start=0.4, baseline=0.4)
    p.event("a", rate=0.1, excitation={"fear": Parameter("by fear", lognormal(0.05, 0.5))},
            modulation={"calm": Parameter("calming", uniform(-1.0, 0.0))},
            effects=[AddMark("fear", Parameter("per killed", lognormal(0.2, 0.5))), Add("fear", 0.1)],
            mark=Killed(Parameter("none", beta(2.0, 2.0)), Parameter("mean", lognormal(2.0, 0.5)), 1.5))  # fmt: skip
    p.event("b", rate=0.05, excitation={"fear": 0.02}, effects=[])
    return p


def with_memories() -> Process:
    p = plain()
    split_memories(p, ["heat a", "heat b"], [1.0, 5.0, 20.0])
    return p


def with_course(shape: str) -> Process:
    p = plain()
    add_course(p, ["a", "b"], shape=shape, pieces=5, days=DAYS, sd=0.5)
    return p


def rising() -> Process:
    """A variable that starts under its baseline, and one that never fades."""
    p = plain()
    p.variable("unrest", half_life=12.0, start=0.1, baseline=Parameter("unrest", uniform(0.5, 1.5)))
    p.variable("grudge")
    p.events["a"].excite("unrest", 0.2)
    p.events["b"].excite("grudge", Parameter("by grudge", lognormal(0.02, 0.5)))
    p.events["a"].then(Add("grudge", 1.0))
    return p


def provoked() -> Process:
    """Given events with marks and a memory of their own, whose own intensity bends by it."""
    p = plain()
    p.variable("raids", half_life=3.0, start=0.5)
    p.event("raid", rate=0.1, modulation={"heat b": 0.3, "raids": -0.5}, mark=Killed(0.2, 2.0, 1.0),
            effects=[Add("raids", 1.0), AddMark("raids", Parameter("per killed", lognormal(0.3, 0.5)))])  # fmt: skip
    p.event("sermon", effects=[Raise("told")])
    p.flag("told")
    p.events["a"].excite("raids", Parameter("by raids", lognormal(0.1, 0.5)))
    return p


MAKERS: dict[str, Callable[[], Process]] = {
    "one type": lambda: plain("a"),
    "two types": plain,
    "three types": lambda: plain("abc"),
    "half-life": lambda: plain(fitted_half_life=True),
    "marked": marked,
    "memories": with_memories,
    "pieces": lambda: with_course("piecewise"),
    "spline": lambda: with_course("spline"),
    "rising": rising,
    "given": provoked,
}


def both(process: Process, seed: int = 1, count: int = 40) -> tuple[Linear, ByEngine, Record]:
    """The closed form and the engine's, of events at random times."""
    program = compile_process(process)
    random = np.random.default_rng(seed)
    watched = [name for name in "abc" if name in process.events]
    given = [name for name in GIVEN if name in process.events]
    names = [*watched, *given]
    kinds = [names[k] for k in random.integers(0, len(names), count)]
    kills = {name for name, event in process.events.items() if event.mark}
    killed = [int(random.integers(0, 4)) if kind in kills else -1 for kind in kinds]
    record = record_of_times(program, kinds, np.sort(random.random(count)) * DAYS, np.array(killed),
                             watched=watched, given=given)  # fmt: skip
    scores = Scores(program, [p.name for p in program.parameters])
    return Linear(program, record, scores, DAYS), ByEngine(program, record, scores, DAYS), record


# -- the slow reader --------------------------------------------------------------------------


@dataclass
class ByHand:
    """Intensities from what the nouns mean, in plain Python: nothing compiled, nothing fast.

    x(t) = baseline + (start − baseline) e^{−δt} + Σ_{s<t} amount · e^{−δ(t − s)}, and for what the
    schedule moves the level last moved to.
    """

    process: Process
    value: Mapping[str, float]
    happened: Sequence[tuple[float, str, int]]

    def number(self, coefficient) -> float:
        return float(evaluate(coefficient, {k: np.array(v) for k, v in self.value.items()}))

    def variable(self, name: str, t: float) -> float:
        v = self.process.variables[name]
        moves = [
            (self.number(each.at), self.number(effect.toward))
            for each in self.process.schedule
            for effect in self.process.events[each.event].effects
            if isinstance(effect, Move) and effect.variable == name
        ]
        if moves:
            passed = [level for day, level in sorted(moves) if day < t]
            return passed[-1] if passed else self.number(v.start)
        d = math.log(2.0) / self.number(v.half_life)
        start, rest = self.number(v.start), self.number(v.baseline)
        x = rest + (start - rest) * math.exp(-d * t)
        for day, kind, killed in self.happened:
            if day < t:
                for effect in self.process.events[kind].effects:
                    if isinstance(effect, Add) and effect.variable == name:
                        x += self.number(effect.amount) * math.exp(-d * (t - day))
                    if isinstance(effect, AddMark) and effect.variable == name:
                        x += self.number(effect.per_unit) * killed * math.exp(-d * (t - day))
        return x

    def intensity(self, kind: str, t: float) -> float:
        event = self.process.events[kind]
        found = self.number(event.rate)
        found += sum(self.number(a) * self.variable(v, t) for v, a in event.excitation.items())
        bent = sum(self.number(b) * self.variable(v, t) for v, b in event.modulation.items())
        return found * math.exp(bent)

    def compensator(self, kind: str, until: float) -> float:
        inside = {day for day, _, _ in self.happened if day < until}
        inside |= {float(self.number(each.at)) for each in self.process.schedule}
        edges = sorted({0.0, until, *(day for day in inside if day < until)})
        return sum(
            quad(lambda t: self.intensity(kind, t), a, b, epsabs=1e-13, epsrel=1e-13)[0]
            for a, b in itertools.pairwise(edges)
        )

    def log_mass(self, kind: str, killed: int) -> float:
        mark = self.process.events[kind].mark
        if not isinstance(mark, Killed):
            return 0.0
        none, mean, r = (self.number(c) for c in (mark.none, mark.mean, mark.dispersion))
        mass = math.gamma(killed + r) / (math.gamma(r) * math.factorial(killed))
        mass *= (r / (r + mean)) ** r * (mean / (r + mean)) ** killed
        return math.log((none if killed == 0 else 0.0) + (1.0 - none) * mass)

    def log_likelihood(self, watched: Sequence[str], until: float) -> float:
        """Numbers killed by what is given count too: that it came is given, not how it went."""
        total = -sum(self.compensator(kind, until) for kind in watched)
        for day, kind, killed in self.happened:
            if day <= until:
                total += self.log_mass(kind, killed)
                total += math.log(self.intensity(kind, day)) if kind in watched else 0.0
        return total


def by_hand(process: Process, closed: Linear, record: Record, z: np.ndarray) -> ByHand:
    value = dict(zip(closed.scores.names, closed.scores.values(z[None])[0].tolist(), strict=True))
    names = closed.program.event_names
    rows = zip(record.start.tolist(), record.kind.tolist(), record.mark.tolist(), strict=True)
    return ByHand(process, value, [(day, names[kind], mark) for day, kind, mark in rows])


# -- what it is -------------------------------------------------------------------------------


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
@pytest.mark.parametrize("seed", [1, 2])
def test_it_is_the_engine_s_with_its_gradient(make, seed: int):
    closed, engine, _ = both(make(), seed)
    z = np.random.default_rng(seed).normal(size=len(closed.scores)) * 0.7
    value, slope = closed.value_and_gradient(z)
    assert value == pytest.approx(engine.values(z[None])[0], rel=1e-11)
    assert value == closed.values(z[None])[0]
    assert slope == pytest.approx(engine.value_and_gradient(z)[1], abs=2e-5)
    one, other = closed.risen(z), engine.risen(z)
    assert set(one) == set(other)
    for kind in one:
        assert one[kind] == pytest.approx(other[kind], rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("name", MAKERS)
def test_it_is_that_of_numerical_integration(name: str):
    process = MAKERS[name]()
    closed, _, record = both(process, seed=3, count=14)
    z = np.linspace(-0.8, 0.9, len(closed.scores))
    slow = by_hand(process, closed, record, z)
    watched = [kind for kind in "abc" if kind in process.events]
    assert closed.values(z[None])[0] == pytest.approx(slow.log_likelihood(watched, DAYS), abs=1e-8)
    if name in ("marked", "pieces", "given"):  # compensators of every event are slow ones
        for e, risen in closed.risen(z).items():
            kind = closed.program.event_names[e]
            days = [day for day, other, _ in slow.happened if other == kind]
            assert risen == pytest.approx([slow.compensator(kind, t) for t in (*days, DAYS)], abs=1e-8)  # fmt: skip


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), cut=st.floats(1.0, DAYS - 1.0))
def test_days_add_up(seed: int, cut: float):
    """Up to a day it is what it is without all that came after."""
    program = compile_process(plain())
    random = np.random.default_rng(seed)
    days = np.sort(random.random(30)) * DAYS
    kinds = ["ab"[k] for k in random.integers(0, 2, 30)]
    scores = Scores(program, [p.name for p in program.parameters])
    z = random.normal(size=(1, len(scores)))
    every = record_of_times(program, kinds, days, watched=["a", "b"])
    kept = [k for k, day in zip(kinds, days, strict=True) if day <= cut]
    some = record_of_times(program, kept, days[days <= cut], watched=["a", "b"])
    assert Linear(program, every, scores, cut).values(z) == pytest.approx(
        Linear(program, some, scores, cut).values(z), rel=1e-12
    )


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), order=st.permutations(range(12)))
def test_the_order_of_the_rows_is_nothing(seed: int, order: list[int]):
    program = compile_process(marked())
    random = np.random.default_rng(seed)
    days = random.random(12) * DAYS
    kinds = ["ab"[k] for k in random.integers(0, 2, 12)]
    rows = [
        Occurrence(kind, float(day), killed=k % 3 if kind == "a" else None)
        for k, (kind, day) in enumerate(zip(kinds, days, strict=True))
    ]
    scores = Scores(program, [p.name for p in program.parameters])
    z = random.normal(size=(1, len(scores)))
    one, other = (
        Linear(program, compile_record(program, each, ["a", "b"]), scores, DAYS).values(z)[0]
        for each in (rows, [rows[k] for k in order])
    )
    assert one == pytest.approx(other, rel=1e-12)


def test_threads_change_nothing(monkeypatch: pytest.MonkeyPatch):
    closed, _, _ = both(plain("abc"), count=300)
    z = np.full(len(closed.scores), 0.4)
    value, slope = closed.value_and_gradient(z)
    monkeypatch.setattr("clientela.inference.linear._MANY", 1)
    again, other = closed.value_and_gradient(z)
    assert again == pytest.approx(value, rel=1e-14)
    assert other == pytest.approx(slope, rel=1e-12)


@pytest.mark.parametrize("name", ["one type", "memories", "marked", "pieces", "given"])
def test_the_hessian_is_that_of_differences(name: str):
    closed, _, _ = both(MAKERS[name]())
    z = np.full(len(closed.scores), 0.2)
    own, information = closed.curvature(z), closed.information(z)
    assert own is not None
    assert information is not None
    step = 1e-4 * np.eye(len(z))
    brute = [(closed.value_and_gradient(z - s)[1] - closed.value_and_gradient(z + s)[1]) / 2e-4 for s in step]  # fmt: skip
    assert own == pytest.approx(np.array(brute), abs=2e-3)
    assert np.linalg.eigvalsh(information).min() > -1e-9


def test_with_a_half_life_fitted_there_is_no_exact_hessian():
    closed, _, _ = both(plain(fitted_half_life=True))
    z = np.zeros(len(closed.scores))
    assert closed.information(z) is None
    assert closed.curvature(z) is None


def test_an_event_where_the_intensity_is_nothing_is_impossible():
    p = Process(DAYS)
    p.variable("heat", half_life=2.0)
    p.event("a", excitation={"heat": Parameter("own", lognormal(0.1, 0.5))}, effects=[Add("heat", 1.0)])  # fmt: skip
    program = compile_process(p)
    record = compile_record(program, [Occurrence("a", 5.0)], ["a"])
    assert Linear(program, record, Scores(program, ["own"]), DAYS).values(np.zeros((1, 1)))[0] == -np.inf  # fmt: skip


# -- what it refuses --------------------------------------------------------------------------


def refused(
    process: Process,
    occurrences: Sequence[Occurrence] = (Occurrence("a", 5.0),),
    watched: Sequence[str] = ("a", "b"),
    given: Sequence[str] = (),
) -> str:
    """Why there is no closed form; the engine has one then, which is taken in its place."""
    program = compile_process(process)
    record = compile_record(program, occurrences, watched, given)
    scores = Scores(program, [p.name for p in program.parameters])
    with pytest.raises(NotLinearError) as found:
        Linear(program, record, scores, DAYS)
    assert isinstance(likelihood_of(program, record, scores, DAYS), ByEngine)
    return str(found.value)


def test_a_record_that_leaves_something_open_has_no_closed_form():
    assert refused(plain(), [Occurrence("a", 5.0, 1.0)]) == "some events have no exact time"
    assert refused(plain(), [Occurrence(("a", "b"), 5.0)]) == "some events may be of several types"
    assert refused(plain(), watched=("a",)) == "b may happen and is not watched"
    assert refused(marked()) == "some number killed by a is not recorded"
    p = plain()
    p.happened("a", -2.0)
    assert refused(p) == "there are events before the first day"


def test_an_intensity_that_is_no_sum_of_memories_has_no_closed_form():
    p = plain()
    p.flag("open", initially=True)
    p.events["a"].when["open"] = True
    assert refused(p) == "the intensity of a is more than a sum of memories"
    p = plain()
    p.variable("mood", half_life=3.0, start=1.0)
    p.events["b"].modulate("mood", 0.5)
    assert refused(p) == "the intensity of b is more than a sum of memories"


@pytest.mark.parametrize(
    "effect",
    [
        Move("heat b", 0.5, 0.0),
        Rebase("heat a", 0.1),
        Add("heat a", 1.0, by="heat b"),
        Add("mood", 1.0),
    ],
    ids=["moved", "rebased", "multiplied", "bent"],
)
def test_an_event_that_does_more_has_no_closed_form(effect):
    p = plain()
    p.variable("mood", half_life=3.0)
    p.events["b"].modulate("mood", 0.5)
    p.events["a"].then(effect)
    assert refused(p) == "a does more than add to memories"


@pytest.mark.parametrize("effect", [Fire("later"), FireAfter("later", 3.0), FireAt("later", "heat a", 2.0)])  # fmt: skip
def test_an_event_that_brings_about_others_has_no_closed_form(effect):
    p = plain()
    p.event("later")
    p.events["a"].then(effect)
    assert refused(p) == "a brings about other events"


def test_an_event_with_outcomes_has_no_closed_form():
    p = plain()
    p.events["a"].choose(Choice("how", [Branch("so"), Branch("other")]))
    assert refused(p) == "a has outcomes"


def test_a_schedule_that_is_no_step_has_no_closed_form():
    def scheduled(*effects, **more) -> Process:
        p = plain()
        p.event("echo", effects=[Add("heat a", 2.0)])
        p.variable("mood", half_life=3.0)
        p.events["b"].modulate("mood", 0.5)
        p.event("shock", effects=list(effects), **more)
        p.at("shock", 20.0)
        return p

    no_step = "the schedule has shock, which is no step"
    assert refused(scheduled(Add("heat a", 1.0))) == no_step
    assert refused(scheduled(Move("heat a", 1.0, 0.0))) == no_step  # it fades on from there
    assert refused(scheduled(Fire("echo"))) == no_step
    assert refused(scheduled(FireAfter("echo", 2.0))) == no_step
    two = [Branch("up", 0.0, {}, [Add("heat a", 1.0)]), Branch("no")]
    assert refused(scheduled(outcomes=[Choice("way", two)])) == no_step
    bends = "the schedule has shock, which bends an exponent"
    assert refused(scheduled(Move("mood", 1.0, 0.5))) == bends
    p = plain()
    p.variable("level", start=1.0)
    p.events["a"].excite("level", 0.1)
    p.event("step", effects=[Move("level", 1.0, 2.0)])
    p.at("step", Parameter("when", uniform(10.0, 20.0)))
    assert refused(p) == "the schedule has step, which is no step"


def test_what_a_schedule_does_elsewhere_changes_nothing():
    p = plain()
    p.variable("mood", half_life=3.0)
    p.flag("open")
    p.event("ruling", effects=[Add("mood", 1.0), Raise("open")])
    p.at("ruling", 20.0)
    closed, engine, _ = both(p)
    z = np.zeros((1, len(closed.scores)))
    assert closed.values(z)[0] == pytest.approx(engine.values(z)[0], rel=1e-12)
    without, _, _ = both(plain())
    assert closed.values(z)[0] == without.values(z)[0]


def test_a_memory_that_may_pass_its_bound_is_left_to_the_engine():
    p = Process(DAYS)
    p.variable("heat", half_life=50.0, low=0.0, high=2.5)
    p.event("a", rate=0.1, excitation={"heat": Parameter("own", lognormal(0.1, 0.5))},
            effects=[Add("heat", 1.0)])  # fmt: skip
    rows = [Occurrence("a", float(day)) for day in (1, 2, 3)]
    assert refused(p, rows, watched=("a",)) == "the variable heat may pass its bounds"
    program = compile_process(p)
    scores = Scores(program, ["own"])
    Linear(program, compile_record(program, rows[:2], ["a"]), scores, DAYS)
    p.events["a"].effects = [Add("heat", Parameter("cooling", normal(-0.5, 0.1)))]
    assert refused(p, rows, watched=("a",)) == "the variable heat may pass its bounds"


def test_a_bound_may_be_passed_at_other_scores_than_the_medians():
    """Of two events a day apart more is remembered by a longer half-life."""
    p = Process(DAYS)
    p.variable("heat", half_life=Parameter("half", lognormal(1.0, 0.5)), high=1.7)
    p.event("a", rate=0.1, excitation={"heat": 0.1}, effects=[Add("heat", 1.0)])
    program = compile_process(p)
    record = compile_record(program, [Occurrence("a", 5.0), Occurrence("a", 6.0)], ["a"])
    closed = Linear(program, record, Scores(program, ["half"]), DAYS)
    engine = ByEngine(program, record, closed.scores, DAYS)
    within, beyond = np.zeros(1), np.array([2.0])
    closed.check_bounds(within)
    assert closed.values(within[None])[0] == pytest.approx(engine.values(within[None])[0], rel=1e-12)  # fmt: skip
    with pytest.raises(NotLinearError, match="the variable heat may pass its bounds"):
        closed.check_bounds(beyond)
    assert abs(closed.values(beyond[None])[0] - engine.values(beyond[None])[0]) > 0.01


def test_a_start_under_the_baseline_hides_no_bound_that_is_passed():
    """By the time of the events what was missing at the start is nearly made up for."""
    p = Process(DAYS)
    p.variable("heat", half_life=5.0, start=-2.0, high=2.2)
    p.event("a", rate=0.5, excitation={"heat": Parameter("own", lognormal(0.02, 0.1))},
            effects=[Add("heat", 1.0)])  # fmt: skip
    rows = [Occurrence("a", 50.0 + k / 10) for k in range(3)]
    assert refused(p, rows, watched=("a",)) == "the variable heat may pass its bounds"


def test_a_variable_that_rests_above_nothing_passes_no_bound_by_itself():
    p = Process(DAYS)
    p.variable("heat", half_life=5.0, start=1.0, baseline=1.0, high=2.2)
    p.event("a", rate=0.5, excitation={"heat": Parameter("own", lognormal(0.02, 0.1))},
            effects=[Add("heat", 1.0)])  # fmt: skip
    program = compile_process(p)
    record = compile_record(program, [Occurrence("a", 5.0)], ["a"])
    scores, z = Scores(program, ["own"]), np.zeros((1, 1))
    assert Linear(program, record, scores, DAYS).values(z)[0] == pytest.approx(
        ByEngine(program, record, scores, DAYS).values(z)[0], rel=1e-12
    )
