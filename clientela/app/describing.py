"""What may stand at a place of a scenario or evidence file, as its JSON Schema says."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clientela import evidence, scenario
from clientela.mechanisms import settings_models

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Described:
    """A field: what it is for, its choices if it has a few, and how it is best written.

    `look` is `choice`, `switch`, `text`, `date`, `entries` (a mapping of its own), `list` or
    `value`.
    """

    name: str
    about: str
    look: str
    choices: tuple[str, ...] = ()
    required: bool = False


@functools.cache
def schema_of(kind: str) -> Schema:
    """The schema of a `scenario` or of `evidence`."""
    if kind == "evidence":
        return evidence.json_schema()
    return scenario.json_schema(settings_models())


def at(whole: Schema, path: tuple[Any, ...]) -> Schema:
    """The schema of the part at a path; empty where it says nothing of it."""
    part = whole
    for step in path:
        part = next((found for form in _forms(whole, part) if (found := _inside(form, step))), {})
    return part


def fields(whole: Schema, part: Schema) -> list[Described]:
    """The fields that a mapping has by name; none if its keys are free."""
    form = next((f for f in _forms(whole, part) if "properties" in f), None)
    if form is None:
        return []
    needed = form.get("required", ())
    return [_described(whole, name, inner, name in needed) for name, inner in form["properties"].items()]  # fmt: skip


def is_mapping(whole: Schema, part: Schema) -> bool:
    """Whether a mapping with parts of its own stands here, rather than a value."""
    if "Value" in part.get("$ref", ""):
        return False
    return any("properties" in f or isinstance(f.get("additionalProperties"), dict) for f in _forms(whole, part))  # fmt: skip


def described(whole: Schema, path: tuple[Any, ...]) -> Described:
    """The field at a path."""
    return _described(whole, str(path[-1]), at(whole, path), False)


def _described(whole: Schema, name: str, part: Schema, required: bool) -> Described:
    about = part.get("description") or next((f["description"] for f in _forms(whole, part) if f.get("description")), "")  # fmt: skip
    forms = _forms(whole, part)
    choices = tuple(str(c) for f in forms for c in f.get("enum", [f["const"]] if "const" in f else []))  # fmt: skip
    kinds = {k for f in forms for k in _listed(f.get("type"))}
    look = "value"
    if is_mapping(whole, part):
        look = "entries"
    elif choices:
        look = "choice"
    elif "boolean" in kinds:
        look = "switch"
    elif "array" in kinds:
        look = "list"
    elif any(f.get("format") == "date" for f in forms):
        look = "date"
    elif kinds <= {"string", "null"} and "string" in kinds:
        look = "text"
    return Described(name, about, look, choices, required)


def _forms(whole: Schema, part: Schema) -> list[Schema]:
    """The part with references followed and alternatives laid side by side."""
    if reference := part.get("$ref"):
        return _forms(whole, whole["$defs"][reference.rpartition("/")[2]])
    if "anyOf" in part:
        return [form for inner in part["anyOf"] for form in _forms(whole, inner)]
    return [part]


def _listed(kinds: Any) -> list[Any]:
    return kinds if isinstance(kinds, list) else [kinds]


def _inside(form: Schema, step: Any) -> Schema | None:
    if isinstance(step, int):
        return form.get("items")
    if step in form.get("properties", {}):
        return form["properties"][step]
    rest = form.get("additionalProperties")
    return rest if isinstance(rest, dict) else None
