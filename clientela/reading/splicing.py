"""Edits of YAML by path, in which every byte that is no part of the edit stays as it was.

The text is cut where the parser says that a value begins and ends. What comes out is read again
and compared with what it should hold, so that an edit is right or refused: a text with anchors or
merge keys, say, may be written in a way in which a part cannot be changed by itself.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from clientela.reading.parts import (
    Part,
    begins_line,
    colon_after,
    comma_after,
    composed,
    indent_of,
    line_end,
    line_start,
    next_line,
    part_at,
)
from clientela.reading.problems import ReadingError
from clientela.reading.writing import written, written_key
from clientela.reading.yaml import Path_, read_yaml

_WIDE = 100  # letters: what is longer is written over several lines
_COMMENT = re.compile(r"\s*(#.*)?")
_BREAK = re.compile(r"\r?\n")


def replaced(text: str, path: Path_, value: Any) -> str:
    """The text with another value at a path, in a line. Raises ReadingError if none is there, or it
    cannot be put there."""
    read = _plain(value)

    def change(data: Any) -> None:
        _holder(data, path)[path[-1]] = read

    return _edited(
        text, path, change, lambda bare: _with_value(bare, part_at(bare, path), written(value))
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

    return _edited(text, path, change, lambda bare: _cut(bare, part_at(bare, path)))


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

    return _edited(text, path, change, lambda bare: _with_item(bare, part_at(bare, path), value))


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


# -- values ---------------------------------------------------------------------------------------


def _with_value(text: str, part: Part, value: str) -> str:
    colon = colon_after(text, part)
    if part.start == part.end:  # nothing is written there
        return f"{text[: part.start]}{':' * (not colon and part.key is not None)} {value}{text[part.end :]}"
    if colon and part.is_block and "\n" in text[colon : part.start]:
        return f"{text[:colon]} {value}{_emptied(text, part, colon)[colon:]}"
    return text[: part.start] + value + text[_end(text, part) :]


def _emptied(text: str, part: Part, colon: int) -> str:
    """The text without the value of a key, which may stand below it; a comment beside it stays."""
    above = text[colon : part.start].rpartition("\n")[0].removesuffix("\r")
    return text[:colon] + above + text[_end(text, part) :]


def _end(text: str, part: Part) -> int:
    """Where it ends, a comment beside the last line of a block included."""
    return line_end(text, part.end) if part.is_block else part.end


# -- new entries and items ------------------------------------------------------------------------


def _with_entry(text: str, path: Path_, key: str, value: Any, block: bool) -> str:
    here, levels = composed(text), int(block)
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


def _with_last(text: str, around: Part, lines: list[str], line: str) -> str:
    """The text with an entry more after the last one: lines, or a line if it is in brackets."""
    if around.flow:
        return _in_brackets(text, around, line)
    indent = indent_of(text, around.parts[0])
    place = _after_comments(text, line_end(text, around.end), indent)
    return _below(text, place, indent, lines)


def _with_first(text: str, here: Part, key: str, value: Any, levels: int) -> str:
    """The text with an entry where nothing is written, or `null`, or `{}`."""
    close = here.end - 1
    if here.kind == "mapping" and "#" in text[here.start : close]:  # a comment between its braces
        return text[:close] + _line(key, value) + text[close:]
    if here.in_brackets or not (levels or _is_wide(_line(key, value))):
        return _with_value(text, here, f"{{{_line(key, value)}}}")
    lines = _lines(key, value, levels)
    colon = colon_after(text, here)
    if colon is None:
        indent = here.start + (here.start == here.end) - line_start(text, here.start)
        text = _with_value(text, here, lines[0])
        return _below(text, line_end(text, here.start + 1), indent, lines[1:])
    indent, text = indent_of(text, here) + 2, _emptied(text, here, colon)
    place = _after_comments(text, line_end(text, colon), indent)
    return _below(text, place, indent, lines)


def _with_item(text: str, here: Part, value: Any) -> str:
    if here.parts:
        return _with_last(text, here, [f"- {written(value)}"], written(value))
    return _with_value(text, here, written([value]))


def _in_brackets(text: str, around: Part, line: str) -> str:
    """The text with an entry more before the closing bracket."""
    last = around.parts[-1]
    comma = comma_after(text, last.end)
    end, before, after = (comma, "", ",") if comma else (last.end, ",", "")
    if begins_line(text, last) and "\n" in text[end : around.end]:
        text = text[:end] + before + text[end:]
        return _below(text, line_end(text, end), indent_of(text, last), [line + after])
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
    return [f"{written(key)}:", *(f"  {line}" for line in below)]


def _line(key: str, value: Any) -> str:
    return f"{written_key(key)}: {written(value)}"


def _is_wide(line: str) -> bool:
    return len(line) > _WIDE


# -- cutting out ----------------------------------------------------------------------------------


def _cut(text: str, part: Part) -> str:
    around = part.around
    assert around is not None  # it has a path
    number = next(k for k, other in enumerate(around.parts) if other is part)
    following = around.parts[number + 1 : number + 2]
    if len(around.parts) == 1 and not (around.flow and "#" in text[around.start : part.first]):
        return _with_value(text, around, "{}" if around.kind == "mapping" else "[]")
    end = (around.flow and comma_after(text, part.end)) or part.end
    if begins_line(text, part) and _COMMENT.fullmatch(text[end : line_end(text, end)]):
        text = _without_lines(text, part.first, end)
        comma = comma_after(text, around.parts[number - 1].end) if around.flow and number else None
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
    begin, after = line_start(text, first), next_line(text, end)
    if after == line_end(text, end):
        begin = len(text[:begin].removesuffix("\n").removesuffix("\r"))
    return text[:begin] + text[after:]


def _without_first(text: str, first: int, end: int, following: int) -> str:
    """The text without a part that others follow, on its line or below a dash or bracket."""
    line = line_end(text, end)
    if following <= line or text[line:following].isspace():
        return text[:first] + text[following:]
    return text[:first].rstrip(" ") + text[line:]  # comments come between
