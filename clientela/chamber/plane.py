"""Majorities in space: the core, the yolk and the uncovered set of a chamber in one or two dimensions.

Every list likes a policy the better the nearer it is to its own place (Euclidean preferences), and
a coalition with `seats_needed` seats can put any policy in the place of another.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from clientela.chamber.lists import Chamber

# Lengths below these shares of the lists' spread count as none; the second is what linear
# programming is good for, and what tells two corners apart.
TINY, NEAR = 1e-9, 1e-6
MOST_ROUNDS = 60


@dataclass(frozen=True, eq=False)
class Spatial:
    """What majorities can agree on, in the units of the lists' places; D is 1 or 2 dimensions.

    `places` are those of the lists in `lists`, shape (lists, D). `core` holds the corners of the
    set of policies that no coalition can replace, shape (corners, D): none if it is empty, one or
    two if it is a point or a line. `centre` and `radius` are the yolk's, the smallest ball that
    every median line meets; its radius is 0 where there is a core. `uncovered` are the policies of
    the uncovered set on a grid of step `step`, shape (policies, D), and `uncovered_share` is their
    share of the policies that are Pareto-efficient.
    """

    dimensions: tuple[str, ...]
    lists: tuple[str, ...]
    places: np.ndarray
    core: np.ndarray
    centre: np.ndarray
    radius: float
    uncovered: np.ndarray
    uncovered_share: float
    step: float

    @property
    def has_core(self) -> bool:
        """Whether some policy cannot be replaced by any coalition."""
        return len(self.core) > 0


def spatial(
    chamber: Chamber,
    seats_needed: int | None = None,
    dimensions: Sequence[str] | None = None,
    *,
    cells: int = 41,
) -> Spatial:
    """The spatial theory of voting for a chamber's lists (Plott 1967; McKelvey 1986).

    `seats_needed` defaults to a majority, `dimensions` to the first two on which lists have
    places; a list without a place on all of them takes part in no coalition. The core is exact,
    for any number of seats needed: the policies x with u·x ≥ u·p for every direction u, p being
    the list with which, counted from the far end, the seats are reached. The yolk is the least
    ball that the lines of those p reach (McKelvey 1986), found by cutting planes to one part in
    10⁶, with all directions and not only those between two lists (Stone & Tovey 1992). The
    uncovered set is that of Miller (1980), y covering x if y beats x and all that beats y beats x
    too, over a grid of `cells` policies a side (Bianco, Jeliazkov & Sened 2004) and the places
    themselves.

    Raises ValueError for more than two dimensions or none, an unknown one, or if the lists that
    have places do not hold the seats needed.
    """
    chosen = tuple(chamber.dimensions[:2] if dimensions is None else dimensions)
    needed = chamber.majority if seats_needed is None else seats_needed
    parties = [
        p
        for p in chamber.lists
        if p.seats and all(dimension in p.positions for dimension in chosen)
    ]
    _check(chamber, chosen, sum(p.seats for p in parties), needed, cells)
    places = np.array([[p.positions[d] for d in chosen] for p in parties])
    seats = np.array([p.seats for p in parties])
    middle, scale = places.mean(axis=0), float(np.ptp(places, axis=0).max()) or 1.0
    scaled = (places - middle) / scale
    if len(chosen) == 1:
        core, centre, radius = _line(scaled[:, 0], seats, needed)
    else:
        arcs = _arcs(scaled, seats, needed)
        centre, radius = _yolk(arcs)
        core = _core(arcs, scaled)
        radius = 0.0 if len(core) else max(radius, 0.0)
    uncovered, share, step = _uncovered(scaled, seats, needed, cells)
    return Spatial(
        chosen, tuple(p.id for p in parties), places, core * scale + middle,
        centre * scale + middle, radius * scale, uncovered * scale + middle, share, step * scale,
    )  # fmt: skip


def _check(
    chamber: Chamber, dimensions: tuple[str, ...], placed: int, needed: int, cells: int
) -> None:
    if not 1 <= len(dimensions) <= 2:
        raise ValueError(f"{len(dimensions)} dimensions are given; expected one or two")
    for dimension in dimensions:
        if dimension not in chamber.dimensions:
            known = ", ".join(chamber.dimensions) or "none"
            raise ValueError(f"no list has a position on {dimension!r}; dimensions: {known}")
    if not 1 <= needed <= placed:
        raise ValueError(
            f"{needed} seats are needed, and the lists with a place on {' and '.join(dimensions)} "
            f"hold {placed}; give more of them a place or ask for fewer seats"
        )
    if cells < 2:
        raise ValueError(f"there are {cells} cells; expected 2 or more")


def _line(
    place: np.ndarray, seats: np.ndarray, needed: int
) -> tuple[np.ndarray, np.ndarray, float]:
    """On a line the core lies between the lists at which the seats are reached from either end;
    where a bare half is enough these have crossed, and their distance is the yolk."""
    order = np.argsort(place, kind="stable")
    from_left = place[order][np.searchsorted(np.cumsum(seats[order]), needed)]
    down = order[::-1]
    from_right = place[down][np.searchsorted(np.cumsum(seats[down]), needed)]
    centre = np.array([(from_left + from_right) / 2])
    if from_right <= from_left + NEAR:
        ends = [from_right] if from_left - from_right <= NEAR else [from_right, from_left]
        return np.array(ends)[:, None], centre, 0.0
    return np.zeros((0, 1)), centre, float(from_right - from_left) / 2


@dataclass(frozen=True, eq=False)
class _Arcs:
    """Directions from `start` to `end` (angles), over which the pivot's place is `pivot`."""

    start: np.ndarray
    end: np.ndarray
    pivot: np.ndarray

    def farthest(self, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(direction on each arc in which `at` falls shortest of the pivot's line, by how much)."""
        away = self.pivot - at
        toward = np.arctan2(away[:, 1], away[:, 0])
        middle, half = (self.start + self.end) / 2, (self.end - self.start) / 2
        turned = (toward - middle + math.pi) % (2 * math.pi) - math.pi
        unit = _unit(middle + np.clip(turned, -half, half))
        return unit, (unit * away).sum(axis=1)


def _unit(angle: np.ndarray) -> np.ndarray:
    return np.column_stack([np.cos(angle), np.sin(angle)])


def _arcs(places: np.ndarray, seats: np.ndarray, needed: int) -> _Arcs:
    """The pivot changes only where two lists stand level, so between such directions there is one."""
    away = (places[:, None] - places[None]).reshape(-1, 2)
    away = away[np.hypot(*away.T) > TINY]
    level = np.arctan2(away[:, 1], away[:, 0]) + math.pi / 2
    quarters = np.arange(4) * math.pi / 2  # no arc is so long that its ends do not span it
    start = np.unique(np.round(np.concatenate([level, quarters]) % (2 * math.pi), 12))
    end = np.append(start[1:], start[0] + 2 * math.pi)
    height = _unit((start + end) / 2) @ places.T
    order = np.argsort(-height, axis=1, kind="stable")
    reached = np.cumsum(seats[order], axis=1) >= needed
    pivot = np.take_along_axis(order, reached.argmax(axis=1)[:, None], axis=1)[:, 0]
    return _Arcs(start, end, places[pivot])


def _yolk(arcs: _Arcs) -> tuple[np.ndarray, float]:
    """(centre, radius): the point that falls least short of the pivots' lines, and by how much.

    A negative radius is how deep it lies in the core. How far a point falls short is the maximum
    of linear functions, one for each direction; those that bind are added as they are found.
    """
    units = np.concatenate([_unit(arcs.start), _unit(arcs.end)])
    heights = (units * np.concatenate([arcs.pivot, arcs.pivot])).sum(axis=1)
    at, radius = np.zeros(2), 0.0
    for _ in range(MOST_ROUNDS):
        rows = np.column_stack([-units, -np.ones(len(units))])
        found = linprog([0, 0, 1], A_ub=rows, b_ub=-heights, bounds=(None, None), method="highs")
        at, radius = found.x[:2], float(found.x[2])
        unit, short = arcs.farthest(at)
        if short.max() <= radius + NEAR / 10:
            break
        worst = np.argsort(-short)[:8]
        units = np.concatenate([units, unit[worst]])
        heights = np.concatenate([heights, (unit[worst] * arcs.pivot[worst]).sum(axis=1)])
    return at, radius


def _core(arcs: _Arcs, places: np.ndarray) -> np.ndarray:
    """The corners of the policies on the right side of every pivot's line, in order around."""
    low, high = places.min(axis=0), places.max(axis=0)
    corners = np.array([low, [high[0], low[1]], high, [low[0], high[1]]])
    for angle in (arcs.start, arcs.end):
        for unit, pivot in zip(_unit(angle), arcs.pivot, strict=True):
            corners = _clipped(corners, unit, float(unit @ pivot) - TINY)
    kept: list[np.ndarray] = []
    for corner in corners:
        if all(np.hypot(*(corner - other)) > NEAR for other in kept):
            kept.append(corner)
    return np.array(kept).reshape(-1, 2)


def _clipped(corners: np.ndarray, unit: np.ndarray, height: float) -> np.ndarray:
    """A convex polygon's part on which unit·x ≥ height (Sutherland & Hodgman 1974)."""
    over = corners @ unit - height
    kept = []
    for i in range(len(corners)):
        j = (i + 1) % len(corners)
        if over[i] >= 0:
            kept.append(corners[i])
        if over[i] * over[j] < 0:
            kept.append(corners[i] + (corners[j] - corners[i]) * over[i] / (over[i] - over[j]))
    return np.array(kept).reshape(-1, 2)


def _uncovered(
    places: np.ndarray, seats: np.ndarray, needed: int, cells: int
) -> tuple[np.ndarray, float, float]:
    """(the policies that none covers, their share of the efficient ones, the grid's step)."""
    low, high = places.min(axis=0), places.max(axis=0)
    step = float((high - low).max()) / (cells - 1) or 1.0
    sides = [np.arange(a, b + step / 2, step) for a, b in zip(low, high, strict=True)]
    grid = np.stack(np.meshgrid(*sides, indexing="ij"), axis=-1).reshape(-1, places.shape[1])
    policies = np.concatenate([grid, places])
    distance = np.linalg.norm(policies[:, None] - places[None], axis=2)
    for_it = np.zeros((len(policies), len(policies)), dtype=np.int64)
    everyone = np.ones((len(policies), len(policies)), dtype=bool)
    for i, held in enumerate(seats):
        nearer = distance[:, i, None] < distance[None, :, i] - TINY
        for_it += held * nearer
        everyone &= nearer
    beats = for_it >= needed  # [y, x]: y beats x
    escapes = beats.T.astype(np.float32) @ (~beats).astype(np.float32)  # [y, x]: beat y and not x
    covered = (beats & (escapes < 0.5)).any(axis=0)
    efficient = ~everyone.any(axis=0)
    on_grid = np.arange(len(policies)) < len(grid)
    share = float((~covered & efficient & on_grid).sum() / max((efficient & on_grid).sum(), 1))
    return np.unique(policies[~covered].round(9) + 0.0, axis=0), share, step
