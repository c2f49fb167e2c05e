"""What the choice of a strategy does to a scenario's settings, branches and levers."""

import copy

import pytest

import clientela as ct
from clientela.analysis.levers import default_levers
from clientela.mechanisms import REGISTRY

PATRONAGE = "mechanisms.patronage"
BY_INTEREST = {f"{PATRONAGE}.strategy": "indirect_control"}


def test_every_setting_is_asked_for_by_some_strategy():
    for mechanism in REGISTRY.values():
        model = mechanism.settings
        named = set().union(*model.only.values()) if model.only else set()
        assert named <= set(model.model_fields)
        assert "strategy" in model.model_fields or not model.only


@pytest.mark.parametrize(
    ("changes", "setting", "strategy"),
    [
        (BY_INTEREST | {f"{PATRONAGE}.visit_response": 0}, "visit_response", "indirect_control"),
        (BY_INTEREST | {f"{PATRONAGE}.obey": {"low": 0, "high": 1}}, "obey", "indirect_control"),
        ({f"{PATRONAGE}.discount": 0.5}, "discount", "rates"),
        (
            {"mechanisms.attribution.strategy": "deterrence", "mechanisms.attribution.cheap": 1},
            "cheap",
            "deterrence",
        ),
        ({"mechanisms.attribution.gain": 1}, "gain", "rates"),
    ],
)
def test_a_change_that_nothing_asks_for_is_refused(changes, setting, strategy):
    with pytest.raises(ct.ReadingError) as caught:
        ct.load("iraq-2021", changes=changes)
    (problem,) = caught.value.problems
    assert problem.file.startswith("--set mechanisms.")
    assert f"{setting} is not asked for" in problem.message
    assert f"strategy: {strategy}" in problem.message


def test_so_is_a_branch_that_sets_it_at_its_line():
    with pytest.raises(ct.ReadingError) as caught:
        ct.load("iraq-2021", branch="no-visits", changes=BY_INTEREST)
    (problem,) = caught.value.problems  # visit_rate is asked for
    assert problem.line > 0
    assert "visit_response is not asked for" in problem.message


def test_what_the_file_writes_for_another_strategy_may_stay():
    scenario = ct.load("iraq-2021", changes=BY_INTEREST)
    assert scenario.mechanisms["patronage"].strategy == "indirect_control"
    assert "visit_response" in scenario.mechanisms["patronage"].unasked


def test_a_strategy_that_there_is_not_is_refused():
    with pytest.raises(ct.ReadingError, match="indirect_control"):
        ct.load("iraq-2021", changes={f"{PATRONAGE}.strategy": "bluff"})


def test_levers_are_those_that_the_strategy_leaves_to_the_actor():
    by_rates = {lever.name for lever in default_levers(ct.load("iraq-2021"), "iran")}
    scenario = ct.load("iraq-2021", changes=BY_INTEREST)
    by_interest = {lever.name for lever in default_levers(scenario, "iran")}
    assert by_rates == {"visit_rate", "visit_response", "sanction", "reward", "endorsement"}
    assert by_interest == {"visit_rate", "endorsement"}


def test_other_mechanisms_off_leave_the_games_be():
    """Each game stands on its own mechanism and on violence alone."""
    both = BY_INTEREST | {"mechanisms.attribution.strategy": "deterrence"}
    for off in ("patronage", "succession", "attribution", "dispute", "negotiation", "alignment"):
        changes = {k: v for k, v in both.items() if k.split(".")[1] != off}
        run = ct.run(ct.load("iraq-2021", changes=copy.deepcopy(changes), without=[off]), draws=64)
        assert not run.failures
    run = ct.run(ct.load("iraq-2021", changes=both, without=["escalation"]), draws=64)
    assert not run.failures
