"""The distribution over all coalitions: streamed, sampled, and against the table of an assembly."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientela.chamber import (
    Cabinet,
    Chamber,
    best_fit,
    build_assembly,
    fitted,
    form,
    probabilities,
    sample,
)
from clientela.chamber.covariates import NAMES
from clientela.chamber.sampling import diagnostics

SEATS = {"left": 30, "green": 9, "centre": 18, "right": 28, "far": 15}
CHAMBER = Chamber.of(
    SEATS,
    positions={"left": -0.7, "green": -0.5, "centre": 0.0, "right": 0.5, "far": 1.0},
    vetoes=[("left", "far")],
    incumbents=["centre", "right"],
    leader="right",
)
BETA = {"minority": -1.0, "minimal_winning": 0.8, "range": -2.0, "incumbent_coalition": 1.5}


def test_the_stream_agrees_with_the_table_coalition_by_coalition():
    assembly = build_assembly(CHAMBER, 40)
    table = probabilities(assembly, 0, BETA)
    found = form(CHAMBER, BETA, seats_needed=40, top=1000)
    assert found.coalitions == len(table) == len(found.likeliest)
    by_lists = {
        frozenset(assembly.names_of(m)): p for m, p in zip(assembly.masks, table, strict=True)
    }
    assert [c.probability for c in found.likeliest] == pytest.approx(sorted(table, reverse=True))
    for coalition in found.likeliest:
        assert coalition.probability == pytest.approx(by_lists[frozenset(coalition.lists)])
        assert coalition.seats == sum(SEATS[name] for name in coalition.lists)
    for name, share in found.inclusion.items():
        assert share == pytest.approx(sum(p for lists, p in by_lists.items() if name in lists))


def test_probabilities_are_averaged_over_draws_of_beta():
    two = np.array([[BETA.get(n, 0.0) for n in NAMES], [0.0] * len(NAMES)])
    both = form(CHAMBER, two, top=1000)
    first, second = form(CHAMBER, BETA, top=1000), form(CHAMBER, {}, top=1000)
    for name in SEATS:
        average = (first.inclusion[name] + second.inclusion[name]) / 2
        assert both.inclusion[name] == pytest.approx(average)
    assert second.coalitions == 31 - 8  # all sets but those with both left and far
    assert second.minority == pytest.approx(
        sum(c.seats <= 50 for c in second.likeliest) / second.coalitions
    )


def test_a_veto_with_a_probability_takes_that_much_of_the_weight():
    doubted = Chamber.of(SEATS, vetoes=[("left", "far", 0.75)])
    free = Chamber.of(SEATS)
    kept = form(doubted, {}, top=1000)
    assert kept.coalitions == form(free, {}).coalitions == 31
    weights = {c.lists: c.probability for c in kept.likeliest}
    assert weights[("left", "far")] == pytest.approx(weights[("left",)] / 4)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=8), st.integers(0, 2**32))
@settings(deadline=None, max_examples=30)
def test_the_order_of_the_lists_changes_nothing(seats, seed):
    rng = np.random.default_rng(seed)
    beta = dict(zip(NAMES[:5], rng.normal(size=5), strict=True))
    names = [f"p{i}" for i in range(len(seats))]
    shuffled = rng.permutation(len(seats))
    one = form(Chamber.of(dict(zip(names, seats, strict=True))), beta)
    other = form(Chamber.of({names[i]: seats[i] for i in shuffled}), beta)
    assert one.inclusion == pytest.approx(other.inclusion)


def test_too_many_and_none_are_refused():
    with pytest.raises(ValueError, match="26 blocs make too many coalitions"):
        form(Chamber.of({f"p{i}": 1 for i in range(26)}), {})
    with pytest.raises(ValueError, match="no coalition reaches 90 of 100 seats"):
        form(CHAMBER, {}, seats_needed=90)
    with pytest.raises(ValueError, match="there is no covariate 'minorty'"):
        form(CHAMBER, {"minorty": 1.0})


# -- sampling ---------------------------------------------------------------------------------


def test_the_sampler_has_the_distribution_of_the_enumeration():
    exact = form(CHAMBER, BETA, seats_needed=40, top=1000)
    drawn = sample(CHAMBER, BETA, seats_needed=40, draws=20_000)
    assert drawn.r_hat < 1.01
    assert drawn.effective > 2_000
    for name, share in exact.inclusion.items():
        assert abs(drawn.inclusion[name] - share) < 5 * drawn.error[name] + 1e-9
    masks, counts = np.unique(drawn.masks, return_counts=True)
    shares = dict(zip(masks.tolist(), counts / drawn.masks.size, strict=True))
    for coalition in exact.likeliest[:5]:
        share = shares[CHAMBER.mask(*coalition.lists)]
        assert share == pytest.approx(coalition.probability, abs=0.02)


def test_forty_blocs_can_be_sampled_and_never_break_a_veto():
    rng = np.random.default_rng(5)
    large = Chamber.of(
        {f"p{i}": int(n) for i, n in enumerate(rng.integers(1, 30, 40))}, vetoes=[("p1", "p2")]
    )
    drawn = sample(large, {"minority": -3.0, "number_of_lists": -0.3}, seats_needed=50, draws=2000)
    both = large.mask("p1", "p2")
    assert not ((drawn.masks & both) == both).any()
    again = sample(large, {"minority": -3.0, "number_of_lists": -0.3}, seats_needed=50, draws=2000)
    assert np.array_equal(drawn.masks, again.masks)


def test_diagnostics_of_chains_that_agree_and_that_do_not():
    rng = np.random.default_rng(1)
    fine = rng.normal(size=(4, 2000))
    r_hat, effective = diagnostics(fine)
    assert r_hat == pytest.approx(1.0, abs=0.01)
    assert effective == pytest.approx(8000, rel=0.2)
    assert diagnostics(fine + np.arange(4)[:, None])[0] > 1.5
    # An autoregression with coefficient φ has (1 − φ)/(1 + φ) as many effective draws.
    chain = np.zeros((4, 20_000))
    for t in range(1, chain.shape[1]):
        chain[:, t] = 0.8 * chain[:, t - 1] + rng.normal(size=4)
    assert diagnostics(chain)[1] == pytest.approx(80_000 / 9, rel=0.2)


# -- the fit that comes along -----------------------------------------------------------------


@pytest.mark.parametrize("kind", ["plain", "present", "full"])
def test_the_shipped_fits_are_whole(kind):
    fit = fitted(kind)
    assert set(fit.covariates) <= set(NAMES)
    assert fit.covariance.shape == (len(fit.mean),) * 2
    assert np.linalg.eigvalsh(fit.spread).min() > -1e-9
    assert fit.root @ fit.root == pytest.approx(fit.spread, abs=1e-6)
    by_name = dict(zip(fit.covariates, fit.mean, strict=True))
    # Signs of Martin & Stevenson (2001) that no later study has reversed.
    assert by_name["incumbent_coalition"] > 1
    assert by_name["range"] < 0 < by_name["contains_median"]


def test_draws_have_the_mean_and_covariance_of_the_fit():
    fit = fitted("present")
    drawn = fit.draws(CHAMBER, 40_000)[:, [NAMES.index(n) for n in fit.covariates]]
    scale = np.sqrt(np.diag(fit.spread))
    assert abs(drawn.mean(axis=0) - fit.mean) == pytest.approx(0 * scale, abs=0.05 * scale.max())
    assert np.cov(drawn.T) / np.outer(scale, scale) == pytest.approx(
        fit.spread / np.outer(scale, scale), abs=0.05
    )


def test_a_past_is_used_where_there_is_one():
    assert best_fit(CHAMBER) is fitted("present")
    past = (Cabinet(dt.date(2010, 1, 1), frozenset({"left", "green"})),)
    assert best_fit(Chamber.of(SEATS, cabinets=past)) is fitted("full")
    with pytest.raises(ValueError, match="there is no fit 'best'"):
        fitted("best")
