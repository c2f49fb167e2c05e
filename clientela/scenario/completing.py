"""Completions for an editor: what may stand at a place of a text that may be half written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from clientela.scenario.cursor import Path_, Scan, Spot

Schema = Mapping[str, Any]
Names = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Completion:
    """One thing that may stand at the cursor.

    `label` is shown and is matched with what has been typed; `apply` is what is written in its
    place; `detail` is a word or two on its type, `info` a sentence. `kind` is `property` (a key),
    `enum` (one of a field's choices), `variable` (the name of something) or `function` (a form
    in which a value is written), as code editors call them.
    """

    label: str
    apply: str
    detail: str
    info: str
    kind: str


@dataclass(frozen=True)
class Completions:
    """What may stand at the cursor, written over the text from `start` up to it."""

    start: int
    options: tuple[Completion, ...]


def completions(text: str, offset: int, schema: Schema, names: Names) -> Completions:
    """What may stand at an offset of a scenario or evidence file; nothing is ever raised.

    `schema` is the file's JSON Schema, `names` the names that values may take, as by `names_of`.
    Only labels that begin with what has been typed are among the options, in any case of letters.
    """
    offset = min(max(offset, 0), len(text))
    scan = Scan(text, offset)
    spot = scan.spot
    if spot is None:
        return Completions(offset, ())
    found: dict[tuple[str, str], Completion] = {}
    typed = text[spot.start : offset].lower()
    for option in _options(spot, scan, schema, names):
        if option.label.lower().startswith(typed):
            found.setdefault((option.label, option.kind), option)
    return Completions(spot.start, tuple(found.values()))


def _options(spot: Spot, scan: Scan, schema: Schema, names: Names) -> Iterator[Completion]:
    """All that may stand at a spot, written as it has to be there."""
    is_close = spot.start > 0 and scan.text[spot.start - 1] in ":-"
    gap = " " if is_close else ""  # YAML wants one after a colon or a dash
    where = _meant(spot.path)
    if spot.is_key:
        colon = "" if spot.is_quoted or scan.text.startswith(":", scan.offset) else ": "
        for option in _keys(where, spot.path, scan.written(spot.path), schema, names):
            yield replace(option, apply=gap + option.label + colon)
    if spot.is_value:
        is_item = bool(spot.path) and isinstance(spot.path[-1], int)
        there = scan.written(spot.path[:-1]) if is_item else ()
        # On a line below its key a mapping is written as a block: its keys are offered for that.
        has_forms = not spot.is_quoted and (is_item or not spot.is_key)
        for option in _values(where, schema, names):
            if option.label not in there and (has_forms or option.kind != "function"):
                yield replace(
                    option, apply=gap + (option.label if spot.is_quoted else option.apply)
                )


# -- what is known by name ------------------------------------------------------------------------

# What a value names, by the part of the file that it is in and its key.
_NAMED = {
    ("actors", "camp"): ("camps",), ("actors", "community"): ("communities",),
    ("past", "event"): ("events",), ("scheduled", "event"): ("events",),
    ("questions", "happens"): ("events",), ("questions", "killed"): ("events",),
    ("questions", "obeys"): ("clients",), ("questions", "government"): ("governments",),
    ("decisions", "question"): ("questions",), ("branches", "without"): ("mechanisms",),
    ("chamber", "dimension"): ("dimensions",), ("chamber", "office"): ("communities",),
    **{("chamber", key): ("lists",) for key in ("includes", "includes_any", "excludes", "lists", "leads")},
    **{("chamber", key): ("steps",) for key in ("passed", "failed", "exhausted", "lapsed")},
    ("sources", "affiliation"): ("actors",), ("sources", "camp"): ("camps",),
    ("sources", "briefing"): ("briefings",), ("propositions", "one_of"): ("matters",),
    ("claims", "document"): ("documents",), ("claims", "sources"): ("sources",),
    ("claims", "about"): ("propositions",), ("claims", "against"): ("propositions",),
    ("propositions", "welcome_to"): ("actors", "camps"),
    ("propositions", "unwelcome_to"): ("actors", "camps"),
}  # fmt: skip
_NAMED_ANYWHERE = {"because": ("claims",), "proposition": ("propositions",)}

# Words that the language itself has beside the names of a kind.
_SHARES = ("majority", "two-thirds", "majority of present", "two-thirds of present")
_WORDS = {
    ("questions", "government"): ("any",),
    ("chamber", "passed"): ("government",),
    ("chamber", "in_favour"): (*_SHARES, "most"),
    ("chamber", "against"): _SHARES,
    ("chamber", "present"): ("majority", "two-thirds"),
    **{("chamber", key): ("repeat", "next-nominee", "dissolution", "caretaker", "government")
       for key in ("failed", "exhausted", "lapsed")},
}  # fmt: skip

# Where a scenario without such names may still be one whose actors will get them.
_OR_ELSE = {"lists": "actors", "clients": "actors"}


def names_of(data: Any, ledger_data: Any, events: Sequence[str] = ()) -> dict[str, list[str]]:
    """The names in a scenario and its evidence, as read from YAML, by what they are names of.

    What is missing or of another shape than expected is passed over. Data sets count among the
    claims, since `because` may name either; `paths` are the dotted paths of what is written.
    """
    whole, ledger = _mapping(data), _mapping(ledger_data)
    actors, chamber = _mapping(whole.get("actors")), _mapping(whole.get("chamber"))
    sponsored = _mapping(_mapping(whole.get("ties")).get("sponsorship")).values()
    sources, propositions = _parts(ledger.get("sources")), _parts(ledger.get("propositions"))
    return {
        "actors": _texts(actors),
        "lists": _texts(name for name, actor in actors.items() if _mapping(actor).get("seats")),
        "clients": _texts(client for clients in sponsored for client in _mapping(clients)),
        "camps": _texts(part.get("camp") for part in [*_parts(actors), *sources]),
        "communities": _texts(actor.get("community") for actor in _parts(actors)),
        "dimensions": _texts(
            d for actor in _parts(actors) for d in _mapping(actor.get("positions"))
        ),
        "questions": _texts(_mapping(whole.get("questions"))),
        "governments": _texts(_mapping(chamber.get("governments"))),
        "steps": _texts(step.get("step") for step in _parts(chamber.get("procedure"))),
        "mechanisms": _texts(_mapping(whole.get("mechanisms"))),
        "events": _texts(events),
        "paths": _texts(_paths(whole)),
        "claims": _texts([*_mapping(ledger.get("claims")), *_mapping(whole.get("data"))]),
        "propositions": _texts(_mapping(ledger.get("propositions"))),
        "sources": _texts(_mapping(ledger.get("sources"))),
        "documents": _texts(_mapping(ledger.get("documents"))),
        "briefings": _texts(source.get("briefing") for source in sources),
        "matters": _texts(proposition.get("one_of") for proposition in propositions),
    }


def _mapping(part: Any) -> Mapping[Any, Any]:
    return part if isinstance(part, Mapping) else {}


def _parts(group: Any) -> list[Mapping[Any, Any]]:
    """What is a mapping in a mapping or a list."""
    items = group if isinstance(group, list) else _mapping(group).values()
    return [item for item in items if isinstance(item, Mapping)]


def _texts(items: Iterable[Any]) -> list[str]:
    """What is text among the items, each once, in order."""
    return list(dict.fromkeys(item for item in items if isinstance(item, str) and item))


_NO_LEVERS = {"scenario", "title", "summary", "evidence", "outcomes", "data", "questions", "branches", "decisions"}  # fmt: skip
_NO_VALUES = {"because", "elicited", "note", "name", "title", "step"}
_DEEPEST = 12


def _paths(part: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Dotted paths of the values that a branch may set; an uncertain value has one path."""
    items: Iterable[tuple[Any, Any]] = _mapping(part).items()
    if isinstance(part, list):
        items = ((step.get("step"), step) for step in _parts(part))
    named = [(key, value) for key, value in items if isinstance(key, str)]
    is_value = len(path) > 1 and any(key in ("low", "value", "if", *_ARGUMENTS) for key, _ in named)
    if path and (not named or is_value or len(path) > _DEEPEST):
        yield ".".join(path)
        return
    for key, value in named:
        if not (key in _NO_VALUES or (not path and key in _NO_LEVERS)):
            yield from _paths(value, (*path, key))


def _called(kinds: Iterable[str], schema: Schema, names: Names) -> Iterator[Completion]:
    """The names of these kinds, written so that YAML reads them as text."""
    for kind in kinds:
        known = list(names.get(kind) or names.get(_OR_ELSE.get(kind, ""), ()))
        if kind == "mechanisms":
            known += [*_mechanisms(schema)]
        one = {"communities": "community"}.get(kind, kind.removesuffix("s"))
        for name in known:
            yield Completion(name, _as_text(name), one, "", "variable")


_PLAIN_TEXT = re.compile(r"[A-Za-z](?:[\w./>-]|:(?=\w))*(?: [\w./-]+)*", re.ASCII)
_SWITCHES = {"yes", "no", "on", "off", "y", "n", "true", "false", "null"}


def _as_text(name: str) -> str:
    if _PLAIN_TEXT.fullmatch(name) and name.lower() not in _SWITCHES:
        return name
    return json.dumps(name, ensure_ascii=False)


# -- what the schema says of a place ----------------------------------------------------------------


def _meant(path: Path_) -> Path_:
    """The path that a value has in the scenario: one set by a branch, that which it is put at."""
    match path:
        case ("branches", _, "set", str() as dotted, *rest):
            return (*dotted.split("."), *rest)
    return path


def _forms(node: Any, schema: Schema, depth: int = 0) -> Iterator[Schema]:
    """The node itself, or each of the alternatives that it stands for."""
    if not isinstance(node, Mapping) or depth > _DEEPEST:
        return
    parts = [part for key in ("anyOf", "oneOf", "allOf") for part in node.get(key, ())]
    if "$ref" in node:
        target: Any = schema
        for step in str(node["$ref"]).removeprefix("#/").split("/"):
            target = _mapping(target).get(step)
        parts.append(target)
    if not parts or "properties" in node:
        yield node
    for part in parts:
        yield from _forms(part, schema, depth + 1)


def _at(path: Path_, schema: Schema) -> list[Schema]:
    """The forms that what stands at a path may have."""
    forms = list(_forms(schema, schema))
    for step in path:
        inside = [child for form in forms for child in _inside(form, step)]
        forms = [form for child in inside for form in _forms(child, schema)]
    return forms


def _inside(form: Schema, step: str | int) -> Iterator[Any]:
    if isinstance(step, str):
        properties = _mapping(form.get("properties"))
        yield properties.get(step, form.get("additionalProperties"))
    yield form.get("items")  # by a name as well: branches address steps of the procedure so


def _mechanisms(schema: Schema) -> Mapping[str, Any]:
    return _mapping(
        _mapping(_mapping(schema.get("properties")).get("mechanisms")).get("properties")
    )


def _keys(
    where: Path_, path: Path_, written: frozenset[str], schema: Schema, names: Names
) -> Iterator[Completion]:
    """The keys that a mapping does not have yet."""
    forms = _at(where, schema)
    # With `low` written, what is still to come is that of the ranges, not of the distributions.
    fitting = [form for form in forms if written <= set(form.get("properties", ()))]
    fields = [(key, node, key in form.get("required", ())) for form in fitting or forms
              for key, node in _mapping(form.get("properties")).items() if key not in written]  # fmt: skip
    for key, node, _ in sorted(fields, key=lambda field: not field[2]):  # what must be, first
        yield Completion(key, key, _look(node, schema), _info(node, schema), "property")
    yield from (name for name in _free_keys(path, schema, names) if name.label not in written)


def _free_keys(path: Path_, schema: Schema, names: Names) -> Iterator[Completion]:
    """The keys of a mapping that has what names it likes, where those are names of something."""
    match path:
        case ("ties", _):
            yield from _called(["actors"], schema, names)
        case ("ties", _, first):
            yield from (o for o in _called(["actors"], schema, names) if o.label != first)
        case ("chamber", "vetoes"):
            yield from _called(["lists"], schema, names)
        case ("chamber", "vetoes", first) | ("actors", first, "runners_up"):
            yield from (o for o in _called(["lists"], schema, names) if o.label != first)
        case ("actors", _, "positions"):
            yield from _called(["dimensions"], schema, names)
        case ("branches", _, "set"):
            yield from _levers(schema, names)


def _levers(schema: Schema, names: Names) -> Iterator[Completion]:
    """Paths that a branch may set: those known, and every setting of every mechanism."""
    for path in names.get("paths", ()):
        steps = tuple(path.split("."))
        look = _look({"anyOf": _at(steps, schema)}, schema)
        yield Completion(path, path, look, _described(steps, schema), "variable")
    for mechanism, block in _mechanisms(schema).items():
        for form in _forms(block, schema):
            for key, node in _mapping(form.get("properties")).items():
                path = f"mechanisms.{mechanism}.{key}"
                yield Completion(path, path, _look(node, schema), _info(node, schema), "variable")


def _values(where: Path_, schema: Schema, names: Names) -> Iterator[Completion]:
    """What may be written as the value at a path."""
    keys = [step for step in where if isinstance(step, str)]
    if keys:
        place = (keys[0], keys[-1])
        kinds = _NAMED_ANYWHERE.get(keys[-1]) or _NAMED.get(place, ())
        yield from _called(kinds, schema, names)
        for word in _WORDS.get(place, ()):
            yield Completion(word, word, "", "", "enum")
    forms = _at(where, schema)
    about = _described(where, schema)
    for form in forms:
        if form.get("type") == "boolean":
            choices = [form["const"]] if "const" in form else [True, False]
        else:
            choices = form.get("enum", ())
        for choice in choices:
            word = str(choice).lower() if isinstance(choice, bool) else str(choice)
            text = _as_text(word) if isinstance(choice, str) else word
            yield Completion(word, text, "", about, "enum")
    for form in forms:
        yield from _written_out(form, about, schema)


# Arguments of the distributions that can be given in several ways, or leave some out.
_ARGUMENTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "beta": (("mean", "sd"), ("a", "b")),
    "gamma": (("mean", "sd"), ("shape", "rate")),
    "normal": (("mean", "sd"),),
    "uniform": (), "triangular": (), "pert": (), "lognormal": (), "discrete": (),
}  # fmt: skip


def _written_out(form: Schema, about: str, schema: Schema) -> Iterator[Completion]:
    """A mapping in braces with the keys that it must have, their values left open."""
    keys = list(form.get("required", ()))
    properties = _mapping(form.get("properties"))
    if not keys or not properties:
        return
    inner = next(_forms(properties.get(keys[0]), schema), {})
    if len(keys) > 1 or not inner.get("properties"):
        detail = "range" if "low" in keys else ""
        yield Completion(", ".join(keys), _braces(keys, properties), detail, about, "function")
        return
    name, parts = keys[0], inner["properties"]
    detail = "distribution" if name in _ARGUMENTS else {"if": "by a proposition"}.get(name, "")
    for arguments in _ARGUMENTS.get(name) or (tuple(inner.get("required", parts)),):
        written = f"{{{name}: {_braces(arguments, parts)}}}"
        yield Completion(f"{name}: {', '.join(arguments)}", written, detail, about, "function")


def _braces(keys: Iterable[str], properties: Mapping[str, Any]) -> str:
    is_list = {key for key in keys if _mapping(properties.get(key)).get("type") == "array"}
    return "{" + ", ".join(f"{key}: {'[]' if key in is_list else ''}" for key in keys) + "}"


_TYPES = {"boolean": "true/false", "integer": "whole number", "number": "number", "string": "text", "array": "list", "object": "mapping"}  # fmt: skip


def _look(node: Any, schema: Schema) -> str:
    """The type of what may stand there, in a word or two."""
    forms = list(_forms(node, schema))
    if any("low" in form.get("properties", ()) for form in forms if "required" in form):
        return "uncertain value"
    words: dict[str, None] = {}
    for form in forms:
        kinds = form.get("type", ())
        for kind in [kinds] if isinstance(kinds, str) else kinds:
            if "enum" in form:
                words[f"one of {len(form['enum'])}"] = None
            elif kind in _TYPES:
                words["date" if form.get("format") == "date" else _TYPES[kind]] = None
    return " or ".join(list(words)[:2])


def _info(node: Any, schema: Schema) -> str:
    """What the schema says of a field, or else of what it holds."""
    own = _mapping(node).get("description")
    told = (form.get("description") for form in _forms(node, schema))
    return str(own or next(filter(None, told), ""))


def _described(where: Path_, schema: Schema) -> str:
    """What the schema says of the field at a path, or of that whose list this is an item of."""
    steps = where[:-1] if where and isinstance(where[-1], int) else where
    if not steps:
        return ""
    nodes = [child for form in _at(steps[:-1], schema) for child in _inside(form, steps[-1])]
    return next(filter(None, (_info(node, schema) for node in nodes)), "")
