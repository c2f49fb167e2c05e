"""JSON Schema of the scenario language, so that editors complete and check it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from clientela.scenario.model import Scenario


def json_schema(mechanisms: Mapping[str, type[BaseModel]]) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12), mechanisms' settings included."""
    models = [(Scenario, "validation"), *((m, "validation") for m in mechanisms.values())]
    places, definitions = models_json_schema(models, ref_template="#/$defs/{model}")  # pyright: ignore
    known = definitions["$defs"]
    scenario = known.pop("Scenario")
    blocks: dict[str, Any] = {}
    for name, model in mechanisms.items():
        reference = places[model, "validation"]
        blocks[name] = {"anyOf": [reference, {"const": False}, {"type": "null"}]}
    scenario["properties"]["mechanisms"] = {
        "type": "object",
        "description": Scenario.model_fields["mechanisms"].description,
        "properties": blocks,
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Clientela scenario",
        **scenario,
        "$defs": known,
    }
