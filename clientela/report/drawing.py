"""Figures as inline SVG: text stays text, nothing is fetched, ids do not collide. And as PNG."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from clientela.report.palette import GRID, INK, MUTED

_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "clientela",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "legend.frameon": False,
    "hatch.linewidth": 0.6,
    "text.parse_math": False,  # a name with two dollar signs is a name
}
_NUMBERS = count(1)
_PICTURES: ContextVar[list[bytes] | None] = ContextVar("pictures", default=None)
_DOTS = 200  # per inch of a PNG: as sharp as print asks for
_LONG = re.compile(r"(?<=[\s\"(,-])\d+\.\d{3,}(?=[\s\"),])")


@contextmanager
def figure(
    width: float, height: float, margins: tuple[float, float, float, float] | None = None
) -> Iterator[tuple[Figure, Axes, list[str]]]:
    """A figure of so many inches; afterwards the list holds its SVG.

    `margins` are the inches left free at the left, right, top and bottom, for labels set by hand
    in columns; without, the axes fill what their labels leave.
    """
    out: list[str] = []
    with mpl.rc_context(_STYLE):
        made = Figure(figsize=(width, height), layout=None if margins else "constrained")
        FigureCanvasSVG(made)
        axes = made.add_subplot()
        if margins:
            left, right, top, bottom = margins
            inside = (width - left - right, height - top - bottom)
            axes.set_position(
                (left / width, bottom / height, inside[0] / width, inside[1] / height)
            )
        yield made, axes, out
        out.append(_svg(made))
        pictures = _PICTURES.get()
        if pictures is not None:
            pictures.append(_png(made))


@contextmanager
def as_png_too() -> Iterator[list[bytes]]:
    """The figures drawn meanwhile as PNG, in their order: 200 dots per inch, on white.

    What draws them gives their SVG as ever and need not know of it.
    """
    pictures: list[bytes] = []
    before = _PICTURES.set(pictures)
    try:
        yield pictures
    finally:
        _PICTURES.reset(before)


def wrapped(text: str, letters: int, lines: int) -> str:
    """The text in at most so many lines of so many letters, with … where it goes on.

    Lines are about as long as each other, so that no word is left on its own.
    """
    text = " ".join(text.split())
    found = textwrap.wrap(text, letters, max_lines=lines, placeholder=" …")
    for narrower in range(letters - 1, letters // 2, -1):
        tried = textwrap.wrap(text, narrower)
        if len(tried) > len(found) or len(found) == 1:
            break
        found = tried
    return "\n".join(found)


def _svg(made: Figure) -> str:
    text = io.StringIO()
    made.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = text.getvalue()
    svg = svg[svg.index("<svg") :]
    # Several figures share a page: their ids and references are kept apart.
    prefix = f"f{next(_NUMBERS)}-"
    svg = re.sub(r'\bid="', f'id="{prefix}', svg)
    svg = re.sub(r"url\(#", f"url(#{prefix}", svg)
    svg = re.sub(r'(xlink:href|href)="#', rf'\1="#{prefix}', svg)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    # A hundredth of a point is finer than any screen; six decimals make the page half as long again.
    return re.sub(r"<[^>]*>", lambda tag: _LONG.sub(_shortened, tag[0]), svg)


def _png(made: Figure) -> bytes:
    picture = io.BytesIO()
    made.savefig(picture, format="png", dpi=_DOTS, facecolor="white", metadata={"Software": None})
    return picture.getvalue()


def _shortened(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
