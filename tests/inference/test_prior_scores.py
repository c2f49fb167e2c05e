"""Scores: priors as standard normals, exact where tables are not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import ndtr

from clientela.evidence import Belief
from clientela.inference.scores import FARTHEST, FARTHEST_FLAT, Curve, Scores, is_smooth
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
    triangular,
    uniform,
)
from clientela.scenario.distributions import Distribution

# Each with SciPy's law of the same name, and how far a quantile is off at most, in standard
# deviations, as measured at scores from −4.5 to 4.5; with corners it is more.
LAWS = {
    "beta": (beta(2.0, 5.0), stats.beta(2.0, 5.0), 1e-6),
    "beta at an end": (beta(0.5, 5.0), stats.beta(0.5, 5.0), 1e-6),
    "beta at both ends": (beta(0.2, 0.2), stats.beta(0.2, 0.2), 2e-4),
    "pert": (pert(1.0, 2.0, 6.0), stats.beta(1.8, 4.2, loc=1.0, scale=5.0), 1e-6),
    "pert at an end": (pert(0.0, 0.0, 1.0), stats.beta(1.0, 5.0), 1e-6),
    "gamma": (gamma(2.5, 0.5), stats.gamma(2.5, scale=2.0), 1e-7),
    "gamma at nothing": (gamma(0.5, 1.0), stats.gamma(0.5), 1e-6),
    "lognormal": (lognormal(0.02, 0.8), stats.lognorm(0.8, scale=0.02), 1e-10),
    "normal": (normal(1.0, 2.0), stats.norm(1.0, 2.0), 1e-6),
    "normal, cut": (normal(0.0, 1.0, low=0.0), stats.halfnorm(), 1e-6),
    "uniform": (uniform(-1.0, 3.0), stats.uniform(-1.0, 4.0), 2e-6),
    "triangular": (triangular(0.0, 1.0, 4.0), stats.triang(0.25, scale=4.0), 2e-4),
}
MIXTURES = {
    "near": Conditional("p", lognormal(1.0, 0.3), lognormal(3.0, 0.3), 0.25),
    "overlapping": Conditional("p", uniform(0.2, 0.5), uniform(0.3, 0.9), 0.4),
    "apart": Conditional("p", uniform(0.2, 0.3), uniform(0.7, 0.9), 0.4),
    "far apart": Conditional("p", lognormal(1.0, 0.1), lognormal(10.0, 0.1), 0.25),
    "one within the other": Conditional("p", beta(20.0, 20.0), beta(1.0, 1.0), 0.9),
}
EVERY = {**{name: law for name, (law, _, _) in LAWS.items()}, **MIXTURES}


def program_of(**laws: Distribution | Conditional) -> Program:
    p = Process(10.0)
    p.variable("x", half_life=1.0)
    effects = [Add("x", Parameter(name, law)) for name, law in laws.items()]
    p.event("a", rate=0.1, effects=effects)
    p.beliefs = (Belief("p", ("p",), None, ((0.5,), (0.5,))),)
    return compile_process(p)


def scores_of(law: Distribution | Conditional, flat: bool = False) -> Scores:
    return Scores(program_of(value=law), ["value"], ["value"] if flat else [])


@pytest.mark.parametrize("name", LAWS)
def test_a_value_is_the_prior_s_quantile(name: str):
    law, exact, error = LAWS[name]
    z = np.linspace(-4.5, 4.5, 1001)
    found = scores_of(law).values(z[:, None])[:, 0]
    assert found == pytest.approx(exact.ppf(ndtr(z)), abs=error * exact.std())


@pytest.mark.parametrize("name", LAWS)
def test_at_standard_normal_scores_values_have_the_prior(name: str):
    law, exact, _ = LAWS[name]
    z = np.random.default_rng(5).standard_normal((2_000, 1))
    assert stats.kstest(scores_of(law).values(z)[:, 0], exact.cdf).pvalue > 0.05


@settings(max_examples=80)
@given(name=st.sampled_from([*EVERY]), first=st.floats(-FARTHEST, FARTHEST), step=st.floats(1e-3, 0.1))  # fmt: skip
@example(name="beta at both ends", first=-5.0, step=0.0625)
def test_more_score_is_more_value_and_within_the_support(name: str, first: float, step: float):
    law = EVERY[name]
    values = Curve(law).at(first + step * np.arange(200))
    low, high = law.support()
    assert low <= values[0]
    assert values[-1] <= high
    assert (np.diff(values) >= -1e-12 * np.abs(values[1:])).all()


@settings(max_examples=40)
@given(name=st.sampled_from([*EVERY]), z=st.floats(-3.0, 3.0))
def test_the_score_of_a_value_is_that_which_has_it(name: str, z: float):
    """To a thousandth, or where the value is so alike that it makes no difference."""
    scores = scores_of(EVERY[name])
    value = scores.values(np.array([[z]]))
    found = scores.of(value)
    spread = np.ptp(scores.values(np.array([[-1.0], [1.0]])))
    assert abs(found[0, 0] - z) < 1e-3 or scores.values(found) == pytest.approx(value, abs=1e-5 * spread)  # fmt: skip


@pytest.mark.parametrize("law", MIXTURES.values(), ids=MIXTURES)
def test_a_value_that_hangs_on_a_proposition_has_the_mixture(law: Conditional):
    """Where it leaps from one case to the other, no value in between has a probability."""
    exact = {
        "lognormal": lambda d, v: stats.lognorm(d["sigma"], scale=d["median"]).cdf(v),
        "uniform": lambda d, v: stats.uniform(d["low"], d["high"] - d["low"]).cdf(v),
        "beta": lambda d, v: stats.beta(d["a"], d["b"]).cdf(v),
    }
    z = np.linspace(-4, 4, 800)
    values = Curve(law).at(z)
    below = sum(
        share * exact[part.family](part, values)
        for share, part in ((law.credence, law.true), (1.0 - law.credence, law.false))
    )
    # A leap takes place between two nodes, an eighth of a score apart.
    apart = law in (MIXTURES["apart"], MIXTURES["far apart"])
    assert below == pytest.approx(ndtr(z), abs=0.05 if apart else 3e-3)


@settings(max_examples=40)
@given(z=st.floats(-30.0, 30.0), middle=st.floats(0.01, 100.0))
def test_a_positive_value_without_a_prior_is_a_logarithm(z: float, middle: float):
    free = scores_of(lognormal(middle, 1.0), flat=True)
    assert free.values(np.array([[z]]))[0, 0] == pytest.approx(middle * np.exp(z))


@pytest.mark.parametrize("law", [uniform(1.0, 3.0), pert(1.0, 1.2, 3.0)], ids=["uniform", "pert"])
def test_a_bounded_value_without_a_prior_is_a_logit(law: Distribution):
    z = np.array([[-3.0], [0.0], [2.0]])
    values = scores_of(law, flat=True).values(z)[:, 0]
    odds = np.log((values - 1.0) / (3.0 - values))
    assert values[1] == pytest.approx(law.median(), rel=1e-4)
    assert odds - odds[1] == pytest.approx(z[:, 0])


def test_a_value_without_a_prior_keeps_to_the_one_bound_that_it_has():
    z = np.array([[-2.0], [0.0], [2.0]])
    assert scores_of(normal(2.0, 1.0), flat=True).values(z)[:, 0] == pytest.approx(2.0 + z[:, 0])
    under = scores_of(normal(-2.0, 1.0, high=0.0), flat=True).values(z)[:, 0]
    over = scores_of(normal(2.0, 1.0, low=0.0), flat=True).values(-z)[:, 0]
    assert under == pytest.approx(-over)
    assert under / under[1] == pytest.approx(np.exp(-z[:, 0]))


def test_without_a_prior_every_score_is_alike():
    z = np.array([3.0])
    for law in (lognormal(0.5, 1.0), uniform(0.0, 1.0)):
        free = scores_of(law, flat=True)
        assert free.log_prior(z) == 0.0
        assert free.slope_of_log_prior(z).tolist() == [0.0]
        assert free.farthest.tolist() == [FARTHEST_FLAT]
    held = scores_of(normal(2.0, 1.0))
    assert held.log_prior(z) == -4.5
    assert held.slope_of_log_prior(z).tolist() == [-3.0]
    assert held.farthest.tolist() == [FARTHEST]


def test_the_others_stay_at_their_medians():
    program = program_of(one=lognormal(2.0, 0.5), other=uniform(0.0, 4.0))
    columns = Scores(program, ["one"]).columns(np.array([[0.0], [1.0]]))
    assert columns[:, program.columns.index("other")].tolist() == [2.0, 2.0]
    assert columns[:, program.columns.index("one")] == pytest.approx([2.0, 2.0 * np.exp(0.5)])
    nothing = Scores(program, [])
    assert nothing.values(np.zeros((3, 0))).shape == (3, 0)


def test_what_has_no_gradient_is_known():
    assert is_smooth(beta(2.0, 2.0))
    assert not is_smooth(discrete([1.0, 2.0]))
    assert not is_smooth(Conditional("p", fixed(1.0), beta(2.0, 2.0), 0.5))
    assert is_smooth(MIXTURES["near"])
