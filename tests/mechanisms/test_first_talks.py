"""The first talks last as long as the fitted time to formation leaves them."""

import numpy as np
import polars as pl
import pytest

import clientela as ct
from clientela.chamber.finding import find_parliament
from clientela.chamber.waiting import time_to_government
from clientela.mechanisms import build

DRAWS = 4096


def first_days(run, what):
    """The day on which each draw's first event of that name came, NaN if it never did."""
    found = run.events.filter(pl.col("what").cast(pl.String) == what).collect()
    days = np.full(DRAWS, np.nan)
    np.fmin.at(days, found["draw"].to_numpy(), found["day"].to_numpy())
    return days


def talks_after_results(changes):
    scenario = ct.load("iraq-2021", changes=changes)
    run = ct.run(scenario, draws=DRAWS, seed=1)
    stand = first_days(run, "ratification/decision=accepted")
    begun = first_days(run, "talks")
    assert (np.isnan(begun) | (begun >= stand)).all()
    return begun - stand


def test_a_given_wait_is_kept_to_the_day():
    waited = talks_after_results({"mechanisms.formation.wait": 30})
    known = waited[~np.isnan(waited)]
    assert len(known) > DRAWS / 2
    assert known == pytest.approx(30.0)


def test_by_default_the_wait_is_what_the_fitted_time_leaves_after_the_votes():
    waited = talks_after_results({"mechanisms.formation.session": 0.04})
    iraq = find_parliament("iraq-2021")
    time = time_to_government(iraq.chamber, iraq.rules)
    levels = np.array([0.5, 0.6, 0.7, 0.8])
    left = time.left(61.0, levels) - 3 / 0.04  # three votes, one in 25 days
    # Those that never began wait for longest, but for the few draws in which the court refused.
    found = np.nanquantile(np.where(np.isnan(waited), np.inf, waited), levels)
    assert found == pytest.approx(np.maximum(left, 0.0), rel=0.15, abs=4.0)


def test_without_a_day_of_election_talks_go_at_their_rate():
    scenario = ct.load("iraq-2021", changes={"chamber.elected": None})
    process = build(scenario)
    assert "first-talks" not in process.events
    assert "mechanisms.formation.wait" not in process.parameters()
