"""Completions: the fields that may stand at a place, the choices of a value, and known names."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clientela.app import describing
from clientela.app.outline import Path_, Spot, entries, spot
from clientela.scenario.distributions import BY_NAME

_MOST = 60


@dataclass(frozen=True)
class Completion:
    """What is offered: its label, what is put into the text, a word and a sentence on it."""

    label: str
    apply: str
    detail: str
    info: str


# What a value names, by the last key of its path.
_NAMED = {
    "because": "claims", "proposition": "propositions", "about": "propositions", "against": "propositions",
    "sources": "sources", "document": "documents", "obeys": "actors", "affiliation": "actors",
    "welcome_to": "actors", "unwelcome_to": "actors", "includes": "actors", "includes_any": "actors",
    "excludes": "actors", "lists": "actors", "leads": "actors", "question": "questions",
    "without": "mechanisms", "event": "events", "happens": "events", "killed": "events",
}  # fmt: skip


def completed(
    kind: str, text: str, units: int, beside: str = "", events: Sequence[str] = ()
) -> dict[str, Any]:
    """What an editor offers at a place, which is counted in UTF-16 units as browsers do.

    `kind` is `scenario` or `evidence`; `beside` the text of a scenario's evidence, whose names
    are known too. `from` is where the word begins that the labels stand for, counted alike.
    """
    offset = len(text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore"))
    here = spot(text, offset)
    names = names_in(text) | {k: v for k, v in names_in(beside).items() if v}
    found = [c for c in completions(kind, here, names | {"events": list(events)}) if c.label.startswith(here.typed)]  # fmt: skip
    options = [{"label": c.label, "apply": c.apply, "detail": c.detail, "info": c.info} for c in found[:_MOST]]  # fmt: skip
    return {"from": units - len(here.typed.encode("utf-16-le")) // 2, "options": options}


def names_in(text: str) -> dict[str, list[str]]:
    """The names that a text gives to actors, questions, claims and so on."""
    found: dict[str, list[str]] = {}
    for entry in entries(text):
        if len(entry.path) == 2:
            found.setdefault(str(entry.path[0]), []).append(str(entry.path[1]))
    return found


def completions(kind: str, here: Spot, names: Mapping[str, Sequence[str]]) -> Iterator[Completion]:
    """All that may stand at a place."""
    schema = describing.schema_of(kind)
    part = describing.at(schema, here.path)
    if here.is_key:
        for field in describing.fields(schema, part):
            if field.name not in here.written:
                yield Completion(field.name, f"{field.name}: ", field.look, field.about)
        for name in _keys(here.path, names):
            if name not in here.written:
                yield Completion(name, f"{name}: ", "name", "")
        if not here.path or not isinstance(here.path[-1], int):
            return
    yield from _values(schema, here.path, part, names)


def _keys(path: Path_, names: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Keys that are names of something."""
    match path:
        case ("ties", _) | ("ties", _, _) | ("actors", _, "runners_up"):
            return names.get("actors", ())
        case ("chamber", "vetoes") | ("chamber", "vetoes", _):
            return names.get("actors", ())
    return ()


def _values(
    schema: describing.Schema, path: Path_, part: describing.Schema, names: Mapping[str, Sequence[str]]
) -> Iterator[Completion]:  # fmt: skip
    keys = [step for step in path if isinstance(step, str)]
    if keys and (what := _NAMED.get(keys[-1])):
        for name in names.get(what, ()):
            yield Completion(name, f'"{name}"' if ":" in name else name, what, "")
    if not path:
        return
    field = describing.described(schema, path)
    for choice in field.choices:
        yield Completion(choice, choice, "", field.about)
    if field.look == "switch":
        yield from (Completion(v, v, "", field.about) for v in ("true", "false"))
    if "Value" in part.get("$ref", ""):
        yield from _laws(field.about)


def _laws(about: str) -> Iterator[Completion]:
    """The ways in which an uncertain value is written."""
    yield Completion("low, high", "{low: , high: }", "anything between", about)
    yield Completion("low, likely, high", "{low: , likely: , high: }", "a guess", about)
    yield Completion("if", "{if: {proposition: , true: , false: }}", "by a proposition", about)
    for name, make in BY_NAME.items():
        arguments = ", ".join(f"{a}: " for a in list(inspect.signature(make).parameters)[:2])
        yield Completion(name, f"{{{name}: {{{arguments}}}}}", "distribution", about)
