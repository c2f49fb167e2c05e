"""Learning values on the command line, as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

LOG = "date,until,actor,target,kind,killed,id\n" + "".join(
    f"2029-{1 + k // 2:02d}-{1 + 13 * (k % 2):02d},,{'front' if k % 3 else 'guards'},league,attack,{k % 2},\n"
    for k in range(20)
)  # fmt: skip


@pytest.fixture(autouse=True)
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crisis: Path) -> Path:
    monkeypatch.setenv("COLUMNS", "160")
    path = tmp_path / "log.csv"
    path.write_text(LOG, encoding="utf-8")
    return path


def test_from_a_log_to_a_branch(clientela, tmp_path: Path):
    told = clientela(
        "fit", "my-crisis.yaml", "--events", "log.csv", "--write", "fitted.yaml", "--figure", "fit.svg"
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert "20 events, 2029-01-01 to 2029-10-14; escalation, background constant; mode" in told.stdout  # fmt: skip
    for part in ("value", "escalation.rate", "most in a week", "rescaled gaps", "held not to happen"):  # fmt: skip
        assert part in told.stdout
    assert "fitted.yaml: written; " in told.stderr
    assert (tmp_path / "fit.svg").read_text().startswith("<svg")
    checked = clientela("check", "fitted.yaml", "--branch", "fitted")
    assert checked.returncode == 0, checked.stderr
    traced = clientela("trace", "fitted.yaml", "mechanisms.escalation.rate", "--branch", "fitted")
    assert "data fitted: log" in traced.stdout
    assert "20 events, 2029-01-01 to 2029-10-14; SHA-256 " in traced.stdout


def test_json_is_one_object(clientela):
    told = clientela(
        "fit", "my-crisis.yaml", "--events", "log.csv", "--json", "--test-from", "2029-08-01"
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    data = json.loads(told.stdout)
    assert data["held_out"]["events"] == 6
    assert data["estimates"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--events", "none.csv"), 2, "none.csv: there is no such file"),
        (("--events", "my-crisis.yaml"), 2, "my-crisis.yaml:"),
        (("--events", "log.csv", "--mechanism", "escalade"), 2, "--mechanism escalade: there is none in force"),
        (("--events", "log.csv", "--background", "wavy:3"), 2, "--background wavy:3: expected constant"),
        (("--events", "log.csv", "--only", "x"), 2, "--only x: no value of the process fitted is called so"),
        (("--events", "log.csv", "--flat", "x"), 2, "--flat x: no value that is fitted is called so"),
        (("--events", "log.csv", "--flat", "*clash_rate"), 2, "the posterior is improper: nothing holds mechanisms.escalation.clash_rate"),
        (("--events", "log.csv", "--write", "fitted.txt"), 2, "--write fitted.txt: expected a name that ends in .yaml"),
        (("--events", "log.csv", "--write", "/proc/none/fitted.yaml"), 4, "fitted.yaml: cannot be written"),
        (("--events", "log.csv", "--since", "2029-02-30"), 2, "2029-02-30"),
    ],
)  # fmt: skip
def test_bad_input_is_one_clear_message(clientela, arguments, code: int, message: str):
    told = clientela("fit", "my-crisis.yaml", *arguments)
    assert told.returncode == code, told.stderr
    assert message in told.stderr
    assert "Traceback" not in told.stderr


def test_a_date_that_there_is_not_is_placed(clientela, log: Path):
    log.write_text(LOG.replace("2029-02-14", "2029-02-30"))
    told = clientela("fit", "my-crisis.yaml", "--events", "log.csv")
    assert told.returncode == 2
    assert told.stderr.startswith("log.csv:5:")
    assert len(told.stderr.splitlines()) == 1
