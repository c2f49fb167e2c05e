"""Edits of YAML by path, in which every byte that is no part of the edit stays as it was.

The text is cut where the parser says that a value begins and ends. What comes out is read again
and compared with what it should hold, so that an edit is right or refused: a text with anchors or
merge keys, say, may be written in a way in which a part cannot be changed by itself.
"""

from __future__ import annotations

import copy
import datetime as dt
import io
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from clientela.reading.problems import ReadingError
from clientela.reading.yaml import Path_, read_yaml

_WIDE = 100  # letters: what is longer is written over several lines
_LONGEST_KEY = 1000  # letters: what is longer is read as a key only after a question mark
# What is read as text without quotes, in brackets too, here and by readers of YAML 1.1.
_BARE = re.compile(r"[^\W\d][\w./+'’-]*(?: [\w./+()%&;!'’–—-]+)*")
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
_BREAK = re.compile(r"\r?\n")
_COMMENT = re.compile(r"\s*(#.*)?")
# What comes next but for spaces and comments; an anchor may stand before the first dash.
_COMMA = re.compile(r"(?:\s|#[^\n]*+)*+,")
_COLON = re.compile(r"(?:\s|#[^\n]*+)*+:")
_DASH = re.compile(r"(?:\s|#[^\n]*+|[&!]\S*+)*+-")
_KINDS = {
    "MappingStartEvent": "mapping",
    "SequenceStartEvent": "list",
    "ScalarEvent": "scalar",
    "AliasEvent": "alias",
}


def replaced(text: str, path: Path_, value: Any) -> str:
    """The text with another value at a path, in a line. Raises ReadingError if none is there, or it
    cannot be put there."""
    read = _plain(value)

    def change(data: Any) -> None:
        _holder(data, path)[path[-1]] = read

    return _edited(
        text, path, change, lambda bare: _with_value(bare, _at(bare, path), written(value))
    )


def added(text: str, path: Path_, key: str, value: Any, *, block: bool = False) -> str:
    """The text with a new entry at the end of the mapping at a path, which is made if it is not
    there. `block`: a mapping is written over several lines however short it is.

    Raises ReadingError if there is such an entry already, or it cannot be put there.
    """
    read = _plain(value)

    def change(data: Any) -> None:
        here = data
        for step in path:
            there = here.get(step) if isinstance(here, dict) else _holder(here, (step,))[step]
            if there is None:
                there = here[step] = {}
            here = there
        if not isinstance(here, dict):
            raise LookupError("is no mapping; expected one, to which an entry can be added")
        if key in here:
            raise LookupError(f"there is '{key}' already; choose another name, or change that one")
        here[key] = read

    return _edited(
        text, (*path, key), change, lambda bare: _with_entry(bare, path, key, value, block)
    )


def removed(text: str, path: Path_) -> str:
    """The text without the entry or item at a path and the comment beside it. What has no other
    becomes `{}` or `[]`. Raises ReadingError if none is there, or it cannot be cut out."""

    def change(data: Any) -> None:
        del _holder(data, path)[path[-1]]

    return _edited(text, path, change, lambda bare: _cut(bare, _at(bare, path)))


def appended(text: str, path: Path_, value: Any) -> str:
    """The text with one item more in the list at a path. Raises ReadingError if there is no list,
    or it cannot be put there."""
    read = _plain(value)

    def change(data: Any) -> None:
        holder = _holder(data, path)
        items = [] if holder[path[-1]] is None else holder[path[-1]]
        if not isinstance(items, list):
            raise LookupError("is no list; expected one, to which an item can be added")
        holder[path[-1]] = [*items, read]

    return _edited(text, path, change, lambda bare: _with_item(bare, _at(bare, path), value))


def written(value: Any) -> str:
    """A plain value in a line of YAML that is read back as the same, a date as its text.

    Raises TypeError for what is neither None, a truth value, number, text or date, nor a mapping or
    list of such.
    """
    match value:
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case int():
            return str(int(value))
        case float():
            special = {math.inf: ".inf", -math.inf: "-.inf"}
            return ".nan" if math.isnan(value) else special.get(value) or float.__repr__(value)
        case dt.date():
            return str(value)
        case str():
            return _text(value)
        case Mapping():
            return f"{{{', '.join(f'{_key(str(k))}: {written(v)}' for k, v in value.items())}}}"
        case list() | tuple():
            return f"[{', '.join(map(written, value))}]"
    raise TypeError(f"{type(value).__name__} cannot be written as YAML")


def _text(text: str) -> str:
    if _BARE.fullmatch(text) and text.lower() not in _WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else _escaped(c) for c in quoted)


def _key(key: str) -> str:
    name = _text(key)
    return name if len(name) <= _LONGEST_KEY else f"? {name}"


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


# -- every edit -----------------------------------------------------------------------------------


def _edited(
    text: str, path: Path_, change: Callable[[Any], None], splice: Callable[[str], str]
) -> str:
    """The spliced text, if it holds what the changed data say."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    bare = text.removeprefix(mark)
    tree = read_yaml("the text", bare)
    expected = copy.deepcopy(tree.data)
    try:
        change(expected)
    except LookupError as error:
        raise ReadingError([tree.problem(path, str(error))]) from None
    try:
        found = splice(bare)
        right = _told(read_yaml("the text", found).data) == _told(expected)
    except (LookupError, ValueError, ReadingError):
        right, found = False, bare
    if not right:
        message = (
            "is written in a way in which this cannot be changed from here (with an anchor, an "
            "alias or a merge key, perhaps); edit the line by hand"
        )
        raise ReadingError([tree.problem(path, message)])
    return mark + found


def _told(data: Any) -> str:
    """What tells data apart: to Python 1, 1.0 and True are equal, and not-a-number is not."""
    return json.dumps(data, sort_keys=True)


def _holder(data: Any, path: Path_) -> Any:
    """The mapping or list that the value at a path is in."""
    holder = None
    for step in path:
        holder = data
        try:
            data = holder[step] if isinstance(holder, dict | list) else {}[step]
        except (LookupError, TypeError):
            raise LookupError("there is no such entry; expected one that the text has") from None
    if holder is None:
        raise LookupError("is the whole text; expected an entry of it")
    return holder


def _plain(value: Any) -> Any:
    """The value as reading it back gives it: dates as text, tuples as lists."""
    match value:
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case dt.date():
            return str(value)
    written(value)  # raises TypeError if it cannot be
    return value


# -- where things stand ---------------------------------------------------------------------------


@dataclass(eq=False)
class _Part:
    """A value as it stands in a text, and what is in it. An alias is one with nothing in it."""

    kind: str
    start: int
    end: int  # for a block, that of its last part
    first: int  # where its entry begins: at its key or its dash
    key: _Part | None
    around: _Part | None
    said: str = ""
    flow: bool = False
    parts: list[_Part] = field(default_factory=list)

    @property
    def is_block(self) -> bool:
        return bool(self.parts) and not self.flow

    @property
    def in_brackets(self) -> bool:
        return self.around is not None and self.around.flow

    def inside(self, step: Any) -> _Part | None:
        """The part of it with a key or number."""
        if self.kind == "list":
            return self.parts[step]
        return next((p for p in self.parts if p.key is not None and p.key.said == step), None)


def _at(text: str, path: Path_) -> _Part:
    """The part at a path. Raises LookupError if there is none."""
    part = _composed(text)
    for step in path:
        inner = part.inside(step)
        if inner is None:
            raise LookupError(step)
        part = inner
    return part


def _composed(text: str) -> _Part:
    # Loaded here because it takes a tenth of a second that `clientela --help` need not pay.
    from clientela.reading.parsing import parser

    events = parser().parse(io.StringIO(text))
    return _part(text, next(e for e in events if type(e).__name__ in _KINDS), events)


def _part(
    text: str, event: Any, events: Iterator[Any],
    key: _Part | None = None, around: _Part | None = None,
) -> _Part:  # fmt: skip
    """The part that begins with an event."""
    start, end = event.start_mark.index, event.end_mark.index
    part = _Part(_KINDS[type(event).__name__], start, end, start, key, around)
    if key is not None:
        part.first = key.start
    elif around is not None and not around.flow:
        part.first = _dash(text, around)
    if part.kind == "scalar":
        part.said = event.value
        if start == end:  # the parser says where the next thing is
            part.start = part.end = _colon(text, part) or (key.end if key else part.first + 1)
        if event.style in ("|", ">"):
            part.end = start + len(_without_blank_lines(text[start:end]))
    if part.kind in ("scalar", "alias"):
        return part
    part.flow = bool(event.flow_style)
    while type(inner := next(events)).__name__ in _KINDS:
        name = None
        if part.kind == "mapping":
            name, inner = _part(text, inner, events), next(events)
        part.parts.append(_part(text, inner, events, name, part))
    part.end = part.parts[-1].end if part.is_block else inner.end_mark.index
    return part


def _dash(text: str, around: _Part) -> int:
    """Where the dash stands of the item that comes next in a list."""
    place = around.parts[-1].end if around.parts else around.start
    return _DASH.match(text, place).end() - 1  # pyright: ignore[reportOptionalMemberAccess]


def _without_blank_lines(block: str) -> str:
    """A block of text without the blank lines below it, unless a plus makes them part of it."""
    kept = "+" in block.splitlines()[0].partition("#")[0]
    return re.sub(r"\r?\n\Z" if kept else r"(?:\r?\n[ \t]*)+\Z", "", block)


def _line_start(text: str, place: int) -> int:
    return text.rfind("\n", 0, place) + 1


def _line_end(text: str, place: int) -> int:
    """Where the line ends that a place is in, its break left out."""
    found = _BREAK.search(text, place)
    return found.start() if found else len(text)


def _next_line(text: str, place: int) -> int:
    found = _BREAK.search(text, place)
    return found.end() if found else len(text)


def _indent(text: str, part: _Part) -> int:
    """The column of its key, dash or value."""
    return part.first - _line_start(text, part.first)


def _begins_line(text: str, part: _Part) -> bool:
    return not text[_line_start(text, part.first) : part.first].strip(" ")


def _comma(text: str, place: int) -> int | None:
    """The place after the comma that comes next, if a comma does."""
    found = _COMMA.match(text, place)
    return found.end() if found else None


def _colon(text: str, part: _Part) -> int | None:
    """The place after the colon of its key; the key may have none, as the first in `{a, b: 1}`."""
    found = _COLON.match(text, part.key.end) if part.key else None
    return found.end() if found else None


# -- values ---------------------------------------------------------------------------------------


def _with_value(text: str, part: _Part, value: str) -> str:
    colon = _colon(text, part)
    if part.start == part.end:  # nothing is written there
        return f"{text[: part.start]}{':' * (not colon and part.key is not None)} {value}{text[part.end :]}"
    if colon and part.is_block and "\n" in text[colon : part.start]:
        return f"{text[:colon]} {value}{_emptied(text, part, colon)[colon:]}"
    return text[: part.start] + value + text[_end(text, part) :]


def _emptied(text: str, part: _Part, colon: int) -> str:
    """The text without the value of a key, which may stand below it; a comment beside it stays."""
    above = text[colon : part.start].rpartition("\n")[0].removesuffix("\r")
    return text[:colon] + above + text[_end(text, part) :]


def _end(text: str, part: _Part) -> int:
    """Where it ends, a comment beside the last line of a block included."""
    return _line_end(text, part.end) if part.is_block else part.end


# -- new entries and items ------------------------------------------------------------------------


def _with_entry(text: str, path: Path_, key: str, value: Any, block: bool) -> str:
    here, levels = _composed(text), int(block)
    for number, step in enumerate(path):
        inner = here.inside(step)
        if inner is None:  # it is made, and what is in it
            for outer in (key, *reversed(path[number + 1 :])):
                value = {outer: value}
                levels += block
            key = step
            break
        here = inner
    if here.parts:
        return _with_last(text, here, _lines(key, value, levels), _line(key, value))
    if here.kind == "alias":
        raise LookupError(key)
    return _with_first(text, here, key, value, levels)


def _with_last(text: str, around: _Part, lines: list[str], line: str) -> str:
    """The text with an entry more after the last one: lines, or a line if it is in brackets."""
    if around.flow:
        return _in_brackets(text, around, line)
    indent = _indent(text, around.parts[0])
    place = _after_comments(text, _line_end(text, around.end), indent)
    return _below(text, place, indent, lines)


def _with_first(text: str, here: _Part, key: str, value: Any, levels: int) -> str:
    """The text with an entry where nothing is written, or `null`, or `{}`."""
    close = here.end - 1
    if here.kind == "mapping" and "#" in text[here.start : close]:  # a comment between its braces
        return text[:close] + _line(key, value) + text[close:]
    if here.in_brackets or not (levels or _is_wide(_line(key, value))):
        return _with_value(text, here, f"{{{_line(key, value)}}}")
    lines = _lines(key, value, levels)
    colon = _colon(text, here)
    if colon is None:
        indent = here.start + (here.start == here.end) - _line_start(text, here.start)
        text = _with_value(text, here, lines[0])
        return _below(text, _line_end(text, here.start + 1), indent, lines[1:])
    indent, text = _indent(text, here) + 2, _emptied(text, here, colon)
    place = _after_comments(text, _line_end(text, colon), indent)
    return _below(text, place, indent, lines)


def _with_item(text: str, here: _Part, value: Any) -> str:
    if here.parts:
        return _with_last(text, here, [f"- {written(value)}"], written(value))
    return _with_value(text, here, written([value]))


def _in_brackets(text: str, around: _Part, line: str) -> str:
    """The text with an entry more before the closing bracket."""
    last = around.parts[-1]
    comma = _comma(text, last.end)
    end, before, after = (comma, "", ",") if comma else (last.end, ",", "")
    if _begins_line(text, last) and "\n" in text[end : around.end]:
        text = text[:end] + before + text[end:]
        return _below(text, _line_end(text, end), _indent(text, last), [line + after])
    return f"{text[:end]}{before} {line}{after}{text[end:]}"


def _after_comments(text: str, place: int, indent: int) -> int:
    """The end of the last of the comments, indented as a block is, that go on below a line of it."""
    comments = re.compile(rf"(?:\r?\n {{{max(indent, 1)},}}#[^\r\n]*)*")
    found = comments.match(text, place)
    return found.end() if found else place


def _below(text: str, place: int, indent: int, lines: list[str]) -> str:
    """The text with lines below the one that ends at a place, ended as that one is."""
    ending = _BREAK.match(text, place) or _BREAK.search(text)
    new = "".join(f"{ending[0] if ending else chr(10)}{' ' * indent}{line}" for line in lines)
    return text[:place] + new + text[place:]


def _lines(key: str, value: Any, levels: int) -> list[str]:
    """An entry as lines: what is wide, or within so many levels, with its parts below it."""
    line = _line(key, value)
    if not value or not isinstance(value, Mapping | list | tuple) or not (levels or _is_wide(line)):
        return [line]
    if isinstance(value, Mapping):
        below = [ln for k, v in value.items() for ln in _lines(str(k), v, max(levels - 1, 0))]
    else:
        below = [f"- {written(item)}" for item in value]
    return [f"{_text(key)}:", *(f"  {line}" for line in below)]


def _line(key: str, value: Any) -> str:
    return f"{_key(key)}: {written(value)}"


def _is_wide(line: str) -> bool:
    return len(line) > _WIDE


# -- cutting out ----------------------------------------------------------------------------------


def _cut(text: str, part: _Part) -> str:
    around = part.around
    assert around is not None  # it has a path
    number = next(k for k, other in enumerate(around.parts) if other is part)
    following = around.parts[number + 1 : number + 2]
    if len(around.parts) == 1 and not (around.flow and "#" in text[around.start : part.first]):
        return _with_value(text, around, "{}" if around.kind == "mapping" else "[]")
    end = (around.flow and _comma(text, part.end)) or part.end
    if _begins_line(text, part) and _COMMENT.fullmatch(text[end : _line_end(text, end)]):
        text = _without_lines(text, part.first, end)
        comma = _comma(text, around.parts[number - 1].end) if around.flow and number else None
        if following or comma is None or end > part.end:
            return text
        return text[: comma - 1] + text[comma:]
    if following:
        return _without_first(text, part.first, end, following[0].first)
    previous = around.parts[number - 1].end
    if "#" in text[previous : part.first]:
        return text[: part.first] + text[end:]
    return text[:previous] + text[part.end :]


def _without_lines(text: str, first: int, end: int) -> str:
    """The text without the lines of a part. If it ended without a line break, it still does."""
    begin, after = _line_start(text, first), _next_line(text, end)
    if after == _line_end(text, end):
        begin = len(text[:begin].removesuffix("\n").removesuffix("\r"))
    return text[:begin] + text[after:]


def _without_first(text: str, first: int, end: int, following: int) -> str:
    """The text without a part that others follow, on its line or below a dash or bracket."""
    line = _line_end(text, end)
    if following <= line or text[line:following].isspace():
        return text[:first] + text[following:]
    return text[:first].rstrip(" ") + text[line:]  # comments come between
