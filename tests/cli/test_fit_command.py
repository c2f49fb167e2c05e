"""`clientela fit`, as a user runs it."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from clientela.cli import app

# Twenty attacks on the League, two a month, every third by the Guards.
LOG = "date,until,actor,target,kind,killed,id\n" + "".join(
    f"2029-{1 + k // 2:02d}-{1 + 13 * (k % 2):02d},,{'front' if k % 3 else 'guards'},league,attack,{k % 2},\n"
    for k in range(20)
)  # fmt: skip


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crisis: Path) -> Path:
    """A scenario and a log; lines are wide enough to be read."""
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    return tmp_path


def fit(*arguments: str) -> Result:
    """The command in this process, which need not load everything again."""
    return CliRunner().invoke(app, ["fit", "my-crisis.yaml", *arguments])


def test_from_a_log_to_a_branch_that_is_checked_and_traced(clientela, files: Path):
    told = clientela(
        "fit", "my-crisis.yaml", "--events", "log.csv", "--write", "fitted.yaml", "--figure", "it.svg"
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    lines = told.stdout.splitlines()
    assert lines[0] == "Arvenia after its election: fitted to log"
    assert lines[1] == "20 events, 2029-01-01 to 2029-10-14; escalation, background constant; mode"
    assert re.search(r"^escalation\.rate +0\.006, [\d.]+–[\d.]+ +[\d.]+, [\d.]+–[\d.]+ +\d\.\d\d$", told.stdout, re.MULTILINE)  # fmt: skip
    assert "the log says nothing of: mechanisms.escalation." in told.stdout
    assert re.search(r"^most in a week +1 +", told.stdout, re.MULTILINE)
    assert re.search(r"^rescaled gaps, distance +0\.\d{3} +p = [01]\.\d\d", told.stdout, re.MULTILINE)  # fmt: skip
    assert "held not to happen, for the log does not tell: spiral:" in told.stdout
    figure, written = told.stderr.splitlines()
    assert figure == "it.svg: written"
    count = re.fullmatch(r"fitted\.yaml: written; (\d+) values in the branch 'fitted': clientela compare fitted\.yaml --branch fitted", written)  # fmt: skip
    assert count
    assert int(count[1]) == (files / "fitted.yaml").read_text().count("because: fitted}")
    assert ET.parse(files / "it.svg").getroot().tag.endswith("svg")

    checked = clientela("check", "fitted.yaml", "--branch", "fitted")
    assert checked.returncode == 0, checked.stderr
    traced = clientela("trace", "fitted.yaml", "mechanisms.escalation.rate", "--branch", "fitted")
    assert "data fitted: log" in traced.stdout
    assert "20 events, 2029-01-01 to 2029-10-14; SHA-256 " in traced.stdout


def test_a_branch_may_be_called_otherwise_and_the_file_written_in_place(files: Path):
    told = fit("--events", "log.csv", "--write", "my-crisis.yaml", "--as", "of-2029")
    assert told.exit_code == 0, told.stderr
    assert "values in the branch 'of-2029': " in told.stderr
    run = CliRunner().invoke(app, ["check", "my-crisis.yaml", "--branch", "of-2029"])
    assert run.exit_code == 0, run.stderr
    again = fit("--events", "log.csv", "--write", "my-crisis.yaml", "--as", "of-2029")
    assert again.exit_code == 2
    assert again.stderr.splitlines() == [
        "my-crisis.yaml:72:3: data.of-2029: there is 'of-2029' already; choose another with --as NAME"
    ]


def test_days_held_out_are_compared(files: Path):
    told = fit("--events", "log.csv", "--test-from", "2029-08-01")
    assert told.exit_code == 0, told.stderr
    assert "20 events, 2029-01-01 to 2029-10-14, held out from 2029-08-01;" in told.stdout
    assert re.search(r"^held out \(6\), nats an event +-\d\.\d\d +constant -\d\.\d\d +4 weeks -\d\.\d\d$", told.stdout, re.MULTILINE)  # fmt: skip


def test_json_is_one_object_and_nothing_else(files: Path):
    told = fit("--events", "log.csv", "--json", "--test-from", "2029-08-01", "--background", "piecewise:3", "--memory", "3", "--memory", "20")  # fmt: skip
    assert told.exit_code == 0, told.stderr
    data = json.loads(told.stdout, parse_constant=lambda name: pytest.fail(name))
    assert data["held_out"]["events"] == 6
    paths = [e["path"] for e in data["estimates"]]
    assert {"background.step.0", "background.step.1", "memory.20"} < {*paths}
    assert data["left_out"] == {"before": 0, "after": 0, "not recordable": 0, "unknown": 0}


def test_what_is_left_out_is_told(files: Path):
    (files / "log.csv").write_text(LOG + "2030-05-01,,front,league,attack,1,\n2029-03-03,,front,varen,attack,1,\n")  # fmt: skip
    told = fit("--events", "log.csv")
    assert told.exit_code == 0, told.stderr
    assert "left out: 1 after, 1 unknown; most often attack:front>varen (1)" in told.stdout


def test_values_without_priors_are_marked(files: Path):
    told = fit("--events", "log.csv", "--flat", "*.rate", "--only", "*.rate", "--only", "*.own")
    assert told.exit_code == 0, told.stderr
    assert re.search(r"^escalation\.rate +no prior +[\d.]+, [\d.]+–[\d.]+ +–$", told.stdout, re.MULTILINE)  # fmt: skip


def test_a_chronicle_and_a_bundled_scenario_will_do(files: Path):
    (files / "iraq.yaml").write_text(
        "title: Few\nthrough: 2021-12-31\nevents:\n"
        '  - {date: 2021-03-01, event: "attack:*>*"}\n'
        '  - {date: 2021-06-01, event: "attack:*>*"}\n'
    )
    told = CliRunner().invoke(
        app,
        [
            "fit",
            "iraq-2021",
            "--events",
            "iraq.yaml",
            "--method",
            "particles",
            "--particles",
            "200",
        ],
    )
    assert told.exit_code == 0, told.stderr
    assert "fitted to Few" in told.stdout
    assert "background constant; particles" in told.stdout


WRITE = ("--events", "log.csv", "--write")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--events", "none.csv"), "none.csv: there is no such file"),
        (("--events", "after.csv"), "after.csv: has no events before 2030-03-01, the scenario's as_of (20 in all); values are fitted to what came before, and 'clientela update' takes in what came after"),
        (("--events", "columns.csv"), "columns.csv: has no column actor; expected a log such as 'clientela events --out' writes"),
        (("--events", "kinds.csv"), "kinds.csv:2:1: kind: 'riot' is no kind of event; expected attack or clash"),
        (("--events", "dates.csv"), "dates.csv:5:1: events.3.date: '2029-02-30' is not a date; expected one such as 2021-12-31"),
        (("--events", "killed.csv"), "killed.csv:2:1: events.0.killed: 'many' is not a whole number"),
        (("--events", "order.csv"), "order.csv:2:1: events.0.until: 2028-12-01 is before 2029-01-01, its date"),
        (("--events", "log.csv", "--mechanism", "escalade"), "--mechanism escalade: there is none in force; expected of escalation, "),
        (("--events", "log.csv", "--watch", "riot"), "--watch riot: the process of the mechanisms fitted has no such event; it has "),
        (("--events", "log.csv", "--background", "wavy:3"), "--background wavy:3: expected constant, piecewise:N or spline:N, such as spline:8"),
        (("--events", "log.csv", "--method", "map"), "--method map: expected one of mode, nuts, particles"),
        (("--events", "log.csv", "--memory", "-1"), "--memory: expected half-lives in days, over 0 and no two alike"),
        (("--events", "log.csv", "--only", "x"), "--only x: no value of the process fitted is called so; it has "),
        (("--events", "log.csv", "--flat", "x"), "--flat x: no value that is fitted is called so; there are "),
        (("--events", "log.csv", "--flat", "*clash_rate"), "the posterior is improper: nothing holds mechanisms.escalation.clash_rate at the mode; keep the prior, or fit fewer parameters with --only"),
        (("--events", "log.csv", "--since", "2030-02-01"), "--since 2030-02-01: expected a day before 2029-10-14, the last day that the log covers before the scenario's as_of"),
        (("--events", "log.csv", "--test-from", "2028-01-01"), "--test-from 2028-01-01: expected a day after 2029-01-01 and not after 2029-10-14"),
        ((*WRITE, "fitted.txt"), "--write fitted.txt: expected a name that ends in .yaml"),
        ((*WRITE, "fitted.yaml", "--as", "Two words"), "--as Two words: expected lower-case letters, digits and hyphens, beginning with a letter, at most 40"),
        ((*WRITE, "fitted.yaml", "--as", "no-envoy"), "my-crisis.yaml:54:3: branches.no-envoy: there is 'no-envoy' already; choose another with --as NAME"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line(files: Path, arguments: tuple[str, ...], message: str):
    (files / "after.csv").write_text(LOG.replace("2029-", "2031-"))
    (files / "columns.csv").write_text(LOG.replace("actor", "who"))
    (files / "kinds.csv").write_text(LOG.replace("attack", "riot", 1))
    (files / "dates.csv").write_text(LOG.replace("2029-02-14", "2029-02-30"))
    (files / "killed.csv").write_text(LOG.replace(",0,", ",many,", 1))
    (files / "order.csv").write_text(LOG.replace("2029-01-01,,", "2029-01-01,2028-12-01,"))
    told = fit(*arguments)
    assert told.exit_code == 2, (told.stdout, told.stderr)
    assert told.stderr.startswith(message)
    assert len(told.stderr.splitlines()) == 1
    assert told.stdout == ""  # before anything is fitted
    assert not (files / "fitted.yaml").exists()


def test_a_date_that_is_none_is_refused_with_the_form_of_one(files: Path):
    told = fit("--events", "log.csv", "--since", "2029-02-30")
    assert told.exit_code == 2
    assert "Invalid value for '--since'" in told.stderr


@pytest.mark.parametrize("option", ["--write", "--figure"])
def test_what_cannot_be_written_is_told_with_its_own_code(files: Path, option: str):
    name = "nowhere/it.yaml" if option == "--write" else "nowhere/it.svg"
    told = fit("--events", "log.csv", option, name)
    assert told.exit_code == 4
    assert told.stderr.splitlines() == [f"{name}: cannot be written: No such file or directory"]
    assert (told.stdout == "") == (option == "--write")  # what is drawn can be drawn again
