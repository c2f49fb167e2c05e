"""Events with dates made into times: which are left out, and where in their days the rest are."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from clientela.inference.chronicle import Chronicle, Entry
from clientela.inference.dated import RULES, Dated, dated_events
from clientela.inference.record import compile_record
from clientela.process import (
    Branch,
    Choice,
    FireAfter,
    Killed,
    Process,
    Program,
    compile_process,
)

SINCE, THROUGH = dt.date(2020, 1, 10), dt.date(2020, 3, 31)


def program() -> Program:
    p = Process(float((THROUGH - SINCE).days + 1))
    for pair in ("front>league", "guards>league", "league>front"):
        p.event(f"attack:{pair}", rate=0.1, mark=Killed(0.5, 2.0, 1.0))
    p.event("clash:front~league", rate=0.1, mark=Killed(0.5, 2.0, 1.0))
    p.event("talks", rate=0.1, outcomes=[Choice("end", [Branch("well"), Branch("ill")])])
    p.event("sermon", rate=0.1)
    p.event("echo")
    p.events["sermon"].then(FireAfter("echo", 2.0))
    return compile_process(p)


PROGRAM = program()


def entry(date: str, event: str | list[str] = "sermon", **more) -> Entry:
    return Entry.model_validate({"date": date, "event": event, **more})


def dated(*entries: Entry, seed: int = 1) -> Dated:
    chronicle = Chronicle(through=THROUGH, events=list(entries))
    return dated_events(chronicle, PROGRAM, SINCE, THROUGH, seed)


@pytest.mark.parametrize(
    ("left", "rule"),
    [
        (entry("2020-01-09"), "before"),
        (entry("2020-01-08", until="2020-01-20"), "before"),
        (entry("2020-04-01"), "after"),
        (entry("2020-03-30", until="2020-04-01"), "after"),
        (entry("2020-02-01", "ech*"), "not recordable"),
        (entry("2020-02-01", "attack:centre>league"), "unknown"),
    ],
)
def test_what_is_left_out_is_counted_by_its_rule(left: Entry, rule: str):
    found = dated(entry("2020-02-01"), left)
    assert found.left_out == {**dict.fromkeys(RULES, 0), rule: 1}
    assert found.kinds == (("sermon",),)
    assert found.unknown == ({left.event[0]: 1} if rule in ("not recordable", "unknown") else {})


def test_the_first_and_the_last_day_are_in():
    found = dated(entry("2020-01-10"), entry("2020-03-31"), entry("2020-01-10", until="2020-03-31"))
    assert len(found) == 3
    assert found.length == 82.0
    assert ((found.days >= 0.0) & (found.days < found.length)).all()


def test_an_event_that_the_days_leave_out_is_not_looked_up():
    found = dated(entry("2019-12-01", "attack:nobody>league"))
    assert found.left_out["before"] == 1
    assert not found.unknown


@given(
    seed=st.integers(0, 1_000),
    first=st.integers(0, 81),
    length=st.integers(0, 30),
)
def test_an_event_was_at_some_time_of_its_days(seed: int, first: int, length: int):
    last = min(first + length, 81)
    dates = [str(SINCE + dt.timedelta(days=day)) for day in (first, last)]
    (day,) = dated(entry(dates[0], until=dates[1]), seed=seed).days
    assert first <= day < last + 1


def test_times_within_days_are_uniform_and_by_the_seed():
    entries = [entry("2020-02-01", until="2020-02-04") for _ in range(400)]
    found = dated(*entries, seed=3)
    assert stats.kstest(found.days, stats.uniform(22.0, 4.0).cdf).pvalue > 0.05
    assert (np.diff(found.days) > 0).all()
    assert dated(*entries, seed=3).days.tolist() == found.days.tolist()
    assert not set(dated(*entries, seed=4).days) & set(found.days)


@given(st.lists(st.sampled_from(["2020-01-01", "2020-02-01", "2020-04-05"]), max_size=6))
def test_events_told_later_leave_times_as_they_are(more: list[str]):
    first = [entry("2020-02-10"), entry("2020-01-15", until="2020-01-20")]
    before, after = dated(*first), dated(*first, *(entry(date) for date in more))
    assert set(before.days) <= set(after.days)


def test_an_attacker_who_is_not_known_is_one_of_those_there_are():
    found = dated(
        entry("2020-02-01", "attack:*>league", killed=2),
        entry("2020-02-02", ["attack:front>league", "attack:league>front"]),
        entry("2020-02-03", "clash:league~*"),
        entry("2020-02-04", "clash:league~front"),
    )
    assert found.kinds == (
        ("attack:front>league", "attack:guards>league"),
        ("attack:front>league", "attack:league>front"),
        ("clash:front~league",),
        ("clash:front~league",),
    )
    assert found.of_several == 2
    assert found.killed.tolist() == [2, -1, -1, -1]


def test_what_others_bring_about_is_kept_by_its_own_name_for_it_may_be_given():
    found = dated(entry("2020-02-01", "echo"))
    assert found.kinds == (("echo",),)
    record = found.record(PROGRAM, ["sermon"], ["echo"])
    assert not record.weighed[PROGRAM.event_names.index("echo")]


def test_of_names_of_which_some_are_unknown_the_known_are_taken():
    found = dated(entry("2020-02-02", ["attack:nobody>league", "attack:front>league"]))
    assert found.kinds == (("attack:front>league",),)
    assert found.of_several == 0


def test_numbers_killed_are_dropped_where_the_process_has_none():
    found = dated(
        entry("2020-02-01", "sermon", killed=3),
        entry("2020-02-02", "attack:front>league", killed=0),
        entry("2020-02-03", ["attack:front>league", "sermon"], killed=1),
    )
    assert found.killed.tolist() == [-1, 0, -1]


@pytest.mark.parametrize("several", [False, True])
def test_the_record_has_them_at_their_times(several: bool):
    entries = [entry("2020-02-05", "attack:front>league", killed=4), entry("2020-02-01", "talks")]
    if several:
        entries.append(entry("2020-03-31", "attack:*>league"))
    found = dated(*entries)
    watched = ["attack:front>league", "attack:guards>league", "talks"]
    record = found.record(PROGRAM, watched, ["sermon"])
    assert record.start.tolist() == found.days.tolist()
    assert not record.span.any()
    assert record.mark.tolist() == [-1, 4, -1][: len(entries)]
    names = [[PROGRAM.event_names[k] for k in record.kind[a:b]] for a, b in zip(record.kind_lo[:-1], record.kind_lo[1:], strict=True)]  # fmt: skip
    assert names == [list(kinds) for kinds in found.kinds]
    nothing = compile_record(PROGRAM, [], watched, ["sermon"])
    assert record.watched.tolist() == nothing.watched.tolist()
    assert record.weighed.tolist() == nothing.weighed.tolist()
