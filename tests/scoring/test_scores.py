"""Scores against numbers by hand, against theory, and proper."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from clientela.scoring import brier_score, crps, kept, log_score

NEVER = math.inf
probabilities = st.floats(0.001, 0.999)
weights = st.lists(st.floats(0.01, 1.0), min_size=6, max_size=6).map(lambda w: np.array(w) / sum(w))


def yes(p: float) -> dict[str, float]:
    return {"yes": p, "no": 1.0 - p}


def kinds(shares: np.ndarray) -> dict[str, float]:
    return {f"kind-{k}": float(share) for k, share in enumerate(shares)}


def test_brier_scores_by_hand():
    assert brier_score(yes(0.7), "yes") == pytest.approx(0.09)
    assert brier_score(yes(0.7), "no") == pytest.approx(0.49)
    three = {"left": 0.2, "right": 0.3, "none": 0.5}
    assert brier_score(three, "none") == pytest.approx(0.2**2 + 0.3**2 + 0.5**2)
    assert brier_score({"left": 1.0, "none": 0.0}, "none") == 2.0


def test_log_scores_by_hand():
    assert log_score(yes(0.25), "yes") == pytest.approx(math.log(4.0))
    assert log_score(yes(0.25), "no", draws=1_000) == pytest.approx(math.log(4.0 / 3.0))
    assert log_score(yes(0.0), "yes", draws=98) == pytest.approx(math.log(100.0))
    assert log_score(yes(1.0), "yes", draws=98) == pytest.approx(-math.log(0.99))


def test_what_came_in_none_or_all_of_the_draws_has_the_share_of_laplaces_rule():
    for n in (1, 10, 5_000):
        assert kept(0.0, n) == pytest.approx((0 + 1) / (n + 2))
        assert kept(1.0, n) == pytest.approx((n + 1) / (n + 2))
        assert kept(0.5, n) == 0.5


@pytest.mark.parametrize(
    ("curve", "day", "score"),
    [
        ([0.0, 0.5, 0.5], 1, 0.0 + 0.25 + 0.25),
        ([0.0, 0.5, 0.5], 0, 1.0 + 0.25 + 0.25),
        ([0.0, 0.5, 0.5], NEVER, 0.0 + 0.25 + 0.25),
        ([0.2, 0.4, 1.0], 2, 0.04 + 0.16),
        ([0.0, 0.0, 0.0], NEVER, 0.0),
        ([0.0, 0.0, 0.0], 1, 2.0),
    ],
)
def test_scores_of_the_day_by_hand(curve: list[float], day: float, score: float):
    assert crps(np.array(curve), day) == pytest.approx(score)


@given(st.integers(0, 19), st.integers(0, 19))
def test_of_a_day_said_for_sure_the_score_is_by_how_many_days_it_is_missed(said: int, came: int):
    assert crps((np.arange(20) >= said).astype(float), came) == abs(said - came)


@given(weights, st.integers(0, 5))
def test_the_score_of_the_day_is_the_mean_distance_less_half_the_spread(law: np.ndarray, came: int):
    # Gneiting & Raftery 2007, eq. 21; a last day beyond the curve stands for never.
    days = np.arange(6)
    distance = law @ np.abs(days - came)
    spread = law @ np.abs(days[:, None] - days) @ law
    found = crps(np.cumsum(law)[:-1], came if came < 5 else NEVER)
    assert found == pytest.approx(distance - spread / 2.0)


@pytest.mark.parametrize("came", [0.0, 7_000.0, 30_000.0, NEVER])
def test_an_exponential_day_has_the_score_of_its_closed_form(came: float):
    rate, last = 1e-4, 50_000
    t = min(came, last)
    before = t - 2.0 * -math.expm1(-rate * t) / rate + -math.expm1(-2.0 * rate * t) / (2.0 * rate)
    after = (math.exp(-2.0 * rate * t) - math.exp(-2.0 * rate * last)) / (2.0 * rate)
    numerical = quad(lambda s: math.expm1(-rate * s) ** 2, 0, t)[0]
    numerical += quad(lambda s: math.exp(-2.0 * rate * s), t, last)[0]
    assert before + after == pytest.approx(numerical, rel=1e-6)
    # Whole days: the sum is off by at most a day, for the integrand rises and falls by 1 at most.
    ends = -np.expm1(-rate * np.arange(1, last + 1))
    assert abs(crps(ends, came) - (before + after)) <= 1.0


@given(probabilities, probabilities)
def test_nobody_gains_by_saying_another_probability_than_the_true_one(true: float, said: float):
    for score in (brier_score, log_score):
        at = [true * score(yes(p), "yes") + (1 - true) * score(yes(p), "no") for p in (true, said)]
        assert at[0] <= at[1] + 1e-12


@given(weights, weights)
def test_nobody_gains_by_saying_other_shares_of_several(true: np.ndarray, said: np.ndarray):
    for score in (brier_score, log_score):
        honest, other = (
            sum(true[k] * score(kinds(law), f"kind-{k}") for k in range(6)) for law in (true, said)
        )
        assert honest <= other + 1e-12


@given(weights, weights)
def test_nobody_gains_by_saying_another_law_of_the_day(true: np.ndarray, said: np.ndarray):
    days = [*range(5), NEVER]
    honest, other = (
        sum(p * crps(np.cumsum(law)[:-1], day) for p, day in zip(true, days, strict=True))
        for law in (true, said)
    )
    assert honest <= other + 1e-12
