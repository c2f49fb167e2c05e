"""Plain values in a line of YAML."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Mapping
from typing import Any

# What is read as text without quotes, in brackets too, here and by readers of YAML 1.1.
_BARE = re.compile(r"[^\W\d][\w./+'’-]*(?: [\w./+()%&;!'’–—-]+)*")
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
_LONGEST_KEY = 1000  # letters: what is longer is read as a key only after a question mark


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
            return (
                f"{{{', '.join(f'{written_key(str(k))}: {written(v)}' for k, v in value.items())}}}"
            )
        case list() | tuple():
            return f"[{', '.join(map(written, value))}]"
    raise TypeError(f"{type(value).__name__} cannot be written as YAML")


def _text(text: str) -> str:
    if _BARE.fullmatch(text) and text.lower() not in _WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else _escaped(c) for c in quoted)


def written_key(key: str) -> str:
    name = _text(key)
    return name if len(name) <= _LONGEST_KEY else f"? {name}"


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
