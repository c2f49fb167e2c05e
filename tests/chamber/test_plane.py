import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientela.chamber import Chamber
from clientela.chamber.plane import Spatial, spatial


def in_plane(seats: list[int], places: list[tuple[float, float]]) -> Chamber:
    names = [f"p{i}" for i in range(len(seats))]
    return Chamber.of(
        dict(zip(names, seats, strict=True)),
        positions={n: {"x": a, "y": b} for n, (a, b) in zip(names, places, strict=True)},
    )


def test_three_equal_lists_have_the_incircle_of_their_triangle_for_a_yolk():
    # Feld, Grofman & Miller (1988): with three voters the median lines are the triangle's sides.
    found = spatial(in_plane([1, 1, 1], [(0, 0), (4, 0), (0, 3)]))
    assert not found.has_core
    assert found.radius == pytest.approx(1.0, abs=1e-5)  # (a + b − c) / 2 of 3, 4, 5
    assert found.centre == pytest.approx([1, 1], abs=1e-4)


def test_a_list_amid_opposite_pairs_is_the_core():
    # Plott (1967).
    places = [(-1, 0), (2, 0), (0, -1), (0, 3), (0, 0)]
    found = spatial(in_plane([1] * 5, places))
    assert found.core == pytest.approx(np.zeros((1, 2)), abs=1e-6)
    assert found.radius == 0.0
    assert found.uncovered == pytest.approx(np.zeros((1, 2)), abs=1e-6)


def test_the_crossing_of_four_lists_diagonals_is_the_core_if_three_of_them_are_needed():
    found = spatial(in_plane([1] * 4, [(0, 0), (1, 0), (1, 1), (0, 1)]), 3)
    assert found.core == pytest.approx(np.array([[0.5, 0.5]]), abs=1e-6)


def test_unanimity_has_all_between_the_lists_for_a_core():
    found = spatial(in_plane([1] * 3, [(0, 0), (1, 0), (0.5, 1)]), 3)
    assert sorted(map(tuple, found.core.round(5))) == [(0, 0), (0.5, 1), (1, 0)]
    assert found.uncovered_share == 1.0


def test_on_a_line_the_core_is_the_median_or_lies_between_the_pivots():
    chamber = Chamber.of({"l": 40, "c": 25, "r": 35}, positions={"l": -1, "c": 0.2, "r": 1})
    assert spatial(chamber).core == pytest.approx(np.array([[0.2]]))
    assert spatial(chamber, 70).core[:, 0].tolist() == pytest.approx([-1, 1])
    even = Chamber.of({"l": 50, "r": 50}, positions={"l": -1, "r": 1})
    assert spatial(even, 50).core.size == 0
    assert spatial(even, 50).radius == pytest.approx(1.0)


games = st.lists(
    st.tuples(st.integers(1, 20), st.integers(-20, 20), st.integers(-20, 20)),
    min_size=3,
    max_size=9,
)


def of(game: list[tuple[int, int, int]], share: float) -> tuple[Chamber, int]:
    chamber = in_plane([s for s, _, _ in game], [(float(x), float(y)) for _, x, y in game])
    return chamber, max(chamber.majority, math.ceil(share * chamber.seats))


def for_it(
    chamber: Chamber, found: Spatial, policies: np.ndarray, at: np.ndarray, margin: float = 1e-9
) -> np.ndarray:
    """Seats that prefer each policy to `at`, by more than a margin."""
    seats = np.array([p.seats for p in chamber.lists])
    own = np.linalg.norm(found.places - at, axis=1)
    away = np.linalg.norm(found.places[None] - policies[:, None], axis=2)
    return (away < own - margin) @ seats


def around(at: np.ndarray, far: float) -> np.ndarray:
    angle = np.linspace(0, 2 * math.pi, 1440, endpoint=False)
    return at + far * np.column_stack([np.cos(angle), np.sin(angle)])


@settings(deadline=None, max_examples=60)
@given(games, st.sampled_from([0.5, 0.6, 0.75, 0.9]))
def test_nothing_beats_the_core_and_something_near_beats_what_is_far_from_it(game, share):
    chamber, needed = of(game, share)
    found = spatial(chamber, needed, cells=5)
    span = max(float(np.ptp(found.places, axis=0).max()), 1.0)
    for corner in found.core:
        for far in (0.01, 0.1, 0.5):
            # Corners are good to 1e-6 of the span.
            won = for_it(chamber, found, around(corner, far * span), corner, 1e-5 * span)
            assert won.max() < needed
    if not found.has_core and found.radius > 0.02 * span:
        won = for_it(chamber, found, around(found.centre, 0.002 * span), found.centre)
        assert won.max() >= needed


@settings(deadline=None, max_examples=60)
@given(games, st.sampled_from([0.5, 0.6]))
def test_every_pivot_line_meets_the_yolk_and_no_smaller_ball(game, share):
    chamber, needed = of(game, share)
    found = spatial(chamber, needed, cells=5)
    span = max(float(np.ptp(found.places, axis=0).max()), 1.0)
    seats = np.array([p.seats for p in chamber.lists])
    unit = around(np.zeros(2), 1.0)
    height = unit @ found.places.T
    order = np.argsort(-height, axis=1)
    at = (np.cumsum(seats[order], axis=1) >= needed).argmax(axis=1)
    pivot = np.take_along_axis(height, np.take_along_axis(order, at[:, None], 1), 1)[:, 0]
    short = (pivot - unit @ found.centre).max()
    if found.has_core:
        assert found.radius == 0.0
        assert all((pivot - unit @ corner).max() < 1e-5 * span for corner in found.core)
    else:
        assert short == pytest.approx(found.radius, abs=1e-3 * span)
        nearby = around(found.centre, 0.05 * span)[::60]
        shorts = [(pivot - unit @ other).max() for other in nearby]
        assert min(shorts) > short - 1e-3 * span


@settings(deadline=None, max_examples=20)
@given(games, st.floats(0, 6.28), st.floats(0.1, 50), st.floats(-30, 30))
def test_turning_moving_and_stretching_the_plane_changes_nothing(game, angle, scale, shift):
    chamber, needed = of(game, 0.5)
    found = spatial(chamber, needed, cells=5)
    turn = scale * np.array(
        [[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]]
    )
    moved = in_plane(
        [p.seats for p in chamber.lists], list(map(tuple, found.places @ turn + shift))
    )
    after = spatial(moved, needed, cells=5)
    span = float(np.ptp(found.places, axis=0).max())
    assert after.radius / scale == pytest.approx(found.radius, abs=1e-4 * max(span, 1.0))


@settings(deadline=None, max_examples=25)
@given(games)
def test_the_uncovered_set_is_efficient_and_within_four_radii_of_the_yolk(game):
    # McKelvey (1986), for an odd number of members so that none is ever tied.
    seats = [s for s, _, _ in game]
    if sum(seats) % 2 == 0:
        seats[0] += 1
    chamber = in_plane(seats, [(float(x), float(y)) for _, x, y in game])
    found = spatial(chamber, cells=15)
    away = np.linalg.norm(found.uncovered - found.centre, axis=1)
    assert len(found.uncovered) > 0
    assert away.max() <= 4 * found.radius + 2 * found.step + 1e-6


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"dimensions": ("x", "z")}, "no list has a position on 'z'; dimensions: x, y"),
        ({"dimensions": ()}, "0 dimensions"),
        ({"dimensions": ("x", "y", "x")}, "3 dimensions"),
        ({"seats_needed": 4}, "4 seats are needed"),
        ({"seats_needed": 0}, "0 seats are needed"),
        ({"cells": 1}, "1 cells"),
    ],
)
def test_what_cannot_be_placed_is_said(arguments, said):
    with pytest.raises(ValueError, match=said):
        spatial(in_plane([1, 1, 1], [(0, 0), (1, 0), (0, 1)]), **arguments)


def test_a_list_without_a_place_is_in_no_coalition():
    chamber = Chamber.of(
        {"a": 2, "b": 2, "c": 2, "d": 1},
        positions={
            "a": {"x": 0, "y": 0},
            "b": {"x": 1, "y": 0},
            "c": {"x": 0, "y": 1},
            "d": {"x": 9},
        },
    )
    assert spatial(chamber, 4).lists == ("a", "b", "c")
