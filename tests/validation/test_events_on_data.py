"""Models and rules that event data of Iraq are judged by, on small made-up data and the data shipped."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from validation.command import DataError
from validation.events import attacks, dyads
from validation.events.baselines import RULES, _log_mass, judge_rule, lately
from validation.events.models import Events, Terms, process_of
from validation.events.trial import crps_of, judge


def made_up(days: float = 84.0, seed: int = 1) -> Events:
    """Two types at constant rates, and one that is given."""
    random = np.random.default_rng(seed)
    day, kind = [], []
    for k, rate in enumerate((1.5, 0.6, 0.3)):
        count = random.poisson(rate * days)
        day.append(random.random(count) * days)
        kind.append(np.full(count, k))
    day, kind = np.concatenate(day), np.concatenate(kind)
    order = np.argsort(day)
    return Events(("a", "b"), ("raid",), kind[order], day[order], days)


def test_crps_is_that_of_pairs():
    drawn, seen = np.array([3, 1, 4, 1, 5]), 2.0
    pairs = [abs(a - b) for i, a in enumerate(drawn) for j, b in enumerate(drawn) if i != j]
    assert crps_of(drawn, seen) == pytest.approx(np.abs(drawn - seen).mean() - np.mean(pairs) / 2.0)


def test_masses_are_those_of_the_laws():
    n, mean = np.arange(50), np.full(50, 3.0)
    assert np.allclose(_log_mass(n, mean, np.inf), poisson.logpmf(n, 3.0))
    assert np.allclose(_log_mass(n, mean, 2.0), nbinom.logpmf(n, 2.0, 2.0 / 5.0))


def test_the_last_four_weeks_end_where_the_week_begins():
    counts = np.arange(100.0)
    mean, _ = lately(counts, 60)
    assert mean[60] == mean[66] == pytest.approx((counts[32:60].sum() + 0.5) / 28)
    assert mean[67] == pytest.approx((counts[39:67].sum() + 0.5) / 28)


def test_a_constant_rate_is_judged_alike_as_a_rule_and_as_a_process():
    events = made_up()
    rule = judge_rule("Poisson, constant", events, 56.0)
    model = judge(Terms("none", given=False), events, 56.0)
    assert rule.weekly.shape == model.weekly.shape == (4,)
    # The prior moves the rate a little.
    assert np.allclose(rule.weekly, model.weekly, atol=0.05)
    assert np.allclose(rule.crps, model.crps, atol=0.25)
    assert model.radius == 0.0


def test_terms_are_in_the_process_or_not():
    events = made_up()

    def names(terms: Terms) -> set[str]:
        return set(process_of(terms, events, 56.0).parameters())

    assert names(Terms("")) == {"rate.a", "rate.b"}
    own = {"rate.a", "rate.b", "offspring.a.a", "offspring.b.b"}
    assert names(Terms("", (3.0,), across=False, given=False)) == own
    whole = names(Terms("", (1.0, 9.0), pieces=5))
    assert whole > own | {"offspring.raid.a", "offspring.b.a", "memory.9"}
    assert sum(name.startswith("background.") for name in whole) == 4


def test_a_refitted_model_is_judged_by_as_many_weeks():
    events = made_up()
    terms = Terms("again", (3.0,), across=False, given=False, refitted=2)
    found = judge(terms, events, 56.0)
    assert found.weekly.shape == found.crps.shape == (4,)
    once = judge(Terms("once", (3.0,), across=False, given=False), events, 56.0)
    assert np.array_equal(found.weekly[:2], once.weekly[:2])
    assert not np.array_equal(found.weekly[2:], once.weekly[2:])


def test_the_data_that_ship_are_read():
    events = attacks.read(attacks.HERE, attacks.STRETCHES[1])
    own = events.kind < len(events.types)
    assert int(own.sum()) == 61_823  # of 99,524 attacks, those from 23 February 2007 on
    assert (np.diff(events.day) >= 0).all()
    assert events.days == 403.0
    found = dyads.read(dyads.HERE)
    assert len(found.types) == 5
    assert np.bincount(found.kind).argmax() == 0
    with pytest.raises(DataError, match="there is no such file; give its folder with --attacks"):
        attacks.read(dyads.HERE, attacks.STRETCHES[0])


def test_every_rule_gives_a_law_for_every_day():
    counts = np.random.default_rng(2).poisson(2.0, 100)
    for rule, _ in RULES.values():
        mean, r = rule(counts, 70)
        assert mean.shape == r.shape == (100,)
        assert (mean > 0).all()
        assert (r > 0).all()
