"""`clientela update`, as a user runs it."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from clientela.cli import app

CHRONICLE = """\
title: A spring
through: 2030-04-10
watched: [ratification, "attack:*", "clash:*"]
events:
  - {date: 2030-03-20, event: ratification, outcomes: {decision: accepted}, source: The Gazette}
  - {date: 2030-03-30, event: "clash:guards~league", killed: 12}
"""
LOG = "date,until,actor,target,kind,killed,id\n2030-03-30,2030-03-30,guards,league,clash,12,7\n"
FEW = ("--particles", "200", "--draws", "400")


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crisis: Path) -> Path:
    """A scenario and what happened; lines are wide enough to be read."""
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "events.yaml").write_text(CHRONICLE, encoding="utf-8")
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    return tmp_path


def update(*arguments: str) -> Result:
    """The command in this process, which need not load everything again."""
    return CliRunner().invoke(app, ["update", "my-crisis.yaml", *arguments])


def test_answers_before_and_after_with_what_moved_them(clientela, files: Path):
    told = clientela("update", "my-crisis.yaml", "--events", "events.yaml", *FEW,
                     "--figure", "it.svg")  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert told.stdout.splitlines()[0] == "Arvenia after its election"
    assert "2 events to 2030-04-10" in told.stdout
    assert "200 particles, 400 histories from each of 6 days, seed 1" in told.stdout
    settled = r"Are ten or more killed in any 30 days\? +\d+ % +100 % +\+[\d.]+ +±[\d.]+ +\+[\d.]+ +(\[\d\])"
    (number,) = re.findall(settled, told.stdout)
    assert f"{number} 2030-03-30: clash:guards~league, 12 killed" in told.stdout
    assert re.search(r"^at worst [\d,]+ of 200 particles count \(2030-", told.stdout, re.MULTILINE)
    assert told.stderr == "it.svg: written\n"
    assert ET.parse(files / "it.svg").getroot().tag.endswith("svg")

    (folder,) = re.findall(r"next: clientela report (\S+)", told.stdout)
    report = clientela("report", folder, "--out", "it.html")
    assert report.returncode == 0, report.stderr
    assert "Arvenia after its election" in (files / "it.html").read_text(encoding="utf-8")


def test_a_chronicle_that_goes_on_is_an_update_of_its_own(files: Path):
    options = ("--events", "events.yaml", "--each", "end", *FEW)
    first = update(*options)
    assert first.exit_code == 0, first.stderr
    (files / "events.yaml").write_text(CHRONICLE.replace("killed: 12", "killed: 3"))
    assert update(*options).exit_code == 0
    assert update(*options, "--through", "2030-04-20").exit_code == 0
    assert len([*(files / "runs").iterdir()]) == 3


def test_a_log_with_what_it_is_complete_for(clientela):
    told = clientela(
        "update", "my-crisis.yaml", "--events", "log.csv", "--through", "2030-04-10", "--watch", "clash:*",
        "--watch", "attack:*", "--each", "month", "--question", "ten-killed", *FEW, "--json",
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert told.stderr == ""
    data = json.loads(told.stdout)
    assert [moment["date"] for moment in data["moments"]] == ["2030-03-01", "2030-03-31", "2030-04-10"]  # fmt: skip
    assert [answer["probability"] for answer in data["answers"]][1:] == [1.0, 1.0]
    assert "clash:league~guards" in data["watched"]
    assert "attack:front>league" in data["watched"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--events", "none.yaml"), 2, "none.yaml: there is no such file"),
        (("--events", "log.csv"), 2, "log.csv: a log of events does not say up to which day it is complete; add --through DATE"),
        (("--events", "log.csv", "--through", "2029-01-01"), 2, "2029-01-01 is not between the scenario's as_of, 2030-03-01,"),
        (("--events", "my-crisis.yaml"), 2, "there is no 'scenario' here; expected one of title, through, watched, events"),
        (("--events", "events.yaml", "--watch", "raids"), 2, "watched.0: there is no event 'raids'"),
        (("--events", "events.yaml", "--each", "day"), 2, "--each day: expected one of event, week, month, end"),
        (("--events", "events.yaml", "--particles", "10"), 2, "--particles and --draws: expected 100 or more of each"),
        (("--events", "events.yaml", "--question", "who"), 2, "there is no question 'who'; it has government, which, ten-killed, guards-obey"),
        (("--events", "events.yaml", "--through", "soon"), 2, "soon"),
        ((), 2, "Missing option '--events'"),
        (("--events", "events.yaml", *FEW, "--out", "/proc/none"), 4, "choose another folder with --out"),
        (("--events", "events.yaml", *FEW, "--each", "end", "--figure", "no/it.svg"), 4, "no/it.svg: cannot be written: No such file"),
    ],
)  # fmt: skip
def test_bad_input_is_said_in_words(arguments, code: int, message: str):
    told = update(*arguments)
    assert told.exit_code == code, told.stderr
    assert message in told.stderr
    assert "Traceback" not in told.stderr


def test_what_cannot_have_happened_is_one_message(files: Path):
    """Sessions need a ratified result; without one, no president can have been elected."""
    text = """\
through: 2030-03-10
watched: [ratification]
events: [{date: 2030-03-03, event: "session:president"}]
"""
    (files / "events.yaml").write_text(
        text.replace("[ratification]", "[ratification, 'session:*']")
    )
    told = update("--events", "events.yaml", *FEW)
    assert told.exit_code == 2
    assert "is impossible in every one of 200 histories" in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_every_fault_of_a_chronicle_is_one_line_with_its_place(files: Path):
    text = CHRONICLE.replace("accepted", "acepted").replace("2030-03-30", "2030-05-30")
    (files / "events.yaml").write_text(text)
    told = update("--events", "events.yaml")
    assert told.exit_code == 2
    assert [line.partition(" ")[0] for line in told.stderr.splitlines()] == ["events.yaml:6:6:"]
    (files / "events.yaml").write_text(text.replace("2030-05-30", "2030-03-30, kiled: 1"))
    told = update("--events", "events.yaml")
    assert told.stderr.startswith("events.yaml:6:24: events.1.kiled: there is no 'kiled' here")
