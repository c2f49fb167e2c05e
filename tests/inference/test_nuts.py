"""Draws from the posterior against exact posteriors, and what is said of chains that are not well."""

from __future__ import annotations

import dataclasses
import sys

import numpy as np
import pytest
from scipy import stats

from clientela.inference.likelihood import Likelihood, likelihood_of
from clientela.inference.mode import mode_of
from clientela.inference.nuts import LEAST_ESS, MOST_RHAT, Chains, SamplerMissingError, sample
from clientela.inference.record import record_of_times
from clientela.inference.scores import Scores
from clientela.process import Parameter, Process, compile_process
from clientela.scenario import gamma

DAYS = 200.0
MEAN, SD = 0.1, 0.08
COUNTS = {"a": 3, "b": 30}


def of_rates() -> Likelihood:
    """Two Poisson processes with gamma rates, one with hardly an event."""
    p = Process(DAYS)
    for name in COUNTS:
        p.event(name, rate=Parameter(name, gamma(mean=MEAN, sd=SD)))
    program = compile_process(p)
    kinds = [name for name, count in COUNTS.items() for _ in range(count)]
    days = np.linspace(1.0, DAYS - 1.0, len(kinds))
    record = record_of_times(program, kinds, days, watched=[*COUNTS])
    return likelihood_of(program, record, Scores(program, [*COUNTS]), DAYS)


def test_draws_have_the_conjugate_posterior():
    pytest.importorskip("numpyro")
    likelihood = of_rates()
    told = []
    chains = sample(
        likelihood, mode_of(likelihood), draws=400, warmup=200, chains=2, seed=3,
        progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert chains.z.shape == (2, 400, 2)
    assert chains.complaints == []
    assert chains.acceptance > 0.7
    assert told == [(1, 2), (2, 2)]
    rates = likelihood.scores.values(chains.z.reshape(-1, 2))
    shape, scale = (MEAN / SD) ** 2, SD**2 / MEAN
    for k, count in enumerate(COUNTS.values()):
        exact = stats.gamma(shape + count, scale=1.0 / (1.0 / scale + DAYS))
        error = exact.std() / np.sqrt(chains.ess[k])
        assert rates[:, k].mean() == pytest.approx(exact.mean(), abs=4 * error)
        assert rates[:, k].std() == pytest.approx(exact.std(), rel=4 / np.sqrt(chains.ess[k]))
        assert (rates[:, k] < exact.ppf(0.1)).mean() == pytest.approx(0.1, abs=0.06)
    # The two have nothing to do with each other.
    assert np.corrcoef(rates.T)[0, 1] == pytest.approx(0.0, abs=0.2)


def test_chains_that_are_too_short_say_so():
    pytest.importorskip("numpyro")
    likelihood = of_rates()
    mode = mode_of(likelihood)
    one, other = (
        sample(likelihood, mode, draws=15, warmup=5, chains=1, seed=seed) for seed in (1, 2)
    )
    assert any("the least effective sample size is " in each for each in one.complaints)
    assert one.z.tolist() != other.z.tolist()


GOOD = Chains(
    z=np.zeros((4, 500, 2)), rhat=np.full(2, MOST_RHAT), ess=np.full(2, LEAST_ESS), divergences=0,
    acceptance=0.9, steps=7.0, seconds=1.0,
)  # fmt: skip


def test_of_chains_that_are_well_nothing_is_said():
    assert GOOD.complaints == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"divergences": 3}, "3 of 2,000 transitions diverged: parts of the posterior may be left out; raise --accept toward 0.99, or give sharper priors"),
        ({"rhat": np.array([1.0, 1.043])}, "chains do not agree (R-hat 1.043, expected at most 1.01); raise --draws"),
        ({"ess": np.array([900.0, 61.2])}, "the least effective sample size is 61 (expected 400 or more); raise --draws"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_chains_is_said_with_the_remedy(wrong: dict, sentence: str):
    assert dataclasses.replace(GOOD, **wrong).complaints == [sentence]


def test_without_the_extra_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch):
    likelihood = of_rates()
    mode = mode_of(likelihood)
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(SamplerMissingError, match=r"pip install 'clientela\[fit\]'"):
        sample(likelihood, mode)
