"""The validation of the formation model: its sample, its estimators and its scores."""

import csv
import datetime as dt
import gzip
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientela.chamber import Chamber, PartyList
from validation.bootstrap import difference
from validation.coalitions import baselines
from validation.coalitions.fitting import RIDGE, conditional_logit, log_likelihoods
from validation.coalitions.models import OURS, PLAIN
from validation.coalitions.parlgov import HERE, Case, read
from validation.coalitions.scoring import calibration, score
from validation.coalitions.shipped import SHIPPED
from validation.coalitions.tables import SAMPLED, Table, all_coalitions, part, sampled_table
from validation.command import DataError


@pytest.fixture(scope="module")
def sample():
    return read(HERE)


@pytest.fixture(scope="module")
def small(sample):
    """Twenty formations of small chambers, of several countries."""
    return [c for c in sample.cases if len(c.chamber.lists) <= 6][::12][:20]


def table_of(cases):
    return sampled_table(cases, [all_coalitions(case)[1] for case in cases])


def synthetic(formations, alternatives, beta, seed=1):
    """A table whose choices are drawn from a logit with these coefficients."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(formations * alternatives, len(beta)))
    start = np.arange(formations + 1) * alternatives
    noise = rng.gumbel(size=len(x))
    chosen = start[:-1] + (x @ beta + noise).reshape(formations, alternatives).argmax(axis=1)
    return Table(x, start, chosen, np.zeros(len(x)))


def raw_cabinets():
    """Members of every cabinet, read from the file by hand."""
    members = {}
    with gzip.open(HERE / "view_cabinet.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found = members.setdefault((row["country_name"], row["start_date"]), [])
            if row["cabinet_party"] == "1" and int(float(row["seats"] or 0)) > 0:
                found.append(row["party_id"])
    return members


def test_every_government_of_the_sample_stands_so_in_parlgov(sample):
    raw = raw_cabinets()
    for case in sample.cases:
        formed = {p.id for i, p in enumerate(case.chamber.lists) if case.formed >> i & 1}
        assert formed == set(raw[case.country, case.date.isoformat()])


def test_no_list_has_a_majority_and_nothing_after_the_day_is_known(sample):
    for case in sample.cases:
        assert max(p.seats for p in case.chamber.lists) * 2 <= case.chamber.seats
        assert all(cabinet.since <= case.date for cabinet in case.chamber.cabinets)
        assert case.date >= dt.date(1945, 1, 1)


def test_those_who_govern_are_the_members_of_the_last_cabinet(sample):
    for case in sample.cases:
        outgoing = case.chamber.cabinets[-1].lists
        assert {p.id for p in case.chamber.lists if p.incumbent} == outgoing & set(
            case.chamber.names
        )


def test_data_that_are_not_there_are_refused_with_what_to_do(tmp_path):
    with pytest.raises(DataError, match="--data"):
        read(tmp_path)


def test_the_likelihood_is_that_of_a_loop_over_formations(small):
    table = part(table_of(small), np.arange(len(small)), PLAIN.columns)
    beta = np.linspace(-1, 1, len(PLAIN.columns))
    logs, chances = log_likelihoods(table, beta)
    for f in range(len(small)):
        rows = range(table.start[f], table.start[f + 1])
        weights = [math.exp(float(table.x[r] @ beta)) for r in rows]
        assert logs[f] == pytest.approx(
            float(table.x[table.chosen[f]] @ beta) - math.log(sum(weights))
        )
        assert chances[rows.start : rows.stop] == pytest.approx([w / sum(weights) for w in weights])


def test_a_logit_finds_the_coefficients_that_made_the_choices():
    beta = np.array([1.0, -0.5, 0.0])
    fit = conditional_logit(synthetic(3000, 8, beta), np.arange(3000) % 40)
    error = np.sqrt(np.diag(fit.covariance))
    assert (abs(fit.mean - beta) < 4 * error).all()
    assert (error < 0.05).all()


def test_the_fit_is_the_mode_of_the_penalised_likelihood(small):
    table = part(table_of(small), np.arange(len(small)), PLAIN.columns)
    countries = np.array([c.country for c in small])
    mode = conditional_logit(table, countries).mean
    scale = table.x.std(axis=0)
    scale[scale == 0] = 1.0

    def height(beta):
        penalty = 0.5 * RIDGE * ((beta * scale) ** 2).sum()
        return log_likelihoods(table, beta)[0].sum() - penalty

    for k in range(len(mode)):
        step = np.zeros(len(mode))
        step[k] = 0.05 / scale[k]
        assert height(mode) > max(height(mode + step), height(mode - step))


def test_a_sample_of_coalitions_stands_for_all_of_them(sample):
    large = [c for c in sample.cases if len(c.chamber.lists) == 12][:2]
    whole = [all_coalitions(case)[1] for case in large]
    table = sampled_table(large, whole)
    for f, case in enumerate(large):
        rows = slice(table.start[f], table.start[f + 1])
        assert rows.stop - rows.start == SAMPLED
        assert np.exp(table.offset[rows]).sum() == pytest.approx(len(whole[f]))
        assert (table.x[table.chosen[f]] == whole[f][case.formed - 1]).all()
        assert table.offset[table.chosen[f]] == 0.0


def test_the_shipped_plain_logit_is_that_of_this_sample(sample):
    shipped = json.loads(SHIPPED.read_text(encoding="utf-8"))
    countries = np.array([c.country for c in sample.cases])
    assert shipped["formations"] == len(sample.cases)
    assert shipped["countries"] == sorted(set(countries))
    entry = shipped["fits"]["plain"]
    assert tuple(entry["covariates"]) == PLAIN.covariates
    fit = PLAIN.fit(table_of(sample.cases), countries, np.arange(len(sample.cases)))
    assert fit.mean == pytest.approx(entry["mean"], rel=1e-3, abs=1e-3)


def test_shipped_covariances_could_be_drawn_from():
    for entry in json.loads(SHIPPED.read_text(encoding="utf-8"))["fits"].values():
        covariance = np.array(entry["covariance"])
        assert covariance == pytest.approx(covariance.T)
        # Numbers are shipped with five digits, so the smallest eigenvalue may be off by that.
        assert np.linalg.eigvalsh(covariance).min() > -1e-4 * np.trace(covariance)
        assert min(entry["between"]) >= 0


def hand_case(seats, formed):
    lists = tuple(PartyList(f"p{i}", s, {"x": float(i)}) for i, s in enumerate(seats))
    return Case("nowhere", dt.date(2000, 1, 1), Chamber(lists), formed)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 30), min_size=3, max_size=6), st.data())
def test_rules_of_thumb_give_probabilities_whatever_they_are_trusted_with(seats, data):
    case = hand_case(seats, 1)
    _, x = all_coalitions(case)
    trust = data.draw(st.floats(0, 1))
    for rule in baselines.RULES.values():
        chances = baselines.chances(rule, case, x, trust)
        assert chances.sum() == pytest.approx(1.0)
        assert chances.min() >= 0


def test_of_45_35_20_the_smallest_that_wins_is_the_last_two_together():
    case = hand_case((45, 35, 20), 0b110)
    _, x = all_coalitions(case)
    assert np.flatnonzero(baselines.smallest_winning(case, x)).tolist() == [0b110 - 1]
    # The median member is of the second list; the pairs lie at 0.44, 0.62 and 1.36.
    assert np.flatnonzero(baselines.winning_nearest_median(case, x)).tolist() == [0b110 - 1]
    assert not baselines.incumbent_again(case, x).any()


def test_knowing_nothing_costs_the_log_of_the_number_of_coalitions():
    case = hand_case((45, 35, 20), 0b110)
    found = score([case], np.array([0]), lambda f: np.full(7, 1 / 7))
    assert found.log_loss == pytest.approx([math.log(7)])
    assert found.rank == pytest.approx([3])  # the middle of seven that are alike
    # Each list is in four of seven coalitions.
    assert found.included == pytest.approx([4 / 7] * 3)
    assert found.brier == pytest.approx([((4 / 7) ** 2 + 2 * (3 / 7) ** 2) / 3])


def test_a_sure_and_right_forecast_has_the_best_scores():
    case = hand_case((45, 35, 20), 0b011)
    sure = np.eye(7)[0b011 - 1]
    found = score([case], np.array([0]), lambda f: sure)
    assert (found.top(1), found.log_loss[0], found.brier[0]) == (1.0, 0.0, 0.0)
    # Lists said to be out were out; lists said to be in were in.
    assert calibration(found) == [(0.0, 0.0, 1), (1.0, 1.0, 2)]


def test_the_error_of_a_difference_is_that_of_a_mean_over_countries():
    rng = np.random.default_rng(3)
    by_country = rng.normal(size=50)
    ours, countries = np.repeat(by_country, 4), np.repeat(np.arange(50), 4)
    gain, error = difference(ours, np.zeros(200), countries)
    assert gain == pytest.approx(by_country.mean())
    assert error == pytest.approx(by_country.std(ddof=1) / math.sqrt(50), rel=0.1)
    assert difference(ours, ours, countries) == (0.0, 0.0)


def test_a_model_that_does_not_know_who_governed_keeps_the_past():
    blind = OURS.without_incumbency()
    assert not {"incumbent_coalition", "incumbent_leader", "newcomers_midterm"} & set(
        blind.covariates
    )
    assert {"experience", "familiarity", "governed_before"} <= set(blind.covariates)
