"""What came true, read from a file: every problem has its place and says what was expected."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import clientela as ct
from clientela.reading import ReadingError
from clientela.scoring import outcomes_for, read_outcomes

GOOD = """\
outcomes:
  government:
    value: true
    date: 2030-08-01
    base_rate: {value: 0.7, source: "the parliaments of others"}
  which: {value: with-front, date: 2030-08-01}
  ten-killed: {value: false, uncertain: true}
  guards-obey: {value: null, note: not public}
"""


@pytest.fixture
def scenario(crisis: Path) -> ct.Scenario:
    return ct.load(crisis)


def problems(tmp_path: Path, scenario: ct.Scenario, text: str) -> list[str]:
    file = tmp_path / "came.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ReadingError) as raised:
        outcomes_for([scenario], [file])
    return [line.removeprefix(f"{tmp_path}/") for line in str(raised.value).splitlines()]


def test_what_is_right_is_read(tmp_path: Path, scenario: ct.Scenario):
    file = tmp_path / "came.yaml"
    file.write_text(GOOD, encoding="utf-8")
    (found,) = outcomes_for([scenario], [file])
    assert found.outcomes["which"].value == "with-front"
    assert found.outcomes["ten-killed"].uncertain
    assert found.outcomes["guards-obey"].value is None


def test_the_bundled_outcomes_fit_their_scenario():
    scenario = ct.load("iraq-2021")
    (found,) = outcomes_for([scenario])
    assert found.outcomes.keys() < scenario.questions.keys()


def test_the_example_of_the_page_is_right(tmp_path: Path, scenario: ct.Scenario):
    page = (Path(__file__).parents[2] / "docs" / "score.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    file = tmp_path / "came.yaml"
    file.write_text(text, encoding="utf-8")
    (found,) = outcomes_for([scenario], [file])
    assert found.outcomes.keys() == scenario.questions.keys()


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        ("  government:", "  goverment:", "2:3", "outcomes.goverment: there is no question 'goverment' (did you mean 'government'?)"),
        ("value: true", "value: yes", "3:5", "'yes' is not an outcome of this question; expected true, false, or null"),
        ("value: true", "value: 1", "3:5", "1 is not an outcome; expected true, false, a kind of government, or null"),
        ("value: with-front", "value: with-frnt", "6:11", "'with-frnt' is not an outcome of this question; expected league-led, with-front, other, none, or null where it cannot be settled (did you mean 'with-front'?)"),
        ("value: with-front", "value: true", "6:11", "true is not an outcome of this question; expected league-led, with-front, other, none"),
        ("date: 2030-08-01\n    base", "date: 2030-02-28\n    base", "4:5", "2030-02-28 is before 2030-03-01, the scenario's as_of"),
        ("date: 2030-08-01\n    base", "date: 2030-10-01\n    base", "4:5", "2030-10-01 is after 2030-09-30, the last day that is asked about; the value is then false, without a date"),
        ("with-front, date: 2030-08-01", "with-front, date: 2031-03-01", "6:30", "2031-03-01 is after 2031-02-28, the last day that is asked about; the value is then none"),
        ("with-front, date", "none, date", "6:24", "a date is when something came true, and the value is 'none'; remove one of the two"),
        ("value: false,", "value: false, date: 2030-08-01,", "7:30", "a date is when something came true, and the value is false; remove one of the two"),
        ("value: null,", "value: null, date: 2030-08-01,", "8:30", "and the value is null; remove one"),
        ("date: 2030-08-01\n    base", "date: 1 August\n    base", "4:5", "'1 August' is not a date; expected one such as 2021-12-31"),
        ("uncertain: true", "uncertain: 1", "7:30", "1 is not a yes or no; expected true or false"),
        ("note: not", "nota: not", "8:30", "there is no 'nota' here; expected one of value, date, uncertain, note, source, base_rate (did you mean 'note'?)"),
        ("{value: 0.7, ", "{value: 1.0, ", "5:17", "1.0 is not a share; expected a number over 0 and under 1"),
        ("{value: 0.7, ", "{value: true, ", "5:17", "true is not a share"),
        ("{value: 0.7, ", "{", "5:5", "'value' is missing; add it"),
        (', source: "the parliaments of others"', "", "5:5", "'source' is missing; add it"),
        ("{value: 0.7, ", "{value: {yes: 0.7}, ", "5:17", "this question is answered with yes or no; expected one number, the share of yes"),
        ("which: {", "which: {base_rate: {value: 0.5, source: x}, ", "6:23", "expected a share for each of league-led, with-front, other, none"),
        ("which: {", "which: {base_rate: {value: {league-led: 0.5, with-frot: 0.5}, source: x}, ", "6:23", "there is no outcome 'with-frot' (did you mean 'with-front'?)"),
        ("which: {", "which: {base_rate: {value: {league-led: 0.5, with-front: 0.5}, source: x}, ", "6:23", "says nothing of other, none; expected a share for each outcome"),
        ("which: {", "which: {base_rate: {value: {league-led: 0.5, with-front: 0.3, other: 0.1, none: 0.2}, source: x}, ", "6:23", "the shares add up to 1.1; expected 1"),
        ("outcomes:", "scenario: my-crises\noutcomes:", "1:1", "there is no target of the scenario 'my-crises' (did you mean 'my-crisis'?)"),
    ],
)  # fmt: skip
def test_every_problem_has_its_place_and_what_was_expected(
    tmp_path: Path, scenario: ct.Scenario, old: str, new: str, place: str, said: str
):
    assert GOOD.count(old) == 1
    (problem,) = problems(tmp_path, scenario, GOOD.replace(old, new))
    assert re.match(r"came\.yaml:(\d+:\d+): ", problem)[1] == place, problem  # pyright: ignore
    assert said in problem


def test_all_problems_are_told_at_once(tmp_path: Path, scenario: ct.Scenario):
    text = GOOD.replace("  government:", "  goverment:").replace("with-front", "frontish")
    assert len(problems(tmp_path, scenario, text)) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("outcomes: {}\n", "came.yaml:1:1: outcomes: there is an outcome for no question; add one"),
        ("outcomes:\n", "nothing is written here"),
        ("scenario: my-crisis\n", "'outcomes' is missing; add it"),
        ("outcomes: [true]\n", "is not a mapping"),
        ("outcomes: {government: true}\n", "true is not a mapping; expected keys with values"),
        ("", "is empty"),
    ],
)  # fmt: skip
def test_a_file_of_nothing_is_refused(tmp_path: Path, scenario: ct.Scenario, text: str, said: str):
    (problem,) = problems(tmp_path, scenario, text)
    assert said in problem


def test_a_scenario_without_a_file_says_where_it_was_looked_for(
    scenario: ct.Scenario, crisis: Path
):
    with pytest.raises(ReadingError, match=rf"my-crisis: there is no file of what came true at {crisis.parent}/outcomes\.yaml; give one with --outcomes"):  # fmt: skip
        outcomes_for([scenario])


def test_the_file_beside_the_scenario_is_found_under_the_name_it_gives(crisis: Path):
    crisis.write_text(crisis.read_text() + "outcomes: later.yaml\n", encoding="utf-8")
    (crisis.parent / "later.yaml").write_text(GOOD, encoding="utf-8")
    (found,) = outcomes_for([ct.load(crisis)])
    assert found == read_outcomes(crisis.parent / "later.yaml")[0]


def test_files_go_to_the_scenarios_they_name(tmp_path: Path, scenario: ct.Scenario):
    file = tmp_path / "came.yaml"
    file.write_text(f"scenario: my-crisis\n{GOOD}", encoding="utf-8")
    iraq = ct.load("iraq-2021")
    first, second = outcomes_for([iraq, scenario], [file])
    assert "ratified-2021" in first.outcomes
    assert second.scenario == "my-crisis"


def test_a_file_that_could_be_for_two_scenarios_has_to_say(tmp_path: Path, scenario: ct.Scenario):
    file = tmp_path / "came.yaml"
    file.write_text(GOOD, encoding="utf-8")
    with pytest.raises(ReadingError, match="say with 'scenario: NAME' which of iraq-2021, my-crisis it is for"):  # fmt: skip
        outcomes_for([ct.load("iraq-2021"), scenario], [file])


def test_two_files_for_one_scenario_are_refused(tmp_path: Path, scenario: ct.Scenario):
    files = [tmp_path / name for name in ("one.yaml", "two.yaml")]
    for file in files:
        file.write_text(GOOD, encoding="utf-8")
    with pytest.raises(ReadingError, match=r"two\.yaml:1:1: is for my-crisis, for which there is .*one\.yaml; leave one out"):  # fmt: skip
        outcomes_for([scenario], files)
