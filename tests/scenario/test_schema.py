"""The JSON Schema: what loads is valid by it, what it describes an editor can show."""

from __future__ import annotations

import json

import jsonschema
import pytest
from arvenia import ARVENIA, MECHANISMS, changed

from clientela.reading import read_yaml
from clientela.scenario import json_schema

SCHEMA = json_schema(MECHANISMS)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def found(text: str) -> list[str]:
    data = json.loads(json.dumps(read_yaml("arvenia", text).data, default=str))
    return [error.message for error in VALIDATOR.iter_errors(data)]


def test_the_schema_is_one_and_takes_what_loads():
    VALIDATOR.check_schema(SCHEMA)
    assert found(ARVENIA) == []


def test_the_bundled_scenarios_are_valid_by_the_schema():
    from clientela.mechanisms import settings_models
    from clientela.scenario import bundled

    validator = jsonschema.Draft202012Validator(json_schema(settings_models()))
    for path in bundled().values():
        data = json.loads(json.dumps(read_yaml(path).data, default=str))
        assert [e.message for e in validator.iter_errors(data)] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("kind: client", "kind: cleint"),
        ("force: 1", "forc: 1"),
        ("force: 1", "force: -1"),
        ("dependence: 0.5", "dependence: {low: 0.5}"),
        ("dependence: 0.5", "dependence: 1.5"),
        ("visit_rate: 0.01", "visitrate: 0.01"),
        ("patronage: {visit_rate: 0.01}", "patronge: {}"),
    ],
)
def test_an_editor_marks_the_usual_mistakes(old, new):
    assert found(changed(old, new))


def test_every_field_of_a_scenario_is_described():
    bare = [
        f"{name}.{key}"
        for name, definition in {"Scenario": SCHEMA, **SCHEMA["$defs"]}.items()
        for key, field in definition.get("properties", {}).items()
        if "description" not in field
        and name not in ("Threshold", "PatronageSettings", "EscalationSettings")
    ]
    assert bare == []


def test_descriptions_tell_the_default_prior():
    told = SCHEMA["$defs"]["PatronageSettings"]["properties"]["visit_rate"]["description"]
    assert told.startswith("Visits. Default: PERT, mean 0.0235")


def test_the_schema_stays_small_enough_for_an_editor():
    from clientela.mechanisms import settings_models

    assert len(json.dumps(json_schema(settings_models()))) < 160_000
