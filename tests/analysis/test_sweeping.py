"""Sweeps: every point is the run with its values set, points are kept, summaries are right."""

import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import clientela as ct
from clientela.analysis.points import Axis, grid, latin_hypercube
from clientela.analysis.questions import QuestionError
from clientela.analysis.sweep_summary import axes_of, matrix, most_moved, slopes
from clientela.analysis.sweeping import Sweep, sweep
from clientela.api import reader
from clientela.engine import StoreError
from clientela.reading import ReadingError

CONTROL, RATE = "mechanisms.patronage.control", "mechanisms.patronage.visit_rate"
DRAWS = 600


@pytest.fixture(scope="module")
def take():
    return reader("iraq-2021")


@pytest.fixture(scope="module")
def found(take, tmp_path_factory):
    points = grid([Axis.of(f"{CONTROL}=0.1:0.9:3"), Axis.of(f"{RATE}=0,0.01")])
    return sweep(take, points, out=tmp_path_factory.mktemp("sweep") / "it", draws=DRAWS)


def test_every_point_is_the_run_with_its_values_set(found):
    for number in (0, 3, 5):
        scenario = ct.load("iraq-2021", changes=found.points[number])
        run = ct.run(scenario, draws=DRAWS, seed=1)
        rows = found.table.filter(pl.col("point") == number)
        for answer in run.answers:
            mine = rows.filter(pl.col("question") == answer.id)
            if answer.shares is None:
                assert mine["share"].to_list() == [answer.probability]
                assert mine["low"].to_list() == [answer.low]
            else:
                assert dict(zip(mine["outcome"], mine["share"], strict=True)) == answer.shares


def test_the_base_is_the_scenario_as_it_is_and_changes_are_against_it(found):
    base = found.table.filter(pl.col("point") == -1)
    assert (base["change"].drop_nulls() == 0).all()
    joined = found.table.join(base, on=["question", "outcome"], suffix="_base").drop_nulls("change")
    apart = joined["share"] - joined["share_base"] - joined["change"]
    assert float(apart.abs().max()) < 1e-12


def test_an_interrupted_sweep_goes_on_and_another_is_refused(take, tmp_path):
    points = grid([Axis.of(f"{CONTROL}=0.2,0.5,0.8")])
    options = {"out": tmp_path / "it", "draws": 100, "questions": ["us-strike"]}

    def interrupt(done, total):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(take, points, progress=interrupt, **options)
    assert not (tmp_path / "it" / "sweep.parquet").exists()
    (tmp_path / "it" / "points" / "00001.parquet").write_bytes(b"cut off")
    again = sweep(take, points, **options)
    assert 1 <= again.taken_up <= 2
    whole = sweep(take, points, **{**options, "out": tmp_path / "new"})
    assert again.table.equals(whole.table)
    assert pl.read_parquet(tmp_path / "it" / "sweep.parquet").equals(whole.table)
    with pytest.raises(StoreError, match="another sweep"):
        sweep(take, points[:2], **options)


def test_a_value_that_does_not_fit_is_said_before_anything_is_drawn(take, tmp_path):
    for path, values in (("mechanisms.patronage.contrl", "0,1"), (CONTROL, "0.5,3")):
        with pytest.raises(ReadingError):
            sweep(take, grid([Axis.of(f"{path}={values}")]), out=tmp_path / "it", draws=100)
        assert not (tmp_path / "it").exists()


# -- points -------------------------------------------------------------------------------------


def test_axes_are_written_as_ranges_or_lists():
    assert Axis.of("a.b=0:1:5").values == (0.0, 0.25, 0.5, 0.75, 1.0)
    assert Axis.of("a.b=3,1,2").values == (3.0, 1.0, 2.0)
    points = grid([Axis.of("a=0,1"), Axis.of("b=5:6:2")])
    assert points == [{"a": 0, "b": 5}, {"a": 0, "b": 6}, {"a": 1, "b": 5}, {"a": 1, "b": 6}]


@pytest.mark.parametrize(
    "text", ["a", "=1,2", "a=", "a=1:2", "a=1:2:x", "a=1:1:3", "a=nan,1", "a=x"]
)
def test_what_is_no_axis_is_said(text):
    with pytest.raises(QuestionError, match="expected PATH=LOW:HIGH:COUNT"):
        Axis.of(text)


def test_too_much_twice_or_nothing_is_said():
    with pytest.raises(QuestionError, match="nothing to sweep"):
        grid([])
    with pytest.raises(QuestionError, match="given twice"):
        grid([Axis.of("a=0,1"), Axis.of("a=2,3")])
    with pytest.raises(QuestionError, match="20,000 points"):
        grid([Axis.of("a=0:1:200"), Axis.of("b=0:1:100")])
    with pytest.raises(QuestionError, match="to lie between"):
        latin_hypercube([Axis.of("a=1")], 5)


@given(st.integers(2, 40), st.integers(1, 4), st.integers(1, 99))
def test_a_hypercube_has_a_point_in_every_slice_of_every_axis(count, paths, seed):
    axes = [Axis(f"p{k}", (float(k), float(k + 2))) for k in range(paths)]
    points = latin_hypercube(axes, count, seed)
    for k, axis in enumerate(axes):
        slices = sorted(int((point[axis.path] - k) / 2 * count - 1e-9) for point in points)
        assert slices == list(range(count))


# -- summaries ----------------------------------------------------------------------------------


def made(shares, points):
    rows = [
        {"point": n, **point, "question": q, "outcome": "yes", "share": share[n]}
        for q, share in shares.items()
        for n, point in enumerate(points)
    ]
    return Sweep(None, tuple(points[0]), points, pl.DataFrame(rows), 10, 1, None, 0, 0.0)


def test_slopes_are_those_of_a_plane():
    points = grid([Axis.of("a=0:2:4"), Axis.of("b=10:20:4")])
    share = [0.3 + 0.1 * p["a"] - 0.02 * p["b"] for p in points]
    flat = [0.5 for _ in points]
    found = made({"q": share, "flat": flat}, points)
    a, b = slopes(found, ("q", "yes"))
    assert (a.rise, b.rise) == (pytest.approx(0.2), pytest.approx(-0.2))
    assert a.explained == pytest.approx(1.0)
    assert most_moved(found, [("flat", "yes"), ("q", "yes")], 1) == [("q", "yes")]
    assert axes_of(found) == [sorted({p[path] for p in points}) for path in ("a", "b")]
    assert matrix(found, ("q", "yes")) == pytest.approx(np.array(share).reshape(4, 4))


def test_a_hypercube_is_no_grid():
    points = latin_hypercube([Axis.of("a=0,1"), Axis.of("b=0,1")], 5)
    assert axes_of(made({"q": [0.1] * 5}, points)) is None


def test_the_command_shows_a_matrix_and_draws_a_map(clientela, tmp_path):
    told = clientela("sweep", "iraq-2021", "--over", f"{CONTROL}=0.2,0.8", "--over", f"{RATE}=0,0.01",
                     "--question", "us-strike", "--draws", "100", "--figure", "map.svg")  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert "visit_rate →" in told.stdout
    assert "(%)" in (tmp_path / "map.svg").read_text(encoding="utf-8")
    rows = json.loads(
        clientela("sweep", "iraq-2021", "--over", f"{CONTROL}=0.2,0.8", "--question", "us-strike",
                  "--draws", "100", "--json").stdout
    )  # fmt: skip
    assert [row["point"] for row in rows] == [-1, 0, 1]
    none = clientela("sweep", "iraq-2021")
    assert none.returncode == 2
    assert "nothing to sweep over" in none.stderr
