"""The network of actors as a drawing that keeps its letters readable at any width."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from clientela.analysis.answers import Obedience
from clientela.analysis.words import percent
from clientela.report.placing import apart, placed
from clientela.scenario import Actor, Scenario

_LETTER, _LINE = 7.3, 16.0  # pixels at 13px
# Shapes around (0, 0) with a radius of 1, by kind.
SHAPES = {
    "patron": "M-.9-.9H.9V.9H-.9Z",
    "outside-power": "M-.9-.9H.9V.9H-.9Z M-.55-.55H.55V.55H-.55Z",
    "client": "M1 0A1 1 0 1 1-1 0A1 1 0 1 1 1 0Z",
    "party": "M1 0A1 1 0 1 1-1 0A1 1 0 1 1 1 0Z M.5 0A.5 .5 0 1 1-.5 0A.5 .5 0 1 1 .5 0Z",
    "rival": "M0-1.15 1.15 0 0 1.15-1.15 0Z",
    "state": "M1 0 .5 .87-.5 .87-1 0-.5-.87 .5-.87Z",
    "judiciary": "M0-1.1 1.05 .8H-1.05Z",
    "authority": "M0-1.2 .3-.4 1.14-.37 .48 .15 .7 .97 0 .5-.7 .97-.48 .15-1.14-.37-.3-.4Z",
}
FILLS = (
    "var(--amber)",
    "var(--sky)",
    "var(--green)",
    "var(--purple)",
    "var(--orange)",
    "var(--blue)",
)
_BENDS = {"sponsorship": 0.06, "alliance": -0.12, "rivalry": 0.14, "deference": -0.06}


@dataclass(frozen=True)
class Node:
    """An actor: where, how large, what is written under it, and a sentence on it."""

    id: str
    kind: str
    x: float
    y: float
    radius: float
    fill: str
    lines: tuple[str, ...]
    caption: str
    told: str


@dataclass(frozen=True)
class Edge:
    """A tie: its ends, kind and, for sponsorship, how far the client obeys; the curve, and the
    points of an arrow's head where it has a direction."""

    first: str
    second: str
    kind: str
    look: str
    curve: str
    head: str


@dataclass(frozen=True)
class Drawing:
    """All of it, in pixels."""

    width: float
    height: float
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def camps(scenario: Scenario) -> dict[str, str]:
    """The fill of each camp."""
    named = dict.fromkeys(a.camp for a in scenario.actors.values() if a.camp)
    return {camp: FILLS[k % len(FILLS)] for k, camp in enumerate(named)}


def untied(scenario: Scenario) -> list[str]:
    """Names of the actors that have no ties."""
    tied = _tied(scenario)
    return [actor.name for name, actor in scenario.actors.items() if name not in tied]


def network(scenario: Scenario, obedience: Sequence[Obedience], narrow: bool) -> Drawing:
    """The actors that have ties, placed for a wide or a narrow screen."""
    names = _tied(scenario)
    if not names:
        return Drawing(1, 1, (), ())
    obeys = {item.client: item for item in obedience}
    letters = 12 if narrow else 18
    written = {n: _lines(scenario.actors[n].name, letters) for n in names}
    captions = {n: _caption(scenario.actors[n], obeys.get(n)) for n in names}
    radii = np.array([9 + 7 * math.sqrt(min(scenario.actors[n].force.distribution.mean(), 3.0)) for n in names])  # fmt: skip
    widths = [max(max(map(len, written[n])), 0.9 * len(captions[n])) * _LETTER for n in names]
    room = np.column_stack([
        np.maximum(widths, 2 * radii) + 10,
        2 * radii + [_LINE * (len(written[n]) + bool(captions[n])) for n in names] + 14,
    ])  # fmt: skip
    shape = np.array([165.0, 330.0]) if narrow else np.array([520.0, 270.0])
    ties = [(first, second) for _, first, second, _ in scenario.ties.each()]
    points = apart(placed(names, ties, shape), room)
    # The rectangle around a node has its mark at the top, the writing below.
    low, high = (points - room / 2).min(axis=0), (points + room / 2).max(axis=0)
    tops = points[:, 1] - room[:, 1] / 2 + radii + 4
    places = {n: (points[k, 0] - low[0], tops[k] - low[1], radii[k]) for k, n in enumerate(names)}
    fills = camps(scenario)
    nodes = tuple(
        Node(
            n, scenario.actors[n].kind, *places[n],
            fills.get(scenario.actors[n].camp or "", "var(--surface)"),
            written[n], captions[n], _told(scenario, n, obeys.get(n)),
        )
        for n in names
    )  # fmt: skip
    edges = tuple(_edge(places, kind, one, two, tie, obeys) for kind, one, two, tie in scenario.ties.each())  # fmt: skip
    width, height = (high - low).tolist()
    return Drawing(width, height, nodes, edges)


def _tied(scenario: Scenario) -> list[str]:
    found = {name for _, first, second, _ in scenario.ties.each() for name in (first, second)}
    return [name for name in scenario.actors if name in found]


def _lines(name: str, letters: int) -> tuple[str, ...]:
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + len(word) >= letters:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return tuple(lines)


def _caption(actor: Actor, obeys: Obedience | None) -> str:
    parts = [actor.camp or "", f"obeys {percent(obeys.complied)}" if obeys else ""]
    return " · ".join(part for part in parts if part)


def _told(scenario: Scenario, name: str, obeys: Obedience | None) -> str:
    """The actor and its ties in a sentence each, for those who do not see the drawing."""
    actor = scenario.actors[name]
    words = {"sponsorship": ("sponsors", "is sponsored by"), "rivalry": ("is a rival of",) * 2,
             "alliance": ("is allied with",) * 2, "deference": ("defers to", "is deferred to by")}  # fmt: skip
    parts = [f"{actor.name}, {actor.kind.replace('-', ' ')}"]
    if actor.camp:
        parts.append(f"camp {actor.camp}")
    parts.append(f"armed strength {actor.force.distribution.mean():.2g}")
    if obeys:
        parts.append(f"complies with {percent(obeys.complied)} of calls to order")
    for kind, (of, by) in words.items():
        ties = [(a, b) for k, a, b, _ in scenario.ties.each() if k == kind]
        for verb, others in ((of, [b for a, b in ties if a == name]), (by, [a for a, b in ties if b == name])):  # fmt: skip
            if others:
                parts.append(f"{verb} {', '.join(scenario.actors[o].name for o in others)}")
    return "; ".join(parts)


def _edge(
    places: Mapping[str, tuple[float, float, float]], kind: str, first: str, second: str,
    tie: object, obeys: Mapping[str, Obedience],
) -> Edge:  # fmt: skip
    x0, y0, r0 = places[first]
    x1, y1, r1 = places[second]
    length = math.hypot(x1 - x0, y1 - y0) or 1.0
    bend = _BENDS[kind] * length
    cx, cy = (x0 + x1) / 2 - bend * (y1 - y0) / length, (y0 + y1) / 2 + bend * (x1 - x0) / length
    x0, y0 = _toward(x0, y0, cx, cy, r0 + 2)
    directed = kind in ("sponsorship", "deference") or (kind == "rivalry" and not getattr(tie, "mutual", True))  # fmt: skip
    x1, y1 = _toward(x1, y1, cx, cy, r1 + (4 if directed else 2))
    look = kind
    if kind == "sponsorship":
        share = obeys[second].complied if second in obeys else None
        look += " none" if share is None else " low" if share < 0.4 else " high" if share > 0.6 else ""  # fmt: skip
    head = _head(x1, y1, math.atan2(y1 - cy, x1 - cx)) if directed else ""
    return Edge(first, second, kind, look, f"M{x0:.1f} {y0:.1f}Q{cx:.1f} {cy:.1f} {x1:.1f} {y1:.1f}", head)  # fmt: skip


def _toward(x: float, y: float, tx: float, ty: float, by: float) -> tuple[float, float]:
    length = math.hypot(tx - x, ty - y) or 1.0
    return x + by * (tx - x) / length, y + by * (ty - y) / length


def _head(x: float, y: float, angle: float) -> str:
    corners = [(x, y)] + [
        (x - 10 * math.cos(angle + turn), y - 10 * math.sin(angle + turn)) for turn in (0.38, -0.38)
    ]
    return " ".join(f"{cx:.1f},{cy:.1f}" for cx, cy in corners)
