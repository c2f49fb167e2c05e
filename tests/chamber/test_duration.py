"""The time a government takes to form: Cox's estimator, and the predictive distribution."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientela.chamber.duration import (
    COVARIATES,
    FormationTime,
    fitted_duration,
    formation_time,
    log_mass,
    occasion_of,
)
from clientela.chamber.survival import cox, partial_likelihood
from validation.command import DataError
from validation.duration import data, fitting, models, scoring, targets

TABLES = data.HERE
needs_tables = pytest.mark.skipif(
    not (TABLES / data.GOLDER).is_file(), reason="../shared/data/formation_duration is not there"
)


def literal(beta, x, days, ended, ties):
    """The log partial likelihood, as it is written in textbooks."""
    total = 0.0
    for time in sorted(set(days[ended])):
        dying = [i for i in range(len(days)) if days[i] == time and ended[i]]
        risk = sum(math.exp(x[i] @ beta) for i in range(len(days)) if days[i] >= time)
        tied = sum(math.exp(x[i] @ beta) for i in dying)
        for step, i in enumerate(dying):
            share = step / len(dying) if ties == "efron" else 0.0
            total += x[i] @ beta - math.log(risk - share * tied)
    return total


@st.composite
def samples(draw):
    """Cases with two covariates, tied durations and some that are still open."""
    seed = draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    size = draw(st.integers(12, 30))
    x = rng.normal(size=(size, 2))
    days = np.ceil(rng.exponential(np.exp(0.4 * x[:, 0])) * 4.0)
    ended = rng.random(size) < 0.8
    ended[:2] = True
    return x, days, ended


class TestCox:
    def test_three_cases_by_hand(self):
        # Times 1, 2, 3 with x = 1, 0, 1: L(b) = e^b / (2e^b + 1) · 1 / (1 + e^b), so that
        # d log L / db = 0 where 2e^2b = 1.
        fit = cox(np.array([[1.0], [0.0], [1.0]]), np.array([1.0, 2.0, 3.0]))
        assert fit.beta[0] == pytest.approx(-math.log(2.0) / 2.0, abs=1e-9)
        assert fit.null == pytest.approx(-math.log(6.0))
        r = math.sqrt(0.5)
        assert fit.log_likelihood == pytest.approx(math.log(r / ((2 * r + 1) * (1 + r))))

    def test_two_ties_by_hand(self):
        # Two of three end together: Efron 3 · 2, Breslow 3 · 3 in the denominator at b = 0.
        x, days = np.array([[1.0], [0.0], [0.0]]), np.array([1.0, 1.0, 2.0])
        everyone = np.ones(3, dtype=bool)
        for ties, denominator in (("efron", 3 * 2), ("breslow", 3 * 3)):
            value, _, _ = partial_likelihood(np.zeros(1), x, days, everyone, ties)
            assert value == pytest.approx(-math.log(denominator))

    @pytest.mark.parametrize("ties", ["efron", "breslow"])
    @given(sample=samples(), beta=st.tuples(st.floats(-2, 2), st.floats(-2, 2)))
    @settings(max_examples=20, deadline=None)
    def test_the_likelihood_is_its_definition_and_its_derivatives_are_right(
        self, ties, sample, beta
    ):
        x, days, ended = sample
        at = np.array(beta)
        value, gradient, information = partial_likelihood(at, x, days, ended, ties)
        assert value == pytest.approx(literal(at, x, days, ended, ties), abs=1e-9)
        for k, step in enumerate(np.eye(2) * 1e-5):
            up = partial_likelihood(at + step, x, days, ended, ties)
            down = partial_likelihood(at - step, x, days, ended, ties)
            assert gradient[k] == pytest.approx((up[0] - down[0]) / 2e-5, abs=1e-4)
            assert information[k] == pytest.approx((down[1] - up[1]) / 2e-5, abs=1e-4)

    @pytest.mark.parametrize("ties", ["efron", "breslow"])
    def test_only_the_order_of_durations_counts_and_not_that_of_rows(self, ties):
        rng = np.random.default_rng(3)
        x, days = rng.normal(size=(60, 3)), np.ceil(rng.exponential(size=60) * 5.0)
        ended = rng.random(60) < 0.7
        fit = cox(x, days, ended, ties)
        order = rng.permutation(60)
        for other in (
            cox(x, days**2 + 7.0, ended, ties),
            cox(x[order], days[order], ended[order], ties),
            cox(x + 100.0, days, ended, ties),
        ):
            assert other.beta == pytest.approx(fit.beta, abs=1e-7)
            assert other.log_likelihood == pytest.approx(fit.log_likelihood, abs=1e-8)

    def test_it_finds_the_hazard_ratios_that_made_the_durations(self):
        rng = np.random.default_rng(4)
        x = rng.normal(size=(600, 2))
        fit = cox(x, rng.exponential(np.exp(-(x @ [0.7, -0.4]))))
        error = np.sqrt(np.diag(fit.covariance))
        assert np.all(np.abs(fit.beta - [0.7, -0.4]) < 3.0 * error)
        assert np.all(error < 0.06)

    @pytest.mark.parametrize(
        ("x", "days", "ended", "ties", "says"),
        [
            (np.ones((3, 1)), np.arange(3.0), None, "efron", "a covariate is constant"),
            (np.array([[3.0], [2.0], [1.0]]), np.arange(3.0), None, "efron", "orders the durations"),
            (np.array([[1.0, 2.0], [2.0, 4.0], [1.5, 3.0]]), np.arange(3.0), None, "efron", "a combination of others"),
            (np.ones((3, 1)), np.arange(2.0), None, "efron", "one row of x per duration"),
            (np.array([[1.0], [np.nan]]), np.arange(2.0), None, "efron", "not finite"),
            (np.ones((2, 1)), np.arange(2.0), [False, False], "efron", "no case ended"),
            (np.ones((2, 1)), np.arange(2.0), None, "exact", "no treatment 'exact' of ties"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_fitted_is_said(self, x, days, ended, ties, says):
        with pytest.raises(ValueError, match=says):
            cox(x, days, ended, ties)

    @needs_tables
    @pytest.mark.parametrize("target", targets.TARGETS, ids=lambda target: target.name)
    def test_published_estimates(self, target):
        _, fit = target.fit(TABLES)
        for name, value in target.expected.items():
            digits = len(f"{value}".partition(".")[2])
            here = fit.beta[target.covariates.index(name)]
            assert here == pytest.approx(value, abs=0.5001 * 10.0**-digits)
        if target.log_likelihood is not None:
            assert fit.log_likelihood == pytest.approx(target.log_likelihood, abs=0.005)
        if target.likelihood_ratio is not None:
            assert fit.likelihood_ratio == pytest.approx(target.likelihood_ratio, abs=0.05)


class TestFormationTime:
    def test_one_component_is_a_weibull(self):
        time = FormationTime(0.0, np.ones(1), np.array([math.log(30.0)]), np.array([0.5]))
        assert time.survival(30.0) == pytest.approx(math.exp(-1.0))
        assert time.quantile(0.5) == pytest.approx(30.0 * math.log(2.0) ** 0.5)
        draws = 30.0 * np.random.default_rng(1).exponential(size=200_000) ** 0.5
        assert time.mean_log == pytest.approx(np.log(draws).mean(), abs=0.005)
        assert time.sd_log == pytest.approx(np.log(draws).std(), abs=0.005)

    @given(
        history=st.lists(st.integers(0, 400), max_size=8),
        post_election=st.booleans(),
        continuation=st.booleans(),
        parties=st.none() | st.floats(1.0, 9.0),
        majority=st.none() | st.booleans(),
        p=st.tuples(st.floats(0.0, 0.99), st.floats(0.0, 0.99)),
    )
    @settings(max_examples=40, deadline=None)
    def test_it_is_a_distribution(self, history, post_election, continuation, parties, majority, p):
        time = formation_time(
            history,
            post_election=post_election,
            continuation=continuation,
            parties=parties,
            majority=majority,
        )
        low, high = sorted(p)
        assert time.weights.sum() == pytest.approx(1.0)
        assert 0.0 < time.at_once < 1.0
        assert time.quantile(low) <= time.quantile(high)
        for q in p:
            if q > time.at_once:
                assert time.survival(time.quantile(q)) == pytest.approx(1.0 - q, abs=1e-6)
            else:
                assert time.quantile(q) == 0.0
        chances = [time.probability(d) for d in range(41)]
        assert sum(chances) + time.survival(40) == pytest.approx(1.0, abs=1e-9)
        assert min(chances) >= 0.0

    def test_whole_days_have_their_own_probability_however_small(self):
        mass = log_mass(np.array([1.0, 5.0, 5000.0]), np.array([3.0]), np.array([0.5]))[:, 0]
        assert mass[0] == pytest.approx(math.log(-math.expm1(-math.exp(-6.0))))
        assert mass[1] == pytest.approx(
            math.log(math.exp(-((4 / math.e**3) ** 2)) - math.exp(-((5 / math.e**3) ** 2)))
        )
        assert -1e6 < mass[2] < -1e4

    def test_more_of_a_country_s_past_pulls_further_toward_it(self):
        for days in (6, 150):
            medians = [formation_time([days] * n).quantile(0.5) for n in (0, 1, 2, 4)]
            away = [abs(math.log(m / days)) for m in medians]
            assert all(later < earlier for earlier, later in itertools.pairwise(away))
            assert away[-1] < 0.2 < 1.3 < away[0]
            spreads = [formation_time([days] * n).sd_log for n in (1, 4, 16)]
            assert spreads[0] > spreads[1] > spreads[2]

    def test_a_country_of_unsteady_times_is_predicted_more_widely_than_a_steady_one(self):
        steady, unsteady = formation_time([28, 30, 32] * 3), formation_time([6, 30, 150] * 3)
        assert unsteady.sd_log > 2.0 * steady.sd_log

    def test_who_often_stays_at_once_is_expected_to(self):
        none = formation_time(post_election=False)
        often = formation_time([0, 0, 0, 0], post_election=False)
        never = formation_time([5, 9, 20, 14], post_election=False)
        assert never.at_once < none.at_once < often.at_once
        a, b = fitted_duration().at_once["midterm"]
        assert often.at_once == pytest.approx((a + 4) / (a + b + 4))

    def test_zero_days_say_nothing_of_how_long_it_takes_otherwise(self):
        with_zero = formation_time([0, 12, 0], post_election=False)
        assert with_zero.mean_log == formation_time([12], post_election=False).mean_log

    def test_signs_of_the_published_models(self):
        # Golder 2010: elections, many parties and no majority delay; continuation speeds up.
        assert formation_time().mean_log > formation_time(post_election=False).mean_log
        assert formation_time(parties=7).mean_log > formation_time(parties=3).mean_log
        assert formation_time(majority=False).mean_log > formation_time(majority=True).mean_log
        assert formation_time(continuation=True).mean_log < formation_time().mean_log

    def test_without_a_past_it_is_the_pool(self):
        fit = fitted_duration()
        x = np.array([1.0, 1.0, 0.0, 0.0, fit.pool_mean[1]])
        mean_sigma = math.exp(
            fit.log_dispersion + (fit.dispersion_between**2 + fit.log_dispersion_error**2) / 2.0
        )
        assert formation_time().mean_log == pytest.approx(
            x @ fit.beta - 0.5772156649 * mean_sigma, abs=0.01
        )

    def test_what_is_not_known_widens(self):
        known = formation_time(parties=3.8, majority=False)
        assert formation_time(majority=False).sd_log > known.sd_log
        assert formation_time(parties=3.8).sd_log > known.sd_log

    def test_what_is_known_tells_of_what_is_not(self):
        # Few parties make a majority likelier: the guess lies nearer to that of a majority.
        few = formation_time(parties=2.0).mean_log
        assert few < formation_time(parties=2.0, majority=False).mean_log - 0.05

    def test_prediction_is_bayes_rule_on_simulated_countries(self):
        # Countries drawn from the prior; those whose first two times were about the history's.
        fit, rng = fitted_duration(), np.random.default_rng(5)
        x, size = np.array([1.0, 1.0, 0.0, 0.0, 0.0]), 3_000_000
        level = x @ fit.beta + math.sqrt(x @ fit.covariance @ x) * rng.standard_normal(size)
        level += fit.between * rng.standard_t(4, size)
        spread = math.hypot(fit.dispersion_between, fit.log_dispersion_error)
        sigma = np.exp(fit.log_dispersion + spread * rng.standard_normal(size))
        times = np.exp(level + sigma * np.log(rng.exponential(size=(3, size))))
        alike = (np.ceil(times[0]) == 12) & (np.ceil(times[1]) == 40)
        drawn = np.log(times[2][alike])
        time = fit.predict(x, np.zeros((5, 5)), "post_election", [12, 40])
        assert len(drawn) > 400
        error = drawn.std() / math.sqrt(len(drawn))
        assert abs(time.mean_log - drawn.mean()) < 4.0 * error
        assert time.sd_log == pytest.approx(drawn.std(), rel=0.1)

    def test_it_says_what_to_expect(self):
        time = formation_time((156, 289, 131, 165))
        low, middle, high = (math.ceil(time.quantile(p)) for p in (0.1, 0.5, 0.9))
        said = f"as likely as not within {middle} days; eight times in ten between {low} and {high}"
        assert time.describe() == said
        assert repr(said) in (formation_time.__doc__ or "")
        assert formation_time(post_election=False).describe().endswith("; at once with 33%")

    @pytest.mark.parametrize(
        ("call", "says"),
        [
            (lambda: formation_time([10, -1]), r"the history is \(10, -1\)"),
            (lambda: formation_time([math.nan]), "expected days from 0 on"),
            (lambda: formation_time(parties=0.5), "number of parties is 0.5"),
            (lambda: formation_time().quantile(1.0), "p is 1.0"),
            (lambda: formation_time().survival(-1.0), "days are -1.0"),
            (lambda: formation_time().probability(-1), "days are -1"),
        ],
    )
    def test_bad_input_is_said_to_be_so(self, call, says):
        with pytest.raises(ValueError, match=says):
            call()


class TestShippedFit:
    def test_it_is_whole(self):
        fit = fitted_duration()
        assert fit.covariates == COVARIATES
        assert np.linalg.eigvalsh(fit.covariance).min() > 0.0
        assert np.linalg.eigvalsh(fit.pool_covariance).min() > 0.0
        assert fit.between > 0.0
        assert set(fit.at_once) == {
            occasion_of(after, rule) for after in (False, True) for rule in (False, True)
        }
        assert "406 formations in 17 countries, 1944–1999" in fit.about

    @needs_tables
    def test_it_is_what_the_data_give(self):
        sample = tuple(data.cases(TABLES))
        fit, shipped = fitting.fit(sample, COVARIATES).fit, fitted_duration()
        assert shipped.beta == pytest.approx(fit.beta, abs=2e-3)
        assert shipped.between == pytest.approx(fit.between, abs=2e-3)
        assert shipped.log_dispersion == pytest.approx(fit.log_dispersion, abs=2e-3)
        for occasion, pair in shipped.at_once.items():
            assert pair == pytest.approx(fit.at_once[occasion], rel=1e-3)


class TestValidation:
    def test_the_gradient_of_the_marginal_likelihood(self):
        rng = np.random.default_rng(6)
        x = np.column_stack([np.ones(12), rng.normal(size=12)])
        days = np.ceil(rng.exponential(20.0, size=12))
        marginal = fitting.Marginal(x, days, np.repeat(["a", "b", "c"], 4))
        at = np.array([2.5, 0.3, -0.5, -0.2, -0.9])
        _, gradient = marginal(at)
        for k, step in enumerate(np.eye(5) * 1e-5):
            slope = (marginal(at + step)[0] - marginal(at - step)[0]) / 2e-5
            assert gradient[k] == pytest.approx(slope, abs=1e-5)

    def test_a_perfect_forecaster_is_calibrated_and_a_late_one_is_not(self):
        rng = np.random.default_rng(7)
        took = rng.integers(0, 10, 4000)  # each of ten days as likely
        scores = scoring.Scores(took / 10.0, np.full(4000, 0.1))
        assert scores.pit() == pytest.approx(np.ones(10), abs=0.2)
        assert scores.covered(0.8) == pytest.approx(0.8, abs=0.03)
        late = scoring.Scores(took / 20.0, np.full(4000, 0.05))
        assert late.pit()[:5] == pytest.approx(np.full(5, 2.0), abs=0.2)
        assert late.pit()[5:] == pytest.approx(np.zeros(5))

    @pytest.mark.parametrize("at_once", [False, True])
    @pytest.mark.parametrize("by_occasion", [False, True])
    def test_rules_of_thumb_are_distributions(self, at_once, by_occasion):
        past = [case(days=d, year=1950 + d) for d in (0, 3, 8, 20, 21, 35)]
        rule = models.log_normal("rule", True, by_occasion, at_once).train(past)
        found = [rule(case(days=d, year=1999), past) for d in range(2000)]
        below, mass = np.array(found).T
        assert mass.sum() == pytest.approx(1.0, abs=1e-3)
        assert below == pytest.approx(np.cumsum(mass) - mass, abs=1e-9)

    def test_missing_tables_are_said_to_be_missing(self, tmp_path):
        with pytest.raises(DataError, match="no such file; give the folder"):
            data.cases(Path(tmp_path))

    def test_reading_a_table(self, tmp_path):
        columns = "countryname,bargainingdays,datein,postelection,legislative_parties,singleparty_majority,polarization,continuation,positive_parl"
        lines = [columns, "B,0.01,450427,0,3.5,0,,1,0.0", "A,12,980311,1,2.0,1,0.5,0,1.0", "A,,450101,0,,,,0,0.0"]  # fmt: skip
        (tmp_path / data.GOLDER).write_text("\n".join(lines) + "\n")
        first, second = data.cases(tmp_path)
        assert (first.country, first.days, first.date.isoformat()) == ("A", 12, "1998-03-11")
        assert first.investiture
        assert first.majority
        assert (second.days, second.polarization, second.continuation) == (0, None, True)

    def test_only_the_past_is_known(self):
        sample = [case(days=10, year=1950), case(days=20, year=1990), case("B", 30, 1960)]
        told = []

        def train(cases):
            def predict(one, history):
                told.append(
                    (one.date.year, [c.date.year for c in cases], [c.date.year for c in history])
                )
                return 0.0, 1.0

            return predict  # fmt: skip

        scoring.leave_country_out(models.Model("spy", train), sample)
        scoring.forward(models.Model("spy", train), sample)
        assert sorted(told[:3]) == [(1950, [1960], []), (1960, [1950, 1990], []), (1990, [1960], [1950])]  # fmt: skip
        assert told[3:] == [(1990, [1950, 1960], [1950])]


def case(country="A", days=10, year=1950):
    """A formation after an election, of three parties without a majority."""
    return data.Case(
        country=country,
        date=data.datetime.date(year, 1, 1),
        days=days,
        post_election=True,
        parties=3.0,
        majority=False,
        polarization=None,
        continuation=False,
        investiture=False,
    )
