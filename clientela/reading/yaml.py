"""YAML with the line and column of every key and value, and limits on what is accepted."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clientela.reading.problems import Problem, refuse

LARGEST_FILE = 2_000_000
MOST_VALUES = 100_000
_DEEPEST = 40

Path_ = tuple[Any, ...]


@dataclass
class Tree:
    """Plain data read from a file, and where each part of it stands (line, column; from 1)."""

    file: str
    data: Any
    places: dict[Path_, tuple[int, int]] = field(default_factory=dict)

    def place(self, path: Path_) -> tuple[int, int]:
        """Where the value at a path stands, or else the nearest part around it."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.places:
                return self.places[path[:end]]
        return (1, 1)

    def problem(self, path: Path_, message: str) -> Problem:
        """A problem with the value at a path."""
        line, column = self.place(path)
        return Problem(self.file, line, column, ".".join(map(str, path)), message)


def read_text(path: Path) -> str:
    """The file's text. Raises ReadingError if it cannot be read as text of a sensible size."""
    file = str(path)
    try:
        size = path.stat().st_size
        if path.is_dir():
            refuse(file, "is a folder; expected a YAML file")
        if size > LARGEST_FILE:
            refuse(
                file,
                f"has {size / 1e6:.1f} MB; expected at most {LARGEST_FILE / 1e6:.0f} MB. "
                "Keep data and documents in files of their own",
            )
        content = path.read_bytes()
    except FileNotFoundError:
        refuse(file, "there is no such file")
    except OSError as error:
        refuse(file, f"cannot be read: {error.strerror}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        refuse(file, "is not UTF-8 text; expected YAML, saved as UTF-8", line, 1)
    if "\0" in text:
        refuse(file, "is binary; expected YAML text")
    return text


def read_yaml(path: Path | str, text: str | None = None) -> Tree:
    """The file as plain data with positions. `text`, if given, is read in its place.

    Raises ReadingError for anything but a YAML mapping within the limits of size and depth.
    """
    # Loaded here because it takes a tenth of a second that `clientela --help` need not pay.
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.reader import ReaderError

    from clientela.reading.parsing import parser

    file = str(path)
    text = read_text(Path(path)) if text is None else text
    try:
        loaded = parser().load(io.StringIO(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        what = [*(error.problem or error.context or "").splitlines(), "cannot be parsed"][0]
        twice = re.match(r'found duplicate key "(.*?)" with value', what)
        if twice:
            refuse(file, f"there is another '{twice[1]}' here; remove one", line, column)
        refuse(file, f"is not valid YAML: {what}", line, column)
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1
        refuse(file, f"is not valid YAML: it holds the character {error.character!r}", line, 1)
    except YAMLError as error:
        refuse(file, f"is not valid YAML: {[*str(error).splitlines(), 'cannot be parsed'][0]}")
    except RecursionError:
        refuse(file, "is nested too deeply")
    except Exception as error:
        refuse(file, f"is not valid YAML: {type(error).__name__}: {error}")
    if loaded is None:
        refuse(file, "is empty; expected a YAML mapping. 'clientela new NAME' writes a start")
    tree = Tree(file, None)
    tree.data = _plain(tree, loaded, ())
    if not isinstance(tree.data, dict):
        refuse(file, "is not a mapping; expected keys such as 'scenario:' at the top", 1, 1)
    return tree


def parse_value(text: str) -> Any:
    """A value as written after `--set PATH=`: YAML, in one line."""
    if re.fullmatch(r"\s*", text):
        return None
    return read_yaml("value", f"value: {text}\n").data["value"]


def _plain(tree: Tree, node: Any, path: Path_) -> Any:
    """Containers and scalars of Python's own, noting where each stood."""
    if len(tree.places) > MOST_VALUES:
        refuse(tree.file, f"holds more than {MOST_VALUES:,} values (aliases counted out)")
    if len(path) > _DEEPEST:  # an alias within what it stands for has no end
        line, column = tree.place(path)
        refuse(tree.file, f"is nested more than {_DEEPEST} levels deep", line, column)
    marks = getattr(node, "lc", None)
    if isinstance(node, dict):
        if marks is not None:
            tree.places.setdefault(path, (marks.line + 1, marks.col + 1))
        found: dict[str, Any] = {}
        for key in node:
            if _key(key) in found:  # such as 1 and "1"
                line, column = tree.place((*path, _key(key)))
                refuse(tree.file, f"there is another '{_key(key)}' here; remove one", line, column)
            found[_key(key)] = _child(tree, node, key, marks, path)
        return found
    if isinstance(node, list | tuple | set):
        if marks is not None:
            tree.places.setdefault(path, (marks.line + 1, marks.col + 1))
        return [_item(tree, value, i, marks, path) for i, value in enumerate(node)]
    return _scalar(node)


def _child(tree: Tree, node: dict, key: Any, marks: Any, path: Path_) -> Any:
    at = (*path, _key(key))
    if marks is not None and marks.data and key in marks.data:
        line, column = marks.data[key][:2]
        tree.places[at] = (line + 1, column + 1)
    else:  # merged from an alias: it stands where its mapping does
        tree.places[at] = tree.place(path)
    return _plain(tree, node[key], at)


def _item(tree: Tree, value: Any, index: int, marks: Any, path: Path_) -> Any:
    at = (*path, index)
    if marks is not None and marks.data and index in marks.data:
        line, column = marks.data[index][:2]
        tree.places[at] = (line + 1, column + 1)
    else:
        tree.places[at] = tree.place(path)
    return _plain(tree, value, at)


def _key(key: Any) -> str:
    if key is None or isinstance(key, bool):
        return {None: "null", True: "true", False: "false"}[key]
    if isinstance(key, tuple | list):
        return f"[{', '.join(map(_key, key))}]"
    return "{…}" if isinstance(key, dict) else str(key)


def _scalar(node: Any) -> Any:
    if node is None or isinstance(node, bool):
        return node
    for kind in (str, int, float):
        if isinstance(node, kind):
            return kind(node)
    if type(node).__name__ == "ScalarBoolean":
        return bool(node)
    return str(node)
