"""A forecast that moves on: days, answers, jumps, and histories that hold what happened."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import math
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import polars as pl
import pytest

import clientela as ct
from clientela.analysis.questions import QuestionError
from clientela.analysis.updating import Update, shares_of, update
from clientela.engine import StoreError
from clientela.report.update_figure import update_figure
from clientela.scenario.starter import starter

CHRONICLE = """\
through: 2030-04-10
watched: [ratification, "attack:*", "clash:*"]
events:
  - {date: 2030-03-20, event: ratification, outcomes: {decision: accepted}}
  - {date: 2030-03-22, until: 2030-03-24, event: "attack:league>guards", killed: 2}
  - {date: 2030-03-30, event: "clash:guards~league", killed: 12}
"""
# The day after each of whose events, and before it, answers are given.
DAYS = {
    "event": ("03-01", "03-19", "03-20", "03-21", "03-24", "03-29", "03-30", "04-10"),
    "week": ("03-01", "03-08", "03-15", "03-21", "03-29", "04-05", "04-10"),
    "month": ("03-01", "03-31", "04-10"),
    "end": ("03-01", "04-10"),
}


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2030-{text}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("updating")
    (path / "my-crisis.yaml").write_text(starter("my-crisis"), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def scenario(folder: Path) -> ct.Scenario:
    return ct.load(folder / "my-crisis.yaml")


@pytest.fixture(scope="module")
def updated(folder: Path):
    """Updates a scenario with a text."""
    numbers = itertools.count()

    def run(scenario: ct.Scenario, text: str = CHRONICLE, **asked) -> Update:
        path = folder / f"{next(numbers)}.yaml"
        path.write_text(text, encoding="utf-8")
        return update(scenario, path, **{"particles": 200, "draws": 400, **asked})

    return run


@pytest.fixture(scope="module")
def found(updated, scenario: ct.Scenario) -> Update:
    return updated(scenario, particles=500, draws=1000)


def answers(found: Update, at: int = -1) -> dict[tuple[str, str], float]:
    return {(q, outcome): p for q, outcome, p, _ in shares_of(found.moments[at].forecast)}


# -- days -------------------------------------------------------------------------------------


@pytest.mark.parametrize("each", DAYS)
def test_answers_are_given_on_the_days_asked_for(updated, scenario: ct.Scenario, each: str):
    """None is while it is open whether something has happened: such a day is moved to before."""
    few = updated(scenario, each=each, particles=100, draws=100)
    assert [moment.date for moment in few.moments] == [*map(day, DAYS[each])]


@pytest.mark.parametrize(
    "asked", [{"each": "day"}, {"particles": 99}, {"draws": 99}], ids=lambda asked: next(iter(asked))
)  # fmt: skip
def test_options_out_of_range(updated, scenario: ct.Scenario, asked):
    with pytest.raises(QuestionError, match="expected"):
        updated(scenario, **asked)


# -- answers ----------------------------------------------------------------------------------


def test_an_update_by_nothing_is_a_run(updated, scenario: ct.Scenario):
    """At the scenario's own date no day has gone by of which anything could be learned."""
    text = 'through: 2030-03-01\nwatched: ["attack:*"]\n'
    found = updated(scenario, text, particles=2000, draws=4000)
    assert len(found.moments) == 1
    run = {(q, o): (p, half) for q, o, p, half in shares_of(ct.run(scenario, draws=4000, seed=2))}
    for q, outcome, p, half in shares_of(found.moments[0].forecast):
        other, other_half = run[q, outcome]
        assert abs(p - other) <= 4.0 / 1.96 * math.hypot(half, other_half), (q, outcome)


def test_an_event_that_settles_a_question_makes_it_certain(found: Update):
    before, after = answers(found, -3), answers(found, -2)
    assert [found.moments[k].date for k in (-3, -2)] == [day("03-29"), day("03-30")]
    assert before["ten-killed", "yes"] < 1.0
    assert after["ten-killed", "yes"] == 1.0


def test_what_is_against_a_value_lowers_it(updated, scenario: ct.Scenario):
    """Half a year without violence that was to be expected: less of it is to come."""
    text = 'through: 2030-09-30\nwatched: ["attack:*", "clash:*"]\n'
    found = updated(scenario, text, each="end", particles=500, draws=1000)
    rate = next(each for each in found.learned if each.path == "mechanisms.escalation.rate")
    assert rate.after[0] < rate.before[0]
    assert rate.after[2] < rate.before[2]
    jump = found.whole("ten-killed", "yes")
    assert jump is not None
    assert jump.change < -jump.error


@pytest.mark.parametrize("at", [-1, 3])
def test_every_history_has_what_happened_and_no_more_of_what_is_watched(found: Update, at: int):
    moment = found.moments[at]
    end = float((moment.date - found.scenario.as_of).days + 1)
    events = moment.forecast.events.with_columns(pl.col("what").cast(pl.String)).collect()
    past = events.filter(pl.col("day") < end)
    watched = past.filter(pl.col("what").is_in([*found.account.watched]))
    expected = [("ratification", 19.0, 20.0, None), ("attack:league>guards", 21.0, 24.0, 2), ("clash:league~guards", 29.0, 30.0, 12)]  # fmt: skip
    expected = [row for row in expected if row[2] <= end]
    assert watched.height == len(expected) * moment.forecast.draws
    for name, low, high, killed in expected:
        rows = watched.filter(what=name)
        assert rows["draw"].to_list() == [*range(moment.forecast.draws)]
        assert rows["day"].is_between(low, high).all()
        assert killed is None or (rows["mark"] == killed).all()
    outcome = past.filter(pl.col("what").str.starts_with("ratification/"))
    assert outcome["what"].unique().to_list() == ["ratification/decision=accepted"]
    assert events.filter(what="ratification")["day"].is_between(19.0, 20.0).all()
    assert events["day"].max() > end  # pyright: ignore[reportOptionalOperand]


def test_seeds_reproduce_an_update_exactly(updated, scenario: ct.Scenario):
    one, again, other = (
        updated(scenario, seed=seed, each="month", particles=100, draws=200) for seed in (3, 3, 4)
    )
    assert one.table().equals(again.table(), null_equal=True)
    assert one.learned == again.learned
    assert [m.evidence for m in one.moments] == [m.evidence for m in again.moments]
    assert not one.table().equals(other.table())


# -- what moved them --------------------------------------------------------------------------


def test_jumps_add_up_to_the_whole_change(found: Update):
    told = list(found.by_answer())
    assert [(q, outcome) for q, outcome, _ in told] == [*answers(found)]
    for question, outcome, jumps in told:
        whole = found.whole(question, outcome)
        assert whole is not None
        assert len(jumps) == len(found.moments) - 1
        assert math.fsum(jump.change for jump in jumps) == pytest.approx(whole.change, abs=1e-12)


def test_every_event_is_the_cause_of_one_jump(found: Update):
    jumps = [jump for jump in found.jumps() if jump.question == "government"]
    told = {jump.date: jump.cause for jump in jumps if jump.entries}
    assert told == {
        day("03-20"): "ratification, decision=accepted",
        day("03-24"): "attack:league>guards, 2 killed",
        day("03-30"): "clash:guards~league, 12 killed",
    }
    assert jumps[-1].cause == "nothing of what is watched since 2030-03-30"


def test_an_event_of_the_first_day_is_a_cause(updated, scenario: ct.Scenario):
    text = 'through: 2030-03-20\nevents: [{date: 2030-03-01, event: "attack:league>guards"}]\n'
    found = updated(scenario, text)
    assert [m.date for m in found.moments] == [day("03-01"), day("03-02"), day("03-20")]
    assert [len(jump.entries) for jump in found.jumps()[:: len(answers(found))]] == [1, 0]


def test_a_day_that_is_known_is_not_told_as_learned(found: Update):
    paths = {each.path for each in found.learned}
    assert "mechanisms.escalation.rate" in paths
    assert "scheduled.ratification.after" not in paths
    assert [each.distance for each in found.learned] == sorted(
        (each.distance for each in found.learned), reverse=True
    )


# -- what is told of it -----------------------------------------------------------------------


def test_the_table_has_a_row_for_each_day_and_answer(found: Update):
    table = found.table()
    assert table.columns == ["date", "question", "outcome", "probability", "half"]
    assert table.height == len(found.moments) * len(answers(found))
    last = table.filter(date=day("04-10")).select("question", "outcome", "probability").rows()
    assert {(q, outcome): p for q, outcome, p in last} == answers(found)
    assert set(table["question"]) == set(found.scenario.questions)


def test_json_has_all_and_nothing_that_json_has_not(updated, folder: Path, found: Update):
    told = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert told["through"] == "2030-04-10"
    assert told["watched"] == [*found.account.watched]
    assert [moment["date"] for moment in told["moments"]] == [f"2030-{d}" for d in DAYS["event"]]
    assert len(told["answers"]) == found.table().height
    assert len(told["learned"]) == len(found.learned)
    assert {row["question"] for row in found.as_json(["which"])["answers"]} == {"which"}
    never = ct.load(folder / "my-crisis.yaml", branch="no-envoy")
    told = updated(never, each="end").as_json(["guards-obey"])
    assert [row["probability"] for row in told["answers"]] == [None, None]
    assert "NaN" not in json.dumps(told)


def test_a_folder_holds_one_update(updated, scenario: ct.Scenario, tmp_path: Path):
    first = updated(scenario, each="end", out=tmp_path)
    last = first.moments[-1].forecast
    assert {path.name for path in tmp_path.iterdir()} == {"2030-03-01", "2030-04-10"}
    again = updated(scenario, each="end", out=tmp_path)
    assert again.table().equals(first.table(), null_equal=True)
    assert again.moments[-1].forecast.taken_up == last.draws
    for asked in ({"draws": 1000}, {"particles": 300}, {"text": CHRONICLE.replace("12", "13")}):
        with pytest.raises(StoreError, match="holds a run of something else"):
            updated(scenario, **{"each": "end", "out": tmp_path, **asked})


# -- the figure -------------------------------------------------------------------------------

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: str) -> list[tuple[float, float, float, str]]:
    """Left and right end, line and content of the texts of a figure; letters are taken to be 0.62
    of their size wide, which is more than they are."""
    found = []
    for text in ET.fromstring(svg).iter(f"{SVG}text"):
        style = text.get("style", "")
        size = float((re.search(r"([\d.]+)px", style) or [0, "8"])[1])
        moved = re.match(r"translate\(([-\d.]+) ([-\d.]+)\)", text.get("transform", ""))
        x, y = map(float, moved.groups() if moved else (text.get("x", "0"), text.get("y", "0")))
        said = "".join(text.itertext())
        width = 0.62 * size * len(said)
        left = x - (width / 2 if "middle" in style else width if "anchor: end" in style else 0)
        found.append((left, left + width, y, said))
    return found


def test_the_figure_has_every_question_and_cause(found: Update):
    said = " ".join(text for *_, text in texts(update_figure(found)))
    for question in found.scenario.questions.values():
        assert question.ask in said
    assert "2030-03-30  clash:guards~league, 12 killed" in said
    assert "Are ten or more" not in update_figure(found, ["which"])


@pytest.mark.parametrize("through", ["2030-03-02", "2030-03-10", "2030-04-10", "2031-02-28"])
def test_days_below_an_axis_do_not_touch(updated, scenario: ct.Scenario, through: str):
    text = f'through: {through}\nwatched: ["attack:*"]\n'
    svg = update_figure(updated(scenario, text, each="end", particles=100, draws=100))
    days = sorted(each for each in texts(svg) if re.fullmatch(r"\d+ [A-Z][a-z]{2}", each[-1]))
    assert days
    for (_, right, line, _), (left, _, other, _) in itertools.combinations(days, 2):
        assert abs(line - other) > 2.0 or left > right


def test_numbers_of_neighbouring_days_are_one(updated, scenario: ct.Scenario):
    events = "".join(f'  - {{date: 2030-03-1{d}, event: "clash:league~guards", killed: 4}}\n' for d in (1, 2, 3))  # fmt: skip
    found = updated(scenario, f"through: 2031-01-31\nevents:\n{events}", draws=1500, particles=500)
    said = [text for *_, text in texts(update_figure(found, ["ten-killed"]))]
    assert "1–3" in said


def test_a_figure_of_one_day_is_drawn(updated, scenario: ct.Scenario):
    text = 'through: 2030-03-01\nwatched: ["attack:*"]\n'
    svg = update_figure(updated(scenario, text, particles=100, draws=100))
    assert "1 Mar" in [text for *_, text in texts(svg)]
