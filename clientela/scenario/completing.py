"""Completions for an editor: what may stand at a place of a text that may be half written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

Path_ = tuple[str | int, ...]
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
    scan = _Scan(text, offset)
    spot = scan.spot
    if spot is None:
        return Completions(offset, ())
    found: dict[tuple[str, str], Completion] = {}
    typed = text[spot.start : offset].lower()
    for option in _options(spot, scan, schema, names):
        if option.label.lower().startswith(typed):
            found.setdefault((option.label, option.kind), option)
    return Completions(spot.start, tuple(found.values()))


def _options(spot: _Spot, scan: _Scan, schema: Schema, names: Names) -> Iterator[Completion]:
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


# -- where the cursor is ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Spot:
    """Where the cursor is. A key: within the mapping at `path`; a value: that at `path`.

    It is both where a line has just begun below a key, since either may come to stand there.
    """

    path: Path_
    start: int
    is_key: bool
    is_value: bool
    is_quoted: bool = False


@dataclass
class _Level:
    """A mapping or a list that the scan is in, and which of its entries it has come to."""

    path: Path_
    indent: int  # column of its keys or dashes; with brackets of no account
    is_list: bool = False
    step: str | int | None = None
    is_open: bool = True  # whether that entry has no value as yet
    word: tuple[int, str] = (0, "")  # between brackets: where it began, and the word

    @property
    def inside(self) -> Path_:
        """The path of the entry; past a depth that no file has, no longer one."""
        if self.step is None or len(self.path) > 10 * _DEEPEST:
            return self.path
        return (*self.path, self.step)


_WORD = r"(?:[^\s:#]|:(?=\S)|(?<=\S)\#)++"
_FLOW_WORD = r"(?:[^\s:#,\[\]{}]|:(?![\s,\[\]{}]|\Z)|(?<=\S)\#)++"
_SPACES = re.compile(r" *")
_EMPTY = re.compile(r"[ \t\r]*(#|\n|\Z)")
_DASH = re.compile(r"-(?:[ \t]+|(?=\r?\n|\Z))")
_KEY = re.compile(
    rf"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\n]|'')*'|(?!["'\[\]{{}}\#&*!|>%@`,]){_WORD}(?:[ \t]+{_WORD})*+)[ \t]*:(?=\s|\Z)"""
)
_PLAIN = re.compile(rf"{_WORD}(?:[ \t]+{_WORD})*+")
_LABELS = re.compile(r"[ \t]*(?:[&!][^\s]*[ \t]*)*")
_BLOCK = re.compile(r"[|>][-+0-9]*[ \t\r]*(?:#|\n|\Z)")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+"?' + r"|'(?:[^']|'')*+'?", re.DOTALL)
_BREAK = re.compile(r"\n( *)(?=\S)")
_FLOW = re.compile(
    rf"""(?P<gap>[ \t\r]+)|(?P<line>\n[ \t\r\n]*)|(?P<comment>\#[^\n]*)
    |(?P<open>[\[{{])|(?P<close>[\]}}])|(?P<comma>,)|(?P<colon>:(?=[\s,\[\]{{}}]|\Z)|(?<=["']):)
    |(?P<quoted>["'])|(?P<plain>{_FLOW_WORD}(?:[ \t]+{_FLOW_WORD})*+)|(?P<other>.)""",
    re.VERBOSE,
)


def _reach(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Where a match at a place ends; the place itself if there is none."""
    found = pattern.match(text, at)
    return found.end() if found else at


class _Scan:
    """A walk over the lines that asks of them no more than indentation and brackets.

    An open bracket or quotation mark does not reach past the first line that is indented no
    further than its entry: whoever is writing has not closed it yet.
    """

    def __init__(self, text: str, offset: int) -> None:
        self.text, self.offset = text, offset
        self.spot: _Spot | None = None
        self._passed = False
        self._entries: dict[Path_, list[tuple[int, str]]] = {}
        self._levels = [_Level((), -1)]
        place = 1 if text.startswith("\ufeff") else 0
        while place <= len(text) and not self._is_done(place):
            place = self._line(place)
            self._passed = self._passed or offset < place

    def written(self, path: Path_) -> frozenset[str]:
        """The keys or items at a path, but for the one at the cursor."""
        start = self.spot.start if self.spot else -1
        found = self._entries.get(path, ())
        return frozenset(word for at, word in found if not at <= start <= at + 1)

    def _is_done(self, place: int) -> bool:
        """Whether no line from here on can have another key of the cursor's mapping."""
        if not self._passed:
            return False
        path = self.spot.path if self.spot else None
        column = self._column(place)
        if path is None or _EMPTY.match(self.text, place + column):
            return path is None
        return not any(
            level.indent <= column and level.path[: len(path) - 1] == path[:-1]
            for level in self._levels
        )

    def _mark(self, path: Path_, start: int, key: bool, value: bool, quoted: bool = False) -> None:
        if not self._passed:
            self._passed = True
            self.spot = _Spot(path, start, key, value, quoted)

    def _note(self, path: Path_, at: int, word: str) -> None:
        self._entries.setdefault(path, []).append((at, word))

    def _end(self, place: int) -> int:
        """Where the line ends that a place is in."""
        end = self.text.find("\n", place)
        return len(self.text) if end < 0 else end

    def _column(self, begin: int) -> int:
        """How far the line is indented that begins at a place."""
        return _reach(_SPACES, self.text, begin) - begin

    # -- lines --

    def _line(self, begin: int) -> int:
        """Takes in the line, and further ones that its value goes over; returns the next."""
        text = self.text
        column = self._column(begin)
        at = begin + column
        if _EMPTY.match(text, at):
            return self._empty_line(begin, at)
        item = None
        while dash := _DASH.match(text, at):
            item = self._item(at - begin)
            at = dash.end()
        if key := _KEY.match(text, at):
            return self._entry(self._mapping(at - begin), key)
        level, is_below = (item, True) if item else self._place(column)
        if is_below and level.is_open:
            return self._value(at, level, is_fresh=True)
        stop = _reach(_PLAIN, text, at)
        if not is_below and at <= self.offset <= stop:
            self._mark(level.path, at, key=True, value=False)
        return self._end(at) + 1

    def _empty_line(self, begin: int, at: int) -> int:
        end = self._end(at)
        is_in_comment = self.text[at : at + 1] == "#" and self.offset > at
        if begin <= self.offset <= end and not is_in_comment:
            level, is_below = self._place(self.offset - begin)
            if not is_below or level.is_open:
                path = level.inside if is_below else level.path
                self._mark(path, self.offset, key=True, value=is_below)
        return end + 1

    def _place(self, column: int) -> tuple[_Level, bool]:
        """The mapping with keys in a column; or what holds it, and that it is below its entry."""
        for level in reversed(self._levels):
            if level.indent == column and not level.is_list:
                return level, False
            if level.indent < column:
                return level, True
        return self._levels[0], True

    def _item(self, column: int) -> _Level:
        while self._levels[-1].indent > column:
            self._levels.pop()
        top = self._levels[-1]
        if not (top.is_list and top.indent == column):
            top.is_open = False
            top = _Level(top.inside, column, is_list=True, step=-1)
            self._levels.append(top)
        top.step = top.step + 1 if isinstance(top.step, int) else 0
        top.is_open = True
        return top

    def _mapping(self, column: int) -> _Level:
        levels = self._levels
        while levels[-1].indent > column or (levels[-1].indent == column and levels[-1].is_list):
            levels.pop()
        if levels[-1].indent < column:
            levels[-1].is_open = False
            levels.append(_Level(levels[-1].inside, column))
        return levels[-1]

    def _entry(self, level: _Level, key: re.Match[str]) -> int:
        start, end = key.span(1)
        is_quoted = key[1][0] in "\"'"
        word = key[1][1:-1] if is_quoted else key[1]
        level.step = word
        self._note(level.path, start, word)
        if is_quoted:
            start, end = start + 1, end - 1
        if start <= self.offset <= end:
            self._mark(level.path, start, key=True, value=False, quoted=is_quoted)
        self._passed = self._passed or self.offset < key.end()
        return self._value(key.end(), level)

    # -- values --

    def _value(self, begin: int, level: _Level, is_fresh: bool = False) -> int:
        """Takes in the value of the entry that a level has come to; returns the next line.

        `is_fresh`: it has a line of its own, so that it may yet become a key.
        """
        text, path, offset = self.text, level.inside, self.offset
        at = _reach(_LABELS, text, begin)
        end = self._end(at)
        is_here = begin <= offset <= end
        if nothing := _EMPTY.match(text, at):
            level.is_open = True
            if is_here and not (nothing[1] == "#" and offset > nothing.start(1)):
                self._mark(path, offset, key=is_fresh, value=True)
            return end + 1
        level.is_open = False
        if _BLOCK.match(text, at):
            return self._after_block(end, level.indent)
        if text[at] not in "{[\"'":
            if is_here or level.is_list:
                stop = _reach(_PLAIN, text, at)
                if level.is_list:
                    self._note(level.path, at, text[at:stop])
                if begin <= offset <= stop:
                    self._mark(path, min(at, offset), key=is_fresh, value=True)
            return end + 1
        if not is_here and self._ends_with_line(end, level.indent):
            return end + 1
        if text[at] in "{[":
            return self._end(self._flow(at, path, level.indent)) + 1
        return self._end(self._quoted(at, level, is_fresh)) + 1

    def _ends_with_line(self, end: int, indent: int) -> bool:
        """Whether the next line is indented no further, and thus begins something else."""
        column = self._column(end + 1)
        after = self.text[end + 1 + column : end + 2 + column]
        return column <= indent and after not in ("", "\n", "\r", "#", "}", "]")

    def _after_block(self, end: int, indent: int) -> int:
        """The line after a text that is written as a block."""
        begin = end + 1
        while begin <= len(self.text):
            end, column = self._end(begin), self._column(begin)
            is_blank = not self.text[begin:end].strip()
            is_left = begin <= self.offset <= end and self.offset - begin <= indent
            if is_left if is_blank else column <= indent:
                break
            begin = end + 1
        return begin

    def _quoted(self, at: int, level: _Level, is_fresh: bool) -> int:
        stop, is_closed = self._quotes(at, level.indent)
        if at < self.offset < stop + (not is_closed):
            self._mark(level.inside, at + 1, key=is_fresh, value=True, quoted=True)
        if level.is_list:
            self._note(level.path, at, self.text[at + 1 : stop - is_closed])
        return stop

    def _quotes(self, at: int, indent: int) -> tuple[int, bool]:
        """Where a text in quotation marks ends, and whether there is a mark."""
        text = self.text
        end = _reach(_QUOTED, text, at)
        for line in _BREAK.finditer(text, at, end):
            if len(line[1]) <= indent:
                return line.start(), False
        return end, end > at + 1 and text[end - 1] == text[at]

    # -- brackets --

    def _flow(self, at: int, path: Path_, indent: int) -> int:
        """Takes in a value in brackets; returns where it ends."""
        text, offset = self.text, self.offset
        levels = [_Level(path, indent, text[at] == "[", 0 if text[at] == "[" else None)]
        at += 1
        while at < len(text):
            token = _FLOW.match(text, at)
            assert token
            top, kind, end = levels[-1], token.lastgroup, token.end()
            if kind == "quoted":
                end, is_closed = self._quotes(at, indent)
                self._flow_word(top, at, end, is_quoted=True, is_closed=is_closed)
            elif kind == "plain":
                self._flow_word(top, at, end)
            is_left = kind == "line" and self._is_left(at, end, indent)
            if top.is_open and self._is_between(kind, at, end, indent if is_left else -1):
                self._mark_slot(top, offset)
            if is_left:
                return at
            if kind == "open":
                top.is_open = False
                is_list = text[at] == "["
                levels.append(_Level(top.inside, indent, is_list, 0 if is_list else None))
            elif kind == "close":
                levels.pop()
                if not levels:
                    return end
            elif kind == "comma":
                top.step, top.is_open = (top.step + 1 if isinstance(top.step, int) else None), True
            elif kind == "colon" and top.step is None:
                start, word = top.word
                self._note(top.path, start, word)
                top.step, top.word, top.is_open = word, (0, ""), True
            at = end
        if levels[-1].is_open and at == offset:
            self._mark_slot(levels[-1], offset)
        return at

    def _is_left(self, at: int, end: int, indent: int) -> bool:
        """Whether the line after this gap is no part of the brackets, though they are open."""
        begin = self.text.rfind("\n", at, end) + 1
        return end - begin <= indent and self.text[end : end + 1] not in ("}", "]", "#")

    def _is_between(self, kind: str | None, at: int, end: int, indent: int) -> bool:
        """Whether the cursor is before this token or in this gap, there indented further than that."""
        if kind in ("quoted", "plain", "open") or not at <= self.offset < end:
            return False
        column = self.offset - (self.text.rfind("\n", at, self.offset) + 1)
        return at == self.offset or kind == "gap" or (kind == "line" and column > indent)

    def _flow_word(
        self, top: _Level, at: int, end: int, is_quoted: bool = False, is_closed: bool = False
    ) -> None:
        if not top.is_open:  # a text that goes over several lines
            return
        if at < self.offset < end + (not is_closed) if is_quoted else at <= self.offset <= end:
            self._mark_slot(top, at + is_quoted, is_quoted)
        word = self.text[at + is_quoted : end - is_closed]
        if top.is_list:
            self._note(top.path, at, word)
        elif top.step is None:
            top.word = (at, word)
        top.is_open = False

    def _mark_slot(self, top: _Level, start: int, is_quoted: bool = False) -> None:
        is_key = top.step is None
        self._mark(top.path if is_key else top.inside, start, is_key, not is_key, is_quoted)
