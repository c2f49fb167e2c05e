"""Quantities: every way of writing one, where it was learned, and what each type refuses."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from clientela.scenario import (
    Days,
    Nonnegative,
    Positive,
    Probability,
    Quantity,
    Rate,
    Real,
    Share,
    beta,
    fixed,
    pert,
    prior,
    quantities,
    uniform,
)


class Inner(BaseModel):
    share: Share = prior(pert(0, 0.5, 1), "no published magnitude")


class Outer(BaseModel):
    probability: Probability | None = None
    rate: Rate | None = None
    days: Days | None = None
    nonnegative: Nonnegative | None = None
    positive: Positive | None = None
    real: Real | None = None
    inner: dict[str, Inner] = {}


def written(raw: Any, kind: str = "real") -> Quantity:
    return getattr(Outer.model_validate({kind: raw}), kind)


def refused(raw: Any, kind: str = "real") -> str:
    with pytest.raises(ValidationError) as caught:
        written(raw, kind)
    return caught.value.errors()[0]["msg"]


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        (0.5, fixed(0.5)),
        (3, fixed(3)),
        ({"value": 0.5}, fixed(0.5)),
        ({"low": 0.1, "high": 0.2}, uniform(0.1, 0.2)),
        ({"low": 0.1, "likely": 0.2, "high": 0.4}, pert(0.1, 0.2, 0.4)),
        ({"uniform": {"low": 0.1, "high": 0.2}}, uniform(0.1, 0.2)),
        ({"beta": {"mean": 0.4, "sd": 0.2}}, beta(mean=0.4, sd=0.2)),
        ({"beta": {"a": 2, "b": 3}}, beta(2, 3)),
    ],
)
def test_every_form_means_its_distribution(raw, meant):
    assert written(raw).distribution == meant


def test_a_value_carries_its_claims_and_its_reason():
    value = written({"value": 1, "because": ["c1", "c2"], "elicited": "a guess"})
    assert value.because == ("c1", "c2")
    assert value.elicited == "a guess"
    assert written({"low": 0, "high": 1, "because": "c1"}).because == ("c1",)


@pytest.mark.parametrize(
    ("value", "standing"),
    [
        (prior(fixed(1), "a reason"), "default prior"),
        (written({"value": 1, "because": "c1"}), "cited"),
        (written({"value": 1, "because": "c1", "elicited": "a guess"}), "elicited"),
        (written(1), "stated"),
    ],
)
def test_a_magnitude_is_cited_only_if_a_source_gives_it(value, standing):
    assert value.standing == standing


@pytest.mark.parametrize(
    ("kind", "raw", "sentence"),
    [
        ("probability", 1.7, "1.7 is not a probability; expected a number between 0 and 1"),
        ("probability", {"low": 0.5, "high": 1.5}, "{low: 0.5, high: 1.5} is not a probability"),
        ("probability", {"normal": {"mean": 0.5, "sd": 0.1}}, "is not a probability"),
        ("rate", -1, "-1 is not a rate (events per day); expected a number not under 0"),
        ("days", 0, "0 is not a number of days; expected a number over 0"),
        ("days", {"discrete": {"values": [0, 1]}}, "is not a number of days"),
        ("positive", 0, "0 is not a positive number"),
        ("nonnegative", -0.1, "-0.1 is not a non-negative number"),
    ],
)
def test_a_value_outside_its_type_is_told_what_was_expected(kind, raw, sentence):
    assert sentence in refused(raw, kind)


@pytest.mark.parametrize("kind", ["days", "positive"])
def test_a_distribution_that_only_touches_zero_is_positive(kind):
    assert written({"low": 0, "high": 5}, kind).distribution == uniform(0, 5)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (True, "true is not a number"),
        ("0.5", "'0.5' is not a number"),
        ([1, 2], "[1, 2] is not a number"),
        (float("nan"), "nan is not a finite number"),
        (float("inf"), "inf is not a finite number"),
        (10**400, "is not a finite number"),
        ({}, "this is not a value: no number is given"),
        ({"because": "c1"}, "this is not a value: no number is given"),
        ({"low": 0.3, "hihg": 0.8}, "there is no 'hihg' in a value; expected a number"),
        ({"low": 0.3, "hihg": 0.8}, "(did you mean 'high'?)"),
        ({"bta": {"a": 1}}, "(did you mean 'beta'?)"),
        ({"value": 1, "becuase": "c"}, "(did you mean 'because'?)"),
        ({"low": 0.3}, "'high' is missing"),
        ({"low": 0.3, "value": 0.8}, "'low' and 'value' cannot make a value"),
        ({"low": 0.9, "high": 0.1}, "{low: 0.9, high: 0.1} is not a distribution: low 0.9 must"),
        ({"low": 0, "likely": 2, "high": 1}, "likely 2 must lie from 0 to 1"),
        ({"beta": 3}, "'beta' needs its arguments in braces; it takes a, b, mean, sd"),
        ({"beta": {"maen": 1}}, "'beta' has no argument 'maen'"),
        ({"beta": {"mean": 0.4}}, "a beta needs a and b, or mean and sd"),
        ({"beta": {"mean": 0.4, "sd": 0.9}}, "must be under 0.49"),
        ({"lognormal": {"median": 1}}, "'lognormal' lacks arguments; expected median, sigma"),
        ({"lognormal": {"median": 1, "sigma": 1e100}}, "too extreme"),
        ({"gamma": {"mean": 1e100, "sd": 1e-100}}, "must be nearer"),
        ({"discrete": {"values": 3}}, "must be a list of numbers"),
        ({"value": 1, "because": 3}, "'because' is 3; expected a claim's id"),
        ({"value": 1, "elicited": 3}, "'elicited' is 3; expected a sentence"),
    ],
)
def test_what_is_no_value_is_told_why(raw, sentence):
    assert sentence in refused(raw)


def test_a_key_without_a_value_is_no_quantity():
    with pytest.raises(ValidationError, match="an empty value is not a number"):
        Inner.model_validate({"share": None})


def test_every_quantity_has_its_dotted_path():
    tree = Outer.model_validate({"rate": 1, "inner": {"a": {}, "b": {"share": 0.2}}})
    found = dict(quantities(tree, "top"))
    assert list(found) == ["top.rate", "top.inner.a.share", "top.inner.b.share"]
    assert found["top.inner.a.share"].origin == "default"
    assert found["top.inner.b.share"].origin == "scenario"
