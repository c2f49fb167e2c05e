"""Questions against a slow and obvious recount of the events of a run."""

import datetime as dt
import fnmatch
import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import clientela as ct
from clientela.analysis import QuestionError, program_of, word
from clientela.analysis.passage import first_kind, passage_by_count, passage_by_sum
from clientela.analysis.questions import resolve
from clientela.analysis.tally import Tally, summarise
from clientela.engine.block import Block
from clientela.scenario.model import Question

DRAWS = 5000  # more than one block, and the last of odd size
ASKED = {
    "twice": {"ask": "Are there two visits?", "happens": "visit:iran", "times": 2},
    "by-a-day": {"ask": "A visit in December?", "happens": "visit:iran", "by": "2021-12-31"},
    "defied": {
        "ask": "Is an envoy defied?",
        "happens": ["visit:*/*=defies", "visit:*/*=sanctioned"],
    },
    "in-total": {"ask": "Are 40 killed?", "killed": ["attack:*", "clash:*"], "at_least": 40},
    "in-a-week": {
        "ask": "Are 9 killed in a week by clashes?",
        "killed": "clash:*",
        "at_least": 9,
        "within": 7,
        "by": "2022-06-30",
    },
    "either": {
        "ask": "Is there one of the two?",
        "government": ["sadrist-majority", "framework-led"],
        "by": "2022-09-30",
    },
}


@pytest.fixture(scope="module")
def forecast():
    changes = {f"questions.{name}": question for name, question in ASKED.items()}
    return ct.run(ct.load("iraq-2021", changes=changes), draws=DRAWS, seed=3)


@pytest.fixture(scope="module")
def histories(forecast):
    """Per draw, its (day, what, mark) in order."""
    found = [[] for _ in range(DRAWS)]
    for draw, day, what, mark in (
        forecast.events.with_columns(pl.col("what").cast(pl.String)).collect().iter_rows()
    ):
        found[draw].append((day, what, mark))
    return found


def deadline_of(scenario, question):
    """The end of the day named, in days from as_of."""
    last = question.by or scenario.horizon
    return (last - scenario.as_of).days + 1.0


def named(patterns, what):
    return any(fnmatch.fnmatchcase(what, p) and ("/" in p) == ("/" in what) for p in patterns)


def comes_true(question, history):
    """The day on which the question comes true in one history, or None."""
    if question.happens is not None:
        days = [day for day, what, _ in history if named(question.happens, what)]
        return days[question.times - 1] if len(days) >= question.times else None
    if question.killed is not None:
        deaths = [(day, mark) for day, what, mark in history if named(question.killed, what)]
        width = math.inf if question.within is None else question.within
        for i, (day, _) in enumerate(deaths):
            if sum(m for d, m in deaths[: i + 1] if day - d <= width) >= question.at_least:
                return day
        return None
    kinds = ["government"] if question.government == ["any"] else []
    kinds += [f"government/kind={kind}" for kind in question.government]
    return next((day for day, what, _ in history if what in kinds), None)


def yes_or_no(scenario):
    return [n for n, q in scenario.questions.items() if q.obeys is None and q.kinds is None]


IDS = [*ASKED, *yes_or_no(ct.load("iraq-2021"))]


@pytest.mark.parametrize("name", IDS)
def test_a_probability_is_the_share_of_histories_in_which_it_comes_true(name, forecast, histories):
    question = forecast.scenario.questions[name]
    deadline = deadline_of(forecast.scenario, question)
    days = [comes_true(question, history) for history in histories]
    hits = [day is not None and day <= deadline for day in days]
    answer = next(a for a in forecast.answers if a.id == name)
    assert answer.probability == sum(hits) / DRAWS
    assert answer.arose == DRAWS
    assert 0 < sum(hits) < DRAWS  # else the recount would say little
    # The curve: the share come true by the end of each day, at some days.
    for end in (1, 22, 100, 300, len(answer.curve["yes"])):
        by_then = sum(day is not None and day < end for day in days) / DRAWS
        assert answer.curve["yes"][end - 1] == pytest.approx(by_then, abs=1e-6)


@pytest.mark.parametrize("client", ["fatah", "aah", "kss", "pmf"])
def test_obedience_is_asked_of_the_first_visit_where_one_comes(client, forecast, histories):
    first = []
    for history in histories:
        answers = [what for _, what, _ in history if what.startswith(f"visit:iran/{client}=")]
        first += answers[:1]
    answer = next(a for a in forecast.answers if a.id == f"obeys-{client}")
    assert answer.arose == len(first)
    assert answer.probability == sum(what.endswith("=complies") for what in first) / len(first)


def test_obedience_over_all_visits(forecast, histories):
    for item in forecast.obedience:
        start = f"visit:{item.patron}/{item.client}="
        given = [what for history in histories for _, what, _ in history if what.startswith(start)]
        assert item.asked == len(given)
        assert item.complied == sum(w.endswith("=complies") for w in given) / len(given)


def test_kinds_of_government_share_out_all_histories(forecast, histories):
    counted = dict.fromkeys([*forecast.scenario.chamber.governments, "other", "none"], 0)
    for history in histories:
        kinds = [w.split("=")[1] for _, w, _ in history if w.startswith("government/kind=")]
        counted[kinds[0] if kinds else "none"] += 1
    answer = next(a for a in forecast.answers if a.id == "government-kind")
    assert answer.shares == {kind: n / DRAWS for kind, n in counted.items()}
    assert sum(answer.shares.values()) == pytest.approx(1.0)


def test_the_likeliest_governments_and_the_time_to_one(forecast, histories):
    lists = list(forecast.scenario.lists)
    members, days = [], []
    for history in histories:
        for day, what, mark in history:
            if what == "government":
                days.append(day)
                members.append(tuple(n for i, n in enumerate(lists) if mark >> i & 1))
    for government in forecast.governments:
        assert government.share == members.count(government.members) / DRAWS
    shares = [g.share for g in forecast.governments]
    assert shares == sorted(shares, reverse=True)
    days.sort()
    for level, day in forecast.time_to_government.items():
        if day is None:
            assert len(days) < level * DRAWS
        else:
            assert sum(d < day for d in days) >= level * DRAWS > sum(d < day - 1 for d in days)


def test_the_parameter_share_is_the_covariance_within_pairs(forecast, histories):
    question = forecast.scenario.questions["intra-shia-25"]
    hits = np.array([comes_true(question, history) is not None for history in histories], float)
    one, two = hits[0::2], hits[1::2]
    mean = hits.mean()
    expected = (np.mean(one * two) - mean**2) / (mean * (1 - mean))
    answer = next(a for a in forecast.answers if a.id == "intra-shia-25")
    assert answer.parameter_share == pytest.approx(expected, abs=1e-12)
    assert 0.1 < expected < 0.9


# -- passages on logs made up at random --------------------------------------------------------

row = st.tuples(st.integers(0, 3), st.floats(0.0, 50.0), st.integers(0, 2), st.integers(0, 9))


def block_of(rows, first=40):
    rows = sorted(rows, key=lambda r: r[:2])
    draw, day, label, mark = (
        (list(c) for c in zip(*rows, strict=True)) if rows else ([], [], [], [])
    )
    return Block(
        first, 4,
        np.array(draw, np.int32) + np.int32(first), np.array(day, float),
        np.array(label, np.int16), np.array(mark, np.int64),
        np.zeros((4, 0)), {},
    )  # fmt: skip


def recount(rows, draw):
    """(day, label, mark) of one draw, in order."""
    return [r[1:] for r in sorted(rows, key=lambda r: r[:2]) if r[0] == draw]


@settings(deadline=None)  # the first example may have to compile
@given(st.lists(row, max_size=40), st.integers(1, 4))
def test_the_day_of_the_nth_occurrence(rows, times):
    wanted = np.array([True, False, True])
    days = passage_by_count(block_of(rows), wanted, times)
    for draw in range(4):
        came = [day for day, label, _ in recount(rows, draw) if wanted[label]]
        assert days[draw] == (came[times - 1] if len(came) >= times else math.inf)


@settings(deadline=None)
@given(
    st.lists(row, max_size=40), st.integers(1, 20), st.none() | st.sampled_from([0.5, 3.0, 20.0])
)
def test_the_first_day_on_which_a_window_holds_enough(rows, least, window):
    wanted = np.array([True, False, True])
    days = passage_by_sum(block_of(rows), wanted, least, window)
    width = math.inf if window is None else window
    for draw in range(4):
        came = [(day, mark) for day, label, mark in recount(rows, draw) if wanted[label]]
        expected = math.inf
        for i, (day, _) in enumerate(came):
            if sum(m for d, m in came[: i + 1] if d >= day - width) >= least:
                expected = day
                break
        assert days[draw] == expected


@settings(deadline=None)  # the first example may have to compile
@given(st.lists(row, max_size=20))
def test_the_first_kind_is_that_of_the_first_label_with_one(rows):
    kind_of = np.array([-1, 4, 7])
    when, kind = first_kind(block_of(rows), kind_of)
    for draw in range(4):
        came = [(day, kind_of[label]) for day, label, _ in recount(rows, draw) if label > 0]
        assert (when[draw], kind[draw]) == (came[0] if came else (math.inf, -1))


def test_failed_histories_are_in_no_share():
    question = resolve("q", Question(ask="?", happens=["a"]), ("a", "b"), 50.0, dt.date(2021, 1, 1))
    block = block_of([(0, 1.0, 0, 0), (1, 2.0, 0, 0), (2, 3.0, 1, 0)])
    whole = summarise(block, [question], ("a", "b"), 50.0)[0].questions["q"]
    assert (whole.arose, whole.hits.tolist()) == (4, [2])
    block.failed[41] = "it exploded"
    rest = summarise(block, [question], ("a", "b"), 50.0)[0].questions["q"]
    assert (rest.arose, rest.hits.tolist()) == (3, [1])
    assert rest.by_day.sum() == 1


# -- names -------------------------------------------------------------------------------------


def resolved(**form):
    scenario = ct.load("iraq-2021")
    program = program_of(scenario)
    question = Question(ask="?", **form)
    return resolve("q", question, program.labels, program.horizon, scenario.as_of), program.labels


def test_a_bare_pattern_means_events_and_not_their_outcomes():
    question, labels = resolved(happens=["attack:*"])
    wanted = [label for label, on in zip(labels, question.wanted, strict=True) if on]
    assert len(wanted) == 13
    assert all(label.startswith("attack:") and "/" not in label for label in wanted)


def test_a_pattern_that_matches_nothing_is_refused_with_what_is_near():
    with pytest.raises(QuestionError, match=r"'visit:irna'; near it: .*visit:iran"):
        resolved(happens=["visit:irna"])
    with pytest.raises(
        QuestionError, match="no event or outcome is called 'government/kind=nobody'"
    ):
        resolved(government=["nobody"])


def test_a_deadline_counts_the_day_it_names():
    question, _ = resolved(happens=["talks"], by=dt.date(2021, 12, 11))
    assert question.deadline == 2.0


# -- intervals and words -----------------------------------------------------------------------


def counts(hits, n, both=None, pairs=0):
    """A tally of `hits` in `n`; of whose pairs `both` hit twice."""
    one = np.array([hits])
    return Tally(n, one, pairs, one, np.array([both or 0]), np.zeros((1, 1)))


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    # Newcombe (1998), Table I, method 3: the score interval without continuity correction.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_intervals_are_those_of_wilson(hits, n, low, high):
    assert counts(hits, n).interval() == pytest.approx((low, high), abs=6e-5)


def test_certainty_has_no_interval_past_0_and_1():
    assert counts(0, 500).interval()[0] == 0.0
    assert counts(500, 500).interval()[1] == pytest.approx(1.0, abs=1e-15)
    assert counts(0, 0).interval() == (0.0, 1.0)


def test_pairs_that_always_agree_count_once():
    """With all of the variance in the parameters, 2n draws say what n independent ones say."""
    paired = counts(2000, 4000, both=1000, pairs=2000)
    assert paired.parameter_share == pytest.approx(1.0)
    assert paired.interval() == pytest.approx(counts(1000, 2000).interval())


def test_an_interval_covers_the_truth_about_19_times_in_20():
    """Exactly, by the binomial law, for independent draws."""
    n, p = 400, 0.23
    ends = [counts(k, n).interval() for k in range(n + 1)]
    covered = sum(stats.binom(n, p).pmf(k) for k in range(n + 1) if ends[k][0] <= p <= ends[k][1])
    assert covered == pytest.approx(0.95, abs=0.01)


@given(st.integers(0, 200), st.integers(1, 200), st.integers(0, 200))
def test_an_interval_contains_its_share_and_shrinks_with_more_draws(hits, n, more):
    hits = min(hits, n)
    low, high = counts(hits, n).interval()
    assert low - 1e-12 <= hits / n <= high + 1e-12
    wide = counts(hits * (1 + more), n * (1 + more)).interval()
    assert wide[1] - wide[0] <= high - low + 1e-12


@pytest.mark.parametrize(
    ("probability", "expected"),
    [
        (0.0, "almost no chance"),
        (0.0499, "almost no chance"),
        (0.05, "very unlikely"),
        (0.1999, "very unlikely"),
        (0.20, "unlikely"),
        (0.4499, "unlikely"),
        (0.45, "roughly even"),
        (0.50, "roughly even"),
        (0.5499, "roughly even"),
        (0.55, "likely"),
        (0.7999, "likely"),
        (0.80, "very likely"),
        (0.9499, "very likely"),
        (0.95, "almost certain"),
        (1.0, "almost certain"),
    ],
)
def test_words_change_at_the_edges_of_the_directive(probability, expected):
    assert word(probability) == expected


def test_words_mirror_each_other_around_one_half():
    pairs = {
        "almost no chance": "almost certain",
        "very unlikely": "very likely",
        "unlikely": "likely",
        "roughly even": "roughly even",
    }
    for percent in (2, 12, 30, 47):
        assert word(1 - percent / 100) == pairs[word(percent / 100)]
