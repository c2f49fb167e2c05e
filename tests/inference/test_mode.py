"""Modes against conjugate theory and brute force, and posteriors that are none."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from scipy.special import gammaln

from clientela.inference.likelihood import ByEngine, likelihood_of
from clientela.inference.linear import Linear
from clientela.inference.mode import ImproperError, check_proper, mode_of, posterior
from clientela.inference.record import compile_record, record_of_times
from clientela.inference.scores import Scores
from clientela.process import Add, Parameter, Process, compile_process
from clientela.scenario import gamma, lognormal

DAYS = 200.0
MEAN, SD = 0.2, 0.15


def of_rate(count: int, law=None, flat: bool = False):
    p = Process(DAYS)
    p.event("a", rate=Parameter("rate", law or gamma(mean=MEAN, sd=SD)))
    program = compile_process(p)
    days = np.linspace(1.0, DAYS - 1.0, count)
    record = record_of_times(program, ["a"] * count, days, watched=["a"])
    return likelihood_of(program, record, Scores(program, ["rate"], ["rate"] if flat else []), DAYS)


def hawkes(flat: tuple[str, ...] = (), only: tuple[str, ...] = ()):
    p = Process(DAYS)
    p.variable("heat", half_life=3.0)
    p.event("a", rate=Parameter("rate", lognormal(0.2, 1.0)), effects=[Add("heat", 1.0)],
            excitation={"heat": Parameter("jump", lognormal(0.05, 1.0)) * Parameter("factor", lognormal(1.0, 1.0))})  # fmt: skip
    program = compile_process(p)
    days = np.sort(np.random.default_rng(3).random(60)) * DAYS
    record = record_of_times(program, ["a"] * 60, days, watched=["a"])
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


def test_without_a_prior_it_is_maximum_likelihood():
    found = mode_of(of_rate(30, lognormal(1.0, 0.1), flat=True))
    assert found.values[0] == pytest.approx(30 / DAYS, rel=1e-5)
    assert found.covariance[0, 0] == pytest.approx(1 / 30, rel=1e-3)
    assert math.isnan(found.evidence)


def test_the_engine_s_form_has_the_same_mode():
    program, record, scores = hawkes()
    one = mode_of(Linear(program, record, scores, DAYS))
    other = mode_of(ByEngine(program, record, scores, DAYS))
    assert one.z == pytest.approx(other.z, abs=1e-4)
    assert one.covariance == pytest.approx(other.covariance, abs=1e-4)
    assert np.abs(posterior(Linear(program, record, scores, DAYS), one.z)[1]).max() < 1e-4


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


def test_what_only_a_product_tells_apart_is_improper_without_priors():
    program, record, scores = hawkes(flat=("jump", "factor"))
    with pytest.raises(ImproperError, match="improper"):
        mode_of(Linear(program, record, scores, DAYS))


def test_an_excitation_without_a_prior_has_a_mode_but_no_draws():
    program, _, _ = hawkes()
    days = np.concatenate([start + np.array([0.0, 0.4, 0.9, 1.3]) for start in range(5, 190, 15)])
    record = record_of_times(program, ["a"] * len(days), days, watched=["a"])
    scores = Scores(program, ["rate", "jump"], ["jump"])
    likelihood = Linear(program, record, scores, DAYS)
    found = mode_of(likelihood)
    assert found.values[1] > 0.02
    weak = [*days[:3], 100.0, 150.0]
    record = record_of_times(program, ["a"] * len(weak), np.array(weak), watched=["a"])
    likelihood = Linear(program, record, scores, DAYS)
    with pytest.raises(ImproperError, match="as jump goes to its lower end, the likelihood does not vanish"):  # fmt: skip
        check_proper(likelihood, mode_of(likelihood))


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
