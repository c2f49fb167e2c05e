"""Values: numbers, ranges and distributions, drawn by their inverse CDF."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from scipy import stats

from clientela.scenario import (
    Days,
    Probability,
    Rate,
    Real,
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

LEVELS = np.linspace(0.001, 0.999, 999)
REFERENCES = [
    (uniform(2, 5), stats.uniform(2, 3)),
    (triangular(0, 1, 4), stats.triang(0.25, 0, 4)),
    (pert(0, 1, 4), stats.beta(2, 4, 0, 4)),
    (beta(2, 3), stats.beta(2, 3)),
    (beta(mean=0.4, sd=0.2), stats.beta(2, 3)),
    (normal(1, 2), stats.norm(1, 2)),
    (normal(0, 1, low=-1, high=2), stats.truncnorm(-1, 2)),
    (lognormal(0.01, 0.5), stats.lognorm(0.5, scale=0.01)),
    (gamma(3, 0.5), stats.gamma(3, scale=2)),
    (gamma(mean=6, sd=12**0.5), stats.gamma(3, scale=2)),
]


@pytest.mark.parametrize(("ours", "reference"), REFERENCES)
def test_quantiles_and_means_are_those_of_the_family(ours, reference):
    low, high = reference.ppf([0.001, 0.999])
    assert np.abs(ours.quantile(LEVELS) - reference.ppf(LEVELS)).max() < 1e-4 * (high - low)
    assert ours.mean() == pytest.approx(reference.mean(), rel=1e-4, abs=1e-6)


def test_a_discrete_value_has_its_weights():
    drawn = discrete([3, 1], [1, 3]).quantile(LEVELS)
    assert np.mean(drawn == 1) == pytest.approx(0.75, abs=0.002)


@given(st.floats(-50, 50), st.floats(0.01, 50), st.floats(0, 1))
def test_a_pert_stays_between_its_extremes_and_rises(low, width, at):
    made = pert(low, low + at * width, low + width)
    values = made.quantile(LEVELS)
    assert (np.diff(values) >= 0).all()
    assert values[0] >= low
    assert values[-1] <= low + width + 1e-9 * width


class Example(BaseModel):
    chance: Probability = None  # pyright: ignore
    rate: Rate = None  # pyright: ignore
    days: Days = None  # pyright: ignore
    real: Real = None  # pyright: ignore


def sentence(**values) -> str:
    with pytest.raises(ValidationError) as caught:
        Example(**values)
    return caught.value.errors()[0]["msg"]


def test_the_forms_an_analyst_may_write():
    made = Example(
        chance={"low": 0.3, "high": 0.8},  # pyright: ignore
        rate={"value": 0.1, "because": "c1"},  # pyright: ignore
        days={"low": 1, "likely": 2, "high": 5, "elicited": "a guess"},  # pyright: ignore
        real={"normal": {"mean": 0, "sd": 1}},  # pyright: ignore
    )
    assert made.chance.distribution == uniform(0.3, 0.8)
    assert made.rate.distribution == fixed(0.1)
    assert made.rate.standing == "cited"
    assert made.days.distribution == pert(1, 2, 5)
    assert made.days.standing == "elicited"
    assert made.real.standing == "stated"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"chance": 1.7}, "1.7 is not a probability; expected a number between 0 and 1"),
        ({"chance": {"low": 0.5, "high": 1.2}}, "is not a probability"),
        ({"chance": {"normal": {"mean": 0.5, "sd": 0.1}}}, "is not a probability"),
        ({"rate": -1}, "is not a rate"),
        ({"days": 0}, "expected a number over 0"),
        ({"chance": True}, "true is not a number"),
        ({"chance": "0.5"}, "'0.5' is not a number"),
        ({"chance": float("nan")}, "not a finite number"),
        ({"chance": 10**400}, "not a finite number"),
        ({"chance": {"low": 0.8, "high": 0.3}}, "low 0.8 must be under high 0.3"),
        ({"chance": {"low": 0.1, "likely": 0.9, "high": 0.5}}, "likely 0.9 must lie from"),
        ({"chance": {"betta": {"a": 1, "b": 1}}}, "did you mean 'beta'?"),
        ({"chance": {"beta": {"a": 1, "c": 1}}}, "'beta' has no argument 'c'; it takes a, b"),
        ({"chance": {"beta": {"mean": 0.5, "sd": 0.9}}}, "must be under 0.5"),
        ({"chance": {"beta": 0.5}}, "needs its arguments in braces"),
        ({"rate": {"gamma": {"shape": 1}}}, "needs shape and rate"),
        ({"rate": {"lognormal": {"median": 1}}}, "lacks arguments"),
        ({"rate": {"discrete": {"values": 3}}}, "must be a list"),
        ({"rate": {}}, "is not a value"),
        ({"rate": [1]}, "is not a number"),
        ({"rate": {"value": 1, "because": 3}}, "expected a claim's id"),
        ({"rate": {"value": 1, "elicited": 3}}, "expected a sentence"),
    ],
)
def test_a_wrong_value_gets_one_sentence_that_says_what_was_expected(values, expected):
    assert expected in sentence(**values)


@given(st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["low", "high", "likely", "value", "beta", "normal", "mean", "sd", "a"])
        | st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
))  # fmt: skip
def test_whatever_is_written_gives_a_value_in_its_support_or_a_sentence(raw):
    made, said = None, ""
    try:
        made = Example(chance=raw)
    except ValidationError as error:
        said = str(error)
    if made is None:
        assert re.search("expected|must|needs|lacks|at least|has no", said)
    else:
        assert 0 <= made.chance.distribution.quantile(0.3) <= 1
