"""Scores on the command line, as a user meets them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

import clientela as ct
from clientela.analysis.updating import update
from clientela.cli import app
from clientela.engine import StoreError
from clientela.scenario.starter import starter
from clientela.scoring import series_in

CAME = """\
scenario: my-crisis
outcomes:
  government: {value: true, date: 2030-08-01}
  which: {value: with-front, date: 2030-08-01}
  ten-killed: {value: false, uncertain: true}
  guards-obey: {value: null}
"""
EVENTS = """\
through: 2030-03-31
watched: [ratification]
events:
  - {date: 2030-03-20, event: ratification}
"""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the run and the update of a scenario, and what came true, beside it."""
    here = tmp_path_factory.mktemp("scored")
    for name, text in {
        "my-crisis.yaml": starter("my-crisis"), "outcomes.yaml": CAME, "events.yaml": EVENTS,
    }.items():  # fmt: skip
        (here / name).write_text(text, encoding="utf-8")
    scenario = ct.load(here / "my-crisis.yaml")
    ct.run(scenario, draws=100, out=here / "run")
    update(scenario, here / "events.yaml", particles=100, draws=100, out=here / "updated")
    return here


@pytest.fixture
def copied(folders: Path, tmp_path: Path) -> Path:
    """A copy of what the folder holds, in which things can be broken."""
    return shutil.copytree(folders, tmp_path / "copy")


def test_a_run_and_an_update_are_scored_side_by_side(clientela, folders: Path, tmp_path: Path):
    told = clientela(
        "score", str(folders / "run"), str(folders / "updated"), "--outcomes",
        str(folders / "outcomes.yaml"), "--figure", "scores.svg",
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert told.stderr == "scores.svg: written\n"
    for part in (
        "answers of 2030-03-01, 100 histories, seed 1", "no ?", "skill over climatology",
        "1 answer not scored, cannot be settled: guards-obey", "all 2 targets",
        "means by day", "updated against un-updated", "calibration over 2 yes/no questions, 10 answers: Brier",
        "nothing here is tested for significance",
    ):  # fmt: skip
        assert part in told.stdout, part
    svg = (tmp_path / "scores.svg").read_text(encoding="utf-8")
    for part in ("probability given", "Brier score (0: best", "climatology", "run: Is there a government"):  # fmt: skip
        assert part in svg, part


def test_json_is_one_object_and_nothing_else(folders: Path):
    arguments = [str(folders / "updated"), "--outcomes", str(folders / "outcomes.yaml"), "--json"]
    told = CliRunner().invoke(app, ["score", *arguments])
    assert (told.exit_code, told.stderr) == (0, "")
    found = json.loads(told.stdout)
    assert set(found) == {"targets", "answers", "not_scored", "mean", "by_date", "settled", "calibration"}  # fmt: skip
    assert [*found["by_date"]] == ["2030-03-01", "2030-03-19", "2030-03-20", "2030-03-31"]
    assert (found["mean"]["questions"], found["mean"]["answers"]) == (3, 12)
    assert found["settled"]["questions"] == 2
    assert {row["outcome"] for row in found["answers"]} == {"yes", "no", "with-front"}
    assert set(found["answers"][0]["scores"]) == {"forecast", "un-updated", "no-change", "climatology"}  # fmt: skip
    assert [row["reason"] for row in found["not_scored"]] == ["cannot be settled"] * 4


def test_a_scenario_is_scored_by_the_file_beside_it_and_drawn_if_need_be(
    folders: Path, tmp_path: Path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(
        app, ["score", str(folders / "my-crisis.yaml"), "--question", "which"]
    )
    assert told.exit_code == 0, told.stderr
    assert "holds no finished run of this; drawing 20,000 histories" in told.stderr
    assert "With the Front" in told.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("run",), 2, "my-crisis: there is no file of what came true at run/outcomes.yaml; give one with --outcomes FILE"),
        (("run", "--outcomes", "none.yaml"), 2, "none.yaml: there is no such file"),
        (("run", "--outcomes", "outcomes.yaml", "--question", "goverment"), 2, "--question: there is no question 'goverment' (did you mean 'government'?)"),
        (("run", "--outcomes", "outcomes.yaml", "--question", "ten-killed", "--settled"), 2, "nothing can be scored: all that came true is uncertain"),
        (("nowhere",), 2, "nowhere: there is no such file, and no bundled scenario of that name"),
        (("empty",), 4, "empty: holds neither a run nor the runs of an update, by date"),
    ],
)  # fmt: skip
def test_bad_input_is_one_clear_message(
    folders: Path, tmp_path: Path, monkeypatch, arguments, code: int, message: str
):
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    for name in ("run", "outcomes.yaml"):
        Path(name).symlink_to(folders / name)
    told = CliRunner().invoke(app, ["score", *arguments])
    assert told.exit_code == code, told.stderr
    assert told.stderr.startswith(message)
    assert len(told.stderr.splitlines()) == 1


def changed(path: Path, **values: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}), encoding="utf-8")


def test_folders_that_hold_no_forecast_say_so(copied: Path):
    day = copied / "updated" / "2030-03-31"
    changed(day / "manifest.json", finished=False)
    with pytest.raises(StoreError, match="2030-03-31: the run there was interrupted"):
        series_in(str(copied / "updated"))
    changed(day / "manifest.json", finished=True, scenario_digest="another")
    with pytest.raises(StoreError, match="2030-03-31: holds a run of something else than"):
        series_in(str(copied / "updated"))
    changed(copied / "run" / "manifest.json", identity={"gone_on": "2030-05-01 0123"})
    with pytest.raises(StoreError, match="run: holds no run that can be read"):
        series_in(str(copied / "run"))
    changed(copied / "run" / "manifest.json", identity={"gone_on": "2030-05-01 0123", "seed": 1})
    with pytest.raises(StoreError, match="is a branch from 2030-05-01, a what-if and no forecast"):
        series_in(str(copied / "run"))


def test_one_day_of_an_update_is_the_answer_of_its_day(folders: Path):
    day = series_in(str(folders / "updated" / "2030-03-31"))
    whole = series_in(str(folders / "updated"))
    assert day is not None
    assert whole is not None
    assert day.first.answers == whole.forecasts[-1].answers
    assert str(day.first.gone_on) == "2030-03-31"


def test_a_scenario_is_no_folder_of_runs(folders: Path):
    assert series_in(str(folders / "my-crisis.yaml")) is None
    assert series_in("iraq-2021") is None
    assert series_in("x" * 5_000) is None
