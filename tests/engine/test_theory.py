"""What probability theory says of these processes, to Monte-Carlo error.

Means and variances of Hawkes processes: Hawkes (1971); residuals: the time-rescaling theorem
(Papangelou 1972; Brown et al. 2002). Every bound below is four standard errors or an exact test.
"""

import math

import numpy as np
import polars as pl
import processes
import pytest
from scipy import integrate, stats

import clientela as ct
from clientela.analysis.checking import typical_coefficients
from clientela.analysis.questions import Happens
from clientela.analysis.tally import tally
from clientela.engine import draw_block
from clientela.process import (
    Add,
    AddMark,
    Branch,
    Choice,
    Fire,
    FireAfter,
    Killed,
    LookUp,
    Move,
    Parameter,
    Process,
    compile_process,
)
from clientela.process.stability import branching_matrices, spectral_radius, stability
from clientela.scenario import gamma
from clientela.scenario.distributions import discrete

LN2 = math.log(2.0)


def counts(ensemble, what, since=0.0):
    """How often something happened in each draw, shape (draws,)."""
    rows = ensemble.events.filter((pl.col("what") == what) & (pl.col("day") >= since))
    return np.bincount(rows["draw"].to_numpy(), minlength=ensemble.draws)


def days_of(ensemble, draw, what="attack"):
    chosen = (pl.col("draw") == draw) & (pl.col("what") == what)
    return ensemble.events.filter(chosen)["day"].to_numpy()


def assert_mean(sample, expected):
    error = np.std(sample, ddof=1) / math.sqrt(len(sample))
    assert abs(np.mean(sample) - expected) < 4 * error


# -- Poisson -----------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [0.0004, 0.02, 0.3, 7.0])
def test_a_constant_rate_gives_poisson_counts_at_uniform_times(rate):
    """From under the lowest strip of the measure to far over it."""
    p = Process(40.0)
    p.event("attack", rate=rate)
    ensemble = ct.draw(p, draws=8192, seed=2)
    number = counts(ensemble, "attack")
    law = stats.poisson(rate * 40.0)
    edges = np.unique(law.ppf(np.linspace(0.01, 0.99, 12)))
    seen = np.histogram(number, [-1.0, *(edges + 0.5), np.inf])[0]
    expected = np.diff([0.0, *law.cdf(edges), 1.0]) * len(number)
    keep = expected > 1
    if keep.sum() > 1:
        merged = seen[keep], expected[keep] * seen[keep].sum() / expected[keep].sum()
        assert stats.chisquare(*merged).pvalue > 1e-4
    assert_mean(number, rate * 40.0)
    assert stats.kstest(ensemble.events["day"].to_numpy()[:20_000] / 40.0, "uniform").pvalue > 1e-4


def test_a_superposition_thinned_by_a_choice_is_again_poisson_and_independent():
    p = Process(30.0)
    p.event(
        "attack", rate=0.2, outcomes=[Choice("by", [Branch("one", math.log(3.0)), Branch("two")])]
    )
    ensemble = ct.draw(p, draws=8192)
    one, two = counts(ensemble, "attack/by=one"), counts(ensemble, "attack/by=two")
    assert_mean(one, 4.5)
    assert_mean(two, 1.5)
    for sample in (one, two):  # variance equals mean
        assert abs(np.var(sample) / np.mean(sample) - 1) < 4 * math.sqrt(2 / len(sample)) + 0.02
    assert abs(np.corrcoef(one, two)[0, 1]) < 4 / math.sqrt(len(one))


# -- Hawkes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "half_life", "horizon"), [(0.3, 2.0, 50.0), (0.8, 10.0, 200.0)])
def test_mean_of_a_hawkes_process_from_an_empty_start(n, half_life, horizon):
    """E N(T) = μT/(1−n) − μn/(1−n) · (1 − e^{−δ(1−n)T}) / (δ(1−n)), exactly."""
    mu, decay = 0.1, LN2 / half_life * (1 - n)
    process = processes.hawkes(horizon, mu, n, half_life)
    number = counts(ct.draw(process, draws=8192), "attack")
    expected = mu * horizon / (1 - n) - mu * n / (1 - n) * -math.expm1(-decay * horizon) / decay
    assert_mean(number, expected)


def test_variance_of_a_long_hawkes_process():
    """Var N(T) → μT/(1−n)³: clustering multiplies the Poisson variance by 1/(1−n)²."""
    mu, n, horizon = 0.2, 0.5, 1500.0
    number = counts(ct.draw(processes.hawkes(horizon, mu, n, 1.0), draws=6000), "attack")
    expected = mu * horizon / (1 - n) ** 3
    assert abs(np.var(number) / expected - 1) < 4 * math.sqrt(2 / len(number)) + 0.01


MU = np.array([0.05, 0.02, 0.1])
# N[e, f]: mean number of events f that one event e sets off directly.
N = np.array([[0.3, 0.2, 0.0], [0.4, 0.1, 0.1], [0.05, 0.3, 0.2]])
HALF_LIVES = (1.0, 2.0, 0.5)


def multivariate(horizon):
    p = Process(horizon)
    for e, half_life in enumerate(HALF_LIVES):
        p.variable(f"heat{e}", half_life=half_life)
    for f in range(3):
        gains = {f"heat{e}": N[e, f] * LN2 / HALF_LIVES[e] for e in range(3)}
        p.event(f"e{f}", rate=MU[f], excitation=gains, effects=[Add(f"heat{f}", 1.0)])
    return p


def test_stationary_rates_of_a_multivariate_hawkes_process():
    """(I − Nᵀ)⁻¹ μ events a day."""
    expected = np.linalg.solve(np.eye(3) - N.T, MU)
    ensemble = ct.draw(multivariate(160.0), draws=8192)
    for f in range(3):
        assert_mean(counts(ensemble, f"e{f}", since=60.0), 100.0 * expected[f])


def hawkes_residuals(days, mu, n, decay):
    """Λ(t_i) − Λ(t_{i−1}) of an exponential Hawkes process."""
    heat, last, found = 0.0, 0.0, []
    for day in days:
        faded = heat * math.exp(-decay * (day - last))
        found.append(mu * (day - last) + n * (heat - faded))
        heat, last = faded + 1.0, day
    return np.array(found)


def test_residuals_of_a_hawkes_process_are_unit_exponential():
    """Over many draws the p-values of that hypothesis are themselves uniform."""
    mu, n, half_life = 0.3, 0.6, 3.0
    ensemble = ct.draw(processes.hawkes(500.0, mu, n, half_life), draws=300, seed=4)
    found = []
    by_draw = ensemble.events.partition_by("draw", maintain_order=True)
    for history in by_draw:
        # The first 100 of every draw: choosing them by the horizon would prefer short gaps.
        days = history["day"].to_numpy()[:100]
        assert len(days) == 100
        found.append(hawkes_residuals(days, mu, n, LN2 / half_life))
    levels = [stats.kstest(residuals, "expon").pvalue for residuals in found]
    assert stats.kstest(levels, "uniform").pvalue > 0.001
    assert stats.kstest(np.concatenate(found), "expon").pvalue > 0.001
    # Successive ones are independent, and a wrong branching ratio is found out.
    pairs = np.concatenate([np.column_stack([r[:-1], r[1:]]) for r in found])
    assert abs(np.corrcoef(pairs.T)[0, 1]) < 4 / math.sqrt(len(pairs))
    wrong = [
        hawkes_residuals(days_of(ensemble, d)[:100], mu, 0.5, LN2 / half_life) for d in range(99)
    ]
    assert stats.kstest(np.concatenate(wrong), "expon").pvalue < 1e-6


def test_residuals_of_a_log_linear_intensity_against_numerical_integration():
    """λ = μ e^{Cx}, x relaxing to its baseline and pushed down by every event."""
    mu, c, baseline, start, half_life, jump = 0.8, 0.9, 0.5, -2.0, 6.0, -0.7
    p = Process(400.0)
    p.variable("mood", start=start, baseline=baseline, half_life=half_life)
    p.event("attack", rate=mu, modulation={"mood": c}, effects=[Add("mood", jump)])
    ensemble = ct.draw(p, draws=60, seed=7)
    decay, found = LN2 / half_life, []
    for draw in range(60):
        days = days_of(ensemble, draw)[:60]
        assert len(days) == 60
        x, last = start, 0.0
        for day in days:
            gap, apart = day - last, x - baseline

            def level(s, apart=apart):
                return mu * math.exp(c * (baseline + apart * math.exp(-decay * s)))

            found.append(integrate.quad(level, 0.0, gap)[0])
            x, last = baseline + apart * math.exp(-decay * gap) + jump, day
    assert stats.kstest(found, "expon").pvalue > 0.001
    by_draw = np.array(found).reshape(60, 60)
    levels = [stats.kstest(row, "expon").pvalue for row in by_draw]
    assert stats.kstest(levels, "uniform").pvalue > 0.001


def test_the_mean_of_a_fading_intensity_is_its_integral():
    p = Process(60.0)
    p.variable("push", start=2.0, half_life=8.0)
    p.event("attack", rate=0.05, excitation={"push": 0.03}, modulation={"push": 0.7})

    def level(t):
        push = 2.0 * 0.5 ** (t / 8.0)
        return (0.05 + 0.03 * push) * math.exp(0.7 * push)

    expected = integrate.quad(level, 0.0, 60.0)[0]
    assert_mean(counts(ct.draw(p, draws=16384), "attack"), expected)


# -- stability ---------------------------------------------------------------------------------


def stability_of(process):
    program = compile_process(process)
    return stability(program, typical_coefficients(program))


def test_the_branching_matrix_of_a_hawkes_process_is_the_one_it_was_made_with():
    found = stability_of(multivariate(1000.0))
    assert found.matrix == pytest.approx(N, abs=1e-12)
    assert found.radius == pytest.approx(max(abs(np.linalg.eigvals(N))), abs=1e-12)


def test_memory_longer_than_the_horizon_counts_only_up_to_it():
    found = stability_of(processes.hawkes(horizon=10.0, branching=0.5, half_life=10.0))
    assert found.radius == pytest.approx(0.5 * 0.5)


def test_marks_chances_firing_and_factors_enter_the_branching_matrix():
    p = Process(10_000.0)
    p.variable("heat", half_life=7.0)
    p.variable("mood", start=0.5)
    gain = 0.1 * LN2 / 7.0
    p.event("attack", rate=0.1, excitation={"heat": gain}, modulation={"mood": 1.0},
            mark=Killed(0.4, 2.5, 0.7), effects=[AddMark("heat", 1.0), Fire("echo")],
            outcomes=[Choice("way", [Branch("hot", math.log(3.0), {}, [Add("heat", 2.0)]),
                                     Branch("cold")])])  # fmt: skip
    p.event("echo", effects=[Add("heat", 0.5)])
    found = stability_of(p)
    jump = 0.6 * 2.5 + 0.75 * 2.0 + 0.5
    assert found.matrix[0, 0] == pytest.approx(0.1 * jump * math.exp(0.5))
    assert found.matrix[1, 0] == pytest.approx(0.1 * 0.5 * math.exp(0.5))
    assert found.loop == ("attack", "attack")


def test_the_loop_named_is_the_one_that_carries_the_violence():
    p = Process(1000.0)
    for name in "abc":
        p.variable(f"heat {name}", half_life=1.0)
    links = {"a": {"b": 0.9}, "b": {"a": 0.8}, "c": {"c": 0.3, "a": 0.2}}
    for name, sources in links.items():
        gains = {f"heat {source}": n * LN2 for source, n in sources.items()}
        p.event(name, rate=0.1, excitation=gains, effects=[Add(f"heat {name}", 1.0)])
    found = stability_of(p)
    assert found.radius == pytest.approx(math.sqrt(0.72))
    assert set(found.loop) == {"a", "b"}
    assert found.loop[0] == found.loop[-1]


def test_what_a_timed_event_takes_back_counts_until_then():
    """With half a day between, as many further events as half a day brings."""
    for days, horizon, expected in ((0.5, 1000.0, 0.5), (40.0, 10.0, 10.0)):
        p = Process(horizon)
        p.variable("alert", low=0.0, high=1.0)
        p.event("attack", rate=0.2, modulation={"alert": 1.0},
                effects=[Move("alert", 1.0, 1.0), FireAfter("over", days)])  # fmt: skip
        p.event("over", effects=[Move("alert", 1.0, 0.0)])
        found = stability_of(p)
        assert found.matrix[0, 0] == pytest.approx(0.2 * expected)


def test_what_is_looked_up_stands_at_its_table_and_is_no_jump():
    for control, slack in ((0.75, -1.5), (0.4, 0.0), (2.0, -1.0)):
        p = Process(1000.0)
        p.variable("control", start=control)
        p.variable("slack", start=5.0)
        p.variable("heat", half_life=1.0)
        table = LookUp("slack", "control", (0.5, 1.0), (-2.0, -1.0), 0.0)
        p.event("attack", rate=0.1, excitation={"heat": 0.4 * LN2}, modulation={"slack": 1.0},
                effects=[Add("heat", 1.0), table])  # fmt: skip
        assert stability_of(p).radius == pytest.approx(0.4 * math.exp(slack))


def test_radii_are_taken_row_by_row():
    program = compile_process(processes.hawkes(horizon=1e6, branching=0.4))
    rows = np.tile(typical_coefficients(program), (3, 1))
    gain = program.arrays.rates.add_coef[0]
    rows[:, gain] *= [1.0, 0.5, 2.0]
    assert spectral_radius(branching_matrices(program, rows)) == pytest.approx([0.4, 0.2, 0.8])


def test_a_process_over_the_edge_is_stopped_and_says_so():
    p = Process(2000.0)
    p.variable("heat", half_life=1.0)
    p.event("attack", rate=1.0, excitation={"heat": 1.2 * LN2}, effects=[Add("heat", 1.0)])
    block = draw_block(compile_process(p), 1, 0, 2)
    assert set(block.failed) == {0, 1}
    assert len(block.draw) == 0
    assert all("events" in reason for reason in block.failed.values())


# -- marks and branches ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("none", "mean", "r"), [(0.6, 1.5, 0.7), (0.1, 8.0, 0.4), (0.0, 3.0, 50.0)]
)
def test_deaths_have_the_zero_inflated_negative_binomial_law(none, mean, r):
    p = Process(50.0)
    p.event("attack", rate=1.0, mark=Killed(none, mean, r))
    marks = ct.draw(p, draws=1500, seed=3).events["mark"].to_numpy()
    assert_mean(marks, (1 - none) * mean)
    variance = (1 - none) * (mean + mean**2 / r + mean**2) - ((1 - none) * mean) ** 2
    spread = (marks - marks.mean()) ** 2
    assert_mean(spread, variance)
    law = (1 - none) * stats.nbinom(r, r / (r + mean)).pmf(np.arange(60))
    law[0] += none
    keep = law * len(marks) > 5
    expected = np.append(law[keep], 1 - law[keep].sum()) * len(marks)
    seen = np.bincount(marks, minlength=60)[:60][keep]
    seen = np.append(seen, len(marks) - seen.sum())
    big = expected > 1e-6
    assert (
        stats.chisquare(seen[big], expected[big] * seen[big].sum() / expected[big].sum()).pvalue
        > 1e-4
    )


def test_branches_come_with_softmax_frequencies_at_the_state_before_the_event():
    p = Process(1.0)
    p.variable("x", start=0.5)
    p.event("e", effects=[Add("x", 10.0)],
            outcomes=[Choice("way", [Branch("a", 0.2, {"x": 2.0}), Branch("b", -0.3, {"x": -1.0}),
                                     Branch("c", 0.7)])])  # fmt: skip
    p.at("e", 0.5)
    ensemble = ct.draw(p, draws=20_000)
    odds = np.exp([0.2 + 2.0 * 0.5, -0.3 - 0.5, 0.7])
    seen = [counts(ensemble, f"e/way={name}").sum() for name in "abc"]
    assert sum(seen) == 20_000
    assert stats.chisquare(seen, odds / odds.sum() * 20_000).pvalue > 1e-4


# -- how much of an answer is what nobody knows ------------------------------------------------


def happens(program, what):
    wanted = np.array([label == what for label in program.labels])
    return Happens("q", "Does it happen?", program.horizon, wanted)


@pytest.mark.parametrize("shared", [True, False])
def test_parameter_share_of_a_mixed_poisson_process(shared):
    """Rates 0.02 or 0.2 with equal chances: P(any) is p₁ or p₂, and the share of the variance
    that is the rate's is (p₁ − p₂)²/4 of p(1 − p); none, if each history has its own rate."""
    p = Process(10.0)
    p.event("attack", rate=Parameter("rate", discrete([0.02, 0.2]), shared))
    program = compile_process(p)
    found, _ = tally(
        happens(program, "attack"), draw_block(program, 1, 0, 60_000), np.ones(60_000, bool), 10
    )
    one, two = -math.expm1(-0.2), -math.expm1(-2.0)
    mean = (one + two) / 2
    expected = (one - two) ** 2 / 4 / (mean * (1 - mean)) if shared else 0.0
    assert found.parameter_share == pytest.approx(expected, abs=4 / math.sqrt(30_000))
    assert found.shares[0] == pytest.approx(mean, abs=4 * math.sqrt(0.5 / 60_000))


def test_counts_under_an_uncertain_rate_are_negative_binomial():
    """A gamma rate, shared within pairs: counts have the mixed law, and pairs its covariance."""
    shape, mean = 2.0, 0.3
    p = Process(10.0)
    p.event("attack", rate=Parameter("rate", gamma(mean=mean, sd=mean / math.sqrt(shape))))
    number = counts(ct.draw(p, draws=40_000), "attack")
    law = stats.nbinom(shape, shape / (shape + mean * 10.0)).pmf(np.arange(16))
    expected = np.append(law, 1 - law.sum()) * 20_000
    # Members of a pair are not independent of each other; the first ones alone are.
    seen = np.bincount(np.minimum(number[::2], 16), minlength=17)
    assert stats.chisquare(seen, expected).pvalue > 1e-4
    products = (number[::2] - mean * 10.0) * (number[1::2] - mean * 10.0)
    assert_mean(products, (mean * 10.0) ** 2 / shape)
