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
from collections.abc import Callable, Mapping
from typing import Any

from clientela.reading.parsing import parser
from clientela.reading.problems import Problem, ReadingError
from clientela.reading.yaml import parse_value, read_yaml

Path_ = tuple[Any, ...]
_WIDE = 100  # letters: what is longer is written over several lines
_SWITCHES = ("yes", "no", "on", "off", "y", "n")
_PLAIN = re.compile(r"[A-Za-z_][\w./+-]*(?: [\w./+()%-]+)*", re.ASCII)


def replaced(text: str, path: Path_, value: Any) -> str:
    """The text with another value at a path. Raises ReadingError if it cannot be put there."""

    def change(data: Any) -> Any:
        return _set(data, path, value)

    def splice(lines: str) -> str:
        entry = _Entry.at(lines, path)
        return entry.with_value(lines, written(value))

    return _edited(text, path, change, splice)


def added(text: str, path: Path_, key: str, value: Any, *, block: bool = False) -> str:
    """The text with a new entry at the end of the mapping at a path, which is made if it is not
    there. `block`: a mapping is written over several lines however short it is.

    Raises ReadingError if there is such an entry already, or it cannot be put there.
    """

    def change(data: Any) -> Any:
        here = data
        for step in path:
            if here.get(step) is None if isinstance(here, dict) else False:
                here[step] = {}
            here = here[step]
        if not isinstance(here, dict) or key in here:
            raise KeyError(key)
        here[key] = _plain(value)
        return data

    def splice(lines: str) -> str:
        there = list(path)
        rest = {key: value}
        while there and not _is_there(lines, tuple(there)):
            rest = {there.pop(): rest}
        (first, given), *_ = rest.items()
        return _with_entry(lines, tuple(there), str(first), given, block)

    return _edited(text, (*path, key), change, splice)


def removed(text: str, path: Path_) -> str:
    """The text without the entry or item at a path. Raises ReadingError if it cannot be cut out."""

    def change(data: Any) -> Any:
        here = data
        for step in path[:-1]:
            here = here[step]
        del here[path[-1]]
        return data

    return _edited(text, path, change, lambda lines: _cut(lines, path))


def appended(text: str, path: Path_, value: Any) -> str:
    """The text with one item more in the list at a path. Raises ReadingError if it cannot be."""

    def change(data: Any) -> Any:
        here = data
        for step in path[:-1]:
            here = here[step]
        if here[path[-1]] is None:
            here[path[-1]] = []
        here[path[-1]].append(_plain(value))
        return data

    return _edited(text, path, change, lambda lines: _with_item(lines, path, value))


def written(value: Any) -> str:
    """A plain value in a line of YAML that is read back as the same."""
    match value:
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case int() | dt.date():
            return str(value)
        case float():
            special = {math.inf: ".inf", -math.inf: "-.inf"}
            return ".nan" if math.isnan(value) else special.get(value) or repr(value)
        case Mapping():
            inside = (f"{written(str(k))}: {written(v)}" for k, v in value.items())
            return f"{{{', '.join(inside)}}}"
        case list() | tuple():
            return f"[{', '.join(map(written, value))}]"
    return _text(str(value))


def _text(text: str) -> str:
    """Quoted only where it would be read as something else, here or by readers of YAML 1.1."""
    if _PLAIN.fullmatch(text) and text.lower() not in _SWITCHES and parse_value(text) == text:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else _escaped(c) for c in quoted)


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


# -- every edit -----------------------------------------------------------------------------------


def _edited(
    text: str, path: Path_, change: Callable[[Any], Any], splice: Callable[[str], str]
) -> str:
    """The spliced text, if it holds what the changed data say."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    windows = "\r\n" in text and text.count("\r\n") == text.count("\n")
    lines = text.removeprefix(mark)
    lines = lines.replace("\r\n", "\n") if windows else lines
    tree = read_yaml("the text", lines)
    try:
        expected = change(copy.deepcopy(tree.data))
        found = splice(lines)
        right = read_yaml("the text", found).data == expected
    except (LookupError, TypeError, ValueError, AttributeError, ReadingError):
        right, found = False, lines
    if not right:
        line, column = tree.place(path)
        message = (
            "is written in a way in which this cannot be changed from here; edit the line by hand"
        )
        raise ReadingError([Problem("the text", line, column, ".".join(map(str, path)), message)])
    return mark + (found.replace("\n", "\r\n") if windows else found)


def _set(data: Any, path: Path_, value: Any) -> Any:
    here = data
    for step in path[:-1]:
        here = here[step]
    here[path[-1]]  # it has to be there
    here[path[-1]] = _plain(value)
    return data


def _plain(value: Any) -> Any:
    """The value as reading it back gives it: dates as text, tuples as lists."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, dt.date) else value


# -- where things stand ---------------------------------------------------------------------------


class _Entry:
    """A value, with what stands before it: its key in a mapping, or its place in a list."""

    def __init__(self, key: Any, value: Any, around: Any) -> None:
        self.key, self.value, self.around = key, value, around

    @classmethod
    def at(cls, text: str, path: Path_) -> _Entry:
        """The entry at a path. Raises LookupError if there is none."""
        found = cls(None, parser().compose(io.StringIO(text)), None)
        for step in path:
            found = found.inside(step)
        return found

    def inside(self, step: Any) -> _Entry:
        """The entry within this one's value."""
        if self.is_list:
            return _Entry(None, self.value.value[step], self)
        for key, value in self.value.value if self.is_mapping else ():
            if key.value == step:
                return _Entry(key, value, self)
        raise KeyError(step)

    @property
    def is_mapping(self) -> bool:
        return type(self.value).__name__ == "MappingNode"

    @property
    def is_list(self) -> bool:
        return type(self.value).__name__ == "SequenceNode"

    @property
    def entries(self) -> list[_Entry]:
        """The entries of a mapping, or the items of a list."""
        if self.is_mapping:
            return [_Entry(key, value, self) for key, value in self.value.value]
        return [_Entry(None, value, self) for value in self.value.value]

    @property
    def in_brackets(self) -> bool:
        return bool((self.is_mapping or self.is_list) and self.value.flow_style)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written: no value, `null`, `{}` or `[]`."""
        return not self.value.value if self.is_mapping or self.is_list else self.value.value in ("", "null", "~")  # fmt: skip

    @property
    def start(self) -> int:
        return self.value.start_mark.index

    @property
    def first(self) -> int:
        """Where it begins, its key included."""
        return self.key.start_mark.index if self.key is not None else self.start

    def end(self, text: str) -> int:
        """Where it ends, without what comes after it: for a block that is where its last part does."""
        if (self.is_mapping or self.is_list) and not self.in_brackets:
            last = self.entries[-1]
            return max(last.end(text), last.first)
        end = self.value.end_mark.index
        if self.start == end and self.key is not None:
            return self.colon(text)
        if getattr(self.value, "style", None) in ("|", ">"):
            return self.start + len(text[self.start : end].rstrip())
        return end

    def colon(self, text: str) -> int:
        """The place after the colon of its key."""
        return text.index(":", self.key.end_mark.index) + 1

    def with_value(self, text: str, value: str) -> str:
        """The text with another value here."""
        end = self.end(text)
        if self.key is None:
            gap = " " if text[self.start - 1 : self.start] == "-" else ""
            return text[: self.start] + gap + value + text[end:]
        colon = self.colon(text)
        if self.value.start_mark.index == self.value.end_mark.index:  # nothing stands there
            return f"{text[:colon]} {value}{text[colon:]}"
        if "\n" not in text[colon : self.start]:
            return text[: self.start] + value + text[end:]
        # A block below its key: its lines go, a comment beside the key stays.
        line = text.rindex("\n", 0, self.start)
        return f"{text[:colon]} {value}{text[colon:line]}{text[end:]}"


def _is_there(text: str, path: Path_) -> bool:
    try:
        _Entry.at(text, path)
    except LookupError:
        return False
    return True


def _line_end(text: str, place: int) -> int:
    """Where the line ends that a place is in."""
    end = text.find("\n", place)
    return len(text) if end < 0 else end


def _column(text: str, place: int) -> int:
    return place - (text.rfind("\n", 0, place) + 1)


# -- new entries and items ------------------------------------------------------------------------


def _with_entry(text: str, path: Path_, key: str, value: Any, block: bool) -> str:
    here = _Entry.at(text, path)
    if here.is_empty:
        if (here.around is not None and here.around.in_brackets) or not (
            block or _wide({key: value})
        ):
            return here.with_value(text, written({key: value}))
        colon = here.colon(text)
        below = _column(text, here.first) + 2
        text = text[:colon] + text[max(here.end(text), colon) :]
        return _inserted(text, _line_end(text, colon), below, key, value, block)
    if not here.is_mapping:
        raise LookupError(key)
    last = here.entries[-1]
    end = max(last.end(text), last.first)
    if here.in_brackets:
        return _between_brackets(text, here, end, f"{written(key)}: {written(value)}")
    indent = _column(text, here.value.value[0][0].start_mark.index)
    return _inserted(text, _line_end(text, end), indent, key, value, block)


def _with_item(text: str, path: Path_, value: Any) -> str:
    here = _Entry.at(text, path)
    if here.is_empty:
        return here.with_value(text, written([value]))
    last = here.entries[-1]
    end = last.end(text)
    if here.in_brackets:
        return _between_brackets(text, here, end, written(value))
    dash = text.rindex("-", 0, max(here.value.value[0].start_mark.index, 1))
    place = _line_end(text, end)
    return f"{text[:place]}\n{' ' * _column(text, dash)}- {written(value)}{text[place:]}"


def _between_brackets(text: str, here: _Entry, end: int, entry: str) -> str:
    close = here.value.end_mark.index - 1
    spare = text[end:close]  # may hold a comma after the last entry
    if "," in spare:
        comma = end + spare.rindex(",") + 1
        return f"{text[:comma]} {entry}{text[comma:]}"
    return f"{text[:end]}, {entry}{text[end:]}"


def _inserted(text: str, place: int, indent: int, key: str, value: Any, block: bool) -> str:
    lines = "\n".join(" " * indent + line for line in _lines(key, value, block))
    return f"{text[:place]}\n{lines}{text[place:]}"


def _lines(key: str, value: Any, block: bool) -> list[str]:
    """An entry as lines, its parts indented."""
    name = written(str(key))
    if value and isinstance(value, Mapping) and (block or _wide({key: value})):
        inside = [line for k, v in value.items() for line in _lines(k, v, False)]
        return [f"{name}:", *(f"  {line}" for line in inside)]
    if value and isinstance(value, list | tuple) and _wide({key: value}):
        return [f"{name}:", *(f"  - {written(item)}" for item in value)]
    return [f"{name}: {written(value)}"]


def _wide(entry: Mapping[str, Any]) -> bool:
    return len(written(entry)) > _WIDE


# -- cutting out ----------------------------------------------------------------------------------


def _cut(text: str, path: Path_) -> str:
    entry = _Entry.at(text, path)
    around = entry.around
    count = len(around.value.value)
    if count == 1:
        return around.with_value(text, "{}" if around.is_mapping else "[]")
    end = entry.end(text)
    if not around.in_brackets:
        begin = text.rfind("\n", 0, entry.first) + 1
        return text[:begin] + text[min(_line_end(text, end) + 1, len(text)) :]
    entries = around.entries
    number = next(k for k, other in enumerate(entries) if other.value is entry.value)
    if number + 1 < count:
        return text[: entry.first] + text[entries[number + 1].first :]
    previous = entries[number - 1]
    return text[: max(previous.end(text), previous.first)] + text[end:]
