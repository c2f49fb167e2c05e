"""Memories of several lengths: as many offspring as before, at other times."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from self_exciting import DAYS, drawn, hawkes, likelihood

from clientela.inference.memories import split_memories
from clientela.process import AddMark, Killed, Parameter, Process, compile_process
from clientela.process.stability import branching_matrices, stability
from clientela.scenario import uniform


def coefficients(p: Process, values: dict[str, float]) -> tuple:
    """The program, and its coefficients with all parameters as given."""
    program = compile_process(p)
    columns = np.array([[values[name] for name in program.columns]])
    c = np.tile(program.base, (1, 1))
    c[:, program.positions] = program.coefficients(columns)
    return program, c


def of_two(half_life: float = 4.0) -> Process:
    """Two types that excite each other, one by how many it kills."""
    p = Process(100_000.0)  # all offspring are born in time
    for name in "ab":
        p.variable(f"heat {name}", half_life=half_life)
    p.event("a", rate=0.1, excitation={"heat a": Parameter("own", uniform(0.0, 0.1)), "heat b": 0.03},
            effects=[AddMark("heat a", 0.2)], mark=Killed(0.4, 2.0, 1.0))  # fmt: skip
    p.event("b", rate=0.1, excitation={"heat a": 0.05})
    return p


def test_one_memory_of_the_same_length_changes_nothing():
    days = drawn(hawkes())
    p = hawkes()
    assert split_memories(p, ["heat"], [3.0]) == []
    assert likelihood(p, days).values(np.zeros((1, 1)))[0] == pytest.approx(
        likelihood(hawkes(), days).values(np.zeros((1, 1)))[0], rel=1e-12
    )


@given(score=st.floats(-3.0, 3.0))
def test_two_memories_of_all_but_one_length_are_one(score: float):
    """However offspring are shared between them."""
    days = np.array([3.0, 5.0, 5.5, 40.0])
    p = hawkes()
    assert split_memories(p, ["heat"], [3.0, 3.0001]) == ["memory.3.0001"]
    split = likelihood(p, days)
    z = np.zeros(len(split.scores))
    z[split.scores.names.index("memory.3.0001")] = score
    plain = likelihood(hawkes(), days).values(np.zeros((1, 1)))[0]
    assert split.values(z[None])[0] == pytest.approx(plain, abs=1e-3)


@given(st.floats(-2.0, 2.0), st.floats(-2.0, 2.0), st.floats(0.0, 0.1))
def test_the_branching_matrix_stays_as_it_was(first: float, second: float, own: float):
    whole = of_two()
    before = branching_matrices(*coefficients(whole, {"own": own}))[0]
    split = of_two()
    assert split_memories(split, ["heat a", "heat b"], [1.0, 8.0, 30.0]) == ["memory.8", "memory.30"]  # fmt: skip
    values = {"own": own, "memory.8": first, "memory.30": second}
    program, c = coefficients(split, values)
    assert branching_matrices(program, c)[0] == pytest.approx(before, rel=1e-9, abs=1e-12)
    assert stability(program, c[0]).radius == pytest.approx(np.abs(np.linalg.eigvals(before)).max())


def test_offspring_are_shared_by_a_softmax_of_the_scores():
    p = hawkes(own=0.6)
    split_memories(p, ["heat"], [1.0, 10.0], sd=0.5)
    program, c = coefficients(p, {"rate": 0.3, "memory.10": 0.8})
    rates, e = program.arrays.rates, program.event_names.index("a")
    found = {
        program.variable_names[rates.add_var[j]]: c[0, rates.add_coef[j]]
        for j in range(rates.add_lo[e], rates.add_lo[e + 1])
    }
    share = np.exp(0.8) / (1.0 + np.exp(0.8))
    assert found == {
        "heat@1": pytest.approx(0.6 * (1.0 - share) * np.log(2.0) / 1.0),
        "heat@10": pytest.approx(0.6 * share * np.log(2.0) / 10.0),
    }
    (memory,) = (q for q in program.parameters if q.name == "memory.10")
    assert (memory.distribution["mean"], memory.distribution["sd"]) == (0.0, 0.5)


def test_what_bounds_a_memory_bounds_its_copies():
    p = Process(DAYS)
    p.variable("heat", half_life=3.0, low=0.0, high=5.0)
    split_memories(p, ["heat"], [2.0, 9.0])
    assert [(v.low, v.high) for name, v in p.variables.items() if "@" in name] == [(0.0, 5.0)] * 2
