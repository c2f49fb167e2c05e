"""The closed form against the engine, numerical integration, and what it refuses."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

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
    FireAfter,
    Killed,
    Move,
    Parameter,
    Process,
    compile_process,
)
from clientela.scenario import beta, lognormal, uniform

DAYS = 60.0


def plain(fitted_half_life: bool = False) -> Process:
    p = Process(DAYS)
    half_life = Parameter("half", lognormal(4.0, 0.5)) if fitted_half_life else 4.0
    for name in "ab":
        p.variable(f"heat {name}", half_life=half_life, start=Parameter("start", uniform(0.0, 2.0)))
    for name, other in ("ab", "ba"):
        p.event(name, rate=Parameter(f"rate {name}", lognormal(0.2, 1.0)),
                excitation={f"heat {name}": Parameter("own", lognormal(0.05, 1.0)), f"heat {other}": 0.01},
                effects=[Add(f"heat {name}", 1.0)])  # fmt: skip
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


MAKERS = {
    "plain": plain,
    "half-life": lambda: plain(True),
    "marked": marked,
    "memories": with_memories,
    "pieces": lambda: with_course("piecewise"),
    "spline": lambda: with_course("spline"),
}


def both(process: Process, seed: int = 1, count: int = 40, given: tuple[str, ...] = ()):
    """The closed form and the engine's, of events at random times."""
    program = compile_process(process)
    random = np.random.default_rng(seed)
    names = ["a", "b", *given]
    kinds = [names[k] for k in random.integers(0, len(names), count)]
    kills = {name for name, event in process.events.items() if event.mark}
    killed = [int(random.integers(0, 4)) if kind in kills else -1 for kind in kinds]
    record = record_of_times(program, kinds, np.sort(random.random(count)) * DAYS, np.array(killed),
                             watched=["a", "b"], given=given)  # fmt: skip
    scores = Scores(program, [p.name for p in program.parameters])
    return Linear(program, record, scores, DAYS), ByEngine(program, record, scores, DAYS), record


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
@pytest.mark.parametrize("seed", [1, 2])
def test_it_is_the_engine_s_with_its_gradient(make, seed):
    closed, engine, _ = both(make(), seed)
    z = np.random.default_rng(seed).normal(size=len(closed.scores)) * 0.7
    value, slope = closed.value_and_gradient(z)
    assert value == pytest.approx(engine.values(z[None])[0], rel=1e-11)
    assert slope == pytest.approx(engine.value_and_gradient(z)[1], abs=2e-5)
    one, other = closed.risen(z), engine.risen(z)
    for kind in one:
        assert one[kind] == pytest.approx(other[kind], rel=1e-10, abs=1e-12)


def test_it_is_that_of_numerical_integration():
    closed, _, record = both(plain(True))
    scores, decay = closed.scores, math.log(2.0)
    z = np.linspace(-0.8, 0.8, len(scores))
    value = dict(zip(scores.names, scores.values(z[None])[0], strict=True))
    d = decay / value["half"]

    def level(name: str, t: float) -> float:
        found = value[f"rate {name}"]
        for source in "ab":
            heat = value["start"] * math.exp(-d * t)
            heat += sum(math.exp(-d * (t - s)) for s, k in zip(record.start, record.kind, strict=True) if s < t and "ab"[k] == source)  # fmt: skip
            found += heat * (value["own"] if source == name else 0.01)
        return found

    total = sum(math.log(level("ab"[k], s)) for s, k in zip(record.start, record.kind, strict=True))
    edges = [0.0, *record.start, DAYS]
    for begin, end in itertools.pairwise(edges):
        total -= quad(lambda t: level("a", t) + level("b", t), begin, end, epsabs=1e-13, epsrel=1e-13)[0]  # fmt: skip
    assert closed.values(z[None])[0] == pytest.approx(total, abs=1e-8)


def test_events_that_are_given_excite_and_are_not_weighed():
    p = plain()
    p.variable("raids", half_life=3.0)
    p.event("raid", effects=[Add("raids", 1.0)])
    p.events["a"].excite("raids", Parameter("by raids", lognormal(0.1, 0.5)))
    closed, engine, _ = both(p, given=("raid",))
    z = np.full(len(closed.scores), 0.3)
    assert closed.values(z[None])[0] == pytest.approx(engine.values(z[None])[0], rel=1e-12)
    assert set(closed.risen(z)) == {0, 1}


@pytest.mark.parametrize("make", [plain, with_memories, marked], ids=["plain", "memories", "marked"])  # fmt: skip
def test_the_hessian_is_that_of_differences(make):
    closed, _, _ = both(make())
    z = np.full(len(closed.scores), 0.2)
    own = closed.curvature(z)
    assert own is not None
    step = 1e-4 * np.eye(len(z))
    brute = [(closed.value_and_gradient(z - s)[1] - closed.value_and_gradient(z + s)[1]) / 2e-4 for s in step]  # fmt: skip
    assert own == pytest.approx(np.array(brute), abs=2e-3)
    assert np.linalg.eigvalsh(closed.information(z)).min() > -1e-9


def test_with_a_half_life_fitted_there_is_no_exact_hessian():
    closed, _, _ = both(plain(True))
    z = np.zeros(len(closed.scores))
    assert closed.information(z) is None
    assert closed.curvature(z) is None


@settings(max_examples=15, deadline=None)
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


def refused(
    process: Process, occurrences: list[Occurrence] | None = None, watched=("a", "b")
) -> str:
    program = compile_process(process)
    rows = [Occurrence("a", 5.0)] if occurrences is None else occurrences
    record = compile_record(program, rows, watched)
    scores = Scores(program, [p.name for p in program.parameters])
    with pytest.raises(NotLinearError) as found:
        Linear(program, record, scores, DAYS)
    assert isinstance(likelihood_of(program, record, scores, DAYS), ByEngine)
    return str(found.value)


def test_what_has_no_closed_form_is_said():
    assert refused(plain(), [Occurrence("a", 5.0, 1.0)]) == "some events have no exact time"
    assert refused(plain(), [Occurrence(("a", "b"), 5.0)]) == "some events may be of several types"
    assert refused(plain(), watched=("a",)) == "b may happen and is not watched"
    p = plain()
    p.happened("a", -2.0)
    assert refused(p) == "there are events before the first day"
    p = plain()
    p.flag("open", initially=True)
    p.events["a"].when["open"] = True
    assert refused(p) == "the intensity of a is more than a sum of memories"
    p = plain()
    p.variable("mood", half_life=3.0, start=1.0)
    p.events["b"].modulate("mood", 0.5)
    assert refused(p) == "the intensity of b is more than a sum of memories"
    p = plain()
    p.events["a"].choose(Choice("how", [Branch("so"), Branch("other")]))
    assert refused(p) == "a has outcomes"
    p = plain()
    p.event("later")
    p.events["a"].then(FireAfter("later", 3.0))
    assert refused(p) == "a brings about other events"
    p = plain()
    p.events["a"].then(Move("heat b", 0.5, 0.0))
    assert refused(p) == "a does more than add to memories"
    p = plain()
    p.event("shock", effects=[Add("heat a", 1.0)])
    p.at("shock", 20.0)
    assert refused(p) == "the schedule has shock, which is no step"
    assert refused(marked()) == "some number killed by a is not recorded"


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
