"""Where actors are drawn so that neither they nor their names overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import networkx
import numpy as np


def placed(names: Sequence[str], ties: Iterable[tuple[str, str]], shape: np.ndarray) -> np.ndarray:
    """Points for the actors by a stress layout of their ties (Kamada & Kawai 1989), shape
    (actors, 2), from −1 to 1 times `shape`. The same for the same input."""
    graph = networkx.Graph()
    graph.add_nodes_from(names)
    graph.add_edges_from(ties)
    found = networkx.kamada_kawai_layout(graph)
    return np.array([found[name] for name in names], dtype=float).reshape(-1, 2) * shape


def apart(points: np.ndarray, room: np.ndarray, rounds: int = 400) -> np.ndarray:
    """The points pushed away from each other until no two rectangles around them overlap.

    `room` holds each rectangle's width and height, in the unit of the points.
    """
    points = points.copy()
    for _ in range(rounds):
        moved = False
        for i, j in combinations(range(len(points)), 2):
            need = (room[i] + room[j]) / 2
            gap = points[j] - points[i]
            lacking = need - np.abs(gap)
            if (lacking > 0).all():
                axis = int(np.argmin(lacking / need))
                step = (lacking[axis] / 2 + 1e-3) * (1.0 if gap[axis] >= 0 else -1.0)
                points[i, axis] -= step
                points[j, axis] += step
                moved = True
        if not moved:
            break
    return points
