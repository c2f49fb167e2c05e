"""A run gone on from a day with a change."""

import datetime as dt
import json

import polars as pl
import pytest

import clientela as ct
from clientela.analysis.branching import branch_from, doing, folder_of
from clientela.analysis.comparing import Variant
from clientela.analysis.questions import QuestionError

DRAWS = 1000
DAY = dt.date(2022, 3, 1)
NOBODY_COMES = {"mechanisms.patronage.visit_rate": 0, "mechanisms.patronage.visit_response": 0}


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return ct.run(ct.load("iraq-2021"), draws=DRAWS, out=tmp_path_factory.mktemp("runs") / "base")


def gone_on(base, day=DAY, **options):
    scenario = ct.reader(base.folder.path / "scenario.json")(**options)
    return branch_from(base, Variant("it", "it", scenario), day).what_ifs[0]


def events(forecast, *conditions):
    found = forecast.events.filter(*conditions).collect()
    return found.with_columns(pl.col("what").cast(pl.String))


def test_without_a_change_it_is_the_run_itself(base):
    same = gone_on(base)
    assert same.same == 1.0
    assert same.forecast.answers == base.answers
    assert events(same.forecast).equals(events(base))
    again = gone_on(base, without=[])  # from the states that are stored by now
    assert (base.folder.path / "states" / "81").is_dir()
    assert events(again.forecast).equals(events(base))


def test_from_the_first_day_on_it_is_a_plain_run(base):
    found = gone_on(base, base.scenario.as_of, branch="no-visits").forecast
    plain = ct.run(ct.load("iraq-2021", branch="no-visits"), draws=DRAWS)
    assert found.answers == plain.answers
    assert events(found).equals(events(plain))


def test_what_was_before_stays_and_what_follows_changes(base):
    found = gone_on(base, changes=NOBODY_COMES)
    before, visits = pl.col("day") <= 81.0, pl.col("what").cast(pl.String) == "visit:iran"
    assert events(found.forecast, before).equals(events(base, before))
    assert events(found.forecast, ~before, visits).height == 0
    assert events(found.forecast, before, visits).height > 0
    assert found.parting[0] > 81.0
    assert found.forecast.gone_on == DAY


def test_an_event_is_made_to_happen_on_the_day(base):
    found = gone_on(base, changes=doing(["visit:iran"], DAY)).forecast
    that_day = (pl.col("day") >= 81.0) & (pl.col("day") <= 82.0)
    visits = events(found, that_day, pl.col("what").cast(pl.String) == "visit:iran")
    assert visits["draw"].n_unique() == DRAWS


def test_what_only_the_run_knew_is_still_told_without_the_mechanism(base):
    found = gone_on(base, without=["negotiation"]).forecast
    rounds = pl.col("what").cast(pl.String) == "talks-round"
    assert events(found, rounds)["day"].max() <= 81.0
    assert events(found, rounds).equals(events(base, rounds, pl.col("day") <= 81.0))


@pytest.mark.parametrize(
    ("options", "day", "said"),
    [
        ({}, dt.date(2023, 5, 1), "is not between 2021-12-10 and 2022-12-31"),
        ({}, dt.date(2021, 1, 1), "is not between"),
        ({"changes": {"scheduled.ratification.after": 3}}, DAY, "may have come before"),
        ({"changes": {"scheduled.deadline-december.date": "2022-06-01"}}, DAY, "is due on 2021-12-31"),
        ({"changes": {"past.envoy-visit.killed": 3}}, DAY, "past cannot change"),
        ({"changes": {"actors.sadrists.seats.now": 70, "actors.fatah.seats.now": 20}}, DAY, "other coalitions"),
    ],
)  # fmt: skip
def test_what_contradicts_what_was_before_is_refused(base, options, day, said):
    with pytest.raises(QuestionError, match=said):
        gone_on(base, day, **options)


def test_a_branch_of_a_branch_is_refused(base, tmp_path):
    scenario = ct.reader(base.folder.path / "scenario.json")(changes=NOBODY_COMES)
    variant = Variant("it", "it", scenario, tmp_path / "one")
    one = branch_from(base, variant, DAY).what_ifs[0].forecast
    assert ct.open_run(tmp_path / "one").gone_on == DAY
    with pytest.raises(QuestionError, match="is itself a branch"):
        branch_from(one, variant, DAY)


def test_the_command_keeps_a_branch_beside_its_run(clientela, base):
    told = clientela("branch", str(base.folder.path), "--from", "2022-03-01", "--do", "visit:iran",
                     "--question", "us-strike", "--json")  # fmt: skip
    assert told.returncode == 0, told.stderr
    (what_if,) = json.loads(told.stdout)["what_ifs"]
    assert what_if["title"] == "from 2022-03-01 on: visit:iran"
    kept = [p.name for p in base.folder.path.parent.iterdir() if "from-2022-03-01" in p.name]
    assert len(kept) == 1
    assert folder_of(base, "x", DAY).parent == base.folder.path.parent
    bad = clientela("branch", str(base.folder.path), "--from", "2022-03-01", "--do", "visit:iram")
    assert bad.returncode == 2
    assert "visit:iran" in bad.stderr


def test_a_run_with_actors_who_act_on_their_interests_goes_on_as_itself(tmp_path):
    base = ct.run(ct.load("iraq-2021", branch="interests"), draws=300, out=tmp_path / "base")
    same = gone_on(base, branch="interests")
    assert same.same == 1.0
    assert events(same.forecast).equals(events(base))
    weaker = gone_on(base, branch="interests", changes={"mechanisms.patronage.period": 5})
    before = pl.col("day") <= 81.0
    assert events(weaker.forecast, before).equals(events(base, before))
    assert weaker.same < 0.9
