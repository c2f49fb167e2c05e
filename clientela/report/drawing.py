"""Figures as inline SVG: text stays text, nothing is fetched, ids do not collide."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
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
}
_NUMBERS = count(1)


@contextmanager
def figure(width: float, height: float) -> Iterator[tuple[Figure, Axes, list[str]]]:
    """A figure of so many inches; afterwards the list holds its SVG."""
    out: list[str] = []
    with mpl.rc_context(_STYLE):
        made = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasSVG(made)
        yield made, made.add_subplot(), out
        out.append(_svg(made))


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
    return re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
