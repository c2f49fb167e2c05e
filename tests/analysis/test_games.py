"""The games of a scenario, solved and told."""

import copy
import json

import numpy as np
import pytest

import clientela as ct
from clientela.analysis.games import games
from clientela.analysis.questions import QuestionError
from clientela.strategy.control import ControlProblem, indirect_control
from clientela.strategy.deterrence import equilibria, symmetric

CRISIS = {
    "scenario": "games",
    "title": "A patron, a client, two suspects",
    "as_of": "2030-01-01",
    "horizon": "2030-12-31",
    "actors": {
        "patron": {"name": "Patron", "kind": "patron"},
        "client": {"name": "Client", "kind": "client", "autonomy": 0.2},
        "quiet": {"name": "Quiet client", "kind": "client"},
        "rival": {"name": "Rival", "kind": "rival"},
        "power": {"name": "Power", "kind": "outside-power"},
    },
    "ties": {
        "sponsorship": {"patron": {"client": {"dependence": 0.7}, "quiet": {"dependence": 0.7}}},
        "rivalry": {
            "client": {"power": {"mutual": False, "rate": 0.02}},
            "rival": {"power": {"mutual": False, "rate": 0.02}},
        },
    },
    "mechanisms": {
        "patronage": {
            "control": 0.8, "effort": 1.0, "intervening": 0.4, "period": 30, "discount": 0.9,
            "intervention_cost": 0.1, "effort_cost": 0.02,
        },
        "attribution": {
            "identified": 0.6, "misread": 0.25, "usual": 0.4, "false_alarm": 0.04, "gain": 1.0,
            "innocent": 1.0,
        },
        "succession": False,
    },
    "questions": {"any": {"ask": "Is there an attack?", "happens": "attack:*"}},
}  # fmt: skip


def take_from(crisis):
    def take(**options):
        return ct.load(copy.deepcopy(crisis), **options)

    return take


def test_where_everything_is_known_it_is_the_two_games_solved_alone():
    found = games(take_from(CRISIS), draws=4)
    (hold,), (standoff,) = found.holds, found.standoffs

    def disturbed(held_back):
        return 1.0 - np.exp(-0.02 * np.exp(-held_back) * 30)

    alone = ControlProblem(
        0.9, 1.0, disturbed(0.0), disturbed(1.0), disturbed(0.4), 0.1, 0.02,
        sharpness=0.7, autonomy=0.2,
    )  # fmt: skip
    floor = hold.floor[0]
    assert 0.0 < floor < 0.8
    for control, holds in ((0.8, True), (floor + 1e-6, True), (floor - 1e-6, False)):
        solved = indirect_control(ControlProblem(**(vars(alone) | {"weakness": 1 / control - 1})))
        assert solved.controls == holds
    solved = indirect_control(ControlProblem(**(vars(alone) | {"weakness": 1 / 0.8 - 1})))
    assert hold.held.all()
    assert hold.start == pytest.approx([solved.start] * 4)
    assert hold.intensity == pytest.approx([solved.intensity] * 4)
    assert hold.length == pytest.approx([solved.length] * 4)
    # Named with 0.6, the other one with 0.4 · 0.25 = 0.1: detection 0.7 at a quality of 5/7.
    (game,) = equilibria(symmetric(2, 0.7, 0.02, 5 / 7))
    for suspect in standoff.suspects:
        assert suspect.attack == pytest.approx([game.attack] * 4, abs=1e-7)
        assert suspect.usual == pytest.approx(suspect.attack)
        assert suspect.named == pytest.approx([game.beliefs[0, 0]] * 4, abs=1e-6)
        assert suspect.answer == pytest.approx([game.retaliation[0, 0]] * 4, abs=1e-6)
        assert suspect.astray == pytest.approx([game.retaliation[0, 1]] * 4, abs=1e-6)
    assert standoff.unique.all()
    expected = 365.25 * 0.04 * (1 / game.attack - 1) * 2 * 0.02
    assert standoff.alarms == pytest.approx([expected] * 4, rel=1e-6)


def test_the_control_that_counts_is_the_one_that_the_past_left():
    crisis = copy.deepcopy(CRISIS)
    crisis["mechanisms"]["succession"] = {"drop": 0.5}
    crisis["past"] = {"lost": {"event": "loss:patron", "date": "2029-12-31"}}
    (hold,) = games(take_from(crisis), draws=4).holds
    assert 0.4 <= hold.control[0] < 0.405


def test_the_scenario_may_have_a_game_switched_off_or_its_own_strategies():
    take = take_from(CRISIS)
    only = games(take, {"changes": {"mechanisms.patronage": False}}, draws=4)
    assert not only.holds
    assert len(only.standoffs) == 1
    crisis = copy.deepcopy(CRISIS)
    crisis["mechanisms"]["patronage"]["strategy"] = "indirect_control"
    assert games(take_from(crisis), draws=4).as_json() == games(take, draws=4).as_json()
    changed = games(take, {"changes": {"mechanisms.patronage.discount": 0.5}}, draws=4)
    assert changed.holds[0].floor[0] > games(take, draws=4).holds[0].floor[0]


def test_nobody_plays_without_attacks():
    crisis = copy.deepcopy(CRISIS)
    crisis["ties"]["rivalry"] = {"rival": {"client": {"mutual": False}}}
    with pytest.raises(QuestionError, match="nobody plays here"):
        games(take_from(crisis))


def test_a_run_holds_the_share_that_games_says():
    """In the first draws of the bundled scenario, client by client at day 0."""
    found = games(ct.reader("iraq-2021"), draws=200)
    from clientela.engine import draw_until
    from clientela.mechanisms import build
    from clientela.process import compile_process

    program = compile_process(build(ct.load("iraq-2021", branch="interests")))
    _, states = draw_until(program, 1, 0, 200, 0.001)
    assert {h.client for h in found.holds} == {"fatah", "aah", "kss", "other-militias"}
    for hold in found.holds:
        slack = states.value[:, program.variable_names.index(f"slack:{hold.client}@iran")]
        assert ((slack < -0.5) == hold.held).mean() > 0.98  # who has defied since has less


def test_the_command_tells_both_games(clientela):
    told = clientela("games", "iraq-2021", "--draws", "200")
    assert told.returncode == 0, told.stderr
    for part in (
        "Iran (envoy office) and its clients",
        "United States and its suspects",
        "never",
        "False alarms a year",
    ):
        assert part in told.stdout
    found = json.loads(clientela("games", "iraq-2021", "--draws", "200", "--json").stdout)
    fatah = found["control"][0]
    assert fatah["client"] == "fatah"
    assert 0.2 < fatah["held"] < 0.5
    assert fatah["floor"][2] is None
    assert found["deterrence"][0]["unique"] > 0.9


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "mechanisms.patronage.obey=1",
            "obey is not asked for with mechanisms.patronage.strategy: indirect_control",
        ),
        ("mechanisms.escalation=false", "nobody plays here"),
        ("mechanisms.patronage.discont=1", "discount"),
    ],
)
def test_what_has_no_game_is_one_line(clientela, change, said):
    told = clientela("games", "iraq-2021", "--set", change)
    assert told.returncode == 2
    assert said in told.stderr
    assert len(told.stderr.strip().splitlines()) == 1
