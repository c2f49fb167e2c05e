"""The CORP reliability diagram: the fit, the decomposition, the band."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientela.scoring import reliability

answers = st.lists(
    st.tuples(st.sampled_from([0.05, 0.2, 0.25, 0.5, 0.8, 0.95]), st.booleans(), st.floats(0.1, 3.0)),
    min_size=1, max_size=14,
)  # fmt: skip
Answers = list[tuple[float, bool, float]]


def of(found: Answers, **options):
    p, y, w = zip(*found, strict=True)
    return reliability(p, y, list(range(len(p))), w, **options)


def slow_fit(found: Answers) -> list[float]:
    """The min-max formula of isotonic regression: of each value, the largest over the runs that
    begin at or below it of the smallest mean of the runs that go on from there to it or beyond."""
    values = sorted({p for p, _, _ in found})

    def mean(low: float, high: float) -> float:
        inside = [(w, y) for p, y, w in found if low <= p <= high]
        return sum(w * y for w, y in inside) / sum(w for w, _ in inside)

    return [
        max(min(mean(a, b) for b in values if b >= v) for a in values if a <= v) for v in values
    ]


def test_an_example_by_hand():
    found = of([(0.1, False, 1.0), (0.4, True, 1.0), (0.6, False, 1.0), (0.9, True, 1.0)])
    assert found.observed.tolist() == [0.0, 0.5, 0.5, 1.0]
    assert found.brier == pytest.approx((0.01 + 0.36 + 0.36 + 0.01) / 4)
    assert found.miscalibration == pytest.approx(0.185 - 0.125)
    assert found.discrimination == pytest.approx(0.25 - 0.125)
    assert found.uncertainty == pytest.approx(0.25)


@settings(max_examples=20)
@given(answers)
def test_the_fit_is_that_of_the_slow_oracle(found: Answers):
    fitted = of(found)
    assert fitted.probability.tolist() == sorted({p for p, _, _ in found})
    assert fitted.observed == pytest.approx(slow_fit(found), abs=1e-9)


@settings(max_examples=20)
@given(answers)
def test_the_parts_add_up_to_the_brier_score(found: Answers):
    parts = of(found)
    p, y, w = (np.array(column, dtype=float) for column in zip(*found, strict=True))
    assert parts.brier == pytest.approx(float(np.average((p - y) ** 2, weights=w)))
    assert parts.miscalibration - parts.discrimination + parts.uncertainty == pytest.approx(parts.brier)  # fmt: skip
    assert parts.miscalibration >= -1e-12
    assert -1e-12 <= parts.discrimination <= parts.uncertainty + 1e-12


def test_what_comes_true_as_often_as_was_said_has_no_miscalibration():
    quarter = [(0.25, k % 4 == 0, 1.0) for k in range(40)]
    half = [(0.5, k % 2 == 0, 1.0) for k in range(40)]
    found = of(quarter + half)
    assert found.miscalibration == pytest.approx(0.0, abs=1e-12)
    assert found.observed == pytest.approx([0.25, 0.5])


def test_the_band_holds_what_probabilities_that_are_right_give_nine_times_in_ten():
    p = np.repeat([0.2, 0.5, 0.8], 20)
    rng = np.random.default_rng(5)
    inside = []
    for _ in range(40):
        found = reliability(p.tolist(), (rng.random(60) < p).tolist(), list(range(60)))
        inside.append((found.low <= found.observed) & (found.observed <= found.high))
    assert 0.85 <= np.mean(inside) <= 0.99


def test_the_band_is_the_same_for_the_same_seed():
    found = [(0.3, True, 1.0), (0.6, False, 1.0), (0.7, True, 1.0)] * 5
    assert np.array_equal(of(found, seed=4).high, of(found, seed=4).high)


def test_many_answers_to_one_question_make_the_band_no_narrower():
    days = 30
    one = reliability([0.5] * days, [True] * days, ["same"] * days)
    many = reliability([0.5] * days, [True] * days, list(range(days)))
    assert (one.low[0], one.high[0]) == (0.0, 1.0)
    assert 0.25 < many.low[0] < 0.5 < many.high[0] < 0.75
    assert (one.forecasts, one.questions) == (days, 1)
