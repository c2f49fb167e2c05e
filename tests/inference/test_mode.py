"""Modes against conjugate theory and brute force, and posteriors that are none."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import gammaln

from clientela.engine import Record
from clientela.inference.likelihood import ByEngine, Likelihood, likelihood_of
from clientela.inference.linear import Linear
from clientela.inference.mode import (
    ImproperError,
    _polished,
    check_proper,
    mode_of,
    posterior,
)
from clientela.inference.record import compile_record, record_of_times
from clientela.inference.scores import Scores
from clientela.process import Add, Coefficient, Parameter, Process, Program, compile_process
from clientela.scenario import gamma, lognormal
from clientela.scenario.distributions import Distribution

DAYS = 200.0
MEAN, SD = 0.2, 0.15
# Thirteen bursts of four, which only excitation explains, and days apart, which need none.
CLUSTERED = np.concatenate([start + np.array([0.0, 0.4, 0.9, 1.3]) for start in range(5, 190, 15)])
APART = np.array([5.0, 47.0, 100.0, 150.0])


def of_rate(count: int, law: Distribution | None = None, flat: bool = False) -> Likelihood:
    p = Process(DAYS)
    p.event("a", rate=Parameter("rate", law or gamma(mean=MEAN, sd=SD)))
    program = compile_process(p)
    days = np.linspace(1.0, DAYS - 1.0, count)
    record = record_of_times(program, ["a"] * count, days, watched=["a"])
    return likelihood_of(program, record, Scores(program, ["rate"], ["rate"] if flat else []), DAYS)


def hawkes(
    flat: tuple[str, ...] = (),
    only: tuple[str, ...] = (),
    half_life: Coefficient = 3.0,
    days: np.ndarray | None = None,
) -> tuple[Program, Record, Scores]:
    """Excitation that is a product of two parameters, which nothing else tells apart."""
    p = Process(DAYS)
    p.variable("heat", half_life=half_life)
    p.event("a", rate=Parameter("rate", lognormal(0.2, 1.0)), effects=[Add("heat", 1.0)],
            excitation={"heat": Parameter("jump", lognormal(0.05, 1.0)) * Parameter("factor", lognormal(1.0, 1.0))})  # fmt: skip
    program = compile_process(p)
    days = CLUSTERED if days is None else days
    record = record_of_times(program, ["a"] * len(days), days, watched=["a"])
    scores = Scores(program, only or ("rate", "jump", "factor"), flat)
    return program, record, scores


def test_the_mode_is_where_a_fine_grid_has_it():
    likelihood = of_rate(40)
    found = mode_of(likelihood)
    z = np.linspace(-3, 3, 60_001)
    rates = likelihood.scores.values(z[:, None])[:, 0]
    density = 40 * np.log(rates) - rates * DAYS - z**2 / 2
    assert found.z[0] == pytest.approx(z[density.argmax()], abs=2e-4)
    curvature = -np.gradient(np.gradient(density, z), z)[density.argmax()]
    assert found.covariance[0, 0] == pytest.approx(1.0 / curvature, rel=1e-2)
    assert found.values[0] == pytest.approx(rates[density.argmax()], rel=1e-4)


def test_laplace_s_evidence_is_near_the_exact_one():
    shape, scale = (MEAN / SD) ** 2, SD**2 / MEAN
    for count in (5, 40):
        exact = gammaln(shape + count) - gammaln(shape) - shape * math.log(scale)
        exact -= (shape + count) * math.log(1.0 / scale + DAYS)
        assert mode_of(of_rate(count)).evidence == pytest.approx(exact, abs=0.05)


@pytest.mark.parametrize("count", [1, 30, 700])
@pytest.mark.parametrize("median", [0.01, 1.0])
def test_without_a_prior_it_is_maximum_likelihood(count: int, median: float):
    """n / T, with a standard error of 1 / √n on the log scale, wherever one starts to look."""
    found = mode_of(of_rate(count, lognormal(median, 0.1), flat=True))
    assert found.values[0] == pytest.approx(count / DAYS, rel=1e-4)
    assert found.covariance[0, 0] == pytest.approx(1 / count, rel=1e-3)
    assert math.isnan(found.evidence)


def test_the_engine_s_form_has_the_same_mode():
    """The one by Gauss–Newton steps, the other by L-BFGS."""
    program, record, scores = hawkes()
    one = mode_of(Linear(program, record, scores, DAYS))
    other = mode_of(ByEngine(program, record, scores, DAYS))
    assert one.z == pytest.approx(other.z, abs=1e-4)
    assert one.covariance == pytest.approx(other.covariance, abs=1e-4)
    assert one.evidence == pytest.approx(other.evidence, abs=1e-4)
    assert np.abs(posterior(Linear(program, record, scores, DAYS), one.z)[1]).max() < 1e-4


def precision_by_values(likelihood: Likelihood, z: np.ndarray, h: float = 2e-3) -> np.ndarray:
    """Minus the Hessian of the log posterior, by second differences of its values alone."""
    unit = h * np.eye(len(z))

    def density(z: np.ndarray) -> float:
        return float(likelihood.values(z[None])[0]) + likelihood.scores.log_prior(z)

    return -np.array([
        [(density(z + a + b) - density(z + a - b) - density(z - a + b) + density(z - a - b)) / (4 * h * h)
         for b in unit]
        for a in unit
    ])  # fmt: skip


@pytest.mark.parametrize("fitted_half_life", [False, True])
def test_the_covariance_is_the_inverse_of_a_brute_hessian(fitted_half_life: bool):
    """In closed form, or, where a half-life is fitted, by differences of gradients."""
    half_life = Parameter("half", lognormal(3.0, 0.5)) if fitted_half_life else 3.0
    only = ("rate", "jump", "half") if fitted_half_life else ("rate", "jump", "factor")
    likelihood = Linear(*hawkes(only=only, half_life=half_life), DAYS)
    found = mode_of(likelihood)
    brute = precision_by_values(likelihood, found.z)
    assert np.linalg.inv(found.covariance) == pytest.approx(brute, abs=2e-3)
    log_det = np.linalg.slogdet(brute)[1]
    assert found.evidence == pytest.approx(found.log_posterior - 0.5 * log_det, abs=2e-3)


@settings(max_examples=15)
@given(st.lists(st.floats(-2.5, 2.5), min_size=3, max_size=3))
def test_the_mode_is_the_same_from_wherever_it_is_looked_for(start: list[float]):
    likelihood = Linear(*hawkes(), DAYS)
    wanted, found = mode_of(likelihood), mode_of(likelihood, np.array(start))
    assert found.z == pytest.approx(wanted.z, abs=1e-3)
    assert found.log_posterior == pytest.approx(wanted.log_posterior, abs=1e-6)


@settings(max_examples=15)
@given(z=st.lists(st.floats(-2.5, 2.5), min_size=3, max_size=3), scale=st.floats(0.01, 10.0))
def test_newton_steps_make_nothing_worse(z: list[float], scale: float):
    """However wrong the covariance is that they go by."""
    likelihood, begin = Linear(*hawkes(), DAYS), np.array(z)
    reached = _polished(likelihood, begin, scale * np.eye(3))
    assert posterior(likelihood, reached)[0] >= posterior(likelihood, begin)[0]


def test_draws_have_the_covariance():
    found = mode_of(Linear(*hawkes(), DAYS))
    drawn = found.draw(40_000, 1)
    assert drawn.mean(axis=0) == pytest.approx(found.z, abs=0.03)
    assert np.cov(drawn.T) == pytest.approx(found.covariance, abs=0.03)


def test_a_rate_without_events_and_without_a_prior_is_improper():
    with pytest.raises(
        ImproperError, match="improper: nothing holds rate at the mode; keep the prior"
    ):
        mode_of(of_rate(0, lognormal(0.1, 1.0), flat=True))
    mode_of(of_rate(0))  # with its prior it is proper


def test_a_mode_where_scores_end_is_refused():
    """A rate of five a day that is all but known, and two hundred days without any."""
    with pytest.raises(ImproperError) as found:
        mode_of(of_rate(0, lognormal(5.0, 0.1)))
    assert "far outside the prior: rate goes to its lower end, 2.48; look at its prior" in str(found.value)  # fmt: skip


def test_what_only_a_product_tells_apart_is_improper_without_priors():
    with pytest.raises(ImproperError) as found:
        mode_of(Linear(*hawkes(flat=("jump", "factor")), DAYS))
    assert re.search("improper: nothing holds (jump and factor|factor and jump) at the mode; keep the prior", str(found.value))  # fmt: skip
    found = mode_of(Linear(*hawkes(flat=("jump",)), DAYS))  # the prior of the other holds both
    assert found.z[found.names.index("factor")] == pytest.approx(0.0, abs=1e-6)


def test_an_excitation_without_a_prior_has_no_draws_where_none_is_needed():
    """Nor has it a mode where the events come as if they shunned each other."""
    only = ("rate", "jump")
    with pytest.raises(ImproperError, match="nothing holds jump at the mode"):
        mode_of(Linear(*hawkes(("jump",), only, days=APART), DAYS))
    likelihood = Linear(*hawkes(("jump",), only, days=np.append(APART, [5.4, 5.9])), DAYS)
    found = mode_of(likelihood)
    with pytest.raises(ImproperError) as error:
        check_proper(likelihood, found)
    assert str(error.value) == (
        "the posterior is improper: as jump goes to its lower end, the likelihood does not vanish; "
        "keep its prior, or take its mode alone"
    )
    likelihood = Linear(*hawkes(("rate",), only), DAYS)
    check_proper(likelihood, mode_of(likelihood))  # without a background there is no first event


def test_what_is_impossible_is_said():
    p = Process(DAYS)
    p.flag("open")
    p.event("a", rate=Parameter("rate", lognormal(0.1, 1.0)), when={"open": True})
    program = compile_process(p)
    record = record_of_times(program, ["a"], np.array([5.0]), watched=["a"])
    with pytest.raises(ValueError, match="impossible at the priors' medians"):
        mode_of(likelihood_of(program, record, Scores(program, ["rate"]), DAYS))
    nothing = compile_record(program, [], ["a"])
    assert likelihood_of(program, nothing, Scores(program, ["rate"]), DAYS).values(np.zeros((1, 1)))[0] == 0.0  # fmt: skip


def test_intervals_hold_the_truth_as_often_as_they_say():
    """Of rates drawn from the prior, the 80 % interval holds about 80 %."""
    inside, sets = 0, 300
    random = np.random.default_rng(9)
    for _ in range(sets):
        rate = stats.gamma((MEAN / SD) ** 2, scale=SD**2 / MEAN).rvs(random_state=random)
        likelihood = of_rate(int(random.poisson(rate * DAYS)))
        found = mode_of(likelihood)
        ends = found.z[0] + np.array([[-1.2816], [1.2816]]) * np.sqrt(found.covariance[0, 0])
        low, high = likelihood.scores.values(ends)[:, 0]
        inside += low <= rate <= high
    assert inside / sets == pytest.approx(0.8, abs=0.07)
