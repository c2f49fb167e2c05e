"""ruamel.yaml, taught to say where a value cannot be read, and to stop at what is too deep."""

from __future__ import annotations

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, ComposerError
from ruamel.yaml.constructor import ConstructorError, RoundTripConstructor

DEEPEST = 40
_PREFIX = "tag:yaml.org,2002:"
_PLAIN = ("map", "seq", "str", "int", "float", "bool", "null", "timestamp", "merge", "value")


class _Shallow(Composer):
    """Refuses depth as it meets it: the scanner is slow, and Python's stack short, beyond."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        mark = self.parser.peek_event().start_mark
        if self.depth > DEEPEST:
            raise ComposerError(None, None, f"nested more than {DEEPEST} levels deep", mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        tag = str(node.tag)
        if tag.removeprefix(_PREFIX) not in _PLAIN:
            shown = tag.replace(_PREFIX, "!!")
            raise ComposerError(None, None, f"the tag {shown} is not accepted; remove it", mark)
        return node


class _Placed(RoundTripConstructor):
    """Says where a number cannot be read; leaves dates as text, for the models to read."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, OverflowError, AttributeError):
            written = str(node.value)
            shown = written if len(written) <= 60 else written[:57] + "…"
            kind = str(node.tag).removeprefix(_PREFIX)
            expected = {
                "int": "a number that can be read",
                "float": "a number that can be read",
            }.get(kind, "a value that can be read")
            message = f"'{shown}' is not {expected}"
            raise ConstructorError(None, None, message, node.start_mark) from None


_Placed.add_constructor(f"{_PREFIX}timestamp", lambda self, node: self.construct_scalar(node))


def parser() -> YAML:
    """A YAML parser with the limits and messages of this package."""
    yaml = YAML(typ="rt")
    yaml.allow_duplicate_keys = False
    yaml.Composer = _Shallow
    yaml.Constructor = _Placed
    return yaml
