"""Days held out: log densities an event, beside constant rates, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logsumexp
from self_exciting import DAYS, drawn, hawkes, likelihood, record_of

from clientela.inference.held_out import HeldOut, held_out
from clientela.inference.likelihood import likelihood_of
from clientela.inference.record import record_of_times
from clientela.inference.scores import Scores
from clientela.process import Parameter, Process, compile_process
from clientela.scenario import gamma

CUT = 300.0


def of(days: np.ndarray, z: np.ndarray, cut: float = CUT) -> HeldOut:
    learned, whole = likelihood(hawkes(), days, cut), likelihood(hawkes(), days)
    return held_out(learned, whole, record_of(hawkes(), days), z)


def test_constant_rates_are_judged_by_hand():
    days = drawn(hawkes())
    found = of(days, np.zeros((3, 1)))
    n, later = int((days <= CUT).sum()), int((days > CUT).sum())
    assert (found.events, found.days) == (later, 100.0)
    rate = (n + 0.5) / CUT
    assert found.poisson == pytest.approx((later * np.log(rate) - 100 * rate) / later)
    lately = (((days > 272) & (days <= CUT)).sum() + 0.5) / 28.0
    assert found.lately == pytest.approx((later * np.log(lately) - 100 * lately) / later)


def test_the_density_is_averaged_over_the_posterior_and_not_its_logarithm():
    days = drawn(hawkes())
    z = np.random.default_rng(1).normal(size=(50, 1)) * 3.0
    learned, whole = likelihood(hawkes(), days, CUT), likelihood(hawkes(), days)
    gained = whole.values(z) - learned.values(z)
    later = int((days > CUT).sum())
    found = of(days, z)
    assert found.model == pytest.approx((logsumexp(gained) - np.log(50)) / later)
    assert found.model > gained.mean() / later
    one = of(days, np.zeros((1, 1)))
    assert one.model == pytest.approx(of(days, np.zeros((7, 1))).model)


def test_the_true_process_is_better_than_constant_rates():
    gains = []
    for seed in range(1, 25):
        days = drawn(hawkes(own=0.7, half_life=2.0), seed)
        process = hawkes(own=0.7, half_life=2.0)
        learned, whole = likelihood(process, days, CUT), likelihood(process, days)
        found = held_out(learned, whole, record_of(process, days), np.zeros((1, 1)))
        gains.append((found.model - max(found.poisson, found.lately)) * found.events)
    assert np.mean(gains) > 2.0 * np.std(gains) / np.sqrt(len(gains))


def test_a_constant_process_is_its_constant_rate():
    """The Poisson process at its mode is, but for half an event, the constant rate."""
    p = Process(DAYS)
    p.event("a", rate=Parameter("rate", gamma(mean=0.25, sd=0.01)))
    program = compile_process(p)
    days = np.arange(2.0, 400.0, 4.0)
    record = record_of_times(program, ["a"] * len(days), days, watched=["a"])
    scores = Scores(program, ["rate"])
    learned, whole = (likelihood_of(program, record, scores, day) for day in (CUT, DAYS))
    found = held_out(learned, whole, record, np.zeros((1, 1)))
    assert found.model == pytest.approx(found.poisson, abs=1e-3)


@given(st.lists(st.floats(0.0, DAYS), max_size=12), st.floats(1.0, DAYS - 1.0))
def test_figures_are_finite_whatever_happened(days: list[float], cut: float):
    """Also with nothing learned from, nothing in four weeks, nothing held out."""
    found = of(np.array(sorted(days)), np.zeros((2, 1)), cut)
    assert np.isfinite([found.model, found.poisson, found.lately]).all()
    assert found.events == sum(day > cut for day in days)
    if cut <= 28.0:
        assert found.lately == found.poisson
    assert found.as_json().keys() == {"events", "days", "model", "poisson", "lately"}
