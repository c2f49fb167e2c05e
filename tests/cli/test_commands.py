"""The commands, run as a user runs them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

PLUGIN = """
from pydantic import Field
from clientela.mechanisms import Draft, Settings, Values, mechanism
from clientela.scenario import Rate, fixed, prior

class FairsSettings(Settings):
    rate: Rate = Field(prior(fixed(0.1), "an example"), description="Fairs per day.")

@mechanism("fairs", FairsSettings)
def fairs(draft: Draft, s: Values) -> None:
    '''A fair now and then.'''
    draft.process.event("fair", rate=s.rate)
"""


def test_help_names_every_command(clientela):
    told = clientela("--help")
    assert told.returncode == 0
    for command in ("list", "new", "check", "run", "report", "schema"):
        assert command in told.stdout


def test_list_gives_a_line_for_each_scenario(clientela):
    assert clientela("list").stdout.startswith("iraq-2021")


def test_a_new_scenario_checks_and_runs_at_once(clientela, tmp_path: Path):
    assert clientela("new", "my-own").returncode == 0
    checked = clientela("check", "my-own.yaml")
    assert checked.returncode == 0
    assert "It is right and stable." in checked.stdout
    ran = clientela("run", "my-own.yaml", "--draws", "200")
    assert ran.returncode == 0, ran.stderr
    assert "Obedience" in ran.stdout
    assert "Time to a government" in ran.stdout
    again = clientela("new", "my-own")
    assert again.returncode == 4
    assert "is there already" in again.stderr


def test_json_is_one_object_and_nothing_else(clientela, crisis: Path):
    ran = clientela("run", str(crisis), "--draws", "300", "--seed", "7", "--json")
    told = json.loads(ran.stdout)
    assert told["seed"] == 7
    assert told["draws"] == 300
    assert told["failed"] == 0
    by_id = {answer["id"]: answer for answer in told["answers"]}
    assert set(by_id["government"]) == {
        "id", "question", "probability", "low", "high", "word", "parameter_share",
    }  # fmt: skip
    assert sum(by_id["which"]["shares"].values()) == pytest.approx(1.0)
    assert "probability" not in by_id["which"]


def test_brackets_in_names_and_questions_are_text(clientela, crisis: Path):
    text = crisis.read_text().replace("title: Arvenia", "title: '[/bold] Arvenia [red]'  #")
    crisis.write_text(text.replace("ask: Which government forms?", "ask: '[/x] Which?'"))
    for command in (("check", str(crisis)), ("run", str(crisis), "--draws", "50")):
        told = clientela(*command)
        assert told.returncode == 0, told.stderr
        assert "[/bold] Arvenia [red]" in told.stdout


def test_progress_stays_away_from_pipes(clientela, crisis: Path):
    ran = clientela("run", str(crisis), "--draws", "100", "--json")
    assert "drawing" not in ran.stderr
    assert "\x1b" not in ran.stdout + ran.stderr


def test_the_stored_histories_answer_new_questions(clientela, crisis: Path, tmp_path: Path):
    ran = clientela("run", str(crisis), "--draws", "5000", "--out", "here", "--json")
    answers = {a["id"]: a for a in json.loads(ran.stdout)["answers"]}
    events = pl.read_parquet(tmp_path / "here" / "events" / "*.parquet")
    formed = events.filter(pl.col("what") == "government")
    by = formed.filter(pl.col("day") <= 214)["draw"].n_unique()  # 1 March to 30 September
    assert by / 5000 == pytest.approx(answers["government"]["probability"])
    parameters = pl.read_parquet(tmp_path / "here" / "parameters" / "*.parquet")
    assert parameters.height == 5000
    assert "mechanisms.patronage.visit_rate" in parameters.columns


def test_until_stops_earlier(clientela, crisis: Path, tmp_path: Path):
    ran = clientela(
        "run", str(crisis), "--draws", "200", "--until", "2030-03-31", "--out", "here", "--json"
    )
    assert ran.returncode == 0, ran.stderr
    events = pl.read_parquet(tmp_path / "here" / "events" / "*.parquet")
    assert events["day"].max() <= 31
    late = clientela("run", str(crisis), "--until", "2040-01-01")
    assert late.returncode == 2
    assert "is not between as_of" in late.stderr


def test_a_mechanism_of_ones_own_needs_no_change_to_clientela(clientela, crisis, tmp_path):
    (tmp_path / "fairs.py").write_text(PLUGIN)
    text = crisis.read_text() + "mechanisms: {fairs: {rate: 0.5}}\n"
    crisis.write_text(text)
    assert "no mechanism 'fairs'" in clientela("check", str(crisis)).stderr
    arguments = (str(crisis), "--plugin", "fairs.py", "--draws", "50", "--out", "here")
    ran = clientela("run", *arguments)
    assert ran.returncode == 0, ran.stderr
    events = pl.read_parquet(tmp_path / "here" / "events" / "*.parquet")
    assert events.filter(pl.col("what") == "fair").height / 50 == pytest.approx(182, rel=0.1)
    assert clientela("report", "here", "--plugin", "fairs.py").returncode == 0
    (tmp_path / "broken.py").write_text("1 / 0")
    broken = clientela("run", str(crisis), "--plugin", "broken.py")
    assert broken.returncode == 2
    assert "ZeroDivisionError" in broken.stderr
    assert "Traceback" not in broken.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (["run", "iraq-2012"], 2, "did you mean 'iraq-2021'"),
        (["run", "nowhere.yaml"], 2, "there is no such file"),
        (["run", "my-crisis.yaml", "--branch", "no-envoi"], 2, "did you mean 'no-envoy'"),
        (["run", "my-crisis.yaml", "--without", "patronag"], 2, "did you mean 'patronage'"),
        (["run", "my-crisis.yaml", "--set", "nonsense"], 2, "expected PATH=VALUE"),
        (["run", "my-crisis.yaml", "--set", "actors.guards.autonomy=1.7"], 2, "1.7 is not a share"),
        (["run", "my-crisis.yaml", "--set", "actors.guards.autonomy=[1"], 2, "not valid YAML"),
        (["run", "my-crisis.yaml", "--draws", "0"], 2, "expected at least 1"),
        (["run", "my-crisis.yaml", "--seed", "-1"], 2, "whole number from 0"),
        (["run", "my-crisis.yaml", "--plugin", "none.py"], 2, "no such Python file"),
        (["run", "my-crisis.yaml", "--set", "mechanisms.escalation.own=1"], 3, "explodes"),
        (["check", "my-crisis.yaml", "--set", "mechanisms.escalation.own=1"], 3, ""),
        (["report", "nowhere"], 4, "is not the folder of a finished run"),
        (["run", "my-crisis.yaml", "--out", "/proc/none"], 4, "choose another folder with --out"),
        (["new", "My Crisis"], 2, "lower-case letters"),
        (["run"], 2, "Missing argument"),
        (["run", "my-crisis.yaml", "--draws", "many"], 2, "valid integer"),
    ],
)
def test_a_fault_is_one_message_and_a_documented_code(clientela, crisis, arguments, code, expected):
    told = clientela(*arguments)
    assert told.returncode == code, told.stderr
    assert expected in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe junk", b"a: 1\n" * 2_200_000, b"[1, 2"])
def test_files_that_are_no_scenario(clientela, tmp_path: Path, content: bytes):
    (tmp_path / "bad.yaml").write_bytes(content)
    for command in ("check", "run"):
        told = clientela(command, "bad.yaml")
        assert told.returncode == 2
        assert told.stderr.startswith("bad.yaml")
        assert len(told.stderr.splitlines()) == 1


def test_another_scenario_s_folder_is_neither_mixed_nor_overwritten(clientela, crisis):
    assert clientela("run", str(crisis), "--draws", "50", "--out", "here").returncode == 0
    other = clientela("run", str(crisis), "--draws", "50", "--out", "here", "--seed", "2")
    assert other.returncode == 4
    assert "holds a run of something else" in other.stderr


def test_events_that_do_not_exist_are_named_where_they_are_asked_for(clientela, crisis: Path):
    text = crisis.read_text().replace('killed: ["attack:*"', 'killed: ["atack:*"')
    crisis.write_text(text.replace("event: ratification", "event: ratificaton"))
    for command in ("check", "run"):
        told = clientela(command, str(crisis))
        assert told.returncode == 2
        assert "scheduled.ratification.event: there is no event 'ratificaton'" in told.stderr
        assert "did you mean 'ratification'?" in told.stderr
    crisis.write_text(text)
    line = text[: text.index("ten-killed")].count("\n") + 1
    for command in ("check", "run"):
        told = clientela(command, str(crisis))
        assert told.returncode == 2
        assert (
            f":{line}:3: questions.ten-killed: no event or outcome is called 'atack:*'"
            in told.stderr
        )


def test_an_exploding_scenario_names_the_loop(clientela, crisis: Path):
    told = clientela("check", str(crisis), "--set", "mechanisms.escalation.own=1")
    assert "attack:" in told.stdout
    assert "explodes" in told.stdout


def test_ctrl_c_keeps_finished_blocks_and_the_next_run_goes_on(crisis: Path, tmp_path: Path):
    command = [sys.executable, "-m", "clientela", "run", str(crisis), "--out", "here"]
    process = subprocess.Popen(
        [*command, "--draws", "400000"], cwd=tmp_path, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    folder = tmp_path / "here" / "parameters"
    patience = time.monotonic() + 120
    while len(list(folder.glob("block-*.parquet"))) < 2 and time.monotonic() < patience:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "goes on from them" in said
    assert "Traceback" not in said
    kept = len(list(folder.glob("block-*.parquet")))
    assert kept >= 2
    assert not list(folder.glob(".block*"))
    unfinished = subprocess.run(
        [sys.executable, "-m", "clientela", "report", "here"], cwd=tmp_path, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert unfinished.returncode == 4
    stamps = {f: os.stat(f).st_mtime_ns for f in folder.glob("block-0000[01].parquet")}
    on = subprocess.run(
        [*command, "--draws", "8192"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert on.returncode == 0, on.stderr
    assert "8,192 draws taken up from before" in on.stdout
    assert {f: os.stat(f).st_mtime_ns for f in stamps} == stamps


def test_branches_are_compared_and_drawn(clientela, tmp_path: Path):
    told = clientela("compare", "iraq-2021", "--branch", "no-visits", "--draws", "600",
                     "--figure", "differences.svg")  # fmt: skip
    assert told.returncode == 0, told.stderr
    for part in ("no-visits: Iran's envoy does not come again", "change", "gain", "event by event"):
        assert part in told.stdout
    assert "percentage points" in (tmp_path / "differences.svg").read_text(encoding="utf-8")
    found = json.loads(
        clientela("compare", "iraq-2021", "--set", "mechanisms.patronage.visit_rate=0",
                  "--question", "us-strike", "--draws", "600", "--json").stdout
    )  # fmt: skip
    (what_if,) = found["what_ifs"]
    assert what_if["title"] == "mechanisms.patronage.visit_rate=0"
    assert [d["question"] for d in what_if["differences"]] == ["us-strike"]


def test_one_history_is_told_with_and_without_a_change(clientela):
    told = clientela("diverge", "iraq-2021", "--draw", "17", "--branch", "no-visits")
    assert told.returncode == 0, told.stderr
    for part in ("The same for", "without the change", "with the change", "visit:iran"):
        assert part in told.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("compare", "iraq-2021", "--branch", "no-vists"), "did you mean 'no-visits'?"),
        (("compare", "iraq-2021", "--question", "nope"), "there is no question 'nope'"),
        (("compare", "iraq-2021", "--set", "actors.iran"), "expected PATH=VALUE"),
        (("diverge", "iraq-2021", "--draw", "1"), "give --branch, --set or --without"),
    ],
)
def test_what_cannot_be_compared_is_one_line(clientela, arguments, said):
    told = clientela(*arguments)
    assert told.returncode == 2
    assert said in told.stderr
    assert len(told.stderr.strip().splitlines()) == 1
