"""Time rescaled: gaps of the true process are uniform, of a wrong one not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from self_exciting import DAYS, drawn, hawkes, likelihood

from clientela.inference.residuals import Residuals, residuals

ECHO = {"own": 0.7, "half_life": 0.7}
REST = np.zeros(1)


def of(days: np.ndarray, **process: float) -> Residuals:
    return residuals(likelihood(hawkes(**process), days).risen(REST))


def test_gaps_of_the_true_process_are_uniform_and_of_wrong_ones_are_not():
    days = drawn(hawkes(**ECHO), seed=4)
    right = of(days, **ECHO)
    constant = of(days, own=0.0, rate=len(days) / DAYS)
    slow = of(days, own=0.7, half_life=60.0)
    assert right.count == len(days) == len(right.levels)
    assert right.probability > 0.01
    assert abs(right.correlation) < 0.25
    for wrong in (constant, slow):
        assert wrong.probability < 1e-4
        assert wrong.distance > 2 * right.distance
    # A constant rate that has the right number of events expects just as many.
    assert constant.expected == pytest.approx(len(days))


def test_over_many_histories_p_is_uniform_itself():
    """So that p under 0.05 comes in a twentieth of them, and the count is as expected."""
    found = [of(drawn(hawkes(), seed), own=0.5) for seed in range(1, 81)]
    assert stats.kstest([each.probability for each in found], "uniform").pvalue > 0.01
    excess = [each.count - each.expected for each in found]
    assert np.mean(excess) == pytest.approx(0.0, abs=4.0 * np.std(excess) / np.sqrt(len(found)))


def test_a_gap_is_what_the_compensator_rose_by():
    found = residuals({0: np.array([1.0, 3.0, 3.5]), 1: np.array([2.0])})
    assert found.levels == pytest.approx(1 - np.exp([-1.0, -2.0]))
    assert (found.count, found.expected) == (2, 5.5)


def test_the_last_gap_which_is_not_over_is_left_out():
    one, other = (residuals({0: np.array([1.0, 3.0, end])}) for end in (3.1, 90.0))
    assert one.levels.tolist() == other.levels.tolist()
    assert one.distance == other.distance
    assert (one.expected, other.expected) == (3.1, 90.0)


@given(st.lists(st.floats(0.01, 5.0), min_size=4, max_size=30))
def test_distance_and_correlation_are_those_of_definition(gaps: list[float]):
    found = residuals({3: np.append(np.cumsum(gaps), sum(gaps) + 1.0)})
    u = 1.0 - np.exp(-np.array(gaps))
    ordered, n = np.sort(u), len(u)
    above = (np.arange(1, n + 1) / n - ordered).max()
    below = (ordered - np.arange(n) / n).max()
    assert found.distance == pytest.approx(max(above, below))
    if np.std(u[1:]) > 1e-6 and np.std(u[:-1]) > 1e-6:
        assert found.correlation == pytest.approx(stats.pearsonr(u[:-1], u[1:])[0], abs=1e-6)


def test_gaps_of_two_types_are_not_taken_for_neighbours():
    rising = np.array([0.1, 0.3, 0.7, 1.5, 3.1, 9.0])
    one = residuals({0: rising})
    two = residuals({0: rising, 1: rising})
    assert two.correlation == pytest.approx(one.correlation)
    assert two.count == 2 * one.count


@pytest.mark.parametrize("risen", [{}, {0: np.array([2.0])}, {0: np.array([1.0, 2.0])}])
def test_of_one_gap_or_none_nothing_is_said(risen: dict[int, np.ndarray]):
    found = residuals(risen)
    assert found.count < 2
    assert np.isnan([found.distance, found.probability, found.correlation]).all()
