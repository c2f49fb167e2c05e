"""Event data on the command line, as a user meets them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest
from event_files import ACLED, GDELT, PLAIN, UCDP, written


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crisis: Path) -> Path:
    """A scenario and events of its actors; lines are wide enough to be read."""
    monkeypatch.setenv("COLUMNS", "160")
    for name, text in {"ged.csv": UCDP, "acled.csv": ACLED, "gdelt.tsv": GDELT, "plain.csv": PLAIN}.items():  # fmt: skip
        written(tmp_path, text, name)
    return tmp_path


def counts(text: str) -> dict[str, int]:
    rows = re.findall(r"^ *(.+?) {2,}([\d,]+) *$", text, re.MULTILINE)
    return {what: int(number.replace(",", "")) for what, number in rows}


def test_what_is_read_kept_and_dropped_is_told(clientela):
    told = clientela("events", "ged.csv")
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("ged.csv: ucdp\n")
    found = counts(told.stdout)
    assert (found["rows"], found["kept"]) == (6, 3)
    dropped = {what: number for what, number in found.items() if what.startswith("dropped")}
    assert dropped == {
        "dropped: date cannot be read": 1, "dropped: date too imprecise": 1,
        "dropped: there is another such row": 1,
    }  # fmt: skip
    assert "first date cannot be read: ged.csv:7: '2030-02-30 to 2030-02-30'" in told.stdout
    assert (found["National Front"], found["Home Guards"]) == (2, 2)


def test_from_data_to_a_log_of_a_scenario(clientela, files: Path):
    options = ("events", "ged.csv", "--scenario", "my-crisis.yaml", "--aliases", "aliases.yaml")
    first = clientela(*options)
    assert first.returncode == 0, first.stderr
    assert "aliases.yaml: written with 4 names; uncomment what is right" in first.stderr
    text = (files / "aliases.yaml").read_text()
    assert "  # Home Guards: guards  # 2 events, like guards 100" in text
    assert "  # National Front: front  # 2 events, like front 100" in text

    early = clientela(*options, "--out", "log.csv")
    assert early.returncode == 2
    assert "aliases.yaml:4:1: aliases: maps no name yet" in early.stderr

    text = re.sub(r"# (Home Guards|National Front): ", r"\1: ", text)
    (files / "aliases.yaml").write_text(
        text.replace("# Government of Arvenia:", "Government of Arvenia:")
    )
    last = clientela(*options, "--out", "log.csv")
    assert last.returncode == 0, last.stderr
    assert counts(last.stdout)["dropped: of a name that the aliases ignore"] == 2
    assert (files / "log.csv").read_text() == (
        "date,until,actor,target,kind,killed,id\n"
        "2030-01-06,2030-01-08,guards,,attack,0,12\n"
        "2030-02-01,2030-02-28,guards,front,clash,,13\n"
    )
    assert (files / "aliases.yaml").read_text().count("\n") == text.count("\n")

    timed = clientela(*options, "--out", "log.csv", "--spread", "7")
    assert timed.returncode == 0, timed.stderr
    times = pl.read_csv(files / "log.csv")["time"].to_list()
    again = clientela(*options, "--out", "log.csv", "--spread", "7")
    assert pl.read_csv(files / "log.csv")["time"].to_list() == times
    assert again.returncode == 0


def test_filters_and_the_report_as_one_object(clientela):
    told = clientela(
        "events", "ged.csv", "--country", "arvenia", "--since", "2030-01-06", "--precision", "5", "--json"
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert told.stderr == ""
    data = json.loads(told.stdout)
    assert (data["rows"], data["kept"]) == (6, 1)
    assert {rule: n for rule, n in data["dropped"].items() if n} == {
        "country": 1, "date": 1, "dates": 3,
    }  # fmt: skip
    assert data["unmapped"] == {"Home Guards": 1}


def test_a_table_of_ones_own(clientela, files: Path):
    told = clientela(
        "events", "plain.csv", "--column", "date=Datum", "--column", "actor=Gruppe",
        "--column", "target=Ziel", "--column", "killed=Tote", "--out", "log.csv",
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert (files / "log.csv").read_text().splitlines()[1] == "2030-01-05,2030-01-05,Home Guards,Reform League,attack,2,"  # fmt: skip


def test_names_that_may_be_persons_are_neither_shown_nor_written(clientela, files: Path):
    written(files, GDELT.replace("VAREN", "JANE DOE"), "gdelt.tsv")
    options = ("events", "gdelt.tsv", "--scenario", "my-crisis.yaml")
    told = clientela(*options, "--out", "log.csv")
    assert told.returncode == 2
    assert told.stderr.startswith(
        "log.csv: not written, for names in gdelt may be those of persons"
    )
    assert not (files / "log.csv").exists()
    assert re.search(r"^HOME GUARDS +2  guards 100", told.stdout, re.MULTILINE)
    as_json = clientela(*options, "--json")
    assert json.loads(as_json.stdout)["unmapped"] == 3
    assert clientela(*options, "--aliases", "aliases.yaml").returncode == 0
    for text in (told.stdout, as_json.stdout, (files / "aliases.yaml").read_text()):
        assert "JANE DOE" not in text


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("none.csv",), 2, "none.csv: there is no such file"),
        (("ged.csv", "--format", "ged"), 2, "--format: there is no format 'ged'"),
        (("ged.csv", "--column", "date"), 2, "--column date: expected FIELD=NAME, such as date=Datum"),
        (("ged.csv", "--aliases", "a.yaml"), 2, "--aliases: say whose actors they are with --scenario"),
        (("ged.csv", "--spread", "1", "--out", "l.csv"), 2, "--spread: times are days since a date; say --since DATE"),
        (("ged.csv", "acled.csv"), 2, "acled.csv: is of the format acled, but ged.csv is ucdp"),
        (("ged.csv", "--country", "Arvania"), 2, "there is no country 'Arvania' (did you mean 'Arvenia'?)"),
        (("ged.csv", "--since", "2031-01-01"), 2, "ged.csv: no events are left of 6 rows: 1 date cannot be read, 1 date too imprecise, 4 not wholly between"),
        (("plain.csv",), 2, "plain.csv:1:1: is of no known format: ucdp lacks "),
        (("ged.csv", "--out", "my-crisis.yaml"), 4, "my-crisis.yaml: is there already and no log of events"),
        (("ged.csv", "--scenario", "my-crisis.yaml", "--aliases", "no/a.yaml"), 4, "a.yaml: cannot be written: No such file"),
    ],
)  # fmt: skip
def test_bad_input_is_one_clear_message(clientela, arguments, code: int, message: str):
    told = clientela("events", *arguments)
    assert told.returncode == code, told.stderr
    assert message in told.stderr
    assert len(told.stderr.splitlines()) == 1
    assert "Traceback" not in told.stderr
