"""A draw is a pure function of program, seed and number: nothing else can change it.

Equality here is of bits, not of statistics.
"""

import math
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context

import numpy as np
import oracle
import polars as pl
import processes
import pytest

import clientela as ct
from clientela.analysis import program_of
from clientela.engine import BLOCK, RunFolder, block_ranges, draw_block, map_blocks
from clientela.process import Add, Branch, Choice, Killed, Parameter, Process, compile_process
from clientela.scenario import uniform
from clientela.scenario.starter import starter

DRAWS = 2 * BLOCK + 1000


class Serial(ThreadPoolExecutor):
    """One thread: a block after the other."""

    def __init__(self):
        super().__init__(1)


def same(one, other):
    return one.events.equals(other.events) and one.parameters.equals(other.parameters)


@pytest.fixture(scope="module")
def serial():
    with Serial() as executor:
        return ct.draw(processes.uncertain(), draws=DRAWS, seed=9, executor=executor)


@pytest.mark.parametrize("threads", [2, 7])
def test_threads_draw_what_one_thread_draws(serial, threads):
    with ThreadPoolExecutor(threads) as executor:
        assert same(serial, ct.draw(processes.uncertain(), draws=DRAWS, seed=9, executor=executor))
    assert same(serial, ct.draw(processes.uncertain(), draws=DRAWS, seed=9))


def test_other_processes_draw_what_one_thread_draws(serial):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        assert same(serial, ct.draw(processes.uncertain(), draws=DRAWS, seed=9, executor=executor))


def test_another_seed_draws_something_else(serial):
    assert not same(serial, ct.draw(processes.uncertain(), draws=DRAWS, seed=10))


def test_a_larger_ensemble_begins_with_the_smaller_one():
    small = ct.draw(processes.uncertain(), draws=10_000, seed=4)
    large = ct.draw(processes.uncertain(), draws=20_000, seed=4)
    assert small.events.equals(large.events.filter(pl.col("draw") < 10_000))
    assert small.parameters.equals(large.parameters.head(10_000))
    assert large.events["draw"].max() > 19_990


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_histories_do_not_depend_on_how_they_are_cut_into_blocks(size):
    program = compile_process(processes.parliament())
    whole = draw_block(program, 3, 100, 1000)
    parts = [draw_block(program, 3, at, min(size, 1100 - at)) for at in range(100, 1100, size)][
        :300
    ]
    first = sum(part.count for part in parts)
    inside = whole.draw < 100 + first
    for name in ("draw", "day", "label", "mark"):
        cut = np.concatenate([getattr(part, name) for part in parts])
        assert np.array_equal(getattr(whole, name)[inside], cut)


def test_a_log_that_fills_up_is_grown_without_a_trace():
    """A process with thousands of events per history outgrows the first log several times."""
    program = compile_process(processes.hawkes(horizon=2000.0, rate=1.0))
    whole = draw_block(program, 1, 0, 20)
    assert len(whole.draw) > 20 * 64 * 10
    alone = [draw_block(program, 1, draw, 1) for draw in range(20)]
    assert np.array_equal(whole.day, np.concatenate([block.day for block in alone]))


def test_blocks_are_given_in_order_whoever_finishes_first():
    def slow_at_first(first, count):
        time.sleep(0.05 if first == 0 else 0.0)
        return first, count

    ranges = block_ranges(5 * BLOCK + 1)
    with ThreadPoolExecutor(4) as executor:
        assert list(map_blocks(slow_at_first, ranges, executor)) == ranges
    assert sum(count for _, count in ranges) == 5 * BLOCK + 1


# -- what is added leaves what was there alone -------------------------------------------------


def small(extra=()):
    """Two events that excite each other through one variable, and perhaps something unrelated."""
    p = Process(150.0)
    if "variable" in extra:
        p.variable("aside", start=1.0, half_life=3.0)
    if "flag" in extra:
        p.flag("aside", initially=True)
    if "event" in extra:
        p.event("aside", rate=0.5, mark=Killed(0.1, 3.0, 1.0),
                outcomes=[Choice("coin", [Branch("heads"), Branch("tails")])])  # fmt: skip
    p.variable("heat", half_life=6.0)
    chance = Parameter("chance", uniform(0.3, 0.7))
    if "parameter" in extra:
        aside = Parameter("a-side", uniform(0.0, 1.0))  # sorts before the other
        p.variable("unread", start=aside, half_life=5.0)
    p.event("attack", rate=0.05, excitation={"heat": 0.06}, effects=[Add("heat", chance)],
            mark=Killed(0.5, 2.0, 0.7))  # fmt: skip
    p.event("talk", rate=0.1, modulation={"heat": -0.5},
            outcomes=[Choice("end", [Branch("well", 1.0, {"heat": -1.0}), Branch("ill")])])  # fmt: skip
    return p


@pytest.mark.parametrize("extra", ["variable", "flag", "event", "parameter"])
def test_an_unrelated_part_leaves_every_other_event_exactly_where_it_was(extra):
    before, after = ct.draw(small(), draws=500), ct.draw(small({extra}), draws=500)
    kept = after.events.filter(~pl.col("what").cast(pl.String).str.starts_with("aside"))
    assert rows(kept) == rows(before.events)
    assert np.array_equal(before.parameters["chance"], after.parameters["chance"])
    assert (extra == "event") == (kept.height < after.events.height)


def test_a_prior_that_moves_leaves_the_events_it_does_not_touch_alone():
    """The points of an event are the same whatever its intensity; only which count changes."""
    few, many = Process(300.0), Process(300.0)
    for process, rate in ((few, 0.05), (many, 0.15)):
        process.event("attack", rate=rate)
        process.event("other", rate=0.1)
    few, many = (ct.draw(p, draws=200).events for p in (few, many))

    def rows_of(events, what):
        return set(rows(events.filter(pl.col("what") == what)))

    assert rows_of(few, "attack") < rows_of(many, "attack")
    assert rows_of(few, "other") == rows_of(many, "other")


def rows(events):
    return events.with_columns(pl.col("what").cast(pl.String)).rows()


def drawn(scenario, draws=300):
    program = program_of(scenario)
    block = draw_block(program, 1, 0, draws)
    assert not block.failed
    labels = [program.labels[i] for i in block.label]
    return list(
        zip(block.draw.tolist(), block.day.tolist(), labels, block.mark.tolist(), strict=True)
    )


def test_an_actor_without_ties_changes_nothing_in_iraq():
    stranger = {"actors.stranger": {"name": "A stranger", "kind": "party"}}
    assert drawn(ct.load("iraq-2021", changes=stranger)) == drawn(ct.load("iraq-2021"))


def test_a_question_or_a_title_changes_nothing_in_iraq():
    asked = {"questions.new": {"ask": "Does a round of talks come?", "happens": "talks-round"}}
    assert drawn(ct.load("iraq-2021", changes=asked)) == drawn(ct.load("iraq-2021"))


def test_a_rivalry_with_a_stranger_leaves_the_other_attacks_where_they_were():
    """Attacks by an actor with no other tie touch nobody else's streams."""
    changes = {
        "actors.stranger": {"name": "A stranger", "kind": "rival"},
        "actors.far-power": {"name": "A far power", "kind": "outside-power"},
        "ties.rivalry.stranger": {"far-power": {"mutual": False, "rate": 0.02}},
    }
    before = drawn(ct.load("iraq-2021"))
    after = drawn(ct.load("iraq-2021", changes=changes))
    assert [row for row in after if "stranger" not in row[2]] == before
    assert any(row[2] == "attack:stranger>far-power" for row in after)


def test_a_branch_that_changes_nothing_draws_the_same_histories(tmp_path):
    path = tmp_path / "mine.yaml"
    same_again = "branches:\n  nothing: {title: Nothing, set: {actors.guards.force: 0.5}}\n"
    path.write_text(starter("mine").replace("branches:\n", same_again), encoding="utf-8")
    plain, branch = ct.load(path), ct.load(path, branch="nothing")
    assert program_of(plain).digest == program_of(branch).digest
    one, other = ct.run(plain, draws=600), ct.run(branch, draws=600)
    assert one.events.collect().equals(other.events.collect())
    assert one.answers == other.answers


# -- runs taken up again ----------------------------------------------------------------------


def test_a_run_taken_up_again_ends_as_a_fresh_one(tmp_path):
    scenario = ct.load("iraq-2021")
    part = ct.run(scenario, draws=BLOCK, seed=2, out=tmp_path / "part")
    resumed = ct.run(scenario, draws=2 * BLOCK, seed=2, out=tmp_path / "part")
    fresh = ct.run(scenario, draws=2 * BLOCK, seed=2, out=tmp_path / "fresh")
    assert (part.taken_up, resumed.taken_up, fresh.taken_up) == (0, BLOCK, 0)
    assert resumed.answers == fresh.answers
    assert resumed.obedience == fresh.obedience
    assert resumed.events.collect().equals(fresh.events.collect())
    assert resumed.parameters.collect().equals(fresh.parameters.collect())


def test_a_stored_block_reads_back_bit_for_bit(tmp_path):
    program = compile_process(processes.parliament())
    block = draw_block(program, 6, 0, 300)
    folder = RunFolder.create(tmp_path / "run", {"seed": 6})
    folder.save(block, program.labels, program.columns)
    again = folder.load(0, 300)
    for name in ("draw", "day", "label", "mark", "parameters"):
        assert np.array_equal(getattr(block, name), getattr(again, name))
    shorter = folder.load(0, 120)
    assert np.array_equal(shorter.day, draw_block(program, 6, 0, 120).day)


# -- the permanent test of rare events ---------------------------------------------------------
# Numba 0.68: in a parallel loop, `a = np.empty(n); …; b = a` can alias arrays across iterations.
# That raises nothing and shifts nothing visible in common events, but gives wrong counts of rare
# ones. Never delete this test: it compares parallel draws with a path that is neither compiled
# nor parallel, and with the exact probability.

RARE = 1e-4


def rare():
    """An event that about one history in 10,000 has, among common ones that use every buffer."""
    p = Process(10.0)
    p.variable("heat", half_life=2.0)
    p.flag("seen")
    p.event("common", rate=0.3, excitation={"heat": 0.1}, effects=[Add("heat", 1.0)],
            outcomes=[Choice("way", [Branch("one", 0.0, {"heat": 1.0}), Branch("other")])])  # fmt: skip
    p.event("rare", rate=RARE / 10.0, mark=Killed(0.2, 3.0, 0.5))
    return p


def test_rare_events_of_parallel_draws_have_their_exact_poisson_probability():
    draws = 100 * BLOCK
    program = compile_process(rare())
    label = program.labels.index("rare")

    def count(first, count):
        block = draw_block(program, 8, first, count)
        return block.draw[block.label == label]

    with ThreadPoolExecutor(4) as executor:
        came = np.concatenate(list(map_blocks(count, block_ranges(draws), executor)))
    expected = draws * -math.expm1(-RARE)
    assert abs(len(np.unique(came)) - expected) < 4 * math.sqrt(expected)
    # Those histories, and their neighbours, one by one in plain Python.
    near = sorted({d + step for d in came[:12].tolist() for step in (-1, 0, 1) if d + step >= 0})
    for draw in near:
        slow = [row for row in oracle.Oracle(rare(), 8, draw, top=2.0).run().log]
        block = draw_block(program, 8, draw, 1)
        assert [row[1] for row in slow] == [program.labels[i] for i in block.label]
        assert [row[0] for row in slow] == pytest.approx(block.day, abs=1e-9)
        assert [row[2] for row in slow] == block.mark.tolist()
        assert sum(row[1] == "rare" for row in slow) == np.sum(came == draw)


def test_draws_of_many_threads_at_once_are_those_of_the_uncompiled_oracle():
    """Blocks drawn at the same time by several threads share no buffer."""
    process = processes.effects()
    program = compile_process(process)
    ranges = [(first, 5) for first in range(0, 200, 5)]
    with ThreadPoolExecutor(8) as executor:
        blocks = list(map_blocks(partial(draw_block, program, 2), ranges, executor))
    for block in blocks[::5]:
        for draw in range(block.first, block.first + block.count):
            slow = oracle.Oracle(process, 2, draw).run().log
            assert [row[0] for row in slow] == pytest.approx(
                block.day[block.draw == draw], abs=1e-9
            )
