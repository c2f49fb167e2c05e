"""Where the parts of a YAML text begin and end."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from clientela.reading.yaml import Path_

_BREAK = re.compile(r"\r?\n")
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


@dataclass(eq=False)
class Part:
    """A value as it stands in a text, and what is in it. An alias is one with nothing in it."""

    kind: str
    start: int
    end: int  # for a block, that of its last part
    first: int  # where its entry begins: at its key or its dash
    key: Part | None
    around: Part | None
    said: str = ""
    flow: bool = False
    parts: list[Part] = field(default_factory=list)

    @property
    def is_block(self) -> bool:
        return bool(self.parts) and not self.flow

    @property
    def in_brackets(self) -> bool:
        return self.around is not None and self.around.flow

    def inside(self, step: Any) -> Part | None:
        """The part of it with a key or number."""
        if self.kind == "list":
            return self.parts[step]
        return next((p for p in self.parts if p.key is not None and p.key.said == step), None)


def part_at(text: str, path: Path_) -> Part:
    """The part at a path. Raises LookupError if there is none."""
    part = composed(text)
    for step in path:
        inner = part.inside(step)
        if inner is None:
            raise LookupError(step)
        part = inner
    return part


def composed(text: str) -> Part:
    # Loaded here because it takes a tenth of a second that `clientela --help` need not pay.
    from clientela.reading.parsing import parser

    events = parser().parse(io.StringIO(text))
    return _part(text, next(e for e in events if type(e).__name__ in _KINDS), events)


def _part(
    text: str, event: Any, events: Iterator[Any],
    key: Part | None = None, around: Part | None = None,
) -> Part:  # fmt: skip
    """The part that begins with an event."""
    start, end = event.start_mark.index, event.end_mark.index
    part = Part(_KINDS[type(event).__name__], start, end, start, key, around)
    if key is not None:
        part.first = key.start
    elif around is not None and not around.flow:
        part.first = _dash(text, around)
    if part.kind == "scalar":
        part.said = event.value
        if start == end:  # the parser says where the next thing is
            part.start = part.end = colon_after(text, part) or (key.end if key else part.first + 1)
        if event.style in ("|", ">"):
            part.end = start + len(without_blank_lines(text[start:end]))
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


def _dash(text: str, around: Part) -> int:
    """Where the dash stands of the item that comes next in a list."""
    found = _DASH.match(text, around.parts[-1].end if around.parts else around.start)
    if found is None:
        raise LookupError("-")
    return found.end() - 1


def without_blank_lines(block: str) -> str:
    """A block of text without the blank lines below it, unless a plus makes them part of it."""
    kept = "+" in block.splitlines()[0].partition("#")[0]
    return re.sub(r"\r?\n\Z" if kept else r"(?:\r?\n[ \t]*)+\Z", "", block)


def line_start(text: str, place: int) -> int:
    return text.rfind("\n", 0, place) + 1


def line_end(text: str, place: int) -> int:
    """Where the line ends that a place is in, its break left out."""
    found = _BREAK.search(text, place)
    return found.start() if found else len(text)


def next_line(text: str, place: int) -> int:
    found = _BREAK.search(text, place)
    return found.end() if found else len(text)


def indent_of(text: str, part: Part) -> int:
    """The column of its key, dash or value."""
    return part.first - line_start(text, part.first)


def begins_line(text: str, part: Part) -> bool:
    return not text[line_start(text, part.first) : part.first].strip(" ")


def comma_after(text: str, place: int) -> int | None:
    """The place after the comma that comes next, if a comma does."""
    found = _COMMA.match(text, place)
    return found.end() if found else None


def colon_after(text: str, part: Part) -> int | None:
    """The place after the colon of its key; the key may have none, as the first in `{a, b: 1}`."""
    found = _COLON.match(text, part.key.end) if part.key else None
    return found.end() if found else None
