"""Pieces of HTML from templates. Whatever an analyst or a document says is escaped by them."""

from __future__ import annotations

import functools
from typing import Any

import jinja2

from clientela.analysis.words import percent, points, span, word

Fragment = str


@functools.cache
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("clientela.app"), autoescape=True,
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters |= {"percent": _percent, "points": points, "share": _share}
    made.globals |= {"span": lambda low, high: _unbroken(span(low, high)), "word": word}
    return made


def fragment(name: str, **context: Any) -> Fragment:
    """The template of that name, filled in."""
    return _environment().get_template(f"{name}.html.j2").render(**context)


def _percent(share: float | None, decimals: int = 0) -> str:
    return _unbroken(percent(share, decimals))


def _unbroken(text: str) -> str:
    """With spaces at which no line breaks."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def _share(part: float) -> str:
    """A share as a length of CSS, 0 to 100 per cent."""
    return f"{100 * min(max(part, 0.0), 1.0):.2f}%"
