"""Distributions: exact moments, quantiles that invert the CDF, refusal of what cannot be drawn."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from clientela.scenario import (
    Distribution,
    beta,
    discrete,
    fixed,
    gamma,
    lognormal,
    normal,
    pert,
    triangular,
    uniform,
)

PAIRS = [
    (uniform(2, 5), stats.uniform(2, 3)),
    (triangular(1, 2, 5), stats.triang(0.25, 1, 4)),
    (pert(1, 2, 5), stats.beta(2, 4, 1, 4)),
    (beta(2, 3), stats.beta(2, 3)),
    (beta(mean=0.4, sd=0.2), stats.beta(2, 3)),
    (normal(1, 2), stats.norm(1, 2)),
    (normal(0, 1, low=-1, high=2), stats.truncnorm(-1, 2)),
    (lognormal(3, 0.5), stats.lognorm(0.5, scale=3)),
    (gamma(4, 2), stats.gamma(4, scale=0.5)),
    (gamma(mean=2, sd=1), stats.gamma(4, scale=0.5)),
]


@pytest.mark.parametrize(("ours", "theirs"), PAIRS, ids=lambda d: getattr(d, "family", ""))
def test_quantiles_and_means_are_those_of_scipy(ours, theirs):
    levels = np.array([1e-6, 0.01, 0.25, 0.5, 0.9, 1 - 1e-6])
    # Betas are tabulated: within 1e-4 of their width.
    width = np.ptp(ours.support()) if ours.family in ("beta", "pert") else 0.0
    close = {"rtol": 1e-7, "atol": 1e-12 + 1e-4 * width}
    np.testing.assert_allclose(ours.quantile(levels), theirs.ppf(levels), **close)
    assert ours.mean() == pytest.approx(theirs.mean(), rel=1e-3)
    assert ours.median() == pytest.approx(theirs.median())


@pytest.mark.parametrize("a", [0.05, 0.5, 1, 1.5, 5, 30, 400])
@pytest.mark.parametrize("b", [0.3, 1, 3, 60])
def test_tabulated_betas_are_within_a_ten_thousandth_of_the_exact(a, b):
    tail = np.logspace(-9, -2, 300)
    levels = np.concatenate([tail, np.linspace(0.01, 0.99, 3000), 1 - tail])
    np.testing.assert_allclose(
        beta(a, b).quantile(levels), special.betaincinv(a, b, levels), rtol=0, atol=1e-4
    )


def test_the_mean_of_a_pert_weighs_the_likely_value_four_times():
    assert pert(0, 0.3, 0.6).mean() == pytest.approx(0.3)
    assert pert(0, 0.6, 0.6).mean() == pytest.approx(0.5)


def test_a_discrete_distribution_takes_each_value_with_its_share():
    die = discrete([3, 1], [1, 3])
    assert die.quantile(np.array([0.1, 0.74, 0.76])).tolist() == [1, 1, 3]
    assert die.mean() == pytest.approx(1.5)


def test_a_fixed_value_is_the_same_at_every_level():
    assert fixed(2).quantile(np.array([0.1, 0.9])).tolist() == [2, 2]
    assert fixed(2).is_fixed
    assert fixed(2).describe() == "2"


@pytest.mark.parametrize("ours", [ours for ours, _ in PAIRS], ids=lambda d: d.family)
def test_equal_distributions_hash_alike_and_survive_pickling(ours):
    again = pickle.loads(pickle.dumps(ours))
    assert again == ours
    assert hash(again) == hash(ours)


numbers = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, 1e-320, 1e-9, 0.3, 1.0, 1e9, 1e308, -1.0, -1e308]),
)
MAKERS = {
    "uniform": (uniform, 2),
    "triangular": (triangular, 3),
    "pert": (pert, 3),
    "beta": (beta, 2),
    "beta by mean": (lambda m, s: beta(mean=m, sd=s), 2),
    "normal": (normal, 2),
    "cut normal": (lambda m, s, a, b: normal(m, s, low=a, high=b), 4),
    "lognormal": (lognormal, 2),
    "gamma": (gamma, 2),
    "gamma by mean": (lambda m, s: gamma(mean=m, sd=s), 2),
    "discrete": (lambda a, b, v, w: discrete([a, b], [v, w]), 4),
}


@pytest.mark.parametrize("maker", MAKERS)
@settings(deadline=None)
@given(data=st.data())
def test_what_can_be_made_draws_finite_rising_values_within_its_support(maker, data):
    make, count = MAKERS[maker]
    arguments = [data.draw(numbers) for _ in range(count)]
    try:
        made: Distribution = make(*arguments)
    except (ValueError, ArithmeticError):
        return  # refused: quantity.py says so in a sentence
    levels = np.array([1e-9, 0.01, 0.5, 0.99, 1 - 1e-9])
    drawn = made.quantile(levels)
    low, high = made.support()
    slack = 1e-9 * np.abs(drawn)
    assert np.all(np.isfinite(drawn))
    assert math.isfinite(made.mean())
    assert np.all(np.diff(drawn) >= -slack[1:])
    assert np.all((drawn >= low - slack) & (drawn <= high + slack))
    assert made.describe()
