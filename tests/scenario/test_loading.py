"""Scenarios from files: right ones load, wrong ones get every problem at its place."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import clientela as ct
from clientela.mechanisms import settings_models
from clientela.reading import ReadingError, read_yaml
from clientela.scenario import bundled, json_schema
from clientela.scenario.starter import StarterError, starter

TEXT = starter("my-crisis")


def problems(path: Path, text: str) -> list[str]:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReadingError) as caught:
        ct.load(path)
    return str(caught.value).splitlines()


def one_problem(path: Path, old: str, new: str) -> str:
    assert old in TEXT
    found = problems(path, TEXT.replace(old, new, 1))
    assert len(found) == 1, found
    return found[0]


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_the_starter_loads_and_every_default_is_a_documented_prior(crisis: Path):
    scenario = ct.load(crisis)
    assert scenario.scenario == "my-crisis"
    assert scenario.mechanisms["patronage"].visit_rate.origin == "default"
    assert scenario.mechanisms["patronage"].visit_rate.elicited


def test_every_bundled_scenario_loads_with_each_of_its_branches():
    for name in bundled():
        scenario = ct.load(name)
        assert scenario.ledger is not None
        for branch in scenario.branches:
            assert ct.load(name, branch=branch).digest != scenario.digest


def test_every_prior_without_a_source_gives_a_reason():
    from clientela.scenario import quantities

    for name, model in settings_models().items():
        for path, quantity in quantities(model(), name):
            assert quantity.elicited, path


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("rivalry:                                                  # who may attack whom\n    league:",
         "rivalry:\n    leauge:", "there is no actor 'leauge' (did you mean 'league'?)"),
        ("seats: 42", "seats: 40", "the actors' seats sum to 98, the chamber has 100: 2 are missing"),
        ("dependence: 0.4}", "dependence: 1.7}", "1.7 is not a share; expected a number between 0 and 1"),
        ("date: 2030-04-30", "date: 2030-01-30", "is not after as_of, 2030-03-01; write it under 'past'"),
        ("date: 2030-04-30", "date: 2033-01-30", "is past the horizon, 2031-02-28"),
        ("date: 2030-04-30", "date: 2030-02-30", "is not a date; expected one such as 2021-12-31"),
        ("horizon: 2031-02-28", "horizon: 2029-02-28", "is not after as_of"),
        ("kind: patron", "kind: parton", "(did you mean 'patron'?)"),
        ("autonomy: {low", "autonmy: {low", "there is no 'autonmy' here"),
        ("title: Arvenia after its election", "titel: Arvenia", "'title' is missing; add it"),
        ("obeys: guards", "obeys: gaurds", "(did you mean 'guards'?)"),
        ("at_least: 10, ", "", "'killed' and 'at_least' go together"),
        ("government: any, ", "", "a question has exactly one of"),
        ("includes: [league], excludes", "includes: [leage], excludes", "(did you mean 'league'?)"),
        ("present: two-thirds", "present: 4/3", "is not a threshold; expected majority"),
        ("in_favour: majority, present", "in_favour: 150, present", "is more than the 100 seats"),
        ("runners_up: {front: 1, centre: 1}", "runners_up: {league: 1}", "cannot inherit its own seats"),
        ("seats: 28}", "seats: -28}", "expected a number at least 0"),
        ("  front: {name", "  Front: {name", "cannot be a name; expected lower-case"),
    ],
)  # fmt: skip
def test_a_mistake_gets_a_message_with_its_remedy(
    tmp_path: Path, old: str, new: str, expected: str
):
    found = problems(tmp_path / "c.yaml", TEXT.replace(old, new, 1))
    assert any(expected in line for line in found), found
    for line in found:
        assert re.match(r".*c\.yaml:\d+:\d+: ", line), line


def test_a_problem_stands_at_its_line_and_column(tmp_path: Path):
    found = one_problem(tmp_path / "c.yaml", "dependence: 0.4}", "dependence: 1.7}")
    line = line_of(TEXT, "dependence: 0.4}")
    column = TEXT.splitlines()[line - 1].index("dependence") + 1
    assert f"c.yaml:{line}:{column}: ties.sponsorship.varen.front.dependence: " in found


def test_all_problems_are_reported_at_once(tmp_path: Path):
    text = TEXT.replace("dependence: 0.4}", "dependence: 1.7}").replace("kind: patron", "kind: x")
    text = text.replace("force: 0.8", "force: -1")
    assert len(problems(tmp_path / "c.yaml", text)) == 3


def test_sponsorship_in_a_circle_is_refused_with_the_circle(tmp_path: Path):
    text = TEXT.replace(
        "sponsorship: {varen:", "sponsorship: {front: {guards: {}}, guards: {front: {}}, varen:"
    )
    found = problems(tmp_path / "c.yaml", text)
    assert any("circle: " in line and "front" in line and "guards" in line for line in found)


def test_claims_must_be_in_the_evidence(tmp_path: Path):
    found = problems(
        tmp_path / "c.yaml",
        TEXT.replace("dependence: 0.4}", "dependence: {value: 0.4, because: rumour}}"),
    )
    assert "there is no claim 'rumour' (the scenario names no evidence file)" in found[0]


def test_values_are_set_by_their_path(crisis: Path):
    changes = {
        "mechanisms.patronage.visit_rate": "0.5",
        "actors.guards.autonomy": "{low: 0.1, high: 0.2}",
        "chamber.procedure.president.present": "majority",
        "ties.sponsorship.varen.guards.dependence": 0.9,
    }
    scenario = ct.load(crisis, changes=changes)
    assert scenario.mechanisms["patronage"].visit_rate.distribution.mean() == 0.5
    assert scenario.actors["guards"].autonomy.distribution.support() == (0.1, 0.2)
    assert scenario.chamber is not None
    assert scenario.chamber.procedure[0].present.needed(100) == 51
    assert scenario.ties.sponsorship["varen"]["guards"].dependence.distribution.mean() == 0.9


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("actors.gards.autonomy", "did you mean 'guards'?"),
        ("mechanisms.patronage.visit_rat", "did you mean 'visit_rate'?"),
        ("mechanism.patronage.visit_rate", "did you mean 'mechanisms'?"),
        ("chamber.procedure.presidnt.present", "did you mean 'president'?"),
        ("ties.sponsorship.varen.gaurds.dependence", "did you mean 'guards'?"),
        ("title.deeper.still", "there is no 'deeper' in title"),
        ("", "there is no ''"),
    ],
)
def test_an_unknown_path_gets_the_nearest_one(crisis: Path, path: str, expected: str):
    with pytest.raises(ReadingError, match=re.escape(expected)):
        ct.load(crisis, changes={path: "0.5"})


def test_unknown_names_get_suggestions(crisis: Path):
    with pytest.raises(ReadingError, match="did you mean 'iraq-2021'"):
        ct.load("iraq2021")
    with pytest.raises(ReadingError, match="did you mean 'no-envoy'"):
        ct.load(crisis, branch="no-envoi")
    with pytest.raises(ReadingError, match="did you mean 'patronage'"):
        ct.load(crisis, without=["patronag"])


def test_the_digest_follows_what_is_in_force_and_nothing_else(crisis: Path):
    plain = ct.load(crisis).digest
    crisis.write_text("# a comment\n" + TEXT, encoding="utf-8")
    assert ct.load(crisis).digest == plain
    assert ct.load(crisis, changes={"actors.guards.autonomy": 0.5}).digest != plain
    assert ct.load(crisis, without=["authority"]).digest != plain


def test_the_schema_accepts_what_loads_and_refuses_what_does_not():
    schema = json_schema(settings_models())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for text in (TEXT, bundled()["iraq-2021"].read_text(encoding="utf-8")):
        data = json.loads(json.dumps(read_yaml("f", text).data, default=str))
        assert not list(validator.iter_errors(data))
        data["actors"]["front" if "front" in data["actors"] else "aah"]["autonomy"] = 1.7
        assert list(validator.iter_errors(data))


def test_a_scenario_cannot_be_called_anything():
    with pytest.raises(StarterError, match="lower-case letters"):
        starter("My Crisis")


WORDS = re.findall(r"[A-Za-z0-9_.-]+|[\[\]{}:,]", TEXT)
JUNK = ["1.7", "-3", "true", "null", "[]", "{}", "~", "2030-13-45", "front", "xyz", "'", '"', "&a",
        "*a", "!!python/object", "1e999", ".nan", "\t", "- ", "? ", "|", ">", "%", "@", "é", "0"]  # fmt: skip


@settings(max_examples=2500, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32), st.integers(1, 6))
def test_thousands_of_mutated_scenarios_load_or_say_what_is_wrong(seed: int, mutations: int):
    """Words are swapped, dropped, doubled and replaced; lines are cut, moved and re-indented."""
    chance = random.Random(seed)
    text = TEXT
    for _ in range(mutations):
        text = _mutated(text, chance)
    scenario, problems = None, []
    try:
        scenario = _load(text)
    except ReadingError as error:
        problems = error.problems
    assert (scenario is None) == bool(problems)
    assert all(problem.message for problem in problems)


def _load(text: str):
    return ct.load(read_yaml("mutated.yaml", text).data)


def _mutated(text: str, chance: random.Random) -> str:
    lines = text.splitlines()
    at = chance.randrange(len(lines)) if lines else 0
    match chance.randrange(6):
        case 0:
            lines[at : at + 1] = []
        case 1:
            lines.insert(chance.randrange(len(lines) + 1), lines[at] if lines else "")
        case 2:
            lines[at : at + 1] = [
                " " * chance.randrange(6) + line.lstrip() for line in lines[at : at + 1]
            ]
        case 3:
            lines = lines[:at]
        case _:
            found = list(re.finditer(r"[A-Za-z0-9_.-]+|[\[\]{}:,]", text))
            if found:
                word = chance.choice(found)
                new = chance.choice(JUNK + WORDS)
                return text[: word.start()] + new + text[word.end() :]
    return "\n".join(lines)
