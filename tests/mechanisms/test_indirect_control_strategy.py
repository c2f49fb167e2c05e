"""The patron that acts on its interest: the game in a run is the game that was solved.

Scenarios here have fixed settings, so that the game's numbers are known and runs can be held
against them.
"""

import copy
import itertools
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clientela as ct
from clientela.engine import draw_block
from clientela.mechanisms import build
from clientela.mechanisms.indirect_control import LEVELS, SPREAD, play
from clientela.process import compile_process
from clientela.strategy.control import ControlProblem, indirect_control

DRAWS = 4000
GAME = {
    "strategy": "indirect_control", "visit_rate": 0.0, "control": 0.8, "control_half_life": 1e6,
    "effort": 1.2, "effort_cost": 0.03, "intervening": 0.5, "intervention_cost": 0.15,
    "period": 30.0, "discount": 0.9, "defiance_cost": 0.0,
}  # fmt: skip
CALM = {"own": 0, "retaliation": 0, "contagion": 0, "clash": 0, "clash_rate": 0, "spiral": 0}
CRISIS = {
    "scenario": "one-client",
    "title": "A patron, its client and a rival",
    "as_of": "2030-01-01",
    "horizon": "2030-12-31",
    "actors": {
        "patron": {"name": "Patron", "kind": "patron"},
        "client": {"name": "Client", "kind": "client", "autonomy": 0.3},
        "rival": {"name": "Rival", "kind": "rival"},
    },
    "ties": {
        "sponsorship": {"patron": {"client": {"dependence": 0.6}}},
        "rivalry": {"client": {"rival": {"mutual": False, "rate": 0.02}}},
    },
    "mechanisms": {"escalation": CALM, "patronage": GAME, "succession": False},
    "questions": {
        "any": {"ask": "Is there an attack?", "happens": "attack:*"},
        "obeys": {"ask": "Does the client comply?", "obeys": "client"},
    },
}


def crisis(*, autonomy=0.3, **changes):
    """The scenario with another autonomy and other settings of `patronage`."""
    made = copy.deepcopy(CRISIS)
    made["actors"]["client"]["autonomy"] = autonomy
    made["mechanisms"]["patronage"] |= changes
    return made


def drawn(scenario, draws=DRAWS):
    """(label, day, draw) of every event, and how many of each label."""
    run = ct.run(ct.load(scenario), draws=draws, seed=3)
    events = run.events.select("draw", "day", what=pl.col("what").cast(pl.String)).collect()
    counts = dict(events.group_by("what").len().iter_rows())
    return events, lambda what: counts.get(what, 0)


def problem(autonomy=0.3, **changes):
    """The game that the scenario's settings make, written out."""
    s = GAME | changes

    def disturbed(held_back):
        return 1.0 - np.exp(-0.02 * np.exp(-held_back) * s["period"])

    return ControlProblem(
        discount=s["discount"], disturbance_cost=1.0, disturbed_idle=disturbed(0.0),
        disturbed_effort=disturbed(s["effort"]),
        disturbed_intervening=disturbed(s["effort"] * s["intervening"]),
        intervention_cost=s["intervention_cost"], effort_cost=s["effort_cost"], sharpness=0.6,
        autonomy=autonomy, weakness=1.0 / s["control"] - 1.0,
    )  # fmt: skip


def test_disturbances_bring_the_envoy_as_often_as_the_game_says():
    _, count = drawn(crisis())
    game = indirect_control(problem())
    assert game.controls
    assert 0.1 < game.start < 0.9
    decided = count("disturbance:client@patron")
    intervened = count("disturbance:client@patron/decision=intervenes")
    error = np.sqrt(game.start * (1.0 - game.start) / decided)
    assert intervened / decided == pytest.approx(game.start, abs=4.0 * error + 0.005)
    # Every intervention brings a visit, and the client goes back to work.
    assert count("visit:patron") == intervened == count("visit:patron/client=complies")


def test_an_intervention_lasts_a_period_and_none_begins_within_it():
    events, count = drawn(crisis())
    over = events.filter(pl.col("what") == "period-over:client@patron")
    begun = events.filter(pl.col("what") == "disturbance:client@patron/decision=intervenes")
    assert count("period-over:client@patron/then=goes-on") < 0.001 * count(
        "period-over:client@patron"
    )
    both = begun.sort("day").join_asof(
        over.select("draw", "day", over="day").sort("day"),
        on="day", by="draw", strategy="forward",
    )  # fmt: skip
    lasted = both.select(pl.col("over") - pl.col("day")).to_series().drop_nulls()
    assert lasted.len() > 1000
    assert np.allclose(lasted, 30.0)


def test_where_one_period_is_too_short_interventions_go_on():
    costly = {"effort_cost": 0.16, "intervention_cost": 0.005}
    game = indirect_control(problem(**costly))
    assert game.start == 1.0
    assert game.persistence > 0.1
    _, count = drawn(crisis(**costly))
    periods = count("period-over:client@patron")
    share = count("period-over:client@patron/then=goes-on") / periods
    error = np.sqrt(game.persistence * (1.0 - game.persistence) / periods)
    assert share == pytest.approx(game.persistence, abs=4.0 * error + 0.01)


def test_violence_is_that_of_effort_of_interventions_and_of_none():
    """Attacks per day in each phase are the background rate, held back as the settings say."""
    whole, working = 366.0, 0.02 * np.exp(-1.2)
    _, count = drawn(crisis(intervention_cost=1e6))
    assert count("attack:client>rival") / DRAWS / whole == pytest.approx(0.02, rel=0.02)
    assert count("visit:patron") == 0
    events, count = drawn(crisis())
    begun = events.filter(pl.col("what") == "disturbance:client@patron/decision=intervenes")
    days = (np.minimum(begun["day"] + 30.0, whole) - begun["day"]).sum()
    attacks = count("attack:client>rival")
    within = attacks - count("disturbance:client@patron")
    assert within / days == pytest.approx(0.02 * np.exp(-0.6), rel=0.05)
    assert (attacks - within) / (DRAWS * whole - days) == pytest.approx(working, rel=0.03)


def test_control_that_the_commander_loses_is_lost_at_once():
    """Below the floor nobody intervenes, the client makes no effort and defies whoever comes."""
    made = crisis(visit_rate=0.02)
    made["mechanisms"]["succession"] = {"drop": 0.95, "loss_rate": 0}
    made["scheduled"] = {"loss": {"event": "loss:patron", "date": "2030-06-30"}}
    events, count = drawn(made)
    late = events.filter(pl.col("day") > 181.0)
    counts = dict(late.group_by("what").len().iter_rows())
    assert counts["attack:client>rival"] / DRAWS / 185.0 == pytest.approx(0.02, rel=0.03)
    assert "disturbance:client@patron/decision=intervenes" not in counts
    assert "visit:patron/client=complies" not in counts
    assert counts["visit:patron/client=defies"] == counts["visit:patron"] > 1000
    early = dict(events.filter(pl.col("day") < 181.0).group_by("what").len().iter_rows())
    assert "visit:patron/client=defies" not in early
    assert early["disturbance:client@patron/decision=intervenes"] > 1000
    # An intervention that was on when the commander was lost is given up.
    assert count("given-up:client@patron") > 100
    open_periods = late.filter(pl.col("what") == "period-over:client@patron")
    assert open_periods.is_empty()


def test_who_defies_weakens_the_hold_over_the_others():
    """A client that is out of control wears the commander down until another is lost too."""
    made = crisis(visit_rate=0.05, defiance_cost=0.1)
    made["actors"]["second"] = {"name": "Second", "kind": "client", "autonomy": 1.0}
    made["ties"]["sponsorship"]["patron"]["second"] = {"dependence": 0.0}
    made["ties"]["rivalry"]["second"] = {"rival": {"mutual": False, "rate": 0.02}}
    _, count = drawn(made, 1000)
    assert count("visit:patron/second=complies") == 0
    assert count("visit:patron/client=complies") > 1000
    assert count("visit:patron/client=defies") > 1000
    made["mechanisms"]["patronage"]["defiance_cost"] = 0.0
    _, count = drawn(made, 1000)
    assert count("visit:patron/client=defies") == 0


def test_a_client_without_violence_is_not_in_the_game():
    made = crisis(visit_rate=0.05, intervention_cost=1e6)
    made["actors"]["quiet"] = {"name": "Quiet", "kind": "client"}
    made["ties"]["sponsorship"]["patron"]["quiet"] = {"dependence": 0.5}
    _, count = drawn(made, 500)
    assert count("visit:patron/quiet=complies") == count("visit:patron") > 1000
    assert count("visit:patron/client=complies") == 0


@pytest.mark.parametrize(
    "what", ["autonomy", "intervention_cost", "effort_cost"], ids=lambda name: name
)
def test_what_makes_control_dearer_never_lowers_violence(what):
    """More autonomy never helps the patron, whatever it then does about it."""
    values = {
        "autonomy": (0.0, 0.4, 0.8, 1.0),
        "intervention_cost": (0.05, 0.2, 0.5, 2.0),
        "effort_cost": (0.01, 0.04, 0.1, 0.3),
    }[what]
    attacks = []
    for value in values:
        made = crisis(**{"intervention_cost": 0.5, what: value})
        events, _ = drawn(made)
        only = events.filter(pl.col("what") == "attack:client>rival")
        attacks.append(np.bincount(only["draw"], minlength=DRAWS))
    for fewer, more in itertools.pairwise(attacks):
        apart = (more - fewer).reshape(-1, 2).mean(axis=1)  # pairs of draws share parameters
        assert apart.mean() >= -4.0 * apart.std() / np.sqrt(len(apart))
    assert attacks[-1].mean() > 1.2 * attacks[0].mean()


share = st.floats(0.05, 0.95)


@settings(max_examples=60, deadline=None)
@given(
    rate=st.floats(0.001, 0.1), effort=st.floats(0.1, 2.0), intervening=share,
    period=st.floats(7.0, 60.0), discount=st.floats(0.6, 0.98), intervention_cost=st.floats(0.001, 1.0),
    effort_cost=st.floats(0.001, 0.3), dependence=share, autonomy=st.floats(0.0, 1.0),
)  # fmt: skip
def test_the_table_is_the_game_level_by_level(**given):
    """Below the floor the game has no control, above it the table's odds are its solution."""
    found = {name: np.squeeze(value) for name, value in play(**given).items()}

    def disturbed(held_back):
        return 1.0 - np.exp(-given["rate"] * np.exp(-held_back) * given["period"])

    whole = ControlProblem(
        discount=given["discount"], disturbance_cost=1.0, disturbed_idle=disturbed(0.0),
        disturbed_effort=disturbed(given["effort"]),
        disturbed_intervening=disturbed(given["effort"] * given["intervening"]),
        intervention_cost=given["intervention_cost"], effort_cost=given["effort_cost"],
        sharpness=given["dependence"], autonomy=given["autonomy"],
    )  # fmt: skip

    def at(control):
        return indirect_control(replace(whole, weakness=1.0 / control - 1.0))

    floor = float(found["floor"])
    assert not at(min(floor, 1.0) * 0.999).controls
    if floor > 1.0:
        assert not at(1.0).controls
        return
    for k in range(1, LEVELS):
        game = at(floor + (1.0 - floor) * SPREAD[k])
        assert game.controls
        assert 1.0 / (1.0 + np.exp(-found[f"call{k}"])) == pytest.approx(game.start, abs=2e-4)
        assert 1.0 / (1.0 + np.exp(-found[f"stay{k}"])) == pytest.approx(game.persistence, abs=2e-4)


def test_between_its_levels_the_table_is_near_the_game():
    """Straight lines between levels are within three points, but for a hundredth just above the floor."""
    found = {name: float(np.squeeze(value)) for name, value in play(
        rate=0.02, effort=1.2, intervening=0.5, period=30.0, discount=0.9,
        intervention_cost=0.15, effort_cost=0.03, dependence=0.6, autonomy=0.3,
    ).items()}  # fmt: skip
    levels = found["floor"] + (1.0 - found["floor"]) * np.array(SPREAD)
    control = np.linspace(found["floor"] + 1e-6, 1.0, 400)
    odds = np.interp(control, levels, [found[f"call{k}"] for k in range(LEVELS)])
    exact = [indirect_control(replace(problem(), weakness=1.0 / c - 1.0)).start for c in control]
    off = np.abs(1.0 / (1.0 + np.exp(-odds)) - exact)
    assert off.mean() < 0.005
    assert off[control > found["floor"] + 0.01].max() < 0.03


def test_uncertain_settings_give_each_draw_its_own_game():
    """Draws of Iraq hold a client in some and not in others, as the game of each says."""
    changes = {"mechanisms.patronage.strategy": "indirect_control"}
    process = build(ct.load("iraq-2021", changes=changes))
    program = compile_process(process)
    block = draw_block(program, 1, 0, 4000)
    values = dict(zip(program.columns, block.parameters.T, strict=True))
    floor = process.solvers["indirect_control:aah@iran"].solution(values)["floor"]
    never = floor > 1.0
    assert 0.1 < never.mean() < 0.6

    def draws_with(label):
        return np.isin(np.arange(4000), block.draw[block.label == program.labels.index(label)])

    intervenes = draws_with("disturbance:aah@iran/decision=intervenes")
    assert not intervenes[never].any()
    assert intervenes[floor < 0.4].mean() > 0.6
    assert not draws_with("visit:iran/aah=complies")[never].any()
