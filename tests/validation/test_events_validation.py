"""The parts of the validation on simulated truth, at tiny sizes, and the bookkeeping of ranks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl
import pytest

from clientela.engine import draw_recorded
from clientela.inference.record import compile_record
from clientela.process import compile_process
from validation.events import calibration, updating
from validation.events.ranks import RANKS, Ranked, band, holm, ranks_among


def quiet(text: str) -> None:
    """Says nothing."""


def test_ranks_count_the_draws_below_and_share_out_ties():
    random = np.random.default_rng(1)
    drawn = np.array([[1.0, 5.0, 2.0], [2.0, 6.0, 2.0], [3.0, 7.0, 2.0]])
    truth = np.array([2.5, 4.0, 2.0])
    found = np.array([ranks_among(truth, drawn, random) for _ in range(4_000)])
    assert (found[:, 0] == 2).all()
    assert (found[:, 1] == 0).all()
    assert np.bincount(found[:, 2]) / 4_000 == pytest.approx(0.25, abs=0.03)


def test_one_truth_at_every_rank_is_uniform_and_all_in_the_middle_are_not():
    even = np.arange(RANKS + 1)
    ranked = Ranked("made up", ("even", "middle"), np.column_stack([even, np.full(100, 50)]))
    assert ranked.covered == pytest.approx([0.9, 1.0])
    assert ranked.p_values[0] == 1.0
    assert ranked.adjusted[1] < 1e-6
    assert ranked.departures[:, 0] == pytest.approx(0.0)
    assert ranked.outside == ["middle"]


def test_holm_by_hand():
    assert holm(np.array([0.01, 0.04, 0.03, 0.5])) == pytest.approx([0.04, 0.09, 0.09, 0.5])


def test_the_band_holds_all_of_a_uniform_curve_in_95_of_100_cases():
    ranks = np.random.default_rng(2).integers(0, RANKS + 1, (60, 2_000))
    ranked = Ranked("uniform", tuple(map(str, range(2_000))), ranks)
    assert len(ranked.outside) / 2_000 == pytest.approx(0.05, abs=0.015)
    low, high = band(60)
    assert (low <= 0.0).all()
    assert (high >= 0.0).all()


def test_the_log_likelihood_at_the_truth_is_that_of_a_history_with_its_own_warnings():
    """What the truth is ranked by is what particles are: at the same warnings they agree."""
    program = compile_process(calibration.hidden())
    drawn = calibration.draw_block(program, calibration.SEED, 0, 1)
    attacks, _ = calibration.told(program, drawn)
    record = compile_record(program, attacks, calibration.ATTACKS)
    for number in range(5):
        block, _, weight = draw_recorded(
            program, 3, drawn.parameters, np.array([number]), record, program.horizon
        )
        warnings = block.day[block.label == program.labels.index("warning")]
        there = calibration.joint(program, drawn.parameters[0], attacks, warnings)
        assert there == pytest.approx(weight[0], abs=1e-9)


def test_calibration_runs_and_is_drawn(tmp_path):
    with ThreadPoolExecutor(1) as one:
        found = calibration.run(quiet, sets=2, by_particles=2, executor=one)
    assert [each.ranks.shape for each in found.ranked] == [(2, 10), (2, 10), (2, 8)]
    assert all(((each.ranks >= 0) & (each.ranks <= RANKS)).all() for each in found.ranked)
    assert "| half-life |" in calibration.block(found)
    calibration.draw(found, tmp_path / "it.png")
    assert (tmp_path / "it.png").stat().st_size > 10_000


def test_updating_runs_and_is_drawn(tmp_path):
    sizes = updating.Sizes(weeks=1, particles=100, draws=200, opening=400)
    with ThreadPoolExecutor(1) as one:
        found = updating.run(quiet, 2, sizes, one)
    assert found.table["week"].unique().to_list() == [1]
    # A question that is open at the end of the week has not come true by then.
    assert found.table.filter(pl.col("question") == "attack-on-state")["no_change"].max() == 0.0
    assert "| `us-strike` |" in updating.block(found)
    updating.draw(found, tmp_path / "it.png")
    assert (tmp_path / "it.png").stat().st_size > 10_000
