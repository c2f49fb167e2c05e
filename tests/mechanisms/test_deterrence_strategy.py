"""Suspects and victims that act on their interests: the equilibrium in a run is the one solved."""

import copy
import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clientela as ct
from clientela.mechanisms.deterrence import play
from clientela.strategy.deterrence import equilibria, symmetric

DRAWS = 4000
DAYS = 365.0
SETTINGS = {
    "strategy": "deterrence", "identified": 0.5, "misread": 0.2, "usual": 0.7, "false_alarm": 0.1,
    "gain": 1.5, "innocent": 1.0, "strike": 0.02, "deadly_strike": 0.0, "provoked": 0.0,
    "deterred": 0.0, "blame_half_life": 5.0,
}  # fmt: skip
CALM = {
    "own": 0, "retaliation": 0, "contagion": 0, "clash": 0, "clash_rate": 0, "spiral": 0, "deadly": 0,
}  # fmt: skip
CRISIS = {
    "scenario": "suspects",
    "title": "An outside power, a cabinet and three who attack them",
    "as_of": "2030-01-01",
    "horizon": "2030-12-31",
    "actors": {
        "power": {"name": "Power", "kind": "outside-power"},
        "cabinet": {"name": "Cabinet", "kind": "state"},
        **{name: {"name": name.title(), "kind": "rival"} for name in ("first", "second", "third")},
    },
    "ties": {
        "rivalry": {
            "first": {"power": {"mutual": False, "rate": 0.05}, "cabinet": {"mutual": False, "rate": 0.02}},
            "second": {"power": {"mutual": False, "rate": 0.03}},
            "third": {"power": {"mutual": False, "rate": 0.01}},
        }
    },
    "mechanisms": {"escalation": CALM, "attribution": SETTINGS},
    "questions": {"any": {"ask": "Is there an attack?", "happens": "attack:*"}},
}  # fmt: skip
RATES = {"rate0": 0.05, "rate1": 0.03, "rate2": 0.01}


def counts(alike=False, **changes):
    """How many of each label there are in the draws; `alike` gives suspects one rate."""
    made = copy.deepcopy(CRISIS)
    made["mechanisms"]["attribution"] |= changes
    if alike:
        for name in ("first", "second", "third"):
            made["ties"]["rivalry"][name]["power"]["rate"] = 0.03
    run = ct.run(ct.load(made), draws=DRAWS, seed=5)
    events = run.events.select(what=pl.col("what").cast(pl.String)).collect()
    found = dict(events.group_by("what").len().iter_rows())
    return lambda what: found.get(what, 0)


def solved(**changes):
    chosen = SETTINGS | changes
    asked = ("identified", "misread", "usual", "false_alarm", "gain", "innocent")
    found = play(**{name: chosen[name] for name in asked}, **RATES)
    return {name: float(np.squeeze(value)) for name, value in found.items()}


@pytest.mark.parametrize("quality", [0.0, 0.9])
def test_suspects_who_are_alike_play_the_symmetric_game(quality):
    """With the numbers of two worked cases: attack probabilities 0.6308 and 0.3547."""
    correct = 0.8 * (1.0 + quality) / 2.0
    found = play(
        identified=correct, misread=(0.8 - correct) / (1.0 - correct), usual=1.0 - correct,
        false_alarm=0.04, gain=1.0, innocent=1.0, rate0=0.1, rate1=0.1,
    )  # fmt: skip
    game = equilibria(symmetric(2, 0.8, 0.02, quality))[0]
    assert game.attack == pytest.approx({0.0: 0.6308, 0.9: 0.3547}[quality], abs=5e-5)
    for i, k in itertools.product(range(2), repeat=2):
        assert found[f"answer{i}_{k}"] == pytest.approx(game.retaliation[i, k], abs=1e-6)
    assert found["bold0"] == found["bold1"] == 0.0
    assert found["alarms"] == pytest.approx(0.2 * (1.0 / game.attack - 1.0) * 0.04)


def test_attacks_come_as_boldly_as_the_game_says():
    count, game = counts(), solved()
    for i, (name, rate) in enumerate([("first", 0.05), ("second", 0.03), ("third", 0.01)]):
        attacks = count(f"attack:{name}>power")
        mean = rate * np.exp(game[f"bold{i}"]) * DAYS * DRAWS
        assert attacks == pytest.approx(mean, abs=4.0 * np.sqrt(mean))
    assert game["bold0"] < -0.05
    # A cabinet does not strike back, so nothing deters those who attack it.
    assert count("attack:first>cabinet") == pytest.approx(0.02 * DAYS * DRAWS, rel=0.03)


def test_strikes_are_the_answers_of_the_game():
    """So many per attack by who is named, and as many per false alarm."""
    count, game = counts(), solved()
    names = ("first", "second", "third")
    expected = 0.0
    for k, name in enumerate(names):
        attack = f"attack:{name}>power"
        answers = [sum(game[f"answer{i}_{j}"] for i in range(3)) for j in range(3)]
        astray = sum(answers[j] for j in range(3) if j != k) / 2.0
        expected += count(f"{attack}/attribution=identified") * answers[k]
        expected += count(f"{attack}/attribution=misread") * astray
        expected += count(f"alarm:power/blamed={name}") * answers[k]
    strikes = sum(count(f"strike:power>{name}") for name in names)
    # A little blame is cut off by a strike that settles it, and by the horizon.
    assert strikes == pytest.approx(0.02 * expected, rel=0.02, abs=4.0 * np.sqrt(strikes))
    mean = game["alarms"] * DAYS * DRAWS
    assert count("alarm:power") == pytest.approx(mean, abs=4.0 * np.sqrt(mean))


def test_better_attribution_never_raises_attacks_by_suspects_who_are_alike():
    attacks = []
    for identified in (0.1, 0.3, 0.5, 0.7, 0.9):
        count = counts(alike=True, identified=identified, misread=0.1)
        attacks.append(sum(count(f"attack:{n}>power") for n in ("first", "second", "third")))
    assert all(more >= fewer for more, fewer in itertools.pairwise(attacks))
    assert attacks[0] > 1.2 * attacks[-1]


def test_at_the_usual_attribution_background_rates_hold():
    count = counts(usual=0.5)
    for name, rate in [("first", 0.05), ("second", 0.03), ("third", 0.01)]:
        mean = rate * DAYS * DRAWS
        assert count(f"attack:{name}>power") == pytest.approx(mean, abs=4.0 * np.sqrt(mean))


def test_who_attacks_more_often_is_answered_sooner():
    """Of two who are named, the one with more opportunities is likelier to be guilty."""
    game = solved()
    assert game["answer0_0"] > game["answer1_1"] > game["answer2_2"]
    assert all(game[f"answer{i}_{i}"] > game[f"answer{i}_{k}"] for i in range(3) for k in range(3) if k != i)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(1e-4, 0.3), min_size=1, max_size=6), st.floats(0.0, 1.0), st.floats(0.0, 1.0),
    st.floats(0.0, 1.0), st.floats(0.0, 0.3), st.floats(0.1, 5.0), st.floats(0.1, 5.0),
)  # fmt: skip
def test_every_setting_that_may_be_written_has_a_solution(
    rates, identified, misread, usual, false_alarm, gain, innocent
):
    found = play(
        identified=identified, misread=misread, usual=usual, false_alarm=false_alarm, gain=gain,
        innocent=innocent, **{f"rate{i}": rate for i, rate in enumerate(rates)},
    )  # fmt: skip
    for name, value in found.items():
        assert np.isfinite(value).all(), name
    for i, k in itertools.product(range(len(rates)), repeat=2):
        assert 0.0 <= found[f"answer{i}_{k}"] <= 1.0
    assert found["alarms"] >= 0.0


def test_who_is_alone_is_never_taken_for_another():
    found = play(
        identified=0.4, misread=0.5, usual=0.63, false_alarm=0.02, gain=1.0, innocent=1.0, rate0=0.02
    )  # fmt: skip
    assert 0.0 < found["answer0_0"] <= 1.0
