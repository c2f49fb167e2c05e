"""Values learned from a log: recovered, by three methods alike, with what is left out told."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest

import clientela as ct
from clientela.analysis.fitting import Fit, Options, fit, past_process
from clientela.analysis.questions import QuestionError
from clientela.analysis.written_back import write_back
from clientela.engine import draw_block, draw_parameters
from clientela.inference.mode import ImproperError
from clientela.process import compile_process
from clientela.reading import ReadingError
from clientela.scenario import quantities

FIRST, LAST = dt.date(2020, 3, 1), dt.date(2030, 2, 28)


def drawn(scenario: ct.Scenario, path: Path, seed: int = 4) -> dict[str, float]:
    """A log of one history of the fitted process, and the values it was drawn with."""
    program = compile_process(past_process(scenario, FIRST, LAST, Options()))
    block = draw_block(program, seed, 0, 1)
    rows = ["date,until,actor,target,kind,killed,id"]
    for day, label, mark in zip(block.day, block.label, block.mark, strict=True):
        kind, _, pair = program.labels[label].partition(":")
        if kind in ("attack", "clash"):
            actor, _, target = pair.partition(">" if kind == "attack" else "~")
            date = FIRST + dt.timedelta(days=int(day))
            rows.append(f"{date},{date},{actor},{target},{kind},{mark},")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    columns = draw_parameters(program, seed, 0, 1)[0]
    return dict(zip(program.columns, columns.tolist(), strict=True))


@pytest.fixture
def scenario(crisis: Path) -> ct.Scenario:
    return ct.load(crisis)


@pytest.fixture
def calm(crisis: Path) -> ct.Scenario:
    """Without spirals, which a log does not tell of, the fitted process is the one drawn from."""
    return ct.load(crisis, changes={"mechanisms.escalation.spiral": 0.0})


@pytest.fixture
def log(scenario: ct.Scenario, tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    drawn(scenario, path)
    return path


def test_values_are_recovered(calm: ct.Scenario, tmp_path: Path):
    """Over several logs 90 % intervals hold the values they were drawn with about as often."""
    inside, count = 0, 0
    for seed in range(2, 22, 2):
        path = tmp_path / f"{seed}.csv"
        true = drawn(calm, path, seed)
        for each in fit(calm, path, Options(since=FIRST, through=LAST)).values:
            low, high = each.after[1:]
            inside += low <= true[each.path] <= high
            count += 1
    assert count > 100
    assert inside / count == pytest.approx(0.9, abs=0.07)


def test_three_methods_agree(calm: ct.Scenario, log: Path):
    common = {"since": FIRST, "through": LAST, "mechanisms": ("escalation",)}
    found = {
        "mode": fit(calm, log, Options(**common)),
        "nuts": fit(calm, log, Options(**common, method="nuts", draws=200, chains=2)),
        "particles": fit(calm, log, Options(**common, method="particles", particles=500)),
    }
    assert found["nuts"].chains is not None
    assert found["nuts"].chains.divergences == 0
    assert found["particles"].hidden == ()
    for each in found["mode"].values[:6]:
        for name in ("nuts", "particles"):
            other = next(e for e in found[name].values if e.path == each.path)
            sd = each.draws.std()
            assert other.draws.mean() == pytest.approx(each.draws.mean(), abs=0.5 * sd), (name, each.path)  # fmt: skip
            assert 0.6 < other.draws.std() / sd < 1.6, (name, each.path)


def test_what_is_not_fitted_is_told(scenario: ct.Scenario, log: Path):
    text = log.read_text() + "2030-03-05,2030-03-05,front,league,attack,1,\n2021-01-01,2021-01-01,front,varen,attack,1,\n"  # fmt: skip
    log.write_text(text)
    found = fit(scenario, log)
    assert found.events.left_out["after"] == 1
    assert found.events.left_out["unknown"] == 1
    assert found.events.unknown == {"attack:front>varen": 1}
    assert found.events.through < scenario.as_of
    assert all(name.startswith("spiral:") for name in found.hidden)
    assert found.hidden
    assert "mechanisms.escalation.spiral" in found.silent
    assert found.closed


def test_days_held_out_are_not_learned_from(scenario: ct.Scenario, log: Path, tmp_path: Path):
    cut = dt.date(2028, 1, 1)
    found = fit(scenario, log, Options(since=FIRST, through=LAST, test_from=cut))
    kept = [
        row for k, row in enumerate(log.read_text().splitlines()) if k == 0 or row < "2028-01-01"
    ]
    short = tmp_path / "short.csv"
    short.write_text("\n".join(kept))
    alone = fit(scenario, short, Options(since=FIRST, through=cut - dt.timedelta(days=1)))
    assert found.mode is not None
    assert alone.mode is not None
    assert found.mode.z == pytest.approx(alone.mode.z, abs=1e-6)
    assert found.held_out is not None
    later = sum(row >= "2028-01-01" for row in log.read_text().splitlines()[1:])
    assert found.held_out.events == later
    assert alone.held_out is None


def test_backgrounds_and_memories_are_fitted_too(scenario: ct.Scenario, log: Path):
    found = fit(scenario, log, Options(background="spline:5", memories=(2.0, 30.0)))
    names = [e.path for e in found.estimates]
    assert sum(name.startswith("background.") for name in names) == 4
    assert "memory.30" in names
    assert not any(e.path.startswith(("background", "memory")) for e in found.values)
    assert found.course is not None
    edges, levels = found.course
    assert levels.shape == (3, len(edges) - 1)
    assert levels[:, -1] == pytest.approx(1.0)


def test_an_attacker_who_is_not_known_needs_particles(scenario: ct.Scenario, log: Path):
    log.write_text(log.read_text() + "2030-02-01,2030-02-01,,league,attack,0,\n")
    with pytest.raises(QuestionError, match="1 of its events may be of several types; use --method particles"):  # fmt: skip
        fit(scenario, log)
    found = fit(scenario, log, Options(method="particles", particles=300))
    assert found.events.of_several == 1
    assert np.isfinite(found.evidence)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (Options(background="spline"), "--background spline: expected constant, piecewise:N or spline:N"),
        (Options(method="map"), "--method map: expected one of mode, nuts, particles"),
        (Options(flat=("*",), method="particles"), "--flat: particles begin as draws from priors"),
        (Options(memories=(0.0,)), "--memory: expected half-lives in days, over 0"),
        (Options(mechanisms=("escalate",)), "--mechanism escalate: there is none in force; expected of escalation, "),
        (Options(since=dt.date(2031, 1, 1)), "--since 2031-01-01: expected a day before 20"),
        (Options(test_from=dt.date(2001, 1, 1)), "--test-from 2001-01-01: expected a day after 20"),
        (Options(watched=("riot:*",)), "--watch riot:*: the process of the mechanisms fitted has no such event; it has attack:"),
        (Options(watched=("clash:*",)), "is in the log but not watched; add --watch"),
        (Options(only=("nothing",)), "--only nothing: no value of the process fitted is called so; it has "),
        (Options(flat=("nothing",)), "--flat nothing: no value that is fitted is called so; there are "),
    ],
)  # fmt: skip
def test_options_out_of_range_are_refused(scenario, log, options: Options, message: str):
    with pytest.raises(QuestionError) as found:
        fit(scenario, log, options)
    assert message in str(found.value)
    assert "\n" not in str(found.value)


def test_logs_that_do_not_fit_are_refused(scenario: ct.Scenario, tmp_path: Path):
    log = tmp_path / "log.csv"
    log.write_text("date,actor,target,kind,killed\n2030-04-01,front,league,attack,0\n")
    with pytest.raises(ReadingError, match="has no events before 2030-03-01, the scenario's as_of"):
        fit(scenario, log)
    log.write_text("date,actor,target,kind,killed\n2029-04-01,x,y,attack,0\n2029-05-01,x,y,attack,0\n")  # fmt: skip
    with pytest.raises(ReadingError, match=r"is left between .*: 2 unknown"):
        fit(scenario, log)


def test_a_value_without_its_prior_may_be_improper(scenario: ct.Scenario, log: Path):
    rows = [r for r in log.read_text().splitlines() if ",clash," not in r]
    log.write_text("\n".join(rows))
    with pytest.raises(ImproperError, match=r"mechanisms\.escalation\.clash_rate"):
        fit(scenario, log, Options(flat=("*.clash_rate",), only=("*.clash_rate", "*.rate")))


def test_the_result_is_plain_data(scenario: ct.Scenario, log: Path):
    data = json.loads(json.dumps(fit(scenario, log).as_json(), allow_nan=False))
    assert data["method"] == "mode"
    assert {e["path"] for e in data["estimates"]} >= {"mechanisms.escalation.own"}
    assert data["held_out"] is None


@pytest.fixture
def found(scenario: ct.Scenario, log: Path) -> Fit:
    return fit(scenario, log)


def test_a_branch_has_the_posteriors(found: Fit, crisis: Path, tmp_path: Path):
    before = crisis.read_text().splitlines()
    target = tmp_path / "fitted.yaml"
    count = write_back(found, target, "learned")
    after = target.read_text().splitlines()
    # Every line is still there, in its order.
    remaining = iter(after)
    assert all(line in remaining for line in before)
    scenario = ct.load(target, branch="learned")
    values = dict(quantities(scenario))
    learned = [e for e in found.values if values[e.path].because == ("learned",)]
    assert len(learned) == count > 3
    for each in learned:
        law = values[each.path].distribution
        if law.family == "beta":
            assert law.mean() == pytest.approx(each.draws.mean(), rel=1e-3)
        else:
            assert law["median"] == pytest.approx(np.exp(np.log(each.draws).mean()), rel=1e-3)
    data = scenario.data["learned"]
    assert (data.sha256, data.events) == (found.sha256, len(found.events))
    assert values[learned[0].path].standing == "cited"
    with pytest.raises(ReadingError, match="there is 'learned' already; choose another with --as"):
        write_back(dataclass_with(found, scenario), target, "learned")


def dataclass_with(found: Fit, scenario: ct.Scenario) -> Fit:
    import dataclasses

    return dataclasses.replace(found, scenario=scenario)


def test_the_scenario_may_be_written_in_place(found: Fit, crisis: Path):
    write_back(found, crisis, "fitted")
    assert ct.load(crisis).branches.keys() >= {"fitted", "no-envoy"}
    assert ct.load(crisis, branch="fitted").data.keys() == {"fitted"}


def test_files_beside_the_scenario_are_found_from_elsewhere(tmp_path: Path, found: Fit, crisis: Path):  # fmt: skip
    (tmp_path / "evidence.yaml").write_text("documents: {}\nsources: {}\nclaims: {}\n")
    crisis.write_text(crisis.read_text().replace("title:", "evidence: evidence.yaml\ntitle:", 1))
    elsewhere = tmp_path / "other"
    elsewhere.mkdir()
    write_back(dataclass_with(found, ct.load(crisis)), elsewhere / "fitted.yaml", "fitted")
    assert 'evidence: "../evidence.yaml"' in (elsewhere / "fitted.yaml").read_text()
    ct.load(elsewhere / "fitted.yaml", branch="fitted")


def test_a_value_rests_on_a_data_set_that_there_is(crisis: Path):
    text = crisis.read_text()
    block = 'data:\n  ged: {title: T, sha256: "%s", events: 3, since: 2029-01-01, through: 2029-12-31}\n'
    crisis.write_text(text + block % ("0" * 64))
    change = {"mechanisms.escalation.own": {"beta": {"mean": 0.1, "sd": 0.05}, "because": "ged"}}
    scenario = ct.load(crisis, changes=change)
    assert dict(quantities(scenario))["mechanisms.escalation.own"].because == ("ged",)
    change["mechanisms.escalation.own"]["because"] = "gde"
    with pytest.raises(ReadingError, match=r"there is no claim 'gde'.*did you mean 'ged'"):
        ct.load(crisis, changes=change)
    crisis.write_text(text + block % "short")
    with pytest.raises(ReadingError, match="sha256"):
        ct.load(crisis)
