"""What has happened, as the analyst writes it: read, checked, and made into a record."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

import clientela as ct
from clientela.analysis.forecast import program_of
from clientela.inference.chronicle import Account, account_of, load_chronicle
from clientela.process import Program
from clientela.reading import ReadingError
from clientela.scenario.starter import starter

CHRONICLE = """\
through: 2030-04-10
watched: [ratification, "attack:league>*", "clash:league~guards"]
events:
  - {date: 2030-03-20, event: ratification, outcomes: {decision: accepted}}
  - {date: 2030-03-22, until: 2030-03-24, event: "attack:league>guards", killed: 2}
  - {date: 2030-03-30, event: "clash:guards~league", killed: 0}
"""
LOG = """\
date,until,actor,target,kind,killed,id
2030-03-22,2030-03-24,league,guards,attack,2,1
2030-03-30,2030-03-30,guards,league,clash,0,2
2030-04-02,,,union,attack,,3
"""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> ct.Scenario:
    path = tmp_path_factory.mktemp("scenario") / "my-crisis.yaml"
    path.write_text(starter("my-crisis"), encoding="utf-8")
    return ct.load(path)


@pytest.fixture(scope="module")
def program(scenario: ct.Scenario) -> Program:
    return program_of(scenario)


@pytest.fixture
def account(tmp_path: Path, scenario: ct.Scenario, program: Program):
    """Writes a text into a file and reads it as a chronicle of the scenario."""

    def read(text: str, name: str = "events.yaml", **asked) -> Account:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return account_of(*load_chronicle(path, **asked), scenario, program)

    return read


@pytest.fixture
def fault(tmp_path: Path, account):
    """What is said of a text that cannot be right, without the folder."""

    def said(text: str, name: str = "events.yaml", **asked) -> str:
        with pytest.raises(ReadingError) as found:
            account(text, name, **asked)
        return str(found.value).replace(f"{tmp_path}/", "")

    return said


# -- what is right ----------------------------------------------------------------------------


def test_a_date_is_the_whole_of_its_day_and_a_window_the_whole_of_its_days(account):
    record = account(CHRONICLE).record
    assert record.start.tolist() == [19.0, 21.0, 29.0]
    assert record.span.tolist() == [1.0, 3.0, 1.0]
    assert record.mark.tolist() == [-1, 2, 0]


def test_the_account_ends_with_the_last_day_that_it_covers(account):
    assert account(CHRONICLE).day == 41.0
    assert account(CHRONICLE, through=dt.date(2030, 4, 11)).day == 42.0


def test_what_is_watched_is_what_patterns_mean_or_what_happened(account):
    attacks = ["attack:league>front", "attack:league>guards"]
    assert [*account(CHRONICLE).watched] == ["ratification", *attacks, "clash:league~guards"]
    without = CHRONICLE.replace(CHRONICLE.splitlines()[1] + "\n", "")
    assert [*account(without).watched] == ["ratification", attacks[1], "clash:league~guards"]
    nothing = account("through: 2030-04-10", watched=["attack:league>*"])
    assert [*nothing.watched] == attacks
    assert len(nothing.record.start) == 0


def test_a_clash_may_be_written_in_either_order(account, program: Program):
    def kinds(name: str) -> set[str]:
        found = account(f'through: 2030-04-10\nevents: [{{date: 2030-03-20, event: "{name}"}}]')
        return {program.event_names[e] for e in found.record.kind}

    assert kinds("clash:guards~league") == kinds("clash:league~guards") == {"clash:league~guards"}
    assert kinds("clash:*~league") == {"clash:league~front", "clash:league~guards"}


def test_an_event_of_several_possible_names_is_one_of_them(account, program: Program):
    text = 'through: 2030-04-10\nevents: [{date: 2030-03-20, event: ["attack:league>*", "attack:front>league"]}]'
    record = account(text).record
    assert len(record.start) == 1
    assert {program.event_names[e] for e in record.kind} == {
        "attack:league>front", "attack:league>guards", "attack:front>league",
    }  # fmt: skip


def test_the_order_of_entries_does_not_matter(account):
    lines = CHRONICLE.splitlines(keepends=True)
    other = account("".join([*lines[:3], *reversed(lines[3:])]))
    assert other.digest == account(CHRONICLE).digest
    assert np.array_equal(other.record.start, account(CHRONICLE).record.start)


def test_notes_and_sources_leave_the_digest_as_it_is_and_dates_do_not(account):
    plain = account(CHRONICLE).digest
    noted = CHRONICLE.replace("killed: 2", "killed: 2, note: at night, source: The Gazette")
    assert account("title: A spring\n" + noted).digest == plain
    for one, other in (("03-20", "03-21"), ("2030-04-10", "2030-04-11"), ("killed: 2", "killed: 3"),
                       ("accepted", "annulled"), ("[ratification,", '[ratification, "talks-*",')):  # fmt: skip
        assert account(CHRONICLE.replace(one, other)).digest != plain


def test_a_log_and_a_chronicle_that_say_the_same_are_one_record(account):
    chronicle = account(
        """\
through: 2030-04-10
events:
  - {date: 2030-03-22, until: 2030-03-24, event: "attack:league>guards", killed: 2}
  - {date: 2030-03-30, event: "clash:guards~league", killed: 0}
  - {date: 2030-04-02, event: "attack:*>union"}
"""
    )
    log = account(LOG, "log.csv", through=dt.date(2030, 4, 10))
    assert log.watched == chronicle.watched
    assert log.day == chronicle.day
    for name in ("watched", "weighed", "kind_lo", "kind", "start", "span", "key", "mark", "branch"):
        assert np.array_equal(getattr(log.record, name), getattr(chronicle.record, name))


def test_a_log_needs_no_more_than_four_columns(account):
    text = "kind,date,actor,target\nattack,2030-03-22,league,guards\n"
    record = account(text, "log.csv", through=dt.date(2030, 4, 10)).record
    assert (record.start.tolist(), record.span.tolist()) == ([21.0], [1.0])
    assert record.mark.tolist() == [-1]


def test_what_others_bring_about_can_be_watched_for_not_happening(account, program):
    found = account(CHRONICLE.replace("watched: [", "watched: [government, 'session:*', "))
    assert {"government", "session:cabinet"} < {*found.watched}
    number = program.event_names.index("government")
    assert found.record.watched[number]
    assert not found.record.weighed[number]


# -- what is wrong ----------------------------------------------------------------------------

RATIFICATION, ATTACK = (
    "{date: 2030-03-20, event: ratification,",
    '"attack:league>guards", killed: 2',
)


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("event: ratification", "event: ratificaton",
         "4:5: events.0: there is no event 'ratificaton'; near it: ratification"),
        ("event: ratification", "event: talks",
         "4:5: events.0: 'talks' happens only because of another event; record that one, with its outcome"),
        ("date: 2030-03-20", "date: 2030-02-28",
         "4:6: events.0.date: 2030-02-28 is before 2030-03-01, the scenario's as_of; what was before it belongs under 'past'"),
        ("date: 2030-03-20", "date: 2030-04-20",
         "4:6: events.0.date: 2030-04-20 is after 2030-04-10, the last day covered ('through')"),
        ("until: 2030-03-24", "until: 2030-04-24",
         "5:6: events.1.date: 2030-04-24 is after 2030-04-10, the last day covered"),
        ("until: 2030-03-24", "until: 2030-03-21",
         "5:24: events.1.until: 2030-03-21 is before 2030-03-22, its date"),
        ("through: 2030-04-10", "through: 2031-04-10",
         "1:1: through: 2031-04-10 is not between the scenario's as_of, 2030-03-01, and its horizon, 2031-02-28"),
        ("through: 2030-04-10", "through: 2030-02-10", "1:1: through: 2030-02-10 is not between"),
        ("through: 2030-04-10", "through: 2030-03-01",
         "1:1: through: answers of the scenario's as_of, 2030-03-01, are those before that day; expected a later one"),
        ("through: 2030-04-10\n", "", "1:1: through: 'through' is missing; add it"),
        ("date: 2030-03-20", "date: 2030-02-30",
         "4:6: events.0.date: '2030-02-30' is not a date; expected one such as 2021-12-31"),
        ("killed: 2", "kiled: 2", "5:74: events.1.kiled: there is no 'kiled' here; expected one of"),
        ("killed: 2", "killed: -1", "5:74: events.1.killed:"),
        ("decision: accepted", "decision: acepted",
         "4:5: events.0: 'acepted' is no outcome of ratification/decision; expected one of 'accepted', 'annulled'"),
        ("decision: accepted", "ruling: accepted",
         "4:5: events.0: 'ratification' has no outcome 'ruling'; it has 'decision'"),
        ("event: ratification,", "event: ratification, killed: 3,",
         "4:5: events.0: 'ratification' kills nobody; leave out the 3 killed"),
        ("[ratification,", "[",
         "4:24: events.0.event: 'ratification' happened but is not among what is watched; add it there"),
        ("[ratification,", "[ratification, visits,",
         "2:25: watched.1: there is no event 'visits'"),
        (ATTACK, '["attack:league>guards", ratification]',
         "5:5: events.1: attack:league>guards or ratification: they have other outcomes than each other"),
    ],
)  # fmt: skip
def test_bad_input_is_told_with_its_place(fault, one: str, other: str, said: str):
    text = CHRONICLE.replace(one, other, 1)
    assert text != CHRONICLE
    told = [line for line in fault(text).splitlines() if line.startswith(f"events.yaml:{said}")]
    assert len(told) == 1, fault(text)


def test_everything_that_is_wrong_is_told_at_once(fault):
    text = CHRONICLE.replace("accepted", "acepted").replace("2030-03-22", "2030-03-22, killd: 1")
    assert fault(text).count("\n") == 0  # what cannot be read keeps the rest from being looked at
    text = CHRONICLE.replace("accepted", "acepted").replace("clash:guards", "clash:guard")
    assert len(fault(text.replace("league>*", "legue>*")).splitlines()) == 4


def test_an_account_of_nothing_is_refused(fault):
    said = fault("through: 2030-04-10\n")
    assert said == "events.yaml:1:1: nothing happened and nothing is watched; add events or 'watched'"  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LOG.replace("kind", "sort"), "log.csv: has no column kind; expected a log such as 'clientela events --out' writes"),
        ("a,b\n1,2\n", "log.csv: has no column date, actor, target, kind; expected a log"),
        ("", "log.csv: cannot be read as a log of events: empty"),
        (LOG.replace("clash", "battle"), "log.csv:3:1: kind: 'battle' is no kind of event; expected attack or clash"),
        (LOG.replace("2030-03-30,2", "2030-02-30,2"), "log.csv:3:1: events.1.date: '2030-02-30' is not a date; expected"),
        (LOG.replace("attack,2,", "attack,two,"), "log.csv:2:1: events.0.killed: 'two' is not a whole number"),
        (LOG.replace("league,guards", "leage,guards"), "log.csv:2:1: events.0: there is no event 'attack:leage>guards'; near it: attack:league>guards"),
    ],
)  # fmt: skip
def test_a_bad_log_is_told_with_its_line(fault, text: str, said: str):
    told = fault(text, "log.csv", through=dt.date(2030, 4, 10))
    assert told.startswith(said)
    assert "\n" not in told


def test_a_log_does_not_say_up_to_which_day_it_is_complete(fault):
    assert fault(LOG, "log.csv") == (
        "log.csv: a log of events does not say up to which day it is complete; add --through DATE"
    )


@pytest.mark.parametrize("name", ["none.yaml", "none.csv", "."])
def test_a_file_that_is_not_there(tmp_path: Path, name: str):
    with pytest.raises(ReadingError, match="there is no such file"):
        load_chronicle(tmp_path / name)
