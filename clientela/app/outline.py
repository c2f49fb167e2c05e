"""Where in a YAML text a place lies, by indentation and brackets; the text need not be whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

Path_ = tuple[str | int, ...]
_ENTRY = re.compile(r"""(?P<key>"[^"]*"|'[^']*'|[^\s#'"{\[\]},:&*!|>-][^#:{}\[\],]*|[^\s:{}\[\],]+):(?=\s|$)""")  # fmt: skip


@dataclass(frozen=True)
class Spot:
    """A place in the text: the path of what it lies in, what has been typed of a word, and whether
    a key is being written there or the value at the path; `written` are the keys beside it."""

    path: Path_
    typed: str
    is_key: bool
    written: frozenset[str]


@dataclass(frozen=True)
class _Line:
    """A line that opens an entry: its path, where the entry's key and value begin, its depth."""

    path: Path_
    indent: int
    value: int  # offset in the text


def entries(text: str) -> Iterator[_Line]:
    """The entries that stand on lines of their own, in order."""
    stack: list[tuple[int, str | int]] = []
    counts: dict[Path_, int] = {}
    depth, quote, hidden, place = 0, "", -1, 0
    for line in text.splitlines(keepends=True):
        start, place = place, place + len(line)
        bare = line.rstrip("\r\n")
        indent = len(bare) - len(bare.lstrip(" "))
        if depth or quote:  # within brackets, or a text in quotes
            depth, quote = _weighed(bare, depth, quote)
            continue
        if not bare.strip() or bare.lstrip().startswith("#") or (hidden >= 0 and indent > hidden):
            continue
        hidden, rest = -1, bare[indent:]
        while rest.startswith("- ") or rest == "-":
            while stack and (stack[-1][0] > indent or (stack[-1][0] == indent and isinstance(stack[-1][1], int))):  # fmt: skip
                stack.pop()
            around = tuple(step for _, step in stack)
            counts[around] = counts.get(around, -1) + 1
            stack.append((indent, counts[around]))
            inner = rest[1:].lstrip(" ")
            indent += len(rest) - len(inner)
            rest = inner
        found = _ENTRY.match(rest)
        if not found:
            if bare.lstrip(" ").startswith("-"):
                yield _Line(tuple(step for _, step in stack), stack[-1][0], start + indent)
            depth, quote = _weighed(rest, 0, "")
            continue
        while stack and stack[-1][0] >= indent:
            stack.pop()
        stack.append((indent, found["key"].strip("\"'")))
        path = tuple(step for _, step in stack)
        value = rest[found.end() :]
        yield _Line(path, indent, start + indent + found.end())
        if re.fullmatch(r"\s*[|>][+-]?\d?\s*(#.*)?", value):
            hidden = indent
        depth, quote = _weighed(value, 0, "")


def _weighed(part: str, depth: int, quote: str) -> tuple[int, str]:
    """How deep in brackets, and in which quotes, the end of a stretch of text is."""
    before = " "
    for character in part:
        if quote:
            quote = "" if character == quote and before != "\\" else quote
        elif character in "\"'" and before in " [{,:":
            quote = character
        elif character == "#" and before == " ":
            break
        elif character in "{[":
            depth += 1
        elif character in "}]":
            depth = max(depth - 1, 0)
        before = character
    return depth, quote


def spot(text: str, offset: int) -> Spot:
    """The place at an offset."""
    before = text[:offset]
    known = list(entries(before))
    typed = re.search(r"[\w.:>*-]*$", before)
    word = typed[0] if typed else ""
    last = known[-1] if known else None
    if last is not None and (inside := _in_brackets(text, last.value, offset)):
        steps, key, seen = inside
        path = (*last.path, *steps)
        return Spot(path if key is None else (*path, key), word, key is None, seen)
    line = before.rpartition("\n")[2]
    indent = len(line) - len(line.lstrip(" "))
    if re.fullmatch(r"\s*(- +)*[\w.-]*", line):
        indent += len(line.lstrip(" ")) - len(line.lstrip(" -"))
        return _at_key(text, known, indent, line, word)
    return Spot(last.path if last else (), word, False, frozenset())


def _at_key(text: str, known: list[_Line], indent: int, line: str, word: str) -> Spot:
    """A key, or an item of a list, on a line of its own."""
    around: Path_ = ()
    for entry in reversed(known):
        if entry.indent < indent:
            around = entry.path
            break
        if entry.indent == indent:
            around = entry.path[:-1]
            break
    beside = frozenset(str(e.path[-1]) for e in entries(text) if e.path[:-1] == around)
    is_item = line.lstrip(" ").startswith("-")
    return Spot((*around, 0) if is_item and known and known[-1].path == around else around, word, True, beside)  # fmt: skip


def _in_brackets(
    text: str, start: int, offset: int
) -> tuple[list[str | int], str | int | None, frozenset[str]] | None:
    """Within brackets that open after `start`: the steps to the innermost, the key whose value is
    being written (None: a key is), and the keys that it has. None if no bracket is open."""
    stack: list[tuple[str, str | int | None, set[str]]] = []  # bracket, key or number, keys
    word, quote = "", ""
    for character in text[start:offset]:
        if quote:
            quote = "" if character == quote else quote
            word += character if quote else ""
        elif character in "\"'" and not word.strip():
            quote, word = character, ""
        elif character == "{":
            stack.append(("{", None, set()))
            word = ""
        elif character == "[":
            stack.append(("[", 0, set()))
            word = ""
        elif character in "}]":
            if stack:
                stack.pop()
            word = ""
        elif character == "," and stack:
            bracket, number, keys = stack.pop()
            stack.append((bracket, number + 1 if isinstance(number, int) else None, keys))
            word = ""
        elif character == ":" and stack and stack[-1][0] == "{" and stack[-1][1] is None:
            stack[-1][2].add(word.strip())
            stack[-1] = ("{", word.strip(), stack[-1][2])
            word = ""
        else:
            word += character
    if not stack:
        return None
    steps = [step for _, step, _ in stack[:-1] if step is not None]
    after = re.match(r"[^{}\[\]\n]*", text[offset:])
    seen = stack[-1][2] | set(re.findall(r"([\w.-]+):", after[0] if after else ""))
    return steps, stack[-1][1], frozenset(seen)
