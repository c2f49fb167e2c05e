"""Where in a YAML text the cursor is: in which part, at a key or at a value. The text may be half
written, and so need not parse."""

from __future__ import annotations

import re
from dataclasses import dataclass

Path_ = tuple[str | int, ...]
_DEEPEST = 120


@dataclass(frozen=True)
class Spot:
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
        if self.step is None or len(self.path) > _DEEPEST:
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


class Scan:
    """A walk over the lines that asks of them no more than indentation and brackets.

    An open bracket or quotation mark does not reach past the first line that is indented no
    further than its entry: whoever is writing has not closed it yet.
    """

    def __init__(self, text: str, offset: int) -> None:
        self.text, self.offset = text, offset
        self.spot: Spot | None = None
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
            self.spot = Spot(path, start, key, value, quoted)

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
