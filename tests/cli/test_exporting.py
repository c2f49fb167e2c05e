"""Exports on the command line, as a user meets them."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

import clientela as ct
from clientela.cli import app
from clientela.report.exports import PARTS
from clientela.scenario.starter import starter


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run."""
    here = tmp_path_factory.mktemp("run")
    (here / "my-crisis.yaml").write_text(starter("my-crisis"), encoding="utf-8")
    ct.run(ct.load(here / "my-crisis.yaml"), draws=100, out=here / "run")
    return here / "run"


def test_a_part_of_a_run_is_written_as_a_user_asks(clientela, folder: Path, tmp_path: Path):
    told = clientela("export", str(folder), "answers", "answers.csv")
    assert told.returncode == 0, told.stderr
    assert told.stdout == "answers.csv: written\n"
    table = pl.read_csv(tmp_path / "answers.csv")
    expected = {answer.id: answer.probability for answer in ct.open_run(folder).answers}
    found = table.filter(outcome="yes")
    assert dict(zip(found["id"], found["probability"], strict=True)) == {
        name: share for name, share in expected.items() if share is not None
    }


@pytest.mark.parametrize(("what", "suffix"), [(w, s) for w, kinds in PARTS.items() for s in kinds])
def test_every_part_of_a_run_is_written(folder: Path, tmp_path: Path, what: str, suffix: str):
    path = tmp_path / f"out{suffix}"
    told = CliRunner().invoke(app, ["export", str(folder), what, str(path)])
    assert told.exit_code == 0, told.stderr
    assert path.stat().st_size > 0
    assert list(tmp_path.iterdir()) == [path]


def test_help_names_every_part_and_every_kind_of_file():
    told = CliRunner().invoke(app, ["export", "--help"]).stdout
    for what, kinds in PARTS.items():
        assert what in told
        for suffix in kinds:
            assert suffix in told
    assert "export" in CliRunner().invoke(app, ["--help"]).stdout


@pytest.mark.parametrize(
    ("what", "file", "code", "expected"),
    [
        ("answer", "a.csv", 2, "did you mean 'answers'"),
        ("answers", "a.json", 2, "a.json: answers cannot be written as that; expected a .csv file"),
        ("answers", "none/a.csv", 4, "none/a.csv: cannot be written (No such file or directory)"),
    ],
)
def test_a_fault_is_one_message_and_a_documented_code(
    folder: Path, tmp_path: Path, monkeypatch, what, file, code, expected
):
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(app, ["export", str(folder), what, file])
    assert told.exit_code == code
    assert expected in told.stderr
    assert len(told.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_a_finished_run_is_refused(tmp_path: Path):
    told = CliRunner().invoke(app, ["export", str(tmp_path), "answers", str(tmp_path / "a.csv")])
    assert told.exit_code == 4
    assert "is not the folder of a finished run" in told.stderr
