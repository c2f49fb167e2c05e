"""The engine draws, path for path, what a slow and obvious simulator in plain Python draws."""

import collections
import math

import oracle
import processes
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import clientela as ct
from clientela.engine import draw_block, draw_parameters
from clientela.mechanisms import build
from clientela.process import (
    Add,
    AddMark,
    Branch,
    Choice,
    Fire,
    FireAfter,
    FireAt,
    Killed,
    LookUp,
    Lower,
    Move,
    Parameter,
    Process,
    Raise,
    Rebase,
    compile_process,
)
from clientela.scenario import uniform
from clientela.scenario.starter import starter


def by_engine(process, seed, first, count):
    """Per draw, the (day, label, mark) that the engine records."""
    program = compile_process(process)
    block = draw_block(program, seed, first, count)
    assert not block.failed
    logs = {draw: [] for draw in range(first, first + count)}
    for draw, day, label, mark in zip(block.draw, block.day, block.label, block.mark, strict=True):
        logs[int(draw)].append((float(day), program.labels[label], int(mark)))
    return logs


def assert_same(process, seed, first, count, top=4.0):
    """Asserts that engine and oracle agree, and returns how often each label came."""
    came = collections.Counter()
    for draw, log in by_engine(process, seed, first, count).items():
        slow = oracle.Oracle(process, seed, draw, top).run().log
        assert [row[1:] for row in log] == [row[1:] for row in slow]
        assert [row[0] for row in log] == pytest.approx([row[0] for row in slow], abs=1e-9)
        came.update(row[1] for row in log)
    return came


@pytest.mark.parametrize("name", processes.BY_HAND)
def test_every_noun_of_a_process_means_to_the_engine_what_it_says(name):
    process = processes.BY_HAND[name]()
    came = assert_same(process, 5, 0, 40)
    # An agreement about things that never happen would say nothing.
    assert set(came) == set(compile_process(process).labels)


@pytest.mark.parametrize(("seed", "first"), [(0, 0), (1, 4095), (2**63 - 1, 2_000_000)])
def test_any_seed_and_draw_far_from_the_first(seed, first):
    assert_same(processes.effects(), seed, first, 4)
    assert_same(processes.uncertain(), seed, first, 4)


def test_the_state_that_the_past_leaves_decides_what_comes():
    """Without the past the same streams give another history."""
    with_past, without = processes.remembered(), processes.remembered()
    without.history.clear()
    assert by_engine(with_past, 5, 0, 40) != by_engine(without, 5, 0, 40)


@pytest.mark.parametrize("make", [processes.uncertain, processes.believed])
def test_what_a_draw_is_given_is_that_of_the_oracle(make):
    program = compile_process(make())
    values = draw_parameters(program, 3, 11, 200)
    for row, draw in zip(values, range(11, 211), strict=True):
        slow = oracle.parameters(make(), 3, draw)
        slow.pop("propositions.idle", None)  # nothing hangs on it, so it is not drawn
        assert dict(zip(program.columns, row, strict=True)) == pytest.approx(slow)


# -- processes at random ----------------------------------------------------------------------

share = st.floats(0.0, 1.0)
small = st.floats(-1.0, 1.0)


@st.composite
def small_processes(draw):
    """Up to three variables, two flags and four events, wired at random."""
    p = Process(draw(st.floats(5.0, 60.0)))
    variables = [f"x{i}" for i in range(draw(st.integers(1, 3)))]
    for name in variables:
        p.variable(
            name,
            start=draw(small),
            baseline=draw(small),
            half_life=draw(st.sampled_from([0.5, 7.0, 40.0, math.inf])),
            low=-2.0,
            high=draw(st.floats(1.0, 3.0)),
        )
    flags = [p.flag(f"f{i}", initially=draw(st.booleans())) for i in range(2)]
    events = [f"e{i}" for i in range(draw(st.integers(1, 4)))]
    level = draw(st.floats(0.1, 2.0))
    unknown = Parameter("level", uniform(level / 2, level), draw(st.booleans()))

    @st.composite
    def tables(draw):
        points = draw(st.lists(small, min_size=2, max_size=4, unique=True).map(sorted))
        levels = st.lists(small | st.just(unknown), min_size=len(points), max_size=len(points))
        names = st.sampled_from(variables)
        return LookUp(draw(names), draw(names), tuple(points), tuple(draw(levels)), draw(small))

    def some_effects(after):
        possible = [
            st.builds(Add, st.sampled_from(variables), small | st.just(unknown)),
            st.builds(Add, st.sampled_from(variables), small, st.sampled_from(variables)),
            st.builds(AddMark, st.sampled_from(variables), small),
            st.builds(Move, st.sampled_from(variables), share, small),
            tables(),
            st.builds(Rebase, st.sampled_from(variables), small),
            st.builds(Raise, st.sampled_from(flags)),
            st.builds(Lower, st.sampled_from(flags)),
        ]
        if after:  # only events further on are fired, so that firing ends
            possible.append(st.builds(Fire, st.sampled_from(after)))
            level = small | st.just(unknown)
            possible.append(
                st.builds(FireAt, st.sampled_from(after), st.sampled_from(variables), level)
            )
        waits = st.floats(0.5, 20.0) | st.just(unknown)
        possible.append(st.builds(FireAfter, st.sampled_from(events), waits))
        return draw(st.lists(st.one_of(possible), max_size=3))

    for i, name in enumerate(events):
        after = events[i + 1 :]
        terms = st.dictionaries(st.sampled_from(variables), share.map(lambda c: c / 4), max_size=2)
        third = st.dictionaries(st.sampled_from(variables), small.map(lambda c: c / 3), max_size=1)
        slopes = st.dictionaries(st.sampled_from(variables), small, max_size=2)
        branches = [
            Branch(f"b{j}", draw(small | st.just(unknown)), draw(slopes), some_effects(after))
            for j in range(draw(st.integers(1, 3)))
        ]
        p.event(
            name,
            rate=draw(st.floats(0.0, 0.3)),
            excitation=draw(terms),
            modulation=draw(third),
            when=draw(st.dictionaries(st.sampled_from(flags), st.booleans(), max_size=1)),
            effects=some_effects(after),
            outcomes=[Choice("group", branches)] if draw(st.booleans()) else [],
            mark=draw(
                st.none() | st.builds(Killed, share, st.floats(0.1, 5.0), st.floats(0.2, 4.0))
            ),
        )
    for day in draw(st.lists(st.floats(0.0, 60.0), max_size=2, unique=True)):
        p.at(draw(st.sampled_from(events)), day)
    for day in draw(st.lists(st.floats(-50.0, 0.0), max_size=2, unique=True)):
        p.happened(draw(st.sampled_from(events)), day, mark=draw(st.integers(0, 3)))
    return p


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(small_processes(), st.integers(0, 2**63 - 1), st.integers(0, 10**6))
def test_processes_wired_at_random(process, seed, first):
    assert_same(process, seed, first, 2, top=8.0)


# -- a scenario with every mechanism ----------------------------------------------------------


def test_the_starter_scenario_with_all_its_mechanisms(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(starter("mine"), encoding="utf-8")
    process = build(ct.load(path))
    came = assert_same(process, 1, 0, 8, top=2.0)
    assert {"visit:varen", "talks", "government", "session:president/vote=failed"} <= set(came)


def test_the_starter_scenario_with_actors_who_act_on_their_interests(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(starter("mine"), encoding="utf-8")
    interests = {
        "mechanisms.patronage.strategy": "indirect_control",
        "mechanisms.attribution.strategy": "deterrence",
        "mechanisms.succession.loss_rate": 0.01,
        "mechanisms.escalation.rate": 0.05,
        "mechanisms.attribution.false_alarm": 0.3,
    }
    process = build(ct.load(path, changes=interests))
    came = assert_same(process, 1, 0, 12, top=4.0)
    told = {name.split(":")[0] for name in came}
    assert {"reckoning", "disturbance", "period-over", "given-up", "alarm", "loss", "visit"} <= told
    assert {"disturbance:guards@varen/decision=intervenes", "visit:varen/guards=defies"} <= set(
        came
    )
