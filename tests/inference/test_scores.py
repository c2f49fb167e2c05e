"""Scores: priors as standard normals, exact where tables are not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import ndtr

from clientela.inference.scores import Curve, Scores, is_smooth
from clientela.process import Add, Parameter, Process, Program, compile_process
from clientela.scenario import (
    Conditional,
    beta,
    discrete,
    fixed,
    gamma,
    lognormal,
    normal,
    pert,
    uniform,
)

LAWS = {
    "beta": (beta(2.0, 5.0), stats.beta(2.0, 5.0)),
    "pert": (pert(1.0, 2.0, 6.0), stats.beta(1.8, 4.2, loc=1.0, scale=5.0)),
    "gamma": (gamma(2.5, 0.5), stats.gamma(2.5, scale=2.0)),
    "lognormal": (lognormal(0.02, 0.8), stats.lognorm(0.8, scale=0.02)),
    "normal": (normal(1.0, 2.0), stats.norm(1.0, 2.0)),
    "uniform": (uniform(-1.0, 3.0), stats.uniform(-1.0, 4.0)),
}


def program_of(**laws) -> Program:
    p = Process(10.0)
    p.variable("x", half_life=1.0)
    effects = [Add("x", Parameter(name, law)) for name, law in laws.items()]
    p.event("a", rate=0.1, effects=effects)
    return compile_process(p)


def scores_of(law, flat: bool = False) -> Scores:
    return Scores(program_of(value=law), ["value"], ["value"] if flat else [])


@pytest.mark.parametrize("name", LAWS)
def test_a_value_is_the_prior_s_quantile(name: str):
    law, exact = LAWS[name]
    z = np.linspace(-4.5, 4.5, 400)
    found = scores_of(law).values(z[:, None])[:, 0]
    wanted = exact.ppf(ndtr(z))
    assert found == pytest.approx(wanted, rel=2e-3, abs=1e-3 * exact.std())
    middle = np.abs(z) < 3
    assert found[middle] == pytest.approx(wanted[middle], abs=2e-4 * exact.std())


@settings(max_examples=40, deadline=None)
@given(name=st.sampled_from([*LAWS]), z=st.lists(st.floats(-6.9, 6.9), min_size=2, max_size=2))
def test_more_score_is_more_value(name: str, z: list[float]):
    low, high = sorted(z)
    values = scores_of(LAWS[name][0]).values(np.array([[low], [high]]))[:, 0]
    assert values[0] <= values[1] + 1e-9 * abs(values[1])


def test_a_value_that_hangs_on_a_proposition_has_the_mixture():
    law = Conditional("p", lognormal(1.0, 0.3), lognormal(3.0, 0.3), 0.25)
    z = np.linspace(-3, 3, 300)
    values = Curve(law).at(z)
    below = 0.25 * stats.lognorm(0.3, scale=1.0).cdf(values) + 0.75 * stats.lognorm(0.3, scale=3.0).cdf(values)  # fmt: skip
    assert below == pytest.approx(ndtr(z), abs=5e-3)


def test_without_a_prior_it_is_a_logarithm_or_a_logit():
    z = np.array([[-1.0], [0.0], [2.0]])
    free = scores_of(lognormal(0.5, 1.0), flat=True)
    assert free.values(z)[:, 0] == pytest.approx(0.5 * np.exp(z[:, 0]))
    bounded = scores_of(uniform(1.0, 3.0), flat=True).values(z)[:, 0]
    assert np.log((bounded - 1) / (3 - bounded)) == pytest.approx(z[:, 0])
    assert scores_of(normal(2.0, 1.0), flat=True).values(z)[:, 0] == pytest.approx(2.0 + z[:, 0])
    assert free.log_prior(z[0]) == 0.0
    assert free.slope_of_log_prior(z[0]) == 0.0
    assert scores_of(normal(2.0, 1.0)).log_prior(z[2]) == -2.0
    assert scores_of(normal(2.0, 1.0)).slope_of_log_prior(z[2]) == -2.0


def test_the_others_stay_at_their_medians():
    program = program_of(one=lognormal(2.0, 0.5), other=uniform(0.0, 4.0))
    columns = Scores(program, ["one"]).columns(np.array([[0.0], [1.0]]))
    assert columns[:, program.columns.index("other")].tolist() == [2.0, 2.0]
    assert columns[:, program.columns.index("one")] == pytest.approx([2.0, 2.0 * np.exp(0.5)])


def test_what_has_no_gradient_is_known():
    assert is_smooth(beta(2.0, 2.0))
    assert not is_smooth(discrete([1.0, 2.0]))
    assert not is_smooth(Conditional("p", fixed(1.0), beta(2.0, 2.0), 0.5))
