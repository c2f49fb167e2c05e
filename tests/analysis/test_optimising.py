"""Levers searched: objectives are a recount of events, the optimum is found, refusals are one line."""

import json
import sys

import numpy as np
import polars as pl
import pytest

import clientela as ct
from clientela.analysis.best_responses import best_responses
from clientela.analysis.differences import difference
from clientela.analysis.levers import Lever, default_levers, levers_by_actor
from clientela.analysis.objectives import Measured, Objective, measure, objective_of
from clientela.analysis.optimising import (
    NothingMovesError,
    Search,
    Trial,
    optimise,
)
from clientela.analysis.points import Axis, grid
from clientela.analysis.questions import QuestionError
from clientela.analysis.study import require_optuna
from clientela.analysis.sweeping import sweep
from clientela.api import reader
from clientela.engine import StoreError
from clientela.reading import ReadingError, read_yaml
from clientela.report.front_figure import front_figure
from clientela.scenario.starter import starter

RATE, RESPONSE = "mechanisms.patronage.visit_rate", "mechanisms.patronage.visit_response"
SANCTION, CONTROL = "mechanisms.patronage.sanction", "mechanisms.patronage.control"
FEW = {"draws": 300, "final": 400}


@pytest.fixture(scope="module")
def take():
    return reader(read_yaml("starter", starter("my-crisis")).data)


@pytest.fixture(scope="module")
def iraq():
    return ct.load("iraq-2021")


def objective(take, text, actor="varen", **options):
    return objective_of(text, take(**options), actor)


# -- objectives ---------------------------------------------------------------------------------


def test_objectives_are_a_recount_of_the_stored_events(iraq):
    run = ct.run(iraq, draws=301, seed=3)
    names = (
        "fewest-killed",
        "own-seats",
        "us-strike",
        "obeys-fatah",
        "government-kind=sadrist-majority",
    )
    goals = [objective_of(n if n != "us-strike" else "not:us-strike", iraq, "iran") for n in names]
    killed, seats, strike, obeys, kind = measure(iraq, goals, 301, 3)
    deaths = np.zeros(301)
    rows = run.events.collect().with_columns(pl.col("what").cast(pl.String))
    for draw, what, mark in rows.select("draw", "what", "mark").iter_rows():
        if what.startswith(("attack:", "clash:")) and "/" not in what:
            deaths[draw] += mark
    assert deaths.sum() > 0
    assert np.array_equal(killed.values, deaths)
    assert 0 < seats.value < 0.2
    answers = {answer.id: answer for answer in run.answers}
    assert strike.value == answers["us-strike"].probability
    assert obeys.value == answers["obeys-fatah"].probability
    assert kind.value == answers["government-kind"].shares["sadrist-majority"]


def test_lists_that_have_left_pass_their_seats_on(take):
    scenario = take(changes={"mechanisms.participation.threat": 0.02})
    (mine,) = measure(scenario, [objective(take, "own-seats", "centre")], 400, 1)
    run = ct.run(scenario, draws=400, seed=1)
    whole, left = (
        {"front": 30, "league": 42, "centre": 28},
        {"front": 51, "league": 0, "centre": 49},
    )
    found, seats, formed = np.zeros(400), {}, {True: 0, False: 0}
    rows = run.events.collect().with_columns(pl.col("what").cast(pl.String))
    for draw, what, mark in rows.select("draw", "what", "mark").iter_rows():
        if what == "resignation:league":
            seats[draw] = left
        if what == "government":
            now = seats.get(draw, whole)
            inside = [name for bit, name in enumerate(whole) if mark >> bit & 1]
            formed[now is left] += 1
            found[draw] = now["centre"] * ("centre" in inside) / sum(now[n] for n in inside)
    assert min(formed.values()) > 20
    assert mine.values == pytest.approx(found)


def test_the_change_of_a_mean_is_that_of_a_share_where_it_is_one():
    rng = np.random.default_rng(0)
    one, two = rng.integers(-1, 2, 400), rng.integers(-1, 2, 400)

    def measured(codes, digest):
        return Measured((codes == 1) * 1.0, codes >= 0, 0.0, digest)

    mine = measured(one, "a").change_to(measured(two, "b"))
    known = difference("q", "yes", 1, one, two, False)
    assert (mine.change, mine.low, mine.high) == pytest.approx(
        (known.change, known.low, known.high)
    )
    assert measured(one, "a").change_to(measured(one, "a")).half == 0
    assert measured(one, "a").change_to(measured(one, "b")).half == 3 / 200


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("intra-shia-25", "asks for more violence, .*; not:intra-shia-25 asks for less"),
        ("attack-on-us", "asks for more violence"),
        ("us-strike", "asks for more violence"),
        ("most-killed", "there is no objective 'most-killed'"),
        ("not:fewest-killed", "there is no objective 'fewest-killed'"),
        ("government-kind", "has several kinds; say which"),
        ("government-kind=nobody", "there is no kind 'nobody'"),
        ("government-2022-06=any", "has no kinds"),
    ],
)
def test_what_is_no_objective_of_restraint_is_refused(iraq, text, said):
    with pytest.raises(QuestionError, match=said) as error:
        objective_of(text, iraq, "iran")
    assert "\n" not in str(error.value)


def test_violence_is_refused_under_a_wildcard_and_with_its_mechanism_off(iraq):
    anything = {"questions.any": {"ask": "Anything?", "happens": "*"}}
    with pytest.raises(QuestionError, match="more violence"):
        objective_of("any", ct.load("iraq-2021", changes=anything), "iran")
    off = ct.load("iraq-2021", without=["attribution"])
    with pytest.raises(QuestionError, match="more violence"):
        objective_of("us-strike", off, "iran")
    assert objective_of("not:us-strike", off, "iran").sign == -1


def test_who_holds_no_seats_has_no_own_seats(iraq):
    with pytest.raises(QuestionError, match="us holds no seats"):
        objective_of("own-seats", iraq, "us")
    assert objective_of("own-seats", iraq, "iran").holders == ("fatah",)


# -- levers -------------------------------------------------------------------------------------


def test_an_outside_power_can_only_hold_back(iraq):
    known = {lever.name: lever for lever in default_levers(iraq, "us")}
    assert set(known) == {"strike", "deadly_strike"}
    assert known["strike"].low == 0
    assert known["strike"].high == pytest.approx(0.0525)


@pytest.mark.parametrize(
    ("actors", "written", "said"),
    [
        (["nobody"], [], "there is no actor 'nobody'"),
        (["sadrists"], [], "kind party has no levers of its own .* --lever"),
        (["iran"], ["x=1"], "expected PATH=LOW:HIGH"),
        (["iran"], ["x=2:1"], "expected PATH=LOW:HIGH"),
        (["iran"], ["x=0:inf"], "expected PATH=LOW:HIGH"),
        (["iran"], ["x=0:1", "x=0:2"], "is held twice"),
        (["iran", "us"], ["x=0:1"], "say whose"),
        (["iran", "us"], ["uk:x=0:1"], "there is no actor 'uk'"),
    ],
)
def test_levers_that_do_not_fit_are_said(iraq, actors, written, said):
    with pytest.raises(QuestionError, match=said) as error:
        levers_by_actor(iraq, actors, written)
    assert "\n" not in str(error.value)


def test_a_path_that_is_not_there_is_the_readers_to_say(take, tmp_path):
    goal = [objective(take, "fewest-killed")]
    for lever in (Lever("mechanisms.patronage.contrl", 0, 1), Lever(CONTROL, 0, 2)):
        with pytest.raises(ReadingError, match=lever.path):
            optimise(take, "varen", [lever], goal, out=tmp_path / "it", trials=2, **FEW)
        assert not (tmp_path / "it").exists()


def test_levers_that_move_nothing_are_said_or_left_as_they_are(take, tmp_path):
    goal = [objective(take, "fewest-killed")]
    idle = Lever("mechanisms.negotiation.round_rate", 0, 0.1)
    with pytest.raises(
        NothingMovesError, match=r"no lever moves fewest-killed: .*round_rate"
    ) as error:
        optimise(take, "varen", [idle], goal, out=tmp_path / "a", trials=2, **FEW)
    assert "\n" not in str(error.value)
    both = [idle, Lever(RATE, 0, 0.05)]
    found = optimise(take, "varen", both, goal, out=tmp_path / "b", trials=3, **FEW)
    assert [lever.path for lever in found.search.levers] == [RATE]
    assert set(found.chosen[0].trial.values) == {RATE}


# -- the search ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def found(take, tmp_path_factory):
    levers = [Lever(RATE, 0.0, 0.05), Lever(CONTROL, 0.0, 1.0)]
    goal = [objective(take, "fewest-killed")]
    out = tmp_path_factory.mktemp("optimum") / "it"
    return optimise(take, "varen", levers, goal, out=out, trials=14, draws=300, final=2000)


def test_the_best_is_no_worse_than_ends_and_a_grid(found, take):
    best = found.chosen[0].trial
    goal = found.objectives
    points = grid([Axis.of(f"{RATE}=0:0.05:3"), Axis.of(f"{CONTROL}=0:1:3")])
    known = [measure(take(changes=p), goal, 300, 1)[0].value for p in points]
    assert best.found[0] <= min(known)
    assert best.values == {RATE: 0.05, CONTROL: 1.0}
    assert found.chosen[0].changes[0].surely
    assert found.chosen[0].changes[0].change < 0


def test_a_trial_is_the_sweeps_point_and_the_run_with_its_values_set(take, tmp_path):
    goal = [objective(take, "not:ten-killed")]
    made = optimise(
        take, "varen", [Lever(RATE, 0, 0.05)], goal, out=tmp_path / "o", trials=6, **FEW
    )
    for trial in made.search.trials:
        points = [{RATE: trial.values[RATE]}]
        swept = sweep(take, points, out=tmp_path / f"{trial.values[RATE]}", draws=300)
        assert swept.of("ten-killed")["share"].to_list() == list(trial.found)


def test_what_is_reported_comes_from_fresh_draws(found, take):
    chosen = found.chosen[0]
    (fresh,) = measure(take(changes=chosen.trial.values), found.objectives, 2000, found.final_seed)
    (plain,) = measure(take(), found.objectives, 2000, found.final_seed)
    assert found.final_seed != found.seed
    assert chosen.values == (fresh.value,)
    assert chosen.changes[0].change == pytest.approx(fresh.value - plain.value)
    assert chosen.optimism(0) == chosen.trial.found[0] - fresh.value
    per_pair = (fresh.values - plain.values).reshape(-1, 2).mean(axis=1)
    half = 1.96 * per_pair.std(ddof=1) / np.sqrt(1000)
    assert chosen.changes[0].half == pytest.approx(half)


def test_a_search_cut_off_goes_on_to_the_same_result(found, take, tmp_path):
    def interrupt(done, total):
        if done == 10:
            raise KeyboardInterrupt

    levers, out = [probe.lever for probe in found.search.probes], tmp_path / "it"
    options = {"out": out, "draws": 300, "final": 400}
    with pytest.raises(KeyboardInterrupt):
        optimise(take, "varen", levers, found.objectives, trials=14, progress=interrupt, **options)
    again = optimise(take, "varen", levers, found.objectives, trials=14, **options)
    assert again.search.taken_up == 10
    assert again.search.trials == found.search.trials
    fewer = optimise(take, "varen", levers, found.objectives, trials=5, **options)
    assert fewer.search.trials == found.search.trials[:5]
    with pytest.raises(StoreError, match="another search"):
        optimise(take, "varen", levers, found.objectives, trials=14, **{**options, "draws": 200})


def test_a_question_that_never_arises_is_no_optimum(take, tmp_path):
    goal = [objective(take, "guards-obey")]
    levers = [Lever(RATE, 0, 0.02), Lever(RESPONSE, 0, 0.02)]
    made = optimise(take, "varen", levers, goal, out=tmp_path / "it", trials=6, **FEW)
    nothing = [t for t in made.search.trials if t.found is None]
    assert [set(t.values.values()) for t in nothing] == [{0.0}]
    assert made.chosen[0].trial.found is not None
    again = optimise(take, "varen", levers, goal, out=tmp_path / "it", trials=6, **FEW)
    assert again.search.trials == made.search.trials
    assert again.search.taken_up == 6


def test_the_front_is_what_no_trial_beats():
    goals = [Objective("a", -1, "", ""), Objective("b", 1, "", "")]
    trials = [Trial({"x": k}, f) for k, f in enumerate([(1, 1), (2, 3), (2, 2), (3, 3), (0.5, 0), None, (1, 1)])]  # fmt: skip
    front = Search((0, 0), [], trials, 0).front(goals)
    assert [t.found for t in front] == [(0.5, 0), (1, 1), (2, 3)]


def test_two_objectives_have_a_front_with_the_base_beside_it(take, tmp_path):
    goals = [objective(take, name) for name in ("fewest-killed", "own-seats")]
    levers = default_levers(take(), "varen")
    made = optimise(take, "varen", levers, goals, out=tmp_path / "it", trials=12, **FEW)
    killed, seats = zip(*(t.found for t in made.front), strict=True)
    assert list(killed) == sorted(killed)
    assert list(seats) == sorted(seats)
    assert 1 <= len(made.chosen) <= 8
    svg = front_figure(made)
    assert "People killed in all events (killed per history; less is better)" in svg
    assert "the scenario as it is" in svg


# -- two actors ---------------------------------------------------------------------------------


def test_best_responses_settle_where_neither_gains(take, tmp_path):
    levers = {
        "varen": [Lever(RATE, 0, 0.05)],
        "union": [Lever("mechanisms.attribution.strike", 0, 0.3)],
    }
    wanted = {"varen": objective(take, "fewest-killed"), "union": objective(take, "fewest-killed")}
    options = {"trials": 4, "draws": 300, "final": 400}
    made = best_responses(take, levers, wanted, out=tmp_path / "it", **options)
    assert made.settled
    assert made.point["varen"] == {RATE: 0.05}
    assert made.outcomes["varen"].change < 0
    total, half = made.exploitability
    assert total == pytest.approx(sum(gain.gain for gain in made.gains))
    assert total <= half + 1e-9
    again = best_responses(take, levers, wanted, out=tmp_path / "it", **options)
    assert again.as_json() == made.as_json()


# -- the command --------------------------------------------------------------------------------


def test_without_optuna_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(QuestionError, match=r"pip install 'clientela\[search\]'"):
        require_optuna()


def test_the_command_tells_prints_json_and_refuses(clientela, crisis):
    file, few = crisis.name, ("--trials", "4", "--draws", "100", "--final", "200")
    told = clientela("optimise", file, "--actor", "varen", *few)
    assert told.returncode == 0, told.stderr
    assert told.stderr == ""
    assert "200 fresh draws" in told.stdout
    assert "Optimism" in told.stdout
    made = json.loads(clientela("optimise", file, "--actor", "varen", "--json", *few).stdout)
    assert made["objectives"] == [{"name": "fewest-killed", "unit": "killed per history", "wanted": "fewer"}]  # fmt: skip
    assert made["chosen"][0]["set"].keys() == {p["path"] for p in made["levers"] if not p["idle"]}
    refused = clientela("optimise", file, "--actor", "varen", "--objective", "ten-killed")
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "not:ten-killed asks for less" in refused.stderr
