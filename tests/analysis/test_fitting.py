"""Values learned from a log: recovered, by three methods alike, with what is left out told."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from logs import FIRST, HEADER, LAST, SHORT, drawn

import clientela as ct
from clientela.analysis.fitting import Fit, Options, fit
from clientela.analysis.questions import QuestionError
from clientela.inference.linear import Linear, NotLinearError
from clientela.inference.mode import ImproperError
from clientela.reading import ReadingError
from clientela.report.fit_figure import fit_figure

ESCALATION = "mechanisms.escalation."
# Without spirals, of which a log does not tell, the process fitted is the one that is drawn.
NO_SPIRALS = {f"{ESCALATION}spiral": 0}
# All but three values known.
FEW = {f"{ESCALATION}{name}": number for name, number in {
    "retaliation": 0.07, "contagion": 0.03, "half_life": 7, "clash_rate": 0.0015, "clash": 0.04,
    "killed": 1.5, "clash_killed": 8, "dispersion": 0.7,
}.items()}  # fmt: skip
# One attack sets off no other.
NO_EXCITATION = {f"{ESCALATION}{name}": 0 for name in ("own", "retaliation", "contagion", "clash")}


@pytest.fixture
def scenario(crisis: Path) -> ct.Scenario:
    return ct.load(crisis)


@pytest.fixture
def log(scenario: ct.Scenario, tmp_path: Path) -> Path:
    """Ten years of violence, some three hundred events."""
    path = tmp_path / "log.csv"
    drawn(scenario, path)
    return path


@pytest.fixture
def short(tmp_path: Path) -> Path:
    path = tmp_path / "short.csv"
    path.write_text(SHORT, encoding="utf-8")
    return path


def value(found: Fit, name: str):
    return next(e for e in found.estimates if e.path == ESCALATION + name)


# -- what is learned --------------------------------------------------------------------------


def test_values_are_recovered(crisis: Path, tmp_path: Path):
    """Over several logs 90 % intervals hold the values they were drawn with about as often."""
    scenario = ct.load(crisis, changes=NO_SPIRALS)
    inside, logarithms, narrower = [], [], []
    for seed in range(1_000, 1_008):
        path = tmp_path / f"{seed}.csv"
        true = drawn(scenario, path, seed)
        found = fit(scenario, path, Options(since=FIRST, through=LAST))
        for each in found.values:
            low, high = each.after[1:]
            inside.append(low <= true[each.path] <= high)
        rate = value(found, "rate")
        logarithms.append((np.log(true[rate.path]), np.log(rate.after[0])))
        narrower.append(np.log(rate.after[2] / rate.after[1]) < 0.6 * np.log(rate.before[2] / rate.before[1]))  # fmt: skip
    assert len(inside) == 8 * 11
    assert np.mean(inside) == pytest.approx(0.9, abs=0.06)
    assert np.corrcoef(np.transpose(logarithms))[0, 1] > 0.95
    assert all(narrower)


def test_three_methods_agree(crisis: Path, short: Path):
    """With three values unknown, of which the log says much, something and little."""
    pytest.importorskip("numpyro")
    scenario = ct.load(crisis, changes={**FEW, **NO_SPIRALS})
    found = {
        "mode": fit(scenario, short),
        "nuts": fit(scenario, short, Options(method="nuts", draws=400, chains=1)),
        "particles": fit(scenario, short, Options(method="particles", particles=2_000)),
    }
    assert found["nuts"].chains is not None
    assert found["nuts"].chains.divergences == 0
    assert found["particles"].evidence == pytest.approx(found["mode"].evidence, abs=0.5)
    assert found["particles"].hidden == ()
    assert [found[m].mode is None for m in found] == [False, False, True]
    assert [e.path.removeprefix(ESCALATION) for e in found["nuts"].values] == ["rate", "deadly", "own"]  # fmt: skip
    for each in found["nuts"].values:
        sd = each.draws.std()
        for name in ("particles", "mode"):
            other = next(e for e in found[name].values if e.path == each.path)
            assert other.draws.mean() == pytest.approx(each.draws.mean(), abs=0.25 * sd), (name, each.path)  # fmt: skip
            assert other.draws.std() == pytest.approx(sd, rel=0.2), (name, each.path)


def test_without_excitation_or_priors_a_rate_is_n_over_t(crisis: Path, short: Path):
    """Of six directed rivalries, twenty attacks in 287 days."""
    scenario = ct.load(crisis, changes=NO_EXCITATION)
    found = fit(scenario, short, Options(flat=("*.rate",), only=("*.rate",)))
    (rate,) = found.estimates
    assert found.mode is not None
    assert rate.flat
    assert found.mode.values[0] == pytest.approx(20 / (6 * 287), rel=1e-4)
    assert found.mode.covariance[0, 0] == pytest.approx(1 / 20, rel=1e-3)
    assert np.log(rate.draws).std() == pytest.approx(1 / np.sqrt(20), rel=0.1)
    assert found.as_json()["evidence"] is None


def test_numbers_killed_are_fitted_on_their_own(scenario: ct.Scenario, short: Path):
    """Twenty attacks, half of them killing one: what kills at all is likelier than it was."""
    found = fit(scenario, short)
    assert value(found, "deadly").after[0] > value(found, "deadly").before[0]
    assert value(found, "killed").after[0] < value(found, "killed").before[0]
    lethal = short.with_name("lethal.csv")
    lethal.write_text(SHORT.replace(",1,\n", ",9,\n"))
    more = fit(scenario, lethal)
    assert value(more, "killed").after[0] > value(more, "killed").before[0]
    # But for the draws it is estimated from the background is the same.
    assert value(more, "rate").after == pytest.approx(value(found, "rate").after, rel=0.06)


def test_a_value_that_hangs_on_a_proposition_is_learned_with_it(crisis: Path, short: Path):
    """Particles are of either case, and none is of a rate between them."""
    (crisis.parent / "evidence.yaml").write_text("propositions: {hot: {says: It is hot., prior: 0.3}}\n")  # fmt: skip
    text = crisis.read_text().replace("title:", "evidence: evidence.yaml\ntitle:", 1)
    crisis.write_text(text + """
mechanisms:
  escalation:
    spiral: 0
    rate: {if: {proposition: hot, true: {lognormal: {median: 0.03, sigma: 0.2}},
                false: {lognormal: {median: 0.001, sigma: 0.2}}}}
""")  # fmt: skip
    rates = value(
        fit(ct.load(crisis), short, Options(method="particles", particles=1_500)), "rate"
    ).draws
    hot = rates > 0.005
    assert np.mean((rates > 0.0025) & (rates < 0.009)) < 0.005
    assert 0.1 < hot.mean() < 0.35  # less than a priori: so few attacks speak against it
    assert 0.015 < rates[hot].mean() < 0.025
    assert 0.001 < rates[~hot].mean() < 0.0016


def test_where_no_closed_form_holds_at_the_mode_the_engine_finds_it(
    scenario: ct.Scenario, short: Path, monkeypatch: pytest.MonkeyPatch
):
    """As where by the half-life there a memory would be fuller than it may be."""
    options = Options(only=("*.rate", "*.half_life", "*.own"))
    closed = fit(scenario, short, options)

    def holds_at_medians(self: Linear, z: np.ndarray) -> None:
        if z.any():
            raise NotLinearError("the variable heat may pass its bounds")

    monkeypatch.setattr(Linear, "check_bounds", holds_at_medians)
    found = fit(scenario, short, options)
    assert closed.closed
    assert not found.closed
    assert found.mode is not None
    assert closed.mode is not None
    assert found.mode.z == pytest.approx(closed.mode.z, abs=1e-3)
    assert found.evidence == pytest.approx(closed.evidence, abs=1e-3)
    assert found.residuals.levels == pytest.approx(closed.residuals.levels, abs=1e-3)


# -- what is fitted to ------------------------------------------------------------------------


def test_what_is_left_out_is_told(scenario: ct.Scenario, log: Path):
    more = "2030-03-05,2030-03-05,front,league,attack,1,\n2021-01-01,2021-01-01,front,varen,attack,1,\n"  # fmt: skip
    before = fit(scenario, log)
    log.write_text(log.read_text() + more)
    found = fit(scenario, log)
    assert found.events.left_out == {"before": 0, "after": 1, "not recordable": 0, "unknown": 1}
    assert found.events.unknown == {"attack:front>varen": 1}
    assert len(found.events) == len(before.events) == len(log.read_text().splitlines()) - 3
    assert found.events.through == scenario.as_of - dt.timedelta(days=1)
    assert found.sha256 == hashlib.sha256(log.read_bytes()).hexdigest()


def test_what_the_log_says_nothing_of_is_told(scenario: ct.Scenario, short: Path):
    found = fit(scenario, short)
    assert found.closed
    assert found.hidden == tuple(f"spiral:{pair}" for pair in ("league~front", "league~guards", "guards~union", "guards~cabinet"))  # fmt: skip
    assert {f"{ESCALATION}{n}" for n in ("spiral", "policing", "spiral_factor", "clash_killed")} & set(found.silent)  # fmt: skip
    assert not set(found.silent) & {e.path for e in found.estimates}
    # No clash is in it, so that nothing is learned of how many one kills; that none was is known.
    assert f"{ESCALATION}clash_killed" in found.silent
    assert value(found, "clash_rate").after[0] < value(found, "clash_rate").before[0]


def test_days_held_out_are_not_learned_from(scenario: ct.Scenario, log: Path, tmp_path: Path):
    cut = dt.date(2028, 1, 1)
    found = fit(scenario, log, Options(since=FIRST, through=LAST, test_from=cut))
    rows = log.read_text().splitlines()
    kept = [row for k, row in enumerate(rows) if k == 0 or row < "2028-01-01"]
    short = tmp_path / "short.csv"
    short.write_text("\n".join(kept))
    alone = fit(scenario, short, Options(since=FIRST, through=cut - dt.timedelta(days=1)))
    assert found.mode is not None
    assert alone.mode is not None
    assert found.mode.z == pytest.approx(alone.mode.z, abs=1e-6)
    assert found.held_out is not None
    assert found.held_out.events == sum(row >= "2028-01-01" for row in rows[1:])
    assert found.held_out.days == (LAST - cut).days + 1
    assert found.predicted.observed.sum() == len(kept) - 1
    assert alone.held_out is None


def test_what_is_given_excites_and_is_not_explained(scenario: ct.Scenario, log: Path):
    found = fit(scenario, log, Options(watched=("attack:*",), given=("clash:*",)))
    assert {f"{ESCALATION}clash", f"{ESCALATION}clash_rate"} <= set(found.silent)
    assert all(name.startswith("attack:") for name in found.predicted.types)
    whole = fit(scenario, log)
    assert len(found.events) == len(whole.events)
    # What clashes set off is not held to have come by itself, as it is where there are none.
    without = log.with_name("without.csv")
    without.write_text("\n".join(r for r in log.read_text().splitlines() if ",clash," not in r))
    window = {"since": found.events.since, "through": found.events.through}
    alone = fit(scenario, without, Options(watched=("attack:*",), given=("clash:*",), **window))
    assert value(found, "rate").after[0] < 0.99 * value(alone, "rate").after[0]


def test_only_some_values_are_fitted(scenario: ct.Scenario, short: Path):
    found = fit(scenario, short, Options(only=("*.rate", "*.deadly")))
    assert {e.path for e in found.estimates} == {f"{ESCALATION}rate", f"{ESCALATION}deadly"}
    assert found.silent == ()
    other = fit(scenario, short, Options(only=("*.rate",), background="piecewise:3", memories=(2.0, 9.0)))  # fmt: skip
    assert {e.path for e in other.values} == {f"{ESCALATION}rate"}
    assert {e.path for e in other.estimates} >= {"memory.9", "background.step.0"}


def test_one_memory_in_place_of_the_scenario_s_leaves_its_half_life_silent(
    scenario: ct.Scenario, short: Path
):
    found = fit(scenario, short, Options(memories=(7.0,)))
    assert f"{ESCALATION}half_life" in found.silent
    assert not any(e.path.startswith("memory") for e in found.estimates)


def test_backgrounds_and_memories_are_fitted_too(scenario: ct.Scenario, short: Path):
    found = fit(scenario, short, Options(background="spline:5", memories=(2.0, 30.0)))
    names = [e.path for e in found.estimates]
    assert sum(name.startswith("background.") for name in names) == 4
    assert "memory.30" in names
    assert not any(e.path.startswith(("background", "memory")) for e in found.values)
    assert found.course is not None
    edges, levels = found.course
    assert (edges[0], edges[-1]) == (0.0, found.events.length)
    assert levels.shape == (3, len(edges) - 1)
    assert (levels[1] <= levels[0]).all()
    assert (levels[0] <= levels[2]).all()
    assert levels[:, -1] == pytest.approx(1.0)
    assert "Background" in fit_figure(found)


def test_a_background_that_changes_is_found(crisis: Path, tmp_path: Path):
    """Four times as many attacks in the second year: the first has about a quarter."""
    scenario = ct.load(crisis, changes=NO_EXCITATION)
    days = [*range(3, 365, 12), *range(365, 730, 3)]
    path = tmp_path / "rising.csv"
    first = dt.date(2028, 2, 29)
    path.write_text(HEADER + "".join(f"{first + dt.timedelta(days=d)},,front,league,attack,0,\n" for d in days))  # fmt: skip
    found = fit(scenario, path, Options(background="piecewise:2", since=first))
    assert found.course is not None
    assert 0.2 < found.course[1][0, 0] < 0.45
    flat = fit(scenario, path, Options(since=first))
    assert found.evidence > flat.evidence + 5.0


def test_times_within_days_are_by_the_seed(scenario: ct.Scenario, short: Path):
    one, same, other = (fit(scenario, short, Options(seed=seed)) for seed in (1, 1, 2))
    assert one.log_likelihood == same.log_likelihood
    assert one.log_likelihood != other.log_likelihood
    assert one.log_likelihood == pytest.approx(other.log_likelihood, abs=1.0)


def test_an_attacker_who_is_not_known_needs_particles(scenario: ct.Scenario, short: Path):
    short.write_text(SHORT + "2029-06-20,2029-06-20,,league,attack,0,\n2029-10-20,2029-10-20,league,,attack,0,\n")  # fmt: skip
    with pytest.raises(QuestionError) as refused:
        fit(scenario, short)
    assert "the log leaves to chance what the likelihood hangs on" in str(refused.value)
    assert "2 of its events may be of several types; use --method particles" in str(refused.value)
    found = fit(scenario, short, Options(method="particles", particles=100))
    assert found.events.of_several == 2
    assert found.events.days[-1] > found.events.length - 1.0  # on the last day of all
    assert not found.closed
    assert np.isfinite(found.evidence)


# -- what is told of it -----------------------------------------------------------------------


def test_the_result_is_plain_data(scenario: ct.Scenario, short: Path):
    data = json.loads(json.dumps(fit(scenario, short).as_json(), allow_nan=False))
    assert data["method"] == "mode"
    assert data["closed_form"] is True
    assert (data["events"], data["since"], data["through"]) == (20, "2029-01-01", "2029-10-14")
    assert {e["path"] for e in data["estimates"]} >= {f"{ESCALATION}own"}
    assert (data["held_out"], data["chains"]) == (None, None)


def test_it_is_plain_data_also_where_figures_are_wanting(scenario: ct.Scenario, tmp_path: Path):
    """Two attacks of two types have no gap that follows another."""
    path = tmp_path / "two.csv"
    path.write_text(HEADER + "2029-01-01,,front,league,attack,1,\n2029-01-04,,league,front,attack,0,\n")  # fmt: skip
    found = fit(scenario, path)
    data = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert data["residuals"]["correlation"] is None
    assert fit_figure(found).startswith("<svg")


def test_a_figure_is_drawn_of_values_that_all_lack_priors(scenario: ct.Scenario, short: Path):
    found = fit(scenario, short, Options(only=("*.rate",), flat=("*.rate",)))
    assert fit_figure(found).startswith("<svg")


def test_what_is_learned_most_comes_first(scenario: ct.Scenario, log: Path):
    found = fit(scenario, log)
    distances = [e.distance for e in found.estimates]
    assert distances == sorted(distances, reverse=True)
    assert distances[0] > 0.5
    assert distances[-1] >= 0.0


# -- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (Options(background="spline"), "--background spline: expected constant, piecewise:N or spline:N"),
        (Options(background="wavy:3"), "--background wavy:3: expected constant, piecewise:N or spline:N"),
        (Options(background="spline:-2"), "--background spline:-2: expected constant, piecewise:N or spline:N"),
        (Options(method="map"), "--method map: expected one of mode, nuts, particles"),
        (Options(flat=("*",), method="particles"), "--flat: particles begin as draws from priors"),
        (Options(memories=(0.0,)), "--memory: expected half-lives in days, over 0 and no two alike"),
        (Options(memories=(3.0, np.inf)), "--memory: expected half-lives in days, over 0 and no two alike"),
        (Options(memories=(3.0, 3.0)), "--memory: expected half-lives in days, over 0 and no two alike"),
        (Options(mechanisms=("escalate",)), "--mechanism escalate: there is none in force; expected of escalation, "),
        (Options(since=dt.date(2031, 1, 1)), "--since 2031-01-01: expected a day before 2029-10-14"),
        (Options(since=dt.date(2029, 10, 14)), "--since 2029-10-14: expected a day before 2029-10-14"),
        (Options(test_from=dt.date(2029, 1, 1)), "--test-from 2029-01-01: expected a day after 2029-01-01 and not after 2029-10-14"),
        (Options(test_from=dt.date(2029, 10, 15)), "--test-from 2029-10-15: expected a day after 2029-01-01 and not after 2029-10-14"),
        (Options(watched=("riot:*",)), "--watch riot:*: the process of the mechanisms fitted has no such event; it has attack:"),
        (Options(given=("riot",)), "--given riot: the process of the mechanisms fitted has no such event; it has attack:"),
        (Options(watched=("clash:*",)), "is in the log but not watched; add --watch 'attack:"),
        (Options(only=("nothing",)), "--only nothing: no value of the process fitted is called so; it has "),
        (Options(only=("*.rate", "nothing")), "--only nothing: no value of the process fitted is called so; it has "),
        (Options(only=("nothing",), background="piecewise:3"), "--only nothing: no value of the process fitted is called so; it has "),
        (Options(only=("*.spiral_factor",)), "the log says nothing of any value that may be fitted"),
        (Options(flat=("nothing",)), "--flat nothing: no value that is fitted is called so; there are "),
    ],
)  # fmt: skip
def test_options_out_of_range_are_refused(scenario, short, options: Options, message: str):
    with pytest.raises(QuestionError) as found:
        fit(scenario, short, options)
    assert message in str(found.value)
    assert "\n" not in str(found.value)


def test_a_scenario_of_numbers_alone_has_nothing_to_learn(crisis: Path, short: Path):
    names = ("rate", "own", "retaliation", "contagion", "half_life", "clash_rate", "clash", "spiral",
             "policing", "spiral_factor", "tension_half_life", "deadly", "killed", "clash_killed",
             "dispersion")  # fmt: skip
    scenario = ct.load(crisis, changes={f"{ESCALATION}{name}": 0.5 for name in names})
    with pytest.raises(QuestionError, match="every value of the process fitted is a number"):
        fit(scenario, short)


def test_logs_that_do_not_fit_are_refused(scenario: ct.Scenario, tmp_path: Path):
    log = tmp_path / "log.csv"
    log.write_text(HEADER + "2030-04-01,,front,league,attack,0,\n")
    with pytest.raises(ReadingError, match="has no events before 2030-03-01, the scenario's as_of"):
        fit(scenario, log)
    log.write_text(HEADER + "2029-04-01,,x,y,attack,0,\n2029-05-01,,x,y,attack,0,\n")
    with pytest.raises(ReadingError, match=r"no event of the scenario is left between .*: 2 unknown"):  # fmt: skip
        fit(scenario, log)
    log.write_text(SHORT + "2029-05-09,2029-05-02,front,league,attack,0,\n")
    with pytest.raises(ReadingError) as found:
        fit(scenario, log)
    assert str(found.value).startswith(f"{log}:22:")
    assert str(found.value).endswith("2029-05-02 is before 2029-05-09, its date")


def test_a_value_without_its_prior_may_be_improper(scenario: ct.Scenario, short: Path):
    with pytest.raises(ImproperError, match=r"nothing holds mechanisms\.escalation\.clash_rate"):
        fit(scenario, short, Options(flat=("*.clash_rate",), only=("*.clash_rate", "*.rate")))


def test_a_mode_without_draws_is_refused_by_nuts(scenario: ct.Scenario, log: Path):
    """Attacks that set off others are in the log, but that they do not cannot be excluded."""
    options = {"flat": ("*.retaliation",), "only": ("*.retaliation", "*.rate")}
    assert value(fit(scenario, log, Options(**options)), "retaliation").flat
    with pytest.raises(ImproperError, match=r"as mechanisms\.escalation\.retaliation goes to its lower end, the likelihood does not vanish"):  # fmt: skip
        fit(scenario, log, Options(**options, method="nuts"))
