"""Where the members of a chamber sit: a half circle in rows, lists side by side from left to right."""

from __future__ import annotations

import math

import numpy as np

from clientela.chamber.lists import Chamber, largest_remainder


def seating_order(chamber: Chamber) -> list[int]:
    """The numbers of the lists from left to right: by place on the main dimension, then as given.

    Lists without a place sit at the right end; so do members who sit one by one.
    """

    def key(i: int) -> tuple[bool, float, int]:
        place = chamber.place(chamber.lists[i])
        return (place is None, 0.0 if place is None else place, i)

    return sorted((i for i, p in enumerate(chamber.lists) if p.seats), key=key)


def hemicycle(seats: list[int], rows: int | None = None) -> np.ndarray:
    """x, y and list of every seat, shape (seats, 3), for lists from left to right.

    The half circle has radius 1, its rows lie between 0.4 and 1 and hold seats in proportion to
    their length; within it seats go to the lists by angle, so that each is a wedge.
    """
    total = sum(seats)
    rows = rows or max(1, round(math.sqrt(total / 4.2)))
    radii = np.linspace(0.4, 1.0, rows) if rows > 1 else np.array([1.0])
    counts = largest_remainder(total, dict(enumerate(radii.tolist())))
    places = []
    for radius, count in zip(radii, counts.values(), strict=True):
        angles = np.linspace(math.pi, 0, count) if count > 1 else np.array([math.pi / 2])
        places += [
            (-angle, radius, radius * math.cos(angle), radius * math.sin(angle)) for angle in angles
        ]
    places.sort()
    owner = np.repeat(np.arange(len(seats)), seats)
    return np.array([(x, y, o) for (_, _, x, y), o in zip(places, owner, strict=True)])
