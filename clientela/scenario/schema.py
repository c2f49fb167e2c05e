"""JSON Schema of the scenario language, so that editors complete and check it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from clientela.scenario.fields import Model
from clientela.scenario.model import Scenario
from clientela.scenario.quantity import VALUE_TYPE, Quantity


def json_schema(mechanisms: Mapping[str, type[BaseModel]]) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12), mechanisms' settings included."""
    models = [(Scenario, "validation"), *((m, "validation") for m in mechanisms.values())]
    places, definitions = models_json_schema(models, ref_template="#/$defs/{model}")  # pyright: ignore
    known = definitions["$defs"]
    for model in [*_all_models(Model), *mechanisms.values()]:
        if model.__name__ in known:
            _tell_defaults(model, known[model.__name__])
    scenario = known.pop("Scenario")
    blocks: dict[str, Any] = {}
    for name, model in mechanisms.items():
        reference = places[model, "validation"]
        blocks[name] = {"anyOf": [reference, {"type": "boolean"}, {"type": "null"}]}
    scenario["properties"]["mechanisms"] = {
        "type": "object",
        "description": Scenario.model_fields["mechanisms"].description,
        "properties": blocks,
        "additionalProperties": False,
    }
    values: dict[str, Any] = {}
    whole = {**scenario, "$defs": known}
    _share_values(whole, values)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Clientela scenario",
        **whole,
        "$defs": {**known, **values},
    }


def _all_models(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for model in base.__subclasses__():
        yield model
        yield from _all_models(model)


def _tell_defaults(model: type[BaseModel], schema: dict[str, Any]) -> None:
    """Adds the default prior of each quantity to its description, which editors show."""
    for name, field in model.model_fields.items():
        if isinstance(field.default, Quantity):
            prior = field.default
            reason = f" ({prior.elicited})" if prior.elicited else ""
            said = f"{field.description or ''} Default: {prior.distribution.describe()}{reason}."
            schema["properties"][name]["description"] = said.strip()


def _share_values(part: Any, values: dict[str, Any]) -> None:
    """Moves the schema of each type of quantity into one definition: there are hundreds."""
    if isinstance(part, dict):
        name = part.pop(VALUE_TYPE, None)
        if name is not None:
            values[name] = {"anyOf": part.pop("anyOf")}
            part["$ref"] = f"#/$defs/{name}"
        for item in part.values():
            _share_values(item, values)
    elif isinstance(part, list):
        for item in part:
            _share_values(item, values)
